"""Medians, quantiles and spreads of many series at once: NaN = missing, the last axis is reduced.

NumPy's own NaN-aware medians loop in Python over short rows; sorting once (NaN goes last) and picking by count does
the same work some fifty times faster on (cell, slot, repeat) arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data import FloatArray, IntArray

MAD_TO_SD = 1.4826
"""A normal distribution's standard deviation over its median absolute deviation."""


def sort_with_counts(values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], IntArray]:
    """`values` sorted along the last axis, NaN last, and how many of each row are not NaN (shape without that axis)."""
    counts = np.count_nonzero(~np.isnan(values), axis=-1)
    return np.sort(values, axis=-1), np.asarray(counts, np.int64)


def pick_quantile(ordered: npt.NDArray[Any], counts: IntArray, share: float) -> npt.NDArray[Any]:
    """The `share` quantile (0..1, linear between order statistics) of rows from `sort_with_counts`; NaN if empty."""
    if ordered.shape[-1] == 0:
        return np.full(counts.shape, np.nan, ordered.dtype)
    place = share * np.maximum(counts - 1, 0)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, np.maximum(counts - 1, 0))
    weight = (place - low).astype(ordered.dtype)
    at_low = np.take_along_axis(ordered, low[..., None], -1)[..., 0]
    at_high = np.take_along_axis(ordered, high[..., None], -1)[..., 0]
    mixed: npt.NDArray[Any] = at_low * (1 - weight) + at_high * weight
    return mixed


def median(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The median along the last axis without the NaNs; NaN where there is nothing else."""
    ordered, counts = sort_with_counts(values)
    return pick_quantile(ordered, counts, 0.5)


def grouped_places(labels: IntArray, groups: int) -> IntArray:
    """Where the members of each group stand: (groups, longest) indices into `labels` (T,), padded with T.

    A negative label belongs to no group. Append one NaN column to a (C, T) array and `np.take` it with the result to
    get (C, groups, longest) with NaN as padding.
    """
    members = np.flatnonzero((labels >= 0) & (labels < groups))
    order = members[np.argsort(labels[members], kind="stable")]
    sizes = np.bincount(labels[members], minlength=groups)
    longest = int(sizes.max()) if groups else 0
    places = np.full((groups, longest), len(labels), np.int64)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1])) if groups else np.zeros(0, np.int64)
    places[labels[order], np.arange(len(order)) - np.repeat(starts, sizes)] = order
    return places


def gather(values: FloatArray, places: IntArray) -> FloatArray:
    """(C, groups, longest) members of (C, T) `values` at `grouped_places`, NaN as padding."""
    padded = np.concatenate([values, np.full((len(values), 1), np.nan, values.dtype)], axis=1)
    return np.asarray(np.take(padded, places, axis=1))


def scale_of(ordered: FloatArray, counts: IntArray) -> FloatArray:
    """Standard deviation from sorted absolute deviations: by their median or their 80 % quantile, the wider of both.

    The median alone would be 0 wherever more than half the points are equal, as in counts that are mostly 0.
    """
    wide = pick_quantile(ordered, counts, 0.8) / 1.2816
    return np.asarray(np.maximum(MAD_TO_SD * pick_quantile(ordered, counts, 0.5), wide), np.float32)
