"""Simulated incidents go where hours are known to be usual, and nowhere else."""

from __future__ import annotations

import numpy as np

from engine.convlstm.windows import WARM_UP, stretch
from engine.finetuning.injected import LARGEST, share_of, with_incidents


def windows(count=200):
    rng = np.random.default_rng(1)
    x = np.zeros((count, 14, 3, 1, 24), np.float32)
    x[:, :, :2] = rng.normal(0, 0.5, (count, 14, 2, 1, 24))
    x[:, :, 2] = rng.random((count, 14, 1, 24)) > 0.1
    x[:, :, :2] *= x[:, :, 2:3]
    y, w = np.zeros((2, count, 14, 1, 1, 24), np.float32)
    w[:] = x[:, :, 2:3] * (rng.random(w.shape) > 0.1)
    y[:, 9, :, :, 5:9] = 1.0
    w[:, 9, :, :, 5:9] = 4.0
    return x, y, w


def test_the_more_windows_the_smaller_the_share_within_bounds():
    assert [share_of(n) for n in (1, 16, 32, 80, 10_000)] == [0.5, 0.5, 0.25, 0.1, 0.1]


def test_what_is_moved_counts_as_anomalous_and_all_else_stays_as_it_is():
    given = windows()
    before = [array.copy() for array in given]
    x, y, w = with_incidents(given, 0.5, 4.0, np.random.default_rng(2))
    for array, old in zip(given, before, strict=True):
        np.testing.assert_array_equal(array, old)
    new = y > given[1]
    touched = new.any(axis=(1, 2, 3, 4))
    assert 0.35 < touched.mean() < 0.6
    assert (w[new] == 4.0).all()
    assert (given[2][new] > 0).all(), "what is not known to be usual is not called anomalous"
    assert not new[:, :WARM_UP].any()
    np.testing.assert_array_equal(y[~new], given[1][~new])
    np.testing.assert_array_equal(w[~new], given[2][~new])
    moved = np.abs(stretch(x) - stretch(given[0]))
    for channel in (0, 1):
        assert (moved[:, :, channel : channel + 1][~new] == 0).all()
        by = moved[:, :, channel : channel + 1][new]
        assert np.median(by) > 2.0
        assert by.max() < 2 * LARGEST
    np.testing.assert_array_equal(x[:, :, 2], given[0][:, :, 2])
    assert (y[:, 9, :, :, 5:9] == 1.0).all()


def test_no_share_changes_nothing():
    given = windows(5)
    for array, old in zip(with_incidents(given, 0.0, 4.0, np.random.default_rng(3)), given, strict=True):
        np.testing.assert_array_equal(array, old)
