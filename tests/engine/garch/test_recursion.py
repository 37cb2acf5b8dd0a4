"""Recursions are what a loop over time gives."""

from __future__ import annotations

import numpy as np
import pytest

from engine.garch.recursion import Recursion


@pytest.mark.parametrize("length", [0, 1, 2, 7, 101])
def test_forward_is_the_loop_over_time(length):
    rng = np.random.default_rng(length)
    x, factor = rng.normal(size=(3, length)), rng.uniform(-1, 1, (3, length))
    expected, last = np.empty_like(x), np.zeros(3)
    for t in range(length):
        last = expected[:, t] = x[:, t] + factor[:, t] * last
    np.testing.assert_allclose(Recursion.of(factor).forward(x.copy()), expected, atol=1e-12)


@pytest.mark.parametrize("length", [1, 2, 50])
def test_backward_is_its_adjoint(length):
    rng = np.random.default_rng(length)
    x, y = rng.normal(size=(2, length)), rng.normal(size=(2, length))
    chain = Recursion.of(rng.uniform(-1, 1, (2, length)))
    forward = (chain.forward(x.copy()) * y).sum(axis=1)
    np.testing.assert_allclose((x * chain.backward(y.copy())).sum(axis=1), forward, atol=1e-12)


def test_a_series_knows_nothing_of_the_one_before_it():
    rng = np.random.default_rng(1)
    x, factor = rng.normal(size=(4, 30)), rng.uniform(-1, 1, (4, 30))
    chain, both = Recursion.of(factor), Recursion.of(factor).forward(x.copy())
    np.testing.assert_array_equal(Recursion.of(factor[2:3]).forward(x[2:3].copy()), both[2:3])
    np.testing.assert_array_equal(chain.first(2).forward(x[:2].copy()), both[:2])
