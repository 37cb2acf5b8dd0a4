"""The overview: lanes, map, hour and weekday; a click selects."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from engine.data import Result
from engine.numerics.runs import find_runs
from gui.job import running
from gui.plots import week_panel
from gui.plots.swim_lanes import AXIS, LABELS, NETWORK, ROW
from gui.state import AppState, Source
from gui.views.overview_view import OverviewView
from tests.engine.result_factory import empty_result, make_result
from tests.gui.gestures import click, drag, wheel
from tests.gui.overview_data import judged, many_cells, opened


@pytest.fixture
def result() -> Result:
    return many_cells()


@pytest.fixture
def state(result: Result) -> AppState:
    return judged(result)


def turn_to(view: OverviewView, page: str) -> None:
    view.tabs.setCurrentIndex(("lanes", "map", "week").index(page))
    view.grab()


# -- empty


def test_without_data_it_says_what_will_be_here(qtbot: QtBot) -> None:
    view = opened(qtbot, AppState())
    assert view._pages.currentWidget() is view._empty
    assert "Open a file" in view._empty.text()


def test_data_without_a_result_ask_for_a_run(qtbot: QtBot, result: Result) -> None:
    state = AppState()
    state.set_source(Source(result.panel, result.quality))
    view = opened(qtbot, state)
    assert "Run the detection" in view._empty.text()


def test_a_result_in_which_there_is_nothing_is_no_error(qtbot: QtBot) -> None:
    state, result = AppState(), empty_result()
    state.set_source(Source(result.panel, result.quality))
    state.set_result(result)
    view = opened(qtbot, state)
    assert view._pages.currentWidget() is view._empty


def test_a_result_without_anomalies_says_so(qtbot: QtBot) -> None:
    state, result = AppState(), make_result(anomalies=0)
    state.set_source(Source(result.panel, result.quality))
    state.set_result(result)
    view = opened(qtbot, state)
    assert view.caption == "Nothing unusual was found in 6 cells."
    for page in ("lanes", "map", "week"):
        turn_to(view, page)


def test_a_result_that_hardly_anybody_could_judge_is_not_called_calm(qtbot: QtBot) -> None:
    state, result = AppState(), make_result(anomalies=0)
    for verdict in result.verdicts.values():
        verdict.score[:, 2:] = np.nan
    state.set_source(Source(result.panel, result.quality))
    state.set_result(result)
    view = opened(qtbot, state)
    assert view.caption.startswith("Hardly anything could be judged, 0.4 %")
    assert "Nothing unusual" not in view.caption


def test_a_result_that_goes_takes_the_lanes_with_it(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    state.set_source(None)
    assert view._pages.currentWidget() is view._empty
    view.toggle_play()
    assert not view.map.slider.playing


# -- lanes


def test_the_worst_cell_is_on_top(qtbot: QtBot, state: AppState, result: Result) -> None:
    view = opened(qtbot, state)
    severity = {a: list(type(i.severity)).index(i.severity) for i in result.incidents for a in i.anomalies}
    worst = min((severity[a.id], a.cell) for a in result.anomalies)[0]
    top = view.lanes._cell_at(AXIS + NETWORK + 2)
    assert min(severity[a.id] for a in result.anomalies if a.cell == top) == worst


def test_a_click_on_an_anomaly_selects_cell_time_kpi_and_incident(
    qtbot: QtBot, state: AppState, result: Result
) -> None:
    view = opened(qtbot, state)
    cell = view.lanes._cell_at(AXIS + NETWORK + 5)
    anomaly = next(a for a in result.anomalies if a.cell == cell)
    click(view.lanes.viewport(), view.lanes.place_of(cell, anomaly.start + 0.5))
    assert state.selection.cell == cell
    assert state.selection.span is not None
    chosen = state.incident(state.selection.incident)
    assert chosen is not None
    assert cell in chosen.cells


def test_a_click_on_a_quiet_place_selects_cell_and_time(qtbot: QtBot, state: AppState, result: Result) -> None:
    view = opened(qtbot, state)
    cell = view.lanes._cell_at(AXIS + NETWORK + 5)
    mine = [a for a in result.anomalies if a.cell == cell]
    free = next(t for t in range(20, 480) if all(abs(t - a.start) > 25 for a in mine))
    click(view.lanes.viewport(), view.lanes.place_of(cell, free))
    assert state.selection.cell == cell
    assert state.selection.incident is None
    start, stop = state.selection.span
    assert start <= free < stop


def test_a_click_on_a_name_selects_the_cell_alone(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    click(view.lanes.viewport(), QPoint(60, AXIS + NETWORK + ROW + 5))
    assert state.selection.cell == view.lanes._cell_at(AXIS + NETWORK + ROW + 5)
    assert state.selection.span is None


def test_a_click_on_the_networks_lane_selects_the_time(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    state.select(cell=3)
    click(view.lanes.viewport(), QPoint(LABELS + 300, AXIS + 10))
    assert state.selection.cell == 3
    assert state.selection.span is not None


def test_a_selected_cell_is_scrolled_into_sight(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    last = int(view.lanes._lanes.order[-1])
    assert view.lanes.top_row == 0
    state.select(cell=last)
    row = view.lanes._row_of[last]
    assert view.lanes.top_row <= row < view.lanes.top_row + view.lanes.rows_in_sight


def test_the_wheel_scrolls_and_with_ctrl_zooms_at_the_pointer(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    at = QPoint(LABELS + 300, AXIS + NETWORK + 40)
    wheel(view.lanes.viewport(), at, -1)
    assert view.lanes.top_row == 3
    before = view.lanes._frame().sample(at.x())
    wheel(view.lanes.viewport(), at, 1, Qt.KeyboardModifier.ControlModifier)
    assert view.lanes.window.span == pytest.approx(504 / 1.25)
    assert view.lanes._frame().sample(at.x()) == pytest.approx(before, abs=1)


def test_a_drag_pans_and_selects_nothing(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    view.lanes.window.show(100, 300)
    before = state.selection
    drag(view.lanes.viewport(), QPoint(LABELS + 400, 150), QPoint(LABELS + 300, 150))
    assert view.lanes.window.start > 110
    assert state.selection == before


def test_keys_walk_the_lanes(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    order = view.lanes._lanes.order.tolist()
    qtbot.keyClick(view.lanes, Qt.Key.Key_Down)
    assert state.selection.cell == order[0]
    qtbot.keyClick(view.lanes, Qt.Key.Key_Down)
    qtbot.keyClick(view.lanes, Qt.Key.Key_Down)
    assert state.selection.cell == order[2]
    qtbot.keyClick(view.lanes, Qt.Key.Key_Up)
    assert state.selection.cell == order[1]
    qtbot.keyClick(view.lanes, Qt.Key.Key_Plus)
    assert not view.lanes.window.whole
    qtbot.keyClick(view.lanes, Qt.Key.Key_Home)
    assert view.lanes.window.whole


def test_the_tip_tells_cell_time_kpi_and_score(qtbot: QtBot, state: AppState, result: Result) -> None:
    view = opened(qtbot, state)
    cell = view.lanes._cell_at(AXIS + NETWORK + 5)
    anomaly = next(a for a in result.anomalies if a.cell == cell)
    tip = view.lanes.tip_at(view.lanes.place_of(cell, anomaly.start + 0.5))
    assert result.panel.cells[cell].name in tip
    assert "score" in tip
    assert "2017-03-" in tip
    assert "cells in alarm" in view.lanes.tip_at(QPoint(LABELS + 100, AXIS + 10))
    assert view.lanes.tip_at(QPoint(LABELS + 100, 5)) == ""


def test_the_tip_of_a_gap_is_no_opinion(qtbot: QtBot, result: Result) -> None:
    score = {k: v.score.copy() for k, v in result.verdicts.items()}
    for values in score.values():
        values[7, 100:200] = np.nan
    anomalies = tuple(a for a in result.anomalies if a.cell != 7)
    kept = {a.id for a in anomalies}
    incidents = tuple(i for i in result.incidents if set(i.anomalies) <= kept)
    verdicts = {k: dataclasses.replace(v, score=score[k]) for k, v in result.verdicts.items()}
    changed = dataclasses.replace(result, verdicts=verdicts, anomalies=anomalies, incidents=incidents)
    state = AppState()
    state.set_source(Source(changed.panel, changed.quality))
    state.set_result(changed)
    view = opened(qtbot, state)
    state.select(cell=7)
    assert "no opinion" in view.lanes.tip_at(view.lanes.place_of(7, 150))
    assert "nothing unusual" in view.lanes.tip_at(view.lanes.place_of(7, 300))


def test_one_kpi_shows_only_its_anomalies(qtbot: QtBot, state: AppState, result: Result) -> None:
    view = opened(qtbot, state)
    everything = len(view._rows.ids)
    view.kpis.setCurrentIndex(1)
    view.kpis.activated.emit(1)
    assert len(view._rows.ids) == sum(a.kpi == "calls" for a in result.anomalies) < everything


def test_twenty_thousand_cells_are_painted_by_the_rows_in_sight(qtbot: QtBot) -> None:
    result = make_result(cells=20_000, periods=48, kpis=1, anomalies=0)
    asked: list[int] = []
    state = AppState()
    state.set_source(Source(result.panel, result.quality))
    state.set_result(result)
    view = opened(qtbot, state)
    silent = view.lanes._lanes.silent
    view.lanes._lanes = dataclasses.replace(
        view.lanes._lanes, silent=lambda cells: (asked.extend(cells), silent(cells))[1]
    )
    state.select(cell=19_999)
    view.grab()
    assert 0 < len(asked) <= 2 * (view.lanes.rows_in_sight + 2)


# -- map


def test_the_map_follows_the_selected_time_and_a_click_selects(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    turn_to(view, "map")
    state.select(cell=2, span=(100, 110))
    assert view.map.slider.moment == 100
    click(view.map.map, view.map.map.place_of(4))
    assert state.selection.cell == 4


def test_cells_without_positions_say_so(qtbot: QtBot, result: Result) -> None:
    cells = tuple(dataclasses.replace(c, lat=None, lon=None) for c in result.panel.cells)
    bare = dataclasses.replace(result, panel=dataclasses.replace(result.panel, cells=cells))
    state = AppState()
    state.set_source(Source(bare.panel, bare.quality))
    state.set_result(bare)
    view = opened(qtbot, state)
    turn_to(view, "map")
    assert view.map._empty.isVisible()
    assert "no positions" in view.map._empty.text()
    view.toggle_play()
    assert not view.map.slider.playing


def test_play_turns_to_the_map_and_leaving_it_stops(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    view.toggle_play()
    assert view.tabs.currentIndex() == 1
    assert view.map.slider.playing
    turn_to(view, "lanes")
    assert not view.map.slider.playing


def test_another_vote_keeps_the_moment(qtbot: QtBot, state: AppState, result: Result) -> None:
    view = opened(qtbot, state)
    turn_to(view, "map")
    view.map.slider.move_to(77)
    state.set_result(dataclasses.replace(result, anomalies=(), incidents=()))
    assert view.map.slider.moment == 77


# -- hour and weekday


def test_hours_tell_when_alarms_come(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    turn_to(view, "week")
    assert view.week.sentence.text().startswith("Most often at ")
    assert "of the points in alarm" in view.week.grid._tip(3, 12)
    assert view.week.grid.at(QPointF(view.week.grid.square(2, 5).center())) == (2, 5)
    assert view.week.grid.at(QPointF(1, 1)) is None


def test_one_cell_can_be_counted_alone(qtbot: QtBot, state: AppState, result: Result) -> None:
    view = opened(qtbot, state)
    turn_to(view, "week")
    assert not view.week.scope.model().item(1).isEnabled()
    cell = result.anomalies[0].cell
    state.select(cell=cell)
    view.week.scope.setCurrentIndex(1)
    counted = view.week.grid._rhythm
    assert counted.alarms.sum() == sum(v.alarm[cell].sum() for v in result.verdicts.values())


def test_very_many_points_are_counted_beside_the_window(
    qtbot: QtBot, state: AppState, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(week_panel, "AT_ONCE", 10)
    view = opened(qtbot, state)
    turn_to(view, "week")
    qtbot.waitUntil(lambda: view.week.grid._rhythm is not None, timeout=5000)
    assert view.week.grid._rhythm.alarms.sum() == sum(v.alarm.sum() for v in result.verdicts.values())
    qtbot.waitUntil(lambda: not running(), timeout=5000)


def test_a_count_that_fails_is_told_and_not_waited_for(
    qtbot: QtBot, state: AppState, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr(week_panel, "AT_ONCE", 10)
    monkeypatch.setattr(week_panel, "rhythm", fail)
    view = opened(qtbot, state)
    with qtbot.capture_exceptions() as raised:
        turn_to(view, "week")
        qtbot.waitUntil(lambda: bool(raised), timeout=5000)
    assert [kind for kind, _, _ in raised] == [ZeroDivisionError]
    assert view.week.sentence.text() == ""
    qtbot.waitUntil(lambda: not running(), timeout=5000)


def test_turning_away_stops_the_count(qtbot: QtBot, state: AppState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(week_panel, "AT_ONCE", 10)
    view = opened(qtbot, state)
    view.tabs.setCurrentIndex(2)
    view.tabs.setCurrentIndex(0)
    qtbot.waitUntil(lambda: not running(), timeout=5000)
    turn_to(view, "week")
    qtbot.waitUntil(lambda: view.week.grid._rhythm is not None, timeout=5000)
    qtbot.waitUntil(lambda: not running(), timeout=5000)


# -- a vote under way


def test_the_lanes_show_a_vote_under_way_in_their_order_and_then_its_result(
    qtbot: QtBot, state: AppState, result: Result
) -> None:
    view = opened(qtbot, state)
    before, order = view._rows, view._order.copy()
    mask = np.zeros(result.panel.shape, bool)
    mask[7, 3:9] = mask[2, 5] = True
    state.set_outline({kpi: find_runs(mask) for kpi in result.verdicts})
    assert set(view._rows.cell.tolist()) == {2, 7}
    np.testing.assert_array_equal(view._order, order)
    view._choose(7, 3, 9)  # a stretch that is no anomaly of the result selects cell and time
    assert state.selection.cell == 7
    state.set_result(dataclasses.replace(result))
    np.testing.assert_array_equal(view._rows.start, before.start)
    assert state.outline == {}


def test_every_tab_is_in_sight_where_the_pane_is_as_narrow_as_it_goes(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    view.resize(view.minimumSizeHint().width(), 360)
    view.grab()
    last = view.tabs.tabRect(view.tabs.count() - 1)
    assert last.right() < view.tabs.width()
    assert view.minimumSizeHint().width() < 450, "a window of 1000 pixels has no more for it"
