"""The days of the weekend in the form of all settings."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.settings import Settings
from gui.dialogs.settings_dialog import SettingsDialog
from gui.widgets.weekend_field import USUAL, WeekendField


def choose(field: WeekendField, data: str) -> None:
    field.choice.setCurrentIndex(field.choice.findData(data))
    field.choice.activated.emit(field.choice.currentIndex())


@pytest.mark.parametrize("text", [*USUAL, "wed,sun"])
def test_what_is_shown_is_read_again(qtbot: QtBot, text: str) -> None:
    field = WeekendField()
    qtbot.addWidget(field)
    field.write(text)
    assert field.read() == text


def test_other_days_are_ticked_beginning_with_those_there_were(qtbot: QtBot) -> None:
    dialog = SettingsDialog(dataclasses.replace(Settings(), weekend="thu,fri"))
    qtbot.addWidget(dialog)
    dialog.show()
    field = dialog.form.widget("weekend")
    assert isinstance(field, WeekendField)
    assert not field.days[0].isVisible()
    choose(field, "other")
    assert field.days[0].isVisible()
    qtbot.mouseClick(field.days[3], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(field.days[6], Qt.MouseButton.LeftButton)
    assert dialog.form.settings().weekend == "fri,sun"
    for box in field.days:
        if not box.isChecked():
            qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
    assert "All seven days" in dialog.problem.text()
    assert not dialog.apply.isEnabled()
    choose(field, "")
    assert dialog.apply.isEnabled()
    assert dialog.form.settings().weekend == ""


def test_a_preset_leaves_the_weekend_alone(qtbot: QtBot) -> None:
    dialog = SettingsDialog(dataclasses.replace(Settings(), weekend="fri"))
    qtbot.addWidget(dialog)
    dialog.preset.setCurrentIndex(dialog.preset.findData("quiet"))
    dialog.preset.activated.emit(dialog.preset.currentIndex())
    assert dialog.form.settings().weekend == "fri"
