"""One event of the calendar: what kind, when on the network's clock, where."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from PySide6.QtCore import QDate, QDateTime, QTime, QTimeZone, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDateTimeEdit,
    QDialog,
    QFormLayout,
    QLineEdit,
    QWidget,
)

from engine.calendar import on_wall
from engine.data.event import Event
from engine.text import tell
from gui.dialogs.form import lay_out_form
from gui.look.theme import GRID
from gui.look.wording import cell_label
from gui.state import AppState
from gui.widgets.heading import caption, sentence

KINDS = ("maintenance", "event", "holiday", "working")
"""As they are offered."""
AHEAD = np.timedelta64(4 * 3600, "s")
"""How long work is taken to last where nobody marked a time."""

Cells = tuple[str, ...]


class EventDialog(QDialog):
    """`chosen(Event)` is emitted when the user confirms it."""

    chosen = Signal(object)

    def __init__(self, state: AppState, event: Event, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tell("event_title"))
        self.setMinimumWidth(110 * GRID)
        zone = state.panel.zone if state.panel is not None else ""
        event = on_wall(event, zone)
        self.kind = QComboBox()
        for kind in KINDS:
            self.kind.addItem(tell(f"calendar_kind_{kind}"), kind)
        self.kind.setCurrentIndex(KINDS.index(event.kind))
        self.name = QLineEdit(event.name, placeholderText=tell("event_name_hint"))
        self.start, self.stop = _moment(event.start), _moment(event.stop)
        self.where = QComboBox()
        for text, cells in _places(state, event.cells):
            self.where.addItem(text, cells)
        self.about = sentence()
        self._lay_out(zone)
        self.kind.currentIndexChanged.connect(self._show)
        self.start.dateTimeChanged.connect(self._show)
        self.stop.dateTimeChanged.connect(self._show)
        self._show()

    def event_said(self) -> Event:
        """The event as the parts say, on the network's clock."""
        kind = self.kind.currentData()
        name = self.name.text().strip() or tell(f"calendar_kind_{kind}")
        start, stop = (_wall(edit) for edit in (self.start, self.stop))
        return Event(start, stop, name, kind, self.where.currentData())

    def accept(self) -> None:
        """Hand the event over and close."""
        self.chosen.emit(self.event_said())
        super().accept()

    # -- inside

    def _show(self) -> None:
        forwards = self.start.dateTime() < self.stop.dateTime()
        self.about.setText(tell(f"event_about_{self.kind.currentData()}") if forwards else tell("event_backwards"))
        self.confirm.setEnabled(forwards)

    def _lay_out(self, zone: str) -> None:
        form = QFormLayout()
        for name in ("kind", "name", "start", "stop", "where"):
            form.addRow(tell(f"event_label_{name}"), getattr(self, name))
        form.addRow("", caption(tell("event_clock", zone=zone or "UTC")))
        self.confirm = lay_out_form(self, form, (self.about,), tell("event_confirm"))


def planned(state: AppState) -> Event | None:
    """Maintenance of what is selected: the marked time, else the hours after the data; None while there are none."""
    panel, selection = state.panel, state.selection
    if panel is None:
        return None
    period = np.timedelta64(panel.period_s, "s")
    end = panel.times[-1] + period
    begin, stop = end, end + AHEAD
    if selection.span is not None:
        begin, stop = panel.times[selection.span[0]], panel.times[selection.span[1] - 1] + period
    start, until = (at.astype("datetime64[s]").astype(datetime) for at in (begin, stop))
    cells = (panel.cells[selection.cell].id,) if selection.cell is not None else ()
    return Event(start, until, "", "maintenance", cells, utc=True)


def _places(state: AppState, cells: Cells) -> list[tuple[str, Cells]]:
    """Where it may be: where it is now first, then the site, the cells of the selected incident, the network."""
    panel, incident = state.panel, state.incident(state.selection.incident)
    known = {cell.id: row for row, cell in enumerate(panel.cells)} if panel is not None else {}
    found: list[tuple[str, Cells]] = []
    if cells:
        first = cell_label(panel, known[cells[0]]) if panel is not None and cells[0] in known else cells[0]
        found.append((first if len(cells) == 1 else tell("event_these_cells", cells=len(cells)), cells))
    if panel is not None:
        site = panel.cells[known[cells[0]]].site if cells and cells[0] in known else ""
        if site:
            found.append((tell("event_site", site=site), tuple(one.id for one in panel.cells if one.site == site)))
        if incident is not None and len(incident.cells) > 1:
            of_incident = tuple(panel.cells[row].id for row in incident.cells)
            found.append((tell("event_incident", cells=len(of_incident)), of_incident))
    found.append((tell("calendar_everywhere"), ()))
    return list({where: (text, where) for text, where in reversed(found)}.values())[::-1]


def _wall(edit: QDateTimeEdit) -> datetime:
    """What an edit says, to the minute."""
    day, time = edit.date(), edit.time()
    return datetime(day.year(), day.month(), day.day(), time.hour(), time.minute())


def _moment(at: datetime) -> QDateTimeEdit:
    edit = QDateTimeEdit(calendarPopup=True, displayFormat="ddd yyyy-MM-dd HH:mm")
    edit.setTimeZone(QTimeZone.utc())  # a clock without gaps: the network's hours are not this computer's
    edit.setDateTime(QDateTime(QDate(at.year, at.month, at.day), QTime(at.hour, at.minute), QTimeZone.utc()))
    return edit
