"""The incidents: worst first, to be gone through, judged and commented with the keyboard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QIcon, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.calendar import needs_year
from engine.data import Incident, Panel, Severity
from engine.text import number, tell
from gui.left import Left, Told
from gui.look.marks import severity_icon
from gui.look.theme import GRID, ROW, palette_of
from gui.look.wording import (
    acknowledged,
    cause_label,
    cells_label,
    counted,
    detector_label,
    lasting,
    moment,
    moment_iso,
)
from gui.models.incident_table import (
    CAUSE,
    COMMENT,
    DURATION,
    HEADERS,
    KPI,
    OWNER,
    ROW_ROLE,
    SEEN,
    SEVERITY,
    START,
    TAG,
    WHAT,
    WHERE,
    IncidentRow,
    IncidentTable,
)
from gui.prepared.digest import Digest
from gui.said.reviews import TAGS, Place, Review
from gui.state import AppState
from gui.widgets.folding import Folding
from gui.widgets.heading import Heading, empty
from gui.widgets.incident_filters import IncidentFilters
from gui.widgets.sorting import put_back_order, told_order

_MEASURED = 40
"""So many rows tell how wide a column has to be, within a letter."""

_FITTED = {START: (132, 400), DURATION: (72, 160), WHERE: (96, 184), KPI: (72, 176)}
"""Least and greatest width of what is fitted to the data, pixels."""
_MOST_TIGHT = {WHERE: 136, KPI: 136}
"""Greatest width where there is little room."""

_CELL_PADDING = 6 * GRID
_WIDTHS = {
    SEVERITY: 96,
    START: 132,
    DURATION: 96,
    WHERE: 144,
    KPI: 104,
    CAUSE: 152,
    SEEN: 56,
    OWNER: 80,
    TAG: 96,
    COMMENT: 112,
}


_ROOMY = 400 * GRID
"""Where the window is not as wide, what is mostly empty or short gives its room to what happened."""

_TIGHT = {SEVERITY: 84, CAUSE: 136, SEEN: 56, OWNER: 64, TAG: 72, COMMENT: 80}


class _Table(QTableView):
    """Leaves the space bar to the window: one incident is always selected, there is nothing to toggle.

    The first row is not the current one just because the table is given the focus, as Qt has it.
    """

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.selectionModel().hasSelection():
            self.selectionModel().clearCurrentIndex()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)


class _Words:
    """How the table words an incident of the result shown."""

    def __init__(self, state: AppState, widget: QWidget) -> None:
        self._state, self._widget = state, widget

    @property
    def _panel(self) -> Panel:
        result = self._state.result
        assert result is not None  # there are incidents to word
        return result.panel

    def icon(self, severity: Severity) -> QIcon:
        return severity_icon(severity, palette_of(self._widget))

    def start(self, incident: Incident) -> str:
        return moment(self._panel, incident.start)

    def start_iso(self, incident: Incident) -> str:
        return moment_iso(self._panel, incident.start)

    def duration(self, incident: Incident) -> str:
        return lasting(self._panel, incident.stop - incident.start)

    def where(self, incident: Incident) -> str:
        worst = self._state.worst(incident).cell
        return cells_label(self._panel, (worst, *(c for c in incident.cells if c != worst)))


class IncidentsView(QWidget):
    """J and K step, 1 to 7 tag, F2 comments, Y acknowledges, O assigns; the view's methods do the same.

    Signals:
        rearranged(): `as_left` may be another.
    """

    id: ClassVar[str] = "incidents"
    title: ClassVar[str] = tell("incidents_title")

    rearranged = Signal()

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._words = _Words(state, self)
        self._fitted: tuple[object, ...] | None = None
        self._model = IncidentTable(self._words, self)
        self._model.commented.connect(self._commented)
        self._model.assigned.connect(self._assigned)
        self.heading = Heading()
        self.filters = IncidentFilters()
        self.heading.add(Folding(self.filters, tell("incidents_filters"), tell("incidents_filters_tip")))
        self.table = self._make_table()
        self._empty = empty(tell("incidents_empty"))
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.heading)
        box.addWidget(self._pages, 1)

        self.filters.changed.connect(self._apply_filter)
        self.filters.hours.chosen.connect(state.set_hours)
        state.hours_changed.connect(self._apply_filter)
        self.table.selectionModel().selectionChanged.connect(self._picked)
        self.filters.hidden.toggled.connect(lambda _on: self._fill())
        self.table.horizontalHeader().sortIndicatorChanged.connect(lambda *_: self.rearranged.emit())
        state.ruling.changed.connect(self._fill)
        state.result_changed.connect(self._fill)
        state.selection_changed.connect(self._follow)
        state.reviews.changed.connect(self._reviewed)
        state.reviews.reset.connect(self._fill)
        self._fill()

    # -- what the keys do

    def step(self, by: int) -> None:
        """Select the next (1) or previous (-1) incident of those shown; at the ends it stays."""
        rows = self._model.rowCount()
        if not rows:
            return
        here = self._model.row_of(self._state.selection.incident)
        row = min(max(here + by, 0), rows - 1) if here >= 0 else (0 if by > 0 else rows - 1)
        self._state.select_incident(self._model.index(row, 0).data(ROW_ROLE).incident.id)

    def tag(self, number: int) -> None:
        """Give the selected incident the review tag 1 to 7; 0, or the same again, takes it away."""
        place = self._selected_place()
        if place is not None:
            self._state.reviews.tag(place, TAGS[number - 1] if number else "")

    def comment(self) -> None:
        """Let the user write a note on the selected incident, in place."""
        self._edit(COMMENT)

    def assign(self) -> None:
        """Let the user say who takes care of the selected incident, in place."""
        self._edit(OWNER)

    def acknowledge(self, by: str) -> None:
        """Note that the selected incident was seen by somebody, now; once more takes it back."""
        place = self._selected_place()
        if place is not None:
            self._state.reviews.acknowledge(place, by, np.datetime64(datetime.now(UTC).replace(tzinfo=None), "s"))

    def _edit(self, column: int) -> None:
        row = self._model.row_of(self._state.selection.incident)
        if row >= 0:
            self.table.scrollTo(self._model.index(row, column))
            self.table.setFocus()
            self.table.edit(self._model.index(row, column))

    def focus_filter(self) -> None:
        """Put the cursor into the filter."""
        self.filters.focus()

    def as_left(self) -> Told:
        """What is filtered, and how it is sorted."""
        return {**self.filters.as_left(), **told_order(self.table, HEADERS)}

    def put_back(self, left: Left) -> None:
        """List what was listed when it was left."""
        put_back_order(self.table, HEADERS, left, SEVERITY)
        self.filters.put_back(left)

    # -- how it stays right

    def changeEvent(self, event: QEvent) -> None:
        """Draw the marks anew when light turns dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.table.viewport().update()

    def _fill(self) -> None:
        result = self._state.result
        if not self.filters.offer_hidden(len(self._state.hidden())):
            return  # which fills anew
        rows = self._rows()
        self._model.set_rows(rows)
        self._fit_columns(rows)
        kinds = dict.fromkeys(i.causes[0].kind for i in result.incidents if i.causes) if result else {}
        self.filters.offer_causes([(kind, cause_label(kind)) for kind in sorted(kinds, key=cause_label)])
        self.filters.hours.show_zone(self._state.panel.zone if self._state.panel else "")
        self.filters.offer_voters(self._combinations())
        self.filters.count(Counter(row.incident.severity for row in rows))
        self._apply_filter()

    def _fit_columns(self, rows: Sequence[IncidentRow]) -> None:
        """Give begin, duration, place and KPI of other data the width they need; what a person then changes stays."""
        panel = self._state.panel
        if not rows or panel is None:
            return
        data = len(panel.cells), panel.cells[0], panel.cells[-1], panel.kpis, needs_year(panel.times)
        if data == self._fitted:
            return
        self._fitted = data
        roomy = self.window().width() >= _ROOMY  # the table may not be laid out yet
        for column, width in (_WIDTHS if roomy else _WIDTHS | _TIGHT).items():
            self.table.setColumnWidth(column, width)
        metrics = self.table.fontMetrics()
        said: dict[int, Callable[[Incident], str]] = {
            START: self._words.start,
            DURATION: self._words.duration,
            WHERE: self._words.where,
            KPI: lambda incident: ", ".join(incident.kpis),
        }
        for column, words in said.items():
            widest = max(metrics.horizontalAdvance(words(row.incident)) for row in rows[:_MEASURED]) + _CELL_PADDING
            least, most = _FITTED[column]
            most = most if roomy else _MOST_TIGHT.get(column, most)
            self.table.setColumnWidth(column, min(max(widest, least), most))

    def _combinations(self) -> list[tuple[tuple[str, ...], str]]:
        """Which detectors found incidents together, and how many, the most frequent first."""
        digest = self._state.digest
        found = Counter(digest.voters.values()).most_common() if digest is not None else []
        return [
            (
                names,
                tell(
                    "incidents_found_by",
                    detectors=" + ".join(map(detector_label, names)) or tell("incidents_no_voters"),
                    count=number(count),
                ),
            )
            for names, count in found
        ]

    def _rows(self) -> list[IncidentRow]:
        digest, reviewed = self._state.digest, self._state.reviewed()
        if digest is None:
            return []
        gone, wanted = self._state.hidden(), self.filters.hidden.isChecked()
        rows = [_row(digest, one) for one in digest.result.incidents if (one.id in gone) is wanted]
        if not reviewed:
            return rows
        zone = digest.result.panel.zone
        return [_with(row, reviewed[row.incident.id], zone) if row.incident.id in reviewed else row for row in rows]

    def _apply_filter(self) -> None:
        filters = self.filters
        self._model.set_filter(
            filters.filter.text(), filters.wanted, filters.cause_kind, filters.found_by, self._state.hours_counted()
        )
        shown, total = self._model.rowCount(), self._model.total
        said = counted("incident", total) if shown == total else tell("incidents_count", shown=shown, total=total)
        self.heading.set_caption(said if total else "")
        if total:
            hint = tell("incidents_none_match")
        else:
            hint = self._calm() if self._state.result else tell("incidents_empty")
        self._empty.setText(hint)
        self._pages.setCurrentIndex(0 if shown else 1)
        filters.enable(on=bool(total))
        self._follow()
        self.rearranged.emit()

    def _calm(self) -> str:
        """That nothing was found, or why that says little."""
        digest = self._state.digest
        return (digest.doubt(digest.result.verdicts) if digest is not None else "") or tell("incidents_calm")

    def _picked(self, chosen: QItemSelection, _left: QItemSelection) -> None:
        """Go to the incident that is selected now; that a row is the current one alone means nothing.

        Qt makes the first one that when the table is given the focus, and one that is clicked before it selects it.
        """
        row = next((index.data(ROW_ROLE) for index in chosen.indexes()), None)
        if isinstance(row, IncidentRow) and row.incident.id != self._state.selection.incident:
            self._state.select_incident(row.incident.id)

    def _follow(self) -> None:
        row = self._model.row_of(self._state.selection.incident)
        selection = self.table.selectionModel()
        if row < 0:
            selection.clear()
        elif selection.currentIndex().row() != row or not selection.isRowSelected(row, QModelIndex()):
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection.setCurrentIndex(self._model.index(row, max(selection.currentIndex().column(), 0)), flags)
            self.table.scrollTo(self._model.index(row, SEVERITY))

    def _reviewed(self, place: Place) -> None:
        incident, digest = self._state.incident_at(place), self._state.digest
        if incident is not None and digest is not None:
            row, review = _row(digest, incident), self._state.review(incident)
            self._model.replace_row(_with(row, review, digest.result.panel.zone))

    def _assigned(self, incident_id: int, owner: str) -> None:
        incident = self._state.incident(incident_id)
        if incident is not None:
            self._state.reviews.assign(self._state.places(incident)[0], owner)

    def _commented(self, incident_id: int, comment: str) -> None:
        incident = self._state.incident(incident_id)
        if incident is not None:
            self._state.reviews.comment(self._state.places(incident)[0], comment)

    def _selected_place(self) -> Place | None:
        incident = self._state.incident(self._state.selection.incident)
        return self._state.places(incident)[0] if incident else None

    # -- parts

    def _make_table(self) -> QTableView:
        table = _Table()
        table.setModel(self._model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        table.setSortingEnabled(True)
        table.sortByColumn(SEVERITY, Qt.SortOrder.AscendingOrder)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setCornerButtonEnabled(False)
        table.setAccessibleName(self.title)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(ROW)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(14 * GRID)
        for column, width in _WIDTHS.items():
            table.setColumnWidth(column, width)
        header.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._offer_tags)
        return table

    def _offer_tags(self, where: QPoint) -> None:
        index = self.table.indexAt(where)
        if not index.isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key, tag in enumerate(TAGS, start=1):
            action = menu.addAction(tell(f"tag_{tag}"))
            action.setShortcut(QKeySequence(str(key)))
            action.triggered.connect(lambda _checked=False, key=key: self.tag(key))
        menu.addSeparator()
        menu.addAction(tell("tag_none")).triggered.connect(lambda: self.tag(0))
        menu.addAction(tell("action_comment")).triggered.connect(self.comment)
        menu.addAction(tell("action_assign")).triggered.connect(self.assign)
        menu.popup(self.table.viewport().mapToGlobal(where))


def _row(digest: Digest, incident: Incident) -> IncidentRow:
    found_by, traits = digest.voters[incident.id], digest.traits[incident.id]
    return IncidentRow(incident, *digest.words[incident.id], voters=found_by, traits=traits)


def _with(row: IncidentRow, review: Review, zone: str) -> IncidentRow:
    seen = acknowledged(review.acknowledged_by, review.acknowledged, zone)
    return row._replace(tag=review.tag, comment=review.comment, owner=review.owner, seen=seen)
