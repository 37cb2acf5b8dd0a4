"""The cells of the network under their sites, each with the mark of its worst incident."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from engine.data import Cell
from engine.inspection.hours import Hours
from engine.text import tell
from gui.left import Left, Told
from gui.look.marks import severity_icon
from gui.look.theme import GRID, palette_of
from gui.models.cell_table import CELL_ROLE, HEADERS, NAME, CellTable
from gui.prepared.cell_list import CellList
from gui.prepared.digest import Digest
from gui.state import AppState
from gui.widgets.heading import Heading, empty
from gui.widgets.site_table import SiteTable
from gui.widgets.sorting import put_back_order, told_order

_FILTER_MS = 120


class CellsView(QWidget):
    """Selecting a cell selects it everywhere; selecting one elsewhere shows it here.

    Signals:
        rearranged(): `as_left` may be another.
    """

    id: ClassVar[str] = "cells"
    title: ClassVar[str] = tell("cells_title")

    rearranged = Signal()

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._model = CellTable(lambda severity: severity_icon(severity, palette_of(self)), self)
        self._heading = Heading(self.title)
        self.filter = QLineEdit(placeholderText=tell("cells_filter"), clearButtonEnabled=True)
        self.filter.setAccessibleName(tell("cells_filter"))
        self.filter.setToolTip(tell("cells_filter_tip"))
        self.table = SiteTable(self._model)
        self.table.setAccessibleName(self.title)
        self._shown: tuple[Digest | None, tuple[Cell, ...] | None, Hours] | None = None
        self._followed: int | None = None
        self._empty = empty(tell("cells_empty"))
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
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
        self.table.selectionModel().currentChanged.connect(lambda current, _previous: self._picked(current))
        self.table.clicked.connect(self._clicked)
        self.table.horizontalHeader().sortIndicatorChanged.connect(lambda *_: self.rearranged.emit())
        self._model.modelReset.connect(self._follow)
        state.panel_changed.connect(self._other_panel)
        self._soon = QTimer(self, interval=0, singleShot=True)  # a turn of its own: a large network takes a while
        self._soon.timeout.connect(self._fill)
        state.result_changed.connect(self._soon.start)
        state.hours_changed.connect(self._soon.start)
        state.selection_changed.connect(self._follow)
        self._fill()

    def as_left(self) -> Told:
        """What is filtered, and how it is sorted."""
        return {"filter": self.filter.text(), **told_order(self.table, HEADERS)}

    def put_back(self, left: Left) -> None:
        """List what was listed when it was left."""
        put_back_order(self.table, HEADERS, left, NAME)
        self.filter.setText(left.text("filter"))
        self._apply_filter()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the marks anew when light turns dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.table.viewport().update()

    def _other_panel(self) -> None:
        """Data that come with their result are shown with it; for those that come alone the rows are yet to be made."""
        if self._state.digest is not None:
            self._fill()
        else:
            self._soon.start()

    def _fill(self) -> None:
        panel, digest = self._state.panel, self._state.digest
        shown = (digest, panel.cells if panel else None, self._state.hours)
        if shown == self._shown:
            return
        self._shown = shown
        hours = self._state.hours_counted()
        listed = digest.cells_in(hours) if digest is not None else CellList.of(panel.cells if panel else (), {})
        if not self._model.lists(listed):
            self._followed = None
        self._model.set_cells(listed)
        self._caption()
        self._follow()

    def _apply_filter(self) -> None:
        """Show the cells that are asked for from the first one, or around the selected one if it is among them."""
        self._typed.stop()
        self._model.set_filter(self.filter.text())
        self._caption()
        row = self._model.row_of(self._state.selection.cell)
        self.table.scrollToTop()
        if row >= 0:
            self.table.scrollTo(self._model.index(row, NAME))
        self.rearranged.emit()

    def _caption(self) -> None:
        total, shown = self._model.total, self._model.matching
        text = "" if not total else f"{total:,}" if shown == total else tell("cells_count", shown=shown, total=total)
        self._heading.set_caption(text)
        self._empty.setText(tell("cells_none_match") if total else tell("cells_empty"))
        self._pages.setCurrentIndex(0 if shown else 1)
        self.filter.setEnabled(bool(total))

    def _take_first(self) -> None:
        self._apply_filter()
        first = self._model.first_cell()
        if first is not None:
            self._model.open_site(self._model.site_of(first))
            self.table.setCurrentIndex(self._model.index(self._model.row_of(first), NAME))
            self.table.setFocus()

    def _picked(self, current: QModelIndex) -> None:
        """The keyboard went to another cell (or the table followed the selection, which then is there already)."""
        cell = current.data(CELL_ROLE)
        if cell is not None and cell != self._state.selection.cell:
            self._clicked(current)

    def _clicked(self, index: QModelIndex) -> None:
        cell = index.data(CELL_ROLE)
        if cell is not None:
            self._state.select(cell=cell, incident=None, span=None)

    def _follow(self) -> None:
        """Mark the cell that is selected. Its site is opened for it once, so that it can be shut again."""
        cell = self._state.selection.cell
        if cell is None:
            self._followed = None
        elif cell != self._followed and self._model.row_of(cell) < 0 and (site := self._model.site_of(cell)) >= 0:
            self._model.open_site(site)
        row = self._model.row_of(cell)
        selection = self.table.selectionModel()
        if row < 0:
            selection.clear()
            return
        self._followed = cell
        index = self._model.index(row, NAME)
        if selection.currentIndex() != index or not selection.isSelected(index):
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection.setCurrentIndex(index, flags)
            self.table.scrollTo(index)
