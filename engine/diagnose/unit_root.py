"""Does a series wander? Augmented Dickey-Fuller and KPSS with a constant, for many series at once.

Sources: S. E. Said, D. A. Dickey, Biometrika 71 (1984) 599-607, p-values by the response surface of J. G. MacKinnon,
"Approximate asymptotic distribution functions for unit-root and cointegration tests", JBES 12 (1994) 167-176
(`statsmodels.tsa.stattools.adfuller(autolag=None)`); D. Kwiatkowski et al., J. Econometrics 54 (1992) 159-178
(`statsmodels.tsa.stattools.kpss(nlags="legacy")`).
"""

from __future__ import annotations

import numpy as np

from engine.data import DoubleArray
from engine.diagnose.regression import on_own_past

_SMALL_P = (2.1659, 1.4412, 3.8269e-2)  # MacKinnon's surface for a constant, lower and upper part
_LARGE_P = (1.7339, 9.3202e-1, -1.2745e-1, -1.0368e-2)
_SPLIT, _LOWEST, _HIGHEST = -1.61, -18.83, 2.74
_KPSS_STATISTIC = (0.347, 0.463, 0.574, 0.739)
_KPSS_P = (0.10, 0.05, 0.025, 0.01)


def schwert_lags(points: int) -> int:
    """The number of lags by Schwert's rule, 12 (n / 100)^(1/4), at most a third of the points."""
    return max(0, min(int(np.ceil(12.0 * (points / 100.0) ** 0.25)), points // 3 - 2))


def adf(values: DoubleArray, lags: int | None = None) -> tuple[DoubleArray, DoubleArray]:
    """(t statistic, p-value), (C,) each, of a unit root in `values` (C, T); lags None = Schwert's rule.

    Rows of the regression with a missing value are left out. NaN where constant or shorter than 20 rows.
    """
    from scipy.special import ndtr

    count, points = values.shape
    lags = schwert_lags(points) if lags is None else lags
    nothing = np.full(count, np.nan)
    if points < lags + 21:
        return nothing, nothing.copy()
    with np.errstate(invalid="ignore", divide="ignore"):
        level = values - np.nansum(values, axis=1, keepdims=True) / np.isfinite(values).sum(axis=1, keepdims=True)
    change = np.diff(level, axis=1)
    fit = on_own_past(change[:, lags:], change[:, :-1], lags, level[:, lags:-1])
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = np.where((fit.n >= 20) & (fit.rest > 0), fit.coefficients[:, 0] / fit.errors[:, 0], np.nan)
        surface = np.where(
            statistic <= _SPLIT,
            np.polynomial.polynomial.polyval(statistic, _SMALL_P),
            np.polynomial.polynomial.polyval(statistic, _LARGE_P),
        )
        p_value = np.where(statistic > _HIGHEST, 1.0, np.where(statistic < _LOWEST, 0.0, ndtr(surface)))
    return statistic, np.where(np.isfinite(statistic), p_value, np.nan)


def kpss(values: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """(statistic, p-value), (C,) each, of a constant level in `values` (C, T), with Schwert's number of lags.

    p-values are interpolated in the published table and end at 0.01 and 0.10. Missing points add nothing to the sums.
    NaN where constant or shorter than 20 points.
    """
    here = np.isfinite(values)
    n = here.sum(axis=1)
    lags = schwert_lags(values.shape[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        x = np.where(here, values - np.where(here, values, 0.0).sum(axis=1, keepdims=True) / n[:, None], 0.0)
        eta = (np.cumsum(x, axis=1) ** 2 * here).sum(axis=1) / n.astype(float) ** 2
        # weights that fall linearly with the lag: the squares of the sums over lags + 1 neighbours hold them all
        sums = np.zeros((len(x), x.shape[1] + 2 * lags + 2))
        np.cumsum(x, axis=1, out=sums[:, lags + 1 : lags + 1 + x.shape[1]])
        sums[:, lags + 1 + x.shape[1] :] = sums[:, lags + x.shape[1], None]
        together = sums[:, lags + 1 :] - sums[:, : -lags - 1]
        variance = np.einsum("ct,ct->c", together, together) / (lags + 1)
        own = np.einsum("ct,ct->c", x, x)
        statistic = np.where((n >= 20) & (variance > 1e-12 * own), eta / (variance / n), np.nan)
    return statistic, np.interp(statistic, _KPSS_STATISTIC, _KPSS_P)
