"""The import wizard survives whatever is wrong with files, and what was said is found again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.io import LoadOptions
from gui.dialogs.import_dialog import ImportDialog
from gui.main_window import MainWindow


@pytest.fixture
def ambiguous(tmp_path: Path) -> Path:
    path = tmp_path / "ambiguous.csv"
    rows = [f"0{d}/0{m}/2024 {h:02}:00,A,{h},2" for m in (1, 2) for d in (1, 2) for h in range(24)]
    path.write_text("\n".join(["time,cell,calls,drops", *rows]) + "\n")
    return path


@pytest.fixture
def show(qtbot: QtBot) -> Callable[[Path], ImportDialog]:
    def make(path: Path) -> ImportDialog:
        dialog = ImportDialog([path], LoadOptions())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(dialog)
        dialog.open()
        rest(dialog, qtbot)
        return dialog

    return make


def rest(dialog: ImportDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: dialog._job is None and not dialog._due.isActive(), timeout=20_000)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("header.csv", b"time,cell,calls\n"),
        ("noise.bin", bytes(range(256)) * 8),
        ("broken.xlsx", b"PK\x03\x04 nothing"),
        ("no_time.csv", b"a,b\n1,2\n3,4\n"),
    ],
)
def test_every_error_keeps_the_dialog(show, tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    dialog = show(path)
    assert dialog.isVisible()
    assert dialog.problem.text()
    assert not dialog.go.isEnabled()
    dialog.reject()


def test_an_answer_solves_the_question_and_the_files_are_loaded(show, ambiguous: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    assert "day or the month" in dialog.problem.text()
    dialog.dates.setCurrentIndex(dialog.dates.findData(True))
    rest(dialog, qtbot)
    assert not dialog.problem.text()
    assert "96 of 96 rows" in dialog.effect.text()
    with qtbot.waitSignal(dialog.imported, timeout=20_000) as loaded:
        dialog.go.click()
    assert loaded.args[0].quality.rows_kept == 96
    assert not dialog.isVisible()


def test_an_unknown_zone_is_told_and_can_be_put_right(show, ambiguous: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    dialog.dates.setCurrentIndex(dialog.dates.findData(False))
    dialog.zone.setCurrentText("Mars/Olympus")
    rest(dialog, qtbot)
    assert "Mars/Olympus" in dialog.problem.text()
    dialog.zone.setCurrentText("Asia/Tehran")
    rest(dialog, qtbot)
    assert not dialog.problem.text()
    assert "Asia/Tehran" in dialog.effect.text()
    dialog.reject()


def test_a_file_that_goes_away_before_the_import_keeps_the_dialog(show, ambiguous: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    dialog.dates.setCurrentIndex(dialog.dates.findData(True))
    rest(dialog, qtbot)
    ambiguous.unlink()
    dialog.go.click()
    rest(dialog, qtbot)
    assert dialog.isVisible()
    assert "no file" in dialog.problem.text()
    dialog.reject()


def test_kpis_and_roles_can_be_chosen(show, ambiguous: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    dialog.dates.setCurrentIndex(dialog.dates.findData(True))
    rest(dialog, qtbot)
    dialog.kpis.item(1).setCheckState(Qt.CheckState.Unchecked)
    rest(dialog, qtbot)
    assert dialog.options.kpis == ("calls",)
    assert dialog.table.cellWidget(0, 3).currentData() == ""
    dialog._assigned(3, "value")
    rest(dialog, qtbot)
    assert dialog.options.kpis == ()
    dialog.reject()


def test_what_was_said_is_found_again_by_open(window: MainWindow, show, ambiguous: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    dialog.dates.setCurrentIndex(dialog.dates.findData(True))
    rest(dialog, qtbot)
    with qtbot.waitSignal(dialog.imported, timeout=20_000):
        dialog.go.click()
    with qtbot.waitSignal(window.desk.settled, timeout=60_000, check_params_cb=lambda: window.desk.idle):
        window.open([ambiguous])
    assert window.state.source is not None
    assert "last time" in window.banner.text
    assert window.state.source.quality.notes[0].code == "mapping_found"
