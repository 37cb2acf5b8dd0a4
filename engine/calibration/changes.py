"""Changes beyond doubt: a cell that runs at another level from one day to the next, and stays there.

Point by point such a change may be no more than twice what points scatter by, and every detector would learn from the
week that it lasts. Day by day it is many times what days differ by (`engine.level`), and it hardly ever happens: on
series of mobile networks once in two hundred cell weeks (`tests/benchmarks/level_changes.py`). So nothing is learned
from its first week, and where it is large enough to be seen in most points its first day surprises every detector
that has an opinion by as much as is so rare. The days after it are left to the scores.
"""

from __future__ import annotations

import numpy as np

from engine.calibration.calibrate import threshold
from engine.data import BoolArray, Clock, FloatArray
from engine.numerics.robust import median
from engine.numerics.runs import find_runs

A_WEEK = 0.005
"""So many changes a cell and week were counted on series of mobile networks: what one is a surprise by."""

SEEN, MOST = 2.0, 0.5
"""Of usual spreads, how far half of the points of a change have to lie from what was usual before; and how many of them
have to deviate by what a person calls worth an alarm."""

SHORTEST_S = 300
"""At one minute such changes are six times as common, and labels do not call them faults (AIOps 2018, tuning half)."""


def surprise(clock: Clock) -> np.float32:
    """The surprise of a change."""
    return np.float32(threshold(A_WEEK, clock))


def changes(feed: FloatArray, news: BoolArray | None, deviates: BoolArray, clock: Clock) -> BoolArray:
    """(C, T) True on the first day on which a cell runs at another level beyond doubt.

    feed (C, T): usual spreads from usual, NaN = unknown; news: where a change that lasts is in its first week, by days;
    deviates: where the value is far enough from usual for an alarm, which most of them have to be. A change begins
    where what speaks for the new level adds up from (the cumulative sum of E. S. Page, Biometrika 41, 1954), a day
    before its first whole day at the earliest. Nowhere where periods are shorter than `SHORTEST_S`.
    """
    found = np.zeros(feed.shape, bool)
    if news is None or clock.period_s < SHORTEST_S:
        return found
    weeks = find_runs(news)
    for cell, start, stop in zip(weeks.cell, weeks.start, weeks.stop, strict=True):
        known = ~np.isnan(feed[cell, start:stop])
        middle = float(median(feed[cell, start:stop]))
        if not abs(middle) >= SEEN or deviates[cell, start:stop][known].mean() < MOST:
            continue
        first = max(0, start - clock.day_slots)
        towards = feed[cell, first:stop] * np.float32(np.sign(middle))
        speaks = np.cumsum(np.where(np.isnan(towards), 0.0, towards - abs(middle) / 2))
        begins = int(np.argmin(speaks)) + 1 if speaks.min() < 0 else 0
        day = towards[begins : begins + clock.day_slots]
        found[cell, first + begins : first + begins + len(day)] = ~np.isnan(day)
    return found
