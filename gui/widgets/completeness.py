"""How complete each cell's data are: one thin bar per cell."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.data import DoubleArray
from gui.look.theme import blend, palette_of

_HEIGHT = 56


class CompletenessStrip(QWidget):
    """Bars from 0 to 100 %. Where cells share a pixel column, the least complete of them is drawn."""

    def __init__(self, told: Callable[[int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told = told
        self._shares: DoubleArray = np.zeros(0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_shares(self, shares: DoubleArray) -> None:
        """Show other shares (C,), each 0..1."""
        self._shares = shares
        self.update()

    def sizeHint(self) -> QSize:
        """As high as three rows."""
        return QSize(320, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One bar per cell, or per pixel column where there are more cells."""
        cells = len(self._shares)
        if not cells:
            return
        palette = palette_of(self)
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        drawn = min(cells, self.width())
        starts = np.arange(drawn) * cells // drawn
        least = np.fmin.reduceat(self._shares, starts)
        width = min(self._width() / drawn, 24.0)
        gap = 1.0 if width >= 4 else 0.0
        fill = blend(palette.normal, palette.panel, 0.55)
        for i, share in enumerate(least.tolist()):
            height = (_HEIGHT - 1) * (0.0 if np.isnan(share) else share)
            painter.fillRect(QRectF(i * width, _HEIGHT - 1 - height, width - gap, height), fill)
        painter.setPen(QPen(QColor(palette.line), 1))
        painter.drawLine(QPointF(0, _HEIGHT - 0.5), QPointF(width * drawn, _HEIGHT - 0.5))
        painter.drawLine(QPointF(0, 0.5), QPointF(width * drawn, 0.5))
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Tell of the cell pointed at."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and len(self._shares):
            cells = len(self._shares)
            width = min(self._width() / min(cells, self.width()), 24.0)
            cell = int(event.pos().x() / width) * cells // min(cells, self.width())
            if 0 <= cell < cells:
                QToolTip.showText(event.globalPos(), self._told(cell), self)
                return True
        return super().event(event)

    def _width(self) -> float:
        return float(max(self.width(), 1))
