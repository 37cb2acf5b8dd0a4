"""GARCH(p, q): the same optimum as `arch`, the same as the fit of order (1, 1), gaps and edges."""

from __future__ import annotations

import numpy as np
import pytest

from engine.garch import volatility
from engine.garch.volatility_orders import _Problem, fit_orders, one_step

Shape = tuple[tuple[float, ...], tuple[float, ...]]


def simulated(alpha: tuple[float, ...], beta: tuple[float, ...], seed: int, length: int = 1200) -> np.ndarray:
    rng = np.random.default_rng(seed)
    start = 5
    series, error, variance = np.zeros(length + start), np.zeros(length + start), np.ones(length + start)
    for t in range(start, length + start):
        variance[t] = 0.1 + sum(a * error[t - 1 - i] ** 2 for i, a in enumerate(alpha))
        variance[t] += sum(b * variance[t - 1 - j] for j, b in enumerate(beta))
        error[t] = np.sqrt(variance[t]) * rng.standard_normal()
        series[t] = 0.2 + 0.5 * series[t - 1] + error[t]
    return series[start:]


@pytest.mark.parametrize("order", [(2, 1), (1, 2), (2, 2), (3, 0)])
def test_parameters_and_likelihood_are_those_of_arch(order):
    from arch import arch_model

    series = np.stack([simulated((0.1, 0.15), (0.3, 0.3), seed) for seed in range(2)], axis=1)
    ours = fit_orders(series, *order)
    for i in range(series.shape[1]):
        model = arch_model(series[:, i], mean="AR", lags=1, vol="GARCH", p=order[0], q=order[1], rescale=False)
        theirs = model.fit(disp="off", show_warning=False, options={"ftol": 1e-11, "maxiter": 1000})
        assert ours.loglik[i] >= theirs.loglikelihood - 1e-6
        mine = np.r_[ours.constant[i], ours.ar[i], ours.omega[i], ours.alpha[i], ours.beta[i]]
        if ours.loglik[i] < theirs.loglikelihood + 1e-4:
            np.testing.assert_allclose(mine, theirs.params.to_numpy(), atol=1e-4)


def test_order_one_one_is_the_usual_fit_and_forecast_with_gaps_too():
    series = np.stack([simulated((0.2,), (0.7,), seed, 700) for seed in range(3)], axis=1)
    series[np.random.default_rng(0).random(series.shape) < 0.1] = np.nan
    usual, ours = volatility.fit(series), fit_orders(series, 1, 1)
    np.testing.assert_allclose(ours.loglik, usual.loglik, atol=1e-5)
    np.testing.assert_allclose(ours.alpha[:, 0], usual.alpha, atol=1e-3)
    for limit in (np.inf, 2.0):
        for mine, theirs in zip(
            one_step(series, ours, limit), volatility.one_step(series, usual, limit)[:2], strict=True
        ):
            np.testing.assert_allclose(mine, theirs, rtol=5e-3, atol=1e-3)


def test_the_gradient_is_the_slope_of_the_likelihood_with_gaps_too():
    rng = np.random.default_rng(0)
    series = np.stack([simulated((0.1, 0.2), (0.5,), seed, 300) for seed in range(2)], axis=1)
    series[rng.random(series.shape) < 0.2] = np.nan
    problem = _Problem.of(series, np.ones(2), 2, 1)
    point = rng.normal(0, 0.5, (2, 7))
    rows = np.arange(2)
    slope = problem.value_and_gradient(point, rows)[1]
    for place in range(7):
        step = np.zeros(7)
        step[place] = 1e-5
        up, down = (problem.value_and_gradient(point + sign * step, rows)[0] for sign in (1, -1))
        np.testing.assert_allclose(slope[:, place], (up - down) / 2e-5, rtol=1e-5, atol=1e-8)


def test_a_coefficient_that_is_not_there_comes_out_as_nothing():
    series = simulated((0.3,), (), 4)[:, None]
    found = fit_orders(series, 1, 2)
    assert found.beta.sum() < 0.15
    assert found.loglik[0] >= volatility.fit(series).loglik[0] - 1e-6


def test_a_series_that_is_constant_or_too_short_has_no_parameters():
    series = np.stack([np.full(300, 5.0), simulated((0.2,), (0.5,), 1, 300)], axis=1)
    found = fit_orders(series, 2, 1)
    assert np.isnan(found.loglik[0])
    assert np.isnan(found.alpha[0]).all()
    assert np.isfinite(found.alpha[1]).all()
    assert np.isnan(fit_orders(series[:50], 2, 1).loglik).all()
