"""The models that there are, as the window shows them; taking, choosing and removing them runs in the background."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from engine.text import tell
from gui.job import Job
from gui.problems import Problem, describe
from gui.state import AppState

if TYPE_CHECKING:
    from engine.convlstm.registry import Listed

DETECTOR = "convlstm"


class Shelf(QObject):
    """Bundled and own models.

    Signals:
        changed(): they are others, or another one is in use.
        told(str): what was done, in a sentence.
        refused(Problem): what could not be done, and why.
    """

    changed = Signal()
    told = Signal(str)
    refused = Signal(object)

    def __init__(self, state: AppState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._jobs: set[Job] = set()
        self.models: tuple[Listed, ...] = ()
        self.earlier: str | None = None
        """The model that `revert` would go back to."""
        state.settings_changed.connect(self.changed)

    @property
    def busy(self) -> bool:
        """Whether something is being done."""
        return bool(self._jobs)

    @property
    def in_use(self) -> str:
        """The id of the model that the next run uses; "" until they are known."""
        return self._state.settings.model or next((listed.id for listed in self.models if listed.active), "")

    def model(self, identity: str) -> Listed | None:
        """The model of that id; None if there is none."""
        return next((listed for listed in self.models if listed.id == identity), None)

    def refresh(self) -> None:
        """Look again at what there is."""
        self._do(lambda: None, "")

    def activate(self, identity: str, *, worse_too: bool = False, then: Callable[[], None] | None = None) -> None:
        """Use a model from now on, and have it vote; one that did not get better is refused unless told."""
        from engine.convlstm import registry

        def done(model: str) -> None:
            self._use(model)
            if then is not None:
                then()

        self._do(
            lambda: registry.activate(identity, worse_too=worse_too), tell("shelf_activated", model=identity), done
        )

    def revert(self) -> None:
        """Use the model that was in use before."""
        from engine.convlstm import registry

        self._do(registry.revert, tell("shelf_reverted"), self._use)

    def delete(self, identity: str) -> None:
        """Remove one of the user's own models; the one before it is in use then, if it was."""
        from engine.convlstm import registry

        def gone(_none: None) -> None:
            if self._state.settings.model == identity:
                self._state.change(model="")

        self._do(lambda: registry.delete(identity), tell("shelf_deleted", model=identity), gone)

    def export(self, identity: str, file: Path) -> None:
        """Write a model into one file."""
        from engine.convlstm import registry

        self._do(lambda: registry.export(identity, file), tell("shelf_exported", model=identity, file=str(file)))

    def import_file(self, file: Path, then: Callable[[str], None] | None = None) -> None:
        """Take a model file in; `then` is told its id."""
        from engine.convlstm import registry

        self._do(lambda: registry.import_file(file), tell("shelf_imported", file=file.name), then)

    # -- background

    def _use(self, model: str) -> None:
        detectors = self._state.settings.detectors
        voting = detectors if DETECTOR in detectors else (*detectors, DETECTOR)
        self._state.change(model=model, detectors=voting)

    def _do(self, work: Callable[[], Any], said: str, then: Callable[[Any], None] | None = None) -> None:
        job = Job(lambda _monitor: _with_list(work), "models")
        self._jobs.add(job)
        job.done.connect(lambda found: self._end(job, found, said, then))
        job.failed.connect(lambda error: self._fail(job, error))
        job.cancelled.connect(lambda: self._jobs.discard(job))
        job.start()

    def _end(self, job: Job, found: tuple[Any, Any, str | None], said: str, then: Callable[[Any], None] | None) -> None:
        self._jobs.discard(job)
        value, self.models, self.earlier = found
        if then is not None:
            then(value)
        if said:
            self.told.emit(said)
        self.changed.emit()

    def _fail(self, job: Job, error: Exception) -> None:
        self._jobs.discard(job)
        problem: Problem = describe(error)
        self.refused.emit(problem)
        self.changed.emit()


def _with_list(work: Callable[[], Any]) -> tuple[Any, Any, str | None]:
    """What the work returned, and what there is after it."""
    from engine.convlstm import registry

    value = work()
    return value, registry.list_models(), registry.earlier()
