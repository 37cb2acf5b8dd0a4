"""The import wizard survives whatever is wrong with files, and what was said is found again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QTableWidgetItem
from pytestqt.qtbot import QtBot

from engine.io import LoadOptions
from gui.dialogs.import_dialog import ImportDialog
from gui.main_window import MainWindow


class _Here:
    """A computer whose zone is called otherwise than zones of the network are."""

    @staticmethod
    def systemTimeZoneId() -> QByteArray:
        return QByteArray(b"Etc/UTC")


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
        qtbot.addWidget(dialog)
        dialog.open()
        rest(dialog, qtbot)
        return dialog

    return make


def rest(dialog: ImportDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: dialog.idle and dialog.seen is not None, timeout=20_000)


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
    dialog.given.dates.setCurrentIndex(dialog.given.dates.findData(True))
    rest(dialog, qtbot)
    assert not dialog.problem.text()
    assert "96 of 96 rows" in dialog.effect.text()
    with qtbot.waitSignal(dialog.imported, timeout=20_000) as loaded:
        dialog.go.click()
    assert loaded.args[0].quality.rows_kept == 96
    assert not dialog.isVisible()


def test_dates_that_were_read_as_usual_are_said_and_can_be_read_otherwise(show, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "day.csv"
    rows = [f"03.04.2024 {h:02}:00,{k},north,{h},{k}" for h in range(24) for k in range(2)]
    path.write_text("\n".join(["time,cell,region,calls,hour_of_day", *rows]) + "\n")
    dialog = show(path)
    assert "read as 03 April 2024" in dialog.why.text()
    assert "If 04 March 2024 is meant" in dialog.why.text()
    dialog.given.dates.setCurrentIndex(dialog.given.dates.findData(False))
    rest(dialog, qtbot)
    assert "is meant" not in dialog.why.text()
    with qtbot.waitSignal(dialog.imported, timeout=20_000) as loaded:
        dialog.go.click()
    assert str(loaded.args[0].panel.times[0]) == "2024-03-04T00:00:00"


def test_a_suggested_zone_gives_way_to_what_is_typed(
    show, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "local.csv"
    path.write_text(
        "\n".join(["time,cell,calls", *(f"2024-01-{d:02} {h:02}:00,A,{h}" for d in (1, 2) for h in range(24))])
    )
    monkeypatch.setattr("gui.dialogs.import_dialog.QTimeZone", _Here)
    dialog = show(path)
    qtbot.waitUntil(lambda: dialog.given.zone.currentText() == "Etc/UTC")
    rest(dialog, qtbot)
    field = dialog.given.zone.lineEdit()
    assert field.selectedText() == "Etc/UTC"
    qtbot.keyClicks(field, "Europe/Moscow")
    assert field.text() == "Europe/Moscow"
    rest(dialog, qtbot)
    assert not dialog.problem.text()
    dialog.reject()


def test_a_zone_that_may_have_been_meant_is_a_click_away(show, ambiguous: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    dialog.given.dates.setCurrentIndex(dialog.given.dates.findData(True))
    dialog.given.zone.setCurrentText("Europe/Mosc")
    rest(dialog, qtbot)
    assert "Did you mean" in dialog.problem.text()
    links = {
        dialog.instead.itemAt(i).widget().text(): dialog.instead.itemAt(i).widget()
        for i in range(dialog.instead.count())
    }
    links["Europe/Moscow"].click()
    rest(dialog, qtbot)
    assert not dialog.problem.text()
    assert dialog.instead.count() == 0
    assert dialog.options.zone == "Europe/Moscow"
    dialog.reject()


def test_an_unknown_zone_is_told_and_can_be_put_right(show, ambiguous: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    dialog.given.dates.setCurrentIndex(dialog.given.dates.findData(False))
    dialog.given.zone.setCurrentText("Mars/Olympus")
    rest(dialog, qtbot)
    assert "Mars/Olympus" in dialog.problem.text()
    dialog.given.zone.setCurrentText("Asia/Tehran")
    rest(dialog, qtbot)
    assert not dialog.problem.text()
    assert "Asia/Tehran" in dialog.effect.text()
    dialog.reject()


def test_the_encoding_can_be_said_of_text_that_is_no_utf_8(show, ambiguous: Path, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    assert not dialog.given.encoding.isVisible()
    dialog.reject()
    path = tmp_path / "polish.csv"
    rows = [f"2024-03-01 {h:02}:00,Łódź,{h}\n" for h in range(24)]
    path.write_bytes(("time,cell,calls\n" + "".join(rows)).encode("cp1250"))
    dialog = show(path)
    assert dialog.given.encoding.isVisible()
    assert dialog.given.encoding.currentData() == ""
    dialog.given.encoding.setCurrentIndex(dialog.given.encoding.findData("cp1250"))
    rest(dialog, qtbot)
    assert dialog.options.encoding == "cp1250"
    assert dialog.table.item(1, 1).text() == "Łódź"
    dialog.reject()


def test_a_file_that_goes_away_before_the_import_keeps_the_dialog(show, ambiguous: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    dialog.given.dates.setCurrentIndex(dialog.given.dates.findData(True))
    rest(dialog, qtbot)
    ambiguous.unlink()
    dialog.go.click()
    rest(dialog, qtbot)
    assert dialog.isVisible()
    assert "no file" in dialog.problem.text()
    dialog.reject()


def test_kpis_and_roles_can_be_chosen(show, ambiguous: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    dialog.given.dates.setCurrentIndex(dialog.given.dates.findData(True))
    rest(dialog, qtbot)
    dialog.given.kpis.item(1).setCheckState(Qt.CheckState.Unchecked)
    rest(dialog, qtbot)
    assert dialog.options.kpis == ("calls",)
    assert dialog.table.cellWidget(0, 3).currentData() == ""
    box = dialog.table.cellWidget(0, 3)
    box.setCurrentIndex(box.findData("value"))
    box.activated.emit(box.currentIndex())
    rest(dialog, qtbot)
    assert dialog.options.kpis == ()
    dialog.reject()


def test_what_was_said_is_found_again_by_open(window: MainWindow, show, ambiguous: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    dialog.given.dates.setCurrentIndex(dialog.given.dates.findData(True))
    rest(dialog, qtbot)
    with qtbot.waitSignal(dialog.imported, timeout=20_000):
        dialog.go.click()
    with qtbot.waitSignal(window.desk.settled, timeout=60_000, check_params_cb=lambda: window.desk.idle):
        window.open([ambiguous])
    assert window.state.source is not None
    assert "last time" in window.banner.text
    assert window.state.source.quality.notes[0].code == "mapping_found"


@pytest.fixture
def dirty(tmp_path: Path) -> Path:
    """Files with a time that is none on line 4, a number that is none on line 6, and a time beyond the first rows."""
    rows = [f"2024-03-{d:02} {h:02}:00,A,{h}" for d in range(1, 5) for h in range(24)]
    rows[2], rows[4] = "2024-13-01 02:00,A,2", "2024-03-01 04:00,A,many"
    rows[80] = "soon,A,8"
    path = tmp_path / "dirty.csv"
    path.write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    return path


def test_what_cannot_be_read_is_coloured_where_it_stands(show, dirty: Path) -> None:
    dialog = show(dirty)
    heads = [dialog.table.verticalHeaderItem(row).text() for row in range(1, dialog.table.rowCount())]
    assert heads[:3] == ["2", "3", "4"]
    bad = dialog.table.item(heads.index("4") + 1, 0)
    assert "2024-13-01 02:00" in bad.toolTip()
    good = dialog.table.item(1, 0)
    assert not good.toolTip()
    picture = dialog.table.grab().toImage()

    def tint(item: QTableWidgetItem) -> str:
        corner = dialog.table.visualItemRect(item).topRight() + dialog.table.viewport().pos()
        return picture.pixelColor(corner.x() - 2, corner.y() + 2).name()

    assert tint(bad) != tint(good) == tint(dialog.table.item(2, 0))
    assert "many" in dialog.table.item(heads.index("6") + 1, 2).toolTip()
    dialog.reject()


def test_every_reason_leads_to_its_first_row(show, dirty: Path, qtbot: QtBot) -> None:
    dialog = show(dirty)
    links = [dialog.left_out.itemAt(k).widget() for k in range(dialog.left_out.count())]
    time = next(link for link in links if "time cannot be read" in link.toolTip())
    assert time.isEnabled()
    qtbot.mouseClick(time, Qt.MouseButton.LeftButton)
    row = dialog.table.currentRow()
    assert dialog.table.verticalHeaderItem(row).text() == "4"
    assert dialog.table.currentColumn() == 0
    dialog.reject()


def test_an_offending_row_beyond_the_first_is_shown_too(show, tmp_path: Path) -> None:
    rows = [f"2024-03-{d:02} {h:02}:00,A,{h}" for d in range(1, 5) for h in range(24)]
    rows[80] = "soon,A,8"
    (tmp_path / "late.csv").write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    dialog = show(tmp_path / "late.csv")
    last = dialog.table.rowCount() - 1
    assert (last, dialog.table.verticalHeaderItem(last).text()) == (51, "82")
    assert dialog.table.item(last, 0).text() == "soon"
    assert dialog.table.item(last, 0).toolTip()
    assert dialog.table.go_to_line(82)
    assert not dialog.table.go_to_line(1000)
    dialog.reject()


def test_what_was_said_before_stands_in_the_form_and_can_be_forgotten(show, ambiguous: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    dialog.given.dates.setCurrentIndex(dialog.given.dates.findData(True))
    dialog.given.zone.setCurrentText("Asia/Tehran")
    rest(dialog, qtbot)
    with qtbot.waitSignal(dialog.imported, timeout=20_000):
        dialog.go.click()
    again = show(ambiguous)
    assert "last time" in again.said_before.text()
    assert again.given.zone.currentText() == "Asia/Tehran"
    assert again.given.dates.currentData() is True
    assert again.go.isEnabled()
    qtbot.mouseClick(again.anew, Qt.MouseButton.LeftButton)
    rest(again, qtbot)
    assert again.given.dates.currentData() is None
    assert "day or the month" in again.problem.text()
    again.reject()


def test_another_period_can_be_asked_for(show, ambiguous: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    dialog.given.dates.setCurrentIndex(dialog.given.dates.findData(True))
    dialog.given.period.setCurrentIndex(dialog.given.period.findData(86_400))
    rest(dialog, qtbot)
    assert "every 1 d" in dialog.effect.text()
    dialog.reject()


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    rows = [
        f"2024-03-0{d} {h:02}:05:00,60,39330000{a},39331111{a},cell{a}"
        for d in (1, 2)
        for h in range(24)
        for a in (1, 2, 3)
    ]
    path = tmp_path / "calls.csv"
    path.write_text("\n".join(["start,duration,caller,callee,cell", *rows]) + "\n")
    return path


def test_of_calls_the_rows_the_series_and_the_key_can_be_said(show, calls: Path, qtbot: QtBot, tmp_path: Path) -> None:
    key = str(tmp_path / "names.key")
    dialog = show(calls)
    form = dialog.given
    assert all(box.isVisible() for box in form.calls.values())
    assert form.key.isVisible()
    assert "one row or in two" in dialog.question.text()
    shown = [dialog.table.item(1, k).text() for k in range(dialog.table.columnCount())]
    assert shown[2:4] == ["\u2022" * 6 + "01", "\u2022" * 6 + "11"]
    roles = [dialog.table.cellWidget(0, k).currentText() for k in range(5)]
    assert roles == ["Time", "Duration", "Caller", "Called", "Cell"]
    entity = form.calls["entity"]
    entity.setCurrentIndex(entity.findData("subscriber"))
    form.key.setText(key)
    form.key.editingFinished.emit()
    rest(dialog, qtbot)
    assert dialog.options.mapping["entity"] == "subscriber"
    names = []
    for _ in range(2):
        with qtbot.waitSignal(dialog.imported, timeout=20_000) as loaded:
            dialog.go.click()
        names.append([cell.id for cell in loaded.args[0].panel.cells])
        dialog = show(calls)
        assert dialog.options.mapping == {"entity": "subscriber", "call_rows": "one"}
        assert not dialog.question.text().startswith("Does a call")
        assert dialog.options.key == b""
        dialog.given.key.setText(key)
        dialog.given.key.editingFinished.emit()
        rest(dialog, qtbot)
    assert names[0] == names[1]
    assert not any("3933" in name for name in names[0])
    dialog.reject()


def test_a_table_of_kpis_has_no_word_of_calls(show, ambiguous: Path) -> None:
    dialog = show(ambiguous)
    assert not any(box.isVisible() for box in dialog.given.calls.values())
    assert not dialog.given.key.isVisible()
    dialog.reject()


def test_a_key_that_cannot_be_used_is_told(show, calls: Path, tmp_path: Path) -> None:
    dialog = show(calls)
    (tmp_path / "short.key").write_text("short")
    dialog.given.key.setText(str(tmp_path / "short.key"))
    dialog.given.key.editingFinished.emit()
    assert "short.key" in dialog.problem.text()
    assert not dialog.go.isEnabled()
    assert dialog.isVisible()
    dialog.reject()


def test_rows_without_times_get_theirs_when_the_first_is_said(show, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "plain.csv").write_text("calls,drops\n" + "".join(f"{k % 24},{k % 5}\n" for k in range(100)))
    dialog = show(tmp_path / "plain.csv")
    assert dialog.given.first_time.isVisible()
    assert not dialog.go.isEnabled()
    dialog.given.first_time.setText("2024-03-01 00:00")
    dialog.given.first_time.editingFinished.emit()
    rest(dialog, qtbot)
    assert dialog.given.first_time.isVisible()
    dialog.given.period.setCurrentIndex(dialog.given.period.findData(3600))
    rest(dialog, qtbot)
    assert "100 of 100 rows" in dialog.effect.text()
    assert dialog.go.isEnabled()
    dialog.reject()
