"""Whether what incidents changed is still there in the days after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.attribute.totals import LOOKED_AT
from engine.data import Clock, DoubleArray, FloatArray, IntArray
from engine.execution.scratch import release
from engine.numerics.robust import gather, grouped_places, median

DAY_S = 86_400
MOST_DAYS, FARTHEST_DAYS = 3, 7
"""How many days after it are looked at, those that cannot be compared left out, and within how many."""

WEEKS_BEFORE = 4
"""Weeks before it that are compared with: a change is often noticed only some days after it began."""


SHORTEST_S = 3 * 3600
"""Of a shorter incident the hours around it are looked at as well: ten minutes of a night tell nothing of a level."""


@dataclass(frozen=True, eq=False)
class Lasted:
    """An incident of some cells (their rows) in the periods [start, stop)."""

    cells: IntArray
    start: int
    stop: int


def traffic_after(values: FloatArray, clock: Clock, incidents: Sequence[Lasted]) -> DoubleArray:
    """(len(incidents),) traffic of the days after over that of such days before: of the same hours, if it is of some.

    values (C, T): one KPI, NaN = missing. Of up to three days the one that is most as before: a change that stayed is
    there on each of them, the next burst and the chance of an hour with little traffic are not. "Before" is the median
    over up to four weeks; holidays are compared with nothing. NaN where the data tell nothing of it.
    """
    found = np.full(len(incidents), np.nan)
    if clock.period_s > DAY_S or not incidents:
        return found
    start, stop = (np.array([getattr(one, end) for one in incidents], np.int64) for end in ("start", "stop"))
    wider = np.maximum(0, SHORTEST_S // clock.period_s - (stop - start))
    start, stop = np.maximum(0, start - wider // 2), stop + wider - wider // 2
    day, length = clock.day_slots, stop - start
    of_hours = length < day
    first, hours = np.where(of_hours, start + day, stop), np.where(of_hours, length, day)
    festive = np.concatenate([[0], np.cumsum(clock.holiday)])
    for many in np.unique(hours).tolist():
        chosen = np.flatnonzero(hours == many)
        spans = _Spans(clock, festive, start[chosen], first[chosen], many)
        shares = _of_days(values, spans, [incidents[i].cells for i in chosen.tolist()])
        far = np.abs(np.log(np.maximum(shares, 1e-9)))
        most_as_before = np.where(np.isfinite(far), far, np.inf).argmin(axis=1)
        found[chosen] = shares[np.arange(len(chosen)), most_as_before]
    return found


class _Spans:
    """Where the days after some incidents lie, and the same hours of the weeks before, `hours` periods each.

    at (I, days), before (I, days, weeks): the first period; known: which of the two are there and no holidays.
    """

    def __init__(self, clock: Clock, festive: IntArray, start: IntArray, first: IntArray, hours: int) -> None:
        self.hours = hours
        last = len(clock.day) - hours
        begin = first[:, None] + clock.day_slots * np.arange(FARTHEST_DAYS)
        back = clock.week_slots * -(-(begin + hours - start[:, None]) // clock.week_slots)
        weeks = (begin - back)[..., None] - clock.week_slots * np.arange(WEEKS_BEFORE)
        self.at = _at_hours_of(clock, first[:, None], begin)
        self.before = _at_hours_of(clock, first[:, None, None], weeks)
        there = (begin <= last) & (self.at <= last)
        earlier = (weeks >= 0) & (self.before >= 0)
        self.at, self.before = np.where(there, self.at, 0), np.where(earlier, self.before, 0)
        self.known_before = earlier & (festive[self.before + hours] == festive[self.before])
        self.known = there & (festive[self.at + hours] == festive[self.at]) & self.known_before.any(axis=2)


def _of_days(values: FloatArray, spans: _Spans, cells: Sequence[IntArray]) -> DoubleArray:
    """(I, days) traffic of each day over the usual; NaN where unknown, and once MOST_DAYS of them are known.

    Of several cells the median: what lasts in one of them that had been changing anyway says nothing of the others.
    """
    shares = np.full(spans.at.shape, np.nan)
    sizes = np.array([len(rows) for rows in cells], np.int64)
    for day in range(FARTHEST_DAYS):
        asked = np.flatnonzero(spans.known[:, day] & (np.isfinite(shares).sum(axis=1) < MOST_DAYS))
        if not len(asked):
            continue
        of_one = np.repeat(np.arange(len(asked)), sizes[asked])
        rows, at = np.concatenate([cells[i] for i in asked.tolist()]), np.repeat(asked, sizes[asked])
        of_cells = np.concatenate(
            [
                _over_usual(values, spans, day, rows[first : first + LOOKED_AT], at[first : first + LOOKED_AT])
                for first in range(0, len(rows), LOOKED_AT)
            ]
        )
        shares[asked, day] = median(gather(of_cells[None], grouped_places(of_one, len(asked)))[0])
    return shares


def _over_usual(values: FloatArray, spans: _Spans, day: int, rows: IntArray, incidents: IntArray) -> DoubleArray:
    """(R,) traffic of some `rows` of values on a day after an incident each over the median of the spans before."""
    hour = np.arange(spans.hours)
    now = values[rows[:, None], spans.at[incidents, day, None] + hour][:, None]
    past = values[rows[:, None, None], spans.before[incidents, day, :, None] + hour]
    release([values])
    known = np.isfinite(now + past)
    carried, usual = (np.where(known, x, 0.0).sum(axis=2, dtype=np.float64) for x in (now, past))
    told = spans.known_before[incidents, day] & (usual > 0)
    return median(np.divide(carried, usual, out=np.full(usual.shape, np.nan), where=told))


def _at_hours_of(clock: Clock, like: IntArray, at: IntArray) -> IntArray:
    """`at`, moved to the local hour of periods `like`: clocks may have been put forward or back between the two.

    Periods beyond the data, on either side, are moved like the outermost there are.
    """
    slots, last = clock.day_slots, len(clock.day) - 1
    ahead = clock.slot_of_day[np.clip(like, 0, last)] - clock.slot_of_day[np.clip(at, 0, last)]
    moved: IntArray = at + (ahead + slots // 2) % slots - slots // 2
    return moved
