"""Dialogs answer once the user agrees, and stay open while what was given cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from engine.data.since import Since
from engine.reports import WRITERS
from engine.settings import PRESETS, Settings
from gui.actions import TABLE, make_actions
from gui.dialogs.export_dialog import ExportDialog, ask_export
from gui.dialogs.help_dialog import HelpDialog
from gui.dialogs.settings_dialog import SettingsDialog
from gui.preferences import Preferences


@pytest.fixture
def settings_dialog(qtbot: QtBot):
    dialog = SettingsDialog(Settings())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


@pytest.fixture
def make_export_dialog(qtbot: QtBot):
    def make(folder: str) -> ExportDialog:
        dialog = ExportDialog(folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return make


def test_a_preset_fills_the_form_but_leaves_the_network(settings_dialog: SettingsDialog, qtbot: QtBot) -> None:
    chosen: list[Settings] = []
    settings_dialog.chosen.connect(chosen.append)
    qtbot.keyClicks(settings_dialog.form.widget("zone"), "Asia/Tehran")
    settings_dialog.preset.setCurrentIndex(settings_dialog.preset.findData("paper"))
    settings_dialog.preset.activated.emit(settings_dialog.preset.currentIndex())
    qtbot.mouseClick(settings_dialog.apply, Qt.MouseButton.LeftButton)
    assert [s.preset for s in chosen] == ["paper"]
    assert chosen[0].detectors == PRESETS["paper"].detectors
    assert chosen[0].zone == "Asia/Tehran"
    assert not settings_dialog.isVisible()


@pytest.mark.parametrize(("field", "text", "hint"), [("zone", "Mars/Olympus", "Mars/Olympus"), ("country", "XX", "XX")])
def test_an_unknown_zone_or_country_keeps_the_dialog_open_with_the_reason(
    settings_dialog: SettingsDialog, qtbot: QtBot, field: str, text: str, hint: str
) -> None:
    chosen: list[Settings] = []
    settings_dialog.chosen.connect(chosen.append)
    qtbot.keyClicks(settings_dialog.form.widget(field), text)
    settings_dialog.accept()
    assert chosen == []
    assert settings_dialog.isVisible()
    assert hint in settings_dialog.problem.text()
    assert not settings_dialog.apply.isEnabled()
    settings_dialog.form.widget(field).clear()
    qtbot.keyClick(settings_dialog.form.widget(field), Qt.Key.Key_Space)
    assert settings_dialog.apply.isEnabled()


def test_what_is_always_written_is_chosen_at_first(make_export_dialog, tmp_path: Path) -> None:
    dialog = make_export_dialog(str(tmp_path))
    said: list[tuple[Path, list[str]]] = []
    dialog.chosen.connect(lambda folder, ids, _hours, _marked: said.append((folder, ids)))
    dialog.outputs["scores"].setChecked(True)
    dialog.accept()
    always = [writer.id for writer in WRITERS if writer.when == "always"]
    assert said[0][0] == tmp_path
    assert set(said[0][1]) == {*always, "scores"}


def test_without_a_folder_or_an_output_there_is_nothing_to_write(make_export_dialog, tmp_path: Path) -> None:
    dialog = make_export_dialog("")
    assert not dialog.write.isEnabled()
    dialog.folder.setText(str(tmp_path))
    assert dialog.write.isEnabled()
    for check in dialog.outputs.values():
        check.setChecked(False)
    assert not dialog.write.isEnabled()


def test_files_that_would_be_replaced_are_named(make_export_dialog, tmp_path: Path) -> None:
    dialog = make_export_dialog(str(tmp_path))
    assert dialog._hint.text() == ""
    taken = next(writer.filename for writer in WRITERS if writer.when == "always")
    (tmp_path / taken).write_text("earlier")
    dialog._check()
    assert taken in dialog._hint.text()


def test_the_shift_of_an_export_and_whether_it_is_for_excel_are_asked_for_and_remembered(
    qtbot: QtBot, tmp_path: Path
) -> None:
    preferences, asked = Preferences(tmp_path / "window.ini"), []
    for hours in (12, None):
        parent = QWidget()
        qtbot.addWidget(parent)
        ask_export(parent, preferences, lambda _folder, _ids, since, *, marked: asked.append((since, marked)))
        dialog = parent.findChild(ExportDialog)
        dialog.folder.setText(str(tmp_path))
        if hours is not None:
            assert dialog.hours.value() == 8
            dialog.hours.setValue(hours)
            assert not dialog.marked.isChecked()
            dialog.marked.click()
        dialog.accept()
    assert asked == [(Since(12 * 3600), True), (Since(12 * 3600), True)]


def test_the_help_names_every_key_and_cuts_no_line_off(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    dialog = HelpDialog(make_actions(owner))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()

    def needed(label: QLabel) -> int:
        return label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()

    labels = dialog.findChildren(QLabel)
    assert {entry.key for entry in TABLE if entry.key} <= {label.text() for label in labels}
    assert [label.text() for label in labels if label.height() < needed(label)] == []
