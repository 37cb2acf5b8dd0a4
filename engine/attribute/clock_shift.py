"""Whether the clock of what wrote the data is off: moved by some hours, all of a day is as usual.

A change of summer time that one exporter missed, or a zone that was set wrong, looks like rises on one flank of every
day and falls on the other, in every cell of that source. No rise of traffic is like that: here the other hours of the
day fit better as well when they are moved, and all cells ask for the same move.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

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
    day, reach, before = clock.day_slots, FARTHEST_H * 3600 // clock.period_s, first - clock.week_slots
    begin, end = max(first - reach, 0), min(first + day + reach, values.shape[1])
    measured = cut(values, cells, first, first + day).astype(np.float64)
    due = cut(expected, cells, begin, end).astype(np.float64)
    week_before = (cut(one, cells, before, before + day).astype(np.float64) for one in (values, expected))
    now, usual = _left(measured, due[:, first - begin :][:, :day]), _left(*week_before)
    known = np.isfinite(now) & np.isfinite(usual)
    if np.count_nonzero(known) < FEWEST_CELLS:
        return 0
    half_hour = max(1, 1800 // clock.period_s)
    moves = np.arange(-reach, reach + 1, half_hour)
    moves = moves[(first - moves >= begin) & (first - moves + day <= end)]
    moved = sliding_window_view(due[known], day, axis=1)[:, first - begin - moves]
    left = _left(measured[known][:, None], moved)
    chosen = np.argmin(np.where(np.isfinite(left), left, np.inf), axis=1)
    asked = int(np.bincount(chosen).argmax())
    if moves[asked] == 0 or np.mean(chosen == asked) < AGREE:
        return 0
    most = min(BETTER * float(np.median(now[known])), AS_USUAL * float(np.median(usual[known])))
    return int(moves[asked]) if np.median(left[:, asked]) <= most else 0


def _left(measured: DoubleArray, due: DoubleArray) -> DoubleArray:
    """(...) mean difference over the mean of what is due, along the last axis; NaN where half of it is not known."""
    off, level = np.abs(measured - due), np.where(np.isfinite(measured), due, np.nan)
    enough = np.isfinite(off).mean(axis=-1) > 0.5
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.nansum(off, axis=-1) / np.nansum(level, axis=-1)
    return np.where(enough & np.isfinite(share), share, np.nan)
