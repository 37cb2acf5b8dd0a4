"""The curves of a training: error on the days it learns from and on the days that choose the best epoch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.palette import Palette
from engine.text import number, tell
from gui.look.theme import CAPTION, GRID, palette_of, type_face
from gui.plots.ticks import value_ticks

_LEFT, _RIGHT, _TOP, _BOTTOM = 14 * GRID, 24 * GRID, 3 * GRID, 7 * GRID
_RING = 4.5


@dataclass(frozen=True, slots=True)
class Point:
    """One epoch. training: NaN for epoch 0, before any step. best: whether it was the best so far."""

    epoch: int
    training: float
    checking: float
    best: bool


class LossCurves(QWidget):
    """Two lines over the epochs, named at their ends; a ring stands on the epoch that is kept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[Point, ...] = ()
        self._epochs = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tell("curves_name"))

    def show_points(self, points: Sequence[Point], epochs: int) -> None:
        """Show these epochs of at most `epochs`."""
        self._points, self._epochs = tuple(points), max(epochs, 1)
        self.setAccessibleDescription(". ".join(self._text(point) for point in self._points))
        self.update()

    @property
    def kept(self) -> Point | None:
        """The epoch whose model is kept as it stands."""
        return next((point for point in reversed(self._points) if point.best), None)

    def sizeHint(self) -> QSize:
        """Wide and calm."""
        return QSize(120 * GRID, 52 * GRID)

    def minimumSizeHint(self) -> QSize:
        """So small that ticks still have room."""
        return QSize(80 * GRID, 36 * GRID)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Hairlines, both lines, the ring, the names."""
        painter = QPainter(self)
        painter.setFont(type_face(CAPTION))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = palette_of(self)
        low, high = self._reach()
        self._paint_axes(painter, palette, low, high)
        ends = []
        for name, colour, dashed in (("training", palette.expected, True), ("checking", palette.measured, False)):
            places = [self._place(p, getattr(p, name), low, high) for p in self._points]
            drawn = [place for place in places if place is not None]
            pen = QPen(QColor(colour), 1.5)
            if dashed:
                pen.setDashPattern([4.0, 3.0])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if len(drawn) > 1:
                painter.drawPolyline(QPolygonF(drawn))
            elif drawn:
                painter.drawPoint(drawn[0])
            if drawn:
                ends.append((drawn[-1], tell(f"curves_{name}"), QColor(colour)))
        self._paint_ring(painter, palette, low, high)
        self._paint_names(painter, ends)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Pointing at an epoch tells its errors."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            area = self._area()
            at = round((event.pos().x() - area.left()) / max(area.width(), 1.0) * self._epochs)
            found = next((point for point in self._points if point.epoch == at), None)
            if found is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self._text(found), self)
            return True
        return super().event(event)

    # -- geometry

    def _area(self) -> QRectF:
        return QRectF(_LEFT, _TOP, max(self.width() - _LEFT - _RIGHT, 1), max(self.height() - _TOP - _BOTTOM, 1))

    def _reach(self) -> tuple[float, float]:
        """Lowest and highest error to show, with some air."""
        values = [v for p in self._points for v in (p.training, p.checking) if math.isfinite(v)]
        if not values:
            return 0.0, 1.0
        low, high = min(values), max(values)
        air = 0.12 * (high - low) or max(abs(high), 1e-6) * 0.2
        return max(0.0, low - air) if low >= 0 else low - air, high + air

    def _place(self, point: Point, value: float, low: float, high: float) -> QPointF | None:
        if not math.isfinite(value):
            return None
        area = self._area()
        x = area.left() + area.width() * point.epoch / self._epochs
        return QPointF(x, area.bottom() - area.height() * (value - low) / (high - low))

    @staticmethod
    def _text(point: Point) -> str:
        if math.isnan(point.training):
            return tell("curves_tip_start", checking=number(point.checking))
        training, checking = number(point.training), number(point.checking)
        return tell("curves_tip", epoch=point.epoch, training=training, checking=checking)

    # -- painting

    def _paint_axes(self, painter: QPainter, palette: Palette, low: float, high: float) -> None:
        area, muted = self._area(), QColor(palette.muted)
        right, middle = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignHCenter
        if self._points:
            for tick in value_ticks(low, high):
                y = round(area.bottom() - area.height() * (tick.at - low) / (high - low)) + 0.5
                painter.setPen(QPen(QColor(palette.line), 1.0))
                painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
                painter.setPen(muted)
                painter.drawText(QRectF(0, y - 8, _LEFT - 2 * GRID, 16), right, tick.label)
        else:
            painter.setPen(muted)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, tell("curves_empty"))
        painter.setPen(muted)
        step = max(1, next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if self._epochs / s <= 10))
        for epoch in range(0, self._epochs + 1, step):
            x = area.left() + area.width() * epoch / self._epochs
            painter.drawText(QRectF(x - 24, area.bottom() + GRID, 48, 16), middle, str(epoch))
        under = QRectF(area.right() + 4 * GRID, area.bottom() + GRID, _RIGHT - 4 * GRID, 16)
        painter.drawText(under, Qt.AlignmentFlag.AlignLeft, tell("curves_epoch"))

    def _paint_ring(self, painter: QPainter, palette: Palette, low: float, high: float) -> None:
        kept = self.kept
        place = self._place(kept, kept.checking, low, high) if kept is not None else None
        if place is not None:
            painter.setBrush(QColor(palette.panel))
            painter.setPen(QPen(QColor(palette.measured), 2.0))
            painter.drawEllipse(place, _RING, _RING)

    def _paint_names(self, painter: QPainter, ends: list[tuple[QPointF, str, QColor]]) -> None:
        """The lines' names at their ends, moved apart where they would touch."""
        heights = [end.y() for end, _, _ in ends]
        if len(heights) == 2 and abs(heights[0] - heights[1]) < 14:
            middle, first_above = sum(heights) / 2, heights[0] <= heights[1]
            heights = [middle - 7, middle + 7] if first_above else [middle + 7, middle - 7]
        for (end, name, colour), y in zip(ends, heights, strict=True):
            painter.setPen(colour)
            box = QRectF(end.x() + 2 * GRID, y - 8, _RIGHT + self._area().right() - end.x(), 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
