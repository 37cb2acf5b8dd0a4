"""Swim lanes: one row per cell against time, severity as colour and height, the whole network above them.

Only the rows in sight are looked at, so 20,000 cells scroll like twenty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from engine.data import BoolArray, IntArray
from engine.palette import Palette
from engine.text import tell
from gui.look.theme import colour, palette_of
from gui.plots.lane_image import column_buckets, lane_image
from gui.plots.lane_paint import TimeFrame, paint_labels, paint_network, paint_note, paint_times
from gui.plots.ticks import TimeScale
from gui.plots.time_window import TimeWindow
from gui.prepared.lane_rows import QUIET, SILENT, LaneRows, all_of, bucket_edges

LABELS = 176
"""Width of the label column, pixels."""
ROW = 16
"""Height of a lane, of which `FREE` pixels separate it from the one above."""
FREE = 3
AXIS, NETWORK = 24, 36
"""Heights of the time axis and of the lane of the whole network, pixels."""
RIGHT = 8
COLUMN = 3
"""Narrowest column of time, pixels."""
CLICK = 4
"""A press that moves less than this many pixels is a click and not a drag."""


@dataclass(frozen=True, eq=False)
class Lanes:
    """What is shown. order: cells from the top down, all or some; label, tip(cell or None, start, stop): words for
    people.

    alarmed (T,): cells in alarm at each period. silent: (cells) -> (cells, T) where nobody has an opinion.
    """

    scale: TimeScale
    length: int
    rows: LaneRows
    order: IntArray
    alarmed: IntArray
    silent: Callable[[Sequence[int]], BoolArray]
    label: Callable[[int], str]
    tip: Callable[[int | None, int, int], str]


class SwimLanes(QAbstractScrollArea):
    """The lanes of a result.

    Signals:
        chosen(object, int, int): a click: the cell (None on the network's lane) and the stretch of time under it.
        stepped(int): the cell that Up or Down led to.
        divided(): a column stands for another stretch of time, because of the zoom or of the width.
    """

    window: TimeWindow  # type: ignore[assignment]  # Qt has a method of this name, which nobody calls here

    chosen = Signal(object, int, int)
    stepped = Signal(int)
    divided = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.window = TimeWindow(self)
        self.window.changed.connect(self._retime)
        self._lanes: Lanes | None = None
        self._gravest: IntArray = np.empty(0, np.int64)
        self._row_of: dict[int, int] = {}
        self._edges: IntArray = np.zeros(2, np.int64)
        self._bars: tuple[IntArray, IntArray] = (np.empty(0, np.int64), np.empty(0, np.int64))
        self._silent: dict[int, BoolArray] = {}
        self._cell: int | None = None
        self._span: tuple[int, int] | None = None
        self._hover: QPointF | None = None
        self._pressed: QPointF | None = None
        self._dragging = False
        self.note = ""

    # -- what is shown

    def set_note(self, note: str) -> None:
        """Say something in the corner above the names, such as how much time a column stands for."""
        self.note = note
        self.viewport().update()

    def show_lanes(self, lanes: Lanes | None) -> None:
        """Show another result, or none; the stretch of time stays if the series is as long as the last one."""
        self._lanes, self._silent = lanes, {}
        self._gravest = lanes.rows.gravest() if lanes else np.empty(0, np.int64)
        self._row_of = {cell: row for row, cell in enumerate(lanes.order.tolist())} if lanes else {}
        length = lanes.length if lanes else 0
        if self.window.length != length:
            self.window.reset(length)
        self._retime()
        self._set_scrolling()

    def select(self, cell: int | None, span: tuple[int, int] | None) -> None:
        """Emphasise a lane and a stretch of time, and scroll the lane into sight."""
        if (cell, span) == (self._cell, self._span):
            return
        moved = cell != self._cell
        self._cell, self._span = cell, span
        if moved and cell is not None:
            self._reveal(cell)
        self.viewport().update()

    @property
    def top_row(self) -> int:
        """The row shown first."""
        return self.verticalScrollBar().value()

    @property
    def rows_in_sight(self) -> int:
        """Whole rows that there is room for."""
        return max(1, (self.viewport().height() - AXIS - NETWORK) // ROW)

    @property
    def bucket(self) -> int:
        """Samples that one column stands for."""
        return int(self._edges[1] - self._edges[0])

    def place_of(self, cell: int, sample: float) -> QPoint:
        """Where a cell's lane has a sample, in the viewport."""
        row = self._row_of[cell] - self.top_row
        return QPoint(round(self._frame().x(sample)), AXIS + NETWORK + row * ROW + ROW // 2)

    # -- painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Axis, network, labels, lanes, and what is selected or pointed at."""
        palette = palette_of(self)
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(palette.panel))
        if self._lanes is None or not self._lanes.length:
            return
        first = self.top_row
        cells = self._lanes.order[first : first + self.rows_in_sight + 1].tolist()
        frame, below = self._frame(), self.viewport().height()
        paint_times(painter, palette, frame, self._lanes.scale, axis=AXIS, below=below)
        paint_note(painter, palette, self.note, width=LABELS, height=AXIS)
        paint_network(
            painter, palette, frame, self._edges, *self._bars, top=AXIS, height=NETWORK, cells=len(self._gravest)
        )
        painter.save()
        painter.setClipRect(self._ground())
        self._paint_selected_row(painter, palette)
        self._paint_lanes(painter, palette, cells)
        ranks = self._gravest[cells].tolist()
        names = [(self._lanes.label(cell), rank, cell == self._cell) for cell, rank in zip(cells, ranks, strict=True)]
        paint_labels(painter, palette, names, top=AXIS + NETWORK, row=ROW, free=FREE, width=LABELS)
        self._paint_span(painter, palette)
        painter.restore()
        self._paint_hover(painter, palette)

    def _paint_lanes(self, painter: QPainter, palette: Palette, cells: list[int]) -> None:
        lanes = self._lanes
        if lanes is None or not cells:
            return
        ratio = self.devicePixelRatioF()
        ranks = lanes.rows.lanes(cells, self._edges)
        silent = self._silent_buckets(cells)
        ranks[(ranks == QUIET) & silent] = SILENT
        columns = column_buckets(self._edges, self.window.start, self.window.stop, max(1, round(self._width() * ratio)))
        pixels = lane_image(ranks, columns, round(ROW * ratio), round(FREE * ratio), palette, ratio)
        image = QImage(pixels.data, pixels.shape[1], pixels.shape[0], pixels.strides[0], QImage.Format.Format_ARGB32)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.drawImage(QRectF(LABELS, AXIS + NETWORK, self._width(), len(cells) * ROW), image)

    def _paint_selected_row(self, painter: QPainter, palette: Palette) -> None:
        if self._cell in self._row_of:
            top = AXIS + NETWORK + (self._row_of[self._cell] - self.top_row) * ROW
            painter.fillRect(QRect(0, top + FREE - 1, LABELS - 4, ROW - FREE + 2), colour(palette.accent, 0.14))

    def _paint_span(self, painter: QPainter, palette: Palette) -> None:
        if self._cell not in self._row_of or self._span is None:
            return
        left, right = self._frame().x(self._span[0]), self._frame().x(self._span[1])
        top = AXIS + NETWORK + (self._row_of[self._cell] - self.top_row) * ROW + FREE - 2
        painter.setClipRect(self._ground().adjusted(LABELS, 0, 0, 0), Qt.ClipOperation.IntersectClip)
        painter.setPen(QPen(QColor(palette.text), 1.0))
        painter.drawRect(QRectF(round(left) - 1.5, top + 0.5, max(right - left, COLUMN) + 2, ROW - FREE + 2))

    def _paint_hover(self, painter: QPainter, palette: Palette) -> None:
        if self._hover is None or self._hover.x() < LABELS or self._hover.y() < AXIS:
            return
        painter.setPen(QPen(colour(palette.muted, 0.8), 1.0))
        x = round(self._hover.x())
        painter.drawLine(x, AXIS, x, self.viewport().height())

    # -- geometry

    def _width(self) -> int:
        return max(1, self.viewport().width() - LABELS - RIGHT)

    def _ground(self) -> QRect:
        return QRect(0, AXIS + NETWORK, self.viewport().width(), max(0, self.viewport().height() - AXIS - NETWORK))

    def _frame(self) -> TimeFrame:
        return TimeFrame(LABELS, self._width(), self.window.start, self.window.span)

    def _cell_at(self, y: float) -> int | None:
        row = self.top_row + int((y - AXIS - NETWORK) // ROW)
        order = self._lanes.order if self._lanes else ()
        return int(order[row]) if y >= AXIS + NETWORK and 0 <= row < len(order) else None

    def _bucket_at(self, x: float) -> tuple[int, int]:
        number = int(np.searchsorted(self._edges, self._frame().sample(x), side="right")) - 1
        number = min(max(number, 0), len(self._edges) - 2)
        return int(self._edges[number]), int(self._edges[number + 1])

    def _retime(self) -> None:
        """Take the buckets of the stretch of time in sight."""
        if self._lanes is not None and self._lanes.length:
            columns = max(1, self._width() // COLUMN)
            edges = bucket_edges(self.window.start, self.window.stop, self._lanes.length, columns)
            if len(edges) != len(self._edges) or (edges != self._edges).any():
                self._silent = {}
            before, self._edges = self.bucket, edges
            if self.bucket != before:
                self.divided.emit()
            counts = np.maximum.reduceat(self._lanes.alarmed[: edges[-1]], edges[:-1])
            self._bars = (counts, self._lanes.rows.worst_over_time(edges))
        else:
            self._bars = (np.empty(0, np.int64), np.empty(0, np.int64))
        self._silent = {} if self._lanes is None else self._silent
        self.viewport().update()

    def _silent_buckets(self, cells: list[int]) -> BoolArray:
        """(cells, buckets) where nobody has an opinion; looked up once per cell and zoom."""
        unknown = [cell for cell in cells if cell not in self._silent]
        if unknown and self._lanes is not None:
            for cell, silent in zip(unknown, all_of(self._lanes.silent(unknown), self._edges), strict=True):
                self._silent[cell] = silent
        return np.stack([self._silent[cell] for cell in cells])

    def _set_scrolling(self) -> None:
        rows = len(self._lanes.order) if self._lanes else 0
        bar = self.verticalScrollBar()
        bar.setPageStep(self.rows_in_sight)
        bar.setSingleStep(1)
        bar.setRange(0, max(0, rows - self.rows_in_sight))

    def _reveal(self, cell: int) -> None:
        row = self._row_of.get(cell)
        if row is not None and not self.top_row <= row < self.top_row + self.rows_in_sight:
            self.verticalScrollBar().setValue(row - self.rows_in_sight // 2)

    # -- the user

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other rows fit, other columns do."""
        super().resizeEvent(event)
        self._set_scrolling()
        self._retime()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Paint the rows that are in sight now."""
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl zoom time at the pointer; sideways or with Shift pan."""
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.window.zoom(1.25 ** (-turned.y() / 120.0), self._frame().sample(event.position().x()))
        elif turned.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.window.pan(-(turned.x() or turned.y()) / 120.0 * 0.1 * self.window.span)
        else:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - round(turned.y() / 120.0 * 3))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragging = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point, or pan while the button is down."""
        place = event.position()
        if self._pressed is not None:
            moved = place - self._pressed
            if self._dragging or abs(moved.x()) > CLICK:
                self._dragging = True
                self.window.pan(-moved.x() / self._width() * self.window.span)
                self._pressed = QPointF(place)
        self._hover = place
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press that did not move chooses what is under it."""
        clicked = self._pressed is not None and not self._dragging
        self._pressed = None
        if not clicked or event.button() != Qt.MouseButton.LeftButton or self._lanes is None:
            return
        place = event.position()
        cell = self._cell_at(place.y())
        if cell is not None or AXIS <= place.y() < AXIS + NETWORK:
            span = self._bucket_at(place.x()) if place.x() >= LABELS else (-1, -1)
            self.chosen.emit(cell, *span)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Show all of the time."""
        self.window.show_all()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        super().leaveEvent(event)
        self._hover = None
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Say what is under the pointer; take the mouse away with `leaveEvent`."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self.viewport())
            return True
        if event.type() == QEvent.Type.Leave:
            self._hover = None
            self.viewport().update()
        return super().viewportEvent(event)

    def tip_at(self, place: QPoint) -> str:
        """What the hover text says at a place of the viewport; "" where there is nothing."""
        cell = self._cell_at(place.y())
        if self._lanes is None or place.y() < AXIS or (cell is None and place.y() >= AXIS + NETWORK):
            return ""
        if place.x() < LABELS:
            return self._lanes.label(cell) if cell is not None else tell("lanes_network")
        return self._lanes.tip(cell, *self._bucket_at(place.x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose lanes, Left and Right pan, + and - zoom, Home shows all, Page keys scroll."""
        bar, span = self.verticalScrollBar(), self.window.span
        moves: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Left: lambda: self.window.pan(-0.1 * span),
            Qt.Key.Key_Right: lambda: self.window.pan(0.1 * span),
            Qt.Key.Key_Plus: lambda: self.window.zoom(0.8),
            Qt.Key.Key_Equal: lambda: self.window.zoom(0.8),
            Qt.Key.Key_Minus: lambda: self.window.zoom(1.25),
            Qt.Key.Key_Home: self.window.show_all,
            Qt.Key.Key_PageUp: lambda: bar.setValue(bar.value() - bar.pageStep()),
            Qt.Key.Key_PageDown: lambda: bar.setValue(bar.value() + bar.pageStep()),
            Qt.Key.Key_Up: lambda: self._step(-1),
            Qt.Key.Key_Down: lambda: self._step(1),
        }
        move = moves.get(event.key())
        if move is None:
            super().keyPressEvent(event)
        else:
            move()

    def _step(self, by: int) -> None:
        if self._lanes is None or not len(self._lanes.order):
            return
        row = self._row_of.get(self._cell, -1 if by > 0 else 1) if self._cell is not None else -1
        row = min(max(row + by, 0), len(self._lanes.order) - 1)
        self.stepped.emit(int(self._lanes.order[row]))
