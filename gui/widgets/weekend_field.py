"""Which days are the weekend: those of the country, some that are usual, or any."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QVBoxLayout, QWidget

from engine.settings import weekend
from engine.text import tell
from gui.look.theme import GRID

USUAL = ("", "fri", "thu,fri", "fri,sat", "sat,sun", "sun", weekend.NONE)
_OTHER = "other"
_A_ROW = 3


class WeekendField(QWidget):
    """`edited()` is emitted when the user changed something; days to tick are shown for other days alone."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = QComboBox()
        for text in USUAL:
            self.choice.addItem(tell(f"weekend_{text.replace(',', '_') or 'country'}"), text)
        self.choice.addItem(tell("weekend_other"), _OTHER)
        self.days = [QCheckBox(tell(f"weekday_{day}")) for day in weekend.DAYS]
        self._box = QWidget()
        grid = QGridLayout(self._box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID)
        for place, box in enumerate(self.days):
            grid.addWidget(box, place // _A_ROW, place % _A_ROW)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(self.choice)
        column.addWidget(self._box)
        self.setFocusProxy(self.choice)
        self.write("")
        self.choice.activated.connect(self._chosen)
        for box in self.days:
            box.clicked.connect(lambda _on: self.edited.emit())

    def read(self) -> str:
        """The days as `engine.settings.weekend` writes them."""
        chosen = str(self.choice.currentData())
        return weekend.write(self._ticked()) if chosen == _OTHER else chosen

    def write(self, text: str) -> None:
        """Show other days."""
        text = weekend.write(weekend.read(text))
        place = self.choice.findData(text)
        self.choice.setCurrentIndex(place if place >= 0 else self.choice.findData(_OTHER))
        self._tick(text)
        self._box.setVisible(place < 0)

    def _chosen(self, _index: int) -> None:
        other = self.choice.currentData() == _OTHER
        if not other:
            self._tick(str(self.choice.currentData()))
        self._box.setVisible(other)
        self.edited.emit()

    def _tick(self, text: str) -> None:
        days = weekend.read(text)
        for day, box in enumerate(self.days):
            box.setChecked(days is not None and day in days)

    def _ticked(self) -> list[int]:
        return [day for day, box in enumerate(self.days) if box.isChecked()]
