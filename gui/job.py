"""Where the window starts its threads: an engine call runs in a worker and answers in the window's thread.

A job that was cancelled answers `cancelled` at once; whatever its worker still brings is dropped. One that writes
answers when its worker has ended, with what came of it: nobody may take the place of what it writes before. Cancelling
is not an error. Progress is throttled, so that a stage that steps a thousand times a second does not fill the event
queue.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from engine.monitor import Cancelled, Monitor, Progress
from gui.garbage import keep

PROGRESS_EVERY_S = 0.08

_running: set[Job] = set()


class Job(QObject):
    """One engine call in a worker thread with its own `Monitor`; `name` is for the log and for telling jobs apart.

    writes: whether it leaves something behind, so that a cancel is answered with what became of it.

    Signals, all in the thread that made the job:
        progressed(Progress): how far it is, at most a dozen times a second.
        done(object): what the call returned.
        failed(Exception): what it raised.
        cancelled(): the user cancelled; comes immediately unless the job writes, and nothing follows it.
    """

    progressed = Signal(object)
    done = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    _reported = Signal(object)
    _returned = Signal(object, object)

    def __init__(self, work: Callable[[Monitor], Any], name: str = "job", *, writes: bool = False) -> None:
        super().__init__()
        self.name = name
        self._writes = writes
        self._work = work
        # weak: a job is free as soon as nobody holds it, with the result it was given
        report = weakref.WeakMethod(self._report)
        self._monitor = Monitor(lambda progress: known(progress) if (known := report()) is not None else None)
        self._thread = threading.Thread(target=self._run, name=f"cellwarden-{name}", daemon=True)
        self._answered = False
        self._last_report = 0.0
        self._reported.connect(self._on_reported, Qt.ConnectionType.QueuedConnection)
        self._returned.connect(self._on_returned, Qt.ConnectionType.QueuedConnection)

    def start(self) -> Job:
        """Start the worker; returns self."""
        _running.add(self)
        self._thread.start()
        return self

    def cancel(self) -> None:
        """Ask the worker to stop and answer `cancelled` now, or as soon as what it writes is decided.

        Harmless when the job has answered already.
        """
        self._monitor.cancel()
        if not self._answered and not self._writes:
            self._answered = True
            self.cancelled.emit()

    def pause(self) -> None:
        """Make the worker wait at its next step; it holds what it has."""
        self._monitor.pause()

    def resume(self) -> None:
        """Let a paused worker go on exactly where it stands."""
        self._monitor.resume()

    @property
    def paused(self) -> bool:
        """Whether the worker waits, or will at its next step."""
        return self._monitor.paused

    @property
    def active(self) -> bool:
        """Whether an answer is still to come."""
        return not self._answered

    def wait(self, seconds: float) -> bool:
        """Block until the worker has ended, at most `seconds`; True if it has."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    # -- in the worker

    def _run(self) -> None:
        value: Any = None
        error: BaseException | None = None
        work = self._work
        del self._work  # with what it was given, which may be the last of something large
        try:
            value = work(self._monitor)
        except BaseException as raised:  # noqa: BLE001 - whatever it is, the window must hear of it
            error = raised
        else:
            keep()
        self._returned.emit(value, error)
        del value, error  # an error holds the frame it passed, which would hold the error, and all that was at work

    def _report(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last_report >= PROGRESS_EVERY_S:
            self._last_report = now
            self._reported.emit(progress)

    # -- in the window's thread

    def _on_reported(self, progress: Progress) -> None:
        if not self._answered:
            self.progressed.emit(progress)

    def _on_returned(self, value: object, error: BaseException | None) -> None:
        _running.discard(self)
        if self._answered:
            return
        self._answered = True
        if error is None:
            self.done.emit(value)
        elif isinstance(error, Cancelled):
            self.cancelled.emit()
        else:
            self.failed.emit(error)


def uncaught(error: Exception) -> None:
    """Raise what a job raised in the window's thread, where whatever nobody caught is told."""
    raise error


def let_go(held: list[object]) -> None:
    """Empty a list in a worker, where it may hold the last of something large.

    The files behind the arrays of a result take a tenth of a second to go.
    """
    threading.Thread(target=held.clear, name="cellwarden-let-go", daemon=True).start()


def running() -> tuple[Job, ...]:
    """The jobs whose worker still works, cancelled ones included."""
    return tuple(job for job in _running if not job.wait(0.0))


def stop_all(seconds: float) -> bool:
    """Cancel every job and wait for the workers, at most `seconds` in all; True if none is left."""
    deadline = time.monotonic() + seconds
    jobs = running()
    for job in jobs:
        job.cancel()
    left = [job for job in jobs if not job.wait(max(0.0, deadline - time.monotonic()))]
    return not left
