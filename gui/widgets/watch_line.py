"""What the status line says of the watched folder, and the button that ends the watch."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from engine.text import tell
from gui.look.theme import GRID
from gui.watching import Watching


class _Status(QPushButton):
    """A sentence to click on; it is cut short with dots where there is no room, and never widens the window."""

    def __init__(self) -> None:
        super().__init__()
        self._whole = ""
        self.setProperty("role", "link")

    def say(self, status: str) -> None:
        """Another sentence."""
        if status != self._whole:
            self._whole = status
            self.setToolTip(f"{status}\n{tell('watch_log_tip')}")
            self.setAccessibleName(status)
            self.updateGeometry()
            self._cut()

    def sizeHint(self) -> QSize:
        """Room for all of it."""
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 2 * GRID, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(10 * GRID, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut it to the room there is."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        room = max(self.width() - GRID, 0)
        cut = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room)
        self.setText(cut.replace("&", "&&"))


class WatchLine(QWidget):
    """Hidden while no folder is watched and nothing is to be said of the last one.

    Signals:
        asked(): a person wants to know more.
    """

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.more, self.stop = _Status(), QPushButton(tell("watch_stop"))
        self.more.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.stop.setFlat(True)
        self.stop.setToolTip(tell("watch_stop_tip"))
        self.stop.setAccessibleName(tell("watch_stop_tip"))
        for button in (self.more, self.stop):
            button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.more.clicked.connect(self.asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * GRID, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.more)
        row.addWidget(self.stop)
        self.hide()

    def follow(self, watching: Watching) -> None:
        """Say how a watch stands, from now on."""
        self.stop.clicked.connect(watching.stop)
        watching.changed.connect(lambda: self._say(watching))

    def _say(self, watching: Watching) -> None:
        self.more.say(watching.status)
        self.stop.setVisible(watching.folder is not None)
        self.setVisible(bool(watching.status))
