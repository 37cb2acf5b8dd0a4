"""The button for hours says what is chosen, and chooses by hand."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.inspection.hours import Hours
from gui.widgets.hours_button import HoursButton, hours_in_words


@pytest.fixture
def button(qtbot: QtBot) -> HoursButton:
    button = HoursButton()
    qtbot.addWidget(button)
    return button


@pytest.mark.parametrize(
    ("hours", "words", "brief"),
    [
        (Hours(), "Any hour", "Any hour"),
        (Hours(8, 22), "08:00\N{EN DASH}22:00", "08\N{EN DASH}22"),
        (Hours(days="working"), "Working days", "Working days"),
        (Hours(22, 6, "off"), "22:00\N{EN DASH}06:00, Weekends and holidays", "22\N{EN DASH}06, Days off"),
        (Hours(0, 24, "4"), "Friday", "Fri"),
    ],
)
def test_it_says_the_hours_and_the_days(button: HoursButton, hours: Hours, words: str, brief: str) -> None:
    assert hours_in_words(hours) == words
    button.show_hours(hours)
    assert button.text() == brief
    assert words in button.accessibleName()


def test_hours_and_days_are_chosen_below_it_and_put_back(button: HoursButton, qtbot: QtBot) -> None:
    chosen = []
    button.chosen.connect(chosen.append)
    with qtbot.waitExposed(button):
        button.show()
    button.show_zone("Asia/Tehran")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.panel.isVisible()
    assert button._zone.text() == "Local time of Asia/Tehran"
    for box, value in ((button.first, 8), (button.stop, 22), (button.days, "working")):
        box.setCurrentIndex(box.findData(value))
        box.activated.emit(box.currentIndex())
    assert chosen[-1] == button.hours == Hours(8, 22, "working")
    button.reset.click()
    assert chosen[-1] == Hours()
    assert not button.reset.isEnabled()
    button.panel.hide()
