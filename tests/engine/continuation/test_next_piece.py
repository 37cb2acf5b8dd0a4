"""A later file without a column of cells goes on with the series that it is a piece of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.continuation.later import Later, add_files
from engine.errors import InputError
from engine.io import Loaded, load
from engine.text import say
from tests.engine.io.test_pieces import write


def later(first: Loaded, path: Path) -> Later:
    return add_files(first.panel, first.quality, None, [path])


def cells(found: Later) -> list[str]:
    return [cell.id for cell in found.appended.panel.cells]


@pytest.mark.parametrize(
    ("before", "after"), [("kpi_2024-01-01", "kpi_2024-01-03"), ("X", "X_test"), ("X_part1", "X_part2"), ("a_01", "")]
)
def test_the_next_piece_goes_on_with_the_series(tmp_path: Path, before: str, after: str) -> None:
    first = load([write(tmp_path, before, "2024-01-01")])
    found = later(first, write(tmp_path, after or "b_01", "2024-01-03"))
    assert cells(found) == ([before] if after else ["a_01", "b_01"])
    assert any(n.code == "files_are_pieces" for n in found.quality.notes) is bool(after)
    assert found.appended.panel.shape == (1 if after else 2, 96)


def test_the_same_piece_again_changes_nothing(tmp_path: Path) -> None:
    first = load([write(tmp_path, "kpi_2024-01-01", "2024-01-01")])
    path = write(tmp_path, "kpi_2024-01-03", "2024-01-03")
    once = later(first, path)
    twice = add_files(once.appended.panel, once.quality, None, [path])
    assert not twice.changes
    assert cells(twice) == ["kpi_2024-01-01"]


def test_a_file_that_says_something_else_of_the_same_time_is_another_cell(tmp_path: Path) -> None:
    first = load([write(tmp_path, "train_X", "2024-01-01")])
    other = write(tmp_path, "test_X", "2024-01-02T05:00")
    assert cells(later(first, other)) == ["train_X", "test_X"]


def test_pieces_that_were_joined_go_on_as_well(tmp_path: Path) -> None:
    folder = tmp_path / "first"
    write(folder, "kpi_2024-01-01", "2024-01-01")
    write(folder, "kpi_2024-01-03", "2024-01-03")
    first = load([folder])
    assert [cell.id for cell in first.panel.cells] == ["kpi"]
    found = later(first, write(tmp_path, "kpi_2024-01-05", "2024-01-05"))
    assert cells(found) == ["kpi"]
    assert np.isfinite(found.appended.panel.values["calls"]).all()


def joined(folder: Path) -> Loaded:
    write(folder, "train_X", "2024-01-01")
    write(folder, "test_X", "2024-01-03")
    first = load([folder])
    assert [cell.id for cell in first.panel.cells] == ["X"]
    return first


@pytest.mark.parametrize("name", ["test_X", "test_X (1)", "test_X_corrected", "test_X-v2", "X_2024-01"])
def test_a_corrected_copy_of_a_piece_replaces_what_it_tells_and_is_no_cell(tmp_path: Path, name: str) -> None:
    first = joined(tmp_path / "first")
    copy = write(tmp_path, name, "2024-01-03")
    lines = copy.read_text().splitlines()
    lines[5] = lines[5].rsplit(",", 1)[0] + ",987654"
    copy.write_text("\n".join(lines) + "\n")
    found = later(first, copy)
    assert cells(found) == ["X"]
    assert (found.appended.replaced, found.appended.new) == (1, 0)
    assert found.appended.panel.values["calls"][0, 48 + 4] == 987654
    (note,) = [n for n in found.quality.notes if n.code == "file_corrects_piece"]
    assert note.params == {"cell": "X", "file": name}
    again = add_files(found.appended.panel, found.quality, None, [copy])
    assert not again.changes


def test_a_copy_that_goes_on_behind_the_last_piece_corrects_and_adds(tmp_path: Path) -> None:
    first = joined(tmp_path / "first")
    found = later(first, write(tmp_path, "test_X", "2024-01-04"))
    assert cells(found) == ["X"]
    assert (found.appended.new, found.appended.panel.shape) == (24, (1, 120))


def test_a_piece_from_before_a_joined_series_is_put_in_front_of_it(tmp_path: Path) -> None:
    first = joined(tmp_path / "first")
    found = later(first, write(tmp_path, "X_2023-12", "2023-12-30"))
    assert cells(found) == ["X"]
    assert (found.appended.new, found.appended.replaced) == (48, 0)
    assert not [n for n in found.quality.notes if n.code == "file_corrects_piece"]


def test_two_corrections_of_one_time_are_refused_and_named(tmp_path: Path) -> None:
    first = joined(tmp_path / "first")
    both = [write(tmp_path, name, "2024-01-03T05:00") for name in ("test_X", "test_X (1)")]
    with pytest.raises(InputError) as caught:
        add_files(first.panel, first.quality, None, both)
    assert caught.value.reason.code == "pieces_clash"
    assert "test_X (1)" in say(caught.value.reason)


def test_a_mere_number_that_was_no_piece_stays_a_cell(tmp_path: Path) -> None:
    folder = tmp_path / "first"
    write(folder, "X_0001", "2024-01-01")
    write(folder, "X_0002", "2024-01-03")
    first = load([folder])
    assert [cell.id for cell in first.panel.cells] == ["X"]
    assert cells(later(first, write(tmp_path, "X_0007", "2024-01-02T05:00"))) == ["X", "X_0007"]
    assert cells(later(first, write(tmp_path / "again", "X_0002", "2024-01-03T05:00"))) == ["X"]
