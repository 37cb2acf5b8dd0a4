"""What comes before and after each point of series (C, T) at given lags, for models that look back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.data import BoolArray, FloatArray, IntArray


def lagged(series: FloatArray, lags: Sequence[int]) -> FloatArray:
    """(lags, C, T) the values before each point of `series` (C, T), the latest first; before the beginning stands 0."""
    out = np.zeros((len(lags), *series.shape), np.float32)
    for row, lag in zip(out, lags, strict=True):
        row[:, lag:] = series[:, :-lag]
    return out


def lagged_at(series: FloatArray, lags: Sequence[int], cells: IntArray, times: IntArray) -> FloatArray:
    """(lags, m) the same for some points only."""
    reach = lags[-1]
    padded = np.concatenate([np.zeros((len(series), reach), np.float32), series], axis=1)
    places = cells * padded.shape[1] + times + reach
    out = np.empty((len(lags), len(cells)), np.float32)
    for row, lag in zip(out, lags, strict=True):
        np.take(padded.reshape(-1), places - lag, out=row, mode="clip")
    return out


def reached(changed: BoolArray, lags: Sequence[int]) -> BoolArray:
    """(C, T) the points that have a changed value among the values at their `lags`."""
    out: BoolArray = np.zeros(changed.shape, bool)
    for lag in lags:
        out[:, lag:] |= changed[:, :-lag]
    return out
