from __future__ import annotations

import warnings

import numpy as np
import pytest
from statsmodels.tsa.stattools import adfuller
from statsmodels.tsa.stattools import kpss as reference_kpss

from engine.diagnose.unit_root import adf, kpss, schwert_lags


@pytest.fixture
def rows(rng: np.random.Generator) -> np.ndarray:
    noise, walk = rng.normal(size=(4, 900)), np.cumsum(rng.normal(size=(4, 900)), axis=1)
    noise[1] *= 1e6
    noise[2] += 1e5
    walk[3] += 0.5 * np.arange(900)
    return np.concatenate([noise, walk])


@pytest.mark.parametrize("lags", [None, 0, 3])
def test_adf_is_that_of_statsmodels(rows: np.ndarray, lags: int | None) -> None:
    wanted = schwert_lags(rows.shape[1]) if lags is None else lags
    expected = np.array([adfuller(row, maxlag=wanted, autolag=None, result_object=False)[:2] for row in rows])
    statistic, p_value = adf(rows, lags)
    np.testing.assert_allclose(statistic, expected[:, 0], rtol=1e-6)
    np.testing.assert_allclose(p_value, expected[:, 1], rtol=1e-5, atol=1e-14)


def test_kpss_is_that_of_statsmodels(rows: np.ndarray) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where its table of p-values ends
        expected = np.array([reference_kpss(row, nlags="legacy")[:2] for row in rows])
    statistic, p_value = kpss(rows)
    np.testing.assert_allclose(statistic, expected[:, 0], rtol=1e-9)
    np.testing.assert_allclose(p_value, expected[:, 1], rtol=1e-9)


def test_noise_is_told_from_a_walk(rng: np.random.Generator) -> None:
    noise, walk = rng.normal(size=(50, 1000)), np.cumsum(rng.normal(size=(50, 1000)), axis=1)
    assert (adf(noise)[1] < 0.05).all()
    assert (adf(walk)[1] < 0.05).mean() < 0.15
    assert (kpss(noise)[1] < 0.05).mean() < 0.15
    assert (kpss(walk)[1] < 0.05).mean() > 0.85


def test_gaps_do_not_turn_noise_into_a_walk(rng: np.random.Generator) -> None:
    noise = np.where(rng.random((20, 1500)) < 0.01, np.nan, rng.normal(size=(20, 1500)))
    noise[:, 300:400] = np.nan
    assert (adf(noise, 5)[1] < 0.01).all()
    assert (kpss(noise)[1] < 0.05).mean() < 0.2


def test_what_cannot_be_tested_is_not_a_number() -> None:
    hopeless = np.stack([np.full(200, np.nan), np.full(200, 7.0)])
    for test in (adf, kpss):
        assert np.isnan(test(hopeless)[0]).all()
        assert np.isnan(test(hopeless)[1]).all()
        assert np.isnan(test(np.arange(5.0)[None])[0]).all()
