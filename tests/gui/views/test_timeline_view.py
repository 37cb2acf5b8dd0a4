"""The timeline: follows the selection, pans and zooms by hand, and moves the threshold."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from engine.data import Result, Verdict
from engine.palette import DARK
from gui.look.theme import qt_palette
from gui.state import VOTE, AppState, Source
from gui.views.timeline_view import TimelineView
from tests.engine.result_factory import empty_result, make_result
from tests.gui.gestures import click, double_click, drag, move, wheel


def state_with(result: Result | None, *, run: bool = True) -> AppState:
    state = AppState()
    if result is not None:
        state.set_source(Source(result.panel, result.quality))
        if run:
            state.set_result(result)
    return state


@pytest.fixture
def result() -> Result:
    return make_result()


def opened(qtbot: QtBot, state: AppState) -> TimelineView:
    view = TimelineView(state)
    qtbot.addWidget(view)
    view.resize(1000, 560)
    with qtbot.waitExposed(view):
        view.show()
    view.grab()
    return view


def middle(view: TimelineView) -> QPoint:
    return view.plot.values.box.sceneBoundingRect().center().toPoint()


def place(view: TimelineView, sample: float, value: float) -> QPoint:
    return view.plot.values.box.mapViewToScene(QPointF(sample, value)).toPoint()


# -- what is shown


def test_without_data_it_says_what_will_be_here(qtbot: QtBot) -> None:
    view = opened(qtbot, state_with(None))
    assert not view.plot.isVisible()
    assert "Open a file" in view._empty.text()


def test_without_a_cell_it_asks_for_one(qtbot: QtBot, result: Result) -> None:
    view = opened(qtbot, state_with(result))
    assert not view.plot.isVisible()
    assert "Choose a cell" in view._empty.text()


def test_a_result_in_which_there_is_nothing_is_no_error(qtbot: QtBot) -> None:
    state = state_with(empty_result())
    view = opened(qtbot, state)
    state.select(cell=0, kpi="calls")
    assert not view.plot.isVisible()


def test_a_panel_without_a_result_shows_what_was_measured(qtbot: QtBot, result: Result) -> None:
    state = state_with(result, run=False)
    view = opened(qtbot, state)
    state.select(cell=1)
    view.grab()
    assert view.plot.isVisible()
    assert view.plot.lanes == []
    assert view.plot.window.length == result.panel.shape[1]


def test_a_result_shows_a_lane_per_detector(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select(cell=1)
    assert [lane.hue for lane in view.plot.lanes] == list(result.evidence["calls"])


def test_a_result_that_comes_later_adds_the_lanes(qtbot: QtBot, result: Result) -> None:
    state = state_with(result, run=False)
    view = opened(qtbot, state)
    state.select(cell=1)
    state.set_result(result)
    view.grab()
    assert len(view.plot.lanes) == 4
    assert view.plot.values.box.width() > 500


def test_only_anomalies_of_this_series_are_marked(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    for anomaly in result.anomalies[:6]:
        state.select(cell=anomaly.cell, kpi=anomaly.kpi)
        mine = {a.id for a in result.anomalies if (a.cell, a.kpi) == (anomaly.cell, anomaly.kpi)}
        shown = {mark.anomaly for mark in view.plot.values.marks.shown}
        assert shown
        assert shown <= mine


def test_the_kpi_can_be_switched(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select(cell=1)
    view._kpis.setCurrentIndex(1)
    view._kpis.activated.emit(1)
    assert state.selection.kpi == "drop_rate"
    assert "drop_rate" in view._heading.findChildren(type(view._readout))[1].text()


def test_an_incident_is_brought_into_sight(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select(cell=0)
    view.plot.window.show(0, 24)
    incident = max(result.incidents, key=lambda i: i.start)
    state.select_incident(incident.id)
    assert view.plot.window.start <= incident.start
    assert incident.stop <= view.plot.window.stop


def test_another_cell_keeps_the_stretch_of_time(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select(cell=0)
    view.plot.window.show(100, 200)
    state.select(cell=1)
    assert (view.plot.window.start, view.plot.window.stop) == (100, 200)


def test_the_height_fits_what_is_in_sight(qtbot: QtBot, result: Result) -> None:
    values = result.panel.values["calls"].copy()
    values[1, 300] = 1e6
    panel = dataclasses.replace(result.panel, values={**result.panel.values, "calls": values})
    state = state_with(dataclasses.replace(result, panel=panel))
    view = opened(qtbot, state)
    state.select(cell=1)
    view.plot.window.show(290, 310)
    assert view.plot.values.box.viewRange()[1][1] > 1e6
    view.plot.window.show(0, 100)
    assert view.plot.values.box.viewRange()[1][1] < 2000


def test_it_says_how_far_the_drawing_is_reduced(qtbot: QtBot) -> None:
    result = make_result(cells=1, periods=20_000, kpis=1, anomalies=0)
    state = state_with(result)
    view = opened(qtbot, state)
    said: list[str] = []
    view.drawn.connect(said.append)
    state.select(cell=0)
    assert said[-1].startswith("drawn 1:")
    view.plot.window.show(0, 100)
    assert said[-1] == ""


# -- pointing


def test_the_cursor_reads_every_lane_at_that_moment(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select(cell=1)
    move(view.plot.viewport(), middle(view))
    sample = view.plot.cursor
    assert sample is not None
    score = result.evidence["calls"]["garch"].score[1, sample] / result.thresholds["calls"]["garch"]
    assert view.plot.lanes[1].right.text == f"{score:.2f}"
    assert view.plot.scale is not None
    assert view.readout.startswith(view.plot.scale.text(sample))
    assert "expected" in view.readout


def test_without_a_cursor_the_stretch_of_time_is_read(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select(cell=1)
    view.plot.window.show(0, 24)
    assert view.readout == "Thu 02 Mar 01:00 to Fri 03 Mar 00:00"


def test_a_gap_reads_as_not_measured(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select(cell=0)
    view.plot.show_cursor(40)
    assert "not measured" in view.readout


def test_a_click_on_a_mark_selects_its_incident(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    anomaly = next(
        a for a in result.anomalies if np.isfinite(result.panel.values[a.kpi][a.cell, a.start : a.stop]).all()
    )
    state.select(cell=anomaly.cell, kpi=anomaly.kpi)
    view.grab()
    mark = next(m for m in view.plot.values.marks.shown if m.anomaly == anomaly.id)
    click(view.plot.viewport(), place(view, mark.peak + 0.5, mark.value))
    assert state.selection.incident == mark.incident
    assert state.selection.span == (anomaly.start, anomaly.stop)


def test_a_click_beside_everything_lets_go_of_the_incident_and_selects_the_point(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select_incident(0)
    mine = [a for a in result.anomalies if (a.cell, a.kpi) == (state.selection.cell, state.selection.kpi)]
    window = view.plot.window
    free = next(t for t in range(int(window.start) + 2, int(window.stop)) if all(abs(t - a.start) > 30 for a in mine))
    top = view.plot.values.box.viewRange()[1][1]
    click(view.plot.viewport(), place(view, free + 0.5, top * 0.98))
    assert state.selection.incident is None
    assert state.selection.cell is not None
    assert state.selection.span == (free, free + 1)


# -- moving


def test_the_wheel_zooms_at_the_pointer(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select(cell=1)
    at = middle(view)
    before = view.plot.values.box.mapSceneToView(QPointF(at)).x()
    span = view.plot.window.span
    wheel(view.plot.viewport(), at, 1)
    assert view.plot.window.span == pytest.approx(span / 1.25)
    assert view.plot.values.box.mapSceneToView(QPointF(at)).x() == pytest.approx(before, abs=1)


def test_a_drag_with_shift_marks_a_stretch_of_time_and_pans_nothing(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    state.select(cell=0)
    view = opened(qtbot, state)
    before = view.plot.window.start, view.plot.window.span
    begin, end = middle(view), middle(view) - QPoint(120, 0)  # backwards is as good
    drag(view.plot.viewport(), begin, end, keys=Qt.KeyboardModifier.ShiftModifier)
    strip = view.plot.values
    expected = strip.sample_at(QPointF(end)), strip.sample_at(QPointF(begin)) + 1
    assert state.selection.span == pytest.approx(expected, abs=1)
    assert state.selection.incident is None
    assert (view.plot.window.start, view.plot.window.span) == before


def test_a_drag_pans(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select(cell=1)
    view.plot.window.show(100, 300)
    drag(view.plot.viewport(), middle(view), middle(view) + QPoint(200, 0))
    assert view.plot.window.start < 90
    assert view.plot.window.span == pytest.approx(200)


def test_a_double_click_shows_what_is_selected(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    anomaly = result.anomalies[0]
    state.select(cell=anomaly.cell, kpi=anomaly.kpi, span=(anomaly.start, anomaly.stop))
    view.plot.window.show_all()
    view._fit()
    assert view.plot.window.start <= anomaly.start < anomaly.stop <= view.plot.window.stop
    assert not view.plot.window.whole


def test_a_double_click_without_a_selection_shows_all(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select(cell=1)
    view.plot.window.show(100, 130)
    double_click(view.plot.viewport(), middle(view))
    assert view.plot.window.whole


@pytest.mark.parametrize(
    ("key", "moved"),
    [
        (Qt.Key.Key_Left, (80, 280)),
        (Qt.Key.Key_Right, (120, 320)),
        (Qt.Key.Key_Plus, (120, 280)),
        (Qt.Key.Key_Minus, (75, 325)),
        (Qt.Key.Key_Home, (0, 504)),
        (Qt.Key.Key_PageDown, (300, 500)),
    ],
)
def test_keys_pan_and_zoom(qtbot: QtBot, result: Result, key: Qt.Key, moved: tuple[float, float]) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select(cell=1)
    view.plot.window.show(100, 300)
    qtbot.keyClick(view.plot, key)
    assert (view.plot.window.start, view.plot.window.stop) == pytest.approx(moved)


def test_the_window_over_the_whole_series_follows_and_leads(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select(cell=1)
    view.plot.window.show(100, 200)
    assert view.plot.focus.region.getRegion() == pytest.approx((100, 200))
    box = view.plot.focus.box
    begin = box.mapViewToScene(QPointF(150, box.viewRect().center().y())).toPoint()
    end = box.mapViewToScene(QPointF(250, box.viewRect().center().y())).toPoint()
    drag(view.plot.viewport(), begin, end)
    assert view.plot.window.start == pytest.approx(200, abs=3)
    assert view.plot.window.span == pytest.approx(100)


# -- the threshold


def alarming(result: Result) -> Result:
    score = np.full(result.panel.shape, 0.1, np.float32)
    score[1, 100:103], score[1, 200], score[1, 300] = 1.6, 1.3, 1.1
    verdicts = {**result.verdicts, "calls": Verdict(score, score >= 1)}
    settings = dataclasses.replace(result.settings, min_deviation=0.0, min_traffic=0.0)
    return dataclasses.replace(result, verdicts=verdicts, settings=settings)


def test_dragging_the_threshold_counts_live_and_changes_the_state_once(qtbot: QtBot, result: Result) -> None:
    state = state_with(alarming(result))
    view = opened(qtbot, state)
    state.select(cell=1, kpi="calls")
    view.grab()
    told: list[str] = []
    changes: list[int] = []
    view.plot.threshold_moved.connect(lambda _factor: told.append(view.readout))
    state.settings_changed.connect(lambda: changes.append(1))
    box = view.plot.combined.box
    begin = box.mapViewToScene(QPointF(250, 1.0)).toPoint()
    end = box.mapViewToScene(QPointF(250, 1.45)).toPoint()
    drag(view.plot.viewport(), begin, end)
    assert any("anomalies here 1," in text for text in told)
    assert any("anomalies here 2," in text for text in told)
    assert len(changes) == 1
    assert state.thresholds["calls"][VOTE] == pytest.approx(1.45, abs=0.06)


def test_a_threshold_that_was_moved_before_is_moved_from_where_it_is(qtbot: QtBot, result: Result) -> None:
    moved = dataclasses.replace(
        alarming(result), thresholds={k: {**v, VOTE: 2.0} for k, v in result.thresholds.items()}
    )
    state = state_with(moved)
    view = opened(qtbot, state)
    state.select(cell=1, kpi="calls")
    view.plot.threshold_dropped.emit(1.5)
    assert state.thresholds["calls"][VOTE] == pytest.approx(3.0)


def test_keys_move_the_threshold_and_enter_takes_it(qtbot: QtBot, result: Result) -> None:
    state = state_with(alarming(result))
    view = opened(qtbot, state)
    state.select(cell=1, kpi="calls")
    view.plot.take_threshold()
    for _ in range(4):
        qtbot.keyClick(view.plot, Qt.Key.Key_Up)
    assert state.thresholds == {}
    qtbot.keyClick(view.plot, Qt.Key.Key_Return)
    assert state.thresholds["calls"][VOTE] == pytest.approx(1.2)


def test_escape_leaves_the_threshold_where_it_was(qtbot: QtBot, result: Result) -> None:
    state = state_with(alarming(result))
    view = opened(qtbot, state)
    state.select(cell=1, kpi="calls")
    view.plot.take_threshold()
    qtbot.keyClick(view.plot, Qt.Key.Key_Down)
    qtbot.keyClick(view.plot, Qt.Key.Key_Escape)
    assert state.thresholds == {}
    assert view.plot.combined.threshold is not None
    assert view.plot.combined.threshold.value == 1.0
    qtbot.keyClick(view.plot, Qt.Key.Key_Up)
    assert view.plot.combined.threshold.value == 1.0


# -- light and dark


def test_it_follows_light_and_dark(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select(cell=1)
    view.setPalette(qt_palette(DARK))
    image = view.plot.grab().toImage()
    assert QColor(image.pixel(2, 2)).name() == DARK.panel.lower()


def test_the_readout_tells_what_was_found_there(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    anomaly = result.anomalies[0]
    state.select(cell=anomaly.cell, kpi=anomaly.kpi)
    view.plot.show_cursor(anomaly.start)
    assert anomaly.type.value.split("_")[0] in view.readout
    view.plot.show_cursor(max(0, anomaly.start - 200) or anomaly.stop + 60)
    assert "spike" not in view.readout


def test_times_are_those_of_the_zone_that_the_run_was_made_in(qtbot: QtBot, result: Result) -> None:
    state = AppState()
    state.set_source(Source(dataclasses.replace(result.panel, zone="UTC"), result.quality))
    view = opened(qtbot, state)
    state.select(cell=1)
    assert view.readout.startswith("Thu 02 Mar 00:00")
    state.set_result(result)
    assert view.readout.startswith("Thu 02 Mar 01:00")


@pytest.mark.parametrize("height", [320, 420, 900])
def test_every_strip_has_its_place_at_any_height(qtbot: QtBot, result: Result, height: int) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select(cell=1)
    view.resize(700, height)
    view.grab()
    plot = view.plot
    boxes = [strip.box.sceneBoundingRect() for strip in (plot.values, *plot.lanes, plot.combined, plot.focus)]
    assert all(upper.bottom() <= lower.top() for upper, lower in pairwise(boxes))
    assert boxes[-1].bottom() <= plot.viewport().height() + 1
    assert boxes[0].height() >= 60


def test_the_legend_gives_way_to_the_readout(qtbot: QtBot, result: Result) -> None:
    state = state_with(result)
    view = opened(qtbot, state)
    state.select(cell=1)
    view.resize(560, 400)
    view.plot.show_cursor(120)
    qtbot.waitUntil(lambda: view._readout.width() >= view._readout.sizeHint().width())
    assert not view._readout.geometry().intersects(view._legend.geometry())
