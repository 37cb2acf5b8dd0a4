"""What a training is shown: a panel as windows of examples, without what nobody should learn as normal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine import season
from engine.convlstm.architecture import Architecture
from engine.convlstm.inference import forecasts, weighed
from engine.convlstm.session import Runs
from engine.convlstm.windows import SLOTS, WARM_UP, Days, look, squash
from engine.data import BoolArray, Clock, Flag, FlagArray, FloatArray, IntArray, Kpi, Labels, Panel
from engine.errors import Reason
from engine.finetuning.injected import share_of, with_incidents
from engine.finetuning.training import Batch
from engine.monitor import Monitor

ANOMALY_WEIGHT = 4.0
"""How much more a labelled anomaly counts than a normal point."""

MEMORY_MB = 256
LARGEST_BATCH, LEAST_BATCH = 64, 4
LEAST_STEPS = 8
"""Per epoch, with at least `LEAST_BATCH` windows each, if need be of several passes: few data must move it too."""

MOST_BATCHES = 120
"""Per epoch: a city of thousands of cells is sampled anew every epoch instead of passed through."""

MOST_SERIES = 3000
"""Of a panel with more series (cells times KPIs) so many are drawn once: what is held in memory stays bounded."""

SERIES_AT_ONCE = 128
"""Series that are made ready or judged together, between two chances to cancel."""

EXCLUDED = ("labelled", "suspect", "maintenance", "imputed", "missing")


@dataclass(frozen=True, eq=False)
class Cut:
    """The days in order of time: learned from before day `stop`, from there on to choose the best epoch, from `held` on
    to compare.
    """

    days: Days
    stop: int
    held: int

    @property
    def training(self) -> BoolArray:
        """(T,) whether a period is learned from."""
        return np.asarray(self.days.place < self.stop * SLOTS)


@dataclass(frozen=True, eq=False)
class Scored:
    """What a model says of some series of one KPI: score, points to calibrate on, and labels, all (C, T)."""

    score: FloatArray
    clean: BoolArray
    truth: npt.NDArray[np.int8]


class Examples(Protocol):
    """A panel as a family of models learns from it.

    used, excluded: points of the training days that are learned from, and that are not, by reason; anomalous: those of
    the used ones that are learned as anomalous; series: how many there are; seen: values learned from, as the model
    sees them; batch: windows per step; batches: about how many steps an epoch has; injected: the share of windows that
    simulated incidents are written into.
    """

    used: int
    anomalous: int
    excluded: Mapping[str, int]
    series: int
    seen: FloatArray
    batch: int
    batches: int
    injected: float

    def epoch(self, rng: np.random.Generator) -> Iterator[Batch]:
        """The windows of the training days in random order."""
        ...

    def judged(self, first: int, last: int) -> list[Batch]:
        """Windows that judge the days from `first` to before `last`."""
        ...

    def scored(self, session: Runs) -> Iterator[Scored]:
        """What a model says of every series, some at a time."""
        ...


@dataclass(frozen=True, eq=False)
class Part:
    """Some series of one KPI as the model sees them.

    seen (C, days, 3, 24); target, weight (C, days, 24); feed, clean, truth (C, T).
    """

    seen: FloatArray
    target: FloatArray
    weight: FloatArray
    feed: FloatArray
    clean: BoolArray
    truth: npt.NDArray[np.int8]


def drawn(panel: Panel, labels: Labels | None, rng: np.random.Generator, most: int = MOST_SERIES) -> list[IntArray]:
    """Per KPI the rows to work on: all of them, or of more than `most` series as many, labelled anomalous ones first.

    Those after the labelled ones are drawn at random.
    """
    cells, kpis = len(panel.cells), len(panel.kpis)
    if cells * kpis <= most:
        return [np.arange(cells) for _ in panel.kpis]
    share = max(1, most // kpis)
    chosen = []
    for kpi in panel.kpis:
        order = rng.permutation(cells)
        if labels is not None:
            order = order[np.argsort(~(labels[kpi.id][order] == 1).any(axis=1), kind="stable")]
        chosen.append(np.sort(order[:share]))
    return chosen


def part_of(
    panel: Panel,
    kpi: Kpi,
    clock: Clock,
    days: Days,
    truth: npt.NDArray[np.int8] | None,
    training: BoolArray,
    head: str,
    excluded: dict[str, int],
    rows: IntArray | None = None,
) -> Part:
    """Rows of one KPI (None = all) made ready.

    Adds to `excluded` how many points of the training part are not learned from, by reason.
    """
    chosen = slice(None) if rows is None else rows
    values, flags = np.array(panel.values[kpi.id][chosen], np.float32), panel.flags[kpi.id][chosen]
    values[~np.isfinite(values)] = np.nan
    labelled = np.full(values.shape, -1, np.int8) if truth is None else truth[chosen]
    sound = sound_points(values, flags, training, excluded)
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


def epoch_of(parts: list[Part], days: int, steps: int, size: int, rng: np.random.Generator) -> Iterator[Batch]:
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


def whole(parts: list[Part], first: int, last: int, steps: int) -> list[Batch]:
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


def sound_points(values: FloatArray, flags: FlagArray, training: BoolArray, excluded: dict[str, int]) -> BoolArray:
    """(C, T) what is measured and not flagged; adds to `excluded` how much of the training part is not, by reason."""
    measured = np.isfinite(values)
    excluded["missing"] += int((~measured & training).sum())
    sound = measured.copy()
    for name, flag in (("suspect", Flag.SUSPECT), ("imputed", Flag.IMPUTED), ("maintenance", Flag.MAINTENANCE)):
        flagged = measured & (flags & flag != 0)
        excluded[name] += int((flagged & training).sum())
        sound &= ~flagged
    return sound


def batch_size(architecture: Architecture, points: int, memory_mb: int = MEMORY_MB) -> int:
    """Windows of `points` points a step that keep the unfolded inputs of a training step within the memory budget."""
    taps = sum(math.prod(architecture.window(kernel)) for kernel in architecture.kernels)
    joint_taps = math.prod(architecture.window(architecture.joint_kernel))
    side_by_side = architecture.hidden * len(architecture.kernels)
    maps = taps * (architecture.channels + architecture.hidden) + joint_taps * (side_by_side + architecture.joint)
    per_window = 4 * architecture.steps * points * (maps + 12 * (side_by_side + architecture.joint))
    return int(np.clip(memory_mb * 2**20 // (2 * per_window), 1, LARGEST_BATCH))


class SeriesExamples:
    """Single series, day by day."""

    def __init__(
        self,
        panel: Panel,
        clock: Clock,
        labels: Labels | None,
        architecture: Architecture,
        cut: Cut,
        seed: int,
        monitor: Monitor,
    ) -> None:
        self._architecture, self._cut, stop = architecture, cut, cut.stop
        excluded = dict.fromkeys(EXCLUDED, 0)
        self._parts = list(_parts(panel, clock, labels, architecture.head, cut, seed, excluded, monitor))
        learned = [part.weight[:, :stop] > 0 for part in self._parts]
        self.used = sum(int(some.sum()) for some in learned)
        labelled = zip(self._parts, learned, strict=True) if architecture.head == "label" else ()
        self.anomalous = sum(int((some & (part.target[:, :stop] > 0)).sum()) for part, some in labelled)
        self.excluded: Mapping[str, int] = excluded
        self.series = sum(len(part.seen) for part in self._parts)
        self.seen = np.concatenate([p.seen[:, :stop, 0][p.seen[:, :stop, 2] > 0] for p in self._parts])
        windows = self.series * max(1, stop // architecture.steps)
        self.batch = min(batch_size(architecture, SLOTS), max(LEAST_BATCH, windows // LEAST_STEPS))
        per_pass = min(-(-windows // self.batch), MOST_BATCHES)
        self._passes = -(-LEAST_STEPS // per_pass)
        self.batches = self._passes * per_pass
        self.injected = share_of(windows) if architecture.head == "label" else 0.0

    def epoch(self, rng: np.random.Generator) -> Iterator[Batch]:
        """Each cell's windows from a random first day on; of few windows several passes. Judgements: with incidents."""
        for _ in range(self._passes):
            for made in epoch_of(self._parts, self._cut.stop, self._architecture.steps, self.batch, rng):
                yield with_incidents(made, self.injected, ANOMALY_WEIGHT, rng) if self.injected else made

    def judged(self, first: int, last: int) -> list[Batch]:
        """Every day once, with what came before as its past."""
        return whole(self._parts, first, last, self._architecture.steps)

    def scored(self, session: Runs) -> Iterator[Scored]:
        """As the detector scores: how far a point stands out by belief, or how far it was not as forecast."""
        days, steps = self._cut.days, self._architecture.steps
        for part in self._parts:
            if self._architecture.head == "label":
                score = weighed(session, part.feed, days, steps)
            else:
                score = np.abs(part.feed - forecasts(session, part.feed, days, steps))
            yield Scored(score, part.clean, part.truth)


def _parts(
    panel: Panel,
    clock: Clock,
    labels: Labels | None,
    head: str,
    cut: Cut,
    seed: int,
    excluded: dict[str, int],
    monitor: Monitor,
) -> Iterable[Part]:
    """The series made ready, some at a time; adds to `excluded`."""
    chosen = drawn(panel, labels, np.random.default_rng(seed))
    total, done = sum(map(len, chosen)), 0
    for kpi, rows in zip(panel.kpis, chosen, strict=True):
        truth = None if labels is None else labels[kpi.id]
        for first in range(0, len(rows), SERIES_AT_ONCE):
            monitor.step(done / total, Reason("stage_season", {"kpi": kpi.id}))
            some = rows[first : first + SERIES_AT_ONCE]
            yield part_of(panel, kpi, clock, cut.days, truth, cut.training, head, excluded, some)
            done += len(some)
