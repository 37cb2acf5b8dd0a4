"""Supervised transfer: a label model that learned from one company's KPIs, on the labelled KPIs of others.

The days of every target series are cut in time order, 60 % to train on, 15 % to choose the epoch by, 25 % to be judged
by; the season is fitted on the training days only and no window of one part overlaps another part's judged days. An
hour is called anomalous above the logit that had the best F1 on the days that chose the epoch, for every row alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from engine import season
from engine.calendar import make_clock
from engine.convlstm.inference import run_windows
from engine.convlstm.windows import SLOTS, WARM_UP, Days, look
from engine.data import FloatArray
from engine.evaluate import vus_pr
from engine.finetuning.examples import ANOMALY_WEIGHT
from engine.finetuning.training import Batch
from tests.benchmarks.datasets import Case
from tests.benchmarks.transfer_fit import Graphs, Split, learn_as_program, markdown

TRAIN_SHARE, STOP_SHARE = 0.6, 0.15
BUFFER_H = 4
STRIDE = 4
"""Days between the beginnings of two training windows of a series."""

COLUMNS = ("accuracy", "F1", "VUS-PR", "CPU s")
DIGITS = (4, 3, 3, 1)


@dataclass(frozen=True, eq=False)
class Series:
    """One labelled series. seen (days, 3, 24); target, weight (days, 24): 1 anomalous, weight 0 where unknown."""

    seen: FloatArray
    target: FloatArray
    weight: FloatArray

    @property
    def cuts(self) -> tuple[int, int]:
        """The first day to choose the epoch by and the first to be judged by."""
        days = len(self.seen)
        return round(days * TRAIN_SHARE), round(days * (TRAIN_SHARE + STOP_SHARE))


@dataclass(frozen=True, eq=False)
class Saying:
    """Logits of the windows to choose by and of those to be judged by."""

    stop: FloatArray
    held: FloatArray


def series_of(cases: Iterable[Case]) -> Iterator[Series]:
    """Every cell of some cases."""
    for case in cases:
        panel, kpi = case.panel, case.kpi
        clock = make_clock(panel.times, panel.period_s, panel.zone)
        days, values = Days.of(clock), panel.values[kpi.id]
        clean = np.isfinite(values) & (case.labels != 1)
        clean[:, days.place >= round(days.count * TRAIN_SHARE) * SLOTS] = False
        seen = look(season.adjust(values, season.fit(values, clean, clock, kpi)), days)
        bad, good = days.any(case.labels == 1), days.any(case.labels == 0)
        weight = np.where(bad, ANOMALY_WEIGHT, good) * seen[:, :, 2]
        for row in range(len(values)):
            yield Series(seen[row], bad[row].astype(np.float32), weight[row].astype(np.float32))


def split_of(series: list[Series], steps: int, share: float = 1.0, seed: int = 1) -> Split:
    """Windows of all series. share: of the training windows, taken at random, that keep their labels."""
    train = [cut for s in series for cut in _training(s, steps)]
    if share < 1.0:
        wanted = max(1, round(share * len(train)))
        chosen = np.random.default_rng(seed).permutation(len(train))
        with_some = [i for i in chosen if (train[i][1] * train[i][2]).any()][: max(1, wanted // 4)]
        rest = [i for i in chosen if i not in with_some][: wanted - len(with_some)]
        train = [train[i] for i in (*with_some, *rest)]
    stop = [cut for s in series for cut in _judged(s, *s.cuts, steps)]
    held = [cut for s in series for cut in _judged(s, s.cuts[1], len(s.seen), steps)]
    return Split(_stacked(train), _stacked(stop), _stacked(held))


def _training(series: Series, steps: int) -> Iterator[Batch]:
    last = series.cuts[0]
    for start in range(0, max(1, last - steps + 1), STRIDE):
        x, y, w = _cut(series, start, min(start + steps, last), steps)
        if start:
            w[: WARM_UP - 1] = 0.0
        yield x, y, w


def _judged(series: Series, first: int, last: int, steps: int) -> Iterator[Batch]:
    for start in range(first, last, steps - WARM_UP):
        end = min(start + steps - WARM_UP, last)
        x, y, w = _cut(series, max(0, end - steps), end, steps)
        w[: -(end - start)] = 0.0
        yield x, y, w


def _cut(series: Series, start: int, end: int, steps: int) -> Batch:
    lacking = steps - (end - start)

    def padded(array: FloatArray) -> FloatArray:
        return np.concatenate([np.zeros((lacking, *array.shape[1:]), np.float32), array[start:end]])

    x, y, w = (padded(array) for array in (series.seen, series.target, series.weight))
    return x[:, :, None], y[:, None, None], w[:, None, None]


def _stacked(cuts: list[Batch]) -> Batch:
    x, y, w = (np.stack(parts) for parts in zip(*cuts, strict=True))
    return x, y, w


def threshold(z: FloatArray, y: FloatArray, w: FloatArray) -> float:
    """The logit z from which on an hour is called anomalous: with the best F1 on these windows; inf without any."""
    known = w > 0
    logit, truth = z[known], y[known] > 0
    if not truth.any():
        return np.inf
    order = np.argsort(-logit, kind="stable")
    f1 = 2 * np.cumsum(truth[order]) / (np.arange(1, len(order) + 1) + truth.sum())
    return float(logit[order[np.argmax(f1)]])


def judge(series: list[Series], split: Split, z: FloatArray, cut: float) -> tuple[float, float, float]:
    """Accuracy and F1 over all judged hours, and the mean VUS-PR of the series that have an anomaly in them.

    z: logits of the held windows, which lie series by series; an hour is called anomalous from `cut` on.
    """
    _, y, w = split.held
    known, truth = w > 0, y > 0
    said = z >= cut
    hits = int((said & truth)[known].sum())
    f1 = 2 * hits / max(1, int(said[known].sum() + truth[known].sum()))
    found, at = [], 0
    for one in series:
        count = len(range(one.cuts[1], len(one.seen), z.shape[1] - WARM_UP))
        rows = slice(at, at + count)
        at += count
        judged = known[rows]
        if truth[rows][judged].any():
            found.append(vus_pr(z[rows][judged].astype(np.float64), truth[rows][judged], BUFFER_H))
    return float((said == truth)[known].mean()), f1, float(np.mean(found))


def trees(split: Split, seed: int) -> tuple[Saying, float]:
    """What boosted trees say that see, for every hour, the hours around it and the same hour of the days before."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    began = time.process_time()
    x, y, w = split.train
    known = w.ravel() > 0
    model = HistGradientBoostingClassifier(max_iter=100, learning_rate=0.1, random_state=seed)
    with threadpool_limits(limits=1):  # this library is only now loaded
        model.fit(_features(x)[known], y.ravel()[known] > 0, sample_weight=w.ravel()[known])
        made = [model.predict_proba(_features(part[0]))[:, 1] for part in (split.stop, split.held)]
    stop, held = (np.clip(chance, 1e-6, 1 - 1e-6) for chance in made)
    logits = [np.log(p / (1 - p)).astype(np.float32) for p in (stop, held)]
    shaped = Saying(logits[0].reshape(split.stop[1].shape), logits[1].reshape(split.held[1].shape))
    return shaped, time.process_time() - began


def _features(x: FloatArray) -> FloatArray:
    """(N * steps * 24, features): three channels of the 7 hours around, of the 6 days before at this hour, the hour."""
    seen = x[:, :, :, 0]
    line = np.pad(seen.transpose(0, 2, 1, 3).reshape(len(x), 3, -1), ((0, 0), (0, 0), (6 * SLOTS, 3)))
    length = seen.shape[1] * SLOTS
    offsets = [*range(-3, 4), *(-SLOTS * day for day in range(1, 7))]
    parts = [line[:, :, 6 * SLOTS + o : 6 * SLOTS + o + length] for o in offsets]
    hour = np.broadcast_to(np.arange(length) % SLOTS, (len(x), 1, length))
    stacked = np.concatenate([*parts, hour], axis=1).transpose(0, 2, 1)
    return np.ascontiguousarray(stacked.reshape(len(x) * length, -1), np.float32)


Maker = Callable[[Split, int], tuple[Saying, float]]
Row = tuple[str, Maker]


def rows(graphs: Graphs, bases: dict[str, FloatArray], tenth: bool) -> Iterator[Row]:
    """Name and maker (what it says, CPU seconds) of every row."""

    def said(theta: FloatArray, split: Split) -> Saying:
        session = graphs.session(theta)
        return Saying(run_windows(session, split.stop[0]), run_windows(session, split.held[0]))

    def as_it_is(theta: FloatArray) -> Maker:
        return lambda split, _: (said(theta, split), 0.0)

    def tuned(theta: FloatArray | None, epochs: int, part: str = "all") -> Maker:
        def make(split: Split, seed: int) -> tuple[Saying, float]:
            begin = graphs.fresh(seed) if theta is None else theta
            found, seconds = learn_as_program(graphs, begin, split, epochs, seed, part)
            return said(found, split), seconds

        return make

    for name, theta in bases.items():
        if not tenth:
            yield f"{name}, as it is", as_it_is(theta)
            yield f"{name}, fine-tuned 1 epoch", tuned(theta, 1)
            yield f"{name}, fine-tuned 5", tuned(theta, 5)
        yield f"{name}, fine-tuned 20", tuned(theta, 20)
        if not tenth:
            yield f"{name}, head only, 20", tuned(theta, 20, "head")
    yield "from scratch, 100", tuned(None, 100)
    yield "gradient-boosted trees", trees


def table(name: str, cases: Iterable[Case], graphs: Graphs, bases: dict[str, FloatArray], seeds: list[int]) -> str:
    """One target's table, mean over seeds."""
    series = [s for s in series_of(cases) if (s.weight > 0).any()]
    steps = graphs.architecture.steps
    whole = split_of(series, steps)
    known = whole.held[2] > 0
    share = float((whole.held[1] > 0)[known].mean())
    lines = [
        f"### {name}\n\n{len(series)} series; judged: {int(known.sum()):,} hours, {100 * share:.2f} % of them anomalous"
        f" (always saying no: accuracy {1 - share:.4f}, F1 0). Seeds {', '.join(map(str, seeds))}.\n"
    ]
    for title, tenth in (("all training labels", False), ("a tenth of the training labels", True)):
        found = {}
        splits = {seed: split_of(series, steps, 0.1, seed) if tenth else whole for seed in seeds}
        for label, make in rows(graphs, bases, tenth):
            made = []
            for seed, split in splits.items():
                said, seconds = make(split, seed)
                cut = threshold(said.stop, *split.stop[1:])
                made.append((*judge(series, split, said.held, cut), seconds))
            found[label] = tuple(np.mean(np.array(made, np.float64), axis=0))
            print(name, title, label, found[label], flush=True)
        lines.append(f"{title}:\n\n{markdown(COLUMNS, found, DIGITS)}\n")
    return "\n".join(lines)
