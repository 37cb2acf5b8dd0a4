"""A line of text that goes somewhere; it is cut short with dots where there is no room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from gui.look.theme import GRID


class Link(QPushButton):
    """A flat button as wide as there is room."""

    def __init__(self, text: str, icon: QIcon | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = text
        if icon is not None:
            self.setIcon(icon)
        self.setProperty("role", "link")
        self.setAutoDefault(False)  # in a dialog, Enter is not for links
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        self.setText(text)

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(10 * GRID, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text to the room there is."""
        super().resizeEvent(event)
        room = self.width() - (0 if self.icon().isNull() else self.iconSize().width() + 2 * GRID)
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room))
