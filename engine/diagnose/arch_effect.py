"""Does volatility come in clusters? Engle's Lagrange multiplier test, for many series at once.

Source: R. F. Engle, "Autoregressive conditional heteroscedasticity with estimates of the variance of United Kingdom
inflation", Econometrica 50 (1982) 987-1007 (`statsmodels.stats.diagnostic.het_arch`).
"""

from __future__ import annotations

import numpy as np

from engine.data import DoubleArray
from engine.diagnose.regression import on_own_past
from engine.numerics.robust import MAD_TO_SD, median

LAGS = 10
CUT = 6.0


def arch_lm(residuals: DoubleArray, lags: int = LAGS) -> tuple[DoubleArray, DoubleArray]:
    """(LM statistic, p-value), (C,) each, of no ARCH effect up to `lags` in `residuals` (C, T), NaN = missing.

    n R² of the squared residuals regressed on their own past is chi-square with `lags` degrees of freedom. NaN where
    the series is too short (3 rows per lag) or without variation.
    """
    from scipy.special import chdtrc

    nothing = np.full(len(residuals), np.nan)
    if residuals.shape[1] < 4 * lags:
        return nothing, nothing.copy()
    squares = residuals**2
    with np.errstate(invalid="ignore", divide="ignore"):
        here = np.isfinite(squares).sum(axis=1, keepdims=True)
        squares = squares - np.nansum(squares, axis=1, keepdims=True) / here  # the same R², without cancellation
    fit = on_own_past(squares[:, lags:], squares[:, :-1], lags)
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = np.where((fit.n >= 3 * lags) & (fit.total > 0), fit.n * (1 - fit.rest / fit.total), np.nan)
    return statistic, np.asarray(chdtrc(lags, statistic))


def whitened(values: DoubleArray, order: int = 2) -> DoubleArray:
    """What is left of `values` (C, T) after an autoregression of `order`, (C, T - order); NaN = missing.

    Points further out than CUT robust deviations are left out, before and after: they are what detectors are to find,
    and one outage makes any regression of squares meaningless.
    """
    usual = _without_outliers(values)
    if usual.shape[1] <= order:
        return usual[:, :0]
    fit = on_own_past(usual[:, order:], usual[:, :-1], order)
    left = usual[:, order:] - fit.coefficients[:, :1]
    for lag in range(order):
        left = left - fit.coefficients[:, 1 + lag, None] * usual[:, order - lag - 1 : usual.shape[1] - lag - 1]
    return _without_outliers(left)


def _without_outliers(values: DoubleArray) -> DoubleArray:
    centre = median(values)[:, None]
    distance = np.abs(values - centre)
    spread = MAD_TO_SD * median(distance)[:, None]
    with np.errstate(invalid="ignore"):
        return np.where((distance > CUT * spread) & (spread > 0), np.nan, values)
