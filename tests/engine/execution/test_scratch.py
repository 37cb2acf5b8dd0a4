"""Arrays that may be larger than memory."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from engine.errors import OutputError
from engine.execution import arrays, scratch
from engine.execution.mapping import Mapping

ROOT = Path(__file__).resolve().parents[3]


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
    assert isinstance(array.base.base, Mapping)
    del array
    assert not list(tmp_path.iterdir())


def test_no_room_is_said_with_folder_and_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(OutputError, match="gone"):
        scratch.allocate((1000, 1000), 0.0)


def test_an_array_stays_where_it_is_while_any_part_of_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "IN_MEMORY_BYTES", 0)
    whole = scratch.allocate_of(np.int16, (30, 5000), 7)
    part = whole.reshape(-1).view(np.uint16)[5000:]
    del whole
    others = [scratch.allocate((30, 5000), 1.0) for _ in range(20)]
    del others
    assert (part == 7).all()


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts what the system says is open")
def test_large_arrays_keep_no_file_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "IN_MEMORY_BYTES", 0)
    before = open_files()
    held = [scratch.allocate((4, 4), 1.0) for _ in range(50)]
    assert open_files() == before
    assert all((array == 1.0).all() for array in held)


OUT_OF_FILES = """
import resource
from engine.errors import OutputError
from engine.execution import scratch

scratch.allocate((1000, 1000), 0.0)
resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))
held = []
try:
    while True:
        held.append(open("/dev/null"))
except OSError:
    pass
try:
    scratch.allocate((1000, 1000), 0.0)
except OutputError as error:
    print(error.reason.code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits are those of POSIX")
def test_too_many_open_files_are_not_called_a_full_disk() -> None:
    done = subprocess.run(
        [sys.executable, "-c", OUT_OF_FILES], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["scratch_files"]


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="tells a full disk by the system's own call")
def test_a_large_panel_takes_its_room_before_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int, offset: int, length: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(arrays, "MAPPED_BYTES", 0)
    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(OutputError, match="No space left"):
        arrays.unknown(2, (1000, 1000))


def test_room_is_taken_by_zeros_where_the_system_has_no_call_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    with tempfile.TemporaryFile() as file:
        scratch._reserve(file.fileno(), 3_000_001)
        assert os.fstat(file.fileno()).st_size == 3_000_001
        if sys.platform != "win32":
            assert os.fstat(file.fileno()).st_blocks * 512 >= 3_000_001
