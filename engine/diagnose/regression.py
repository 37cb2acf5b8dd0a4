"""Least squares of many series on their own past at once, rows with a missing value left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data import BoolArray, DoubleArray, IntArray

_CHUNK_NUMBERS = 1 << 20
"""Numbers of a design worked on together: they stay in the cache; of a longer series one stretch after the other."""


@dataclass(frozen=True, eq=False)
class Fit:
    """Ordinary least squares per series.

    coefficients, errors (C, k) with standard errors; n (C,) rows used; total (C,): sum of squares of the target around
    its mean, rest (C,): of what the regression leaves. NaN where singular.
    """

    coefficients: DoubleArray
    errors: DoubleArray
    n: IntArray
    total: DoubleArray
    rest: DoubleArray


def on_own_past(target: DoubleArray, past: DoubleArray, lags: int, level: DoubleArray | None = None) -> Fit:
    """Regress `target` (C, n) on an intercept and `lags` steps of the past of `past` (C, n + lags), newest first.

    `past` ends one step before the target does: its last `n` values are those one step before. level (C, n): one more
    column, first. Rows with NaN are left out. The coefficients are level (if given), intercept, then the lags.
    """
    count, points = target.shape
    width = lags + 2 + (level is not None)
    step = max(1, _CHUNK_NUMBERS // max(1, points * width))
    stretch = max(1, points if step > 1 else _CHUNK_NUMBERS // width)
    parts = []
    for first in range(0, count, step):
        rows = slice(first, first + step)
        sums = _Sums(len(target[rows]), width)
        for begin in range(0, points, stretch):
            end = min(begin + stretch, points)
            columns = np.empty((len(target[rows]), width, end - begin))
            place = 0
            if level is not None:
                columns[:, 0], place = level[rows, begin:end], 1
            columns[:, place] = 1.0
            for lag in range(lags):
                back = lags - lag - 1
                columns[:, place + 1 + lag] = past[rows, back + begin : back + end]
            columns[:, -1] = target[rows, begin:end]
            sums.add(columns)
        parts.append(_solve(sums))
    if not parts:
        nothing = np.zeros((0, width - 1))
        return Fit(nothing, nothing, np.zeros(0, np.int64), nothing[:, 0], nothing[:, 0])
    return Fit(*(np.concatenate([getattr(part, name) for part in parts]) for name in Fit.__dataclass_fields__))


class _Sums:
    """What least squares need of a design with its target, the last of its columns (C, k + 1, n), piece after piece."""

    def __init__(self, count: int, width: int) -> None:
        self.n = np.zeros(count, np.int64)
        self.products = np.zeros((count, width, width))
        self.target = np.zeros(count)

    def add(self, columns: DoubleArray) -> None:
        """Take in more rows of the design; overwrites `columns`."""
        used: BoolArray = np.asarray(np.isfinite(columns).all(axis=1))
        if not used.all():
            columns[~np.broadcast_to(used[:, None, :], columns.shape)] = 0.0
        self.n += used.sum(axis=1)
        self.products += columns @ columns.transpose(0, 2, 1)
        self.target += columns[:, -1].sum(axis=1)


def _solve(sums: _Sums) -> Fit:
    """Regress the last of the columns on the others."""
    n, products = sums.n, sums.products
    k = products.shape[1] - 1
    # columns on one scale, so that what counts as singular does not depend on units
    scale = np.sqrt(np.einsum("cii->ci", products))
    safe = np.where(scale > 0, scale, 1.0)
    products = products / (safe[:, :, None] * safe[:, None, :])
    gram, right = products[:, :k, :k], products[:, :k, k]
    good = (n > k) & (scale[:, :k] > 0).all(axis=1)
    good[good] = np.linalg.eigvalsh(gram[good])[:, 0] > 1e-11
    inverse = np.full_like(gram, np.nan)
    inverse[good] = np.linalg.inv(gram[good])
    beta = (inverse @ right[:, :, None])[:, :, 0]
    square = scale[:, k] ** 2
    rest = np.maximum(1.0 - np.einsum("ck,ck->c", beta, right), 0.0) * square
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = np.sqrt(rest[:, None] / (n - k)[:, None] * np.einsum("cii->ci", inverse)) / safe[:, :k]
        total = square - sums.target**2 / n
    return Fit(beta * (safe[:, k:] / safe[:, :k]), errors, n, total, np.where(good, rest, np.nan))
