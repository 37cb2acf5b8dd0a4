"""A workbook that cannot be opened is left closed: elsewhere it could not be renamed or deleted."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import openpyxl
import pytest

from engine import io
from engine.errors import InputError
from engine.io import book
from engine.io.peek import peek

OPEN_FILES = Path("/proc/self/fd")


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A workbook whose list of contents is cut in the middle."""
    whole, path = tmp_path / "whole.xlsx", tmp_path / "damaged.xlsx"
    made = openpyxl.Workbook()
    for row in (("time", "cell", "calls"), ("2024-03-01 00:00", "A", 1), ("2024-03-01 01:00", "A", 2)):
        made.active.append(row)
    made.save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content[: len(content) // 2] if name == "[Content_Types].xml" else content)
    return path


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="only Linux lists the open files of a process there")
def test_a_damaged_workbook_is_closed_at_once(damaged: Path) -> None:
    with pytest.raises(InputError) as told, book.opened(peek(damaged)):
        pass
    assert told.tb  # it still refers to all that the error went through
    assert str(damaged) not in [os.path.realpath(number) for number in OPEN_FILES.iterdir()]


def test_a_damaged_workbook_is_refused_with_its_name(damaged: Path) -> None:
    with pytest.raises(InputError) as refused:
        io.load([damaged])
    assert refused.value.reason.code == "workbook_damaged"
    assert "damaged.xlsx" in str(refused.value)


@pytest.mark.parametrize("suffix", [".xlsx", ".zip"])
def test_a_container_of_an_unknown_version_is_refused_as_damaged(damaged: Path, suffix: str) -> None:
    content = bytearray(damaged.read_bytes())
    at = content.rindex(b"PK\x01\x02")
    content[at + 6] = 255  # the version that is needed to unpack the last member
    path = damaged.with_suffix(suffix)
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        io.load([path])
    assert refused.value.reason.code == "zip_damaged"
