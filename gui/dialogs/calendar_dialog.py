"""The calendar there is: events, holidays and maintenance windows; to be changed, taken away, written and read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.calendar import local_text, read_events, span_of, unknown_cells, write_events
from engine.data.event import Event
from engine.errors import AppError
from engine.text import tell
from gui.dialogs.event_dialog import EventDialog, planned
from gui.look.theme import GRID
from gui.look.wording import cells_label
from gui.problems import Problems
from gui.state import AppState
from gui.widgets.heading import empty, objection

COLUMNS = ("kind", "start", "stop", "name", "where")
MOST_NAMED = 5


class CalendarDialog(QDialog):
    """Follows the calendar of the state; each change can be undone."""

    def __init__(self, state: AppState, problems: Problems, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tell("calendar_title"))
        self.resize(200 * GRID, 90 * GRID)
        self._state, self._problems, self._folder = state, problems, folder
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setHorizontalHeaderLabels([tell(f"calendar_column_{name}") for name in COLUMNS])
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(COLUMNS.index("name"), QHeaderView.ResizeMode.Stretch)
        self.table.setAccessibleName(tell("calendar_title"))
        self.nothing, self.foreign = empty(tell("calendar_none")), objection()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.add, self.edit, self.remove, self.take, self.give = (
            buttons.addButton(tell(f"calendar_{name}"), role) for name in ("add", "edit", "remove", "take", "give")
        )
        self.add.clicked.connect(lambda: ask_maintenance(self, state))
        self.edit.clicked.connect(self._edit)
        self.remove.clicked.connect(self._remove)
        self.take.clicked.connect(self._ask_in)
        self.give.clicked.connect(self._ask_out)
        buttons.rejected.connect(self.reject)
        self.table.doubleClicked.connect(lambda _index: self._edit())
        self.table.itemSelectionChanged.connect(self._enable)
        box = QVBoxLayout(self)
        box.addWidget(self.table, 1)
        box.addWidget(self.nothing, 1)
        box.addWidget(self.foreign)
        box.addWidget(buttons)
        state.planning.changed.connect(self._fill)
        self._fill()

    def read(self, file: Path) -> None:
        """Put the events of a file to those there are."""
        try:
            events = read_events(file)
        except AppError as error:
            self._problems.report(error)
            return
        self._state.planning.add(events, tell("calendar_undo_read", name=file.name))

    def write(self, file: Path) -> None:
        """Write the whole calendar into a file."""
        try:
            write_events(file, self._state.planning.events)
        except AppError as error:
            self._problems.report(error)

    # -- inside

    def _fill(self) -> None:
        events, panel = self._state.planning.events, self._state.panel
        self.table.setVisible(bool(events))
        self.nothing.setVisible(not events)
        self.table.setRowCount(len(events))
        for row, event in enumerate(events):
            for column, text in enumerate(self._told(event)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        foreign = unknown_cells(panel, events) if panel is not None else ()
        named, more = ", ".join(foreign[:MOST_NAMED]), len(foreign) - MOST_NAMED
        code = "calendar_foreign_more" if more > 0 else "calendar_foreign"
        self.foreign.setText(tell(code, cells=named, more=more) if more > 0 else tell(code, cells=named))
        self.foreign.setVisible(bool(foreign))
        self._enable()

    def _told(self, event: Event) -> tuple[str, ...]:
        panel = self._state.panel
        zone = panel.zone if panel is not None else ""
        start, stop = (local_text(np.datetime64(at), zone, year=True) for at in span_of(event, zone))
        known = {cell.id: row for row, cell in enumerate(panel.cells)} if panel is not None else {}
        rows = tuple(known[cell] for cell in event.cells if cell in known)
        where = cells_label(panel, rows) if panel is not None and rows else ", ".join(event.cells[:MOST_NAMED])
        kind = tell(f"calendar_kind_{event.kind}")
        return kind, start, stop, event.name, where if event.cells else tell("calendar_everywhere")

    def _enable(self) -> None:
        chosen = self._chosen() is not None
        self.edit.setEnabled(chosen)
        self.remove.setEnabled(chosen)
        self.give.setEnabled(bool(self._state.planning.events))

    def _chosen(self) -> Event | None:
        row = next(iter({index.row() for index in self.table.selectedIndexes()}), -1)
        events = self._state.planning.events
        return events[row] if 0 <= row < len(events) else None

    def _edit(self) -> None:
        event = self._chosen()
        if event is not None:
            dialog = EventDialog(self._state, event, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.chosen.connect(lambda after: self._state.planning.replace(event, after))
            dialog.open()

    def _remove(self) -> None:
        event = self._chosen()
        if event is not None:
            self._state.planning.remove(event)

    def _ask_in(self) -> None:
        dialog = self._files(QFileDialog.AcceptMode.AcceptOpen, tell("calendar_filter_in"))
        dialog.fileSelected.connect(lambda chosen: self.read(Path(chosen)))
        dialog.open()

    def _ask_out(self) -> None:
        dialog = self._files(QFileDialog.AcceptMode.AcceptSave, tell("calendar_filter_out"))
        dialog.selectFile("calendar.csv")
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda chosen: self.write(Path(chosen)))
        dialog.open()

    def _files(self, mode: QFileDialog.AcceptMode, kinds: str) -> QFileDialog:
        dialog = QFileDialog(self, tell("calendar_title"), self._folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(mode)
        dialog.setNameFilters(kinds.split(";;"))
        return dialog


def ask_maintenance(parent: QWidget, state: AppState) -> EventDialog | None:
    """Ask for a maintenance window of what is selected; None while there are no data."""
    event = planned(state)
    if event is None:
        return None
    dialog = EventDialog(state, event, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.chosen.connect(lambda said: state.planning.add([said]))
    dialog.open()
    return dialog
