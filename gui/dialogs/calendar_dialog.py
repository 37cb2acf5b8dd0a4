"""The calendar there is: events, holidays and maintenance windows; to be changed, taken away, written and read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QWidget

from engine.calendar import local_text, read_events, span_of, unknown_cells, write_events
from engine.data.event import Event
from engine.text import tell
from gui.dialogs.event_dialog import EventDialog, planned
from gui.dialogs.kept_list import KeptList
from gui.look.theme import GRID
from gui.look.wording import cells_label
from gui.problems import Problems
from gui.state import AppState
from gui.widgets.heading import objection

COLUMNS = ("kind", "start", "stop", "name", "where")
MOST_NAMED = 5


class CalendarDialog(KeptList):
    """Follows the calendar of the state; each change can be undone."""

    def __init__(self, state: AppState, problems: Problems, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(
            _word, COLUMNS, "name", "calendar.csv", problems, folder, parent, lambda: ask_maintenance(self, state)
        )
        self.resize(200 * GRID, 90 * GRID)
        self._state = state
        self.table.setShowGrid(False)
        for column, name in enumerate(COLUMNS):
            if name != "name":
                self.table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.foreign = objection()
        self._box.insertWidget(self._box.indexOf(self._buttons), self.foreign)
        state.planning.changed.connect(self._fill)
        self._fill()

    # -- inside

    def _fill(self) -> None:
        events, panel = self._state.planning.events, self._state.panel
        self._list([self._told(event) for event in events])
        foreign = unknown_cells(panel, events) if panel is not None else ()
        named, more = ", ".join(foreign[:MOST_NAMED]), len(foreign) - MOST_NAMED
        code = "calendar_foreign_more" if more > 0 else "calendar_foreign"
        self.foreign.setText(tell(code, cells=named, more=more) if more > 0 else tell(code, cells=named))
        self.foreign.setVisible(bool(foreign))

    def _told(self, event: Event) -> tuple[str, ...]:
        panel = self._state.panel
        zone = panel.zone if panel is not None else ""
        start, stop = (local_text(np.datetime64(at), zone, year=True) for at in span_of(event, zone))
        known = {cell.id: row for row, cell in enumerate(panel.cells)} if panel is not None else {}
        rows = tuple(known[cell] for cell in event.cells if cell in known)
        where = cells_label(panel, rows) if panel is not None and rows else ", ".join(event.cells[:MOST_NAMED])
        kind = tell(f"calendar_kind_{event.kind}")
        return kind, start, stop, event.name, where if event.cells else tell("calendar_everywhere")

    def _take(self, file: Path) -> None:
        self._state.planning.add(read_events(file), tell("calendar_undo_read", name=file.name))

    def _give(self, file: Path) -> None:
        write_events(file, self._state.planning.events)

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

    def _chosen(self) -> Event | None:
        row = self._row()
        return None if row is None else self._state.planning.events[row]


def _word(name: str) -> str:
    return tell(f"calendar_{name}")


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
