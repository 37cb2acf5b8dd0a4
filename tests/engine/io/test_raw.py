"""Folders, archives and several files at once, as they are dropped on the window."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from engine.errors import InputError
from engine.io import load
from engine.io.milan import MilanRaw
from tests.engine.io.loaded import DATA, same, values


def test_a_folder_is_its_files_and_says_what_it_left_out(tmp_path: Path) -> None:
    for day in (1, 2):
        (tmp_path / f"day{day}.csv").write_text(
            f"time,cell,calls\n2024-03-0{day} 00:00,A,1\n2024-03-0{day} 01:00,A,2\n"
        )
    (tmp_path / "README.md").write_text("# Measurements\n")
    (tmp_path / ".hidden.csv").write_text("junk")
    loaded = load([tmp_path])
    assert loaded.panel.shape == (1, 26)
    (note,) = [n for n in loaded.quality.notes if n.code == "files_left_out"]
    assert note.params["files"] == "README.md"


def test_an_archive_is_its_files_without_the_junk(tmp_path: Path) -> None:
    archive = tmp_path / "drive.zip"
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("b.csv", "timestamp,value\n1469376000,3\n1469376300,4\n")
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("set/a.csv", "timestamp,value\n1469376000,1\n1469376300,2\n")
        file.writestr("__MACOSX/set/._a.csv", b"\x00\x05\x16\x07")
        file.writestr("set/.DS_Store", b"\x00\x00\x00\x01Bud1")
        file.writestr("../../escape.txt", "outside")
        file.write(inner, "set/inner.zip")
    loaded = load([archive])
    assert [c.id for c in loaded.panel.cells] == ["a", "b"]
    same(values(loaded, "value"), [[1, 2], [3, 4]])
    assert not list(tmp_path.parent.glob("escape.txt"))


def test_files_of_the_same_name_in_two_folders_are_two_cells(tmp_path: Path) -> None:
    for site in ("north", "south"):
        (tmp_path / site).mkdir()
        (tmp_path / site / "kpi.csv").write_text("timestamp,value\n1469376000,1\n1469376300,2\n")
    assert [c.id for c in load([tmp_path]).panel.cells] == ["kpi", "south/kpi"]


def test_one_file_decides_the_order_of_day_and_month_for_all(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("DateTime,Traffic\n3/4/2024 0:00,1\n3/4/2024 1:00,2\n")
    (tmp_path / "b.csv").write_text("DateTime,Traffic\n3/13/2024 0:00,1\n3/13/2024 1:00,2\n")
    loaded = load([tmp_path])
    assert loaded.panel.times[0] == np.datetime64("2024-03-04", "s")


def test_a_row_far_down_decides_the_order_of_day_and_month(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    lines = [
        f"{d}/4/2024 {h:02}:{m:02}:{s:02},1"
        for d in (1, 2)
        for h in range(24)
        for m in range(60)
        for s in range(0, 60, 15)
    ]
    path.write_text("time,value\n" + "\n".join([*lines, "13/4/2024 00:00:00,1"]) + "\n")
    loaded = load([path])
    assert loaded.panel.times[0] == np.datetime64("2024-04-01", "s")


def test_what_is_said_of_many_files_is_said_once(tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / f"day{day}.csv").write_text(
            f"time,cell,operator,calls\n2024-03-0{day} 00:00,A,acme,1\n2024-03-0{day} 01:00,A,acme,2\n"
        )
    (note,) = [n for n in load([tmp_path]).quality.notes if n.code == "columns_ignored"]
    assert note.params == {"file": "day1.csv (and 4 more files)", "columns": "operator"}


def test_mixed_formats_are_refused_with_what_was_found(tmp_path: Path) -> None:
    shutil.copy(DATA / "long.csv", tmp_path)
    shutil.copy(DATA / "milan_raw.txt", tmp_path)
    with pytest.raises(InputError) as caught:
        load([tmp_path])
    assert caught.value.reason.code == "mixed_formats"
    assert "a row per cell and time (long.csv)" in str(caught.value)
    assert f"{MilanRaw.label} (milan_raw.txt)" in str(caught.value)
    assert "csv-long" not in str(caught.value)
