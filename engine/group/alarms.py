"""Which points are anomalous: the score with hysteresis, and what an operator does not want to hear about left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.completeness.gaps import invented
from engine.data import BoolArray, Clock, Direction, DoubleArray, Flag, FlagArray, FloatArray, IntArray, Kpi, KpiKind
from engine.data.units import is_amount
from engine.execution.scratch import release
from engine.expectation import deviates
from engine.group.resolution import event_size
from engine.numerics.runs import find_runs
from engine.settings import Settings

BRIDGED_S = 2 * 3600
"""An anomaly goes on over points without a value or an opinion for this long, if it is still there after them."""

VANISHED_S = 2 * 3600
"""A cell that is absent for this long is silent, if `REPORTING` of all cells report meanwhile."""

USUAL_AGAIN = 0.5
"""A deviation of less than this share of the smallest that begins an anomaly ends one: the value is usual again."""

SHARED = 0.5
"""Where fewer than this share of the cells report, the absence of one is that of the data, not its own."""

REPORTING = 0.8
USUALLY_THERE = 0.95
"""Share of the other periods in which a cell must have reported for its absence to mean anything."""

ROWS_AT_ONCE = 128


@dataclass(frozen=True, eq=False)
class Ground:
    """What decides about alarms besides the score, (C, T): the same for every vote, so worked out once.

    barred: no anomaly may begin here (too small a deviation, too little traffic, too few events, maintenance).
    harmless: the value is on the good side, or usual again. back: as much as was expected is counted
    after nothing was. zero: nothing was counted; spoken: something was, or nobody's data are there. vanished: a silence
    by absence. maintenance. invented: a gap that a policy filled, which tells nothing; None where none is.
    """

    barred: BoolArray
    harmless: BoolArray
    back: BoolArray
    zero: BoolArray
    spoken: BoolArray
    vanished: BoolArray
    maintenance: BoolArray
    invented: BoolArray | None = None


def find_alarms(
    score: FloatArray,
    values: FloatArray,
    expected: FloatArray,
    kpi: Kpi,
    settings: Settings,
    flags: FlagArray,
    clock: Clock,
    others: DoubleArray | None = None,
) -> BoolArray:
    """The anomalous points (C, T) of one KPI.

    score: 1.0 = threshold, NaN = no opinion. values, expected: in the KPI's unit, NaN = missing / not known.
    An anomaly begins where the score reaches 1.0 and the value deviates enough, is not negligible traffic and not on
    the good side of a KPI with a bad direction; it lasts until the score falls below `settings.hold` (or the value is
    usual again, or on the good side), bridges up to two hours without opinion, and needs `settings.min_duration`
    periods. A silence (0 where traffic was expected) lasts as long as the value stays 0 or absent while other cells
    report, and ends where traffic is back. A cell that stops reporting a count for two hours or more while the others
    report, and that usually reports, is silent too. Points in maintenance are never anomalous; a gap over which a value
    was held or drawn counts as a gap without opinion. Nothing looks ahead in time except the bridging of gaps. others:
    `reporting` of the whole panel, when these are only some of its cells.
    """
    if others is None:
        others = reporting(values)
    out = np.zeros(values.shape, bool)
    for first in range(0, len(values), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        ground = lay_ground(values[rows], expected[rows], others, kpi, settings, flags[rows], clock)
        out[rows] = alarms_on(score[rows], ground, settings, clock)
    return out


def reporting(values: FloatArray) -> DoubleArray:
    """(T,) share of the cells that report; NaN if there are too few cells to tell one's absence from everybody's."""
    if len(values) < 3:
        return np.full(values.shape[1], np.nan)
    missing = np.zeros(values.shape[1], np.int64)
    for first in range(0, len(values), ROWS_AT_ONCE):
        missing += np.isnan(values[first : first + ROWS_AT_ONCE]).sum(axis=0)
        release([values])
    share: DoubleArray = 1.0 - missing / len(values)
    return share


def lay_ground(
    values: FloatArray,
    expected: FloatArray,
    others: DoubleArray,
    kpi: Kpi,
    settings: Settings,
    flags: FlagArray,
    clock: Clock,
) -> Ground:
    """What the score of some cells is judged on; `others` from `reporting` of the whole panel."""
    maintenance = (flags & Flag.MAINTENANCE) != 0
    filled = invented(kpi.id, flags, settings.gaps)
    barred = maintenance.copy()
    for _why, where in bars(values, expected, kpi, settings, clock):
        barred |= where
    nothing = np.zeros(values.shape, bool)
    zero = spoken = vanished = back = nothing
    if kpi.kind is KpiKind.COUNT:
        zero = values == 0
        spoken = ~(zero | np.isnan(values)) | _nobodys(values, zero, others, clock)
        back = _back(values, expected, zero)
        vanished = _vanished(values, expected, others, kpi, settings, clock)
    harmless = good_side(kpi.bad, values, expected)
    harmless |= ~deviates(kpi, values, expected, USUAL_AGAIN * settings.min_deviation)
    if filled is None:
        return Ground(barred, harmless, back, zero, spoken, vanished, maintenance)
    open_ = ~filled
    kept = (harmless & open_, back & open_, zero & open_, spoken & open_)
    return Ground(barred | filled, *kept, vanished, maintenance, filled)


def bars(
    values: FloatArray, expected: FloatArray, kpi: Kpi, settings: Settings, clock: Clock
) -> Iterator[tuple[str, BoolArray]]:
    """What a person does not want to hear of: by the name of each setting, where no anomaly may begin for it.

    values, expected (C, T), all periods, in the KPI's unit, NaN = missing / not known.
    """
    yield "min_deviation", ~deviates(kpi, values, expected, settings.min_deviation)
    if kpi.kind is KpiKind.COUNT:
        with np.errstate(invalid="ignore"):
            few = (values < settings.min_traffic) & (expected < settings.min_traffic)
        yield "min_traffic", few & counts_events(kpi, values)
    if kpi.kind is KpiKind.RATIO and settings.min_events > 0:
        with np.errstate(invalid="ignore"):
            yield "min_events", np.abs(values - expected) < settings.min_events * event_size(values, kpi, clock)


def counts_events(kpi: Kpi, values: FloatArray) -> BoolArray:
    """(C, 1) of which cells `values` (C, T) of a count are numbers of events, so that three of them are few.

    3 GB or 3 erlang are not few for being 3: in another unit they are thousands. Where no unit tells, numbers that are
    not whole are an amount of something.
    """
    if is_amount(kpi.unit):
        return np.zeros((len(values), 1), bool)
    if kpi.unit:
        return np.ones((len(values), 1), bool)
    whole: BoolArray = (np.isnan(values) | (values == np.floor(values))).all(axis=1, keepdims=True)
    return whole


def alarms_on(score: FloatArray, ground: Ground, settings: Settings, clock: Clock) -> BoolArray:
    """The anomalous points of some cells by their score (1.0 = threshold, NaN = no opinion)."""
    if ground.invented is not None:
        score = np.where(ground.invented, np.float32(np.nan), score)
    known = ~np.isnan(score)
    with np.errstate(invalid="ignore"):
        begins = (score >= 1.0) & ~ground.barred & ~ground.harmless
        ends = (score < settings.hold) | ground.harmless | ground.back
    alarm = known & _held(begins, ends)
    alarm |= _bridged(alarm, known, max(1, BRIDGED_S // clock.period_s))
    seed = begins & ground.zero
    if seed.any():
        # from the first zero that is an alarm to the end of the stretch of zeros and missing values it stands in
        alarm |= _held(seed, ground.spoken)
    alarm |= ground.vanished
    alarm &= ~ground.maintenance
    if settings.min_duration > 1:
        runs = find_runs(alarm)
        alarm = runs.paint(runs.length >= settings.min_duration, alarm.shape)
    return alarm


def good_side(bad: Direction, values: FloatArray, expected: FloatArray) -> BoolArray:
    """Where the value deviates the way that does no harm."""
    if bad is Direction.BOTH:
        return np.zeros(values.shape, bool)
    with np.errstate(invalid="ignore"):
        good: BoolArray = values < expected if bad is Direction.UP else values > expected
    return good


def _back(values: FloatArray, expected: FloatArray, zero: BoolArray) -> BoolArray:
    """Where as much as was expected is counted, or more, for the first time after nothing was."""
    with np.errstate(invalid="ignore"):
        again = values >= expected
    again &= ~zero
    back = np.zeros(values.shape, bool)
    back[:, 1:] = again[:, 1:] & (_last(zero)[:, :-1] > _last(~zero & ~np.isnan(values))[:, :-1])
    return back


def _nobodys(values: FloatArray, zero: BoolArray, others: DoubleArray, clock: Clock) -> BoolArray:
    """Where a cell is absent with most others, but for short gaps between two periods in which it counted nothing."""
    with np.errstate(invalid="ignore"):
        gaps = find_runs(np.isnan(values) & (others < SHARED))
    if not len(gaps):
        return np.zeros(values.shape, bool)
    last = values.shape[1] - 1
    inner = (gaps.length <= max(1, BRIDGED_S // clock.period_s)) & (gaps.start > 0) & (gaps.stop <= last)
    inner &= zero[gaps.cell, np.maximum(gaps.start - 1, 0)] & zero[gaps.cell, np.minimum(gaps.stop, last)]
    return gaps.paint(~inner, values.shape)


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
    gaps = find_runs(~known)
    inner = (gaps.length <= longest) & (gaps.start > 0) & (gaps.stop < alarm.shape[1])
    before = alarm[gaps.cell, np.maximum(gaps.start - 1, 0)]
    after = alarm[gaps.cell, np.minimum(gaps.stop, alarm.shape[1] - 1)]
    return gaps.paint(inner & before & after, alarm.shape)


def _vanished(
    values: FloatArray, expected: FloatArray, others: DoubleArray, kpi: Kpi, settings: Settings, clock: Clock
) -> BoolArray:
    """Stretches in which a cell that usually reports, and had something to report, is absent while others are not.

    A cell that has not reported yet is not silent, and what it does usually is what it did since its first report.
    """
    absent = np.isnan(values)
    with np.errstate(invalid="ignore"):
        runs = find_runs(absent & (others >= REPORTING))
    if not len(runs):
        return np.zeros(values.shape, bool)
    shortest = max(2, VANISHED_S // clock.period_s)
    due = np.where(np.isfinite(expected), expected, 0).ravel()[runs.points]
    usual = np.add.reduceat(due, runs.begins) / runs.length
    first = absent.argmin(axis=1)[runs.cell]  # 0 where it never reports: then it never was there either
    there = ~absent[runs.cell, first]
    since = values.shape[1] - first
    missing = absent.sum(axis=1)[runs.cell] - first - runs.length
    steady = there & (runs.start > first) & (missing <= (1 - USUALLY_THERE) * since)
    least = np.where(counts_events(kpi, values)[runs.cell, 0], settings.min_traffic, 0.0)
    return runs.paint((runs.length >= shortest) & steady & (usual > least), values.shape)
