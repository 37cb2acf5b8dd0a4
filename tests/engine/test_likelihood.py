"""The likelihood of GARCH(1,1) around AR(1): by hand, by its slope, and in any company."""

from __future__ import annotations

import numpy as np
import pytest

from engine.likelihood import ROWS_AT_ONCE, Problem, natural

POINT = np.array([[0.1, 0.5, -1.0, 1.0, -0.5], [0.0, 0.8, -2.0, 3.0, 0.5], [0.2, 0.1, -0.5, 0.0, 0.0]])


def walks(cells: int = 3, length: int = 400, gaps: float = 0.2) -> np.ndarray:
    rng = np.random.default_rng(0)
    series = np.zeros((cells, length))
    for t in range(1, length):
        series[:, t] = 0.6 * series[:, t - 1] + rng.normal(size=cells)
    series[rng.random(series.shape) < gaps] = np.nan
    return series


def by_hand(problem: Problem, cell: int, found: np.ndarray) -> float:
    """The definition, point by point."""
    constant, ar, omega, alpha, beta = found
    variance = square = problem.backcast[cell]
    total = 0.0
    for now, before, used in zip(problem.now[cell], problem.before[cell], problem.used[cell], strict=True):
        variance = omega + alpha * square + beta * variance
        error = now - constant - ar * before
        square = error**2 if used else variance
        total += used * (np.log(2 * np.pi * variance) + error**2 / variance)
    return 0.5 * total / problem.count[cell]


@pytest.mark.parametrize("gaps", [0.0, 0.2])
def test_the_value_is_the_definition(gaps):
    problem, found = Problem.of(walks(gaps=gaps)), natural(POINT)
    expected = [by_hand(problem, cell, found[cell]) for cell in range(3)]
    np.testing.assert_allclose(problem.value(found), expected, rtol=1e-12)
    np.testing.assert_allclose(problem.value_and_gradient(POINT, np.arange(3))[0], expected, rtol=1e-12)


def test_the_gradient_is_the_slope_of_the_likelihood_with_gaps_too():
    problem = Problem.of(walks())
    _, slope = problem.value_and_gradient(POINT, np.arange(3))
    for place in range(5):
        step = np.zeros(5)
        step[place] = 1e-5
        up, down = (problem.value(natural(POINT + sign * step)) for sign in (1, -1))
        np.testing.assert_allclose(slope[:, place], (up - down) / 2e-5, rtol=1e-5, atol=1e-8)


def test_a_cell_is_worth_the_same_in_any_company():
    cells = 2 * ROWS_AT_ONCE + 3
    series, points = walks(cells, 90), np.resize(POINT, (cells, 5))
    problem = Problem.of(series)
    value, slope = problem.value_and_gradient(points, np.arange(cells))
    chosen = np.array([1, ROWS_AT_ONCE + 2, cells - 1])
    alone = [Problem.of(series[[cell]]).value_and_gradient(points[[cell]], np.arange(1)) for cell in chosen]
    np.testing.assert_array_equal(value[chosen], [v[0] for v, _ in alone])
    np.testing.assert_array_equal(slope[chosen], [s[0] for _, s in alone])
    again = problem.value_and_gradient(points[chosen], chosen)
    np.testing.assert_array_equal(again[0], value[chosen])
