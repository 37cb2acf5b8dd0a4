"""The incidents by who found them."""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication, QStyle
from pytestqt.qtbot import QtBot

from engine.data import Result
from engine.inspection.hours import Hours
from gui.look.theme import GRID
from gui.models.incident_table import DURATION, KPI, ROW_ROLE, START
from gui.prepared.digest import Digest
from gui.state import AppState
from gui.views.cells_view import CellsView
from gui.views.incidents_view import IncidentsView
from tests.engine.result_factory import make_result
from tests.gui.conftest import source_of


def test_every_combination_of_detectors_is_counted_and_filters(qtbot: QtBot, state: AppState, result: Result) -> None:
    view = IncidentsView(state)
    qtbot.addWidget(view)
    voters = Digest.of(result).voters
    assert len(voters) == len(result.incidents)
    offered = [view.filters.voters.itemText(i) for i in range(1, view.filters.voters.count())]
    assert sum(int(text.rsplit("(", 1)[1].rstrip(")")) for text in offered) == len(result.incidents)
    total = 0
    for choice in range(1, view.filters.voters.count()):
        view.filters.voters.setCurrentIndex(choice)
        model = view.table.model()
        found = {voters[model.index(i, 0).data(ROW_ROLE).incident.id] for i in range(model.rowCount())}
        assert len(found) == 1
        total += model.rowCount()
    assert total == len(result.incidents)
    view.filters.voters.setCurrentIndex(0)
    assert view.table.model().rowCount() == len(result.incidents)


def test_a_table_that_is_given_the_focus_picks_no_incident(qtbot: QtBot, state: AppState, result: Result) -> None:
    """As it is when a job ends, so that J and K go on; the cell that a person looks at stays."""
    view = IncidentsView(state)
    qtbot.addWidget(view)
    state.select(cell=1, incident=None, span=None)
    before = state.selection
    QApplication.sendEvent(view.table, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.OtherFocusReason))
    assert state.selection == before
    qtbot.keyClick(view.table, Qt.Key.Key_Down)
    first = view.table.model().index(0, 0).data(ROW_ROLE)
    assert state.selection.incident == first.incident.id


def test_a_click_on_a_row_goes_to_its_incident(qtbot: QtBot, state: AppState, result: Result) -> None:
    view = IncidentsView(state)
    qtbot.addWidget(view)
    view.resize(1200, 400)
    with qtbot.waitExposed(view):
        view.show()
    for row in (2, 0, 1):
        index = view.table.model().index(row, START)
        qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=view.table.visualRect(index).center())
        assert state.selection.incident == index.data(ROW_ROLE).incident.id


def test_when_an_incident_began_is_never_cut_off(qtbot: QtBot, state: AppState, result: Result) -> None:
    """Over years a stamp names the year; a stamp without its hour is none."""
    view = IncidentsView(state)
    qtbot.addWidget(view)
    weeks = view.table.columnWidth(START)
    days = np.datetime64("2016-01-01", "s") + np.arange(len(result.panel.times)) * np.timedelta64(86_400, "s")
    state.set_result(dataclasses.replace(result, panel=dataclasses.replace(result.panel, times=days)))
    model, table = view.table.model(), view.table
    stamps = [model.index(row, START).data() for row in range(model.rowCount())]
    assert " 2017 " in " ".join(stamps)
    margin = 2 * (table.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, None, table) + 1)
    widest = max(table.fontMetrics().horizontalAdvance(stamp) for stamp in stamps) + margin
    assert weeks < widest <= table.columnWidth(START)


def test_how_long_an_incident_lasted_is_never_cut_off(qtbot: QtBot, state: AppState, result: Result) -> None:
    times = np.datetime64("2016-01-01", "s") + np.arange(len(result.panel.times)) * np.timedelta64(600, "s")
    long = tuple(dataclasses.replace(one, stop=one.start + 118) for one in result.incidents)
    panel = dataclasses.replace(result.panel, times=times, period_s=600)
    state.set_result(dataclasses.replace(result, panel=panel, incidents=long))
    view = IncidentsView(state)
    qtbot.addWidget(view)
    model, table = view.table.model(), view.table
    told = [model.index(row, DURATION).data() for row in range(model.rowCount())]
    assert set(told) == {"19 h 40 min"}
    padding = 3 * GRID  # to either side, as the window is dressed
    assert table.fontMetrics().horizontalAdvance(told[0]) + 2 * padding <= table.columnWidth(DURATION)


def test_columns_are_fitted_to_other_data_and_then_left_to_the_person(
    qtbot: QtBot, state: AppState, result: Result
) -> None:
    view = IncidentsView(state)
    qtbot.addWidget(view)
    short = view.table.columnWidth(KPI)
    view.table.setColumnWidth(KPI, 300)
    state.set_result(dataclasses.replace(result))
    assert view.table.columnWidth(KPI) == 300
    long = tuple(dataclasses.replace(one, kpis=("E-RAB setup failures",)) for one in result.incidents)
    cells = tuple(dataclasses.replace(cell, name="C") for cell in result.panel.cells)
    other = dataclasses.replace(result, panel=dataclasses.replace(result.panel, cells=cells), incidents=long)
    state.set_result(other)
    assert short < view.table.columnWidth(KPI) < 300


def test_where_hardly_anything_was_judged_nobody_is_told_to_allow_more_alarms(qtbot: QtBot) -> None:
    state, calm = AppState(), make_result(anomalies=0)
    state.set_source(source_of(calm))
    state.set_result(calm)
    view = IncidentsView(state)
    qtbot.addWidget(view)
    assert view._empty.text().startswith("Nothing unusual")
    blind = make_result(anomalies=0)
    for verdict in blind.verdicts.values():
        verdict.score[:, 2:] = np.nan
    state.set_result(blind)
    assert view._empty.text().startswith("Hardly anything could be judged, 0.4 %")


def test_only_incidents_of_the_hours_that_are_wanted_are_listed_here_and_counted_with_the_cells(
    state: AppState, qtbot: QtBot
) -> None:
    view, cells = IncidentsView(state), CellsView(state)
    qtbot.addWidget(view)
    qtbot.addWidget(cells)
    result, total = state.result, view._model.rowCount()
    found = [set(result.clock.hour[one.start : one.stop].tolist()) for one in result.incidents]
    hours = next(Hours(hour, hour + 1) for hour in range(24) if 0 < sum(hour in one for one in found) < total)
    mask = hours.mask(result.clock)
    wanted = {one.id for one in result.incidents if mask[one.start : one.stop].any()}
    view.filters.hours._take(hours)
    assert {view._model.index(i, 0).data(ROW_ROLE).incident.id for i in range(view._model.rowCount())} == wanted
    assert view.heading._caption.whole == f"{len(wanted)} of {total} incidents"
    of_cell = Counter(cell for one in result.incidents if one.id in wanted for cell in one.cells)
    counts = [of_cell[row] for row in range(len(result.panel.cells))]
    qtbot.waitUntil(lambda: cells._model._listed.incidents.tolist() == counts)
    view.filters.hours.reset.click()
    assert view._model.rowCount() == total
    qtbot.waitUntil(lambda: cells._model._listed is state.digest.cells)
