"""The handover beside the window: it follows what is said, leads to its incidents, and is copied as text."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.data import Result
from gui.dialogs.shift_dialog import ShiftDialog
from gui.preferences import Preferences
from gui.state import AppState
from gui.widgets.link import Link
from tests.engine.result_factory import empty_result, make_result
from tests.gui.conftest import source_of

pytestmark = pytest.mark.usefixtures("appearance")


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(tmp_path / "window.ini")


def at_the_end(hours: int) -> Result:
    """Incidents of long ago, and one that lasts so many hours to the end of the data."""
    result = make_result()
    end = result.panel.shape[1]
    first, *others = result.incidents
    calm = tuple(dataclasses.replace(one, start=0, stop=5) for one in others)
    return dataclasses.replace(result, incidents=(dataclasses.replace(first, start=end - hours, stop=end), *calm))


def opened(qtbot: QtBot, result: Result, preferences: Preferences) -> tuple[ShiftDialog, AppState]:
    state = AppState()
    state.set_source(source_of(result))
    state.set_result(result)
    dialog = ShiftDialog(state, preferences)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog, state


def told(dialog: ShiftDialog) -> str:
    return " ".join(label.text() for label in dialog.findChildren(QLabel))


def test_an_incident_leads_to_itself_in_the_window(qtbot: QtBot, preferences: Preferences) -> None:
    dialog, state = opened(qtbot, at_the_end(3), preferences)
    (link,) = dialog.page.findChildren(Link)
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert state.result is not None
    assert state.selection.incident == state.result.incidents[0].id


def test_a_longer_shift_makes_new_of_what_stood_and_is_remembered(qtbot: QtBot, preferences: Preferences) -> None:
    dialog, _ = opened(qtbot, at_the_end(20), preferences)
    assert "0 new, 1 open from before, 0 cleared" in told(dialog)
    dialog.hours.setValue(24)
    assert "1 new, 0 open from before, 0 cleared" in told(dialog)
    assert preferences.shift_hours == 24


def test_what_is_said_meanwhile_shows_at_once(qtbot: QtBot, preferences: Preferences) -> None:
    dialog, state = opened(qtbot, at_the_end(3), preferences)
    assert state.result is not None
    incident = state.result.incidents[0]
    place = state.places(incident)[0]
    state.reviews.tag(place, "fault")
    state.reviews.comment(place, "rectifier replaced")
    state.reviews.assign(place, "Kim")
    assert "Fault: rectifier replaced; owner Kim" in told(dialog)
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0].endswith("1 new, 0 open from before, 0 cleared.")
    assert copied[1].endswith("[Fault: rectifier replaced; owner Kim]")


def test_a_false_alarm_goes_out_of_it_at_once(qtbot: QtBot, preferences: Preferences) -> None:
    dialog, state = opened(qtbot, at_the_end(3), preferences)
    assert state.result is not None
    place = state.places(state.result.incidents[0])[0]
    state.reviews.tag(place, "false")
    assert "0 new, 0 open from before" in told(dialog)
    assert "Left out: 1 incident judged to be a false alarm." in told(dialog)
    state.reviews.tag(place, "fault")
    assert "1 new, 0 open from before" in told(dialog)


def test_without_measurements_it_says_so_and_offers_no_copy(qtbot: QtBot, preferences: Preferences) -> None:
    dialog, _ = opened(qtbot, empty_result(), preferences)
    assert "nothing to hand over" in told(dialog)
    assert not dialog.copy.isEnabled()


def test_a_damaged_preference_is_eight_hours(preferences: Preferences) -> None:
    preferences._store.setValue("shift_hours", "a while")
    assert preferences.shift_hours == 8
    preferences._store.setValue("shift_hours", "99999")
    assert preferences.shift_hours == 744
