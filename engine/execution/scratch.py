"""Arrays that may be larger than memory: small ones in memory, large ones in a file that vanishes by itself.

The evidence of ten thousand cells is some gigabytes, of which one block is looked at at a time. `release` gives the
memory of a large array back to the system once a block is done; what was written stays in the file.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from engine.data import FloatArray
from engine.errors import OutputError, Reason

IN_MEMORY_BYTES = 1024 * 1024
"""Arrays up to this size are ordinary ones."""


Number = TypeVar("Number", bound=np.generic)


def allocate(shape: tuple[int, int], fill: float) -> FloatArray:
    """A new float32 array of `shape`, every element `fill`; see `allocate_of`."""
    return allocate_of(np.float32, shape, fill)


def allocate_of(kind: type[Number] | np.dtype[Number], shape: tuple[int, int], fill: float) -> npt.NDArray[Number]:
    """A new array of a type of numbers and of `shape`, every element `fill`.

    Raises OutputError when the folder for temporary files has no room for a large one.
    """
    size = np.dtype(kind).itemsize * shape[0] * shape[1]
    if size <= IN_MEMORY_BYTES:
        return np.full(shape, fill, kind)
    try:
        with tempfile.TemporaryFile(prefix="cellwarden-") as file:
            _reserve(file.fileno(), size)
            array: npt.NDArray[Number] = np.memmap(file, kind, "r+", shape=shape)
    except OSError as error:
        folder, needed = tempfile.gettempdir(), size // 1_000_000
        detail = error.strerror or str(error)
        raise OutputError(Reason("scratch_full", {"folder": folder, "mb": needed, "error": detail})) from error
    if fill != 0:
        rows = max(1, IN_MEMORY_BYTES // (size // shape[0] or 1))
        for first in range(0, shape[0], rows):
            array[first : first + rows] = fill
            release([array])
    return array


def _reserve(file: int, size: int) -> None:
    """Make the file `size` bytes long, its room on disk taken now where the system can do that, not when written to."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
    else:
        os.truncate(file, size)


def release(arrays: Iterable[npt.NDArray[Any]]) -> None:
    """Give the memory that large arrays of `allocate` take back to the system; their content stays in their files."""
    for array in arrays:
        base: object = array
        while isinstance(base, np.ndarray):
            base = base.base
        if isinstance(base, mmap.mmap) and hasattr(base, "madvise"):
            base.madvise(mmap.MADV_DONTNEED)
