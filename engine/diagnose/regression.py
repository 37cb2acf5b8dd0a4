"""Least squares of many series on their own past at once, rows with a missing value left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data import BoolArray, DoubleArray, IntArray


@dataclass(frozen=True, eq=False)
class Fit:
    """Ordinary least squares per series.

    coefficients, errors (C, k) with standard errors; residuals (C, n), NaN where the row was not used; n (C,) rows
    used; total (C,): sum of squares of the target around its mean, rest (C,): of the residuals. NaN where singular.
    """

    coefficients: DoubleArray
    errors: DoubleArray
    residuals: DoubleArray
    n: IntArray
    total: DoubleArray
    rest: DoubleArray


def lagged(values: DoubleArray, lags: int) -> DoubleArray:
    """(C, T - lags, lags): at [c, t, k] the value k + 1 steps before point t + lags of `values` (C, T)."""
    windows = np.lib.stride_tricks.sliding_window_view(values, lags, axis=1)[:, : values.shape[1] - lags]
    return np.asarray(windows[:, :, ::-1])


def least_squares(design: DoubleArray, target: DoubleArray) -> Fit:
    """Regress `target` (C, n) on `design` (C, n, k), intercept included by the caller; rows with NaN are left out."""
    used: BoolArray = np.isfinite(target) & np.isfinite(design).all(axis=2)
    x = np.where(used[:, :, None], design, 0.0)
    y = np.where(used, target, 0.0)
    n = used.sum(axis=1)
    k = design.shape[2]
    # columns on one scale, so that what counts as singular does not depend on units
    scale = np.sqrt((x * x).sum(axis=1))
    x = x / np.where(scale > 0, scale, 1.0)[:, None, :]
    transposed = x.transpose(0, 2, 1)
    gram = transposed @ x
    good = (n > k) & (scale > 0).all(axis=1)
    inverse = np.full_like(gram, np.nan)
    smallest = np.full(len(gram), 0.0)
    smallest[good] = np.linalg.eigvalsh(gram[good])[:, 0]
    good &= smallest > 1e-11
    inverse[good] = np.linalg.inv(gram[good])
    beta = (inverse @ (transposed @ y[:, :, None]))[:, :, 0]
    residuals = np.where(used, y - (x @ beta[:, :, None])[:, :, 0], np.nan)
    rest = np.where(good, (np.where(used, residuals, 0.0) ** 2).sum(axis=1), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = np.where(used, y - y.sum(axis=1, keepdims=True) / n[:, None], 0.0)
        errors = np.sqrt(rest[:, None] / (n - k)[:, None] * np.einsum("cii->ci", inverse)) / scale
        beta = beta / scale
    return Fit(beta, errors, residuals, n, (centred**2).sum(axis=1), rest)
