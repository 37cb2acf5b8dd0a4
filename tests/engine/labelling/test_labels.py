"""Labels as intervals: read, refused with line and value, spread over a grid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.data import Cell, Kpi, Panel
from engine.errors import InputError
from engine.labelling.labels import (
    Interval,
    aligned,
    is_interval_file,
    read_intervals,
    read_labels,
    spread,
    write_intervals,
)
from engine.monitor import Monitor

HEADER = "cell,kpi,start_utc,end_utc,kind\n"
HOURS = np.datetime64("2024-03-01T00:00", "s") + np.arange(6) * np.timedelta64(3600, "s")


def panel(cells: tuple[str, ...], kpis: tuple[str, ...], times: np.ndarray = HOURS) -> Panel:
    values = np.zeros((len(cells), len(times)), np.float32)
    return Panel(
        times,
        3600,
        "UTC",
        tuple(Cell(c) for c in cells),
        tuple(Kpi(k) for k in kpis),
        dict.fromkeys(kpis, values),
        dict.fromkeys(kpis, values.astype(np.uint8)),
    )


def test_every_period_an_interval_overlaps_is_labelled(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(HEADER + "a,calls,2024-03-01T01:30:00Z,2024-03-01T03:00:00Z,outage\n")
    labels = read_labels(path, panel(("a", "b"), ("calls",)), Monitor())
    np.testing.assert_array_equal(labels["calls"], [[0, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0]])


def test_a_star_means_every_cell_and_kpi() -> None:
    everywhere = Interval("*", "*", HOURS[0], HOURS[1], "area")
    labels = spread([everywhere], ["a", "b"], ["x", "y"], HOURS, 3600)
    assert all((of_kpi[:, 0] == 1).all() and not of_kpi[:, 1:].any() for of_kpi in labels.values())


def test_missing_is_not_to_be_judged() -> None:
    labels = spread([Interval("a", "x", HOURS[0], HOURS[2], "missing")], ["a"], ["x"], HOURS, 3600)
    np.testing.assert_array_equal(labels["x"], [[-1, -1, 0, 0, 0, 0]])


def test_names_that_a_spreadsheet_would_run_are_guarded_and_come_back(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    names = ('=HYPERLINK("http://x")', "C1;=cmd", "'=1", "-x", "-5", "＝1", "'x")
    intervals = tuple(Interval(name, name, HOURS[0], HOURS[2], name) for name in names)
    write_intervals(path, intervals)
    assert not [line for line in path.read_text("utf-8").splitlines() if line.lstrip('"').startswith(("=", "-x", "＝"))]
    assert read_intervals(path) == intervals


def test_written_intervals_read_back(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    intervals = (Interval("a, b", "x", HOURS[0], HOURS[2], "surge"), Interval("c", "y", HOURS[3], HOURS[4], ""))
    write_intervals(path, intervals)
    assert is_interval_file(path)
    assert read_intervals(path) == intervals


@pytest.mark.parametrize(
    "row", ["a,x,yesterday,2024-03-01T01:00:00Z,k", "a,x,2024-03-01T02:00:00Z,2024-03-01T02:00:00Z,k", "a,x"]
)
def test_a_row_that_is_no_span_is_refused_with_its_line(tmp_path: Path, row: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(HEADER + "a,x,2024-03-01T00:00:00Z,2024-03-01T01:00:00Z,k\n" + row + "\n")
    with pytest.raises(InputError, match=r"labels\.csv, line 3"):
        read_intervals(path)


@pytest.mark.parametrize("content", [HEADER.encode(), b"\xff\xfe\x00bad"])
def test_a_file_without_labels_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"labels\.csv"):
        read_intervals(path)


def test_labels_of_other_cells_are_refused_instead_of_ignored() -> None:
    with pytest.raises(InputError, match="None of the 1 label "):
        spread([Interval("zz", "x", HOURS[0], HOURS[1], "k")], ["a"], ["x"], HOURS, 3600)


def test_labels_of_another_panel_are_matched_by_cell_and_time() -> None:
    source, target = panel(("b", "a"), ("x",)), panel(("a", "c"), ("x",), HOURS[2:] + np.timedelta64(0, "s"))
    moved = aligned({"x": np.array([[0] * 6, [0, 0, 1, 1, 0, -1]], np.int8)}, source, target)
    np.testing.assert_array_equal(moved["x"], [[1, 1, 0, -1], [-1, -1, -1, -1]])


def test_a_file_that_calls_something_normal_says_nothing_of_the_rest() -> None:
    spans = [Interval("a", "x", HOURS[0], HOURS[1], "outage"), Interval("a", "x", HOURS[2], HOURS[4], "normal")]
    labels = spread(spans, ["a"], ["x"], HOURS, 3600)
    np.testing.assert_array_equal(labels["x"], [[1, -1, 0, 0, -1, -1]])
