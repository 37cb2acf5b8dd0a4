"""The base of the small charts: rows of equal height, drawn by hand, each with its own tooltip."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.palette import Palette
from gui.look.theme import ROW, palette_of


class Rows(QWidget):
    """A chart of rows. A kind of chart says how many there are, how to paint one, what its
    tooltip says, and may keep `top` pixels free above them."""

    row_height = ROW
    top = 0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def paint_row(self, painter: QPainter, row: int, box: QRectF, palette: Palette) -> None:
        """Paint one row into its box."""
        raise NotImplementedError

    def tooltip(self, row: int) -> str:
        """What pointing at a row tells."""
        raise NotImplementedError

    def refresh(self) -> None:
        """There are other rows."""
        self.setAccessibleDescription(". ".join(self.tooltip(i) for i in range(self.count())))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """All rows at full height."""
        return QSize(240, self.top + self.count() * self.row_height)

    def minimumSizeHint(self) -> QSize:
        """Rows are never squeezed."""
        return QSize(160, self.top + self.count() * self.row_height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight."""
        painter = QPainter(self)
        painter.setFont(self.font())
        palette = palette_of(self)
        for row in range(self.count()):
            box = QRectF(0, self.top + row * self.row_height, self.width(), self.row_height)
            if box.intersects(QRectF(event.rect())):
                self.paint_row(painter, row, box, palette)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Show the tooltip of the row pointed at."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = (event.pos().y() - self.top) // self.row_height
            if 0 <= row < self.count():
                QToolTip.showText(event.globalPos(), self.tooltip(row), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)


def hatch(painter: QPainter, box: QRectF, palette: Palette) -> None:
    """Fill a box with the hatched grey that means "no opinion" or "no data" everywhere."""
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.line))
    painter.drawRect(box)
    brush = painter.brush()
    brush.setStyle(Qt.BrushStyle.BDiagPattern)
    brush.setColor(QColor(palette.hatch))
    painter.setBrush(brush)
    painter.drawRect(box)
    painter.restore()
