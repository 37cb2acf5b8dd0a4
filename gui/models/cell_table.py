"""Sites and their cells as rows of a table; networks without sites are one list.

A table, because a tree view asks for every row that is in it, by two calls each, whenever rows come or go: with ten
thousand cells that takes longer than a turn of the event loop may.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import Enum
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.data import Severity
from engine.inspection.summary import RANK
from engine.inspection.traits import traits_of
from engine.text import tell
from gui.look.wording import counted
from gui.prepared.cell_list import CALM, CellList
from gui.prepared.cell_order import CellOrder

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()

NAME, INCIDENTS = range(2)
HEADERS = ("cells_name", "cells_incidents")

CELL_ROLE = int(Qt.ItemDataRole.UserRole)
"""The row of the cell in the panel; None for a site."""
BRANCH_ROLE = CELL_ROLE + 1

FEW = 500
"""The sites of so many cells that a filter found are opened."""

_SEVERITIES = {rank: severity for severity, rank in RANK.items()}
_NOTHING = CellList.of((), {})


class Branch(Enum):
    """What a row is: a cell of a network without sites, a site that is shut or open, or a cell under one."""

    NONE = 0
    SHUT = 1
    OPEN = 2
    LEAF = 3


class CellTable(QAbstractTableModel):
    """Cells go in by `set_cells`; what is shown of them follows `set_filter`, `sort` and which sites are open.

    A filter that finds few cells opens their sites; which ones were open before is as it was once it is off.
    """

    def __init__(self, icon: Callable[[Severity | None], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._listed = _NOTHING
        self._text = ""
        self._sorted_by: tuple[int, Qt.SortOrder] = (NAME, Qt.SortOrder.AscendingOrder)
        self._opened: set[str] = set()
        self._found: set[str] | None = None
        self._lay_out(CellOrder.of(_NOTHING, "", worst=False, backwards=False))

    # -- what goes in

    def set_cells(self, listed: CellList) -> None:
        """Show other cells, filtered and sorted as before; the sites of the same names are open.

        Where every row stays in its place there is no reset: what is found in a network changes more often than its
        cells do.
        """
        if len(listed.sites) == 1:
            self._opened.add(listed.sites[0])
        if self.lists(listed):
            order = self._ordered(listed)
            if order.same_places(self._order):
                self._listed = listed
                self._lay_out(order)
                self._tell(0, len(self._rows) - 1)
                return
        self.beginResetModel()
        self._listed = listed
        self._arrange()
        self.endResetModel()

    def set_filter(self, text: str) -> None:
        """Show only cells whose name, id or site holds `text`."""
        if (text := text.strip()) == self._text:
            return
        self.beginResetModel()
        self._text = text
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort sites, and cells inside them, by name or by how bad and how many their incidents are."""
        self.beginResetModel()
        self._sorted_by = (max(column, 0), order)
        self._arrange()
        self.endResetModel()

    def open_site(self, row: int) -> None:
        """Show the cells of the site in a row below it; nothing happens if they are, or it is no site."""
        if self.branch(row) is not Branch.SHUT:
            return
        name, cells = self._site_at(row)
        self.beginInsertRows(ROOT, row + 1, row + cells)
        self._open.add(name)
        self._lay_out(self._order)
        self.endInsertRows()
        self._tell(row, row)

    def shut_site(self, row: int) -> None:
        """Show the cells of the site in a row no longer; nothing happens if they are not, or it is no site."""
        if self.branch(row) is not Branch.OPEN:
            return
        name, cells = self._site_at(row)
        self.beginRemoveRows(ROOT, row + 1, row + cells)
        self._open.discard(name)
        self._lay_out(self._order)
        self.endRemoveRows()
        self._tell(row, row)

    def open_all(self) -> None:
        """Show the cells of all sites."""
        self._set_open(self._listed.sites)

    def shut_all(self) -> None:
        """Show sites alone."""
        self._set_open(())

    # -- what comes out

    def lists(self, listed: CellList) -> bool:
        """Whether it shows these cells and sites, whatever was found in them."""
        same = listed.ids == self._listed.ids and listed.sites == self._listed.sites
        return same and np.array_equal(listed.site, self._listed.site)

    @property
    def total(self) -> int:
        """How many cells there are with the filter off."""
        return len(self._listed)

    @property
    def matching(self) -> int:
        """How many cells pass the filter, in sight or at sites that are shut."""
        return len(self._order.cells)

    @property
    def flat(self) -> bool:
        """Whether the cells have no sites."""
        return self._listed.flat

    def branch(self, row: int) -> Branch:
        """What a row is; NONE where there is no such row."""
        if self.flat or not 0 <= row < len(self._rows):
            return Branch.NONE
        if (entry := int(self._rows[row])) >= 0:
            return Branch.LEAF
        return Branch.OPEN if self._listed.sites[self._order.sites[-1 - entry]] in self._open else Branch.SHUT

    def row_of(self, cell: int | None) -> int:
        """Where a cell is in sight, by its row in the panel; -1 if it is not."""
        return int(self._place[cell]) if cell is not None and 0 <= cell < len(self._place) else -1

    def site_of(self, cell: int) -> int:
        """The row of the site of a cell (by its row in the panel); -1 if it has none or is filtered out."""
        if self.flat or not 0 <= cell < len(self._listed):
            return -1
        found = np.flatnonzero(self._order.sites == self._listed.site[cell])
        under = self._order.cells[self._order.starts[found[0]] : self._order.starts[found[0] + 1]] if len(found) else ()
        return int(np.flatnonzero(self._rows == -1 - found[0])[0]) if cell in under else -1

    def first_cell(self) -> int | None:
        """The uppermost cell, by its row in the panel, in sight or not; None if there is none."""
        return int(self._order.cells[0]) if len(self._order.cells) else None

    def rowCount(self, parent: Index = ROOT) -> int:
        """How many rows are shown under `parent`."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a column is called."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(HEADERS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tell(HEADERS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What is shown of a row, by role."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        entry, column = int(self._rows[index.row()]), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._display(entry, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(entry)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(index.row(), entry, column)
            case Qt.ItemDataRole.DecorationRole:
                return self._icon(_SEVERITIES.get(self._rank(entry))) if column == NAME else None
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(column)
            case _ if role == CELL_ROLE:
                return entry if entry >= 0 else None
            case _ if role == BRANCH_ROLE:
                return self.branch(index.row())
        return None

    # -- one small method per role; a site's entry is negative

    def _name(self, entry: int) -> str:
        if entry >= 0:
            return self._listed.labels[entry]
        return self._listed.sites[self._order.sites[-1 - entry]] or tell("cells_no_site")

    def _rank(self, entry: int) -> int:
        return int(self._listed.rank[entry] if entry >= 0 else self._order.rank[-1 - entry])

    def _incidents(self, entry: int) -> int:
        return int(self._listed.incidents[entry] if entry >= 0 else self._order.incidents[-1 - entry])

    def _display(self, entry: int, column: int) -> str:
        if column == NAME:
            return self._name(entry)
        count = self._incidents(entry)
        return f"{count:,}" if count else ""

    def _tooltip(self, entry: int) -> str:
        if entry < 0:
            cells = int(self._order.starts[-entry] - self._order.starts[-1 - entry])
            return tell("cells_site_tip", site=self._name(entry), cells=counted("cell", cells))
        rank = self._rank(entry)
        worst = tell("severity_none") if rank == CALM else tell(f"severity_{_SEVERITIES[rank].value}")
        found = counted("incident", self._incidents(entry))
        told = tell("cells_cell_tip", cell=self._listed.ids[entry], incidents=found, worst=worst)
        like = traits_of(self._listed.about[entry : entry + 1])
        return f"{told}\n{like}" if like else told

    def _spoken(self, row: int, entry: int, column: int) -> str:
        """What a screen reader says: whether a site is open is drawn only."""
        if column != NAME or entry >= 0:
            return self._display(entry, column)
        state = "cells_site_open" if self.branch(row) is Branch.OPEN else "cells_site_shut"
        return tell(state, site=self._tooltip(entry))

    @staticmethod
    def _alignment(column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column == INCIDENTS else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    # -- the rows

    def _site_at(self, row: int) -> tuple[str, int]:
        """The name of the site in a row, and how many cells it has."""
        place = -1 - int(self._rows[row])
        return self._listed.sites[self._order.sites[place]], int(np.diff(self._order.starts)[place])

    def _set_open(self, sites: Collection[str]) -> None:
        self.beginResetModel()
        self._open.clear()
        self._open.update(sites)
        self._lay_out(self._order)
        self.endResetModel()

    def _tell(self, first: int, last: int) -> None:
        """What is shown in these rows may be another than before."""
        if last >= first:
            self.dataChanged.emit(self.index(first, NAME), self.index(last, INCIDENTS))

    @property
    def _open(self) -> set[str]:
        """The names of the sites that are open now."""
        return self._opened if self._found is None else self._found

    def _ordered(self, listed: CellList) -> CellOrder:
        column, order = self._sorted_by
        backwards = order == Qt.SortOrder.DescendingOrder
        return CellOrder.of(listed, self._text, worst=column == INCIDENTS, backwards=backwards)

    def _arrange(self) -> None:
        """The rows filtered and sorted anew."""
        order = self._ordered(self._listed)
        self._found = None
        if self._text and len(order.cells) <= FEW:
            self._found = {self._listed.sites[site] for site in order.sites.tolist()}
        self._lay_out(order)

    def _lay_out(self, order: CellOrder) -> None:
        self._order = order
        self._rows = order.in_sight(self._listed, self._open)
        self._place = np.full(len(self._listed), -1)
        cells = self._rows >= 0
        self._place[self._rows[cells]] = np.flatnonzero(cells)
