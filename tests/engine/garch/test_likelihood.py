"""The likelihood of GARCH(1,1) around AR(1): by hand, by its slope, in any company, compiled and in NumPy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.garch import likelihood
from engine.garch.likelihood import ROWS_AT_ONCE, Problem, natural

CLOSE = {"rtol": 1e-9, "atol": 1e-11}
"""How far the kernel and its twin may differ: they add up in another order."""

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


@pytest.mark.usefixtures("fitted_by")
@pytest.mark.parametrize("gaps", [0.0, 0.2])
def test_the_value_is_the_definition(gaps):
    problem, found = Problem.of(walks(gaps=gaps)), natural(POINT)
    expected = [by_hand(problem, cell, found[cell]) for cell in range(3)]
    np.testing.assert_allclose(problem.value(found), expected, rtol=1e-12)
    np.testing.assert_allclose(problem.value_and_gradient(POINT, np.arange(3))[0], expected, rtol=1e-12)


@pytest.mark.usefixtures("fitted_by")
def test_the_gradient_is_the_slope_of_the_likelihood_with_gaps_too():
    problem = Problem.of(walks())
    _, slope = problem.value_and_gradient(POINT, np.arange(3))
    for place in range(5):
        step = np.zeros(5)
        step[place] = 1e-5
        up, down = (problem.value(natural(POINT + sign * step)) for sign in (1, -1))
        np.testing.assert_allclose(slope[:, place], (up - down) / 2e-5, rtol=1e-5, atol=1e-8)


@pytest.mark.usefixtures("fitted_by")
def test_the_information_is_what_the_slopes_scatter_by():
    """Of a long series with just these parameters the mean outer product of the slopes is the expected information."""
    rng, (constant, ar, omega, alpha, beta) = np.random.default_rng(3), (0.1, 0.5, 0.2, 0.15, 0.6)
    series = np.zeros((60, 2000))
    variance, error = np.ones(60), np.zeros(60)
    for t in range(1, 2000):
        variance = omega + alpha * error**2 + beta * variance
        error = np.sqrt(variance) * rng.standard_normal(60)
        series[:, t] = constant + ar * series[:, t - 1] + error
    problem = Problem.of(series)
    point = np.column_stack(
        [
            (constant - problem.centre * (1 - ar)) / problem.scale,
            np.full(60, ar),
            np.log(omega / problem.scale**2),
            np.full(60, np.log(0.75 / 0.25)),
            np.full(60, np.log(0.2 / 0.8)),
        ]
    )
    cells = np.arange(60)
    slope = problem.value_and_gradient(point, cells)[1]
    scatter = np.einsum("ci,cj->ij", slope, slope) * 2000 / 60
    expected = problem.information(point, cells).mean(axis=0)
    size = np.sqrt(np.diag(expected))
    np.testing.assert_allclose(scatter / np.outer(size, size), expected / np.outer(size, size), atol=0.5)


@pytest.mark.usefixtures("fitted_by")
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
    minimum = problem.minimum(points, np.arange(cells), 1e-7, 1e-9, 30)
    other = problem.minimum(points[chosen], chosen, 1e-7, 1e-9, 30)
    np.testing.assert_array_equal(other.point, minimum.point[chosen])
    np.testing.assert_array_equal(other.value, minimum.value[chosen])
    np.testing.assert_array_equal(other.converged, minimum.converged[chosen])


def both(kernel: ModuleType, work):
    """What `work` gives with the kernel, and with its twin."""
    found = []
    with pytest.MonkeyPatch.context() as patch:
        for used in (kernel, None):
            patch.setattr(likelihood, "_likelihood", used)
            found.append(work())
    return found


free = st.tuples(st.floats(-2, 2), st.floats(-1.2, 1.2), st.floats(-8, 3), st.floats(-6, 40), st.floats(-40, 40))


@given(
    seed=st.integers(0, 1000),
    length=st.integers(2, 90),
    gaps=st.sampled_from([0.0, 0.1, 0.6, 1.0]),
    points=st.lists(free, min_size=1, max_size=11),
)
@settings(max_examples=150, deadline=None)
def test_the_kernel_gives_what_its_twin_in_numpy_gives(kernel, seed, length, gaps, points):
    rng = np.random.default_rng(seed)
    problem = Problem.of(np.where(rng.random((3, length)) < gaps, np.nan, rng.normal(size=(3, length)).cumsum(axis=1)))
    problem.count[:] = np.maximum(problem.count, 1)
    point, rows = np.array(points), rng.integers(0, 3, len(points))
    found = natural(point)
    (value, slope), (twin, its_slope) = both(kernel, lambda: problem._value_and_slope(rows, found))
    np.testing.assert_allclose(value, twin, **CLOSE)
    size = np.abs(its_slope).max(axis=1, keepdims=True) + 1
    np.testing.assert_allclose(slope / size, its_slope / size, **CLOSE)
    one, other = both(kernel, lambda: problem._information(rows, found))
    size = np.abs(other).max(axis=(1, 2), keepdims=True) + 1
    np.testing.assert_allclose(one / size, other / size, **CLOSE)


@given(seed=st.integers(0, 10_000), gaps=st.sampled_from([0.0, 0.1]), starts=st.integers(1, 9))
@example(seed=800, gaps=0.0, starts=1)
@settings(max_examples=40, deadline=None)
def test_the_kernel_goes_down_to_the_minimum_that_its_twin_finds(kernel, seed, gaps, starts):
    problem = Problem.of(walks(5, 300, gaps) + np.random.default_rng(seed).normal(size=(5, 300)))
    rows = np.random.default_rng(seed).integers(0, 5, starts)
    start = np.resize(POINT, (starts, 5))
    few, its = both(kernel, lambda: problem.minimum(start, rows, 1e-7, 1e-9, 4))
    np.testing.assert_allclose(few.point, its.point, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(few.value, its.value, rtol=1e-9)
    np.testing.assert_array_equal(few.converged, its.converged)
    whole, its = both(kernel, lambda: problem.minimum(start, rows, 1e-7, 1e-9, 200))
    settled = whole.converged & its.converged
    apart = settled & (np.abs(whole.value - its.value) > 1e-6)
    for found in (whole, its):  # which of several minima is reached hangs on the last bits, that it is one does not
        again = problem.minimum(found.point[apart], rows[apart], 1e-7, 1e-9, 200)
        np.testing.assert_allclose(again.value, found.value[apart], rtol=0, atol=1e-6)


def test_what_overflows_is_not_finite_and_no_minimum(kernel, monkeypatch):
    monkeypatch.setattr(likelihood, "_likelihood", kernel)
    problem = Problem.of(walks(3, 400, 0.0))
    explosive = np.array([[0.0, 0.0, 1.0, 3.0, 3.0]] * 3)
    assert not np.isfinite(problem._value_and_slope(np.arange(3), explosive)[0]).any()
    problem.now[:] = np.nan
    found = problem.minimum(POINT, np.arange(3), 1e-7, 1e-9, 30)
    assert not np.isfinite(found.value).any()
    assert not found.converged.any()


def test_arrays_that_do_not_fit_together_are_refused(kernel):
    problem, found = Problem.of(walks()), natural(POINT)
    arrays = [problem.now, problem.before, problem.used, problem.backcast, np.arange(3), found]
    out = [np.empty(3), np.empty((3, 5))]
    kernel.value_and_slope(*arrays, *out)
    wrong = {
        0: problem.now[:2],
        1: problem.now[:, 1:].copy(),
        3: problem.backcast[:2],
        4: np.array([0, 1, 3]),
        5: found[1:],
    }
    for place, array in wrong.items():
        with pytest.raises(ValueError, match="do not fit together"):
            kernel.value_and_slope(*arrays[:place], array, *arrays[place + 1 :], *out)
    with pytest.raises(ValueError, match="do not fit together"):
        kernel.value_and_slope(*arrays[:4], np.array([0, -1, 2]), found, *out)
    with pytest.raises(ValueError, match="do not fit together"):
        kernel.value_and_slope(*arrays, np.empty(2), out[1])
    with pytest.raises(ValueError, match="do not fit together"):
        kernel.information(*arrays, np.empty((3, 5, 4)))
    with pytest.raises((ValueError, BufferError)):
        kernel.value_and_slope(problem.now[:, ::2], *arrays[1:], *out)


def test_threads_do_not_disturb_each_other(kernel, monkeypatch):
    monkeypatch.setattr(likelihood, "_likelihood", kernel)
    problem, cells = Problem.of(walks(7, 500, 0.0)), np.arange(7)
    points = np.resize(POINT, (7, 5))
    alone = problem.minimum(points, cells, 1e-7, 1e-9, 60)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: problem.minimum(points, cells, 1e-7, 1e-9, 60), range(24)))
    for one in found:
        np.testing.assert_array_equal(one.point, alone.point)


def test_the_run_record_says_which_of_the_two_is_in_use(kernel, monkeypatch):
    from engine.record import KERNEL, versions

    for used, said in ((kernel, "compiled"), (None, "numpy")):
        monkeypatch.setattr(likelihood, "_likelihood", used)
        assert versions()[KERNEL] == said
