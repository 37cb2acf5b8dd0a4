"""Recursions are what a loop over time gives."""

from __future__ import annotations

import numpy as np
import pytest

from engine.recursion import accumulate, accumulate_back


@pytest.mark.parametrize("length", [0, 1, 2, 7, 64, 101])
def test_accumulate_is_the_loop_over_time(length):
    rng = np.random.default_rng(length)
    x, factor, start = rng.normal(size=(length, 3)), rng.uniform(-1, 1, (length, 3)), rng.normal(size=3)
    before = x.copy(), factor.copy()
    expected, last = np.empty_like(x), start
    for t in range(length):
        last = expected[t] = x[t] + factor[t] * last
    np.testing.assert_allclose(accumulate(x, factor, start), expected, atol=1e-12)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(factor, before[1])


@pytest.mark.parametrize("length", [1, 2, 50])
def test_accumulate_back_is_its_adjoint(length):
    rng = np.random.default_rng(length)
    x, y = rng.normal(size=(length, 2)), rng.normal(size=(length, 2))
    factor = rng.uniform(-1, 1, (length, 2))
    forward = (accumulate(x, factor) * y).sum(axis=0)
    np.testing.assert_allclose((x * accumulate_back(y, factor)).sum(axis=0), forward, atol=1e-12)
