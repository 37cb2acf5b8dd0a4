"""The timeline in a pane with little room: the name of the cell and the numbers of the axis stay."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from engine.data import Result
from gui.plots.timeline_plot import TIGHT, VALUES
from gui.state import AppState
from gui.views.timeline_view import TimelineView


def opened(qtbot: QtBot, state: AppState) -> TimelineView:
    view = TimelineView(state)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    return view


def test_a_narrow_pane_keeps_the_name_of_the_cell(qtbot: QtBot, state: AppState, result: Result) -> None:
    cells = tuple(dataclasses.replace(cell, name="Site 1 sector A") for cell in result.panel.cells)
    state.set_result(dataclasses.replace(result, panel=dataclasses.replace(result.panel, cells=cells)))
    view = opened(qtbot, state)
    state.select(cell=1)
    QApplication.processEvents()
    view.resize(view.minimumSizeHint().width(), 420)
    QApplication.processEvents()
    shown = [label.text() for label in view._heading.findChildren(QLabel)]
    assert shown[0].startswith("Site 1")
    assert len(shown[0]) > 10


def test_what_was_measured_grows_before_the_scores_do(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    state.select(cell=1)
    heights = {}
    for height in (290, 340, 700):
        view.resize(900, height)
        view.grab()
        heights[height] = view.plot.values.box.height(), view.plot.lanes[0].box.height()
    assert heights[340][0] > heights[290][0] + 40
    assert heights[340][1] == heights[290][1]
    assert heights[700][1] > heights[340][1]


def test_where_there_is_no_room_the_detectors_are_their_colours_and_the_values_stay_legible(
    qtbot: QtBot, state: AppState
) -> None:
    view = opened(qtbot, state)
    state.select(cell=1)
    view.resize(900, view.minimumSizeHint().height())
    view.grab()
    assert [lane.box.height() for lane in view.plot.lanes] == [TIGHT] * len(view.plot.lanes)
    assert view.plot.values.box.height() >= VALUES[0]
    assert all(lane._caption.toolTip() for lane in view.plot.lanes)


@pytest.mark.parametrize("height", [320, 420, 620])
def test_the_axis_of_values_is_a_scale_whatever_the_peak(qtbot: QtBot, state: AppState, height: int) -> None:
    """Where the top tick would be cut off there are others below it."""
    view = opened(qtbot, state)
    state.select(cell=1)
    view.resize(900, height)
    view.grab()
    strip = view.plot.values
    pixels = strip.box.height()
    for low in (0.0, 0.37, -4.2, 812.0):
        for peak in np.geomspace(1.0, 100.0, 400):
            ticks = strip.levels(low, low + float(peak))
            assert len(ticks) >= (2 if pixels < 110 else 3), (low, peak)
            assert len(ticks) <= 6
            assert (low + peak - max(ticks)) / peak * pixels >= 6, "the number at the top is not cut off"
