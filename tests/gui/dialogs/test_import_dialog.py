"""The import wizard survives whatever is wrong with files, and what was said is found again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QComboBox, QTableWidgetItem
from pytestqt.qtbot import QtBot

from engine.io import Loaded, LoadOptions
from gui.dialogs.import_dialog import ImportDialog
from gui.main_window import MainWindow


class _Here:
    """A computer whose zone is called otherwise than zones of the network are."""

    @staticmethod
    def systemTimeZoneId() -> QByteArray:
        return QByteArray(b"Etc/UTC")


@pytest.fixture
def ambiguous(tmp_path: Path) -> Path:
    rows = [f"0{d}/0{m}/2024 {h:02}:00,A,{h},2" for m in (1, 2) for d in (1, 2) for h in range(24)]
    return written(tmp_path / "ambiguous.csv", rows, "time,cell,calls,drops")


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Callable[[Path], ImportDialog]]:
    """Opens the dialog on a file and waits for what it shows; at the end every dialog is left."""
    shown: list[ImportDialog] = []

    def make(path: Path) -> ImportDialog:
        dialog = ImportDialog([path], LoadOptions())
        shown.append(dialog)
        qtbot.addWidget(dialog)
        dialog.open()
        rest(dialog, qtbot)
        return dialog

    yield make
    for dialog in shown:
        dialog.reject()


@pytest.fixture
def answered(show: Callable[[Path], ImportDialog], ambiguous: Path, qtbot: QtBot) -> ImportDialog:
    """The dialog on the ambiguous file after it was said that the day comes first."""
    dialog = show(ambiguous)
    choose(dialog.given.dates, True)
    rest(dialog, qtbot)
    return dialog


def rest(dialog: ImportDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: dialog.idle and dialog.seen is not None, timeout=20_000)


def choose(box: QComboBox, value: object) -> None:
    box.setCurrentIndex(box.findData(value))


def imported(dialog: ImportDialog, qtbot: QtBot) -> Loaded:
    """What is loaded when the dialog is told to go on."""
    with qtbot.waitSignal(dialog.imported, timeout=20_000) as loaded:
        dialog.go.click()
    return loaded.args[0]


def hourly(days: int) -> list[str]:
    """Rows of a cell, every hour from the first of March 2024 on."""
    return [f"2024-03-{day:02} {hour:02}:00,A,{hour}" for day in range(1, days + 1) for hour in range(24)]


def written(path: Path, rows: Sequence[str], header: str = "time,cell,calls") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


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


def test_an_answer_solves_the_question_and_the_files_are_loaded(show, ambiguous: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    assert "day or the month" in dialog.problem.text()
    choose(dialog.given.dates, True)
    rest(dialog, qtbot)
    assert not dialog.problem.text()
    assert "96 of 96 rows" in dialog.effect.text()
    assert imported(dialog, qtbot).quality.rows_kept == 96
    assert not dialog.isVisible()


def test_dates_that_were_read_as_usual_are_said_and_can_be_read_otherwise(show, tmp_path: Path, qtbot: QtBot) -> None:
    rows = [f"03.04.2024 {h:02}:00,{k},north,{h},{k}" for h in range(24) for k in range(2)]
    dialog = show(written(tmp_path / "day.csv", rows, "time,cell,region,calls,hour_of_day"))
    assert "read as 03 April 2024" in dialog.why.text()
    assert "If 04 March 2024 is meant" in dialog.why.text()
    choose(dialog.given.dates, False)
    rest(dialog, qtbot)
    assert "is meant" not in dialog.why.text()
    assert str(imported(dialog, qtbot).panel.times[0]) == "2024-03-04T00:00:00"


def test_a_suggested_zone_gives_way_to_what_is_typed(
    show, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.dialogs.import_dialog.QTimeZone", _Here)
    dialog = show(written(tmp_path / "local.csv", hourly(2)))
    qtbot.waitUntil(lambda: dialog.given.zone.currentText() == "Etc/UTC")
    rest(dialog, qtbot)
    field = dialog.given.zone.lineEdit()
    assert field.selectedText() == "Etc/UTC"
    qtbot.keyClicks(field, "Europe/Moscow")
    assert field.text() == "Europe/Moscow"
    rest(dialog, qtbot)
    assert not dialog.problem.text()


def test_a_zone_that_may_have_been_meant_is_a_click_away(answered: ImportDialog, qtbot: QtBot) -> None:
    answered.given.zone.setCurrentText("Europe/Mosc")
    rest(answered, qtbot)
    assert "Did you mean" in answered.problem.text()
    links = {
        answered.instead.itemAt(i).widget().text(): answered.instead.itemAt(i).widget()
        for i in range(answered.instead.count())
    }
    links["Europe/Moscow"].click()
    rest(answered, qtbot)
    assert not answered.problem.text()
    assert answered.instead.count() == 0
    assert answered.options.zone == "Europe/Moscow"


def test_an_unknown_zone_is_told_and_can_be_put_right(show, ambiguous: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    choose(dialog.given.dates, False)
    dialog.given.zone.setCurrentText("Mars/Olympus")
    rest(dialog, qtbot)
    assert "Mars/Olympus" in dialog.problem.text()
    dialog.given.zone.setCurrentText("Asia/Tehran")
    rest(dialog, qtbot)
    assert not dialog.problem.text()
    assert "Asia/Tehran" in dialog.effect.text()


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
    choose(dialog.given.encoding, "cp1250")
    rest(dialog, qtbot)
    assert dialog.options.encoding == "cp1250"
    assert dialog.table.item(1, 1).text() == "Łódź"


def test_a_file_that_goes_away_before_the_import_keeps_the_dialog(
    answered: ImportDialog, ambiguous: Path, qtbot: QtBot
) -> None:
    ambiguous.unlink()
    answered.go.click()
    rest(answered, qtbot)
    assert answered.isVisible()
    assert "no file" in answered.problem.text()


def test_kpis_and_roles_can_be_chosen(answered: ImportDialog, qtbot: QtBot) -> None:
    answered.given.kpis.item(1).setCheckState(Qt.CheckState.Unchecked)
    rest(answered, qtbot)
    assert answered.options.kpis == ("calls",)
    assert answered.table.cellWidget(0, 3).currentData() == ""
    box = answered.table.cellWidget(0, 3)
    choose(box, "value")
    box.activated.emit(box.currentIndex())
    rest(answered, qtbot)
    assert answered.options.kpis == ()


def test_what_was_said_is_found_again_by_open(
    window: MainWindow, answered: ImportDialog, ambiguous: Path, qtbot: QtBot
) -> None:
    imported(answered, qtbot)
    with qtbot.waitSignal(window.desk.settled, timeout=60_000, check_params_cb=lambda: window.desk.idle):
        window.open([ambiguous])
    assert window.state.source is not None
    assert "last time" in window.banner.text
    assert window.state.source.quality.notes[0].code == "mapping_found"


@pytest.fixture
def dirty(tmp_path: Path) -> Path:
    """Files with a time that is none on line 4, a number that is none on line 6, and a time beyond the first rows."""
    rows = hourly(4)
    rows[2], rows[4] = "2024-13-01 02:00,A,2", "2024-03-01 04:00,A,many"
    rows[80] = "soon,A,8"
    return written(tmp_path / "dirty.csv", rows)


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


def test_every_reason_leads_to_its_first_row(show, dirty: Path, qtbot: QtBot) -> None:
    dialog = show(dirty)
    links = [dialog.left_out.itemAt(k).widget() for k in range(dialog.left_out.count())]
    time = next(link for link in links if "time cannot be read" in link.toolTip())
    assert time.isEnabled()
    qtbot.mouseClick(time, Qt.MouseButton.LeftButton)
    row = dialog.table.currentRow()
    assert dialog.table.verticalHeaderItem(row).text() == "4"
    assert dialog.table.currentColumn() == 0


def test_an_offending_row_beyond_the_first_is_shown_too(show, tmp_path: Path) -> None:
    rows = hourly(4)
    rows[80] = "soon,A,8"
    dialog = show(written(tmp_path / "late.csv", rows))
    last = dialog.table.rowCount() - 1
    assert (last, dialog.table.verticalHeaderItem(last).text()) == (51, "82")
    assert dialog.table.item(last, 0).text() == "soon"
    assert dialog.table.item(last, 0).toolTip()
    assert dialog.table.go_to_line(82)
    assert not dialog.table.go_to_line(1000)


def test_what_was_said_before_stands_in_the_form_and_can_be_forgotten(show, ambiguous: Path, qtbot: QtBot) -> None:
    dialog = show(ambiguous)
    choose(dialog.given.dates, True)
    dialog.given.zone.setCurrentText("Asia/Tehran")
    rest(dialog, qtbot)
    imported(dialog, qtbot)
    again = show(ambiguous)
    assert "last time" in again.said_before.text()
    assert again.given.zone.currentText() == "Asia/Tehran"
    assert again.given.dates.currentData() is True
    assert again.go.isEnabled()
    qtbot.mouseClick(again.anew, Qt.MouseButton.LeftButton)
    rest(again, qtbot)
    assert again.given.dates.currentData() is None
    assert "day or the month" in again.problem.text()


def test_another_period_can_be_asked_for(answered: ImportDialog, qtbot: QtBot) -> None:
    choose(answered.given.period, 86_400)
    rest(answered, qtbot)
    assert "every 1 d" in answered.effect.text()


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    rows = [
        f"2024-03-0{d} {h:02}:05:00,60,39330000{a},39331111{a},cell{a}"
        for d in (1, 2)
        for h in range(24)
        for a in (1, 2, 3)
    ]
    return written(tmp_path / "calls.csv", rows, "start,duration,caller,callee,cell")


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
    choose(entity, "subscriber")
    form.key.setText(key)
    form.key.editingFinished.emit()
    rest(dialog, qtbot)
    assert dialog.options.mapping["entity"] == "subscriber"
    names = []
    for _ in range(2):
        names.append([cell.id for cell in imported(dialog, qtbot).panel.cells])
        dialog = show(calls)
        assert dialog.options.mapping == {"entity": "subscriber", "call_rows": "one"}
        assert not dialog.question.text().startswith("Does a call")
        assert dialog.options.key == b""
        dialog.given.key.setText(key)
        dialog.given.key.editingFinished.emit()
        rest(dialog, qtbot)
    assert names[0] == names[1]
    assert not any("3933" in name for name in names[0])


def test_a_table_of_kpis_has_no_word_of_calls(show, ambiguous: Path) -> None:
    dialog = show(ambiguous)
    assert not any(box.isVisible() for box in dialog.given.calls.values())
    assert not dialog.given.key.isVisible()


def test_a_key_that_cannot_be_used_is_told(show, calls: Path, tmp_path: Path) -> None:
    dialog = show(calls)
    (tmp_path / "short.key").write_text("short")
    dialog.given.key.setText(str(tmp_path / "short.key"))
    dialog.given.key.editingFinished.emit()
    assert "short.key" in dialog.problem.text()
    assert not dialog.go.isEnabled()
    assert dialog.isVisible()


def test_rows_without_times_get_theirs_when_the_first_is_said(show, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "plain.csv").write_text("calls,drops\n" + "".join(f"{k % 24},{k % 5}\n" for k in range(100)))
    dialog = show(tmp_path / "plain.csv")
    assert dialog.given.first_time.isVisible()
    assert not dialog.go.isEnabled()
    dialog.given.first_time.setText("2024-03-01 00:00")
    dialog.given.first_time.editingFinished.emit()
    rest(dialog, qtbot)
    assert dialog.given.first_time.isVisible()
    choose(dialog.given.period, 3600)
    rest(dialog, qtbot)
    assert "100 of 100 rows" in dialog.effect.text()
    assert dialog.go.isEnabled()
