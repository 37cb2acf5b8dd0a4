"""Hour of day against weekday: the share of points in alarm as shade, with the same by hour and by weekday alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from engine.inspection.rhythm import HOURS, WEEKDAYS, Rhythm
from engine.palette import Palette
from engine.text import tell
from gui.look.theme import CAPTION, blend, palette_of, type_face
from gui.plots.span_item import hatch_brush

LEFT, TOP, RIGHT, BOTTOM = 56, 12, 112, 100
NAMES = 24
"""Room below the squares where there is none for the bars of the hours."""
LEAST_ROW, LEAST_NAME = 14, 12
"""Height of a row from which on there are bars below; and every row is named, not every other."""
FREE = 1.0
MARGIN = 8


class WeekGrid(QWidget):
    """Seven rows of twenty-four squares; bars of the hours below and of the weekdays at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self._rhythm: Rhythm | None = None
        self._tip: Callable[[int, int], str] = lambda _weekday, _hour: ""
        self._words: Callable[[float], str] = str
        self._hover: tuple[int, int] | None = None

    def show_rhythm(self, rhythm: Rhythm | None, tip: Callable[[int, int], str], words: Callable[[float], str]) -> None:
        """Show other shares; `tip(weekday, hour)` words a square, `words(share)` a share."""
        self._rhythm, self._tip, self._words = rhythm, tip, words
        self.update()

    def sizeHint(self) -> QSize:
        """Squares large enough to hit."""
        return QSize(LEFT + RIGHT + 24 * 28, TOP + BOTTOM + 7 * 24)

    def square(self, weekday: int, hour: int) -> QRectF:
        """Where a weekday and hour stand."""
        wide = (self.width() - LEFT - RIGHT) / HOURS
        below = BOTTOM if self._roomy else NAMES
        high = min((self.height() - TOP - below) / WEEKDAYS, wide * 1.2)
        return QRectF(LEFT + hour * wide, TOP + weekday * high, wide, high)

    @property
    def _roomy(self) -> bool:
        return self.height() >= TOP + BOTTOM + WEEKDAYS * LEAST_ROW

    def _named(self, weekday: int) -> bool:
        """Whether a row has room for words, or is pointed at."""
        marked = self._hover is not None and self._hover[0] == weekday
        return marked or weekday % 2 == 0 or self.square(0, 0).height() >= LEAST_NAME

    def at(self, place: QPointF) -> tuple[int, int] | None:
        """The weekday and hour under a place; None outside."""
        first = self.square(0, 0)
        hour, weekday = (
            (place.x() - first.left()) / first.width(),
            (place.y() - first.top()) / max(first.height(), 1e-9),
        )
        inside = 0 <= hour < HOURS and 0 <= weekday < WEEKDAYS
        return (int(weekday), int(hour)) if inside else None

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Squares, names, bars."""
        palette = palette_of(self)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette.panel))
        if self._rhythm is None:
            return
        share = self._rhythm.share
        highest = float(np.nanmax(share)) if np.isfinite(share).any() else 0.0
        for weekday in range(WEEKDAYS):
            for hour in range(HOURS):
                box = self.square(weekday, hour).adjusted(FREE, FREE, -FREE, -FREE)
                value = float(share[weekday, hour])
                if np.isnan(value):
                    painter.fillRect(box, hatch_brush(QColor(palette.hatch)))
                else:
                    painter.fillRect(box, _shade(palette, value / highest if highest else 0.0))
        if self._hover is not None:
            painter.setPen(QColor(palette.text))
            painter.drawRect(self.square(*self._hover).adjusted(0.5, 0.5, -0.5, -0.5))
        self._paint_names(painter, palette)
        if self._roomy:
            self._paint_hours(painter, palette)
        self._paint_weekdays(painter, palette)

    def _paint_names(self, painter: QPainter, palette: Palette) -> None:
        for weekday in filter(self._named, range(WEEKDAYS)):
            marked = self._hover is not None and self._hover[0] == weekday
            painter.setFont(type_face(CAPTION, bold=marked))
            painter.setPen(QColor(palette.text if marked else palette.muted))
            row = self.square(weekday, 0)
            box = QRectF(0, row.center().y() - 8, LEFT - MARGIN, 16)
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, align, tell(f"weekday_short_{weekday}"))
        every = 1 if self.square(0, 0).width() >= 22 else 3
        for hour in range(HOURS):
            marked = self._hover is not None and self._hover[1] == hour
            if hour % every == 0 or marked:
                painter.setFont(type_face(CAPTION, bold=marked))
                painter.setPen(QColor(palette.text if marked else palette.muted))
                column = self.square(WEEKDAYS - 1, hour)
                box = QRectF(column.left() - 8, column.bottom() + 2, column.width() + 16, 16)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{hour:02d}")

    def _paint_hours(self, painter: QPainter, palette: Palette) -> None:
        by_hour = self._rhythm.by_hour if self._rhythm else np.full(HOURS, np.nan)
        highest = float(np.nanmax(by_hour)) if np.isfinite(by_hour).any() else 0.0
        top = self.square(WEEKDAYS - 1, 0).bottom() + 20
        for hour, value in enumerate(by_hour.tolist()):
            if highest and value == value:
                column = self.square(WEEKDAYS - 1, hour)
                high = 40.0 * value / highest
                bar = QRectF(column.left() + FREE, top + 16 + 40 - high, column.width() - 2 * FREE, high)
                painter.fillRect(bar, _shade(palette, value / highest))
                if value == highest:
                    painter.setFont(type_face(CAPTION))
                    painter.setPen(QColor(palette.text))
                    box = QRectF(column.center().x() - 40, bar.top() - 16, 80, 16)
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._words(value))

    def _paint_weekdays(self, painter: QPainter, palette: Palette) -> None:
        by_weekday = self._rhythm.by_weekday if self._rhythm else np.full(WEEKDAYS, np.nan)
        highest = float(np.nanmax(by_weekday)) if np.isfinite(by_weekday).any() else 0.0
        painter.setFont(type_face(CAPTION))
        for weekday, value in enumerate(by_weekday.tolist()):
            if value == value:
                row = self.square(weekday, HOURS - 1)
                wide = 48.0 * value / highest if highest else 0.0
                bar = QRectF(row.right() + MARGIN, row.top() + 2, wide, row.height() - 4)
                painter.fillRect(bar, _shade(palette, value / highest if highest else 0.0))
                if not self._named(weekday):
                    continue
                painter.setPen(QColor(palette.muted))
                box = QRectF(bar.right() + 4, row.center().y() - 8, RIGHT, 16)
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._words(value))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the row and the column under the pointer."""
        self._hover = self.at(event.position())
        self.update()

    def leaveEvent(self, _event: QEvent) -> None:
        """Mark nothing."""
        self._hover = None
        self.update()

    def event(self, event: QEvent) -> bool:
        """Say what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._tip(*place) if place else "", self)
            return True
        return super().event(event)


def _shade(palette: Palette, share: float) -> QColor:
    """From almost the panel to the accent: one hue, darker (in the dark: lighter) where there is more."""
    return blend(palette.accent, palette.panel, 0.05 + 0.95 * share)
