"""Of rows with the same place the first stays, whichever way their places are remembered."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.io.first_rows import SMALL, Marks, Sorted, first_rows

CHUNKS = st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=30), min_size=1, max_size=6)


@pytest.mark.parametrize("make", [lambda: Marks(41), Sorted])
@given(chunks=CHUNKS)
@settings(deadline=None)
def test_a_row_is_new_where_no_row_before_had_its_place(make, chunks) -> None:
    remembered, seen = make(), set()
    for chunk in chunks:
        expected = []
        for place in chunk:
            expected.append(place not in seen)
            seen.add(place)
        assert remembered.first_ever(np.array(chunk, np.int64)).tolist() == expected


def test_few_rows_on_a_vast_grid_are_remembered_by_themselves() -> None:
    assert isinstance(first_rows(SMALL, 1), Marks)
    assert isinstance(first_rows(SMALL * 10, SMALL), Marks)
    assert isinstance(first_rows(10**12, 1000), Sorted)
