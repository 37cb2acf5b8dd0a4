"""Arrays as blobs: bit for bit back, and damaged bytes are noticed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.project.arrays import blocks, pack, unpack

KINDS = ("<f4", "<f8", "|u1", "|b1", "<i8", "|i1", "<M8[s]")


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(KINDS).flatmap(
        lambda k: hnp.arrays(np.dtype(k), hnp.array_shapes(min_dims=2, max_dims=2, min_side=0))
    )
)
def test_any_array_comes_back(array: np.ndarray) -> None:
    again = unpack(pack(array), array.dtype.str, array.shape)
    assert (again.dtype, again.shape) == (array.dtype, array.shape)
    assert again.tobytes() == array.tobytes()


def test_views_that_are_not_contiguous_are_packed_as_they_read() -> None:
    array = np.arange(600, dtype=np.float32).reshape(20, 30)[::3, 4:11]
    assert np.array_equal(unpack(pack(array), "<f4", array.shape), array)


def test_what_repeats_takes_next_to_no_room() -> None:
    nothing = np.full((100, 2160), np.nan, np.float32)
    assert len(pack(nothing)) < 0.01 * nothing.nbytes
    day = np.tile(np.arange(24, dtype=np.float32), 9000)[None]
    assert len(pack(day)) < 0.02 * day.nbytes


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2000), st.binary(min_size=1, max_size=8))
def test_damaged_bytes_are_noticed_or_give_the_same_shape(at: int, junk: bytes) -> None:
    array = np.tile(np.arange(24, dtype=np.float32), 40)[None]
    packed = bytearray(pack(array))
    at = at % len(packed)
    packed[at : at + len(junk)] = junk
    try:
        again = unpack(bytes(packed), "<f4", array.shape)
    except ValueError:
        return
    assert again.shape == array.shape


@pytest.mark.parametrize("length", [0, 3, 9])
def test_a_blob_that_was_cut_off_is_refused(length: int) -> None:
    packed = pack(np.ones((2, 3), np.float32))
    with pytest.raises(ValueError, match="stored array"):
        unpack(packed[:length], "<f4", (2, 3))


@pytest.mark.parametrize(("rows", "columns"), [(0, 5), (1, 0), (7, 2160), (1000, 2160), (3, 5_000_000)])
def test_blocks_cover_every_row_once(rows: int, columns: int) -> None:
    parts = list(blocks(rows, columns))
    assert parts
    assert [i for part in parts for i in range(part.start, part.stop)] == list(range(rows))
