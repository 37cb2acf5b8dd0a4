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

from engine.data import Block, Clock, DoubleArray, Evidence, IntArray, Kpi
from engine.detectors.base import Scope, points_of, silent_cells, unknown
from engine.errors import Reason
from engine.runs import find_runs
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
        cells, periods = block.shape
        score = unknown(block)
        reasons = list(points_of(block))
        at = np.flatnonzero(np.isfinite(block.values))
        cell_of = at // max(periods, 1)
        value, clean = block.values.ravel()[at], block.clean.ravel()[at]
        same = np.zeros(len(at), bool)
        same[1:] = (value[1:] == value[:-1]) & (cell_of[1:] == cell_of[:-1])

        runs = find_runs(same[None, :])  # the first point of a cell repeats nothing, so no run reaches into the next
        cell = cell_of[runs.start]
        learnt = ~runs.any_of(~clean[None, :])
        points = np.bincount(cell_of[clean], minlength=cells)
        begun = np.bincount(cell[learnt], minlength=cells)
        repeats = np.bincount(cell[learnt], weights=runs.length[learnt], minlength=cells)
        other_begun = begun[cell] - learnt
        other_repeats = repeats[cell] - np.where(learnt, runs.length, 0)
        begin = (other_begun + 1) / (np.maximum(points - repeats, 0)[cell] + 1)
        go_on = (other_repeats - other_begun + 1) / (other_repeats + 2)
        score.ravel()[at[runs.points]] = np.minimum(_surprises(begin, go_on, runs.length), LARGEST)

        few_moves = (points - repeats < FEWEST_MOVES) | (repeats > MOST_REPEATS * points)
        for row in np.flatnonzero(few_moves).tolist():
            reasons[row] = reasons[row] or Reason("flatline_hardly_moves")
        score[[reason is not None for reason in reasons]] = np.nan
        nothing = unknown(block)
        silent = silent_cells(score, Reason("flatline_nothing_repeats"), reasons)
        return Evidence(self.id, nothing, nothing, nothing, score, silent)


def _surprises(begin: DoubleArray, go_on: DoubleArray, length: IntArray) -> DoubleArray:
    """The surprise after each repeat of every run, run after run; begin, go_on and length are (runs,)."""
    first = np.repeat(-np.log10(np.minimum(begin, 1.0)), length)
    each = np.repeat(-np.log10(go_on), length)
    place = np.arange(len(first)) - np.repeat(np.cumsum(length) - length, length)
    return np.asarray(first + place * each)
