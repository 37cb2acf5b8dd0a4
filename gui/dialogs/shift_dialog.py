"""What the shift hands over: incidents that are open, new or cleared, and what was said of them; to go to, to copy."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QVBoxLayout, QWidget

from engine.data import Incident, Result
from engine.data.since import HOUR_S, Since
from engine.inspection.handover import SECTIONS, Handover, counts, hand_over, in_lines, left_out, said_of, span_text
from engine.inspection.summary import where_and_what, where_in_brief
from engine.text import tell
from gui.look.marks import severity_icon
from gui.look.theme import GRID, palette_of
from gui.look.wording import lasting, moment
from gui.preferences import MOST_HOURS, Preferences
from gui.state import AppState
from gui.widgets.heading import caption, sentence
from gui.widgets.link import Link
from gui.widgets.number_field import WholeNumber
from gui.widgets.page import Page

MOST = 50
"""Incidents of a section that are listed; more are counted."""


class ShiftDialog(QDialog):
    """Follows the result, the reviews and the rules; a click on an incident selects it in the window behind."""

    def __init__(self, app_state: AppState, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tell("shift_title"))
        self.resize(160 * GRID, 150 * GRID)
        self._state, self._preferences = app_state, preferences
        self.hours = WholeNumber(1, MOST_HOURS, preferences.shift_hours)
        self.hours.setSuffix(f" {tell('shift_hours_unit')}")
        self.hours.setAccessibleName(tell("shift_hours"))
        self.hours.valueChanged.connect(self._other_shift)
        self._span, self._counts = caption("", wrap=True), sentence()
        self.page = Page()
        row = QHBoxLayout()
        row.addWidget(caption(tell("shift_hours")))
        row.addWidget(self.hours)
        row.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy = buttons.addButton(tell("shift_copy"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.setSpacing(2 * GRID)
        box.addLayout(row)
        box.addWidget(self._counts)
        box.addWidget(self._span)
        box.addWidget(self.page, 1)
        box.addWidget(buttons)
        for signal in (app_state.result_changed, app_state.reviews.changed, app_state.reviews.reset):
            signal.connect(self._write)
        app_state.ruling.changed.connect(self._write)
        self._write()

    def text(self) -> str:
        """All of it as plain text; "" where there is nothing to hand over."""
        result, shift = self._state.result, self._handover()
        return "\n".join(in_lines(result, shift, MOST)) + "\n" if result is not None and shift is not None else ""

    # -- inside

    def _handover(self) -> Handover | None:
        """What there is to hand over, without what rules hide; None without a result or measurements."""
        result = self._state.result
        if result is None:
            return None
        hidden = self._state.hidden()
        shown = tuple(incident for incident in result.incidents if incident.id not in hidden)
        since = Since(self.hours.value() * HOUR_S)
        return hand_over(dataclasses.replace(result, incidents=shown), since, self._state.reviewed())

    def _other_shift(self, hours: int) -> None:
        self._preferences.shift_hours = hours
        self._write()

    def _write(self, *_changed: object) -> None:
        result, shift = self._state.result, self._handover()
        self.page.start()
        self.copy.setEnabled(shift is not None)
        if result is None or shift is None:
            self._counts.setText(tell("shift_no_data"))
            self._span.clear()
        else:
            self._counts.setText(counts(shift))
            self._span.setText(span_text(result.panel, shift))
            self.page.space(1)
            for name in SECTIONS:
                self._section(result, shift, name)
            self.page.space()
            self.page.note(tell("shift_note"))
            if shift.false:
                self.page.note(left_out(shift))
        self.page.finish()

    def _section(self, result: Result, shift: Handover, name: str) -> None:
        incidents = shift.section(name)
        self.page.head(tell(f"shift_head_{name}"))
        if not incidents:
            self.page.note(tell(f"shift_none_{name}"))
        for incident in incidents[:MOST]:
            self.page.add(self._link(result, incident))
            said = said_of(shift, incident)
            if said:
                self.page.note(said)
        if len(incidents) > MOST:
            self.page.note(tell("shift_more", more=len(incidents) - MOST))

    def _link(self, result: Result, incident: Incident) -> Link:
        panel = result.panel
        link = Link(
            tell(
                "shift_link",
                start=moment(panel, incident.start),
                duration=lasting(panel, incident.stop - incident.start),
                what=where_in_brief(incident),
            ),
            severity_icon(incident.severity, palette_of(self)),
        )
        link.setToolTip(where_and_what(panel, incident))
        link.clicked.connect(lambda: self._state.select_incident(incident.id))
        return link
