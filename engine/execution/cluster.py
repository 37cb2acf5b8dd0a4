"""Blocks on a dask cluster: a `concurrent.futures` executor of an existing scheduler, nothing of our own.

Needs the extra `cluster`. The workers need this program in the same version; blocks are shipped to them by value.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from engine import record
from engine.errors import InputError, Reason

PATIENCE_S = 10
"""How long to wait for the scheduler's first answer, and for its first worker."""

COMPARED = ("cellwarden", "numpy", "scipy", record.KERNEL)
"""What decides numbers, to the last bit: it must be the same here and on every worker."""


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """The cluster's executor and how many blocks it works on at a time.

    Raises InputError when dask is not installed here, nothing answers at the address, there is no worker, or a worker
    runs other versions.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError(Reason("scheduler_missing")) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=PATIENCE_S, set_as_default=False)
    except (OSError, ValueError) as error:
        detail = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
        raise InputError(Reason("scheduler_unreachable", {"address": address, "error": detail})) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE_S)
        except TimeoutError as error:
            raise InputError(Reason("scheduler_idle", {"address": address, "seconds": PATIENCE_S})) from error
        count = sum(client.nthreads().values())
        _compare_versions(client.run(_versions), _versions(), address)
        with client.get_executor(pure=False) as executor:
            yield executor, count


def _versions() -> dict[str, str]:
    """Runs here and on every worker."""
    known = record.versions()
    return {name: known.get(name, "") for name in COMPARED}


def _compare_versions(there: dict[str, dict[str, str]], here: dict[str, str], address: str) -> None:
    for worker, found in there.items():
        for name, version in here.items():
            if found[name] != version:
                told = {"address": address, "worker": worker, "package": name, "here": version, "there": found[name]}
                raise InputError(Reason("scheduler_versions", told))
