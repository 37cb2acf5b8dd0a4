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

    values and expected (C, T) of a count. Looked at is the day from the start on, or the one up to the stop. 0 also
    where too little is known: fewer than `FEWEST_CELLS`, no day a week before, data by the day.
    """
    if len(cells) < FEWEST_CELLS or clock.period_s > 3600:
        return 0.0
    some = cells[np.linspace(0, len(cells) - 1, min(len(cells), MOST_CELLS)).astype(np.int64)]
    for first in (start, stop - clock.day_slots):
        if first >= clock.week_slots and first + clock.day_slots <= values.shape[1]:
            move = _move(values, expected, some, first, clock)
            if move:
                return move * clock.period_s / 3600
    return 0.0


def _move(values: FloatArray, expected: FloatArray, cells: IntArray, first: int, clock: Clock) -> int:
    """By how many periods the day from `first` on is late; 0 if it is not."""
    day, reach = clock.day_slots, FARTHEST_H * 3600 // clock.period_s
    measured = cut(values, cells, first, first + day).astype(np.float64)
    begin, end = max(first - reach, 0), min(first + day + reach, values.shape[1])
    due = cut(expected, cells, begin, end).astype(np.float64)
    moves = [
        move
        for move in range(-reach, reach + 1, max(1, 1800 // clock.period_s))
        if begin <= first - move and first - move + day <= end
    ]
    left = np.stack([_left(measured, due[:, first - begin - move :][:, :day]) for move in moves])
    known = np.isfinite(left).all(axis=0)
    if np.count_nonzero(known) < FEWEST_CELLS:
        return 0
    chosen = np.argmin(left[:, known], axis=0)
    most = int(np.bincount(chosen).argmax())
    if moves[most] == 0 or np.mean(chosen == most) < AGREE:
        return 0
    before = first - clock.week_slots
    week_before = (cut(one, cells[known], before, before + day).astype(np.float64) for one in (values, expected))
    now, moved = np.median(left[moves.index(0), known]), np.median(left[most, known])
    usual = np.nanmedian(_left(*week_before))
    return moves[most] if moved <= min(BETTER * now, AS_USUAL * usual) else 0


def _left(measured: DoubleArray, due: DoubleArray) -> DoubleArray:
    """(C,) mean difference over the mean of what is due; NaN where half of the points are not known."""
    known = np.isfinite(measured) & np.isfinite(due)
    off, level = (np.where(known, x, 0.0).sum(axis=1) for x in (np.abs(measured - due), due))
    enough = (known.mean(axis=1) > 0.5) & (level > 0)
    return np.where(enough, off / np.where(level > 0, level, 1.0), np.nan)
