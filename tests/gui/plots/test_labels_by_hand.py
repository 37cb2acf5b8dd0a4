"""Labelling on the timeline by hand: drag, click, keys; drawn, read out, undone."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from pytestqt.qtbot import QtBot

from engine.data import Result
from gui.state import AppState, Source
from gui.views.timeline_view import TimelineView
from tests.engine.result_factory import make_result
from tests.gui.gestures import click, drag, move


@pytest.fixture
def result() -> Result:
    return make_result()


def middle(view: TimelineView) -> QPoint:
    return view.plot.values.box.sceneBoundingRect().center().toPoint()


def place(view: TimelineView, sample: float) -> QPoint:
    return QPoint(view.plot.values.box.mapViewToScene(QPointF(sample, 0)).toPoint().x(), middle(view).y())


def labelling(qtbot: QtBot, result: Result) -> tuple[AppState, TimelineView]:
    state = AppState()
    state.set_source(Source(result.panel, result.quality))
    state.set_result(result)
    view = TimelineView(state)
    qtbot.addWidget(view)
    view.resize(1000, 560)
    with qtbot.waitExposed(view):
        view.show()
    view.grab()
    state.select(cell=1, kpi="calls")
    view.plot.window.show(100, 300)
    view.labels.toggle()
    return state, view


def stretches(state: AppState, value: int) -> list[tuple[int, int]]:
    row = state.labelling.row(("calls", 1))
    padded = np.concatenate([[0], (row == value).astype(int), [0]])
    steps = np.diff(padded)
    return list(zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True))


def across(view: TimelineView, begin: float, end: float) -> None:
    drag(view.plot.viewport(), place(view, begin), place(view, end))


def test_a_drag_labels_while_labelling_is_on_and_pans_while_it_is_off(qtbot: QtBot, result: Result) -> None:
    state, view = labelling(qtbot, result)
    assert view.label_button.isChecked()
    across(view, 150.5, 180.5)
    assert stretches(state, 1) == [(150, 181)]
    assert view.plot.window.start == 100
    view.label_button.click()
    across(view, 200.5, 220.5)
    assert stretches(state, 1) == [(150, 181)]
    assert view.plot.window.start < 100


def test_the_end_of_a_label_is_dragged(qtbot: QtBot, result: Result) -> None:
    state, view = labelling(qtbot, result)
    state.labelling.label(("calls", 1), 150, 181, 1, "label")
    across(view, 181, 200)
    assert stretches(state, 1) == [(150, 200)]
    across(view, 150, 160)
    assert stretches(state, 1) == [(160, 200)]
    state.reviews.undo_stack.undo()
    state.reviews.undo_stack.undo()
    assert stretches(state, 1) == [(150, 181)]


def test_normal_is_drawn_and_labels_are_taken_away_by_the_choice_of_the_menu(qtbot: QtBot, result: Result) -> None:
    state, view = labelling(qtbot, result)
    view.label_button.kind_chosen.emit(0)
    assert "normal" in view.label_button.text()
    across(view, 150.5, 180.5)
    assert stretches(state, 0) == [(150, 181)]
    view.label_button.kind_chosen.emit(-1)
    across(view, 160.5, 169.5)
    assert stretches(state, 0) == [(150, 160), (170, 181)]


def test_a_click_selects_a_label_and_the_keys_act_on_what_is_selected(qtbot: QtBot, result: Result) -> None:
    state, view = labelling(qtbot, result)
    state.labelling.label(("calls", 1), 150, 181, 1, "label")
    click(view.plot.viewport(), place(view, 165))
    assert state.selection.span == (150, 181)
    view.labels.label(0)
    assert (stretches(state, 1), stretches(state, 0)) == ([], [(150, 181)])
    view.labels.label(-1)
    assert stretches(state, 0) == []


def test_the_rest_of_a_series_is_called_normal_in_one_step(qtbot: QtBot, result: Result) -> None:
    state, view = labelling(qtbot, result)
    state.labelling.label(("calls", 1), 150, 181, 1, "label")
    view.labels.rest_is_normal()
    assert stretches(state, 1) == [(150, 181)]
    assert stretches(state, 0) == [(0, 150), (181, result.panel.shape[1])]
    state.reviews.undo_stack.undo()
    assert stretches(state, 0) == []


def test_labels_are_drawn_read_out_and_explained(qtbot: QtBot, result: Result) -> None:
    state, view = labelling(qtbot, result)
    state.labelling.label(("calls", 1), 150, 181, 1, "label")
    view.grab()
    assert view.plot.values.anomalous.spans.tolist() == [[150.0, 181.0]]
    move(view.plot.viewport(), place(view, 165))
    assert view.readout.endswith("labelled anomalous")
    state.select(cell=2)
    assert view.plot.values.anomalous.spans.tolist() == []


def test_labelling_stays_on_when_the_lanes_are_others(qtbot: QtBot, result: Result) -> None:
    state, view = labelling(qtbot, result)
    state.set_result(None)
    across(view, 150.5, 180.5)
    assert stretches(state, 1) == [(150, 181)]
    state.set_result(make_result())
    view.grab()
    across(view, 200.5, 220.5)
    assert stretches(state, 1) == [(150, 181), (200, 221)]
