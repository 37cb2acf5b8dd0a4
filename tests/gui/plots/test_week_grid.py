"""Hour against weekday: it can be read at every height."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.inspection.rhythm import HOURS, WEEKDAYS, Rhythm
from gui.plots.week_grid import WeekGrid


@pytest.mark.parametrize("height", [110, 160, 400])
def test_the_squares_have_most_of_a_low_view_and_their_names_do_not_touch(qtbot: QtBot, height: int) -> None:
    made = WeekGrid()
    qtbot.addWidget(made)
    made.resize(800, height)
    shape = (WEEKDAYS, HOURS)
    made.show_rhythm(Rhythm(np.full(shape, 100), np.arange(168).reshape(shape)), lambda *_: "", lambda s: f"{s:.1%}")
    with qtbot.waitExposed(made):
        made.show()
    made.grab()
    rows = [made.square(day, 0) for day in range(WEEKDAYS)]
    assert rows[-1].bottom() < height
    assert rows[-1].bottom() - rows[0].top() > 0.4 * height
    named = [rows[day].center().y() for day in range(WEEKDAYS) if made._named(day)]
    assert min(np.diff(named)) >= 12
