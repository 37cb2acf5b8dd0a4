"""A file in memory without keeping it open: many large arrays take no file descriptor.

Python's `mmap` keeps a duplicate of the descriptor for every mapping until 3.13, and a system allows a process some
hundred descriptors (macOS: 256). The system itself needs none once a file is mapped.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
import weakref
from typing import Any

import numpy as np
import numpy.typing as npt


class Mapping:
    """The first `size` bytes of an open file, to be read and written, until the last array over them is gone.

    The file may be closed; a temporary one lives exactly as long as the mapping. Raises OSError.
    """

    def __init__(self, file: int, size: int) -> None:
        if sys.platform == "win32":  # a handle is no descriptor of the C library, of which there are few
            self._held = mmap.mmap(file, size)
            self._at = ctypes.addressof(ctypes.c_char.from_buffer(self._held))
        else:
            self._at = _map(file, size)
            weakref.finalize(self, _unmap, self._at, size).atexit = False  # a thread may still look at it at the end
        self._size = size
        self.__array_interface__ = {"data": (self._at, False), "shape": (size,), "typestr": "|u1", "version": 3}

    def array(self, kind: np.dtype[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
        """All of it as an array, which holds it in place."""
        return np.asarray(self).view(kind).reshape(shape)

    def release(self) -> None:
        """Give the memory back to the system; what was written stays in the file."""
        if sys.platform != "win32":
            _C.madvise(self._at, self._size, mmap.MADV_DONTNEED)


if sys.platform != "win32":
    _C = ctypes.CDLL(None, use_errno=True)
    _C.mmap.restype = ctypes.c_void_p
    _C.mmap.argtypes = (
        *(ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int),
        ctypes.c_longlong if ctypes.sizeof(ctypes.c_void_p) == 8 else ctypes.c_long,
    )
    _C.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
    _C.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    _FAILED = ctypes.c_void_p(-1).value

    def _map(file: int, size: int) -> int:
        at = _C.mmap(None, size, mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_SHARED, file, 0)
        if at == _FAILED:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return int(at)

    def _unmap(at: int, size: int) -> None:
        _C.munmap(at, size)
