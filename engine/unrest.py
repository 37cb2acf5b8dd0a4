"""How points rank that are no alarms: by what goes on around them, and by how far the day lies from all others.

A fault that lasts is seldom an alarm all along: most of its points are as usual for a moment. Whoever looks for all of
it (an evaluation, a list of the strangest hours) wants those before the points of a quiet week. So in the *ranking* a
point that is no alarm has at least the *unrest* around it, kept below 1.0. What is an alarm, and by how much, stays a
matter of the point alone, and so does the combined score: the ranking is worked out from a finished result.

Unrest adds up two things. The evidence of the neighbourhood is the largest mean of the scores over centred stretches of
two hours to five days. The strangeness of the day is the rank of the root mean square of the values, standardised over
the whole series, within 24 hours; it counts the less, the more of the scatter is expected anyway, because a series with
a strong season is far from its mean every night.
"""

from __future__ import annotations

import numpy as np

from engine import scratch
from engine.data import BoolArray, Clock, DoubleArray, FloatArray, Result
from engine.expectation import expectation, of_cells
from engine.thresholds import by_budget

STRETCHES_H = (2, 4, 8, 16, 32, 64, 128)
CUT = 2.0
"""A score counts in its neighbourhood as this much at most, so that one spike does not lift a week."""

WEIGHT = 1.2
"""Of the neighbourhood's mean: a stretch whose points nearly all are at five sixths of the threshold ranks with it."""

DAY_H = 24
BELOW_ALARM = np.float32(0.999)
ROWS_AT_ONCE = 64


def ranking(result: Result, kpi: str) -> FloatArray:
    """(C, T) float32 the ranking of one KPI of a result, in memory that may be given back to a file; see `ranked`."""
    verdict, values = result.verdicts[kpi], result.panel.values[kpi]
    level = by_budget(result.settings, result.clock, len(result.panel.kpis))
    out = scratch.allocate(values.shape, np.nan)
    for first in range(0, len(values), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        usual = expectation(of_cells(result.evidence[kpi], rows))
        out[rows] = ranked(verdict.score[rows], values[rows], usual.expected, result.clock, level)
        scratch.release([out, verdict.score, values])
    return out


def ranked(score: FloatArray, values: FloatArray, expected: FloatArray, clock: Clock, level: float) -> FloatArray:
    """The combined score (C, T) with the points below 1.0 lifted to the unrest around them; float32, NaN stays NaN.

    score: 1.0 = alarm threshold, NaN = no opinion. values, expected (C, T): in the KPI's unit, NaN = missing / nothing
    expected. level: the surprise that equals 1.0. Points at 1.0 or above keep their score. What a cell gets depends on
    nothing but its own row.
    """
    known = np.isfinite(score)
    unrest = _neighbourhood(score, known, clock)
    unrest += _strangeness(values.astype(np.float64), expected, known, clock) / level
    lifted = np.minimum(np.maximum(score, unrest.astype(np.float32)), BELOW_ALARM)
    found: FloatArray = np.where(score >= 1.0, score, lifted)
    return found


def _neighbourhood(score: FloatArray, known: BoolArray, clock: Clock) -> DoubleArray:
    """The largest mean of the scores over the stretches around each point, 0 where they hold none."""
    cut = np.where(known, np.minimum(score, np.float32(CUT)), 0.0)
    most = np.zeros(score.shape)
    for hours in STRETCHES_H:
        periods = round(hours * 3600 / clock.period_s)
        if periods > 1:
            np.maximum(most, _mean_around(cut, known, periods), out=most)
    return WEIGHT * most


def _strangeness(values: DoubleArray, expected: FloatArray, known: BoolArray, clock: Clock) -> DoubleArray:
    """-log10 of the share of the points whose day is as far from the whole series, times what is not expected squared.

    0 where nothing is known of the point, and throughout a series that never changes.
    """
    measured = np.isfinite(values)
    points = np.maximum(measured.sum(axis=1, keepdims=True), 1)
    away = np.where(measured, values, 0.0)
    mean = away.sum(axis=1, keepdims=True) / points
    away = np.where(measured, values - mean, 0.0)
    scatter = np.sqrt((away**2).sum(axis=1, keepdims=True) / points)
    unexpected = _unexpected(values, expected, away)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        standard = np.where(scatter > 0, away / scatter, 0.0)
    day = max(2, round(DAY_H * 3600 / clock.period_s))
    far = _mean_around(standard**2, measured, day)
    order = np.argsort(np.where(known, -far, np.inf), axis=1, kind="stable")
    place = np.empty(far.shape, np.int64)
    np.put_along_axis(place, order, np.broadcast_to(np.arange(1, far.shape[1] + 1), far.shape), axis=1)
    share = place / np.maximum(known.sum(axis=1, keepdims=True), 1)
    rank = np.where(known & (scatter > 0), -np.log10(np.minimum(share, 1.0)), 0.0)
    found: DoubleArray = rank * unexpected[:, None] ** 2
    return found


def _unexpected(values: DoubleArray, expected: FloatArray, away: DoubleArray) -> DoubleArray:
    """(C,) how much of the mean distance from the mean is left of it around the expectation: 0 nothing, 1 all."""
    both = np.isfinite(values) & np.isfinite(expected)
    left = np.abs(np.where(both, values - np.where(both, expected, 0.0), 0.0)).sum(axis=1)
    whole = np.abs(np.where(both, away, 0.0)).sum(axis=1)
    share: DoubleArray = np.clip(left / np.maximum(whole, 1e-30), 0.0, 1.0)
    return share


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
