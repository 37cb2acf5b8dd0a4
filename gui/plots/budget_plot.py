"""What every alarm budget would give: alarms a day above, and with labels the share judged wrongly below."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.budget.budget_curve import BudgetCurve
from engine.data import DoubleArray
from engine.palette import Palette
from engine.text import number, tell
from gui.look.theme import CAPTION, GRID, palette_of, type_face
from gui.look.wording import budget as budget_words
from gui.look.wording import share
from gui.plots.ticks import value_ticks

_LEFT, _RIGHT, _TOP, _BOTTOM, _BETWEEN = 14 * GRID, 5 * GRID, 6 * GRID, 12 * GRID, 9 * GRID
_RING = 4.5
_LEAST_ALARMS = 0.01
"""Alarms a day at the foot of the scale: none at all has no place on a logarithmic one."""


class BudgetPlot(QWidget):
    """`chosen(budget)` is emitted by a click, at the budget next to it, and by the arrow keys."""

    chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curve: BudgetCurve | None = None
        self._budget: float | None = None
        self._pointed: int | None = None
        self._why = ""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tell("explore_title"))

    def show_curve(self, curve: BudgetCurve | None, why: str = "") -> None:
        """Show another curve, or say why there is none."""
        self._curve, self._pointed, self._why = curve, None, why
        self.update()

    def show_budget(self, budget: float | None) -> None:
        """Mark the budget in force; None = thresholds do not come from a budget."""
        self._budget = budget
        self.setAccessibleDescription("" if budget is None else budget_words(budget))
        self.update()

    @property
    def curve(self) -> BudgetCurve | None:
        """What is shown."""
        return self._curve

    def sizeHint(self) -> QSize:
        """Room for both curves."""
        return QSize(140 * GRID, 84 * GRID)

    def minimumSizeHint(self) -> QSize:
        """So small that ticks still have room."""
        return QSize(90 * GRID, 60 * GRID)

    def place_of(self, index: int) -> QPointF:
        """Where the upper curve has its budget number `index`."""
        assert self._curve is not None
        area, alarms = self._areas()[0], self._curve.alarms
        return QPointF(self._x(self._curve.budgets[index]), _up(area, _log(alarms), *self._span(_log(alarms)))[index])

    # -- painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Axes, curves, the budget in force and the one pointed at."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(type_face(CAPTION))
        palette, curve = palette_of(self), self._curve
        painter.fillRect(self.rect(), QColor(palette.panel))
        if curve is None:
            painter.setPen(QColor(palette.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._why)
            painter.end()
            return
        upper, *lower = self._areas()
        self._paint_budgets(painter, palette, curve)
        self._paint_alarms(painter, palette, curve, upper)
        if lower and curve.errors is not None:
            self._paint_errors(painter, palette, curve, curve.errors, lower[0])
        for budget, shade in ((self._budget, palette.accent), (self._at(self._pointed), palette.muted)):
            if budget is not None:
                x = self._x(min(max(budget, curve.budgets[0]), curve.budgets[-1]))
                painter.setPen(QPen(QColor(shade), 1.5 if shade == palette.accent else 1.0))
                painter.drawLine(QPointF(x, _TOP), QPointF(x, self.height() - _BOTTOM))
        painter.end()

    def _paint_budgets(self, painter: QPainter, palette: Palette, curve: BudgetCurve) -> None:
        """The budgets below, a tick for every 1, 2 and 5."""
        foot = self.height() - _BOTTOM
        painter.setPen(QColor(palette.muted))
        for budget in curve.budgets:
            if f"{budget:e}"[:8] in ("1.000000", "2.000000", "5.000000"):
                x = self._x(budget)
                box = QRectF(x - 30, foot + GRID, 60, 16)
                painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, number(float(budget)))
        under = QRectF(_LEFT, foot + 5 * GRID, self.width() - _LEFT - _RIGHT, 16)
        painter.drawText(under, Qt.AlignmentFlag.AlignHCenter, tell("explore_budgets"))

    def _paint_alarms(self, painter: QPainter, palette: Palette, curve: BudgetCurve, area: QRectF) -> None:
        found, due = _log(curve.alarms), _log(curve.expected)
        low, high = self._span(found)
        ticks = [(p, number(10.0**p)) for p in range(math.ceil(low), math.floor(high) + 1)]
        self._paint_ground(painter, palette, area, tell("explore_alarms"), ticks, (low, high))
        painter.save()
        painter.setClipRect(area)
        pen = QPen(QColor(palette.muted), 1.2)
        pen.setDashPattern([4.0, 3.0])
        self._line(painter, area, due, (low, high), pen)
        self._line(painter, area, found, (low, high), QPen(QColor(palette.measured), 1.8))
        painter.restore()

    def _paint_errors(
        self, painter: QPainter, palette: Palette, curve: BudgetCurve, errors: DoubleArray, area: QRectF
    ) -> None:
        low, high = 0.0, max(float(errors.max()) * 1.05, 1e-9)
        ticks = [(tick.at, share(tick.at)) for tick in value_ticks(low, high, 4)]
        self._paint_ground(painter, palette, area, tell("explore_errors"), ticks, (low, high))
        self._line(painter, area, errors, (low, high), QPen(QColor(palette.measured), 1.8))
        best = int(np.argmin(errors))
        painter.setBrush(QColor(palette.panel))
        painter.setPen(QPen(QColor(palette.measured), 2.0))
        painter.drawEllipse(QPointF(self._x(curve.budgets[best]), _up(area, errors, low, high)[best]), _RING, _RING)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_ground(
        self,
        painter: QPainter,
        palette: Palette,
        area: QRectF,
        title: str,
        ticks: Sequence[tuple[float, str]],
        span: tuple[float, float],
    ) -> None:
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for at, label in ticks:
            y = round(float(_up(area, np.array([at]), *span)[0])) + 0.5
            painter.setPen(QPen(QColor(palette.line), 1.0))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(palette.muted))
            painter.drawText(QRectF(0, y - 8, _LEFT - 2 * GRID, 16), right, label)
        painter.setPen(QColor(palette.text))
        painter.drawText(QPointF(area.left(), area.top() - GRID), title)

    def _line(self, painter: QPainter, area: QRectF, values: DoubleArray, span: tuple[float, float], pen: QPen) -> None:
        assert self._curve is not None
        heights = _up(area, values, *span).tolist()
        places = [QPointF(self._x(b), y) for b, y in zip(self._curve.budgets, heights, strict=True)]
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(places))

    # -- geometry

    def _areas(self) -> list[QRectF]:
        wide, high = max(self.width() - _LEFT - _RIGHT, 1), max(self.height() - _TOP - _BOTTOM, 1)
        if self._curve is None or self._curve.errors is None:
            return [QRectF(_LEFT, _TOP, wide, high)]
        each = (high - _BETWEEN) / 2
        return [QRectF(_LEFT, _TOP, wide, each), QRectF(_LEFT, _TOP + each + _BETWEEN, wide, each)]

    def _x(self, budget: float) -> float:
        assert self._curve is not None
        first, last = math.log10(self._curve.budgets[0]), math.log10(self._curve.budgets[-1])
        along = (math.log10(budget) - first) / (last - first)
        return _LEFT + along * max(self.width() - _LEFT - _RIGHT, 1)

    @staticmethod
    def _span(found: DoubleArray) -> tuple[float, float]:
        """Whole powers of ten around what is found."""
        low, high = math.floor(float(found.min())), math.ceil(float(found.max()))
        return float(low), float(max(high, low + 1))

    def _at(self, index: int | None) -> float | None:
        return None if index is None or self._curve is None else float(self._curve.budgets[index])

    def _nearest(self, x: float) -> int | None:
        if self._curve is None:
            return None
        return int(np.argmin([abs(self._x(budget) - x) for budget in self._curve.budgets]))

    # -- the user

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the budget that a click would take."""
        self._pointed = self._nearest(event.position().x())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        super().leaveEvent(event)
        self._pointed = None
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the budget under the pointer."""
        nearest = self._nearest(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and self._curve is not None and nearest is not None:
            self.chosen.emit(float(self._curve.budgets[nearest]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right take the next smaller and larger budget, Home and End the ends."""
        if self._curve is None or event.key() not in (
            Qt.Key.Key_Left,
            Qt.Key.Key_Right,
            Qt.Key.Key_Home,
            Qt.Key.Key_End,
        ):
            super().keyPressEvent(event)
            return
        budgets = self._curve.budgets
        now = self._budget if self._budget is not None else float(budgets[0])
        smaller, larger = budgets[budgets < now * (1 - 1e-9)], budgets[budgets > now * (1 + 1e-9)]
        wanted = {
            Qt.Key.Key_Left: smaller[-1:],
            Qt.Key.Key_Right: larger[:1],
            Qt.Key.Key_Home: budgets[:1],
            Qt.Key.Key_End: budgets[-1:],
        }[Qt.Key(event.key())]
        if len(wanted):
            self.chosen.emit(float(wanted[0]))

    def event(self, event: QEvent) -> bool:
        """Pointing at a budget tells its numbers."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos().x()), self)
            return True
        return super().event(event)

    def tip_at(self, x: float) -> str:
        """What the hover text says at a place; "" without a curve."""
        nearest, curve = self._nearest(x), self._curve
        if nearest is None or curve is None:
            return ""
        told = tell(
            "explore_tip",
            budget=budget_words(float(curve.budgets[nearest])),
            alarms=number(float(f"{curve.alarms[nearest]:.3g}")),
            expected=number(float(f"{curve.expected[nearest]:.3g}")),
        )
        if curve.errors is None:
            return told
        return f"{told}\n{tell('explore_tip_errors', errors=share(float(curve.errors[nearest])))}"


def _log(values: DoubleArray) -> DoubleArray:
    """Powers of ten; nothing counts as `_LEAST_ALARMS`."""
    out: DoubleArray = np.log10(np.maximum(values, _LEAST_ALARMS))
    return out


def _up(area: QRectF, values: DoubleArray, low: float, high: float) -> DoubleArray:
    """Where values lie between the foot and the top of an area, in pixels."""
    out: DoubleArray = area.bottom() - area.height() * (values - low) / (high - low)
    return out
