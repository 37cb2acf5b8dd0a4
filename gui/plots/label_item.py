"""Labelled stretches of time: a bar along the foot of a plot, full where anomalous, hollow where normal."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.plots.line_item import Z_MARK
from gui.plots.span_item import SpanItem

BAR, GRIP = 7.0, 14.0
"""Height of a bar, and of the grips at its ends while they can be dragged, pixels."""
VEIL = 0.10
"""How much of its colour an anomalous stretch gives the plot above it."""


class LabelItem(SpanItem):
    """The stretches of one kind of label; `hollow`: told by their outline."""

    def __init__(self, *, hollow: bool = False) -> None:
        super().__init__()
        self.setZValue(Z_MARK - 0.5)
        self._hollow = hollow
        self._grips = False

    def set_grips(self, *, shown: bool) -> None:
        """Show where a stretch can be taken to move its ends, or do not."""
        self._grips = shown
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:  # noqa: ARG002
        """Draw bar and grips in pixels, at least two wide, so that no label is too short to be seen."""
        to_screen = painter.transform()
        shown = to_screen.mapRect(self._box)
        ink = QColor(self._brush.color())
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for start, stop in self._spans.tolist():
            at = to_screen.mapRect(QRectF(start, self._box.top(), stop - start, self._box.height())) & shown
            bar = QRectF(at.left(), shown.bottom() - BAR, max(2.0, at.width()), BAR)
            if self._hollow:
                painter.setPen(QPen(ink, 1.0))
                painter.drawRect(bar.adjusted(0, 0, -1, -1))
            else:
                veil = QColor(ink)
                veil.setAlphaF(VEIL)
                painter.fillRect(at, veil)
                painter.fillRect(bar, ink)
            if self._grips:
                painter.setPen(QPen(ink, 3.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
                for x in (bar.left() + 1, bar.right() - 1):
                    painter.drawLine(QLineF(x, shown.bottom() - GRIP, x, shown.bottom()))
        painter.restore()
