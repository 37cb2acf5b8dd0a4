"""The incidents of a result as a table that sorts and filters itself; a proxy would call Python per comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from engine.data import Incident, IntArray, Severity
from engine.inspection.hours import meets
from engine.inspection.summary import RANK, in_brief
from engine.text import say, tell
from gui.prepared.cell_words import every_word

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()

SEVERITY, START, DURATION, WHERE, KPI, WHAT, CAUSE, SEEN, OWNER, TAG, COMMENT = range(11)
HEADERS = ("severity", "start", "duration", "where", "kpi", "what", "cause", "seen", "owner", "review", "comment")
EDITED = (OWNER, COMMENT)

SEEN_MARK = "\N{CHECK MARK}"

SORT_ROLE = int(Qt.ItemDataRole.UserRole)
ROW_ROLE = SORT_ROLE + 1


class IncidentRow(NamedTuple):
    """One incident with what is said of it. cell: what its worst cell is called; cause: the likeliest, in words;
    voters: the detectors that found it; traits: what its cells are like, to search in; seen: who has acknowledged it
    and when, in words, "" = nobody.

    A plain tuple, because there may be very many; what takes longer to word is worded when it is drawn.
    """

    incident: Incident
    cell: str
    cause: str
    tag: str = ""
    comment: str = ""
    voters: tuple[str, ...] = ()
    owner: str = ""
    seen: str = ""
    traits: str = ""


class Words(Protocol):
    """Words what stands in the columns of an incident."""

    def icon(self, severity: Severity) -> object:
        """The mark of a severity."""
        ...

    def start(self, incident: Incident) -> str:
        """When it began."""
        ...

    def start_iso(self, incident: Incident) -> str:
        """When it began, in full."""
        ...

    def duration(self, incident: Incident) -> str:
        """How long it lasted."""
        ...

    def where(self, incident: Incident) -> str:
        """The worst cell, and how many more."""
        ...


class IncidentTable(QAbstractTableModel):
    """Rows go in by `set_rows`; what is shown of them follows `set_filter` and `sort`.

    Signals:
        commented(int, str): the comment of the incident of that id was edited; the row changes when it comes back by
            `replace_row`.
        assigned(int, str): its owner was, likewise.
    """

    commented = Signal(int, str)
    assigned = Signal(int, str)

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._rows: list[IncidentRow] = []
        self._shown: list[IncidentRow] = []
        self._place: dict[int, int] = {}
        self._sorted_by: tuple[int, Qt.SortOrder] = (SEVERITY, Qt.SortOrder.AscendingOrder)
        self._text = ""
        self._severities: frozenset[Severity] = frozenset(Severity)
        self._cause = ""
        self._voters: tuple[str, ...] | None = None
        self._hours: IntArray | None = None
        self._display: Mapping[int, Callable[[IncidentRow], str]] = {
            SEVERITY: lambda r: tell(f"severity_{r.incident.severity.value}"),
            START: lambda r: words.start(r.incident),
            DURATION: lambda r: words.duration(r.incident),
            WHERE: lambda r: words.where(r.incident),
            KPI: lambda r: ", ".join(r.incident.kpis),
            WHAT: lambda r: _what(r.incident),
            CAUSE: lambda r: r.cause,
            SEEN: lambda r: SEEN_MARK if r.seen else "",
            OWNER: lambda r: r.owner,
            TAG: lambda r: tell(f"tag_{r.tag}") if r.tag else "",
            COMMENT: lambda r: r.comment,
        }
        self._native: Mapping[int, Callable[[IncidentRow], Any]] = {
            SEVERITY: lambda r: (RANK[r.incident.severity], -r.incident.importance),
            START: lambda r: r.incident.start,
            DURATION: lambda r: r.incident.stop - r.incident.start,
            WHERE: lambda r: r.cell,
            KPI: lambda r: r.incident.kpis,
            WHAT: lambda r: -r.incident.importance,
            CAUSE: lambda r: r.cause,
            SEEN: lambda r: (bool(r.seen), r.seen),
            OWNER: lambda r: r.owner.lower(),
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
        self._rows = [row if r.incident.id == row.incident.id else r for r in self._rows]
        place = self._place.get(row.incident.id)
        if place is not None:
            self._shown[place] = row
            self.dataChanged.emit(self.index(place, 0), self.index(place, len(HEADERS) - 1))

    def set_filter(
        self,
        text: str,
        severities: frozenset[Severity],
        cause: str,
        voters: tuple[str, ...] | None = None,
        hours: IntArray | None = None,
    ) -> None:
        """Show only rows that hold every word of `text`, are of these severities and of this cause kind ("" = any),
        were found by these detectors and no other (None = any), and lie in the hours so counted, see `Hours.counted`
        (None = any).
        """
        wanted = (text.strip().lower(), severities, cause, voters)
        if wanted == (self._text, self._severities, self._cause, self._voters) and hours is self._hours:
            return
        self._hours = hours
        self.beginResetModel()
        self._text, self._severities, self._cause, self._voters = wanted
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by the native values of a column; a column of -1 sorts worst first."""
        self._sorted_by = (max(column, 0), order)
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._shown[i.row()].incident.id for i in before]
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
                return self._display[column](row) if column in EDITED else None
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(row, column)
            case Qt.ItemDataRole.DecorationRole:
                return self._words.icon(row.incident.severity) if column == SEVERITY else None
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(column)
            case _ if role == SORT_ROLE:
                return self._native[column](row)
            case _ if role == ROW_ROLE:
                return row
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Owners and comments can be edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in EDITED else flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Hand an edited owner or comment over."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid() or index.column() not in EDITED:
            return False
        edited = self.commented if index.column() == COMMENT else self.assigned
        edited.emit(self._shown[index.row()].incident.id, str(value))
        return True

    def _tooltip(self, row: IncidentRow, column: int) -> str | None:
        if column == START:
            return self._words.start_iso(row.incident)
        if column == SEEN:
            return row.seen or None
        if column == WHAT:
            return say(row.incident.sentence)
        return self._display[column](row) or None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if column == DURATION else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def _arrange(self) -> None:
        rows = [r for r in self._rows if r.incident.severity in self._severities]
        if self._cause:
            rows = [r for r in rows if r.incident.causes and r.incident.causes[0].kind == self._cause]
        if self._voters is not None:
            rows = [r for r in rows if r.voters == self._voters]
        if self._hours is not None:
            rows = [r for r in rows if meets(self._hours, r.incident.start, r.incident.stop)]
        if self._text:
            finds = every_word(self._text)
            rows = [r for r in rows if finds(_haystack(r), r.traits)]
        column, order = self._sorted_by
        rows.sort(key=self._native[column], reverse=order == Qt.SortOrder.DescendingOrder)
        self._shown = rows
        self._place = {r.incident.id: i for i, r in enumerate(rows)}


def _what(incident: Incident) -> str:
    """What happened, without what other columns say; which KPI it happened to where the incident has several."""
    told = in_brief(incident)
    return f"{incident.sentence.params['kpi']} {told}" if len(incident.kpis) > 1 else told[:1].upper() + told[1:]


def _haystack(row: IncidentRow) -> str:
    return f"{row.cell} {row.incident.kpis} {row.cause} {row.tag} {row.comment} {row.owner}".lower()
