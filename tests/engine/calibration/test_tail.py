"""The tail of a history with bursts in it: few are anomalies, many are how the cell behaves."""

from __future__ import annotations

import numpy as np
import pytest

from engine.calibration import tail
from engine.data import FloatArray
from engine.numerics.runs import find_runs

PERIODS, CELLS = 9 * 168, 40
BURSTS = 60


def bursting(count: int) -> tuple[FloatArray, np.ndarray]:
    """Exponential scores with so many points of every cell lifted by some hundreds, and which those are."""
    rng = np.random.default_rng(3)
    score = rng.exponential(size=(CELLS, PERIODS))
    lifted = np.zeros(score.shape, np.bool_)
    for cell in range(CELLS):
        lifted[cell, rng.choice(PERIODS, count, replace=False)] = True
    score[lifted] += 300 * (1 + rng.random(lifted.sum()))
    return score.astype(np.float32), lifted


@pytest.mark.parametrize("most", [3, 20])
def test_no_more_runs_are_taken_for_anomalies_than_may_be_and_those_are_the_least_explained(most: int) -> None:
    score, lifted = bursting(BURSTS)
    _, explained = tail.fit(score, np.ones(score.shape, np.bool_), np.full(len(score), most))
    left_out = find_runs(~explained)
    runs = np.bincount(left_out.cell, minlength=CELLS)
    assert (runs >= most).all()
    assert (runs <= 2 * most).all()  # each of the two wary fits may leave out so many
    peaks = np.maximum.reduceat(score.ravel()[left_out.points], left_out.begins)
    for cell in range(CELLS):
        assert peaks[left_out.cell == cell].min() >= np.sort(score[cell][lifted[cell]])[-3 * most]


def test_what_happens_often_makes_the_tail_heavier_and_is_less_of_a_surprise() -> None:
    score, lifted = bursting(BURSTS)
    everything = np.ones(score.shape, np.bool_)
    cell = np.repeat(np.arange(CELLS), BURSTS)
    rare, often = (
        tail.fit(score, everything, np.full(len(score), most))[0].surprise(score[lifted], cell) for most in (10_000, 10)
    )
    assert np.median(rare) > 2 * np.median(often)


def test_few_anomalies_are_left_out_as_if_there_were_no_bound() -> None:
    score, lifted = bursting(4)
    everything = np.ones(score.shape, np.bool_)
    bounded, free = (tail.fit(score, everything, np.full(len(score), most))[1] for most in (9, 10_000))
    np.testing.assert_array_equal(bounded, free)
    assert not (free & lifted).any()
