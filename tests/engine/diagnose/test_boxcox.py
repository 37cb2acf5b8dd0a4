from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, special, stats

from engine.diagnose.boxcox import LIMIT, guerrero_lambda, likelihood_lambda, shift_of, transform

HOURS = np.arange(240.0)


def scipys(series: np.ndarray) -> float:
    """scipy's own likelihood, maximised as tightly as it goes."""
    return float(optimize.minimize_scalar(lambda p: -stats.boxcox_llf(p, series), bracket=(-2, 2), tol=1e-12).x)


def test_the_exponent_of_maximum_likelihood_is_scipys_to_six_digits(rng: np.random.Generator) -> None:
    hours = np.arange(2160)
    rows = []
    for level, noise, swing in zip(rng.uniform(0, 7, 12), rng.uniform(0.05, 1, 12), rng.uniform(0, 2, 12), strict=True):
        mean = np.exp(level + swing * np.sin(hours * np.pi / 12))
        rows += [rng.poisson(mean) + 1.0, mean * np.exp(rng.normal(0, noise, len(hours)))]
    rows += [1e9 * (2 + np.sin(hours)), 1e-9 * (2 + np.sin(hours)), np.exp(rng.normal(0, 1, len(hours)))]
    series = np.stack(rows)
    np.testing.assert_allclose(likelihood_lambda(series), [scipys(row) for row in series], atol=1e-6)


def test_a_normal_power_is_found_again(rng: np.random.Generator) -> None:
    normal = rng.normal(10, 1, (1, 100_000))
    for exponent in (0.0, 0.5, 1.0, 2.0):
        series = np.exp(normal) if exponent == 0 else normal ** (1 / exponent)
        assert likelihood_lambda(series)[0] == pytest.approx(exponent, abs=0.06)


def test_missing_points_do_not_count(rng: np.random.Generator) -> None:
    series = np.exp(rng.normal(2, 0.7, 500))
    gaps = np.full(800, np.nan)
    gaps[np.sort(rng.permutation(800)[:500])] = series
    assert likelihood_lambda(gaps[None])[0] == pytest.approx(likelihood_lambda(series[None])[0], abs=1e-9)


def test_what_has_no_exponent_has_none() -> None:
    rows = np.array([[1.0, 2, 3, 0], [1, 2, 3, -1], [4, 4, 4, 4], [1, 2, 1, 2], [np.nan] * 4])
    assert np.isnan(likelihood_lambda(rows)).all()


def test_an_exponent_without_end_stops_at_the_limit() -> None:
    series = np.full((1, 1000), 100.0)
    series[0, :3] = (1.0, 50.0, 99.0)
    assert likelihood_lambda(series)[0] == pytest.approx(LIMIT, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "season", "expected"), [("y", 24, -0.554836777), ("y", 2, 0.1731800451), ("z", 24, -0.7313411283)]
)
def test_guerreros_exponent_is_that_of_r(name: str, season: int, expected: float) -> None:
    """Expected: R 4.2, forecast 8.20, BoxCox.lambda(ts(x, frequency = season), method = "guerrero")."""
    day, noise = np.sin(2 * np.pi * HOURS / 24), np.sin(HOURS * HOURS * 0.37)
    series = (50 + 30 * day) * (1 + 0.3 * noise) if name == "y" else np.exp(1 + 0.8 * day + 0.4 * noise)
    assert guerrero_lambda(series[None], season)[0] == pytest.approx(expected, abs=1e-4)


def test_guerrero_needs_two_subseries_that_vary() -> None:
    rows = np.stack([np.full(40, 3.0), np.full(40, np.nan), 5 + np.sin(np.arange(40))])
    assert np.isnan(guerrero_lambda(rows, 24)).all()
    assert np.isnan(guerrero_lambda(rows, 10)).tolist() == [True, True, False]


def test_the_transform_is_scipys_and_keeps_what_is_missing() -> None:
    series = np.array([[1.0, 2.0, np.nan, 5.0]] * 3)
    exponent = np.array([0.0, 0.5, -1.0])
    expected = np.stack([special.boxcox(row + 1.0, p) for row, p in zip(series, exponent, strict=True)])
    np.testing.assert_allclose(transform(series, exponent, np.ones(3)), expected)


def test_counts_and_zeros_are_shifted_and_negative_values_have_no_power() -> None:
    rows = np.array([[1.0, 2.0], [0.0, 2.0], [-1.0, 2.0], [np.nan, np.nan]])
    np.testing.assert_array_equal(shift_of(rows, counts=False), [0.0, 1.0, np.nan, np.nan])
    np.testing.assert_array_equal(shift_of(rows, counts=True), [1.0, 1.0, np.nan, np.nan])
