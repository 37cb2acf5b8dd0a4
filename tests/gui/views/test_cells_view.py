"""The list of sites and cells: what is marked in it, and what keys and clicks do."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.data import Result
from engine.text import tell
from gui.models.cell_table import CELL_ROLE, NAME, Branch
from gui.state import AppState, Source
from gui.views.cells_view import CellsView
from gui.widgets.site_table import SiteTable, arrow_box
from tests.engine.result_factory import make_result
from tests.gui.gestures import click, double_click

CELLS_A_SITE = 3


def with_sites(result: Result) -> Result:
    cells = tuple(
        dataclasses.replace(cell, name="", site=f"site {i // CELLS_A_SITE}")
        for i, cell in enumerate(result.panel.cells)
    )
    return dataclasses.replace(result, panel=dataclasses.replace(result.panel, cells=cells))


@pytest.fixture
def result() -> Result:
    return with_sites(make_result(cells=12, kpis=1, anomalies=8))


@pytest.fixture
def state(result: Result) -> AppState:
    state = AppState()
    state.set_source(Source(result.panel, result.quality, None, ("a.csv",)))
    state.set_result(result)
    return state


@pytest.fixture
def view(qtbot: QtBot, state: AppState) -> CellsView:
    view = CellsView(state)
    qtbot.addWidget(view)
    view.resize(260, 600)
    view.show()
    QApplication.processEvents()
    return view


def texts(table: SiteTable) -> list[str]:
    return [table.model().index(i, NAME).data() for i in range(table.model().rowCount())]


def marked(table: SiteTable) -> list[int]:
    return [index.data(CELL_ROLE) for index in table.selectionModel().selectedRows()]


def middle(table: SiteTable, row: int) -> QPoint:
    return table.visualRect(table.model().index(row, NAME)).center()


def test_the_cell_selected_elsewhere_is_marked_and_its_site_opened(view: CellsView, state: AppState) -> None:
    assert texts(view.table) == ["site 0", "site 1", "site 2", "site 3"]
    state.select(cell=7)
    assert marked(view.table) == [7]
    assert texts(view.table)[2:6] == ["site 2", *(state.panel.cells[i].id for i in (6, 7, 8))]


def test_a_site_that_was_shut_stays_shut_when_another_result_comes(
    view: CellsView, state: AppState, result: Result
) -> None:
    state.select(cell=7)
    view.table.shut_site(2)
    state.set_result(dataclasses.replace(result))
    QApplication.processEvents()
    assert texts(view.table) == ["site 0", "site 1", "site 2", "site 3"]
    assert marked(view.table) == []
    state.select(cell=8)
    assert marked(view.table) == [8]


def test_the_selected_cell_is_shown_again_in_data_of_other_sites(view: CellsView, state: AppState) -> None:
    state.select(cell=7)
    view.table.shut_site(2)
    other = dataclasses.replace(
        state.panel, cells=tuple(dataclasses.replace(cell, site=f"x {cell.site}") for cell in state.panel.cells)
    )
    selection = state.selection
    state.set_source(dataclasses.replace(state.source, panel=other))
    state.select(**dataclasses.asdict(selection))
    QApplication.processEvents()
    assert marked(view.table) == [7]


def test_keys_open_and_shut_sites_and_lead_back_to_them(view: CellsView, state: AppState) -> None:
    table = view.table
    table.setFocus()
    table.setCurrentIndex(table.model().index(1, NAME))
    QTest.keyClick(table, Qt.Key.Key_Right)
    assert texts(table)[1:5] == ["site 1", *(state.panel.cells[i].id for i in (3, 4, 5))]
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert state.selection.cell == 3
    QTest.keyClick(table, Qt.Key.Key_Left)
    assert table.currentIndex().row() == 1
    QTest.keyClick(table, Qt.Key.Key_Left)
    assert table.model().branch(1) is Branch.SHUT
    QTest.keyClick(table, Qt.Key.Key_Plus)
    assert table.model().branch(1) is Branch.OPEN
    QTest.keyClick(table, Qt.Key.Key_Minus)
    assert table.model().branch(1) is Branch.SHUT
    QTest.keyClick(table, Qt.Key.Key_Asterisk)
    assert table.model().rowCount() == 16
    assert state.selection.cell == 3


def test_the_keyboard_stays_at_a_site_that_is_shut_around_it(view: CellsView, state: AppState) -> None:
    state.select(cell=4)
    view.table.shut_site(1)
    assert view.table.currentIndex().row() == 1
    assert state.selection.cell == 4


def test_a_click_on_the_arrow_opens_and_on_the_name_does_not(view: CellsView, state: AppState) -> None:
    table = view.table
    arrow = arrow_box(table.visualRect(table.model().index(0, NAME))).center()
    click(table.viewport(), middle(table, 0))
    assert table.model().branch(0) is Branch.SHUT
    click(table.viewport(), arrow)
    assert table.model().branch(0) is Branch.OPEN
    click(table.viewport(), middle(table, 2))
    assert state.selection.cell == 1
    click(table.viewport(), arrow)
    assert table.model().branch(0) is Branch.SHUT
    double_click(table.viewport(), middle(table, 0))
    assert table.model().branch(0) is Branch.OPEN


def test_the_menu_opens_and_shuts_all_sites(view: CellsView) -> None:
    table = view.table
    for name, rows in (("cells_open_all", 16), ("cells_shut_all", 4)):
        table.customContextMenuRequested.emit(middle(table, 0))
        menu = table.findChildren(QMenu)[-1]
        next(action for action in menu.actions() if action.text() == tell(name)).trigger()
        menu.close()
        QApplication.processEvents()
        assert table.model().rowCount() == rows


def test_enter_in_the_filter_takes_the_first_cell(view: CellsView, state: AppState) -> None:
    QTest.keyClicks(view.filter, "site 2")
    QTest.keyClick(view.filter, Qt.Key.Key_Return)
    assert state.selection.cell == 6
    assert marked(view.table) == [6]
    view.filter.setText("nothing is called so")
    QTest.keyClick(view.filter, Qt.Key.Key_Return)
    assert state.selection.cell == 6
    assert view.table.isHidden()


def test_the_arrow_of_a_site_is_drawn_and_turns(view: CellsView) -> None:
    table = view.table

    def drawn(row: int) -> QImage:
        return table.viewport().grab(arrow_box(table.visualRect(table.model().index(row, NAME)))).toImage()

    shut = drawn(0)
    assert shut == drawn(1)
    table.open_site(0)
    assert drawn(0) != shut
    blank = drawn(1)
    assert blank not in (shut, drawn(0))


def test_a_filter_shows_its_first_cells_and_the_selected_one_when_it_is_off(qtbot: QtBot) -> None:
    """Wherever the list of all cells was scrolled to."""
    made, state = make_result(cells=300, kpis=1, anomalies=8), AppState()
    cells = tuple(dataclasses.replace(cell, site="") for cell in made.panel.cells)
    state.set_result(dataclasses.replace(made, panel=dataclasses.replace(made.panel, cells=cells)))
    view = CellsView(state)
    qtbot.addWidget(view)
    view.resize(260, 300)
    view.show()
    state.select(cell=None, incident=None, span=None)
    model = view.table.model()
    qtbot.waitUntil(lambda: model.rowCount() == 300)
    view.table.scrollToBottom()
    view.filter.setText("1")
    qtbot.waitUntil(lambda: 60 < model.rowCount() < 300)
    assert view.table.rowAt(0) == 0
    view.table.setCurrentIndex(model.index(60, NAME))
    view.filter.clear()
    qtbot.waitUntil(lambda: model.rowCount() == 300)
    chosen = model.index(model.row_of(state.selection.cell), NAME)
    assert view.table.viewport().rect().intersects(view.table.visualRect(chosen))
