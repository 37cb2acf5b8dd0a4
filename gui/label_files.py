"""Files of labels for the open data, read and written in the background."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.data import Labels, Panel
from engine.text import tell
from gui.calls import reading, writing
from gui.job import Job
from gui.problems import Problems
from gui.state import AppState


class LabelFiles(QObject):
    """Takes labels from files and writes them into files.

    Signals:
        told(str): what was done, in a sentence.
    """

    told = Signal(str)

    def __init__(self, state: AppState, problems: Problems, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._problems = state, problems
        self._jobs: set[Job] = set()

    def read(self, file: Path) -> None:
        """Take the labels of a file in the place of those there are; undoable."""
        source = self._state.source
        if source is None:
            return

        def done(labels: Labels) -> None:
            now = self._state.source
            if now is None:
                return
            if now.panel is source.panel:
                self._state.labelling.replace(labels, tell("label_undo_read", name=file.name))
                self.told.emit(tell("label_read", name=file.name))
            elif _names(now.panel)[: len(source.panel.cells)] == _names(source.panel):
                self.read(file)  # the data have grown meanwhile, or more is known of their cells

        self._do(Job(lambda monitor: reading.labels_of(file, source, monitor), "labels"), done)

    def write(self, file: Path) -> None:
        """Write all labels there are into a file."""
        source = self._state.source
        if source is not None:
            self._do(
                Job(lambda _monitor: writing.write_labels(source, file), "labels"),
                lambda count: self.told.emit(tell("label_written", count=count, name=file.name)),
            )

    def _do(self, job: Job, then: Callable[[Any], None]) -> None:
        self._jobs.add(job)
        job.done.connect(lambda found: self._end(job, lambda: then(found)))
        job.failed.connect(lambda error: self._end(job, lambda: self._problems.report(error)))
        job.cancelled.connect(lambda: self._jobs.discard(job))
        job.start()

    def _end(self, job: Job, then: Callable[[], None]) -> None:
        self._jobs.discard(job)
        then()


def _names(panel: Panel) -> list[str]:
    return [cell.id for cell in panel.cells]
