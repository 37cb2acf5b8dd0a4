"""Sites and their cells as a tree; networks without sites are one flat list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.data import Severity
from engine.text import tell
from gui.look.wording import counted
from gui.prepared.cell_row import CellRow

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()

NAME, INCIDENTS = range(2)
HEADERS = ("cells_name", "cells_incidents")

SORT_ROLE = int(Qt.ItemDataRole.UserRole)
ROW_ROLE = SORT_ROLE + 1

_RANK = {severity: rank for rank, severity in enumerate(Severity)}
_CALM = len(_RANK)


@dataclass(slots=True)
class _Site:
    name: str
    cells: list[CellRow]
    rank: int
    incidents: int


@dataclass(slots=True)
class _Shape:
    """What is shown, from the top down: sites, or the cells of a network without any (`is_flat`). place: site and row
    of a cell by its row in the panel.
    """

    is_flat: bool
    flat: list[CellRow]
    sites: list[_Site]
    place: dict[int, tuple[int, int]]

    @property
    def top(self) -> Sequence[CellRow | _Site]:
        """What is under nothing else."""
        return self.flat if self.is_flat else self.sites

    def same_places(self, other: _Shape) -> bool:
        """Whether every cell and site stands where it does in another one."""
        names = [site.name for site in self.sites], [site.name for site in other.sites]
        return self.is_flat == other.is_flat and names[0] == names[1] and self.place == other.place


class CellTree(QAbstractItemModel):
    """Rows go in by `set_rows`; what is shown of them follows `set_filter` and `sort`.

    An index of a site has internal id 0; that of a cell under a site has the site's place + 1. A `dataChanged` of sites
    is one of their cells as well.
    """

    def __init__(self, icon: Callable[[Severity | None], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._rows: list[CellRow] = []
        self._shape = _Shape(is_flat=True, flat=[], sites=[], place={})
        self._text = ""
        self._sorted_by: tuple[int, Qt.SortOrder] = (NAME, Qt.SortOrder.AscendingOrder)

    # -- what goes in

    def set_rows(self, rows: Sequence[CellRow]) -> None:
        """Show other rows, filtered and sorted as before.

        Where every cell stays in its place nothing is laid out anew: what is found in a large network changes more
        often than its cells do.
        """
        self._rows = list(rows)
        shape = self._arranged()
        if shape.same_places(self._shape):
            self._shape = shape
            self._tell()
            return
        self.beginResetModel()
        self._shape = shape
        self.endResetModel()

    def set_filter(self, text: str) -> None:
        """Show only cells whose name, id or site holds `text`."""
        if (text := text.strip().lower()) == self._text:
            return
        self.beginResetModel()
        self._text = text
        self._shape = self._arranged()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort sites, and cells inside them, by name or by how bad and how many their incidents are."""
        self.beginResetModel()
        self._sorted_by = (max(column, 0), order)
        self._shape = self._arranged()
        self.endResetModel()

    # -- what comes out

    @property
    def total(self) -> int:
        """How many cells there are with the filter off."""
        return len(self._rows)

    @property
    def shown(self) -> int:
        """How many cells pass the filter."""
        return len(self._shape.place)

    def site(self, name: str) -> QModelIndex:
        """The index of the site that is shown by this name; none if there is none."""
        sites = self._shape.sites
        row = next((i for i, site in enumerate(sites) if (site.name or tell("cells_no_site")) == name), -1)
        return self.index(row, NAME) if row >= 0 else QModelIndex()

    @property
    def flat(self) -> bool:
        """Whether the cells have no sites."""
        return self._shape.is_flat

    def index_of(self, cell: int | None) -> QModelIndex:
        """The index of a cell by its row in the panel; invalid if it is not shown."""
        place = self._shape.place.get(cell) if cell is not None else None
        if place is None:
            return QModelIndex()
        site, row = place
        return self.createIndex(row, NAME, 0 if self._shape.is_flat else site + 1)

    def index(self, row: int, column: int, parent: Index = ROOT) -> QModelIndex:
        """The index of a row under `parent`."""
        if not parent.isValid():  # a tree that is laid out asks for every row: no detour over `hasIndex` or `rowCount`
            below, under = len(self._shape.top), 0
        else:
            below, under = self.rowCount(parent), parent.row() + 1
        there = 0 <= row < below and 0 <= column < len(HEADERS)
        return self.createIndex(row, column, under) if there else QModelIndex()

    def parent(self, index: Index = ROOT) -> QModelIndex:
        """The index of the site a cell is under."""
        site = index.internalId() if index.isValid() else 0
        return self.createIndex(int(site) - 1, 0, 0) if site else QModelIndex()

    def rowCount(self, parent: Index = ROOT) -> int:
        """How many rows are shown under `parent`."""
        if not parent.isValid():
            return len(self._shape.top)
        if self._shape.is_flat or parent.internalId() or parent.column() != NAME:
            return 0
        return len(self._shape.sites[parent.row()].cells)

    def hasChildren(self, parent: Index = ROOT) -> bool:
        """Whether there is anything under `parent`; a tree asks it of every row, and Qt's own answer asks twice."""
        if not parent.isValid():
            return bool(self._shape.top)
        return not (self._shape.is_flat or parent.internalId() or parent.column() != NAME)

    def columnCount(self, parent: Index = ROOT) -> int:  # noqa: ARG002 - Qt asks so
        """How many columns there are."""
        return len(HEADERS)

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
        if not index.isValid():
            return None
        row = self._row(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._display(row, index.column())
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(row)
            case Qt.ItemDataRole.DecorationRole:
                return self._icon(self._severity(row)) if index.column() == NAME else None
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(index.column())
            case _ if role == SORT_ROLE:
                return self._key(row, index.column())
            case _ if role == ROW_ROLE:
                return row if isinstance(row, CellRow) else None
        return None

    # -- one small method per role

    def _row(self, index: Index) -> CellRow | _Site:
        if site := int(index.internalId()):
            return self._shape.sites[site - 1].cells[index.row()]
        return self._shape.top[index.row()]

    def _display(self, row: CellRow | _Site, column: int) -> str:
        if column == INCIDENTS:
            return f"{row.incidents:,}" if row.incidents else ""
        return row.label if isinstance(row, CellRow) else row.name or tell("cells_no_site")

    def _tooltip(self, row: CellRow | _Site) -> str:
        if isinstance(row, _Site):
            return tell("cells_site_tip", site=row.name or tell("cells_no_site"), cells=counted("cell", len(row.cells)))
        worst = tell(f"severity_{row.severity.value}") if row.severity else tell("severity_none")
        return tell("cells_cell_tip", cell=row.id, incidents=counted("incident", row.incidents), worst=worst)

    def _severity(self, row: CellRow | _Site) -> Severity | None:
        if isinstance(row, CellRow):
            return row.severity
        return None if row.rank == _CALM else tuple(_RANK)[row.rank]

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column == INCIDENTS else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    @staticmethod
    def _key(row: CellRow | _Site, column: int) -> object:
        if isinstance(row, CellRow):
            return row.label if column == NAME else (_rank(row), -row.incidents)
        return row.name if column == NAME else (row.rank, -row.incidents)

    def _tell(self) -> None:
        """What is shown of every row may be another than before. It is said of the top ones, for all that is below: a
        signal for each of some thousand sites takes longer than a view that draws what is in sight.
        """
        if last := self.rowCount():
            self.dataChanged.emit(self.index(0, NAME), self.index(last - 1, INCIDENTS))

    def _arranged(self) -> _Shape:
        """The rows filtered and sorted."""
        text = self._text
        rows = [r for r in self._rows if text in f"{r.label} {r.id} {r.site}".lower()] if text else list(self._rows)
        column, order = self._sorted_by
        backwards = order == Qt.SortOrder.DescendingOrder
        if column == INCIDENTS:
            rows.sort(key=lambda r: (_rank(r), -r.incidents), reverse=backwards)
        elif backwards:
            rows.reverse()  # the panel's own order is the natural one by name
        if not any(r.site for r in self._rows):
            return _Shape(is_flat=True, flat=rows, sites=[], place={r.cell: (0, i) for i, r in enumerate(rows)})
        by_name: dict[str, _Site] = {}
        for r in rows:
            site = by_name.setdefault(r.site, _Site(r.site, [], _CALM, 0))
            site.cells.append(r)
            site.rank = min(site.rank, _rank(r))
            site.incidents += r.incidents
        sites = list(by_name.values())
        if column == INCIDENTS:
            sites.sort(key=lambda s: (s.rank, -s.incidents), reverse=backwards)
        place = {r.cell: (i, j) for i, site in enumerate(sites) for j, r in enumerate(site.cells)}
        return _Shape(is_flat=False, flat=[], sites=sites, place=place)


def _rank(row: CellRow) -> int:
    return _CALM if row.severity is None else _RANK[row.severity]
