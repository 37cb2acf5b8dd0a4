"""A workbook that cannot be opened is left closed: elsewhere it could not be renamed or deleted."""

from __future__ import annotations

import gc
import warnings
import zipfile
from pathlib import Path

import openpyxl
import pytest

from engine import io
from engine.errors import InputError
from engine.io import book


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


def test_a_damaged_workbook_is_closed_at_once(damaged: Path) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with pytest.raises(book.BROKEN), book.opened(damaged):
            pass
        gc.collect()
    assert told == []


def test_a_damaged_workbook_is_refused_with_its_name(damaged: Path) -> None:
    with pytest.raises(InputError) as refused:
        io.load([damaged])
    assert refused.value.reason.code == "workbook_damaged"
    assert "damaged.xlsx" in str(refused.value)
