"""What stands before and after a point at given lags."""

from __future__ import annotations

import numpy as np

from engine.neural.lagged import lagged, lagged_at, reached


def test_lags_are_the_values_before_a_point_latest_first():
    before = lagged(np.array([[1, 2, 3, 4]], np.float32), (1, 2))
    np.testing.assert_array_equal(before[:, 0], [[0, 1, 2, 3], [0, 0, 1, 2]])
    np.testing.assert_array_equal(lagged(np.array([[1, 2, 3, 4]], np.float32), (1, 3))[1, 0], [0, 0, 0, 1])


def test_a_changed_value_reaches_the_points_within_its_lags_and_not_itself():
    changed = np.zeros((1, 8), bool)
    changed[0, 2] = True
    np.testing.assert_array_equal(np.flatnonzero(reached(changed, (1, 2, 3))[0]), [3, 4, 5])


def test_some_points_see_what_they_see_among_all():
    series = np.random.default_rng(1).normal(size=(3, 40)).astype(np.float32)
    cells, times, lags = np.array([0, 2, 1]), np.array([39, 1, 20]), (1, 2, 7)
    np.testing.assert_array_equal(lagged_at(series, lags, cells, times), lagged(series, lags)[:, cells, times])
