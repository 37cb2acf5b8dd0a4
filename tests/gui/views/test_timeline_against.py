"""The timeline beside the week before, or beside what one detector expects."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.data import Result
from engine.inspection.against import USUAL, WEEK
from gui.main_window import MainWindow
from gui.plots.legend import Key
from tests.gui.gestures import press, put_focus


def expected_at(window: MainWindow, sample: int) -> float:
    close = window.views["timeline"]._series.close
    return float(close.expected[sample])


def test_w_draws_the_week_before_and_w_again_what_is_usual(full: MainWindow, result: Result, qtbot: QtBot) -> None:
    timeline = full.views["timeline"]
    full.state.select(cell=1, kpi="calls")
    sample = 24 * 10
    usual = expected_at(full, sample)
    put_focus(full, timeline.plot)
    press(full, qtbot, Qt.Key.Key_W)
    assert timeline.against == WEEK
    assert expected_at(full, sample) == result.panel.values["calls"][1, sample - 24 * 7] != usual
    assert timeline._legend._expected == "a week before"
    assert Key.BAND not in timeline._legend._keys
    assert "a week before" in timeline._series.describe(sample)
    full.state.select(cell=2)
    assert expected_at(full, sample) == result.panel.values["calls"][2, sample - 24 * 7], "it stays for the next cell"
    press(full, qtbot, Qt.Key.Key_W)
    full.state.select(cell=1)
    assert timeline.against == USUAL
    assert expected_at(full, sample) == usual


def test_the_menu_offers_the_detectors_that_expect_something(full: MainWindow, result: Result) -> None:
    timeline, menu = full.views["timeline"], full.submenus["against"]
    full.state.select(cell=1, kpi="calls")
    menu.aboutToShow.emit()
    names = [action.text() for action in menu.actions()]
    assert (names[0], names[-1]) == ("what is usual", "a week before")
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["what is usual"]
    menu.actions()[names.index("GARCH")].trigger()
    assert timeline._legend._expected == "GARCH"
    np.testing.assert_array_equal(timeline._series.close.expected, result.evidence["calls"]["garch"].expected[1])
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["GARCH"]
