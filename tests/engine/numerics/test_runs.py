"""Runs of True points: where they begin and end, per cell."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis.extra.numpy import array_shapes, arrays

from engine.numerics.runs import find_runs


def test_runs_end_at_the_end_of_a_row() -> None:
    mask = np.array([[0, 1, 1], [1, 0, 1], [0, 0, 0], [1, 1, 1]], bool)
    runs = find_runs(mask)
    assert runs.cell.tolist() == [0, 1, 1, 3]
    assert runs.start.tolist() == [1, 0, 2, 0]
    assert runs.stop.tolist() == [3, 1, 3, 3]


@settings(max_examples=80, deadline=None)
@given(arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12)))
def test_runs_painted_again_give_the_mask(mask: np.ndarray) -> None:
    runs = find_runs(mask)
    np.testing.assert_array_equal(runs.paint(np.ones(len(runs), bool), mask.shape), mask)
    assert np.all(runs.length >= 1)
    for cell, start, stop in zip(runs.cell, runs.start, runs.stop, strict=True):
        assert start == 0 or not mask[cell, start - 1]
        assert stop == mask.shape[1] or not mask[cell, stop]


def test_any_of_says_which_runs_are_touched() -> None:
    mask = np.array([[1, 1, 0, 1], [1, 1, 1, 0]], bool)
    other = np.array([[0, 1, 1, 0], [0, 0, 0, 1]], bool)
    assert find_runs(mask).any_of(other).tolist() == [True, False, False]
