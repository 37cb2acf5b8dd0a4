"""Arrays that may be larger than memory."""

from __future__ import annotations

import mmap
import tempfile
from pathlib import Path

import numpy as np
import pytest

from engine.errors import OutputError
from engine.execution import scratch


@pytest.mark.parametrize("limit", [0, 1 << 30])
@pytest.mark.parametrize("fill", [np.nan, 0.0, 1.5])
def test_what_was_written_is_there_after_its_memory_was_given_back(
    limit: int, fill: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "IN_MEMORY_BYTES", limit)
    array = scratch.allocate((50, 3000), fill)
    np.testing.assert_array_equal(array, np.full((50, 3000), fill, np.float32))
    array[7:9] = 4.0
    scratch.release([array[7:9]])
    assert (array[7:9] == 4.0).all()
    np.testing.assert_array_equal(array[9:], np.full((41, 3000), fill, np.float32))


def test_a_large_array_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    array = scratch.allocate((4, 4), 0.0)
    assert isinstance(array.base, mmap.mmap)
    del array
    assert not list(tmp_path.iterdir())


def test_no_room_is_said_with_folder_and_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(OutputError, match="gone"):
        scratch.allocate((1000, 1000), 0.0)
