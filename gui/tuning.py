"""Fine-tuning as the window has it done: one training at a time, live, to be paused, gone on with and cancelled.

It goes on while the window of the models is closed. A training that is cancelled leaves nothing behind, one that is cut
off can be gone on with; what one kept is among the user's models and not in use until somebody says so.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from engine.calendar import duration_text, make_clock, mark_maintenance
from engine.data import Labels, Panel, Result
from engine.data.event import Event
from engine.monitor import Monitor, Progress
from engine.text import say, tell
from gui.calls import reading
from gui.job import Job
from gui.kept.plan import LABELS_OF_DATA, LABELS_OF_FILE, LABELS_OF_REVIEWS, Plan
from gui.kept.stored import stored
from gui.kept.unfinished import Place, Unfinished
from gui.problems import Problem, describe
from gui.state import AppState, Source

if TYPE_CHECKING:
    from engine import project
    from engine.convlstm.record import ModelRecord
    from engine.finetuning.finetune import Prepared, Tuned
    from engine.finetuning.training import Epoch

IDLE, RUNNING, PAUSED, DONE, FAILED = "idle", "running", "paused", "done", "failed"


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of it. record: the model that was kept, None when no epoch was better than the model as it was."""

    tuned: Tuned
    record: ModelRecord | None


def _unheard(_value: object) -> None:
    """Nobody listens."""


@dataclass(frozen=True, eq=False)
class _Given:
    """What the worker needs of the window, taken when it starts. goes_on: it must find where it stood."""

    source: Source | None
    result: Result | None
    reviews: tuple[project.Review, ...] = ()
    zone: str = ""
    country: str = ""
    weekend: frozenset[int] | None = None
    events: tuple[Event, ...] = ()
    told: tuple[Callable[[Prepared], None], Callable[[Epoch], None]] = (_unheard, _unheard)
    goes_on: bool = False


class Tuner(QObject):
    """The training that runs, or the last one.

    Signals:
        changed(): the phase is another one.
        learning(Prepared): what it learns from is known.
        epoch(Epoch): one more epoch is done.
        progressed(Progress): how far it is.
        told(str): a line for the status bar; "" when there is nothing to say.
        ended(str): it is over, in a sentence.
    """

    changed = Signal()
    learning = Signal(object)
    epoch = Signal(object)
    progressed = Signal(object)
    told = Signal(str)
    ended = Signal(str)

    _heard = Signal(object, str, object)

    def __init__(self, state: AppState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._job: Job | None = None
        self._place = Place()
        self.phase = IDLE
        self.plan: Plan | None = None
        self.data_name = ""
        self.prepared: Prepared | None = None
        self.epochs: list[Epoch] = []
        self.progress: Progress | None = None
        self.outcome: Outcome | None = None
        self.problem: Problem | None = None
        self._heard.connect(self._on_heard, Qt.ConnectionType.QueuedConnection)

    @property
    def active(self) -> bool:
        """Whether a training runs or waits."""
        return self.phase in (RUNNING, PAUSED)

    def start(self, plan: Plan, unfinished: Unfinished | None = None) -> None:
        """Begin, or go on with one that was cut off; does nothing while another one is active."""
        if self.active:
            return
        place = Place(unfinished)
        state, settings = self._state, self._state.settings
        panel = state.panel
        reviews = stored(panel, state.reviews.all) if panel is not None else ()
        job: Job

        def hear(what: str) -> Callable[[object], None]:
            return lambda value: self._heard.emit(job, what, value)

        given = _Given(
            state.source,
            state.result,
            reviews,
            settings.zone or (panel.zone if panel is not None else ""),
            settings.country,
            settings.weekend_days,
            tuple(state.planning.events),
            (hear("prepared"), hear("epoch")),
            unfinished is not None,
        )
        job = Job(lambda monitor: _tune(plan, given, monitor, place), "tuning")
        self._job, self._place, self.plan = job, place, plan
        self.prepared, self.progress, self.outcome, self.problem = None, None, None, None
        self.epochs = []
        paths = plan.files or tuple(Path(p) for p in (state.source.paths if state.source else ()))
        self.data_name = ", ".join(path.name for path in paths[:3])
        job.progressed.connect(self._progressed)
        job.done.connect(self._done)
        job.failed.connect(self._failed)
        job.cancelled.connect(lambda: self._end(IDLE, tell("tuning_cancelled")))
        self._go(RUNNING)
        job.start()

    def pause(self) -> None:
        """Wait before the next step."""
        if self._job is not None and self.phase == RUNNING:
            self._job.pause()
            self._go(PAUSED)
            self.told.emit(tell("tuning_status_paused"))

    def resume(self) -> None:
        """Go on exactly where it waits."""
        if self._job is not None and self.phase == PAUSED:
            self._job.resume()
            self._go(RUNNING)

    def cancel(self) -> None:
        """Stop and keep nothing."""
        self._place.given_up = True
        self.leave()

    def leave(self) -> None:
        """Stop; what was done can be gone on with another time."""
        if self._job is not None:
            self._job.cancel()

    def forget(self) -> None:
        """The outcome was seen; there may be another training."""
        if not self.active:
            self._go(IDLE)

    # -- what the worker says

    def _on_heard(self, job: Job, what: str, value: Prepared | Epoch) -> None:
        if job is not self._job:
            return
        if what == "prepared":
            self.prepared = value  # type: ignore[assignment]
            self.learning.emit(value)
        else:
            self.epochs.append(value)  # type: ignore[arg-type]
            self.epoch.emit(value)

    def _progressed(self, progress: Progress) -> None:
        self.progress = progress
        self.progressed.emit(progress)
        if self.phase == RUNNING:
            self.told.emit(progress_text(progress))

    def _done(self, outcome: Outcome) -> None:
        self.outcome = outcome
        better = outcome.record is not None and outcome.tuned.better
        self._end(DONE, tell("tuning_ended_better" if better else "tuning_ended_no_better"))

    def _failed(self, error: Exception) -> None:
        self.problem = describe(error)
        self._end(FAILED, self.problem.sentence)

    def _end(self, phase: str, sentence: str) -> None:
        self._job = None
        self._go(phase)
        self.told.emit("")
        self.ended.emit(sentence)

    def _go(self, phase: str) -> None:
        if phase != self.phase:
            self.phase = phase
            self.changed.emit()


def progress_text(progress: Progress) -> str:
    """What is done, how far it is, and how long it will take at most."""
    what, percent = say(progress.reason), int(progress.fraction * 100)
    if progress.eta_s is None:
        return tell("status_job", what=what, percent=percent)
    return tell("status_job_eta", what=what, percent=percent, left=duration_text(progress.eta_s))


# -- in the worker


def _tune(plan: Plan, given: _Given, monitor: Monitor, place: Place) -> Outcome:
    ended = False
    try:
        outcome = _tuned(plan, given, monitor, place)
        ended = True
    finally:
        place.close(ended=ended)
    return outcome


def _tuned(plan: Plan, given: _Given, monitor: Monitor, place: Place) -> Outcome:
    from engine.convlstm import registry
    from engine.errors import ModelError, Reason
    from engine.execution.one_thread import single_threaded_libraries
    from engine.finetuning.finetune import finetune
    from engine.finetuning.halfway import differences
    from engine.finetuning.keep import keep
    from engine.record import fingerprint

    base = registry.verified(plan.model)
    panel, labels, paths = _data(plan, given, monitor.part(0.0, 0.1))
    inputs = fingerprint(paths)
    clock = make_clock(panel.times, panel.period_s, panel.zone, given.country, given.events, given.weekend)
    tell_prepared, tell_epoch = given.told

    def prepared(told: Prepared) -> None:
        if given.goes_on and told.differs:
            raise ModelError(Reason("tuning_not_the_same", {"what": differences(told.differs)}))
        tell_prepared(told)

    with single_threaded_libraries():
        tuned = finetune(
            base,
            panel,
            clock,
            labels,
            plan.tuning,
            monitor.part(0.1, 1.0),
            tell_epoch,
            prepared=prepared,
            state=place.open(plan, paths),
        )
    if not tuned.changed:
        return Outcome(tuned, None)
    monitor.check()
    with tempfile.TemporaryDirectory(prefix="cellwarden-") as folder:
        record = keep(base, tuned, plan.tuning, inputs, Path(folder))
        registry.add(Path(folder) / record.id)
    if monitor.cancelled:  # in the moment between: what was cancelled keeps nothing
        registry.delete(record.id)
    return Outcome(tuned, record)


def _data(plan: Plan, given: _Given, monitor: Monitor) -> tuple[Panel, Labels | None, tuple[Path, ...]]:
    """The panel to learn from, what is labelled in it, and the files that it came from."""
    from engine.errors import InputError, Reason
    from engine.io import LoadOptions
    from engine.labelling.labels import read_labels
    from engine.labelling.reviewed import marked, reviewed

    if plan.files:
        source, paths = reading.load(plan.files, LoadOptions(usual_zone=given.zone), monitor, asks=False), plan.files
    else:
        source, paths = given.source, ()
    if source is None:
        raise InputError(Reason("tuning_no_data"))
    panel = source.panel if plan.files or given.result is None else given.result.panel
    panel = mark_maintenance(panel, given.events)
    own, paths = source.known(), paths or tuple(Path(p) for p in source.paths)
    if plan.labels == LABELS_OF_FILE and plan.label_file is not None:
        return panel, read_labels(plan.label_file, panel, monitor), paths
    if plan.labels == LABELS_OF_REVIEWS and given.result is not None and not plan.files:
        found = reviewed(given.result, given.reviews)
        return marked(panel, found.flags), found.labels, paths
    return panel, own if plan.labels == LABELS_OF_DATA else None, paths
