"""Whether what an incident changed is still there in the days after it."""

from __future__ import annotations

import math

import numpy as np

from engine.attribute.totals import cut
from engine.data import Clock, FloatArray, IntArray
from engine.numerics.robust import median

DAY_S = 86_400
MOST_DAYS, FARTHEST_DAYS = 3, 7
"""How many days after it are looked at, those that cannot be compared left out, and within how many."""

WEEKS_BEFORE = 4
"""Weeks before it that are compared with: a change is often noticed only some days after it began."""


SHORTEST_S = 3 * 3600
"""Of a shorter incident the hours around it are looked at as well: ten minutes of a night tell nothing of a level."""


def traffic_after(values: FloatArray, clock: Clock, cells: IntArray, start: int, stop: int) -> float:
    """Traffic of the days after over that of such days before: of the same hours, if it is of some hours.

    values (C, T): one KPI, NaN = missing; the incident is of `cells` in the periods [start, stop). Of up to three days
    the one that is most as before: a change that stayed is there on each of them, the next burst and the chance of an
    hour with little traffic are not. "Before" is the median over up to four weeks; holidays are compared with nothing.
    NaN where the data tell nothing of it.
    """
    if clock.period_s > DAY_S:
        return math.nan
    wider = max(0, SHORTEST_S // clock.period_s - (stop - start))
    start, stop = max(0, start - wider // 2), stop + wider - wider // 2
    day, length = clock.day_slots, stop - start
    first, hours = (start + day, length) if length < day else (stop, day)
    end = len(clock.day) - hours + 1
    shares: list[float] = []
    for begin in range(first, min(first + FARTHEST_DAYS * day, end), day):
        back = clock.week_slots * -(-(begin + hours - start) // clock.week_slots)
        at = _at_hour_of(clock, first, begin)
        if at >= end or len(shares) == MOST_DAYS:
            break
        weeks = (begin - back - n * clock.week_slots for n in range(WEEKS_BEFORE))
        before = [_at_hour_of(clock, first, week) for week in weeks if week >= 0]
        share = _over_usual(values, clock, cells, at, [b for b in before if b >= 0], hours)
        if math.isfinite(share):
            shares.append(share)
    return min(shares, key=lambda share: abs(math.log(max(share, 1e-9))), default=math.nan)


def _over_usual(values: FloatArray, clock: Clock, cells: IntArray, at: int, before: list[int], hours: int) -> float:
    """Traffic of the span from `at` on over that of the spans from `before` on, by their median; NaN if unknown.

    Of several cells the median: what lasts in one of them that had been changing anyway says nothing of the others.
    """
    if clock.holiday[at : at + hours].any():
        return math.nan
    now = cut(values, cells, at, at + hours)
    shares = []
    for begin in before:
        if clock.holiday[begin : begin + hours].any():
            continue
        past = cut(values, cells, begin, begin + hours)
        known = np.isfinite(now + past)
        carried, usual = (np.where(known, x, 0.0).sum(axis=1, dtype=np.float64) for x in (now, past))
        shares.append(np.divide(carried, usual, out=np.full(len(cells), np.nan), where=usual > 0))
    return float(median(median(np.array(shares).T)[None])[0]) if shares else math.nan


def _at_hour_of(clock: Clock, like: int, at: int) -> int:
    """`at`, moved to the local hour of period `like`: clocks may have been put forward or back between the two."""
    slots = clock.day_slots
    ahead = int(clock.slot_of_day[like] - clock.slot_of_day[at])
    return at + (ahead + slots // 2) % slots - slots // 2
