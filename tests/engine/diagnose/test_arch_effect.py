from __future__ import annotations

import numpy as np
from statsmodels.stats.diagnostic import het_arch

from engine.diagnose.arch_effect import arch_lm, whitened


def garch(rng: np.random.Generator, points: int) -> np.ndarray:
    shocks, variance = np.empty(points), 1.0
    for t in range(points):
        shocks[t] = np.sqrt(variance) * rng.normal()
        variance = 0.1 + 0.3 * shocks[t] ** 2 + 0.6 * variance
    return shocks


def test_the_statistic_is_that_of_statsmodels(rng: np.random.Generator) -> None:
    rows = np.stack([rng.normal(size=1000), garch(rng, 1000), 1e5 * garch(rng, 1000), 1e-6 * rng.normal(size=1000)])
    for lags in (1, 10):
        statistic, p_value = arch_lm(rows, lags)
        expected = np.array([het_arch(row, nlags=lags, result_object=False)[:2] for row in rows])
        np.testing.assert_allclose(statistic, expected[:, 0], rtol=1e-8)
        np.testing.assert_allclose(p_value, expected[:, 1], rtol=1e-7, atol=1e-12)


def test_clusters_of_volatility_are_found_and_independent_noise_is_not(rng: np.random.Generator) -> None:
    clustered = arch_lm(np.stack([garch(rng, 2000) for _ in range(20)]))[1]
    independent = arch_lm(rng.normal(size=(200, 2000)))[1]
    assert (clustered < 0.05).all()
    assert 0.01 < (independent < 0.05).mean() < 0.10


def test_an_outage_does_not_pass_for_volatility(rng: np.random.Generator) -> None:
    rows = rng.normal(size=(100, 1000))
    rows[:, 500:505] = -40.0
    assert (arch_lm(rows)[1] < 0.05).mean() > 0.9
    assert (arch_lm(whitened(rows))[1] < 0.05).mean() < 0.12


def test_what_is_left_is_white(rng: np.random.Generator) -> None:
    rows = rng.normal(size=(5, 3000))
    for t in range(2, 3000):
        rows[:, t] += 0.5 * rows[:, t - 1] + 0.3 * rows[:, t - 2]
    left = whitened(rows)
    assert left.shape == (5, 2998)
    assert np.abs([np.corrcoef(row[1:], row[:-1])[0, 1] for row in left]).max() < 0.06


def test_gaps_are_left_out_and_what_cannot_be_tested_is_not_a_number(rng: np.random.Generator) -> None:
    rows = garch(rng, 4000)[None].repeat(2, axis=0)
    rows[1, ::97] = np.nan
    whole, gappy = arch_lm(rows)[1]
    assert whole < 0.001
    assert gappy < 0.001
    assert np.isnan(arch_lm(np.stack([np.full(500, np.nan), np.full(500, 3.0)]))[0]).all()
    assert np.isnan(arch_lm(rng.normal(size=(2, 30)))[0]).all()
