"""A forest plot: odds ratios with their 95 % intervals on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen

from engine.palette import Palette
from gui.look.theme import CAPTION, palette_of, type_face
from gui.widgets.rows import Rows

_LABEL, _GAP = 176, 16
_AXIS = 40
_WIDEST = 64.0
_TICKS = (1 / 64, 1 / 16, 1 / 4, 1 / 2, 1.0, 2.0, 4.0, 16.0, 64.0)


@dataclass(frozen=True, slots=True)
class Odds:
    """One line of the plot. ratio, low, high: odds ratio, interval; numbers: as text; told: the sentence about it."""

    label: str
    ratio: float
    low: float
    high: float
    numbers: str
    told: str
    doubtful: bool = False


class ForestPlot(Rows):
    """Odds ratios, one row each, under their axis."""

    top = _AXIS

    def __init__(self) -> None:
        super().__init__()
        self._odds: tuple[Odds, ...] = ()
        self._reach = 2.0
        self._numbers = 0

    def set_odds(self, odds: Sequence[Odds], left: str, right: str) -> None:
        """Show other rows; `left` and `right` say what the two sides of 1 mean."""
        self._odds, self._left, self._right = tuple(odds), left, right
        ends = [abs(math.log(v)) for o in odds for v in (o.ratio, o.low, o.high) if v > 0 and math.isfinite(v)]
        self._reach = math.log(min(max(math.exp(min(max(ends, default=0.0), math.log(_WIDEST))), 2.5), _WIDEST)) * 1.08
        self.refresh()

    def refresh(self) -> None:
        """There are other rows, or they are in another type: the column of numbers is as wide as the widest of them."""
        self._numbers = max((self.fontMetrics().horizontalAdvance(o.numbers) for o in self._odds), default=0) + 1
        super().refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Measure anew in another type."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.refresh()

    def count(self) -> int:
        """How many terms there are."""
        return len(self._odds)

    def tooltip(self, row: int) -> str:
        """The sentence about a term."""
        return self._odds[row].told

    def sizeHint(self) -> QSize:
        """All rows and the axis."""
        return QSize(_LABEL + self._numbers + 320, self.top + self.count() * self.row_height)

    def minimumSizeHint(self) -> QSize:
        """Rows are never squeezed; a plot narrower than this says nothing."""
        return QSize(_LABEL + self._numbers + 120, self.top + self.count() * self.row_height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The axis, then the rows over it."""
        if self._odds:
            painter = QPainter(self)
            self._paint_axis(painter, palette_of(self))
            painter.end()
        super().paintEvent(event)

    def paint_row(self, painter: QPainter, row: int, box: QRectF, palette: Palette) -> None:
        """Name, interval with its point, numbers."""
        odds = self._odds[row]
        align = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(palette.muted if odds.doubtful else palette.text))
        label = painter.fontMetrics().elidedText(odds.label, Qt.TextElideMode.ElideRight, _LABEL)
        painter.drawText(QRectF(0, box.top(), _LABEL, box.height()), align | Qt.AlignmentFlag.AlignLeft, label)
        numbers = QRectF(box.right() - self._numbers, box.top(), self._numbers, box.height())
        painter.drawText(numbers, align | Qt.AlignmentFlag.AlignRight, odds.numbers)

        clear = not odds.doubtful and (odds.low > 1.0 or odds.high < 1.0)
        ink = QColor(palette.accent if clear else palette.normal)
        middle = box.center().y()
        low, high, at = (self._x(v) for v in (odds.low, odds.high, odds.ratio))
        painter.setPen(QPen(ink, 2))
        painter.drawLine(QPointF(low, middle), QPointF(high, middle))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(palette.panel), 1))
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(at, middle), 4.5, 4.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _x(self, ratio: float) -> float:
        left, right = float(_LABEL + _GAP), float(self.width() - self._numbers - _GAP)
        if math.isnan(ratio):
            return (left + right) / 2.0
        logged = -self._reach if ratio <= 0 else min(max(math.log(min(ratio, 1e12)), -self._reach), self._reach)
        return left + (logged + self._reach) / (2.0 * self._reach) * (right - left)

    def _paint_axis(self, painter: QPainter, palette: Palette) -> None:
        bottom = self.top + self.count() * self.row_height
        painter.setFont(type_face(CAPTION))
        for tick in _TICKS:
            if abs(math.log(tick)) > self._reach:
                continue
            x = round(self._x(tick)) + 0.5
            painter.setPen(QPen(QColor(palette.normal if tick == 1.0 else palette.line), 1))
            painter.drawLine(QPointF(x, self.top - 4), QPointF(x, bottom))
            painter.setPen(QColor(palette.muted))
            text = f"{tick:g}" if tick >= 1 else f"1/{round(1 / tick)}"
            painter.drawText(QRectF(x - 24, 18, 48, 16), Qt.AlignmentFlag.AlignCenter, text)
        painter.setPen(QColor(palette.muted))
        ends = QRectF(_LABEL + _GAP - 4, 0, self.width() - self._numbers - _LABEL - 2 * _GAP + 8, 16)
        painter.drawText(ends, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._left)
        painter.drawText(ends, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._right)
