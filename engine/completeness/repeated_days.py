"""Days that repeat another one to the last digit: the same file sent twice, under another date.

Nothing looks unusual in such a day, so no detector finds it; yet what happened on it is not known.
"""

from __future__ import annotations

import numpy as np

from engine.calendar import local_seconds, local_text
from engine.data import IntArray, Panel
from engine.errors import Reason
from engine.execution.arrays import blocks
from engine.execution.scratch import release

DAY_S, LONGEST_S = 86_400, 3600
APART = (1, 7)
"""The day before, and the same day of the week before."""
FEWEST_VALUES = 12
"""So many different values a day has to hold: one of zeros and ones may be like another by chance."""
MOST = 0.2
"""Where more of the days are repeated nobody measured them: such data are made."""
TOLD = 5
CODES = ("day_repeated", "days_repeated_more")
"""Of the notes that say so."""


def repeated_days(panel: Panel) -> tuple[Reason, ...]:
    """Which local days repeat one before, and in how many cells; nothing for periods of more than an hour.

    A day of a cell is repeated if all KPIs that have enough different values are, and nothing of it is missing.
    """
    if panel.period_s > LONGEST_S or not all(panel.shape):
        return ()
    slots = DAY_S // panel.period_s
    days = _whole_days(panel, slots)
    found: list[tuple[int, int, int]] = []
    for apart in APART:
        asked = days[days >= apart * slots]
        cells = _repeated(panel, asked, slots, apart * slots)
        found += [(first, apart, many) for first, many in zip(asked.tolist(), cells.tolist(), strict=True) if many]
    if len({first for first, _, _ in found}) > MOST * len(days):
        return ()

    def day(first: int) -> str:
        return local_text(panel.times[first], panel.zone, year=True)

    told = [
        Reason("day_repeated", {"day": day(first), "of": day(first - apart * slots), "cells": many})
        for first, apart, many in sorted(found)
    ]
    more = len(told) - TOLD
    return (*told[:TOLD], *([Reason("days_repeated_more", {"days": more})] if more > 0 else []))


def _whole_days(panel: Panel, slots: int) -> IntArray:
    """Where the local days begin that have all their periods."""
    day = local_seconds(panel.times, panel.zone) // DAY_S
    first = np.flatnonzero(np.diff(day, prepend=day[0] - 1))
    return np.asarray(first[np.diff(np.r_[first, len(day)]) == slots], np.int64)


def _repeated(panel: Panel, days: IntArray, slots: int, apart: int) -> IntArray:
    """(days,) in how many cells each day is as it was so many periods before."""
    cells = np.zeros(len(days), np.int64)
    for rows in blocks(panel.shape):
        count = len(range(*rows.indices(panel.shape[0])))
        like, other = np.zeros((2, count, len(days)), bool)
        for values in panel.values.values():
            part = values[rows]
            for at, first in enumerate(days.tolist()):
                now, then = part[:, first : first + slots], part[:, first - apart : first - apart + slots]
                same = (now == then).all(axis=1)
                told = np.zeros(count, bool)
                told[same] = [len(np.unique(row)) >= FEWEST_VALUES for row in now[same]]
                like[:, at] |= told
                other[:, at] |= ~same & ~np.isnan(now).all(axis=1)
            release([values])
        cells += np.count_nonzero(like & ~other, axis=0)
    return cells
