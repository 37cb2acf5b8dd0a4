"""The Box-Cox exponent that makes a series most normal (maximum likelihood) or most even in spread (Guerrero).

Sources: G. E. P. Box, D. R. Cox, "An analysis of transformations", JRSS B 26 (1964) 211-252 (`scipy.stats.boxcox`);
V. M. Guerrero, "Time-series analysis supported by power transformations", J. Forecasting 12 (1993) 37-48
(`forecast::BoxCox.lambda(method = "guerrero")` of R).
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np

from engine.data import BoolArray, DoubleArray

LIMIT = 5.0
"""The maximum-likelihood exponent is sought in [-LIMIT, LIMIT]; beyond, the limit is returned."""

GUERRERO_RANGE = (-1.0, 2.0)

_SERIES = 0.05  # below this |lambda| powers are summed as a series: the closed form cancels there
_TERMS = 18
_THINNED, _ENOUGH = 8, 100


def shift_of(values: DoubleArray, *, counts: bool) -> DoubleArray:
    """What to add before taking powers, (C,): 1 for counts and where zeros occur, 0 for positive values, else NaN."""
    with np.errstate(invalid="ignore"):
        low = np.min(np.where(np.isfinite(values), values, np.inf), axis=1, initial=np.inf)
    return np.where((low < 0) | np.isinf(low), np.nan, np.where(counts | (low == 0), 1.0, 0.0))


def transform(values: DoubleArray, exponent: DoubleArray, shift: DoubleArray) -> DoubleArray:
    """The Box-Cox transform of `values` (C, T): ((x + shift)^lambda - 1) / lambda, log(x + shift) at 0; NaN stays."""
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(values + shift[:, None])
        power = exponent[:, None]
        return np.where(np.abs(power) < 1e-8, logs, np.expm1(power * logs) / np.where(power == 0, 1.0, power))


def likelihood_lambda(values: DoubleArray) -> DoubleArray:
    """The maximum-likelihood exponent of each series, (C,), of positive `values` (C, T), NaN = missing.

    Newton's method on the profile likelihood, kept inside a shrinking bracket. NaN for a series with less than 3
    different values or a value that is not positive.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(values)
        here = np.isfinite(values)
        bad = (here & ~(values > 0)).any(axis=1)
        logs = np.where(here, logs, np.nan)
        low, high = np.nanmin(np.where(here, logs, np.inf), axis=1), np.nanmax(np.where(here, logs, -np.inf), axis=1)
        mixed = (here & (logs > low[:, None]) & (logs < high[:, None])).any(axis=1)
    found = np.full(len(values), np.nan)
    rows = np.flatnonzero(~bad & mixed)
    if len(rows):
        n = here[rows].sum(axis=1, keepdims=True)
        x = np.where(here[rows], logs[rows], 0.0)
        x = np.where(here[rows], x - x.sum(axis=1, keepdims=True) / n, 0.0)
        found[rows] = _newton(x, here[rows], n[:, 0], _nearby(x, here[rows]))
    return found


def _nearby(logs: DoubleArray, here: BoolArray) -> DoubleArray:
    """An exponent per row from which few steps are left: that of every `_THINNED`-th point."""
    start = np.full(len(logs), 0.2)
    x, there = logs[:, ::_THINNED], here[:, ::_THINNED]
    n = there.sum(axis=1)
    spread = np.where(there, x, np.inf).min(axis=1) < np.where(there, x, -np.inf).max(axis=1)
    rows = np.flatnonzero(spread & (n >= _ENOUGH))
    if len(rows):
        centred = np.where(there[rows], x[rows] - x[rows].sum(axis=1, keepdims=True) / n[rows, None], 0.0)
        start[rows] = _newton(centred, there[rows], n[rows].astype(np.float64), start[rows], 1e-3)
    return start


def _newton(
    logs: DoubleArray, here: BoolArray, n: DoubleArray, start: DoubleArray, tolerance: float = 1e-7
) -> DoubleArray:
    """Maximise -n/2 log var(z(lambda)) per row of the centred `logs` (0 where not `here`), from `start`."""
    power = np.clip(start, -0.9 * LIMIT, 0.9 * LIMIT)
    low, high = np.full(len(logs), -LIMIT), np.full(len(logs), LIMIT)
    open_rows = np.arange(len(logs))
    for _ in range(60):
        slope, bend = _slopes(logs[open_rows], here[open_rows], n[open_rows], power[open_rows])
        now = power[open_rows]
        low[open_rows] = np.where(slope > 0, now, low[open_rows])
        high[open_rows] = np.where(slope <= 0, now, high[open_rows])
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            step = now - slope / bend
        inside = (bend < 0) & (step > low[open_rows]) & (step < high[open_rows])
        following = np.where(inside, step, 0.5 * (low[open_rows] + high[open_rows]))
        power[open_rows] = following
        open_rows = open_rows[np.abs(following - now) > tolerance * np.maximum(1.0, np.abs(now))]
        if not len(open_rows):
            break
    return power


def _slopes(logs: DoubleArray, here: BoolArray, n: DoubleArray, power: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """First and second derivative by lambda of the log likelihood per point, (C,) each."""
    slope, bend = np.empty(len(logs)), np.empty(len(logs))
    small = np.abs(power) < _SERIES
    for rows, derivatives in ((np.flatnonzero(~small), _closed), (np.flatnonzero(small), _series)):
        if len(rows):
            mask, count = here[rows], n[rows, None]
            z, z1, z2 = derivatives(logs[rows], power[rows, None])
            z, z1, z2 = (
                np.where(mask, a - np.where(mask, a, 0.0).sum(1, keepdims=True) / count, 0.0) for a in (z, z1, z2)
            )
            square = (z * z).sum(1)
            first = (z * z1).sum(1) / square
            slope[rows] = -first
            bend[rows] = 2 * first**2 - ((z1 * z1).sum(1) + (z * z2).sum(1)) / square
    return slope, bend


def _closed(logs: DoubleArray, power: DoubleArray) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
    """z = (e^(lambda l) - 1) / lambda and its first two derivatives by lambda.

    Scaled by the row's largest power: the likelihood does not care, and nothing overflows.
    """
    u = power * logs
    e = np.exp(u - u.max(axis=1, keepdims=True))
    one = np.exp(-u.max(axis=1, keepdims=True))
    z = (e - one) / power
    z1 = (logs * e - z) / power
    z2 = (logs * logs * e - 2 * z1) / power
    return z, z1, z2


def _series(logs: DoubleArray, power: DoubleArray) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
    """The same for lambda near 0, from the exponential series."""
    u = power * logs
    z, z1, z2 = (np.zeros_like(u) for _ in range(3))
    for k in range(_TERMS - 1, -1, -1):
        z = z * u + 1 / factorial(k + 1)
        z1 = z1 * u + (k + 1) / factorial(k + 2)
        z2 = z2 * u + (k + 1) * (k + 2) / factorial(k + 3)
    return z * logs, z1 * logs**2, z2 * logs**3


def guerrero_lambda(values: DoubleArray, season: int = 2) -> DoubleArray:
    """Guerrero's exponent of each series, (C,), of positive `values` (C, T), NaN = missing, sought in [-1, 2].

    season: points per subseries (at least 2); the oldest incomplete one is left out. The exponent makes the standard
    deviations of the subseries, over the matching power of their means, vary least. NaN with fewer than 2 subseries.
    """
    season = max(2, season)
    count = values.shape[1] // season
    if count < 2:
        return np.full(len(values), np.nan)
    blocks = values[:, values.shape[1] - count * season :].reshape(len(values), count, season)
    here = np.isfinite(blocks)
    n = here.sum(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(here, blocks, 0.0).sum(axis=2) / n
        spread = np.sqrt((np.where(here, blocks - mean[:, :, None], 0.0) ** 2).sum(axis=2) / (n - 1))
        usable = (n >= 2) & (mean > 0)
        logs = np.where(usable, np.log(mean), 0.0)
    possible = (usable.sum(axis=1) >= 2) & (np.where(usable, spread, 0.0).max(axis=1) > 0)

    def variation(power: DoubleArray) -> DoubleArray:
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            ratio = np.where(usable, spread * np.exp((power[:, None] - 1.0) * logs), 0.0)
            groups = usable.sum(axis=1)
            centre = ratio.sum(axis=1) / groups
            scatter = (np.where(usable, ratio - centre[:, None], 0.0) ** 2).sum(axis=1) / (groups - 1)
            return np.asarray(np.sqrt(scatter) / centre)

    return np.where(possible, _least(variation, len(values), *GUERRERO_RANGE), np.nan)


def _least(function: Callable[[DoubleArray], DoubleArray], rows: int, low: float, high: float) -> DoubleArray:
    """Where `function` (C,) -> (C,) is least in [low, high], per row: best of a grid, then golden section around it."""
    grid = np.linspace(low, high, 31)
    height = np.stack([function(np.full(rows, g)) for g in grid], axis=1)
    best = np.where(np.isfinite(height), height, np.inf).argmin(axis=1)
    a, b = grid[np.maximum(best - 1, 0)], grid[np.minimum(best + 1, len(grid) - 1)]
    golden = (np.sqrt(5.0) - 1) / 2
    c, d = b - golden * (b - a), a + golden * (b - a)
    at_c, at_d = function(c), function(d)
    for _ in range(45):
        left = at_c < at_d
        a, b = np.where(left, a, c), np.where(left, d, b)
        c_new, d_new = np.where(left, b - golden * (b - a), d), np.where(left, c, a + golden * (b - a))
        at_new = function(np.where(left, c_new, d_new))
        at_c, at_d = np.where(left, at_new, at_d), np.where(left, at_c, at_new)
        c, d = c_new, d_new
    return np.asarray(0.5 * (a + b))
