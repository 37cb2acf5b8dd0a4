"""The incidents of a result as a table that sorts and filters itself; a proxy would call Python per comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.data import Severity
from engine.text import tell

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()

SEVERITY, START, DURATION, WHERE, KPI, WHAT, CAUSE, TAG, COMMENT = range(9)
HEADERS = ("severity", "start", "duration", "where", "kpi", "what", "cause", "review", "comment")

SORT_ROLE = int(Qt.ItemDataRole.UserRole)
ROW_ROLE = SORT_ROLE + 1

SEVERITIES = tuple(Severity)


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident as the table shows it. start, periods: of the time axis; what is worded only when it is drawn."""

    id: int
    severity: Severity
    importance: float
    start: int
    periods: int
    where: str
    kpi: str
    cause: str
    cause_kind: str
    tag: str
    comment: str
    started: Callable[[], str]
    lasted: Callable[[], str]
    what: Callable[[], str]
    started_iso: Callable[[], str]


class IncidentTable(QAbstractTableModel):
    """Rows go in by `set_rows`; what is shown of them follows `set_filter` and `sort`."""

    def __init__(
        self,
        icon: Callable[[Severity], Any],
        commented: Callable[[int, str], None] = lambda _incident, _comment: None,
        parent: QObject | None = None,
    ) -> None:
        """`icon` gives the mark of a severity; `commented(incident id, text)` is called when a comment was edited."""
        super().__init__(parent)
        self._icon = icon
        self._commented = commented
        self._rows: list[IncidentRow] = []
        self._shown: list[IncidentRow] = []
        self._place: dict[int, int] = {}
        self._sorted_by: tuple[int, Qt.SortOrder] = (SEVERITY, Qt.SortOrder.AscendingOrder)
        self._text = ""
        self._severities: frozenset[Severity] = frozenset(SEVERITIES)
        self._cause = ""
        self._display: Mapping[int, Callable[[IncidentRow], str]] = {
            SEVERITY: lambda r: tell(f"severity_{r.severity.value}"),
            START: lambda r: r.started(),
            DURATION: lambda r: r.lasted(),
            WHERE: lambda r: r.where,
            KPI: lambda r: r.kpi,
            WHAT: lambda r: r.what(),
            CAUSE: lambda r: r.cause,
            TAG: lambda r: tell(f"tag_{r.tag}") if r.tag else "",
            COMMENT: lambda r: r.comment,
        }
        self._native: Mapping[int, Callable[[IncidentRow], Any]] = {
            SEVERITY: lambda r: (SEVERITIES.index(r.severity), -r.importance),
            START: lambda r: r.start,
            DURATION: lambda r: r.periods,
            WHERE: lambda r: r.where,
            KPI: lambda r: r.kpi,
            WHAT: lambda r: -r.importance,
            CAUSE: lambda r: r.cause,
            TAG: lambda r: r.tag,
            COMMENT: lambda r: r.comment,
        }

    # -- what goes in

    def set_rows(self, rows: Sequence[IncidentRow]) -> None:
        """Show other rows, filtered and sorted as before."""
        self.beginResetModel()
        self._rows = list(rows)
        self._arrange()
        self.endResetModel()

    def replace_row(self, row: IncidentRow) -> None:
        """Put a changed row in the place of the one with the same id (its tag or comment changed)."""
        self._rows = [row if r.id == row.id else r for r in self._rows]
        place = self._place.get(row.id)
        if place is not None:
            self._shown[place] = row
            self.dataChanged.emit(self.index(place, 0), self.index(place, len(HEADERS) - 1))

    def set_filter(self, text: str, severities: frozenset[Severity], cause: str) -> None:
        """Show only rows that hold every word of `text`, are of these severities and of this cause kind ("" = any)."""
        wanted = (text.strip().lower(), severities, cause)
        if wanted == (self._text, self._severities, self._cause):
            return
        self.beginResetModel()
        self._text, self._severities, self._cause = wanted
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by the native values of a column; a column of -1 sorts worst first."""
        self._sorted_by = (max(column, 0), order)
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._shown[i.row()].id for i in before]
        self._arrange()
        self.changePersistentIndexList(
            before, [self.index(self._place[r], i.column()) for r, i in zip(ids, before, strict=True)]
        )
        self.layoutChanged.emit()

    # -- what comes out

    @property
    def total(self) -> int:
        """How many rows there are with the filter off."""
        return len(self._rows)

    def row_of(self, incident_id: int | None) -> int:
        """Where the incident is shown; -1 if it is not."""
        return -1 if incident_id is None else self._place.get(incident_id, -1)

    def rowCount(self, parent: Index = ROOT) -> int:
        """How many rows are shown under `parent`."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = ROOT) -> int:
        """How many columns there are."""
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a column is called."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(HEADERS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tell(f"incidents_{HEADERS[section]}")
        if role == Qt.ItemDataRole.ToolTipRole:
            return tell(f"incidents_{HEADERS[section]}_tip")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What is shown of a row, by role."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        row, column = self._shown[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._display[column](row)
            case Qt.ItemDataRole.EditRole:
                return row.comment if column == COMMENT else None
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(row, column)
            case Qt.ItemDataRole.DecorationRole:
                return self._icon(row.severity) if column == SEVERITY else None
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(column)
            case _ if role == SORT_ROLE:
                return self._native[column](row)
            case _ if role == ROW_ROLE:
                return row
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Comments can be edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == COMMENT else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Hand an edited comment over; the row changes when it comes back by `replace_row`."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid() or index.column() != COMMENT:
            return False
        self._commented(self._shown[index.row()].id, str(value))
        return True

    def _tooltip(self, row: IncidentRow, column: int) -> str | None:
        if column == START:
            return row.started_iso()
        return self._display[column](row) or None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column == DURATION else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def _arrange(self) -> None:
        words = self._text.split()
        rows = [
            r
            for r in self._rows
            if r.severity in self._severities
            and (not self._cause or r.cause_kind == self._cause)
            and (not words or all(w in f"{r.where} {r.kpi} {r.cause} {r.tag} {r.comment}".lower() for w in words))
        ]
        column, order = self._sorted_by
        rows.sort(key=self._native[column], reverse=order == Qt.SortOrder.DescendingOrder)
        self._shown = rows
        self._place = {r.id: i for i, r in enumerate(rows)}
