"""How much speaks for a cause: a plain bar, 0 to 1."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.look.theme import palette_of


class WeightBar(QWidget):
    """A bar of fixed length, filled to `weight`."""

    def __init__(self, weight: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._weight = min(max(weight, 0.0), 1.0)
        self.setFixedSize(QSize(96, 16))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A track and its filled part."""
        palette = palette_of(self)
        painter = QPainter(self)
        track = QRectF(0, 4, self.width(), 8)
        painter.fillRect(track, QColor(palette.window))
        painter.fillRect(QRectF(0, 4, self.width() * self._weight, 8), QColor(palette.accent))
        painter.end()
