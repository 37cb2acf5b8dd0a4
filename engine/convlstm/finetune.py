"""Training a model further on the user's own data, and telling honestly whether that made it better.

The days of the data are cut in time order: 70 % to train on, 15 % that say when to stop, and the last 15 % that neither
training nor stopping ever sees, on which the model is compared before and after. The season is fitted on the training
days only. Labelled anomalies, suspect, imputed and maintenance points are never learned as normal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine import calibrate, season
from engine.convlstm.inference import forecasts, run_windows, weighed
from engine.convlstm.record import GRAPH_FILE, TRAINING_FILES
from engine.convlstm.session import open_graph
from engine.convlstm.training import Batch, Epoch, Trained, Trainer, fit, loss_of
from engine.convlstm.verify import Verified
from engine.convlstm.windows import SLOTS, WARM_UP, Days, look, squash
from engine.data import BoolArray, Clock, Evidence, Flag, FloatArray, Kpi, Labels, Panel
from engine.errors import ModelError, Reason
from engine.evaluate import vus_pr
from engine.monitor import Monitor
from engine.runs import find_runs

LEAST_DAYS = 21
TRAIN_SHARE, STOP_SHARE = 0.7, 0.15
ANOMALY_WEIGHT = 4.0
"""How much more a labelled anomaly counts than a normal point."""

RATE = {"all": 1e-3, "last": 2e-3, "head": 5e-3}
MEMORY_MB = 256
LARGEST_BATCH = 64
MOST_BATCHES = 120
"""Per epoch: a city of thousands of cells is sampled anew every epoch instead of passed through."""

ALARM_BUDGET = 0.1


@dataclass(frozen=True)
class Tuning:
    """What a person chooses. part: "all", "last" or "head". patience: epochs without a better one before it ends."""

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


@dataclass(frozen=True, eq=False)
class Tuned:
    """The outcome of a fine-tuning. used / excluded: how many points it learned from, and how many not, by reason."""

    trained: Trained
    before: Judgement
    after: Judgement
    held_days: int
    used: int
    excluded: Mapping[str, int]
    seen: FloatArray

    @property
    def better(self) -> bool:
        """Whether it does better on days that it never saw."""
        return self.after.error < self.before.error


EXCLUDED = ("labelled", "suspect", "maintenance", "imputed", "missing")


@dataclass(frozen=True, eq=False)
class Part:
    """One KPI as the model sees it. seen (C, days, 3, 24); target, weight (C, days, 24); feed, clean, truth (C, T)."""

    seen: FloatArray
    target: FloatArray
    weight: FloatArray
    feed: FloatArray
    clean: BoolArray
    truth: npt.NDArray[np.int8]


def finetune(
    base: Verified,
    panel: Panel,
    clock: Clock,
    labels: Labels | None,
    tuning: Tuning,
    monitor: Monitor,
    listener: Callable[[Epoch], None] | None = None,
) -> Tuned:
    """Train `base` further on a panel.

    labels: known anomalies; a model with a label head learns from them, one that forecasts leaves them out. listener is
    told of every epoch. The same arguments give the same model. Raises ModelError when model and data do not fit,
    Cancelled.
    """
    architecture, days = base.record.architecture, Days.of(clock)
    if architecture.family != "series":
        raise ModelError(Reason("convlstm_family", {"model": base.record.id}))
    if clock.period_s > 3600:
        raise ModelError(Reason("convlstm_period", {"minutes": clock.period_s / 60}))
    if days.count < LEAST_DAYS:
        raise ModelError(Reason("finetune_history", {"days": days.count, "needed": LEAST_DAYS}))
    known = labels is not None and any((of_kpi == 1).any() for of_kpi in labels.values())
    if architecture.head == "label" and not known:
        raise ModelError(Reason("finetune_labels_needed", {"model": base.record.id}))

    stop, held = round(days.count * TRAIN_SHARE), round(days.count * (TRAIN_SHARE + STOP_SHARE))
    training = days.place < stop * SLOTS
    excluded = dict.fromkeys(EXCLUDED, 0)
    parts = []
    for index, kpi in enumerate(panel.kpis):
        monitor.step(0.1 * index / len(panel.kpis), Reason("stage_season", {"kpi": kpi.id}))
        truth = None if labels is None else labels[kpi.id]
        parts.append(part_of(panel, kpi, clock, days, truth, training, architecture.head, excluded))
    used = sum(int((part.weight[:, :stop] > 0).sum()) for part in parts)
    if not used:
        raise ModelError(Reason("finetune_nothing"))

    graph, steps = base.graphs[GRAPH_FILE], architecture.steps
    held_batches = _whole(parts, held, days.count, steps)
    stop_batches = _whole(parts, stop, held, steps)

    def error_on(batches: list[Batch]) -> Callable[[FloatArray], float]:
        def error(theta: FloatArray) -> float:
            session = open_graph(graph, theta)
            return _mean_loss([(loss_of(architecture.head, run_windows(session, x), y, w), w) for x, y, w in batches])

        return error

    rng = np.random.default_rng(tuning.seed)
    size = batch_size(steps, sum(architecture.kernels), architecture.hidden, architecture.joint)
    trainer = Trainer(
        base.graphs[TRAINING_FILES[tuning.part]], base.theta, architecture, tuning.part, RATE[tuning.part]
    )
    trained = fit(
        trainer,
        lambda: _epoch(parts, stop, steps, size, rng),
        error_on(stop_batches),
        tuning.epochs,
        tuning.patience,
        monitor.part(0.1, 0.9),
        listener,
    )
    monitor.step(0.9, Reason("stage_held_out"))

    def judgement(theta: FloatArray) -> Judgement:
        return Judgement(error_on(held_batches)(theta), *_measured(graph, theta, base, parts, clock, days, held))

    before = judgement(base.theta)
    after = judgement(trained.theta)
    seen = np.concatenate([part.seen[:, :stop, 0][part.seen[:, :stop, 2] > 0] for part in parts])
    return Tuned(trained, before, after, days.count - held, used, excluded, seen)


def batch_size(steps: int, taps: int, hidden: int, joint: int, memory_mb: int = MEMORY_MB) -> int:
    """Windows per step that keep the unfolded inputs of one step within the memory budget."""
    per_window = 4 * steps * SLOTS * (taps * (3 + hidden) + 3 * (3 * hidden + joint) + 12 * (3 * hidden + joint))
    return int(np.clip(memory_mb * 2**20 // (2 * per_window), 1, LARGEST_BATCH))


def part_of(
    panel: Panel,
    kpi: Kpi,
    clock: Clock,
    days: Days,
    truth: npt.NDArray[np.int8] | None,
    training: BoolArray,
    head: str,
    excluded: dict[str, int],
) -> Part:
    """One KPI made ready; adds to `excluded` how many points of the training part are not learned from, by reason."""
    values, flags = np.array(panel.values[kpi.id], np.float32), panel.flags[kpi.id]
    values[~np.isfinite(values)] = np.nan
    measured = np.isfinite(values)
    labelled = np.full(values.shape, -1, np.int8) if truth is None else truth
    excluded["missing"] += int((~measured & training).sum())
    sound = measured.copy()
    for name, flag in (("suspect", Flag.SUSPECT), ("imputed", Flag.IMPUTED), ("maintenance", Flag.MAINTENANCE)):
        flagged = measured & (flags & flag != 0)
        excluded[name] += int((flagged & training).sum())
        sound &= ~flagged
    anomalous = sound & (labelled == 1)
    clean = sound & ~anomalous & training
    feed = season.adjust(values, season.fit(values, clean, clock, kpi))
    seen = look(feed, days)
    if head == "label":
        positive = days.any(anomalous)
        normal = days.any(sound & (labelled == 0)) & ~positive
        target = positive.astype(np.float32)
        weight = np.where(positive, ANOMALY_WEIGHT, normal).astype(np.float32)
    else:
        excluded["labelled"] += int((anomalous & training).sum())
        mean = days.mean(np.where(sound & ~anomalous, feed, np.float32(np.nan)))
        target, weight = np.zeros((2, *mean.shape), np.float32)
        tomorrow = mean[:, 1:]
        weight[:, :-1] = np.isfinite(tomorrow)
        target[:, :-1] = squash(np.where(np.isfinite(tomorrow), tomorrow, np.float32(0.0)))
    return Part(seen, target, weight, feed, clean, labelled)


def _epoch(parts: list[Part], days: int, steps: int, size: int, rng: np.random.Generator) -> Iterator[Batch]:
    """The windows of the training days in random order, each cell's from a random first day on."""
    places = [
        (index, cell, start)
        for index, part in enumerate(parts)
        for cell in range(len(part.seen))
        for start in range(int(rng.integers(max(1, min(steps, days - steps + 1)))), max(1, days - steps + 1), steps)
    ]
    order = rng.permutation(len(places))[: MOST_BATCHES * size]
    for first in range(0, len(order), size):
        chosen = [places[i] for i in order[first : first + size]]
        cut = [_cut(parts[p], cell, start, min(start + steps, days), steps) for p, cell, start in chosen]
        x, y, w = (np.stack(arrays) for arrays in zip(*cut, strict=True))
        if len(x) and w.any():
            yield x, y, w


def _whole(parts: list[Part], first: int, last: int, steps: int) -> list[Batch]:
    """Windows that judge the days from `first` to before `last` once each, with what came before as their past."""
    batches = []
    for part in parts:
        cut = []
        for cell in range(len(part.seen)):
            for start in range(first, last, steps - WARM_UP):
                end = min(start + steps - WARM_UP, last)
                x, y, w = _cut(part, cell, max(0, end - steps), end, steps)
                w[: -(end - start) or None] = 0.0
                cut.append((x, y, w))
        x, y, w = (np.stack(arrays) for arrays in zip(*cut, strict=True))
        batches.append((x, y, w))
    return batches


def _cut(part: Part, cell: int, start: int, end: int, steps: int) -> Batch:
    """x (steps, 3, 1, 24), y and w (steps, 1, 1, 24) of the days start..end; missing days before them if too few."""
    lacking = steps - (end - start)

    def padded(array: FloatArray) -> FloatArray:
        taken = array[cell, start:end]
        return np.concatenate([np.zeros((lacking, *taken.shape[1:]), np.float32), taken]) if lacking else taken.copy()

    x, y, w = padded(part.seen), padded(part.target), padded(part.weight)
    return np.ascontiguousarray(x[:, :, None]), y[:, None, None], w[:, None, None]


def _mean_loss(found: list[tuple[float, FloatArray]]) -> float:
    total = sum(float(w.sum()) for _, w in found)
    return sum(loss * float(w.sum()) for loss, w in found if w.any()) / total if total else float("nan")


def _measured(
    graph: bytes, theta: FloatArray, base: Verified, parts: list[Part], clock: Clock, days: Days, held: int
) -> tuple[float, float]:
    """VUS-PR and alarm events per cell and week on the held-out days."""
    session = open_graph(graph, theta)
    later = days.place >= held * SLOTS
    level = calibrate.threshold(ALARM_BUDGET, clock)
    accuracy, events, weeks = [], 0, 0.0
    for part in parts:
        if base.record.architecture.head == "label":
            score = weighed(session, part.feed, days, base.record.architecture.steps)
        else:
            score = np.abs(part.feed - forecasts(session, part.feed, days, base.record.architecture.steps))
        nothing = np.full(score.shape, np.nan, np.float32)
        evidence = Evidence("convlstm", nothing, nothing, nothing, score, (None,) * len(score))
        surprise = calibrate.surprise(evidence, part.clean, clock).score
        with np.errstate(invalid="ignore"):
            events += len(find_runs((surprise >= level) & later))
        weeks += len(score) * float(later.sum()) / clock.week_slots
        for row, truth in zip(score[:, later], part.truth[:, later], strict=True):
            judged = np.isfinite(row) & (truth >= 0)
            if (truth[judged] == 1).any():
                accuracy.append(vus_pr(row[judged].astype(np.float64), truth[judged] == 1, clock.day_slots // 6))
    return float(np.mean(accuracy)) if accuracy else float("nan"), events / weeks if weeks else float("nan")
