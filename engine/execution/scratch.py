"""Arrays that may be larger than memory: small ones in memory, large ones in a file that vanishes by itself.

The evidence of ten thousand cells is some gigabytes, of which one block is looked at at a time. `release` gives the
memory of a large array back to the system once a block is done; what was written stays in the file.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from engine.data import FloatArray
from engine.errors import OutputError, Reason
from engine.execution.mapping import Mapping

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
            array: npt.NDArray[Number] = Mapping(file.fileno(), size).array(np.dtype(kind), shape)
    except OSError as error:
        raise _refusal(error, size) from error
    if fill != 0:
        rows = max(1, IN_MEMORY_BYTES // (size // shape[0] or 1))
        for first in range(0, shape[0], rows):
            array[first : first + rows] = fill
            release([array])
    return array


def _reserve(file: int, size: int) -> None:
    """Make the file `size` bytes long, its room on disk taken now: where there is none when a mapped file is written
    to, the system kills the process.
    """
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(file, 0, size)
        except OSError as error:
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
                raise
        else:
            return
    _write_zeros(file, size)


def _write_zeros(file: int, size: int) -> None:
    """Take the room by filling it, which any system and disk understands."""
    nothing, left = bytes(1 << 20), size
    while left:
        left -= os.write(file, nothing[:left])


def _refusal(error: OSError, size: int) -> OutputError:
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return OutputError(Reason("scratch_files", {"error": error.strerror or str(error)}))
    folder = tempfile.tempdir or os.environ.get("TMPDIR") or os.curdir  # asking for it would fail the same way
    detail = error.strerror or str(error)
    told: dict[str, str | int | float] = {"folder": str(folder), "mb": size // 1_000_000, "error": detail}
    return OutputError(Reason("scratch_full", told))


def release(arrays: Iterable[npt.NDArray[Any]]) -> None:
    """Give the memory that large arrays of `allocate` take back to the system; their content stays in their files."""
    for array in arrays:
        base: object = array
        while isinstance(base, np.ndarray):
            base = base.base
        if isinstance(base, Mapping):
            base.release()
