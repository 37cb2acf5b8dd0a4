"""The cells of the network as a tree of sites, each with the mark of its worst incident."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QStackedWidget, QTreeView, QVBoxLayout, QWidget

from engine.data import Panel, Result, Severity
from engine.summary import RANK
from engine.text import tell
from gui.marks import severity_icon
from gui.models.cell_tree import INCIDENTS, NAME, ROW_ROLE, CellRow, CellTree
from gui.state import AppState
from gui.theme import GRID, palette_of
from gui.widgets.heading import Heading, empty
from gui.wording import cell_label

_FILTER_MS = 120
_COUNT_WIDTH = 20 * GRID


class CellsView(QWidget):
    """Selecting a cell selects it everywhere; selecting one elsewhere shows it here."""

    id: ClassVar[str] = "cells"
    title: ClassVar[str] = tell("cells_title")

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._model = CellTree(lambda severity: severity_icon(severity, palette_of(self)), self)
        self._heading = Heading(self.title)
        self.filter = QLineEdit(placeholderText=tell("cells_filter"), clearButtonEnabled=True)
        self.filter.setAccessibleName(tell("cells_filter"))
        self.tree = QTreeView()
        self.tree.setModel(self._model)
        self.tree.setUniformRowHeights(True)
        self.tree.setSortingEnabled(True)
        self.tree.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)
        self.tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.tree.setAccessibleName(self.title)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(INCIDENTS, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(INCIDENTS, _COUNT_WIDTH)
        self.tree.setIndentation(3 * GRID)
        self._empty = empty(tell("cells_empty"))
        self._pages = QStackedWidget()
        self._pages.addWidget(self.tree)
        self._pages.addWidget(self._empty)

        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._heading)
        field = QVBoxLayout()
        field.setContentsMargins(3 * GRID, 0, 3 * GRID, 2 * GRID)
        field.addWidget(self.filter)
        box.addLayout(field)
        box.addWidget(self._pages, 1)

        self._typed = QTimer(self, interval=_FILTER_MS, singleShot=True)
        self._typed.timeout.connect(self._apply_filter)
        self.filter.textChanged.connect(lambda _text: self._typed.start())
        self.filter.returnPressed.connect(self._take_first)
        self.tree.selectionModel().currentChanged.connect(lambda current, _previous: self._picked(current))
        self.tree.clicked.connect(self._clicked)
        state.panel_changed.connect(self._fill)
        state.result_changed.connect(self._fill)
        state.selection_changed.connect(self._follow)
        self._fill()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the marks anew when light turns dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.tree.viewport().update()

    def _fill(self) -> None:
        panel = self._state.panel
        open_sites = self._open_sites()
        self._model.set_rows(_rows(panel, self._state.result) if panel else ())
        if open_sites or self._model.rowCount() <= 1:
            self._reopen(open_sites)
        self.tree.setRootIsDecorated(not self._model.flat)
        self._caption()
        self._follow()

    def _apply_filter(self) -> None:
        self._model.set_filter(self.filter.text())
        if self.filter.text() and not self._model.flat:
            self.tree.expandAll() if self._model.shown <= 500 else None
        self._caption()
        self._follow()

    def _caption(self) -> None:
        total, shown = self._model.total, self._model.shown
        text = "" if not total else f"{total:,}" if shown == total else tell("cells_count", shown=shown, total=total)
        self._heading.set_caption(text)
        self._empty.setText(tell("cells_none_match") if total else tell("cells_empty"))
        self._pages.setCurrentIndex(0 if shown else 1)
        self.filter.setEnabled(bool(total))

    def _take_first(self) -> None:
        self._apply_filter()
        first = self._model.index(0, NAME)
        if not self._model.flat:
            first = self._model.index(0, NAME, first)
        if first.isValid():
            self.tree.setCurrentIndex(first)
            self.tree.setFocus()

    def _picked(self, current: QModelIndex) -> None:
        """The keyboard went to another cell (or the tree followed the selection, which then is there already)."""
        row = current.data(ROW_ROLE)
        if isinstance(row, CellRow) and row.cell != self._state.selection.cell:
            self._clicked(current)

    def _clicked(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, CellRow):
            self._state.select(cell=row.cell, incident=None, span=None)

    def _follow(self) -> None:
        index = self._model.index_of(self._state.selection.cell)
        selection = self.tree.selectionModel()
        if not index.isValid():
            selection.clear()
        elif selection.currentIndex() != index or not selection.isSelected(index):
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection.setCurrentIndex(index, flags)
            self.tree.scrollTo(index)

    def _open_sites(self) -> set[str]:
        if self._model.flat:
            return set()
        sites = (self._model.index(i, NAME) for i in range(self._model.rowCount()))
        return {str(index.data()) for index in sites if self.tree.isExpanded(index)}

    def _reopen(self, sites: set[str]) -> None:
        for i in range(self._model.rowCount()):
            index = self._model.index(i, NAME)
            if str(index.data()) in sites or self._model.rowCount() == 1:
                self.tree.expand(index)


def _rows(panel: Panel, result: Result | None) -> list[CellRow]:
    """The tree's rows in the panel's order."""
    worst: dict[int, Severity] = {}
    counts: Counter[int] = Counter()
    for incident in result.incidents if result else ():
        for cell in incident.cells:
            counts[cell] += 1
            if cell not in worst or RANK[incident.severity] < RANK[worst[cell]]:
                worst[cell] = incident.severity
    return [
        CellRow(i, cell_label(panel, i), cell.id, cell.site, worst.get(i), counts[i])
        for i, cell in enumerate(panel.cells)
    ]
