"""Runs of consecutive True points along the time axis of a (cell, time) mask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data import BoolArray, IntArray


@dataclass(frozen=True, eq=False)
class Runs:
    """All runs of a (C, T) mask, ordered by cell and time.

    points (P,): flat indices (cell * T + time) of the True points. begins (N,): where in `points` each run begins, as
    `reduceat` wants it. cell, start, stop (N,): whose run, and its half-open stretch of time.
    """

    points: IntArray
    begins: IntArray
    cell: IntArray
    start: IntArray
    stop: IntArray

    def __len__(self) -> int:
        return len(self.begins)

    @property
    def length(self) -> IntArray:
        """(N,) periods of each run."""
        return self.stop - self.start

    def paint(self, chosen: BoolArray, shape: tuple[int, int]) -> BoolArray:
        """A (C, T) mask of the runs `chosen` (N,)."""
        out = np.zeros(shape, bool)
        out.ravel()[self.points] = np.repeat(chosen, self.length)
        return out

    def any_of(self, mask: BoolArray) -> BoolArray:
        """(N,): whether `mask` (C, T) holds anywhere in the run."""
        if not len(self):
            return np.zeros(0, bool)
        out: BoolArray = np.logical_or.reduceat(mask.ravel()[self.points], self.begins)
        return out

    def broken(self, before: BoolArray, times: int) -> Runs:
        """The same points, every run broken before the points (P,) that `before` marks; `times` periods a row."""
        begins = np.union1d(self.begins, np.flatnonzero(before))
        cell, start = np.divmod(self.points[begins], times)
        return Runs(self.points, begins, cell, start, start + np.diff(np.r_[begins, len(self.points)]))

    def longer_than(self, periods: int) -> Runs:
        """The runs of more than `periods` periods."""
        chosen = self.length > periods
        length = self.length[chosen]
        points = self.points[np.repeat(chosen, self.length)]
        return Runs(points, np.cumsum(length) - length, self.cell[chosen], self.start[chosen], self.stop[chosen])


def find_runs(mask: BoolArray) -> Runs:
    """The runs of consecutive True points of each row of `mask` (C, T)."""
    return runs_of(np.flatnonzero(mask), mask.shape[1])


def runs_of(points: IntArray, times: int) -> Runs:
    """The runs of consecutive points, given as ascending flat indices (cell * times + time)."""
    if not points.size:
        none = np.zeros(0, np.int64)
        return Runs(none, none, none, none, none)
    follows = np.diff(points, prepend=points[0] - 2) == 1
    row_begins = np.searchsorted(points, np.arange(points[0] // times + 1, points[-1] // times + 1) * times)
    follows[row_begins[row_begins < len(points)]] = False
    begins = np.flatnonzero(~follows)
    cells = points[begins] // times
    start = points[begins] - cells * times
    length = np.diff(np.r_[begins, len(points)])
    return Runs(points, begins, cells, start, start + length)
