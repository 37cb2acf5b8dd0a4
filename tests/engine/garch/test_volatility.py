"""The GARCH fit: the same optimum as `arch`, compiled and in NumPy; gaps and units."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from engine.garch import likelihood, volatility
from engine.garch.volatility import Fit, fit, one_step
from engine.monitor import Cancelled, Monitor, heeding

PROCESSES = {
    "persistent": (0.1, 0.5, 0.05, 0.08, 0.88),
    "lively": (0.0, 0.9, 0.2, 0.3, 0.5),
    "integrated": (0.0, 0.5, 0.01, 0.2, 0.8),
    "arch_only": (0.0, 0.4, 0.7, 0.3, 0.0),
    "weak": (1.0, 0.3, 0.5, 0.02, 0.3),
    "no_volatility": (0.0, 0.2, 1.0, 0.0, 0.0),
}


def simulated(parameters: tuple[float, ...], length: int, seed: int) -> np.ndarray:
    constant, ar, omega, alpha, beta = parameters
    rng = np.random.default_rng(seed)
    series, variance, error, last = np.empty(length), 1.0, 0.0, 0.0
    for t in range(length):
        variance = omega + alpha * error**2 + beta * variance
        error = np.sqrt(variance) * rng.standard_normal()
        last = series[t] = constant + ar * last + error
    return series


@cache
def by_arch(name: str) -> tuple[np.ndarray, list]:
    """Six series (T, 6) of a process and what arch fits to each."""
    from arch import arch_model

    series = np.stack([simulated(PROCESSES[name], 1200, seed) for seed in range(6)], axis=1)
    models = [arch_model(one, mean="AR", lags=1, vol="GARCH", p=1, q=1, rescale=False) for one in series.T]
    options = {"ftol": 1e-11, "maxiter": 1000}
    return series, [model.fit(disp="off", show_warning=False, options=options) for model in models]


@pytest.mark.usefixtures("fitted_by")
@pytest.mark.parametrize("name", PROCESSES)
def test_parameters_and_likelihood_are_those_of_arch(name):
    series, fits = by_arch(name)
    ours = fit(series)
    for i, theirs in enumerate(fits):
        assert ours.loglik[i] >= theirs.loglikelihood - 1e-6
        if ours.loglik[i] > theirs.loglikelihood + 1e-4:
            continue  # arch stopped at a lower point: nothing to compare with
        mine = np.array([ours.constant[i], ours.ar[i], ours.omega[i], ours.alpha[i], ours.beta[i]])
        # without any ARCH effect omega and beta describe the same constant variance in many ways
        compared = slice(0, 2) if mine[3] < 1e-4 else slice(0, 5)
        np.testing.assert_allclose(mine[compared], theirs.params.to_numpy()[compared], atol=1e-4)


def test_variance_follows_the_definition_step_by_step():
    series = simulated(PROCESSES["lively"], 60, 3)
    found = Fit(*(np.array([p]) for p in PROCESSES["lively"]), np.array([1.5]), np.zeros(1))
    mean, variance, _ = one_step(series[:, None], found)
    constant, ar, omega, alpha, beta = PROCESSES["lively"]
    expected = omega + (alpha + beta) * 1.5
    square = None
    for t in range(1, 60):
        forecast = constant + ar * series[t - 1]
        expected = omega + alpha * (expected if square is None else square) + beta * expected
        assert mean[t, 0] == pytest.approx(forecast)
        assert variance[t, 0] == pytest.approx(expected)
        square = (series[t] - forecast) ** 2


def test_in_a_gap_mean_and_variance_decay_to_their_long_run_values():
    series = simulated(PROCESSES["lively"], 300, 3)
    series[100:200] = np.nan
    found = Fit(*(np.array([p]) for p in PROCESSES["lively"]), np.array([1.5]), np.zeros(1))
    mean, variance, _ = one_step(series[:, None], found)
    assert np.isfinite(mean).all()
    assert np.isfinite(variance).all()
    assert mean[199, 0] == pytest.approx(0.0, abs=1e-3)
    assert variance[199, 0] == pytest.approx(0.2 / (1 - 0.8) / (1 - 0.9**2), rel=0.01)


def test_gaps_hardly_move_the_parameters():
    rng = np.random.default_rng(1)
    series = np.stack([simulated(PROCESSES["lively"], 6000, seed) for seed in range(2)], axis=1)
    gaps = series.copy()
    gaps[rng.random(len(series)) < 0.05] = np.nan
    whole, holed = fit(series), fit(gaps)
    np.testing.assert_allclose(holed.ar, whole.ar, atol=0.03)
    np.testing.assert_allclose(holed.alpha + holed.beta, whole.alpha + whole.beta, atol=0.08)


@pytest.mark.usefixtures("fitted_by")
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e9])
def test_the_unit_does_not_matter(scale):
    series = simulated(PROCESSES["persistent"], 800, 5)[:, None]
    one, other = fit(series), fit(series * scale)
    np.testing.assert_allclose(other.alpha, one.alpha, atol=1e-6)
    np.testing.assert_allclose(other.constant, one.constant * scale, rtol=1e-4)
    np.testing.assert_allclose(other.loglik, one.loglik - 799 * np.log(scale), rtol=1e-9)


@pytest.mark.usefixtures("fitted_by")
def test_too_short_and_constant_series_are_left_unfitted():
    series = np.ones((300, 3))
    series[:, 1] = np.nan
    series[:50, 2] = np.random.default_rng(0).normal(size=50)
    series[50:, 2] = np.nan
    assert np.isnan(fit(series).omega).all()


def test_a_value_far_off_is_a_gap_to_what_follows_when_a_limit_is_set():
    series = simulated(PROCESSES["lively"], 300, 3)
    struck, holed = series.copy(), series.copy()
    struck[100:110] += 50
    holed[100:110] = np.nan
    found = Fit(*(np.array([p]) for p in PROCESSES["lively"]), np.array([1.5]), np.zeros(1))
    for one, other in zip(
        one_step(struck[:, None], found, 6.0)[:2], one_step(holed[:, None], found, 6.0)[:2], strict=True
    ):
        np.testing.assert_allclose(one, other)


@pytest.mark.usefixtures("fitted_by")
def test_cells_are_fitted_alike_in_any_company():
    series = np.stack([simulated(PROCESSES[name], 400, 4) for name in PROCESSES], axis=1)
    together, alone = fit(np.tile(series, (1, 15))), fit(series[:, 1:2])
    np.testing.assert_allclose(together.alpha[1], alone.alpha[0], atol=1e-5)
    np.testing.assert_allclose(together.loglik[1::6], alone.loglik[0], atol=1e-6)


def test_the_kernel_and_its_twin_fit_alike(kernel, monkeypatch):
    series = np.stack([simulated(PROCESSES[name], 500, seed) for name in PROCESSES for seed in range(4)], axis=1)
    series[40:70, ::3] = np.nan
    monkeypatch.setattr(likelihood, "_likelihood", kernel)
    compiled = fit(series)
    monkeypatch.setattr(likelihood, "_likelihood", None)
    twin = fit(series)
    np.testing.assert_allclose(compiled.loglik, twin.loglik, rtol=0, atol=1e-5)
    for one, other in zip(one_step(series, compiled)[:2], one_step(series, twin)[:2], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3)


def test_forecasts_of_a_long_series_stop_where_they_are_cancelled():
    monitor, n = Monitor(), 3 * volatility._HEEDS
    counted = []

    class Counting(Monitor):
        def check(self):
            counted.append(None)
            if len(counted) == 2:
                monitor.cancel()
            monitor.check()

    found = Fit(*(np.array([value]) for value in (0.0, 0.0, 0.1, 0.1, 0.8, 1.0, 0.0)))
    with heeding(Counting()), pytest.raises(Cancelled):
        one_step(np.zeros((n, 1)), found)
    assert len(counted) == 2
