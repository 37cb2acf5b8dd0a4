"""Values of some cells over some periods, and their sums where measurement and comparison are both known."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data import DoubleArray, FloatArray, IntArray
from engine.execution.scratch import release

LOOKED_AT = 32
"""Rows after which what was read of arrays in files is given back: a glance at one may bring in a megabyte."""

ROWS_AT_ONCE = 512


def cut(array: npt.NDArray[Any], cells: IntArray, first: int, stop: int) -> npt.NDArray[Any]:
    """(cells, stop - first) of some rows of an array (C, T); a view, not a copy, of a single one."""
    if len(cells) == 1:
        row = int(cells[0])
        return array[row : row + 1, first:stop]
    if len(cells) <= LOOKED_AT:
        return array[cells, first:stop]
    parts = []
    for some in np.split(cells, range(LOOKED_AT, len(cells), LOOKED_AT)):
        parts.append(array[some, first:stop])
        release([array])
    return np.concatenate(parts)


def balance(values: FloatArray, others: FloatArray) -> tuple[DoubleArray, DoubleArray]:
    """(T,) sums over the cells of two arrays (cells, T) where both are known."""
    known = np.isfinite(values + others)
    if len(values) == 1:
        return np.where(known[0], values[0], 0.0), np.where(known[0], others[0], 0.0)
    return (
        np.where(known, values, 0).sum(axis=0, dtype=np.float64),
        np.where(known, others, 0).sum(axis=0, dtype=np.float64),
    )


def running_balance(values: FloatArray, others: FloatArray) -> tuple[DoubleArray, DoubleArray]:
    """Running sums (T + 1,) of `balance` over all cells, read some at a time."""
    first, second = np.zeros(values.shape[1]), np.zeros(values.shape[1])
    for start in range(0, len(values), ROWS_AT_ONCE):
        part = balance(values[start : start + ROWS_AT_ONCE], others[start : start + ROWS_AT_ONCE])
        first, second = first + part[0], second + part[1]
        release([values, others])
    return np.concatenate([[0.0], np.cumsum(first)]), np.concatenate([[0.0], np.cumsum(second)])
