"""Whether the clock of what wrote the data is off: moved by some hours, all of a day is as usual.

A change of summer time that one exporter missed, or a zone that was set wrong, looks like rises on one flank of every
day and falls on the other, in every cell of that source. No rise of traffic is like that: here the other hours of the
day fit better as well when they are moved, and all cells ask for the same move.
"""

from __future__ import annotations

import numpy as np

from engine.attribute.totals import cut
from engine.data import Clock, DoubleArray, FloatArray, IntArray

FEWEST_CELLS, MOST_CELLS = 3, 40
FARTHEST_H = 14
"""As far as zones of the world lie apart."""
AGREE = 0.8
"""So many of the cells have to ask for the same move."""
BETTER, AS_USUAL = 0.7, 1.3
"""What is left after the move, over what there is without it, at most; and over what was left a week before."""


def clock_off(values: FloatArray, expected: FloatArray, cells: IntArray, start: int, stop: int, clock: Clock) -> float:
    """By how many hours the clock of these cells is late (early: below 0) around [start, stop); 0 if it is not off.

    values and expected (C, T) of a count. Looked at is a day around the middle. 0 also where too little is known: fewer
    than `FEWEST_CELLS`, no day a week before, data by the day.
    """
    day, periods = clock.day_slots, values.shape[1]
    first = (start + stop - day) // 2
    week = clock.week_slots
    reach = FARTHEST_H * 3600 // clock.period_s
    if len(cells) < FEWEST_CELLS or clock.period_s > 3600 or first - week < 0 or first + day > periods:
        return 0.0
    some = cells[np.linspace(0, len(cells) - 1, min(len(cells), MOST_CELLS)).astype(np.int64)]
    around = slice(max(first - reach, 0), min(first + day + reach, periods))
    measured = cut(values, some, first, first + day).astype(np.float64)
    due = cut(expected, some, around.start, around.stop).astype(np.float64)
    half = max(1, 1800 // clock.period_s)
    moves = [m for m in range(-reach, reach + 1, half) if 0 <= first - around.start - m <= due.shape[1] - day]
    left = np.stack([_left(measured, due[:, first - around.start - m : first - around.start - m + day]) for m in moves])
    known = np.isfinite(left).all(axis=0)
    if known.sum() < FEWEST_CELLS:
        return 0.0
    asked = np.array(moves)[np.argmin(left[:, known], axis=0)]
    move = int(np.median(asked))
    before = _left(
        *(cut(one, some[known], first - week, first - week + day).astype(np.float64) for one in (values, expected))
    )
    now, moved = (
        np.median(left[moves.index(0), known]),
        np.median(left[moves.index(move), known]) if move in moves else 0,
    )
    if move == 0 or np.mean(asked == move) < AGREE or moved > min(BETTER * now, AS_USUAL * float(np.median(before))):
        return 0.0
    return move * clock.period_s / 3600


def _left(measured: DoubleArray, due: DoubleArray) -> DoubleArray:
    """(C,) mean difference over the mean of what is due; NaN where half of the points are not known."""
    known = np.isfinite(measured) & np.isfinite(due)
    off, level = (np.where(known, x, 0.0).sum(axis=1) for x in (np.abs(measured - due), due))
    enough = (known.mean(axis=1) > 0.5) & (level > 0)
    return np.where(enough, off / np.where(level > 0, level, 1.0), np.nan)
