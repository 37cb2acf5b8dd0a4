"""Files that are pieces of one series, by their names and in time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.io import Loaded, load
from engine.io.pieces import Kind, named
from tests.engine.io.loaded import codes


@pytest.mark.parametrize(
    ("name", "whole", "kind"),
    [
        ("train_X", "X", Kind.SAID),
        ("X-test", "X", Kind.SAID),
        ("validation", "", Kind.SAID),
        ("kpi_2024-01", "kpi", Kind.SAID),
        ("kpi_20240131", "kpi", Kind.SAID),
        ("kpi_20240101_1200", "kpi", Kind.SAID),
        ("kpi 2024-01-01_2024-01-07", "kpi", Kind.SAID),
        ("kpi_31.12.2023", "kpi", Kind.SAID),
        ("kpi_2024-W05", "kpi", Kind.SAID),
        ("traffic_March2014", "traffic", Kind.SAID),
        ("train_cell_113", "cell_113", Kind.SAID),
        ("X_part2of3", "X", Kind.COUNTED),
        ("day07_X", "X", Kind.COUNTED),
        ("series_0001", "series", Kind.NUMBER),
    ],
)
def test_what_a_name_says(name: str, whole: str, kind: Kind) -> None:
    told = named(name)
    assert told is not None
    assert (told.whole, told.kind) == (whole, kind)


@pytest.mark.parametrize("name", ["X", "machine-1-1", "cell_12", "Cell000113", "market_a", "mayor", "latest", "trains"])
def test_other_names_are_of_no_piece(name: str) -> None:
    assert named(name) is None


def write(folder: Path, name: str, start: str, hours: int = 48, step: int = 1) -> Path:
    path = folder / f"{name}.csv"
    path.parent.mkdir(exist_ok=True)
    times = np.datetime64(start, "m") + 60 * step * np.arange(hours)
    path.write_text("time,calls\n" + "".join(f"{t},{100 + k % 24}\n" for k, t in enumerate(times)))
    return path


def cells(loaded: Loaded) -> list[str]:
    return [cell.id for cell in loaded.panel.cells]


def read(folder: Path, *files: Sequence[str]) -> Loaded:
    for name, start in files:
        write(folder, name, start)
    return load([folder])


def test_files_that_follow_each_other_are_one_series_and_a_note_says_so(tmp_path: Path) -> None:
    loaded = read(tmp_path, ("train_X", "2024-01-01"), ("test_X", "2024-01-03"))
    assert cells(loaded) == ["X"]
    assert loaded.panel.shape == (1, 96)
    assert np.isfinite(loaded.panel.values["calls"]).all()
    assert loaded.quality.clock_jumps == 0
    (note,) = [n for n in loaded.quality.notes if n.code == "files_are_pieces"]
    assert note.params == {"files": "train_X, test_X", "count": 2, "cell": "X"}


def test_a_gap_between_pieces_stays_one(tmp_path: Path) -> None:
    loaded = read(tmp_path, ("kpi_2024-01", "2024-01-01"), ("kpi_2024-02", "2024-02-01"))
    assert cells(loaded) == ["kpi"]
    assert loaded.panel.shape[1] == 33 * 24


def test_files_that_overlap_are_cells_of_their_own_and_a_note_says_so(tmp_path: Path) -> None:
    loaded = read(tmp_path, ("train_X", "2024-01-01"), ("test_X", "2024-01-02T23:00"))
    assert sorted(cells(loaded)) == ["test_X", "train_X"]
    assert "files_not_pieces" in codes(loaded)


def test_two_series_in_two_pieces_are_two_cells(tmp_path: Path) -> None:
    files = [(f"{use}_{x}", start) for x in "XY" for use, start in (("train", "2024-01-01"), ("test", "2024-01-03"))]
    assert sorted(cells(read(tmp_path, *files))) == ["X", "Y"]


def test_a_file_called_as_the_whole_is_its_first_piece(tmp_path: Path) -> None:
    assert cells(read(tmp_path, ("ElBorn", "2024-01-01"), ("ElBorn_test", "2024-01-05"))) == ["ElBorn"]


def test_folders_tell_pieces_apart_as_names_do(tmp_path: Path) -> None:
    files = [(f"{use}/m{n}", start) for n in (1, 2) for use, start in (("train", "2024-01-01"), ("test", "2024-01-03"))]
    assert sorted(cells(read(tmp_path, *files))) == ["m1", "m2"]


def test_names_of_nothing_but_pieces_are_of_the_network(tmp_path: Path) -> None:
    assert cells(read(tmp_path, ("train", "2024-01-01"), ("test", "2024-01-03"))) == ["network"]


def test_parts_must_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    loaded = read(tmp_path, ("X_part1", "2024-01-03"), ("X_part2", "2024-01-01"))
    assert sorted(cells(loaded)) == ["X_part1", "X_part2"]
    assert "files_not_pieces" in codes(loaded)


def test_mere_numbers_are_pieces_only_where_each_goes_on_where_the_last_ended(tmp_path: Path) -> None:
    close = read(tmp_path / "close", ("a_001", "2024-01-01"), ("a_002", "2024-01-03"), ("a_003", "2024-01-05"))
    assert cells(close) == ["a"]
    apart = read(tmp_path / "apart", ("a_001", "2024-01-01"), ("a_002", "2024-01-09"))
    assert sorted(cells(apart)) == ["a_001", "a_002"]
    assert not {"files_are_pieces", "files_not_pieces"} & {*codes(apart)}


def test_cells_that_are_measured_side_by_side_stay_cells(tmp_path: Path) -> None:
    loaded = read(tmp_path, ("site_001", "2024-01-01"), ("site_002", "2024-01-01"))
    assert sorted(cells(loaded)) == ["site_001", "site_002"]
    assert "files_not_pieces" not in codes(loaded)


def test_labels_in_one_of_the_pieces_do_not_keep_them_apart(tmp_path: Path) -> None:
    write(tmp_path, "test_X", "2024-01-03")
    train = write(tmp_path, "train_X", "2024-01-01")
    lines = train.read_text().splitlines()
    train.write_text("\n".join([f"{lines[0]},label", *(f"{line},0" for line in lines[1:])]) + "\n")
    assert cells(load([tmp_path])) == ["X"]
