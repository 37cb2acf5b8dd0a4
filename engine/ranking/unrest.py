"""How points rank that are no alarms: by what goes on around them, and by how rare the course of their day is.

A fault that lasts is seldom an alarm all along: most of its points are as usual for a moment. Whoever looks for all of
it (an evaluation, a list of the strangest hours) wants those before the points of a quiet week. So in the *ranking* a
point that is no alarm stands by the *unrest* around it, below all alarms. What is an alarm, and by how much, stays a
matter of the point alone, and so does the combined score: the ranking is worked out from a finished result.

Unrest adds up two things. One is the evidence: the score of the point, or if that is more the largest mean of the
scores over centred stretches of four periods to five days. The other is how rare the course of the hours around it is
in its series, as far as it was not expected (`engine.ranking.discord`); it counts the less, the more of the scatter is
expected, because what is left of a series with a strong season is mostly noise.
"""

from __future__ import annotations

import numpy as np

from engine.calibration.thresholds import VOTE, by_tails
from engine.data import BoolArray, Clock, DoubleArray, FloatArray, Result
from engine.execution import scratch
from engine.execution.one_thread import single_threaded_libraries
from engine.expectation import expectation, of_cells
from engine.ranking.discord import rarity

FEWEST_PERIODS, LONGEST_H = 4, 128
"""The stretches that scores are averaged over: the shortest one, twice as long, and so on up to the longest."""

CUT = 4.0
"""A score counts in its neighbourhood as this much at most, so that one spike does not lift a week."""

RARITY = 2.25
"""Of the rare course of a series of which nothing is expected, against the evidence."""

ROWS_AT_ONCE = 64


def ranking(result: Result, kpi: str) -> FloatArray:
    """(C, T) float32 the ranking of one KPI of a result, in memory that may be given back to a file; see `ranked`."""
    verdict, values = result.verdicts[kpi], result.panel.values[kpi]
    level = _level(result, kpi)
    out = scratch.allocate(values.shape, np.nan)
    with single_threaded_libraries():
        for first in range(0, len(values), ROWS_AT_ONCE):
            rows = slice(first, first + ROWS_AT_ONCE)
            usual = expectation(of_cells(result.evidence[kpi], rows))
            score, alarm = verdict.score[rows], verdict.alarm[rows]
            out[rows] = ranked(score, alarm, values[rows], usual.expected, result.clock, level)
            scratch.release([out, verdict.score, values])
    return out


def _level(result: Result, kpi: str) -> float:
    """The surprise that equals 1.0: that of most detectors, or where labels chose theirs, that of the alarm budget."""
    if result.settings.threshold == "budget":
        return float(np.median([level for name, level in result.thresholds[kpi].items() if name != VOTE]))
    return by_tails(result.settings.budget, result.clock, len(result.panel.kpis))


def ranked(
    score: FloatArray, alarm: BoolArray, values: FloatArray, expected: FloatArray, clock: Clock, level: float
) -> FloatArray:
    """The combined score (C, T) with the points that are no alarm ordered by the unrest around them, below all alarms.

    score: 1.0 = alarm threshold, NaN = no opinion, which stays NaN. alarm: what an operator hears of, which is less
    than what reaches the threshold (limits of deviation and traffic) and more (a fault goes on below it). values,
    expected (C, T): in the KPI's unit, NaN = missing / nothing expected. level: the surprise that equals 1.0. Alarms
    rank by their score, at 1.0 or above; an unrest of u ranks at u / (1 + u), which no unrest lifts to an alarm.
    float32. What a cell gets depends on nothing but its own row.
    """
    known = np.isfinite(score)
    unrest = np.maximum(np.where(known, score, 0.0), _neighbourhood(score, known, clock))
    unexpected, share = _unexpected(values.astype(np.float64), expected)
    unrest += rarity(unexpected, clock.period_s) * (share * (RARITY / level))
    unrest /= 1.0 + unrest
    below = np.minimum(unrest.astype(np.float32), np.nextafter(np.float32(1.0), np.float32(0.0)))
    found: FloatArray = np.where(known, np.where(alarm, np.maximum(score, 1.0), below), np.float32(np.nan))
    return found


def _neighbourhood(score: FloatArray, known: BoolArray, clock: Clock) -> DoubleArray:
    """The largest mean of the scores over the stretches around each point, 0 where they hold none."""
    cut = np.where(known, np.minimum(score, np.float32(CUT)), 0.0)
    most = np.zeros(score.shape)
    periods = FEWEST_PERIODS
    while periods * clock.period_s <= LONGEST_H * 3600:
        np.maximum(most, _mean_around(cut, known, periods), out=most)
        periods *= 2
    return most


def _unexpected(values: DoubleArray, expected: FloatArray) -> tuple[DoubleArray, DoubleArray]:
    """Distance from what was expected (C, T), from the mean where nothing was, and how much is left by it of the mean
    distance from the mean (C, 1): 0 nothing, 1 all. values: NaN = missing, which stays NaN.
    """
    measured = np.isfinite(values)
    points = np.maximum(measured.sum(axis=1, keepdims=True), 1)
    mean = np.where(measured, values, 0.0).sum(axis=1, keepdims=True) / points
    both = measured & np.isfinite(expected)
    distance = values - np.where(both, expected, mean)
    left = np.abs(np.where(both, distance, 0.0)).sum(axis=1, keepdims=True)
    whole = np.abs(np.where(both, values - mean, 0.0)).sum(axis=1, keepdims=True)
    share: DoubleArray = np.clip(left / np.maximum(whole, 1e-30), 0.0, 1.0)
    return distance, share


def _mean_around(values: DoubleArray, known: BoolArray, periods: int) -> DoubleArray:
    """(C, T) mean of the known `values` (0 where not known) of about `periods` periods around each; 0 without any."""
    half = periods // 2
    counts = _sums(known.astype(np.float64), half)
    found: DoubleArray = _sums(values, half) / np.maximum(counts, 1.0)
    return found


def _sums(values: DoubleArray, half: int) -> DoubleArray:
    """(C, T) sums from `half` periods before to `half` periods after each, as far as there are any."""
    cells, length = values.shape
    total = np.zeros((cells, length + 2 * half + 1))
    np.cumsum(values, axis=1, out=total[:, half + 1 : half + 1 + length])
    total[:, half + 1 + length :] = total[:, half + length, None]
    found: DoubleArray = total[:, 2 * half + 1 :] - total[:, :length]
    return found
