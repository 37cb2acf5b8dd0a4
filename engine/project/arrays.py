"""Arrays as compressed blobs, bit for bit: by block of cells, so that any size streams in and out.

The bytes of the numbers are laid plane by plane (all first bytes, all second bytes, ...): the planes of sign and
exponent shrink well, those of a noisy mantissa do not and are kept as they are, which is what makes this fast.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

POINTS_PER_BLOB = 1_000_000
_HEADER = struct.Struct("<BI")
_KEPT, _DEFLATED = 0, 1
_TRIED = 1 << 14
_WORTH = 0.9


def blocks(rows: int, columns: int) -> Iterator[slice]:
    """The rows of each blob of a (rows, columns) array; an array without rows has one empty blob."""
    step = max(1, POINTS_PER_BLOB // max(columns, 1))
    return (slice(first, min(first + step, rows)) for first in range(0, max(rows, 1), step))


def pack(array: Array) -> bytes:
    """The bytes of an array, compressed; its shape and dtype are kept elsewhere."""
    size = array.dtype.itemsize
    planes = np.ascontiguousarray(array).reshape(-1).view(np.uint8).reshape(-1, size).T
    parts: list[bytes] = []
    for plane in planes:
        raw = plane.tobytes()
        tried = raw[:_TRIED]
        worth = len(zlib.compress(tried, 1)) < _WORTH * len(tried)
        data = zlib.compress(raw, 1) if worth else raw
        parts += [_HEADER.pack(_DEFLATED if worth else _KEPT, len(data)), data]
    return b"".join(parts)


def unpack(data: bytes, dtype: str, shape: tuple[int, ...]) -> Array:
    """The array that `pack` was given. Raises ValueError for bytes that it did not make."""
    kind = np.dtype(dtype)
    planes, at = [], 0
    try:
        for _ in range(kind.itemsize):
            codec, length = _HEADER.unpack_from(data, at)
            at += _HEADER.size
            raw = data[at : at + length]
            if len(raw) != length or codec not in (_KEPT, _DEFLATED):
                raise ValueError("the stored array is incomplete")
            planes.append(np.frombuffer(zlib.decompress(raw) if codec == _DEFLATED else raw, np.uint8))
            at += length
    except (struct.error, zlib.error) as error:
        raise ValueError("the stored array is damaged") from error
    whole = np.empty((planes[0].size, kind.itemsize), np.uint8)
    for i, plane in enumerate(planes):
        if plane.size != planes[0].size:
            raise ValueError("the stored array is damaged")
        whole[:, i] = plane
    flat: Array = whole.reshape(-1).view(kind)
    return flat.reshape(shape)
