"""The cells of the network as a tree of sites, each with the mark of its worst incident."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QStackedWidget, QTreeView, QVBoxLayout, QWidget

from engine.data import Cell
from engine.text import tell
from gui.look.marks import severity_icon
from gui.look.theme import GRID, palette_of
from gui.models.cell_tree import INCIDENTS, NAME, ROW_ROLE, CellTree
from gui.prepared.cell_row import CellRow, cell_rows
from gui.prepared.digest import Digest
from gui.state import AppState
from gui.widgets.heading import Heading, empty

_FILTER_MS = 120
_COUNT_WIDTH = 20 * GRID


class _Tree(QTreeView):
    """Rows are of one height in every style, so another one is no reason to lay ten thousand of them out again."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.StyleChange and self.model().rowCount():
            self.viewport().update()
            return True
        return super().event(event)

    def dataChanged(self, _first: QModelIndex, _last: QModelIndex, _roles: Sequence[int] = ()) -> None:
        """Paint what is in sight; Qt would look for the place of each of the rows first."""
        self.viewport().update()


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
        self.tree = _Tree()
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # cells of a site often differ at the end
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
        self._open: set[str] = set()
        self._shown: tuple[Digest | None, tuple[Cell, ...] | None] | None = None
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
        self.tree.expanded.connect(lambda index: self._open.add(str(index.data())))
        self.tree.collapsed.connect(lambda index: self._open.discard(str(index.data())))
        state.panel_changed.connect(self._other_panel)
        self._soon = QTimer(self, interval=0, singleShot=True)  # a turn of its own: a large network takes a while
        self._soon.timeout.connect(self._fill)
        state.result_changed.connect(self._soon.start)
        state.selection_changed.connect(self._follow)
        self._fill()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the marks anew when light turns dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.tree.viewport().update()

    def _other_panel(self) -> None:
        """Data that come with their result are shown with it; for those that come alone the rows are yet to be made."""
        if self._state.digest is not None:
            self._fill()
        else:
            self._soon.start()

    def _fill(self) -> None:
        panel, digest = self._state.panel, self._state.digest
        shown = (digest, panel.cells if panel else None)
        if shown == self._shown:
            return
        self._shown = shown
        if digest is not None:
            self._model.set_rows(digest.cells)
        else:
            self._model.set_rows(cell_rows(panel.cells, {}) if panel else ())
        for site in list(self._open):
            self.tree.expand(self._model.site(site))
        if self._model.rowCount() == 1:
            self.tree.expand(self._model.index(0, NAME))
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
