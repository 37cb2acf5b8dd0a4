"""Many small minimisations side by side."""

from __future__ import annotations

import numpy as np

from engine.garch.bfgs import minimise


def rosenbrock(x: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    steep = 5.0 + 20.0 * rows
    across = x[:, 1] - x[:, 0] ** 2
    value = (1 - x[:, 0]) ** 2 + steep * across**2
    return value, np.stack([-2 * (1 - x[:, 0]) - 4 * steep * across * x[:, 0], 2 * steep * across], axis=1)


def test_every_problem_reaches_its_own_minimum():
    start = np.array([[-1.2, 1.0], [0.0, 0.0], [3.0, 3.0], [-1.0, -1.0]])
    found = minimise(rosenbrock, start, gradient_tolerance=1e-8)
    np.testing.assert_allclose(found.point, 1.0, atol=1e-5)
    assert found.converged.all()


def test_a_problem_does_not_depend_on_those_beside_it():
    start = np.array([[-1.2, 1.0], [0.0, 0.0]])
    both = minimise(rosenbrock, start, gradient_tolerance=1e-8)
    first = minimise(rosenbrock, start[:1], gradient_tolerance=1e-8)
    np.testing.assert_array_equal(both.point[0], first.point[0])


def test_values_that_are_not_finite_count_as_uphill():
    def wall(x: np.ndarray, _: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        safe = np.where(x > 0, x, 1.0)
        value = np.where(x > 0, x - np.log(safe), np.nan)
        return value[:, 0], np.where(x > 0, 1 - 1 / safe, np.nan)

    found = minimise(wall, np.array([[0.01], [20.0]]))
    np.testing.assert_allclose(found.point, 1.0, atol=1e-4)


def test_the_number_of_evaluations_is_kept():
    calls = []

    def counted(x: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        calls.append(len(rows))
        return rosenbrock(x, rows)

    assert not minimise(counted, np.array([[-1.2, 1.0]]), evaluations=5).converged.any()
    assert len(calls) == 5
