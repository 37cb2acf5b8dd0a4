"""A value that repeats itself to the last digit: how unlikely that is for a series that moves.

A stuck counter, a frozen export or a silent cell shows the same value again and again, often one that is not unusual
by itself. The repeats of a cell are a Markov chain of two states (Kemeny & Snell, "Finite Markov Chains", 1960): how
often a repeat begins, and how often one goes on, both counted in the cell's own history without the run that is being
judged. A run of n repeats has the probability begin * go_on^(n - 1), and that is its score.

It speaks of repeats alone. A point that moves has no score: that it moves is no sign that it is normal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from engine.data import Block, BoolArray, Clock, DoubleArray, Evidence, FloatArray, IntArray, Kept, Kpi
from engine.detectors.base import Scope, judged_later, points_of, silent_cells, unknown
from engine.errors import Reason
from engine.numerics.runs import Runs, find_runs
from engine.settings import Settings

FEWEST_MOVES = 24
MOST_REPEATS = 0.5
"""A series that repeats its value more often than it moves says nothing by doing so once more."""

LARGEST = 30.0
"""Surprise beyond which nothing is gained: a probability of 1e-30."""


@dataclass(frozen=True)
class Flatline:
    """Runs of one exact value, on the values themselves, whatever the feed is. Gaps inside a run do not end it."""

    id: ClassVar[str] = "flatline"
    label: ClassVar[str] = "Flat line"
    scope: ClassVar[Scope] = "block"
    own_cut: ClassVar[float | None] = None
    calibrated: ClassVar[bool] = True
    from_labels: ClassVar[bool] = False
    resumes: ClassVar[bool] = True

    @classmethod
    def configured(cls, settings: Settings) -> Self:  # noqa: ARG003 - it has no setting of its own
        """It has no settings."""
        return cls()

    def applies(self, clock: Clock, kpi: Kpi, points: int) -> Reason | None:  # noqa: ARG002 - same for every cadence
        """It needs to have seen the series move."""
        if points < 2 * FEWEST_MOVES:
            return Reason("not_enough_history", {"points": points, "needed": 2 * FEWEST_MOVES})
        return None

    def learn(self, pool: Block, rng: np.random.Generator) -> Self:  # noqa: ARG002
        """Nothing is shared between cells."""
        return self

    def score(self, block: Block, rng: np.random.Generator) -> Evidence:  # noqa: ARG002 - nothing is random
        """-log10 of the probability of the run of repeats up to each point; NaN where the value is a new one."""
        score = unknown(block)
        reasons = list(points_of(block))
        seen = _Seen.of(block.values, block.clean)
        begin, go_on = _chances(seen.counted[seen.cell], seen.learnt, seen.runs.length)
        new = np.zeros(len(seen.runs), np.int64)
        score.ravel()[seen.at[seen.runs.points]] = _surprises(begin, go_on, seen.runs.length, new)

        points, _, repeats = seen.counted.T
        few_moves = (points - repeats < FEWEST_MOVES) | (repeats > MOST_REPEATS * points)
        for row in np.flatnonzero(few_moves).tolist():
            reasons[row] = reasons[row] or Reason("flatline_hardly_moves")
        silent_rows = [reason is not None for reason in reasons]
        score[silent_rows] = np.nan
        border = slice(0, block.border)
        before = _Seen.of(block.values[:, border], block.clean[:, border])
        kept = {"counted": before.counted, "last": before.last(block.values[:, border])}
        kept["counted"][silent_rows] = np.nan
        nothing = unknown(block)
        silent = silent_cells(score, Reason("flatline_nothing_repeats"), reasons)
        return Evidence(self.id, nothing, nothing, nothing, score, silent, kept)

    def taught(self) -> Kept:
        """Nothing."""
        return {}

    def recalled(self, taught: Kept) -> Self:  # noqa: ARG002
        """There is nothing to recall."""
        return self

    def resume(self, block: Block, kept: Kept) -> Evidence:
        """The same of later points, by the repeats that were counted; the last value may go on repeating."""
        last = kept["last"]
        after = np.concatenate([last[:, :1].astype(np.float32), block.values], axis=1)
        at, runs = _repeats(after)
        cell = at[runs.start] // after.shape[1]
        goes_on = at[runs.start - 1] % after.shape[1] == 0  # what it repeats is the value kept
        counted = kept["counted"].copy()
        open_still = np.unique(cell[goes_on])
        counted[open_still, 1:] -= np.stack([last[open_still, 2] > 0, last[open_still, 2]], axis=1)  # it was not over
        begin, go_on = _chances(counted[cell], np.zeros(len(cell), np.bool_), runs.length)
        before = np.where(goes_on, last[cell, 1], 0).astype(np.int64)
        score = np.full(after.shape, np.nan, np.float32)
        score.ravel()[at[runs.points]] = _surprises(begin, go_on, runs.length, before)
        return judged_later(self.id, block, score[:, 1:])


@dataclass(frozen=True, eq=False)
class _Seen:
    """What repeats in a history. at (P,): flat places of what was measured; runs of repeats among them; cell, learnt
    (runs,): whose run, and whether it is counted; counted (C, 3): points, begun runs and repeats to learn from.
    """

    at: IntArray
    runs: Runs
    cell: IntArray
    learnt: BoolArray
    counted: DoubleArray

    @classmethod
    def of(cls, values: FloatArray, clean: BoolArray) -> _Seen:
        cells, periods = values.shape
        at, runs = _repeats(values)
        cell_of = at // max(periods, 1)
        known = clean.ravel()[at]
        cell = cell_of[runs.start]
        learnt = ~runs.any_of(~known[None, :])
        points = np.bincount(cell_of[known], minlength=cells)
        begun = np.bincount(cell[learnt], minlength=cells)
        repeats = np.bincount(cell[learnt], weights=runs.length[learnt], minlength=cells)
        return cls(at, runs, cell, learnt, np.stack([points, begun, repeats], axis=1).astype(np.float64))

    def last(self, values: FloatArray) -> DoubleArray:
        """(C, 3) the last value of each cell, how often it was repeated, and how many of those repeats are counted."""
        cell = self.at // max(values.shape[1], 1)
        ends = np.flatnonzero(np.diff(cell, append=len(values)))
        found = np.tile([np.nan, 0.0, 0.0], (len(values), 1))
        found[cell[ends], 0] = values.ravel()[self.at[ends]]
        still = np.flatnonzero(np.isin(self.runs.stop - 1, ends))
        found[self.cell[still], 1] = self.runs.length[still]
        found[self.cell[still], 2] = self.runs.length[still] * self.learnt[still]
        return found


def _repeats(values: FloatArray) -> tuple[IntArray, Runs]:
    """Flat places of what was measured of `values` (C, T), and the runs among them that repeat the value before.

    The first point of a cell repeats nothing, so no run reaches into the next cell.
    """
    at = np.flatnonzero(np.isfinite(values))
    cell, value = at // max(values.shape[1], 1), values.ravel()[at]
    same = np.zeros(len(at), bool)
    same[1:] = (value[1:] == value[:-1]) & (cell[1:] == cell[:-1])
    return at, find_runs(same[None, :])


def _chances(counted: DoubleArray, own: BoolArray, length: IntArray) -> tuple[DoubleArray, DoubleArray]:
    """(runs,) how likely a repeat begins, and how likely one goes on, in the cell of each run without the run itself.

    counted (runs, 3): points, begun runs and repeats of its cell; own: whether the run, of that length, is among them.
    """
    points, begun, repeats = counted.T
    others = begun - own
    other_repeats = repeats - np.where(own, length, 0)
    begin = (others + 1) / (np.maximum(points - repeats, 0) + 1)
    return begin, (other_repeats - others + 1) / (other_repeats + 2)


def _surprises(begin: DoubleArray, go_on: DoubleArray, length: IntArray, before: IntArray) -> DoubleArray:
    """The surprise after each repeat of every run, run after run; begin, go_on, length and how many repeats came
    before are (runs,).
    """
    first = np.repeat(-np.log10(np.minimum(begin, 1.0)), length)
    each = np.repeat(-np.log10(go_on), length)
    place = np.arange(len(first)) - np.repeat(np.cumsum(length) - length - before, length)
    return np.asarray(np.minimum(first + place * each, LARGEST))
