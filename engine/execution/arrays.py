"""Arrays of a panel: in memory while they are small, in a temporary file that the system removes when they are not."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

import numpy as np

from engine.data import FlagArray, FloatArray
from engine.execution.scratch import release

MAPPED_BYTES = 256 << 20
"""From this size on the values of a panel live in a file."""

BLOCK_POINTS = 1 << 21


def unknown(count: int, shape: tuple[int, int]) -> list[FloatArray]:
    """`count` (cell, time) arrays of NaN."""
    whole = (count, *shape)
    if 4 * count * shape[0] * shape[1] < MAPPED_BYTES:
        return list(np.full(whole, np.nan, np.float32))
    # The file is unlinked at once (or marked for deletion): it lives exactly as long as the arrays.
    with tempfile.TemporaryFile(prefix="cellwarden-") as file:
        mapped: list[FloatArray] = list(np.memmap(file, np.float32, "w+", shape=whole))
    for values in mapped:
        for rows in blocks(shape):
            values[rows] = np.nan
            release([values])
    return mapped


def blocks(shape: tuple[int, int]) -> Iterator[slice]:
    """Rows of a (cell, time) array in slices of a few megabytes, so that a step over them takes little memory."""
    step = max(1, BLOCK_POINTS // max(shape[1], 1))
    for first in range(0, shape[0], step):
        yield slice(first, first + step)


def no_flags(shape: tuple[int, int]) -> FlagArray:
    """A (cell, time) array of no flag at all, that takes no memory; not to be written to."""
    return np.broadcast_to(np.uint8(0), shape)
