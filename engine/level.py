"""At what level a cell runs, day by day: too slow for faults of some days, and a change that lasts is news for a week.

The level is a running median of daily medians. Around a day it follows a change that lasts within the day, so that
nothing would tell of it; looking back only it lags behind everything that grows. So it is the one around the day, but
for a week after a change that is no growth: there it is what it was before. A level that was usual within four weeks is
no change, as when a fault of two weeks ends.
"""

from __future__ import annotations

import numpy as np

from engine.data import BoolArray, DoubleArray, FloatArray, IntArray
from engine.numerics.robust import MAD_TO_SD, gather, median, pick_quantile, sort_with_counts

DAYS = 15
"""Of the running median: a fault of a week is no level."""

FEWEST_BEFORE = 8
"""Days that have to be known before one can tell what was usual before."""

CLEAR = 5.0
"""How many times what days scatter by around the level a change has to be, and what looking back lags behind it on
three days of four; never less than what single points scatter by (chosen on the tuning halves; 4 takes more of what is
none for one, 8 misses some)."""

REMEMBERED_DAYS = 28
ENOUGH_OF_A_DAY = 0.25


def running_level(
    rest: FloatArray, learn: BoolArray, places: IntArray, overall: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """(C, T) the level of values (C, T) without their profile, linear between the middles of days.

    Also (C, T) where it is held because a change is news. rest: NaN = not to be learned from; learn (T,): False where
    a day says nothing of the level (holidays). places (days, n): the periods of each local day, T for none. overall
    (C,): the level of cells of which no day is known well enough.
    """
    days, length = len(places), rest.shape[1]
    daily, level, over_time = _around(rest, learn, places, overall)
    held = _held(daily, level, rest - over_time)
    changed = (held != level) & np.isfinite(held)
    cells = np.flatnonzero(changed.any(axis=1))
    points, middles = np.zeros((len(rest), length + 1), bool), _middles(places, length)
    for cell in cells:
        points[cell, places[changed[cell]]] = True
        ends = np.flatnonzero(changed[cell, :-1] & ~changed[cell, 1:]) + 1
        for own in np.split(np.arange(days), ends):  # what is held goes over into what is usual from then on at once
            known = own[np.isfinite(held[cell, own])]
            at = places[own][places[own] < length]
            if len(known):
                over_time[cell, at] = np.interp(at, middles[known], held[cell, known])
    return over_time, points[:, :length]


def level_around(rest: FloatArray, learn: BoolArray, places: IntArray, overall: FloatArray) -> FloatArray:
    """(C, T) the same without holding anything, while the profile is still a rough one."""
    return _around(rest, learn, places, overall)[2]


def _around(
    rest: FloatArray, learn: BoolArray, places: IntArray, overall: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Daily medians and the level around each day, both (C, days), and that level over time (C, T)."""
    ordered, counts = sort_with_counts(gather(np.where(learn, rest, np.float32(np.nan)), places))
    medians = pick_quantile(ordered, counts, 0.5)
    medians[counts < ENOUGH_OF_A_DAY * max(1, rest.shape[1] // max(1, len(places)))] = np.nan
    daily = np.asarray(medians, np.float32)
    level = _median_of_days(daily, -(DAYS // 2), DAYS // 2)
    return daily, level, _over_time(level, places, rest.shape[1], overall)


def _median_of_days(daily: FloatArray, first: int, last: int) -> FloatArray:
    """(C, days) median of the days from `first` to `last` around each, as far as there are any."""
    days = daily.shape[1]
    around = np.arange(days)[:, None] + np.arange(first, last + 1)
    return median(gather(daily, np.where((around >= 0) & (around < days), around, days)))


def _held(daily: FloatArray, level: FloatArray, rest: FloatArray) -> FloatArray:
    """`level` (C, days), for a week after a change what it was before; rest (C, T): what points are off the level."""
    before = _median_of_days(daily, -(DAYS - 1), 0)
    known = np.cumsum(np.isfinite(daily), axis=1)
    known[:, DAYS:] -= known[:, :-DAYS].copy()
    before[known < FEWEST_BEFORE] = np.nan
    with np.errstate(invalid="ignore"):
        scatter = median(np.abs(daily - level))
        lag = pick_quantile(*sort_with_counts(np.abs(before - level)), 0.25)
        limit = CLEAR * MAD_TO_SD * np.fmax(scatter, lag)[:, None]
        changed = np.abs(before - level) > np.maximum(limit, 1e-6)
        cells = np.flatnonzero(changed.any(axis=1))
        if not len(cells):
            return level
        limit = np.maximum(limit[cells], MAD_TO_SD * median(np.abs(rest[cells]))[:, None])
        now, was = level[cells], before[cells]
        changed = np.abs(was - now) > np.maximum(limit, 1e-6)
        for days_ago in range(DAYS // 2 + 1, min(REMEMBERED_DAYS + 1, now.shape[1])):
            changed[:, days_ago:] &= ~(np.abs(now[:, :-days_ago] - now[:, days_ago:]) <= limit / 2)
    out = level.copy()
    out[cells] = np.where(changed, was, now)
    return out


def _over_time(level: FloatArray, places: IntArray, length: int, overall: FloatArray) -> FloatArray:
    """(C, T) a level by days (C, days), linear between the middles of those of which it is known."""
    middles, at = _middles(places, length), np.arange(length)
    out = np.empty((len(level), length), np.float32)
    for row, (course, own) in enumerate(zip(level, overall, strict=True)):
        good = np.isfinite(course)
        out[row] = np.interp(at, middles[good], course[good]) if good.any() else own
    return out


def _middles(places: IntArray, length: int) -> DoubleArray:
    """(days,) the mean place of the periods of each day."""
    inside = places < length
    out: DoubleArray = np.where(inside, places, 0).sum(axis=1) / np.maximum(1, inside.sum(axis=1))
    return out
