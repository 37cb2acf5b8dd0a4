"""A file whose rows have no date: refused, with a button that judges the rows one by one into a folder."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.__main__ import main
from engine.io import LoadOptions
from engine.text import tell
from gui.dialogs.import_dialog import ImportDialog
from gui.job import running
from gui.main_window import MainWindow


@pytest.fixture
def undated(tmp_path: Path) -> Path:
    rng = np.random.default_rng(7)
    rows = [
        f"{h}:{q:02},{s}{c},{rng.normal(40 if s > 6 else 10, 2):.2f},{rng.normal(5, 1):.2f}"
        for s in range(1, 9)
        for c in "AB"
        for h in range(12)
        for q in (0, 30)
    ]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(["Time,CellName,load,rate", *rows]) + "\n")
    return path


def offered(window: MainWindow, qtbot: QtBot, path: Path) -> QFileDialog:
    """What the button of the banner asks once the file was refused."""
    window.open([path])
    qtbot.waitUntil(lambda: "no date" in window.banner.text and window.desk.idle, timeout=20_000)
    (button,) = [b for b in window.banner.offers if b.text() == tell("rows_offer")]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    (dialog,) = window.findChildren(QFileDialog)
    return dialog


def test_rows_are_judged_into_the_folder_as_the_command_does(
    window: MainWindow, undated: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = offered(window, qtbot, undated)
    dialog.fileSelected.emit(str(tmp_path / "window"))
    dialog.close()
    qtbot.waitUntil(lambda: str(tmp_path / "window") in window.banner.text and window.desk.idle, timeout=60_000)
    assert "384 rows of 16 cells" in window.banner.text
    assert all(note in window.banner.text for note in json.loads((tmp_path / "window/rows.json").read_text())["notes"])
    assert main(["rows", str(undated), "--out", str(tmp_path / "command")]) == 0
    for name in ("rows.csv", "associations.csv", "rows.json"):
        assert (tmp_path / "window" / name).read_bytes() == (tmp_path / "command" / name).read_bytes()
    with (tmp_path / "window/rows.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 384
    assert window.state.panel is None


def test_rows_are_judged_as_is_said_in_the_preview_and_so_the_next_time(
    window: MainWindow, undated: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window.asking.preview([undated])
    (wizard,) = window.findChildren(ImportDialog)
    qtbot.waitUntil(lambda: wizard.seen is not None and wizard.idle, timeout=20_000)
    assert wizard.rows.isVisible()
    assert not wizard.go.isEnabled()
    wizard.given.show_options(LoadOptions(kpis=("rate",)))
    qtbot.mouseClick(wizard.rows, Qt.MouseButton.LeftButton)
    (dialog,) = window.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "said"))
    dialog.close()
    qtbot.waitUntil(lambda: str(tmp_path / "said") in window.banner.text and window.desk.idle, timeout=60_000)
    assert "load" not in (tmp_path / "said/rows.csv").read_text().splitlines()[0]
    again = offered(window, qtbot, undated)
    again.fileSelected.emit(str(tmp_path / "again"))
    again.close()
    qtbot.waitUntil(lambda: str(tmp_path / "again") in window.banner.text and window.desk.idle, timeout=60_000)
    assert (tmp_path / "again/rows.csv").read_bytes() == (tmp_path / "said/rows.csv").read_bytes()


def test_a_cancel_writes_nothing(window: MainWindow, undated: Path, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = offered(window, qtbot, undated)
    dialog.fileSelected.emit(str(tmp_path / "out"))
    dialog.close()
    assert window.desk.busy
    assert window.banner.text == ""
    window.actions_by_id["cancel"].trigger()
    qtbot.waitUntil(lambda: window.desk.idle and not running(), timeout=20_000)
    assert sorted((tmp_path / "out").rglob("*")) == []
    assert window.banner.text == ""


def test_another_refusal_offers_no_judging(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3,4\n")
    window.open([tmp_path / "a.csv"])
    qtbot.waitUntil(lambda: "no column of time stamps" in window.banner.text, timeout=20_000)
    assert [b.text() for b in window.banner.offers] == [tell("problem_look")]
