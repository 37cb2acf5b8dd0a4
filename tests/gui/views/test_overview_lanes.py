"""The lanes of the overview: put in order, some severities only, some cells only."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from engine.data import Result
from engine.inspection.hours import Hours, meets
from gui.look.wording import lasting
from gui.plots.swim_lanes import AXIS, LABELS, NETWORK, ROW
from gui.state import AppState
from gui.views.overview_view import OverviewView
from tests.gui.gestures import click
from tests.gui.overview_data import judged, many_cells, opened


@pytest.fixture
def result() -> Result:
    return many_cells()


@pytest.fixture
def state(result: Result) -> AppState:
    return judged(result)


def put_in_order(view: OverviewView, name: str) -> None:
    at = view.controls.order.findData(name)
    view.controls.order.setCurrentIndex(at)
    view.controls.order.activated.emit(at)


def names_of(view: OverviewView, state: AppState) -> list[str]:
    return [state.panel.cells[cell].name for cell in view.lanes._lanes.order]


def test_lanes_can_be_put_in_order_of_their_names(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    put_in_order(view, "name")
    names = [state.panel.cells[view.lanes._cell_at(AXIS + NETWORK + row * ROW + 5)].name for row in range(10)]
    assert names == sorted(names)


def test_lanes_of_a_site_stand_together(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    put_in_order(view, "site")
    sites = [state.panel.cells[cell].site for cell in view.lanes._lanes.order]
    assert sites == sorted(sites, key=lambda site: int(site.split()[-1]))


def test_lanes_in_order_of_their_incidents(qtbot: QtBot, state: AppState, result: Result) -> None:
    view = opened(qtbot, state)
    put_in_order(view, "incidents")
    counts = [sum(cell in i.cells for i in result.incidents) for cell in view.lanes._lanes.order]
    assert counts[0] > counts[-1]
    assert counts == sorted(counts, reverse=True)


def test_the_worst_in_sight_follow_the_stretch_in_sight_once_it_stands_still(
    qtbot: QtBot, state: AppState, result: Result
) -> None:
    view = opened(qtbot, state)
    put_in_order(view, "view")
    before = view._order.copy()
    anomaly = result.anomalies[0]
    view.lanes.window.show(anomaly.start, anomaly.start + 2)
    np.testing.assert_array_equal(view._order, before)
    qtbot.waitUntil(lambda: view._order.tolist() != before.tolist(), timeout=5000)
    gravest = view._rows.gravest(anomaly.start, anomaly.start + 2)
    assert gravest[view._order].tolist() == sorted(gravest.tolist())


def test_the_worst_at_the_time_selected_stand_on_top(qtbot: QtBot, state: AppState, result: Result) -> None:
    view = opened(qtbot, state)
    put_in_order(view, "moment")
    for anomaly in (result.anomalies[3], result.anomalies[7]):
        click(view.lanes.viewport(), view.lanes.place_of(anomaly.cell, anomaly.start + 0.5)) if (
            view.lanes.top_row <= view.lanes._row_of[anomaly.cell] < view.lanes.top_row + view.lanes.rows_in_sight
        ) else state.select(cell=anomaly.cell, span=(anomaly.start, anomaly.stop))
        start, stop = state.selection.span
        gravest = view._rows.gravest(start, stop)
        assert gravest[view._order].tolist() == sorted(gravest.tolist())
        assert gravest[view._order[0]] < 4


def test_a_severity_that_is_switched_off_is_not_drawn_counted_or_found(
    qtbot: QtBot, state: AppState, result: Result
) -> None:
    view = opened(qtbot, state)
    severity = {a: i.severity for i in result.incidents for a in i.anomalies}
    critical = {a.id for a in result.anomalies if severity[a.id] == "critical"}
    click(view.controls.severities[0], QPoint(8, 8))
    assert critical
    assert set(view.lanes._lanes.rows.ids.tolist()) == {a.id for a in result.anomalies} - critical
    cell = next(a.cell for a in result.anomalies if a.id in critical)
    assert view.lanes._gravest[cell] != 0
    assert view.lanes._lanes.alarmed.sum() < view._alarmed.sum()
    assert set(view._rows.ids.tolist()) == {a.id for a in result.anomalies}  # the map shows them all
    assert len(view._order) == 40


def test_an_expression_leaves_the_lanes_whose_name_id_or_site_holds_it(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    qtbot.keyClicks(view.controls.filter, r"tt. 1\d$|^C2$|SITE 13")
    qtbot.waitUntil(lambda: len(view._order) < 40, timeout=5000)
    assert set(names_of(view, state)) == {*(f"Città {n}" for n in range(10, 20)), "Città 2", "Città 39"}
    assert view.lanes.note == "12 of 40 lanes"
    assert "of 40 in alarm" in view.lanes.tip_at(QPoint(LABELS + 100, AXIS + 10)).replace(" cells", "")
    state.select(cell=30)  # is in none of the lanes
    view.grab()


def test_a_bad_expression_is_said_in_place_and_loses_nothing(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    qtbot.keyClicks(view.controls.filter, "tt. 1")
    qtbot.keyClick(view.controls.filter, Qt.Key.Key_Return)
    before = names_of(view, state)
    qtbot.keyClicks(view.controls.filter, "[0")
    qtbot.keyClick(view.controls.filter, Qt.Key.Key_Return)
    assert view.controls.problem.isVisible()
    assert "(character 6)" in view.controls.problem.text()
    assert names_of(view, state) == before
    assert view.controls.filter.text() == "tt. 1[0"
    qtbot.keyClicks(view.controls.filter, "]")
    qtbot.keyClick(view.controls.filter, Qt.Key.Key_Return)
    assert not view.controls.problem.isVisible()
    assert names_of(view, state) == ["Città 10"]
    view.controls.filter.setText("(t+)+$")
    qtbot.keyClick(view.controls.filter, Qt.Key.Key_Return)
    assert "from character 1 on" in view.controls.problem.text()
    assert names_of(view, state) == ["Città 10"]


def test_without_a_match_it_says_so_and_an_empty_expression_shows_all(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    qtbot.keyClicks(view.controls.filter, "nowhere")
    qtbot.keyClick(view.controls.filter, Qt.Key.Key_Return)
    assert view.lanes.note == "no cell matches"
    qtbot.keyClick(view.lanes, Qt.Key.Key_Down)
    view.grab()
    view.controls.filter.clear()
    qtbot.keyClick(view.controls.filter, Qt.Key.Key_Return)
    assert len(view._order) == 40


def test_another_kpi_hatches_its_own_gaps(qtbot: QtBot, state: AppState, result: Result) -> None:
    score = result.verdicts["calls"].score.copy()
    score[:, :] = np.nan
    verdicts = {**result.verdicts, "calls": dataclasses.replace(result.verdicts["calls"], score=score)}
    state.set_result(dataclasses.replace(result, verdicts=verdicts))
    view = opened(qtbot, state)
    cell = int(view._order[0])
    assert not view.lanes._silent_buckets([cell]).all()
    view.kpis.setCurrentIndex(view.kpis.findData("calls"))
    view.kpis.activated.emit(view.kpis.currentIndex())
    assert view.lanes._silent_buckets([cell]).all()


def test_the_stretch_that_a_column_stands_for_follows_the_width(qtbot: QtBot, state: AppState) -> None:
    view = opened(qtbot, state)
    said = []
    for width in (1600, 420, 1600):
        view.resize(width, 300)
        view.grab()
        assert view.lanes.note == f"one column = {lasting(state.panel, view.lanes.bucket)}"
        said.append(view.lanes.note)
    assert said[0] != said[1]
    assert said[0] == said[2]


def test_lanes_and_map_show_what_was_found_in_the_hours_that_are_wanted_and_say_so(
    qtbot: QtBot, state: AppState, result: Result
) -> None:
    view = opened(qtbot, state)
    whole, alarmed = view._rows, view._alarmed
    assert whole is not None
    assert view.caption == ""
    hours = next(
        one
        for one in (Hours(hour, hour + 1) for hour in range(24))
        if 0 < sum(meets(one.counted(result.clock), i.start, i.stop) for i in result.incidents) < len(result.incidents)
    )
    state.set_hours(hours)
    counted = hours.counted(result.clock)
    listed = {a for one in result.incidents if meets(counted, one.start, one.stop) for a in one.anomalies}
    rows = view._rows
    assert rows is not None
    assert set(rows.ids.tolist()) == listed
    assert view._alarmed.sum() < alarmed.sum()
    assert view.caption.endswith(" only")
    assert view.lanes._lanes is not None
    gone = next(a for a in result.anomalies if a.id not in listed and rows.at(a.cell, a.start, a.stop) is None)
    assert "other hours" in view._tip(result, view._alarmed, gone.cell, gone.start, gone.stop)
    view.tabs.setCurrentIndex(1)
    assert view.map._rows is rows
    assert view.caption.endswith(" only")
    view.tabs.setCurrentIndex(2)
    assert view.caption == ""
    view.tabs.setCurrentIndex(0)
    state.set_hours(Hours())
    assert view._rows is whole
    assert view.caption == ""
    assert np.array_equal(view._alarmed, alarmed)
