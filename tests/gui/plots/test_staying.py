"""Where a person was is where they are again when a series has grown."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gui.plots.staying import Place
from gui.plots.time_window import TimeWindow


@pytest.mark.parametrize(
    ("seen", "shift", "then"),
    [
        ((20, 50), 0, (20, 50)),
        ((20, 50), 10, (30, 60)),
        ((0, 100), 0, (0, 130)),
        ((0, 100), 10, (0, 130)),
        ((60, 100), 0, (90, 130)),
        ((0, 40), 0, (0, 40)),
    ],
    ids=["amid", "amid, earlier ones came", "all", "all, earlier ones came", "the newest", "the oldest"],
)
def test_the_stretch_in_sight(qtbot: QtBot, seen: tuple[float, float], shift: int, then: tuple[float, float]) -> None:
    root, window = QWidget(), TimeWindow()
    qtbot.addWidget(root)
    window.reset(100)
    window.show(*seen)
    place = Place((window,), root)
    window.reset(130)
    place.restore(shift)
    assert (window.start, window.stop) == then
