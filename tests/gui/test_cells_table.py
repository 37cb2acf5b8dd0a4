"""A cell reference table for the open data: by the menu, or simply opened, with what it lacks told both ways."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.said.reviews import Place, Review


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    rows = [f"2024-03-{d:02}T{h:02}:00Z,{c},{d + h}" for d in range(1, 4) for h in range(24) for c in ("c1", "c2")]
    (tmp_path / "kpi.csv").write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    window.open([tmp_path / "kpi.csv"])
    qtbot.waitUntil(lambda: window.state.result is not None and window.desk.idle, timeout=60_000)
    return window


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "cells.csv"
    path.write_text("cell,name,site,lat,lon\nc1,North 1,N,45.1,9.1\nc9,South 9,S,45.0,9.0\n")
    return path


@pytest.mark.parametrize("way", ["menu", "open"])
def test_cells_get_their_names_and_what_is_unmatched_is_told(
    opened: MainWindow, table: Path, qtbot: QtBot, way: str
) -> None:
    before = opened.state.result
    opened.state.reviews.tag(Place(1, "calls", 3, 5), "fault")
    opened.desk.keeper.keep_in(None)
    if way == "menu":
        opened.desk.join_cells(table)
    else:
        opened.desk.open([table])
    qtbot.waitUntil(lambda: opened.state.result not in (None, before) and opened.desk.idle, timeout=60_000)
    assert opened.state.panel is not None
    assert [cell.name for cell in opened.state.panel.cells] == ["North 1", ""]
    assert opened.state.source is not None
    report = opened.state.source.quality
    assert (report.unknown_cells, report.unused_cells) == (("c2",), ("c9",))
    assert "1 of 2 cells" in opened.banner.text
    assert opened.state.reviews.of([Place(1, "calls", 3, 5)]) == Review("fault")


def test_a_table_that_cannot_be_used_leaves_everything(opened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "bad.csv").write_text("cell,lat\nc1,95\n")
    before = opened.state.result
    opened.desk.join_cells(tmp_path / "bad.csv")
    qtbot.waitUntil(lambda: bool(opened.banner.text) and opened.desk.idle, timeout=20_000)
    assert "line 2" in opened.banner.text
    assert opened.state.result is before


def test_without_data_a_cell_table_is_refused_with_the_reason(window: MainWindow, table: Path, qtbot: QtBot) -> None:
    window.open([table])
    qtbot.waitUntil(lambda: "cell reference table" in window.banner.text, timeout=20_000)
    assert window.state.panel is None
