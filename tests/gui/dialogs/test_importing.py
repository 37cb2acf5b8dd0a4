"""Files that leave something open are asked about when they are opened, and what is answered is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.dialogs.import_dialog import ImportDialog
from gui.main_window import MainWindow


@pytest.fixture
def asking(window: MainWindow) -> MainWindow:
    window.desk.asks = True
    return window


def write(path: Path, days: range, written: str = "2024-03-{d:02} {h:02}:00") -> Path:
    rows = [f"{written.format(d=d, h=h)},{cell},{d + h}" for d in days for h in range(24) for cell in "AB"]
    path.write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    return path


def asked(window: MainWindow, qtbot: QtBot) -> ImportDialog:
    """The dialog that comes up by itself, at rest."""

    def there() -> ImportDialog | None:
        return next((w for w in window.findChildren(ImportDialog) if w.isVisible()), None)

    qtbot.waitUntil(lambda: there() is not None, timeout=20_000)
    dialog = there()
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.seen is not None and dialog.idle, timeout=20_000)
    return dialog


def settle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.state.result is not None and window.desk.idle, timeout=60_000)


def test_a_file_without_zone_is_asked_about_once(asking: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    asking.open([write(tmp_path / "a.csv", range(1, 4))])
    dialog = asked(asking, qtbot)
    assert asking.state.panel is None
    assert "zone" in dialog.question.text()
    assert dialog.focusWidget() is dialog.given.zone
    dialog.given.zone.setCurrentText("Asia/Tehran")
    qtbot.waitUntil(lambda: dialog.idle, timeout=20_000)
    assert not dialog.question.text()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    settle(asking, qtbot)
    assert asking.state.panel is not None
    assert asking.state.panel.zone == "Asia/Tehran"
    assert asking.preferences.zone == "Asia/Tehran"
    asking.open([write(tmp_path / "other.csv", range(1, 4))])
    qtbot.waitUntil(lambda: "other.csv" in asking.windowTitle(), timeout=20_000)
    settle(asking, qtbot)
    assert asking.state.panel.zone == "Asia/Tehran"


def test_offsets_are_asked_about_and_a_zone_that_contradicts_them_is_not_suggested(
    asking: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    asking.open([write(tmp_path / "a.csv", range(1, 4), "2024-03-{d:02}T{h:02}:00:00+13:45")])
    dialog = asked(asking, qtbot)
    assert "+13:45" in dialog.question.text()
    assert not dialog.given.zone.currentText()
    dialog.given.zone.setCurrentText("Pacific/Chatham")
    qtbot.waitUntil(lambda: dialog.idle, timeout=20_000)
    assert not dialog.question.text()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    settle(asking, qtbot)
    assert asking.preferences.zone == "Pacific/Chatham"


def test_dates_that_may_be_either_are_asked_about(asking: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    asking.desk.network = ("", "Europe/Rome")
    asking.open([write(tmp_path / "a.csv", range(1, 5), "0{d}/03/2024 {h:02}:00")])
    dialog = asked(asking, qtbot)
    assert not dialog.go.isEnabled()
    dialog.given.dates.setCurrentIndex(dialog.given.dates.findData(True))
    qtbot.waitUntil(lambda: dialog.idle and dialog.go.isEnabled(), timeout=20_000)
    dialog.go.click()
    settle(asking, qtbot)
    assert asking.state.panel is not None
    assert asking.state.panel.shape == (2, 96)


def test_later_files_are_read_as_was_said_of_the_first(asking: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    asking.desk.network = ("", "Europe/Rome")
    asking.open([write(tmp_path / "a.csv", range(1, 4), "0{d}/03/2024 {h:02}:00")])
    dialog = asked(asking, qtbot)
    dialog.given.dates.setCurrentIndex(dialog.given.dates.findData(True))
    qtbot.waitUntil(lambda: dialog.idle and dialog.go.isEnabled(), timeout=20_000)
    dialog.go.click()
    settle(asking, qtbot)
    asking.desk.add_later([write(tmp_path / "b.csv", range(4, 6), "0{d}/03/2024 {h:02}:00")])
    qtbot.waitUntil(lambda: asking.desk.idle and asking.state.panel.shape == (2, 120), timeout=60_000)
    assert "96 measurements are new" in asking.banner.text


def test_a_file_that_tells_everything_is_opened_at_once(asking: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    asking.open([write(tmp_path / "a.csv", range(1, 4), "2024-03-{d:02}T{h:02}:00Z")])
    settle(asking, qtbot)
    assert not asking.findChildren(ImportDialog)


def test_files_that_are_refused_can_be_looked_at(asking: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3,4\n")
    asking.open([tmp_path / "a.csv"])
    qtbot.waitUntil(lambda: "no column of time stamps" in asking.banner.text, timeout=20_000)
    qtbot.mouseClick(asking.banner.offers[0], Qt.MouseButton.LeftButton)
    dialog = asked(asking, qtbot)
    assert "no column of time stamps" in dialog.problem.text()
    dialog.reject()


def test_closing_the_question_leaves_everything_as_it_was(asking: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    asking.open([write(tmp_path / "a.csv", range(1, 4))])
    dialog = asked(asking, qtbot)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert asking.state.panel is None
    assert not asking.preferences.zone
