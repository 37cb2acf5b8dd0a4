"""Changes beyond doubt: a cell that runs at another level from one day to the next, and stays there.

Point by point such a change may be no more than twice what points scatter by, and every detector would learn from the
week that it lasts. Day by day it is many times what days differ by (`engine.level`), and it hardly ever happens: on
real series once in two hundred cell weeks. So nothing is learned from its first week, and where it is large enough to
be seen in most points it surprises every detector that has an opinion.
"""

from __future__ import annotations

import numpy as np

from engine.data import BoolArray, Clock, FloatArray
from engine.numerics.robust import median
from engine.numerics.runs import find_runs

SURPRISE = np.float32(6.5)
"""More than any budget asks for; less than a silence."""

SEEN = 2.0
"""Of usual spreads, how far half of the points of a change have to lie from what was usual before."""


def changes(feed: FloatArray, news: BoolArray | None, clock: Clock) -> BoolArray:
    """(C, T) True where a cell runs at another level beyond doubt.

    feed (C, T): usual spreads from usual, NaN = unknown; news: where a change that lasts is in its first week, by days.
    It begins where what speaks for the new level adds up from (the cumulative sum of E. S. Page, Biometrika 41, 1954),
    a day before its first whole day at the earliest.
    """
    found = np.zeros(feed.shape, bool)
    if news is None:
        return found
    weeks = find_runs(news)
    for cell, start, stop in zip(weeks.cell, weeks.start, weeks.stop, strict=True):
        middle = float(median(feed[cell, start:stop]))
        if not abs(middle) >= SEEN:
            continue
        first = max(0, start - clock.day_slots)
        towards = feed[cell, first:stop] * np.float32(np.sign(middle))
        speaks = np.cumsum(np.where(np.isnan(towards), 0.0, towards - abs(middle) / 2))
        begins = int(np.argmin(speaks)) + 1 if speaks.min() < 0 else 0
        found[cell, first + begins : stop] = towards[begins:] > 0
    return found
