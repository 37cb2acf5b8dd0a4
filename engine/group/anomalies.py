"""Runs of anomalous points become anomalies: their shape, what was measured and expected, and who says so."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np

from engine.data import (
    Anomaly,
    AnomalyType,
    BoolArray,
    Clock,
    Direction,
    DoubleArray,
    Evidence,
    Flag,
    FlagArray,
    FloatArray,
    IntArray,
    Kpi,
    KpiKind,
    Panel,
    Verdict,
)
from engine.execution.scratch import release
from engine.expectation import Expectation, expectation
from engine.group.packed import Anomalies
from engine.group.silences import sides_of_silence
from engine.numerics.runs import Runs, runs_of

ROWS_AT_ONCE = 256
ANOMALIES_AT_ONCE = 4096

LASTING_S = 86_400
"""A deviation to one side for a whole day is a shift of the level, not a spike or a dip."""

STUCK_POINTS, STUCK_S = 4, 3 * 3600
"""Equal values for this many points and this long are a flat line, if something else was expected."""

ONE_SIDED, ALTERNATING = 0.9, 0.3
"""Share of points on one side that makes a shift; share on the rarer side that makes it swing."""


def anomalies(
    panel: Panel,
    kpi: Kpi,
    verdict: Verdict,
    evidence: Mapping[str, Evidence],
    thresholds: Mapping[str, float],
    clock: Clock,
    first_id: int = 0,
) -> Anomalies:
    """The anomalies of one KPI, numbered from `first_id`, ordered by cell and time.

    evidence: per detector its surprise; thresholds: per detector the surprise that equals 1.0. Sums (counts) and
    means (ratios, gauges) are over the measured points; where nothing was measured, `actual` is NaN and `expected`
    that of all points. A cell that vanished has no score: judged by its absence, it counts as just at the threshold.
    """
    runs = _runs(verdict.alarm)
    if not len(runs):
        return Anomalies()
    at = _looked_up(runs, panel.values[kpi.id], panel.flags[kpi.id], verdict, evidence)
    runs = runs.broken(sides_of_silence(runs, at.values, at.usual.expected, kpi), verdict.alarm.shape[1])
    facts = _facts(runs, at.values, at.usual.expected, kpi)
    usual = at.usual.shown(kpi)
    lower, upper = (_over(runs, band.astype(np.float64), facts.counted, kpi) for band in (usual.lower, usual.upper))
    types, directions = _types(facts, kpi, clock), _directions(facts)
    score = np.nan_to_num(_highest(runs, at.combined), nan=1.0)
    margins = [_highest(runs, one) / thresholds[name] for name, one in at.scores.items()]
    suspect, imputed = (_flagged(runs, at.flags, flag) for flag in (Flag.SUSPECT, Flag.IMPUTED))
    names = tuple(evidence)

    def some(first: int) -> Iterator[Anomaly]:
        """The anomalies from number `first` on, as many as are made of columns at a time."""
        part = slice(first, first + ANOMALIES_AT_ONCE)
        numbers = (runs.cell, runs.start, runs.stop, facts.actual, facts.expected, lower, upper, score)
        columns = [column[part].tolist() for column in (*numbers, suspect, imputed)]
        by_detector = zip(*(one[part].tolist() for one in margins), strict=True)
        shapes = zip(types[part], directions[part], strict=True)
        for n, ((shape, direction), of_each, one) in enumerate(
            zip(shapes, by_detector, zip(*columns, strict=True), strict=True), first_id + first
        ):
            cell, start, stop, actual, due, low, high, highest, many_suspect, many_imputed = one
            margin = dict(zip(names, of_each, strict=True))
            amounts = actual, due, low, high, highest
            yield Anomaly(n, cell, kpi.id, start, stop, shape, direction, *amounts, margin, many_suspect, many_imputed)

    return Anomalies(chain.from_iterable(some(first) for first in range(0, len(runs), ANOMALIES_AT_ONCE)))


def _runs(alarm: BoolArray) -> Runs:
    """The runs of a mask (C, T) that may lie in a file, some cells at a time."""
    periods, points = alarm.shape[1], []
    for first in range(0, len(alarm), ROWS_AT_ONCE):
        points.append(np.flatnonzero(alarm[first : first + ROWS_AT_ONCE]) + first * periods)
        release([alarm])
    return runs_of(np.concatenate([np.zeros(0, np.int64), *points]), periods)


@dataclass(frozen=True, eq=False)
class _Points:
    """What stands at the points of the runs, all (P,). scores: per detector its surprise; combined: the vote's."""

    values: FloatArray
    flags: FlagArray
    usual: Expectation
    scores: Mapping[str, FloatArray]
    combined: FloatArray


def _looked_up(
    runs: Runs, values: FloatArray, flags: FlagArray, verdict: Verdict, evidence: Mapping[str, Evidence]
) -> _Points:
    """Some cells at a time: of arrays larger than memory no more than that is held at once."""
    cell, time = np.divmod(runs.points, values.shape[1])
    edges = np.searchsorted(cell, np.arange(0, len(values) + ROWS_AT_ONCE, ROWS_AT_ONCE))
    parts = []
    for first, last in pairwise(edges.tolist()):
        here = cell[first:last], time[first:last]
        picked = {
            name: Evidence(name, e.expected[here], e.lower[here], e.upper[here], e.score[here], ())
            for name, e in evidence.items()
        }
        parts.append((values[here], flags[here], expectation(picked), picked, verdict.score[here]))
        for e in evidence.values():
            release((e.expected, e.lower, e.upper, e.score))
        release((values, verdict.score))
        release((flags,))
    usual = [part[2] for part in parts]
    return _Points(
        values=np.concatenate([part[0] for part in parts]),
        flags=np.concatenate([part[1] for part in parts]),
        usual=Expectation(
            np.concatenate([one.expected for one in usual]),
            np.concatenate([one.lower for one in usual]),
            np.concatenate([one.upper for one in usual]),
        ),
        scores={name: np.concatenate([part[3][name].score for part in parts]) for name in evidence},
        combined=np.concatenate([part[4] for part in parts]),
    )


@dataclass(frozen=True, eq=False)
class _Facts:
    """What was measured against what was expected, per point of the runs (P,) and per run (N,).

    values, usual (P,); counted (P,): the points that sums and means are over. measured (N,): how many points have a
    value; actual, expected (N,); above (N,): share of the judged points that lie above what was expected.
    """

    runs: Runs
    values: DoubleArray
    usual: DoubleArray
    counted: BoolArray
    measured: IntArray
    actual: DoubleArray
    expected: DoubleArray
    above: DoubleArray


def _facts(runs: Runs, values: FloatArray, expected: FloatArray, kpi: Kpi) -> _Facts:
    measured, usual = values.astype(np.float64), expected.astype(np.float64)
    known = np.isfinite(measured)
    points = np.add.reduceat(known, runs.begins, dtype=np.int64)
    counted = known | np.repeat(points == 0, runs.length)
    judged = known & np.isfinite(usual)
    with np.errstate(invalid="ignore"):
        higher = judged & (measured > usual)
    share = np.add.reduceat(higher, runs.begins, dtype=np.int64) / np.maximum(
        np.add.reduceat(judged, runs.begins, dtype=np.int64), 1
    )
    return _Facts(
        runs=runs,
        values=measured,
        usual=usual,
        counted=counted,
        measured=points,
        actual=_over(runs, measured, counted, kpi),
        expected=_over(runs, usual, counted, kpi),
        above=share,
    )


def _highest(runs: Runs, score: FloatArray) -> DoubleArray:
    """(N,) the highest score in each run, NaN where there is none."""
    out: DoubleArray = np.fmax.reduceat(score, runs.begins).astype(np.float64)
    return out


def _flagged(runs: Runs, flags: FlagArray, flag: Flag) -> IntArray:
    """(N,) how many points of each run carry the flag."""
    marked = (flags & flag) != 0
    out: IntArray = np.add.reduceat(marked, runs.begins, dtype=np.int64)
    return out


def _over(runs: Runs, picked: DoubleArray, counted: BoolArray, kpi: Kpi) -> DoubleArray:
    """(N,) the sum (counts) or mean of the counted points of each run, NaN where none is known.

    In a sum, points that are counted but unknown weigh like the mean of the others, so that actual and expected sums
    span the same time.
    """
    used = counted & np.isfinite(picked)
    total = np.add.reduceat(np.where(used, picked, 0.0), runs.begins)
    many = np.add.reduceat(used, runs.begins, dtype=np.int64)
    mean = total / np.maximum(many, 1)
    if kpi.kind is KpiKind.COUNT:
        mean = mean * np.add.reduceat(counted, runs.begins, dtype=np.int64)
    out: DoubleArray = np.where(many > 0, mean, np.nan)
    return out


def _types(facts: _Facts, kpi: Kpi, clock: Clock) -> list[AnomalyType]:
    """(N,) the shape of each run: the first that fits, in the order below."""
    runs = facts.runs
    seconds = runs.length * clock.period_s
    zeros = np.add.reduceat(facts.values == 0, runs.begins, dtype=np.int64)
    expecting = np.nan_to_num(facts.expected) > 0
    silent = expecting & (2 * zeros >= facts.measured) & (kpi.kind is not KpiKind.RATIO)

    lasting = (seconds >= LASTING_S) & (runs.length > 1)  # one day of daily figures does not show a new level

    high, low = (how.reduceat(facts.values, runs.begins) for how in (np.fmax, np.fmin))
    widest, narrowest = (np.nan_to_num(how.reduceat(facts.usual, runs.begins)) for how in (np.fmax, np.fmin))
    stuck = (high == low) & (facts.measured >= STUCK_POINTS) & (seconds >= STUCK_S)
    stuck &= widest - narrowest > 0.05 * np.abs(widest)

    one_sided = np.maximum(facts.above, 1 - facts.above) >= ONE_SIDED
    rises = np.nan_to_num(facts.actual - facts.expected) > 0
    chosen = np.select(
        [silent, stuck, lasting & one_sided, _swings(facts), rises],
        [0, 1, 2, 3, 4],
        default=5,
    )
    shapes = (
        AnomalyType.SILENCE,
        AnomalyType.FLATLINE,
        AnomalyType.LEVEL_SHIFT,
        AnomalyType.VOLATILITY,
        AnomalyType.SPIKE,
        AnomalyType.DIP,
    )
    return [shapes[n] for n in chosen.tolist()]


def _swings(facts: _Facts) -> BoolArray:
    """(N,) whether the points lie now above, now below what was expected."""
    rarer = np.minimum(facts.above, 1 - facts.above)
    return (rarer >= ALTERNATING) & (facts.measured >= STUCK_POINTS)


def _directions(facts: _Facts) -> list[Direction]:
    """(N,) up or down by sum or mean; down where nothing was measured; both where it swings or nothing was expected."""

    def of(actual: float, expected: float, swings: bool) -> Direction:
        if swings or math.isnan(expected):
            return Direction.BOTH
        return Direction.UP if actual > expected else Direction.DOWN

    swings = _swings(facts).tolist()
    return [of(*one) for one in zip(facts.actual.tolist(), facts.expected.tolist(), swings, strict=True)]
