"""Which hours of which days are looked at: a button that says it, and what is chosen below it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QPushButton, QWidget

from engine.inspection.hours import DAYS, Hours
from engine.text import tell
from gui.look.theme import GRID
from gui.widgets.heading import caption

WHOLE = Hours()


class HoursButton(QPushButton):
    """`chosen(Hours)` is emitted when a person chooses others."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(22 * GRID)
        self._hours = WHOLE
        self.panel = QFrame(self, Qt.WindowType.Popup)  # a child, so that it looks like what it belongs to
        self.panel.setProperty("role", "popup")
        self.first, self.stop, self.days = QComboBox(), QComboBox(), QComboBox()
        self.reset = QPushButton(tell("hours_reset"))
        for hour in range(24):
            self.first.addItem(_clock(hour), hour)
            self.stop.addItem(_clock(hour + 1), hour + 1)
        for days in DAYS:
            self.days.addItem(_days(days), days)
        grid = QGridLayout(self.panel)
        grid.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(2 * GRID)
        rows = ("hours_from", self.first), ("hours_to", self.stop), ("hours_days", self.days)
        for row, (name, choice) in enumerate(rows):
            choice.setAccessibleName(tell(name))
            choice.activated.connect(self._choose)
            grid.addWidget(caption(tell(name)), row, 0)
            grid.addWidget(choice, row, 1)
        self._zone = caption("")
        grid.addWidget(self._zone, len(rows), 0, 1, 2)
        grid.addWidget(self.reset, len(rows) + 1, 0, 1, 2)
        self.reset.clicked.connect(lambda: self._take(WHOLE))
        self.clicked.connect(self._open)
        self.show_hours(WHOLE)

    @property
    def hours(self) -> Hours:
        """What is chosen."""
        return self._hours

    def show_hours(self, hours: Hours) -> None:
        """Show other hours as chosen; says nothing."""
        self._hours = hours
        words = hours_in_words(hours)
        self.setText(hours_in_words(hours, brief=True))
        self.setToolTip(tell("hours_tip", hours=words))
        self.setAccessibleName(tell("hours_tip", hours=words))
        self.first.setCurrentIndex(self.first.findData(hours.first))
        self.stop.setCurrentIndex(self.stop.findData(hours.stop))
        self.days.setCurrentIndex(self.days.findData(hours.days))
        self.reset.setEnabled(not hours.whole)

    def show_zone(self, zone: str) -> None:
        """Say by which local time the hours are counted."""
        self._zone.setText(tell("hours_zone", zone=zone) if zone else "")

    def _choose(self, _index: int) -> None:
        self._take(Hours(self.first.currentData(), self.stop.currentData(), self.days.currentData()))

    def _take(self, hours: Hours) -> None:
        if hours != self._hours:
            self.show_hours(hours)
            self.chosen.emit(hours)

    def _open(self) -> None:
        self.panel.adjustSize()
        room = self.screen().availableGeometry()
        below, above = self.mapToGlobal(QPoint(0, self.height())), self.mapToGlobal(QPoint(0, -self.panel.height()))
        fits = below.y() + self.panel.height() <= room.bottom()
        left = max(room.left(), min(below.x(), room.right() - self.panel.width()))
        self.panel.move(left, below.y() if fits else above.y())
        self.panel.show()
        self.first.setFocus()


def hours_in_words(hours: Hours, *, brief: bool = False) -> str:
    """Hours and days: "Any hour", "08:00-22:00", "22:00-06:00, Friday"; brief: "22-06, Fri"."""
    first, stop = (f"{hour:02}" if brief else _clock(hour) for hour in (hours.first, hours.stop))
    span = "" if hours.all_day else tell("hours_span", first=first, stop=stop)
    days = "" if hours.days == DAYS[0] else _days(hours.days, brief=brief)
    return ", ".join(said for said in (span, days) if said) or tell("hours_any")


def _clock(hour: int) -> str:
    return f"{hour:02}:00"


def _days(days: str, *, brief: bool = False) -> str:
    size = "short_" if brief else ""
    return tell(f"weekday_{size}{days}") if days.isdecimal() else tell(f"hours_{size}{days}")
