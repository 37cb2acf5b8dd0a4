"""Linear algebra in one thread: work is spread by blocks, and sums over several threads are rounded otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from threadpoolctl import threadpool_limits

Task = TypeVar("Task")
Answer = TypeVar("Answer")


class _Limit:
    """One limit of a whole process, held by all that ask for it at the same time; the last one gives it back.

    OpenBLAS has one number for all threads of a process, and threadpoolctl lets only the thread that set it first set
    it again. Here the number belongs to the process, so whoever holds this lock speaks for that thread.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._holders = 0
        self._limits: threadpool_limits | None = None

    def take(self) -> None:
        from threadpoolctl import OpenBLASController, threadpool_limits

        with self._lock:
            if self._limits is None:
                OpenBLASController.clear_controlling_thread(force=True)
                self._limits = threadpool_limits(limits=1)
            self._holders += 1

    def give_back(self) -> None:
        from threadpoolctl import OpenBLASController

        with self._lock:
            self._holders -= 1
            if not self._holders and self._limits is not None:
                OpenBLASController.clear_controlling_thread(force=True)
                self._limits.restore_original_limits()
                OpenBLASController.clear_controlling_thread(force=True)
                self._limits = None


_LIMIT = _Limit()


@contextmanager
def single_threaded_libraries() -> Iterator[None]:
    """While the engine works, linear algebra starts no threads of its own, in none of the process's threads.

    Threads of BLAS that wait for each other by spinning cost a busy machine many times what they save, and their number
    decides the last bits of a product. Libraries that are loaded meanwhile are not held.
    """
    _LIMIT.take()
    try:
        yield
    finally:
        _LIMIT.give_back()


def in_one_thread(work: Callable[[Task], Answer], task: Task) -> Answer:
    """What an executor runs, in whatever process: the work as it would be done here."""
    with single_threaded_libraries():
        return work(task)
