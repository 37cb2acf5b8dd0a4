"""A later file without a column of cells goes on with the series that it is a piece of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.continuation.later import Later, add_files
from engine.io import Loaded, load
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
