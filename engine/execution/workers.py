"""Where the blocks of a run are worked on: threads of this machine, or a cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from engine.errors import InputError, Reason


@contextmanager
def workers(jobs: int | None, scheduler: str | None) -> Iterator[tuple[Executor | None, int]]:
    """Where blocks run and how many at a time: `jobs` threads (None: one per core), or a dask cluster at `scheduler`.

    Raises InputError when `jobs` is below one, dask is not installed or nothing answers at the address.
    """
    if jobs is not None and jobs < 1:
        raise InputError(Reason("setting_bounds", {"setting": "jobs", "value": jobs, "low": 1, "high": "N"}))
    if scheduler:
        from engine.execution.cluster import cluster

        with cluster(scheduler) as (executor, count):
            yield executor, count
        return
    count = jobs or max(1, os.cpu_count() or 1)
    if count == 1:
        yield None, 1
        return
    with ThreadPoolExecutor(count, thread_name_prefix="block") as executor:
        yield executor, count
