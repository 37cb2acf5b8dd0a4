"""Which zone times are in: what was said of the files, else what they say, else what is remembered, which is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.dialogs.import_dialog import ImportDialog
from gui.dialogs.settings_dialog import SettingsDialog
from gui.main_window import MainWindow
from tests.gui.dialogs.test_importing import asked
from tests.gui.test_add_later import DAYS, settle, write_days


@pytest.fixture
def russian(window: MainWindow) -> MainWindow:
    """A window in which an earlier network was one of Moscow."""
    window.desk.network = ("RU", "Europe/Moscow")
    return window


def write_squares(folder: Path) -> Path:
    """Sixteen days of squares of Milan, whose format is that of one city."""
    path = folder / "squares.csv"
    begin = np.datetime64("2013-11-01", "s").astype(np.int64) * 1000
    rows = [
        f"{begin + 3_600_000 * h},{square},{100 + (h * 7919) % 13 + 50 * np.sin((h % 24) / 4):.0f}"
        for h in range(24 * DAYS)
        for square in (5161, 5162)
    ]
    path.write_text("\n".join(["time_ms,square_id,internet", *rows]) + "\n")
    return path


def test_the_zone_of_the_format_goes_before_that_of_an_earlier_network(
    russian: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    settle(russian, qtbot, lambda: russian.open([write_squares(tmp_path)]))
    assert russian.state.panel.zone == "Europe/Rome"
    assert "Europe/Moscow" not in russian.banner.text
    assert "calendar is that of RU" in russian.banner.text


def test_a_remembered_zone_holds_for_files_that_name_none_and_is_told(
    russian: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    settle(russian, qtbot, lambda: russian.open([write_days(tmp_path, "a.csv", 0, DAYS)]))
    assert russian.state.panel.zone == "Europe/Moscow"
    assert str(russian.state.panel.times[0]) == "2023-12-31T21:00:00"
    assert "those of Europe/Moscow, the zone in your settings" in russian.banner.text


def test_an_answer_in_the_import_goes_before_both_and_stays_after_the_run(
    russian: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    russian.asking.preview([write_squares(tmp_path)])
    dialog = asked(russian, qtbot)
    assert dialog.given.zone.currentText() == ""
    assert "Europe/Moscow" in dialog.given.zone.lineEdit().placeholderText()
    dialog.given.zone.setCurrentText("Asia/Tehran")
    qtbot.waitUntil(lambda: dialog.idle and dialog.go.isEnabled(), timeout=20_000)
    settle(russian, qtbot, lambda: qtbot.keyClick(dialog, Qt.Key.Key_Return))
    assert russian.state.result is not None
    assert russian.state.panel.zone == "Asia/Tehran"
    assert russian.desk.network == ("RU", "Europe/Moscow"), "it was said of these files"


def test_a_remembered_zone_is_no_answer_that_is_kept_for_such_files(
    russian: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = write_days(tmp_path, "a.csv", 0, DAYS)
    russian.asking.preview([path])
    dialog = asked(russian, qtbot)
    settle(russian, qtbot, lambda: qtbot.keyClick(dialog, Qt.Key.Key_Return))
    russian.desk.network = ("", "Asia/Tehran")
    settle(russian, qtbot, lambda: russian.open([path]))
    assert not [d for d in russian.findChildren(ImportDialog) if d.isVisible()]
    assert russian.state.panel.zone == "Asia/Tehran"


def test_only_what_a_person_changed_in_the_settings_is_remembered(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.desk, "run", lambda: None)
    window.state.change(country="IR", zone="Asia/Tehran")  # as of a project that is open
    window.asking.settings()
    (dialog,) = window.findChildren(SettingsDialog)
    dialog.form.widget("country").clear()
    qtbot.keyClicks(dialog.form.widget("country"), "ru")
    dialog.accept()
    assert (window.preferences.country, window.preferences.zone) == ("RU", "")
    assert window.desk.network == ("RU", "")
    assert window.state.settings.zone == "Asia/Tehran", "it still holds for what is open"


def test_the_weekend_that_was_said_holds_for_the_next_files_and_not_for_the_sample(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.desk, "run", lambda: None)
    window.state.change(weekend="fri,sat")  # as of a project that is open
    settle(window, qtbot, lambda: window.open([write_days(tmp_path, "a.csv", 0, DAYS)]))
    assert window.state.settings.weekend == ""
    window.asking.settings()
    (dialog,) = window.findChildren(SettingsDialog)
    field = dialog.form.widget("weekend")
    field.choice.setCurrentIndex(field.choice.findData("thu,fri"))
    dialog.accept()
    assert (window.desk.weekend, window.preferences.weekend) == ("thu,fri", "thu,fri")
    settle(window, qtbot, lambda: window.open([write_days(tmp_path, "b.csv", 0, DAYS)]))
    assert window.state.settings.weekend == "thu,fri"
    settle(window, qtbot, window.desk.open_sample)
    assert window.state.settings.weekend == ""
