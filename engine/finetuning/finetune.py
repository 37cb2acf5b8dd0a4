"""Training a model further on the user's own data, and telling honestly whether that made it better.

The days of the data are cut in time order: 70 % to train on, 15 % that say when to stop, and the last 15 % that neither
training nor stopping ever sees, on which the model is compared before and after. The season is fitted on the training
days only. Labelled anomalies, suspect, imputed and maintenance points are never learned as normal.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from engine.calibration import calibrate
from engine.convlstm.drift import drift
from engine.convlstm.inference import run_windows
from engine.convlstm.record import FORWARD_FILE, TRAINING_FILES, ModelRecord
from engine.convlstm.session import Runs, WithWeights, open_graph
from engine.convlstm.verify import Verified
from engine.convlstm.windows import SLOTS, Days
from engine.data import Clock, Evidence, FloatArray, Labels, Panel
from engine.errors import ModelError, Reason
from engine.evaluate import vus_pr
from engine.finetuning.examples import Cut, Examples, SeriesExamples
from engine.finetuning.frozen import Kept, keep_judged, keep_windows, loss_on
from engine.finetuning.halfway import read_halfway, write_halfway
from engine.finetuning.map_examples import MapExamples
from engine.finetuning.training import Batch, Epoch, Trained, Trainer, fit, loss_of
from engine.monitor import Monitor
from engine.numerics.runs import find_runs
from engine.record import versions

LEAST_DAYS = 21
TRAIN_SHARE, STOP_SHARE = 0.7, 0.15
RATE = {"all": 3e-3, "last": 3e-3, "head": 5e-3}
"""Adam's largest step; over the epochs it goes down to 0."""

ALARM_BUDGET = 0.1
MAJOR_DRIFT = 0.25
"""Population stability index that is commonly called a major shift: worth a warning."""

MOST_EPOCHS = 10_000


@dataclass(frozen=True)
class Tuning:
    """What a person chooses.

    part: "all", "last" or "head". patience: epochs without a better one before it ends, 0 = never before the last.
    """

    epochs: int = 20
    part: str = "all"
    seed: int = 1
    patience: int = 5


@dataclass(frozen=True)
class Judgement:
    """How a model does on the held-out days; NaN where it cannot be said.

    error: its loss. vus_pr: threshold-free accuracy against the labels, mean over labelled series. alarms: alarm events
    per cell and week at a budget of 0.1, calibrated on the days before.
    """

    error: float
    vus_pr: float
    alarms: float


@dataclass(frozen=True)
class Prepared:
    """What a training is about to learn from, known before its first step.

    used / excluded: points of the training days that it learns from, and that it does not, by reason. anomalous: those
    of the used ones that it learns as anomalous. series: how many series that is, of `all_series`. train_days,
    stop_days, held_days: how the days are cut. batch: windows per step. moved: stability index between these data and
    those the model was trained on, NaN for too few points. resumed: epochs that an earlier try had done. differs: why
    there were none to go on from although a state was there: "model", "choices", "data", "labels", "calendar" or
    "program" were others then, or the "state" is damaged. injected: the share of windows with simulated incidents.
    """

    used: int
    anomalous: int
    excluded: Mapping[str, int]
    series: int
    all_series: int
    train_days: int
    stop_days: int
    held_days: int
    batch: int
    moved: float
    resumed: int = 0
    differs: tuple[str, ...] = ()
    injected: float = 0.0

    @property
    def strange(self) -> bool:
        """Whether the data differ from what the model was trained on as much as is called a major shift."""
        return self.moved > MAJOR_DRIFT


@dataclass(frozen=True, eq=False)
class Tuned:
    """The outcome of a fine-tuning. seen: the values that it learned from."""

    trained: Trained
    before: Judgement
    after: Judgement
    prepared: Prepared
    seen: FloatArray

    @property
    def held_days(self) -> int:
        """Days that neither training nor stopping saw."""
        return self.prepared.held_days

    @property
    def used(self) -> int:
        """Points that it learned from."""
        return self.prepared.used

    @property
    def excluded(self) -> Mapping[str, int]:
        """Points of the training days that it did not learn from, by reason."""
        return self.prepared.excluded

    @property
    def better(self) -> bool:
        """Whether it does better on days that it never saw."""
        return self.after.error < self.before.error

    @property
    def changed(self) -> bool:
        """Whether any epoch was better than the model as it was, so that there is something to keep."""
        return any(epoch.best for epoch in self.trained.epochs[1:])


def problem(record: ModelRecord, period_s: int, days: int, known: bool) -> Reason | None:
    """Why a model cannot be trained on so many days of such periods, None if it can as far as is known before trying.

    known: whether any anomaly is labelled.
    """
    if (record.architecture.family, record.architecture.head) == ("grid", "label"):
        return Reason("finetune_family", {"model": record.id})
    if period_s > 3600:
        return Reason("convlstm_period", {"minutes": period_s / 60})
    if days < LEAST_DAYS:
        return Reason("finetune_history", {"days": days, "needed": LEAST_DAYS})
    if record.architecture.head == "label" and not known:
        return Reason("finetune_labels_needed", {"model": record.id})
    return None


def finetune(
    base: Verified,
    panel: Panel,
    clock: Clock,
    labels: Labels | None,
    tuning: Tuning,
    monitor: Monitor,
    listener: Callable[[Epoch], None] | None = None,
    *,
    prepared: Callable[[Prepared], None] | None = None,
    state: Path | None = None,
) -> Tuned:
    """Train `base` further on a panel.

    labels: known anomalies; a model with a label head learns from them, one that forecasts leaves them out. listener is
    told of every epoch, `prepared` before the first of what is learned from. `state`: a file in which the training
    stands after every epoch; where it holds one of the same model, data and choices, that one goes on, with the outcome
    that it would have had. Only the number of epochs may be another then: from there on the rate falls towards the new
    end. It works in one thread, because sums over several are rounded otherwise: the same arguments give the same
    model, however many cores there are. Raises ModelError when model and data do not fit, OutputError, Cancelled.
    """
    architecture, days = base.record.architecture, Days.of(clock)
    known = labels is not None and any((of_kpi == 1).any() for of_kpi in labels.values())
    if (wrong := problem(base.record, clock.period_s, days.count, known)) is not None:
        raise ModelError(wrong)
    cut = Cut(days, round(days.count * TRAIN_SHARE), round(days.count * (TRAIN_SHARE + STOP_SHARE)))
    family = MapExamples if architecture.family == "grid" else SeriesExamples
    examples: Examples = family(panel, clock, labels, architecture, cut, tuning.seed, monitor.part(0.0, 0.1))
    if not examples.used:
        raise ModelError(Reason("finetune_nothing"))
    mark = {} if state is None else _mark(base, panel, clock, labels, tuning)
    begin, differs = (None, ()) if state is None else read_halfway(state, mark)
    if "data" in differs:  # of other days it cannot be told whether they are other holidays
        differs = tuple(name for name in differs if name != "calendar")
    told = Prepared(
        used=examples.used,
        anomalous=examples.anomalous,
        excluded=examples.excluded,
        series=examples.series,
        all_series=len(panel.cells) * len(panel.kpis),
        train_days=cut.stop,
        stop_days=cut.held - cut.stop,
        held_days=days.count - cut.held,
        batch=examples.batch,
        moved=drift(examples.seen, base.record.edges),
        resumed=len(begin.epochs) - 1 if begin is not None else 0,
        differs=differs,
        injected=examples.injected,
    )
    if prepared is not None:
        prepared(told)
    stop_batches, held_batches = examples.judged(cut.stop, cut.held), examples.judged(cut.held, days.count)
    if not all(any(w.any() for _, _, w in judged) for judged in (stop_batches, held_batches)):
        raise ModelError(Reason("finetune_nothing_late"))

    forward = open_graph(base.graphs[FORWARD_FILE])

    def error_on(batches: list[Batch], theta: FloatArray) -> float:
        session = WithWeights(forward, theta)
        found = []
        for x, y, w in batches:
            monitor.check()
            found.append((loss_of(architecture.head, run_windows(session, x), y, w), w))
        return _mean_loss(found)

    rng, part = np.random.default_rng(tuning.seed), tuning.part
    trainer = Trainer(open_graph(base.graphs[TRAINING_FILES[part]]), base.theta, architecture, part, RATE[part])
    lessons: Examples | Kept = examples
    steps = monitor.part(0.1, 0.9)
    if part == "all":

        def validate() -> float:
            return error_on(stop_batches, trainer.theta())

    else:  # what the layers that stay as they are make of the windows never changes
        steps = monitor.part(0.6, 0.9)
        before_them, own_rng = WithWeights(forward, base.theta), np.random.default_rng((tuning.seed, 1))
        lessons = keep_windows(examples, before_them, part, own_rng, monitor.part(0.1, 0.6))
        kept = keep_judged(stop_batches, before_them, part, architecture.entering(part), monitor)

        def validate() -> float:
            return loss_on(trainer, kept, monitor)

    trained = fit(
        trainer,
        lambda: lessons.epoch(rng),
        validate,
        tuning.epochs,
        tuning.patience,
        steps,
        listener,
        per_epoch=examples.batches,
        begin=begin,
        between=None if state is None else lambda now: write_halfway(state, mark, now),
        rng=rng,
        slowing=True,
    )
    judged = monitor.part(0.9, 1.0)

    def judgement(theta: FloatArray, done: float) -> Judgement:
        judged.step(done, Reason("stage_held_out"))
        measured = _measured(examples, WithWeights(forward, theta), clock, cut, monitor)
        return Judgement(error_on(held_batches, theta), *measured)

    before = judgement(base.theta, 0.0)
    return Tuned(trained, before, judgement(trained.theta, 0.5), told, examples.seen)


def _mark(base: Verified, panel: Panel, clock: Clock, labels: Labels | None, tuning: Tuning) -> dict[str, str]:
    """What tells a training from every other one: a hash of each of what it depends on."""
    files = {name: mark.sha256 for name, mark in base.record.files.items()}
    grid = [str(panel.times[0]), panel.period_s, panel.zone, [cell.id for cell in panel.cells]]
    data, known = hashlib.sha256(json.dumps(grid).encode()), hashlib.sha256()
    for kpi in panel.kpis:
        data.update(kpi.id.encode() + b"\0")
        for array in (panel.values[kpi.id], panel.flags[kpi.id]):
            data.update(np.ascontiguousarray(array).data)
        if labels is not None:
            known.update(np.ascontiguousarray(labels[kpi.id]).data)

    days = hashlib.sha256(clock.weekend.tobytes() + clock.holiday.tobytes())

    def of(told: object) -> str:
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    return {
        "model": of(files),
        "choices": of({name: chosen for name, chosen in asdict(tuning).items() if name != "epochs"}),
        "data": data.hexdigest(),
        "labels": known.hexdigest(),
        "calendar": days.hexdigest(),
        "program": of(dict(versions())),
    }


def _mean_loss(found: list[tuple[float, FloatArray]]) -> float:
    total = sum(float(w.sum()) for _, w in found)
    return sum(loss * float(w.sum()) for loss, w in found if w.any()) / total if total else math.nan


def _measured(examples: Examples, session: Runs, clock: Clock, cut: Cut, monitor: Monitor) -> tuple[float, float]:
    """VUS-PR and alarm events per cell and week on the held-out days."""
    later = cut.days.place >= cut.held * SLOTS
    level = calibrate.threshold(ALARM_BUDGET, clock)
    accuracy, events, weeks = [], 0, 0.0
    for scored in examples.scored(session):
        monitor.check()
        nothing = np.full(scored.score.shape, np.nan, np.float32)
        evidence = Evidence("convlstm", nothing, nothing, nothing, scored.score, (None,) * len(scored.score))
        surprise = calibrate.surprise(evidence, scored.clean, clock).score
        with np.errstate(invalid="ignore"):
            events += len(find_runs((surprise >= level) & later))
        weeks += len(scored.score) * float(later.sum()) / clock.week_slots
        for row, truth in zip(scored.score[:, later], scored.truth[:, later], strict=True):
            known = np.isfinite(row) & (truth >= 0)
            if (truth[known] == 1).any():
                monitor.check()
                accuracy.append(vus_pr(row[known].astype(np.float64), truth[known] == 1, clock.day_slots // 6))
    return float(np.mean(accuracy)) if accuracy else math.nan, events / weeks if weeks else math.nan
