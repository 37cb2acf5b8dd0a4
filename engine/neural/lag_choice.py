"""How many past values a neural autoregression looks at: the rules by which R's `nnetar` chooses p and k itself.

Source: R. J. Hyndman, Y. Khandakar, forecast package (`nnetar`): p is the order of the linear autoregression with the
lowest AIC by Yule-Walker (`ar`), of the seasonally adjusted series where seasonal lags are used; k is half the number
of inputs and the output.
"""

from __future__ import annotations

import math

import numpy as np

from engine.data import DoubleArray

STL_SEASONAL = 11
"""Width of the seasonal smoother, as in `forecast::mstl` for the first season."""


def lag_list(p: int, seasonal: int, season: int) -> tuple[int, ...]:
    """The lags of NNAR(p, P, k)[m] in rising order: 1..p and m, 2m ... Pm."""
    return tuple(sorted({*range(1, p + 1), *(season * turn for turn in range(1, seasonal + 1))}))


def hidden_nodes(lags: int) -> int:
    """Nodes of the hidden layer for so many lags: half of inputs and output, a half rounded to the even number."""
    return max(1, round((lags + 1) / 2))


def autoregressive_order(series: DoubleArray) -> int:
    """The order, at least 1, of the autoregression of `series` (T,) with the lowest AIC; no value may be missing.

    Orders up to 10 log10 T are fitted by Levinson's recursion. A constant series has order 1.
    """
    points = len(series)
    most = min(points - 1, math.floor(10 * math.log10(points))) if points > 1 else 0
    centred = series - series.mean() if points else series
    power = float(centred @ centred) / max(points, 1)
    if most < 1 or not power > 0:
        return 1
    correlation = np.array([centred[lag:] @ centred[: points - lag] for lag in range(most + 1)]) / (points * power)
    coefficients, rest = np.zeros(0), 1.0
    best, lowest = 0, 0.0
    for order in range(1, most + 1):
        partial = (correlation[order] - coefficients @ correlation[order - 1 : 0 : -1]) / rest
        coefficients = np.append(coefficients - partial * coefficients[::-1], partial)
        rest *= 1.0 - partial * partial
        if not rest > 0:  # the past says everything: no longer order can do better
            return order
        criterion = points * math.log(rest) + 2 * order
        if criterion < lowest:
            best, lowest = order, criterion
    return max(1, best)


def seasonally_adjusted(series: DoubleArray, season: int) -> DoubleArray:
    """`series` (T,) without its seasonal part by STL; as it is where it is no longer than two seasons."""
    if season < 2 or len(series) <= 2 * season:
        return series
    from statsmodels.tsa.seasonal import STL

    width = 1.5 * season / (1 - 1.5 / STL_SEASONAL)
    trend = math.ceil(width) | 1
    low_pass = season + 1 if season % 2 == 0 else season
    found = STL(
        series,
        period=season,
        seasonal=STL_SEASONAL,
        trend=trend,
        low_pass=low_pass,
        seasonal_deg=0,
        trend_deg=1,
        low_pass_deg=1,
        seasonal_jump=math.ceil(STL_SEASONAL / 10),
        trend_jump=math.ceil(trend / 10),
        low_pass_jump=math.ceil(low_pass / 10),
    ).fit()
    adjusted: DoubleArray = series - np.asarray(found.seasonal)
    return adjusted
