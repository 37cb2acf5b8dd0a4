"""Learned from labels: gradient-boosted trees on what the last day of a cell looks like.

Where a person has said what was anomalous, a supervised learner knows more than any of the others: which of the
strange things matter here. Histogram gradient boosting (Friedman 2001; Ke et al. 2017, as in scikit-learn) on features
that look back only, shared by all cells of a KPI, in usual spreads and never in units: neither the level of a cell nor
the digits of a value can give the label away.

No point is judged by trees that saw its label: the labelled time is cut into parts of equally many anomalies, and each
part, with a day around it, is left out of the training of the trees that judge it. Only labels of the training part of
the history are seen at all (`engine.blocks`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from engine import season
from engine.data import Block, BoolArray, Clock, Evidence, FloatArray, IntArray, Kept, Kpi
from engine.detectors.base import Scope, judged_later, points_of, silent_cells, unknown
from engine.errors import Reason
from engine.numerics.runs import find_runs
from engine.numerics.trees import Trees
from engine.settings import Settings

FEWEST_INCIDENTS, FEWEST_POINTS = 5, 10
PARTS = 4
DAY_S = 86_400
MOST_ROWS = 60_000
"""Normal points that a training takes; anomalous ones are all taken."""

LONGEST = 24
ROWS_AT_ONCE = 64
CUT = 30.0


@dataclass(frozen=True, eq=False)
class Learned:
    """What was learned of a KPI. edges (P - 1,): time indices between the parts; judges (P,): per part the trees that
    never saw it, None where the rest holds too little; whole: trees that saw every label, for what comes after."""

    edges: IntArray
    judges: tuple[Any, ...]
    whole: Any
    last: int


@dataclass(frozen=True, eq=False)
class Boosting:
    """Gradient boosting on labels. learned: the trees, None before `learn` or where there was too little to learn."""

    learned: Learned | None = None
    why_not: Reason | None = None

    id: ClassVar[str] = "boosting"
    label: ClassVar[str] = "Learned from labels"
    scope: ClassVar[Scope] = "block"
    own_cut: ClassVar[float | None] = None
    calibrated: ClassVar[bool] = False
    from_labels: ClassVar[bool] = True
    resumes: ClassVar[bool] = True

    @classmethod
    def configured(cls, settings: Settings) -> Self:  # noqa: ARG003 - it has no setting of its own
        """It has no settings."""
        return cls()

    def applies(self, clock: Clock, kpi: Kpi, points: int) -> Reason | None:  # noqa: ARG002 - same for every cadence
        """It needs as much history as the seasonal model."""
        if points < season.MIN_POINTS:
            return Reason("not_enough_history", {"points": points, "needed": season.MIN_POINTS})
        return None

    def learn(self, pool: Block, rng: np.random.Generator) -> Self:
        """The trees, from the labelled points of `pool`; without enough labelled incidents it will abstain."""
        if pool.labels is None:
            return replace(self, why_not=Reason("boosting_no_labels"))
        incidents = len(find_runs(pool.labels == 1))
        if incidents < FEWEST_INCIDENTS:
            few = Reason("boosting_few_labels", {"incidents": incidents, "needed": FEWEST_INCIDENTS})
            return replace(self, why_not=few)
        rows, bad, when = _labelled(pool, rng)
        edges = np.unique(np.quantile(when[bad], np.arange(1, PARTS) / PARTS).astype(np.int64))
        margin = -(-DAY_S // pool.clock.period_s)
        bounds = np.concatenate([[-1], edges, [pool.shape[1]]])
        seed = int(rng.integers(2**31 - 1))
        judges = tuple(
            _trees(rows, bad, (when <= low - margin) | (when > high + margin), seed)
            for low, high in pairwise(bounds.tolist())
        )
        whole = _trees(rows, bad, np.ones(len(bad), bool), seed)
        if whole is None or all(judge is None for judge in judges):
            return replace(self, why_not=Reason("boosting_one_moment"))
        return replace(self, learned=Learned(edges, judges, whole, int(when.max())))

    def score(self, block: Block, rng: np.random.Generator) -> Evidence:  # noqa: ARG002 - the trees are made
        """The log odds of "anomalous" that the trees give, never those that saw the point's own label."""
        score = unknown(block)
        reasons = list(points_of(block))
        if self.learned is None:
            why = self.why_not or Reason("boosting_no_labels")
            reasons = [known or why for known in reasons]
        else:
            able = np.flatnonzero([reason is None for reason in reasons])
            feed = _feed(block)
            for first in range(0, len(able), ROWS_AT_ONCE):
                rows = able[first : first + ROWS_AT_ONCE]
                looks = features(feed[rows], block.values[rows], block.clock)
                judged = _judged(self.learned, looks)
                score[rows] = np.where(np.isfinite(block.values[rows]) & np.isfinite(feed[rows]), judged, np.nan)
        nothing = unknown(block)
        silent = silent_cells(score, Reason("no_opinion"), reasons)
        kept = {} if self.learned is None else _left_behind(block, silent)
        return Evidence(self.id, nothing, nothing, nothing, score, silent, kept)

    def taught(self) -> Kept:
        """All trees, and which of them judges when."""
        if self.learned is None:
            return {}
        judges = [None if one is None else Trees.of(one) for one in (*self.learned.judges, self.learned.whole)]
        there = [one for one in judges if one is not None]
        sizes = [[one.base if one else np.nan, len(one.roots) if one else 0] for one in judges]
        begins = np.cumsum([0, *(len(one.nodes) for one in there[:-1])])
        return {
            "edges": self.learned.edges[np.newaxis].astype(np.float64),
            "last": np.array([[self.learned.last]], np.float64),
            "judges": np.array(sizes, np.float64),
            "roots": np.concatenate([one.roots + b for one, b in zip(there, begins.tolist(), strict=True)])[np.newaxis],
            "nodes": np.concatenate([one.nodes for one in there]),
        }

    def recalled(self, taught: Kept) -> Self:
        """With those trees."""
        if not taught:
            return self
        nodes, roots = taught["nodes"], taught["roots"][0]
        judges, first = [], 0
        for base, count in taught["judges"].tolist():
            own = roots[first : first + int(count)]
            judges.append(None if np.isnan(base) else Trees(base, own, nodes))
            first += int(count)
        edges = taught["edges"][0].astype(np.int64)
        return replace(self, learned=Learned(edges, tuple(judges[:-1]), judges[-1], int(taught["last"][0, 0])))

    def resume(self, block: Block, kept: Kept) -> Evidence:
        """The same of later points: the last day of every cell is what their features look back on."""
        score = unknown(block)
        if self.learned is None or not kept:
            return judged_later(self.id, block, score)
        able = np.flatnonzero(np.isfinite(kept["begin"][:, 0]))
        if not able.size:
            return judged_later(self.id, block, score)
        begin, count = int(kept["begin"][able[0], 0]), kept["feed"].shape[1]
        learned = replace(self.learned, edges=self.learned.edges - begin, last=max(self.learned.last - begin, -1))
        feed = _feed(block)
        for first in range(0, len(able), ROWS_AT_ONCE):
            rows = able[first : first + ROWS_AT_ONCE]
            wide = np.concatenate([kept["feed"][rows], feed[rows]], axis=1)
            values = np.concatenate([kept["values"][rows], block.values[rows]], axis=1)
            day = block.clock.day_slots
            looks = _features(
                wide, values, np.pad(block.clock.hour, (count, 0)), np.pad(_off(block.clock), (count, 0)), day
            )
            judged = _judged(learned, looks[:, count:])
            score[rows] = np.where(np.isfinite(block.values[rows]) & np.isfinite(feed[rows]), judged, np.nan)
        return judged_later(self.id, block, score)


def features(feed: FloatArray, values: FloatArray, clock: Clock) -> FloatArray:
    """(C, T, F) what is known of each point from itself and the day before it; NaN where that was not measured.

    feed (C, T): spreads from usual; values (C, T): in the KPI's unit, of which only zeros and repeats are looked at.
    """
    return _features(feed, values, clock.hour, _off(clock), clock.day_slots)


def _off(clock: Clock) -> BoolArray:
    """(T,) weekends and holidays."""
    off: BoolArray = clock.weekend | clock.holiday
    return off


def _features(feed: FloatArray, values: FloatArray, hour: IntArray, off: BoolArray, day_slots: int) -> FloatArray:
    x = np.clip(feed, -CUT, CUT)
    day = min(day_slots, x.shape[1])
    before = [_earlier(x, back) for back in (1, 2, day)]
    wide = [_mean_of_last(x, span) for span in (3, 6, max(day, 7))]
    size = _mean_of_last(np.abs(x), 6)
    zero = np.where(np.isfinite(values), values == 0, np.nan)
    layers = [x, *before, x - before[0], *wide, size, _mean_of_last(zero, 3), _repeats(values)]
    layers += [np.broadcast_to(np.asarray(row, np.float32), x.shape) for row in (hour, off)]
    return np.stack([np.asarray(layer, np.float32) for layer in layers], axis=2)


def _left_behind(block: Block, silent: tuple[Reason | None, ...]) -> Kept:
    """Per cell where later points begin (NaN: it is not judged), and feed and values of as long before as features
    look back."""
    border = block.shape[1] if block.border is None else block.border
    count = max(block.clock.day_slots, LONGEST) + 1
    begin = np.where([reason is None for reason in silent], float(border), np.nan)[:, np.newaxis]
    last = [rows[:, max(0, border - count) : border] for rows in (_feed(block), block.values)]
    feed, values = (np.pad(x, ((0, 0), (count - x.shape[1], 0)), constant_values=np.nan) for x in last)
    return {"begin": begin, "feed": feed, "values": values}


def _earlier(x: FloatArray, back: int) -> FloatArray:
    out = np.full_like(x, np.nan)
    out[:, back:] = x[:, : x.shape[1] - back]
    return out


def _mean_of_last(x: npt.NDArray[Any], span: int) -> FloatArray:
    """(C, T) mean of what was measured in the last `span` periods, the point itself among them; NaN if nothing."""
    known = np.isfinite(x)
    start = np.zeros((len(x), 1))
    sums = np.concatenate([start, np.cumsum(np.where(known, x, 0.0), axis=1, dtype=np.float64)], axis=1)
    counts = np.concatenate([start, np.cumsum(known, axis=1)], axis=1)
    upto = np.arange(1, x.shape[1] + 1)
    begin = np.maximum(upto - span, 0)
    count = counts[:, upto] - counts[:, begin]
    return np.where(count > 0, (sums[:, upto] - sums[:, begin]) / np.maximum(count, 1), np.nan).astype(np.float32)


def _repeats(values: FloatArray) -> FloatArray:
    """(C, T) for how many periods the value has been the same, at most `LONGEST`."""
    same = np.zeros(values.shape, bool)
    same[:, 1:] = values[:, 1:] == values[:, :-1]
    places = np.arange(values.shape[1])
    last_new = np.maximum.accumulate(np.where(same, -1, places), axis=1)
    return np.minimum(places - last_new, LONGEST).astype(np.float32)


def _feed(block: Block) -> FloatArray:
    """Spreads from usual, whatever the other detectors work on."""
    usual = block.season
    if usual is None:
        usual = season.fit(block.values, block.clean, block.clock, block.kpi)
    return season.adjust(block.values, usual)


def _labelled(pool: Block, rng: np.random.Generator) -> tuple[FloatArray, BoolArray, IntArray]:
    """Features (n, F), whether anomalous (n,), and time index (n,) of the labelled points that a training may take."""
    if pool.labels is None:
        raise ValueError("there are no labels to take points from")
    feed = _feed(pool)
    usable = (pool.labels >= 0) & np.isfinite(feed)
    bad = np.flatnonzero(usable & (pool.labels == 1))
    good = np.flatnonzero(usable & (pool.labels == 0))
    good = np.sort(rng.choice(good, min(len(good), MOST_ROWS), replace=False))
    chosen = np.concatenate([bad, good])
    cells, when = np.divmod(chosen, pool.shape[1])
    rows = np.empty((len(chosen), features(feed[:1], pool.values[:1], pool.clock).shape[2]), np.float32)
    for cell in np.unique(cells):
        of_cell = cells == cell
        looks = features(feed[cell : cell + 1], pool.values[cell : cell + 1], pool.clock)[0]
        rows[of_cell] = looks[when[of_cell]]
    return rows, np.arange(len(chosen)) < len(bad), when


def _trees(rows: FloatArray, bad: BoolArray, used: BoolArray, seed: int) -> Any:  # noqa: ANN401 - scikit-learn has no types
    """A classifier fitted to the used rows; None if too few of them are anomalous, or none is normal."""
    if np.count_nonzero(bad & used) < FEWEST_POINTS or not (used & ~bad).any():
        return None
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    trees = HistGradientBoostingClassifier(
        max_iter=80,
        max_leaf_nodes=15,
        min_samples_leaf=10,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    chosen = rows[used]
    chosen[:, np.isnan(chosen).all(axis=0)] = 0.0  # what was never known cannot be split on
    with threadpool_limits(limits=1, user_api="openmp"):
        return trees.fit(chosen, bad[used])


def _judged(learned: Learned, looks: FloatArray) -> FloatArray:
    """(C, T) log odds by the trees that are to judge each point; NaN where there are none."""
    from threadpoolctl import threadpool_limits

    cells, periods, width = looks.shape
    out = np.full((cells, periods), np.nan, np.float32)
    part = np.searchsorted(learned.edges, np.arange(periods))
    part[learned.last + 1 :] = len(learned.judges)
    with threadpool_limits(limits=1, user_api="openmp"):
        for number, trees in enumerate((*learned.judges, learned.whole)):
            at = np.flatnonzero(part == number)
            if len(at) and trees is not None:
                out[:, at] = trees.decision_function(looks[:, at].reshape(-1, width)).reshape(cells, len(at))
    return out
