"""A KPI dictionary for the open data: its ratios are worked out, also of later files, and the data judged again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.data import KpiKind
from gui.main_window import MainWindow
from gui.said.reviews import Place, Review


def write(path: Path, days: range) -> Path:
    rows = [f"2024-03-{d:02}T{h:02}:00Z,{c},{d},{d + h + 1}" for d in days for h in range(24) for c in ("c1", "c2")]
    path.write_text("\n".join(["time,cell,drops,calls", *rows]) + "\n")
    return path


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    window.open([write(tmp_path / "kpi.csv", range(1, 4))])
    qtbot.waitUntil(lambda: window.state.result is not None and window.desk.idle, timeout=60_000)
    return window


def ratios(window: MainWindow, name: str) -> tuple[list[float], int]:
    """The values that are not the quotient of their parts, and how many there are in all."""
    panel = window.state.panel
    assert panel is not None
    found, calls = panel.values[name], panel.values["calls"]
    wrong = ~np.isclose(found, 100 * panel.values["drops"] / calls)
    return found[wrong].tolist(), found.size


def test_ratios_are_worked_out_and_judged_and_later_files_have_them_too(
    opened: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    table, before = tmp_path / "kpis.csv", opened.state.result
    table.write_text("kpi;unit;bad;numerator;denominator\ndrop_rate;%;up;drops;calls\ncalls;;down;;\n")
    opened.state.reviews.tag(Place(1, "calls", 3, 5), "fault")
    opened.desk.keeper.keep_in(None)
    opened.actions_by_id["kpi_table"].trigger()
    (asked,) = opened.findChildren(QFileDialog)
    asked.filesSelected.emit([str(table)])
    asked.close()
    qtbot.waitUntil(lambda: opened.state.result not in (None, before) and opened.desk.idle, timeout=60_000)
    assert "1 of 2 KPIs" in opened.banner.text
    assert "drop_rate" in opened.banner.text
    assert opened.state.panel is not None
    assert [k.kind for k in opened.state.panel.kpis if k.id == "drop_rate"] == [KpiKind.RATIO]
    assert ratios(opened, "drop_rate") == ([], 2 * 72)
    assert opened.state.reviews.of([Place(1, "calls", 3, 5)]) == Review("fault")
    before = opened.state.result
    opened.desk.add_later([write(tmp_path / "later.csv", range(4, 5))])
    qtbot.waitUntil(lambda: opened.state.result not in (None, before) and opened.desk.idle, timeout=60_000)
    assert ratios(opened, "drop_rate") == ([], 2 * 96)


def test_a_saved_project_that_is_opened_again_makes_the_ratios_of_later_files_too(
    opened: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "kpis.csv").write_text("kpi;unit;bad;numerator;denominator\ndrop_rate;%;up;drops;calls\n")
    before, kept = opened.state.result, tmp_path / "kept.cellwarden"
    opened.desk.take_kpis(tmp_path / "kpis.csv")
    qtbot.waitUntil(lambda: opened.state.result not in (None, before) and opened.desk.idle, timeout=60_000)
    opened.desk.save(kept)
    qtbot.waitUntil(lambda: kept.exists() and opened.desk.idle, timeout=60_000)
    before = opened.state.result
    opened.open([kept])
    qtbot.waitUntil(lambda: opened.state.result not in (None, before) and opened.desk.idle, timeout=60_000)
    before = opened.state.result
    opened.desk.add_later([write(tmp_path / "later.csv", range(4, 5))])
    qtbot.waitUntil(lambda: opened.state.result not in (None, before) and opened.desk.idle, timeout=60_000)
    assert ratios(opened, "drop_rate") == ([], 2 * 96)


@pytest.mark.parametrize(
    ("text", "told"),
    [("kpi,kind\ncalls,sometimes\n", "line 2"), ("kpi,unit\nthroughput,Mbps\n", "none of the open KPIs")],
)
def test_a_dictionary_that_cannot_be_used_leaves_everything(
    opened: MainWindow, tmp_path: Path, qtbot: QtBot, text: str, told: str
) -> None:
    (tmp_path / "bad.csv").write_text(text)
    before = opened.state.result
    opened.desk.take_kpis(tmp_path / "bad.csv")
    qtbot.waitUntil(lambda: told in opened.banner.text and opened.desk.idle, timeout=20_000)
    assert opened.state.result is before


def test_there_is_no_dictionary_to_give_before_there_are_data(window: MainWindow) -> None:
    assert not window.actions_by_id["kpi_table"].isEnabled()
