"""The time of the map: dragged, stepped, played."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gui.plots.ticks import TimeScale
from gui.plots.time_slider import FRAME_MS, TimeSlider
from tests.gui.gestures import click, drag

SCALE = TimeScale(np.datetime64("2017-03-02T00:00:00", "s"), 3600, "Europe/Rome")


@pytest.fixture
def slider(qtbot: QtBot) -> TimeSlider:
    made = TimeSlider()
    qtbot.addWidget(made)
    made.resize(616, 52)
    made.show_times(SCALE, np.arange(100) % 7)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_a_click_jumps_and_a_drag_follows(slider: TimeSlider) -> None:
    click(slider, QPoint(308, 20))
    assert slider.moment == 50
    drag(slider, QPoint(308, 20), QPoint(458, 20))
    assert slider.moment == 75


def test_it_stays_inside_the_series(slider: TimeSlider) -> None:
    slider.move_to(1000)
    assert slider.moment == 99
    slider.move_to(-5)
    assert slider.moment == 0


@pytest.mark.parametrize(
    ("key", "moment"), [(Qt.Key.Key_Right, 41), (Qt.Key.Key_Left, 39), (Qt.Key.Key_Home, 0), (Qt.Key.Key_End, 99)]
)
def test_keys_step(qtbot: QtBot, slider: TimeSlider, key: Qt.Key, moment: int) -> None:
    slider.move_to(40)
    qtbot.keyClick(slider, key)
    assert slider.moment == moment


def test_playing_moves_on_and_stops_at_the_end(qtbot: QtBot, slider: TimeSlider) -> None:
    slider.move_to(97)
    with qtbot.waitSignals([slider.playing_changed, slider.playing_changed], timeout=FRAME_MS * 20):
        qtbot.keyClick(slider, Qt.Key.Key_Space)
    assert slider.moment == 99
    assert not slider.playing


def test_playing_from_the_end_begins_again(slider: TimeSlider) -> None:
    slider.move_to(99)
    slider.toggle()
    assert slider.moment == 0
    slider.toggle()
    assert not slider.playing


def test_taking_the_handle_stops_playing(slider: TimeSlider) -> None:
    slider.toggle()
    click(slider, QPoint(308, 20))
    assert not slider.playing


def test_another_series_stops_playing(slider: TimeSlider) -> None:
    slider.toggle()
    slider.show_times(SCALE, np.zeros(3, np.int64))
    assert not slider.playing
    assert slider.moment <= 2


def test_without_a_series_nothing_plays(qtbot: QtBot) -> None:
    made = TimeSlider()
    qtbot.addWidget(made)
    made.toggle()
    assert not made.playing
    assert not made.grab().isNull()
