"""A person's way through the real window with real data and the real engine: open, run, look, vote, export, save."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from engine.reports import WRITERS
from gui.dialogs.export_dialog import ExportDialog
from gui.dialogs.settings_dialog import SettingsDialog
from gui.main_window import MainWindow
from tests.gui.conftest import _nothing_left_behind, appearance, make_main_window, window

__all__ = ["_nothing_left_behind", "appearance", "make_main_window", "window"]  # fixtures

LONG_MS = 120_000


def settled(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.desk.idle, timeout=LONG_MS)
    QApplication.processEvents()


def choose_in_dialog(window: MainWindow, action: str, text: str, qtbot: QtBot) -> None:
    """Trigger an action that asks for a file, type a name and agree."""
    window.actions_by_id[action].trigger()
    dialog = next(d for d in window.findChildren(QFileDialog) if d.isVisible())
    dialog.findChild(QLineEdit, "fileNameEdit").setText(text)
    accept = QDialogButtonBox.StandardButton.Save if action == "save" else QDialogButtonBox.StandardButton.Open
    qtbot.mouseClick(dialog.findChild(QDialogButtonBox).button(accept), Qt.MouseButton.LeftButton)


@pytest.fixture
def quick(window: MainWindow) -> MainWindow:
    """The window with the two quickest detectors chosen."""
    window.state.change(detectors=("baseline", "kmeans"))
    return window


def test_open_run_look_vote_export_save_and_open_again(
    quick: MainWindow, city_file: Path, tmp_path: Path, qtbot: QtBot, make_main_window: Callable[[], MainWindow]
) -> None:
    window = quick
    choose_in_dialog(window, "open", str(city_file), qtbot)
    assert window.desk.busy
    settled(window, qtbot)

    # it was recognised, ran by itself, and the worst incident is shown
    result = window.state.result
    assert result is not None
    assert result.incidents
    assert "data.parquet" in window.banner.text
    assert "6 cells" in window.banner.text
    assert str(len(result.incidents)) in window.status.text
    assert window.state.selection.incident is not None
    first = window.state.selection

    # through the incidents by key
    window.activateWindow()
    window.views["incidents"].table.setFocus()
    QApplication.processEvents()
    qtbot.keyClick(window.views["incidents"].table, Qt.Key.Key_J)
    if len(result.incidents) > 1:
        assert window.state.selection.incident != first.incident

    # another vote by a click: nothing is detected again, and the number on the segment was right
    counts = dict(window.controls.vote._counts)
    assert counts[result.settings.vote] == len(result.anomalies)
    qtbot.mouseClick(window.controls.vote._buttons["any"], Qt.MouseButton.LeftButton)
    settled(window, qtbot)
    voted = window.state.result
    assert voted.evidence is result.evidence
    assert len(voted.anomalies) == counts["any"] >= counts["majority"] >= counts["all"]

    # a tighter budget gives no more anomalies, and the counts follow
    qtbot.keyClick(window.controls.budget.slider, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: window.state.settings.budget == 0.05)
    settled(window, qtbot)
    assert len(window.state.result.anomalies) <= len(voted.anomalies)
    assert window.controls.vote._counts["any"] == len(window.state.result.anomalies)

    # export by key and click
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = next(d for d in window.findChildren(ExportDialog) if d.isVisible())
    dialog.folder.setText(str(tmp_path / "out"))
    qtbot.mouseClick(dialog.write, Qt.MouseButton.LeftButton)
    settled(window, qtbot)
    always = {writer.filename for writer in WRITERS if writer.when == "always"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == always
    assert "out" in window.status.text

    # judge, save, judge once more, and open in another window
    window.views["incidents"].step(-1)
    window.actions_by_id["tag_planned"].trigger()
    choose_in_dialog(window, "save", str(tmp_path / "city.cellwarden"), qtbot)
    settled(window, qtbot)
    window.actions_by_id["tag_solved"].trigger()
    settled(window, qtbot)
    again = make_main_window()
    again.open([tmp_path / "city.cellwarden"])
    settled(again, qtbot)
    assert again.state.reviews.all == window.state.reviews.all
    assert [review.tag for review in again.state.reviews.all.values()] == ["solved"]
    assert again.state.result.incidents == window.state.result.incidents
    assert again.state.settings == window.state.settings
    assert again.banner.text == ""


def test_cancel_in_the_middle_keeps_the_data_and_shows_no_error(
    window: MainWindow, city_file: Path, qtbot: QtBot
) -> None:
    seen: list[float] = []
    window.desk.progressed.connect(lambda progress: seen.append(progress.fraction))
    window.open([city_file])
    qtbot.waitUntil(lambda: window.state.panel is not None and len(seen) > 2, timeout=LONG_MS)
    window.activateWindow()
    window.views["incidents"].setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.desk.busy
    assert window.state.result is None
    assert window.state.panel is not None
    assert "Cancelled" in window.status.text
    assert window.controls.run_button.isVisible()
    assert window.actions_by_id["run"].isEnabled()


def test_changed_settings_are_applied_by_a_run_from_the_dialog(
    quick: MainWindow, city_file: Path, qtbot: QtBot
) -> None:
    window = quick
    window.open([city_file])
    settled(window, qtbot)
    first = window.state.result
    window.actions_by_id["settings"].trigger()
    dialog = next(d for d in window.findChildren(SettingsDialog) if d.isVisible())
    country, zone = dialog.form.widget("country"), dialog.form.widget("zone")
    country.clear()
    qtbot.keyClicks(country, "it")
    zone.clear()
    qtbot.keyClicks(zone, "Europe/Romw")
    assert "Europe/Rome" in dialog.problem.text()  # did you mean
    assert not dialog.apply.isEnabled()
    qtbot.keyClick(zone, Qt.Key.Key_Backspace)
    qtbot.keyClicks(zone, "e")
    assert dialog.apply.isEnabled()
    qtbot.mouseClick(dialog.apply, Qt.MouseButton.LeftButton)
    settled(window, qtbot)
    assert window.state.result is not first
    assert window.state.result.settings.country == "IT"
    assert window.state.panel.zone == "Europe/Rome"
    assert window.preferences.country == "IT"


def test_files_that_cannot_be_used_are_explained_and_nothing_is_lost(
    quick: MainWindow, city_file: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    window = quick
    window.open([city_file])
    settled(window, qtbot)
    before = window.state.result
    contents = {"empty.csv": b"", "noise.bin": bytes(range(256)) * 8, "header.csv": b"time,cell,calls\n"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        window.open([tmp_path / name])
        settled(window, qtbot)
        assert name in window.banner.text
        assert "Traceback" not in window.banner.text
        assert window.state.result is before
        assert window.state.source.paths == (str(city_file),)
    (tmp_path / "taken").write_text("mine")
    window.desk.export(tmp_path / "taken", ["run"])
    settled(window, qtbot)
    assert "taken" in window.banner.text
    assert (tmp_path / "taken").read_text() == "mine"


def test_leaving_in_the_middle_of_a_run_stops_the_worker(window: MainWindow, city_file: Path, qtbot: QtBot) -> None:
    window.open([city_file])
    qtbot.waitUntil(lambda: window.state.panel is not None and window.desk.busy, timeout=LONG_MS)
    window.close()
    assert not window.isVisible()
    assert not window.desk.busy
