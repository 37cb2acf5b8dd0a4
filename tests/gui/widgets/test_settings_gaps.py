"""Policies for gaps in the form of all settings: shown, changed, kept as they are, refused with the reason."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from engine.settings import Settings, preset
from gui.dialogs.settings_dialog import SettingsDialog
from gui.widgets.control_bar import is_preset


@pytest.fixture
def make(qtbot: QtBot):
    def dialog(*gaps: str) -> SettingsDialog:
        made = SettingsDialog(dataclasses.replace(Settings(), gaps=gaps))
        qtbot.addWidget(made)
        return made

    return dialog


def line(dialog: SettingsDialog) -> QLineEdit:
    found = dialog.form.widget("gaps")
    assert isinstance(found, QLineEdit)
    return found


def test_policies_are_shown_and_can_be_changed(make) -> None:
    dialog = make("calls=hold:3", "drops=zero")
    assert line(dialog).text() == "calls=hold:3; drops=zero"
    line(dialog).setText("calls=interpolate:2;  sms=zero ;")
    assert dialog.form.settings().gaps == ("calls=interpolate:2", "sms=zero")
    line(dialog).setText("")
    assert dialog.form.settings().gaps == ()


def test_a_kpi_with_the_separator_in_its_name_is_kept_as_it_is(make) -> None:
    assert make("attempts; all=zero").form.settings().gaps == ("attempts; all=zero",)


def test_what_is_no_policy_is_told_in_place(make, qtbot: QtBot) -> None:
    dialog = make()
    line(dialog).setText("calls=sometimes")
    line(dialog).textEdited.emit("calls=sometimes")
    assert "no policy for gaps" in dialog.problem.text()
    assert not dialog.apply.isEnabled()


def test_a_preset_leaves_them_alone(make) -> None:
    dialog = make("calls=zero")
    dialog.preset.setCurrentIndex(dialog.preset.findData("quiet"))
    dialog.preset.activated.emit(dialog.preset.currentIndex())
    assert dialog.form.settings().gaps == ("calls=zero",)
    assert is_preset(dataclasses.replace(preset("quiet"), gaps=("calls=zero",)))
