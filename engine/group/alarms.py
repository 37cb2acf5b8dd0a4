"""Which points are anomalous: the score with hysteresis, and what an operator does not want to hear about left out."""

from __future__ import annotations

import numpy as np

from engine.data import BoolArray, Clock, Direction, Flag, FlagArray, FloatArray, IntArray, Kpi, KpiKind
from engine.expectation import deviates
from engine.runs import find_runs
from engine.settings import Settings

BRIDGED_S = 2 * 3600
"""An anomaly goes on over points without a value or an opinion for this long, if it is still there after them."""

VANISHED_S = 2 * 3600
"""A cell that is absent for this long is silent, if `REPORTING` of all cells report meanwhile."""

REPORTING = 0.8
USUALLY_THERE = 0.95
"""Share of the other periods in which a cell must have reported for its absence to mean anything."""


def find_alarms(
    score: FloatArray,
    values: FloatArray,
    expected: FloatArray,
    kpi: Kpi,
    settings: Settings,
    flags: FlagArray,
    clock: Clock,
) -> BoolArray:
    """The anomalous points (C, T) of one KPI.

    score: 1.0 = threshold, NaN = no opinion. values, expected: in the KPI's unit, NaN = missing / not known.
    An anomaly begins where the score reaches 1.0 and the value deviates enough, is not negligible traffic and not on
    the good side of a KPI with a bad direction; it lasts until the score falls below `settings.hold` (or the value
    goes to the good side), bridges up to two hours without opinion, and needs `settings.min_duration` periods.
    A silence (0 where traffic was expected) lasts as long as the value stays 0 or absent. A cell that stops reporting
    a count for two hours or more while the others report, and that usually reports, is silent too. Points in
    maintenance are never anomalous. Nothing looks ahead in time except the bridging of gaps.
    """
    maintenance = (flags & Flag.MAINTENANCE) != 0
    known = np.isfinite(score)
    good_side = _good_side(kpi.bad, values, expected)
    with np.errstate(invalid="ignore"):
        begins = (score >= 1.0) & ~good_side & ~maintenance
        ends = (score < settings.hold) | good_side
    begins &= deviates(kpi, values, expected, settings.min_deviation)
    if kpi.kind is KpiKind.COUNT:
        with np.errstate(invalid="ignore"):
            begins &= ~((values < settings.min_traffic) & (expected < settings.min_traffic))

    alarm = known & _held(begins, ends)
    alarm |= _bridged(alarm, known, max(1, BRIDGED_S // clock.period_s))
    if kpi.kind is KpiKind.COUNT:
        alarm |= _silent(begins, values)
        alarm |= _vanished(values, expected, settings, max(2, VANISHED_S // clock.period_s))
    alarm &= ~maintenance
    if settings.min_duration > 1:
        runs = find_runs(alarm)
        alarm = runs.paint(runs.length >= settings.min_duration, alarm.shape)
    return alarm


def _good_side(bad: Direction, values: FloatArray, expected: FloatArray) -> BoolArray:
    """Where the value deviates the way that does no harm."""
    if bad is Direction.BOTH:
        return np.zeros(values.shape, bool)
    with np.errstate(invalid="ignore"):
        good: BoolArray = values < expected if bad is Direction.UP else values > expected
    return good


def _last(mask: BoolArray) -> IntArray:
    """Per point the index of the latest True at or before it, -1 where there is none."""
    places = np.arange(mask.shape[1], dtype=np.int32)
    out: IntArray = np.maximum.accumulate(np.where(mask, places, np.int32(-1)), axis=1)
    return out


def _held(begins: BoolArray, ends: BoolArray) -> BoolArray:
    """True from a beginning until the next end (a point that both begins and ends begins)."""
    out: BoolArray = _last(begins) > _last(ends & ~begins)
    return out


def _bridged(alarm: BoolArray, known: BoolArray, longest: int) -> BoolArray:
    """Gaps in what is known, no longer than `longest`, with an anomaly on both sides."""
    if known.all():
        return np.zeros(alarm.shape, bool)
    gaps = find_runs(~known)
    inner = (gaps.length <= longest) & (gaps.start > 0) & (gaps.stop < alarm.shape[1])
    before = alarm[gaps.cell, np.maximum(gaps.start - 1, 0)]
    after = alarm[gaps.cell, np.minimum(gaps.stop, alarm.shape[1] - 1)]
    return gaps.paint(inner & before & after, alarm.shape)


def _silent(begins: BoolArray, values: FloatArray) -> BoolArray:
    """From the first zero that is an alarm to the end of the stretch of zeros and missing values it stands in."""
    zero = values == 0
    seed: BoolArray = begins & zero
    if not seed.any():
        return seed
    spoken: BoolArray = ~(zero | np.isnan(values))
    return _held(seed, spoken)


def _vanished(values: FloatArray, expected: FloatArray, settings: Settings, shortest: int) -> BoolArray:
    """Stretches in which a cell that usually reports, and had something to report, is absent while others are not."""
    absent = np.isnan(values)
    nothing = np.zeros(values.shape, bool)
    if len(values) < 3 or not absent.any():
        return nothing
    share = absent.mean(axis=1)
    others = 1.0 - absent.mean(axis=0)
    runs = find_runs(absent & (others >= REPORTING))
    if not len(runs):
        return nothing
    due = np.where(np.isfinite(expected), expected, 0).ravel()[runs.points]
    usual = np.add.reduceat(due, runs.begins) / runs.length
    steady = share[runs.cell] - runs.length / values.shape[1] <= 1 - USUALLY_THERE
    return runs.paint((runs.length >= shortest) & steady & (usual > settings.min_traffic), values.shape)
