"""The time of the map: how many cells were in alarm when, with a handle to drag, and a play button's clock."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.data import IntArray
from engine.text import tell
from gui.look.theme import CAPTION, blend, palette_of, type_face
from gui.plots.ticks import TimeScale, time_ticks
from gui.prepared.lane_rows import bucket_edges

FRAME_MS = 120
"""Milliseconds a period stays while playing."""
SIDE, AXIS, HANDLE = 8, 20, 6
PIXELS_PER_TICK = 130


class TimeSlider(QWidget):
    """A moment of a series of periods.

    Signals:
        moved(int): another period is shown.
        playing_changed(bool): playing began or ended.
    """

    moved = Signal(int)
    playing_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tell("map_time"))
        self._scale: TimeScale | None = None
        self._alarmed: IntArray = np.empty(0, np.int64)
        self._moment = 0
        self._clock = QTimer(self)
        self._clock.setInterval(FRAME_MS)
        self._clock.timeout.connect(self._advance)

    @property
    def moment(self) -> int:
        """The period shown."""
        return self._moment

    @property
    def playing(self) -> bool:
        """Whether it runs by itself."""
        return self._clock.isActive()

    def show_times(self, scale: TimeScale | None, alarmed: IntArray) -> None:
        """Take another series: `alarmed` (T,) cells in alarm at each period."""
        self.stop()
        self._scale, self._alarmed = scale, alarmed
        self._moment = min(self._moment, max(0, len(alarmed) - 1))
        self.update()

    def move_to(self, moment: int) -> None:
        """Show another period, kept inside the series."""
        moment = min(max(moment, 0), max(0, len(self._alarmed) - 1))
        if moment != self._moment:
            self._moment = moment
            self.update()
            self.moved.emit(moment)

    def toggle(self) -> None:
        """Play, or stop playing; from the end it begins again."""
        if self.playing:
            self.stop()
        elif len(self._alarmed) > 1:
            if self._moment >= len(self._alarmed) - 1:
                self.move_to(0)
            self._clock.start()
            self.playing_changed.emit(True)

    def stop(self) -> None:
        """Stop playing."""
        if self.playing:
            self._clock.stop()
            self.playing_changed.emit(False)

    def sizeHint(self) -> QSize:
        """Room for the bars and the axis."""
        return QSize(320, 52)

    def _advance(self) -> None:
        self.move_to(self._moment + 1)
        if self._moment >= len(self._alarmed) - 1:
            self.stop()

    def _x(self, moment: float) -> float:
        return SIDE + moment / max(1, len(self._alarmed)) * (self.width() - 2 * SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bars, axis, handle."""
        palette = palette_of(self)
        painter = QPainter(self)
        ground = self.height() - AXIS
        if self._scale is None or not len(self._alarmed):
            return
        edges = bucket_edges(0, len(self._alarmed), len(self._alarmed), max(1, (self.width() - 2 * SIDE) // 3))
        counts = np.maximum.reduceat(self._alarmed, edges[:-1])
        highest = max(1, int(counts.max()))
        shade = blend(palette.normal, palette.panel, 0.45)
        for left, right, count in zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True):
            if count:
                high = max(2.0, (ground - HANDLE) * count / highest)
                x = self._x(left)
                painter.fillRect(QRectF(x, ground - high, max(self._x(right) - x, 1.0), high), shade)
        painter.setPen(QPen(QColor(palette.line), 1.0))
        painter.drawLine(QPointF(SIDE, ground + 0.5), QPointF(self.width() - SIDE, ground + 0.5))
        painter.setFont(type_face(CAPTION))
        painter.setPen(QColor(palette.muted))
        most = min(6, max(2, self.width() // PIXELS_PER_TICK))
        for tick in time_ticks(self._scale, 0, len(self._alarmed), most):
            middle = min(max(self._x(tick.at), 48.0), self.width() - 48.0)
            painter.drawText(QRectF(middle - 60, ground + 2, 120, AXIS - 2), Qt.AlignmentFlag.AlignCenter, tick.label)
        x = self._x(self._moment + 0.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(palette.accent), 1.5))
        painter.drawLine(QPointF(x, HANDLE), QPointF(x, ground))
        painter.setBrush(QColor(palette.accent))
        painter.drawPolygon(QPolygonF([QPointF(x - HANDLE, 1), QPointF(x + HANDLE, 1), QPointF(x, HANDLE + 3)]))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 0.5, -1, -0.5), 4, 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Jump to what is under the pointer."""
        self.stop()
        self._point(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._point(event)

    def _point(self, event: QMouseEvent) -> None:
        share = (event.position().x() - SIDE) / max(1, self.width() - 2 * SIDE)
        self.move_to(int(share * len(self._alarmed)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right step, Home and End jump, Space plays."""
        moves = {
            Qt.Key.Key_Left: lambda: self.move_to(self._moment - 1),
            Qt.Key.Key_Right: lambda: self.move_to(self._moment + 1),
            Qt.Key.Key_Home: lambda: self.move_to(0),
            Qt.Key.Key_End: lambda: self.move_to(len(self._alarmed) - 1),
            Qt.Key.Key_Space: self.toggle,
        }
        move = moves.get(Qt.Key(event.key()))
        if move is None:
            super().keyPressEvent(event)
        else:
            move()
