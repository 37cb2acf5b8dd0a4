"""Pieces of work on an executor (threads, processes, a cluster) or here: some at a time, with progress and cancel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TypeVar

from engine.errors import Reason
from engine.execution.one_thread import in_one_thread
from engine.monitor import Monitor, heeding

Task = TypeVar("Task")
Answer = TypeVar("Answer")


def spread(
    work: Callable[[Task], Answer],
    tasks: Iterable[Task],
    count: int,
    executor: Executor | None,
    ahead: int,
    doing: Callable[[Task], Reason],
    monitor: Monitor,
) -> Iterator[tuple[Task, Answer]]:
    """Each task with its answer, in any order as they finish, at most `ahead` of them alive at a time.

    Without an executor they are done here, one after the other. On one, linear algebra has one thread in every worker,
    because its number decides the last bits of a product. count: how many there are; doing: what to tell of one.
    Raises Cancelled; tasks not begun are then dropped, and what is under way in this process stops where it heeds.
    """
    done = 0
    if executor is None:
        for task in tasks:
            monitor.step(done / count, doing(task))
            with heeding(monitor):
                answer = work(task)
            yield task, answer
            done += 1
        return
    waiting: dict[Future[Answer], Task] = {}
    heeded = partial(_heeding, monitor, work) if isinstance(executor, ThreadPoolExecutor) else work

    def finished() -> set[Future[Answer]]:
        """Wait until some task is finished, answering a cancel within a fifth of a second."""
        while True:
            ready, _ = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
            if ready:
                return ready
            monitor.step(done / count, doing(next(iter(waiting.values()))))

    try:
        for task in tasks:
            monitor.step(done / count, doing(task))
            waiting[executor.submit(in_one_thread, heeded, task)] = task
            while len(waiting) >= ahead:
                for future in finished():
                    yield waiting.pop(future), future.result()
                    done += 1
        while waiting:
            for future in finished():
                yield waiting.pop(future), future.result()
                done += 1
    finally:
        for future in waiting:
            future.cancel()


def _heeding(monitor: Monitor, work: Callable[[Task], Answer], task: Task) -> Answer:
    with heeding(monitor):
        return work(task)
