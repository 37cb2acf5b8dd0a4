"""A project opens to the window that was left: here, on another machine, and as far as its data still have it."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine import project
from engine.data import Result, Severity
from engine.inspection.against import WEEK
from engine.inspection.hours import Hours
from engine.monitor import Monitor
from gui.main_window import MainWindow
from gui.models.incident_table import START
from tests.gui.test_add_later import settle


@pytest.fixture
def path(result: Result, tmp_path: Path) -> Path:
    path = tmp_path / "city.cellwarden"
    project.save(result, path)
    return path


@pytest.fixture
def opened(window: MainWindow, path: Path, qtbot: QtBot) -> MainWindow:
    open_in(window, path, qtbot)
    return window


def open_in(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    raised = []
    window.problems.raised.connect(raised.append)
    settle(window, qtbot, lambda: window.open([path]))
    QApplication.processEvents()
    assert raised == []


def leave(window: MainWindow, qtbot: QtBot) -> None:
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=30_000)


def go_somewhere(window: MainWindow) -> None:
    """Somewhere else than a project opens to of itself, in all that can be left."""
    views, state = window.views, window.state
    state.select_incident(state.result.incidents[3].id)
    incidents, overview, timeline, cells = (views[n] for n in ("incidents", "overview", "timeline", "cells"))
    incidents.table.sortByColumn(START, Qt.SortOrder.DescendingOrder)
    incidents.filters.severities[Severity.WARNING].setChecked(False)
    incidents.filters.filter.setText("c")
    incidents.filters.hours._take(Hours(20, 10, "all"))
    incidents.filters.changed.emit()
    overview.controls.severities[2].setChecked(False)
    overview.controls.order.setCurrentIndex(overview.controls.order.findData("name"))
    overview.controls.filter.setText("1$")
    overview.controls.filter.returnPressed.emit()
    overview.kpis.setCurrentIndex(1)
    overview._refresh()
    overview.tabs.setCurrentIndex(2)
    overview.lanes.window.show(10.0, 60.0)
    cells.filter.setText("1")
    cells._apply_filter()
    timeline.compare_with(WEEK)
    timeline.plot.window.show(20.5, 80.25)
    window.tabs.setCurrentWidget(views["quality"])
    window.panes.show_alone("timeline")


def test_a_project_opens_to_the_window_that_was_left(
    opened: MainWindow, path: Path, qtbot: QtBot, make_main_window: Callable[[], MainWindow]
) -> None:
    go_somewhere(opened)
    left = opened.desk.keeper.screen()
    selection, rows = opened.state.selection, opened.views["incidents"].table.model().rowCount()
    leave(opened, qtbot)
    again = make_main_window()
    open_in(again, path, qtbot)
    assert again.desk.keeper.screen() == left
    assert again.state.selection == selection
    window = again.views["timeline"].plot.window
    assert (window.start, window.stop) == pytest.approx((20.5, 80.25), abs=0.01)
    assert again.views["incidents"].table.model().rowCount() == rows
    assert again.panes.alone == "timeline"
    assert again.state.hours == Hours(20, 10)
    assert again.tabs.currentWidget() is again.views["quality"]
    json.dumps(left)


def test_only_what_is_left_otherwise_is_written_and_only_once_it_rests(
    opened: MainWindow, path: Path, qtbot: QtBot
) -> None:
    before = path.read_bytes()
    opened.desk.keeper.rest_ms = 150
    other = opened.state.result.incidents[2].id
    for incident in opened.state.result.incidents[:3]:
        opened.state.select_incident(incident.id)
        QApplication.processEvents()
        assert path.read_bytes() == before
        assert not opened.desk.keeper.busy
    with qtbot.waitSignal(opened.desk.keeper.settled, timeout=20_000):
        pass
    assert project.open_whole(path).screen["selected"] == opened.desk.keeper.screen()["selected"]
    assert opened.state.selection.incident == other
    assert not opened.isWindowModified()
    assert not opened.desk.keeper.unsaved


def test_who_only_looks_leaves_the_project_as_it_was(opened: MainWindow, path: Path, qtbot: QtBot) -> None:
    before = path.read_bytes()
    leave(opened, qtbot)
    assert path.read_bytes() == before


def test_opening_other_data_notes_what_is_left(opened: MainWindow, path: Path, result: Result, qtbot: QtBot) -> None:
    other = path.with_name("other.cellwarden")
    project.save(result, other)
    opened.state.select_incident(result.incidents[3].id)
    left = opened.desk.keeper.screen()
    open_in(opened, other, qtbot)
    qtbot.waitUntil(lambda: opened.desk.idle, timeout=20_000)
    assert project.open_whole(path).screen == left
    assert project.open_whole(other).screen == {}


def test_a_save_holds_how_the_window_is(opened: MainWindow, path: Path, qtbot: QtBot) -> None:
    opened.tabs.setCurrentWidget(opened.views["diagnosis"])
    other = path.with_name("other.cellwarden")
    settle(opened, qtbot, lambda: opened.desk.save(other))
    before = other.read_bytes()
    assert project.open_whole(other).screen["tab"] == "diagnosis"
    leave(opened, qtbot)
    assert other.read_bytes() == before


def test_two_windows_that_look_at_one_project_do_not_keep_each_other_from_saving(
    opened: MainWindow, path: Path, qtbot: QtBot, make_main_window: Callable[[], MainWindow]
) -> None:
    second = make_main_window()
    open_in(second, path, qtbot)
    second.state.select_incident(second.state.result.incidents[3].id)
    leave(second, qtbot)
    overtaken = []
    opened.desk.overtaken.connect(overtaken.append)
    settle(opened, qtbot, lambda: opened.desk.save(path))
    assert overtaken == []


def test_a_cell_or_an_incident_that_is_gone_leaves_the_worst_incident_selected(
    opened: MainWindow, path: Path, result: Result, qtbot: QtBot, make_main_window: Callable[[], MainWindow]
) -> None:
    opened.state.select_incident(result.incidents[3].id)
    opened.views["timeline"].plot.window.show(20.0, 40.0)
    leave(opened, qtbot)
    gone = result.incidents[3]
    project.save(dataclasses.replace(result, incidents=tuple(one for one in result.incidents if one != gone)), path)
    again = make_main_window()
    open_in(again, path, qtbot)
    assert again.state.selection.incident == result.incidents[0].id
    assert again.views["timeline"].plot.window.start == pytest.approx(20.0)


@pytest.mark.parametrize(
    "told",
    [
        {"selected": {"cell": "nowhere", "kpi": "calls"}, "timeline": {"from": "1999-01-01T00:00:00", "to": "2000"}},
        {"selected": {"cell": 3, "kpi": None, "span": "x", "incident": {"cell": "c1", "from": "", "to": []}}},
        {"selected": [], "tab": "weather", "alone": "inspector", "overview": {"page": 7, "lanes": {"filter": "((("}}},
        {"timeline": {"against": "astrology", "from": "NaT", "to": "NaT"}, "incidents": {"sorted": "x", "off": {}}},
        {"overview": {"kpi": "gone", "lanes": {"order": "gone"}}, "cells": {"sorted": 1}, "incidents": {"cause": "?"}},
    ],
)
def test_what_is_told_of_other_data_or_by_nobody_is_left_out(
    window: MainWindow, path: Path, qtbot: QtBot, told: dict[str, object]
) -> None:
    project.set_screen(path, told)
    open_in(window, path, qtbot)
    assert window.state.selection.incident == window.state.result.incidents[0].id
    assert window.views["timeline"].plot.window.length == window.state.panel.shape[1]
    assert window.panes.alone == ""


def test_a_project_that_cannot_be_written_is_left_in_silence(opened: MainWindow, path: Path, qtbot: QtBot) -> None:
    raised = []
    opened.problems.raised.connect(raised.append)
    path.unlink()
    opened.state.select_incident(opened.state.result.incidents[3].id)
    leave(opened, qtbot)
    assert raised == []


def test_a_screen_of_a_later_program_is_read_as_far_as_it_is_known(
    window: MainWindow, path: Path, qtbot: QtBot
) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO screen VALUES (?)", [json.dumps({"tab": "quality", "mood": {"is": "good"}})])
    open_in(window, path, qtbot)
    assert window.tabs.currentWidget() is window.views["quality"]


def test_a_project_that_is_opened_again_in_its_window_stays_where_it_is(
    opened: MainWindow, path: Path, qtbot: QtBot
) -> None:
    opened.state.select_incident(opened.state.result.incidents[3].id)
    left, place = opened.desk.keeper.screen(), opened.state.selection
    open_in(opened, path, qtbot)
    assert opened.desk.keeper.screen() == left
    assert opened.state.selection == place


def test_leaving_while_something_runs_notes_the_window_and_waits_for_no_more(
    opened: MainWindow, path: Path, qtbot: QtBot
) -> None:
    def run(monitor: Monitor) -> None:
        while True:
            monitor.check()
            time.sleep(0.01)

    opened.state.select_incident(opened.state.result.incidents[3].id)
    left = opened.desk.keeper.screen()
    opened.desk.start(run, lambda _none: None, "a long run")
    leave(opened, qtbot)
    assert project.open_whole(path).screen == left
