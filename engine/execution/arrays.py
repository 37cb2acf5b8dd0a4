"""Arrays of a panel: in memory while they are small, in a temporary file that the system removes when they are not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.data import FlagArray, FloatArray
from engine.execution.scratch import allocate

MAPPED_BYTES = 256 << 20
"""From this size on the values of a panel live in a file."""

BLOCK_POINTS = 1 << 21


def unknown(count: int, shape: tuple[int, int]) -> list[FloatArray]:
    """`count` (cell, time) arrays of NaN. Raises OutputError when the folder for temporary files has no room."""
    whole = (count, *shape)
    if 4 * count * shape[0] * shape[1] < MAPPED_BYTES:
        return list(np.full(whole, np.nan, np.float32))
    return [allocate(shape, np.nan) for _ in range(count)]


def blocks(shape: tuple[int, int]) -> Iterator[slice]:
    """Rows of a (cell, time) array in slices of a few megabytes, so that a step over them takes little memory."""
    step = max(1, BLOCK_POINTS // max(shape[1], 1))
    for first in range(0, shape[0], step):
        yield slice(first, min(first + step, shape[0]))


def no_flags(shape: tuple[int, int]) -> FlagArray:
    """A (cell, time) array of no flag at all, that takes no memory; not to be written to."""
    return np.broadcast_to(np.uint8(0), shape)
