"""One job is in the foreground at a time: it has the progress bar and answers to cancel."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.errors import InputError
from engine.monitor import Monitor
from engine.text import tell
from gui.job import Job
from gui.problems import Problems


class Foreground(QObject):
    """Runs the jobs that a person waits for.

    Signals:
        busy_changed(bool): a job started or ended.
        doing(str): what the job is about; "" when it has ended.
        progressed(Progress): how far the job is.
        told(str): what happened last, for the status bar.
        free(): a job has ended, and no other has begun or waits.
    """

    busy_changed = Signal(bool)
    doing = Signal(str)
    progressed = Signal(object)
    told = Signal(str)
    free = Signal()

    def __init__(self, problems: Problems, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._problems = problems
        self._job: Job | None = None
        self._next: deque[Callable[[], None]] = deque()
        self._writes = False

    @property
    def busy(self) -> bool:
        """Whether a foreground job runs."""
        return self._job is not None

    @property
    def writes(self) -> bool:
        """Whether the job leaves something behind, so that one waits for what comes of it."""
        return self.busy and self._writes

    def when_free(self, then: Callable[[], None]) -> None:
        """Go on at once, or when what runs in the foreground has ended."""
        if self.busy:
            self._next.append(then)
        else:
            then()

    def instead(self, then: Callable[[], None]) -> None:
        """Go on in the place of what runs, which is cancelled; when it has ended where it writes."""
        in_vain = self.busy and not self.writes
        self.when_free(then)
        if in_vain:
            self.cancel()

    def cancel(self) -> None:
        """Stop the foreground job; what was there before stays, unless it is too late to stop what it writes."""
        job = self._job
        if job is None:
            return
        job.cancel()
        if job.active:  # it answers when that is decided
            self.doing.emit(tell("doing_cancel"))

    def start(
        self,
        work: Callable[[Monitor], Any],
        done: Callable[[Any], None],
        doing: str,
        *,
        writes: bool = False,
        refused: Callable[[InputError], None] | None = None,
        gave_up: Callable[[Exception | None], None] | None = None,
        begin: Callable[[Callable[[], object]], object] = lambda go: go(),
    ) -> None:
        """Work in the foreground, which must be free. doing: what about; writes: whether leaving, and a cancel, wait.

        refused: takes what is wrong with what was given; gave_up: whatever went wrong, None when it was cancelled, and
        nobody is told. begin: calls what it is given when the worker may start.
        """
        job = Job(work, "foreground", writes=writes)
        self._job, self._writes = job, writes
        job.progressed.connect(self.progressed)
        job.done.connect(lambda value: self._end(lambda: done(value)))
        failed = gave_up or (lambda error: self._failed(error, refused))
        job.failed.connect(lambda error: self._end(lambda: failed(error)))
        job.cancelled.connect(lambda: self._end(lambda: failed(None)))
        self.busy_changed.emit(True)
        self.doing.emit(doing)
        begin(job.start)

    def _failed(self, error: Exception | None, refused: Callable[[InputError], None] | None) -> None:
        if error is None:
            self.told.emit(tell("status_cancelled"))
        elif refused is not None and isinstance(error, InputError):
            refused(error)
        else:
            self._problems.report(error)

    def _end(self, then: Callable[[], None]) -> None:
        self._job = None
        self.doing.emit("")
        self.busy_changed.emit(False)
        then()
        if self._job is None and self._next:
            self._next.popleft()()
        if self._job is None:
            self.free.emit()
