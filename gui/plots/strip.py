"""One strip of a stack of plots over the same time: captions left, the plot, the value at the cursor right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsSceneWheelEvent, QStyleOptionGraphicsItem, QWidget

from engine.palette import LIGHT, Palette
from gui.look.theme import CAPTION, colour, type_face
from gui.plots.line_item import Z_CURSOR, TimeItem
from gui.plots.span_item import GridItem
from gui.plots.ticks import Tick
from gui.plots.time_window import TimeWindow

if TYPE_CHECKING:
    from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent

Item = TypeVar("Item", bound=TimeItem)

LEFT, RIGHT = 128, 64
"""Width of the captions and of the values, pixels."""
WHEEL = 1.25
"""How much one notch of the wheel zooms."""


class TimeBox(pg.ViewBox):
    """The plotting area of a strip. It hands wheel, drag and clicks to the `TimeWindow`; it keeps no range of its own.

    Signals:
        clicked(QPointF): a click, place in the scene.
        double_clicked(): two of them.
        brushed(QPointF, QPointF, bool): a drag with Shift went from one place in the scene to another; whether it is
            over.
        labelled(QPointF, QPointF, bool): the same for a drag without Shift while `labelling`.
        asked(QPointF, QPoint): a click with the right button, place in the scene and on the screen.
    """

    clicked = Signal(object)
    double_clicked = Signal()
    brushed = Signal(object, object, bool)
    labelled = Signal(object, object, bool)
    asked = Signal(object, object)

    def __init__(self, window: TimeWindow) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.setMouseEnabled(False, False)
        self.disableAutoRange()
        self._window = window
        self.labelling = False
        """Whether a drag with the left button labels instead of panning; the middle one pans as ever."""

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:  # noqa: ARG002
        """Zoom time at the pointer; a sideways wheel pans."""
        notches = event.delta() / 120.0
        if event.orientation() == Qt.Orientation.Horizontal:
            self._window.pan(-notches * self._window.span * 0.1)
        else:
            self._window.zoom(WHEEL**-notches, self.mapSceneToView(event.scenePos()).x())
        event.accept()

    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:  # noqa: ARG002
        """Pan with the left or the middle button; mark a stretch of time with Shift and the left one."""
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            event.ignore()
            return
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.brushed.emit(event.buttonDownScenePos(), event.scenePos(), event.isFinish())
            return
        if event.button() == Qt.MouseButton.LeftButton and self.labelling:
            self.labelled.emit(event.buttonDownScenePos(), event.scenePos(), event.isFinish())
            return
        moved = event.scenePos().x() - event.lastScenePos().x()
        self._window.pan(-moved * self._window.span / max(1.0, self.width()))
        self.setCursor(Qt.CursorShape.ArrowCursor if event.isFinish() else Qt.CursorShape.ClosedHandCursor)

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        """Report a click or a double click."""
        if event.button() == Qt.MouseButton.RightButton:
            event.accept()
            self.asked.emit(event.scenePos(), event.screenPos().toPoint())
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        event.accept()
        if event.double():
            self.double_clicked.emit()
        else:
            self.clicked.emit(event.scenePos())


class Caption(pg.GraphicsWidget):
    """Text in a margin, with an optional hue before it. Elided where it is too long."""

    def __init__(self, width: int, align: Qt.AlignmentFlag, *, bold: bool = False) -> None:
        super().__init__()
        self.setFixedWidth(width)
        self._font: QFont = type_face(CAPTION, bold=bold)
        self._align = align | Qt.AlignmentFlag.AlignVCenter
        self._text = ""
        self._colour = QColor()
        self._hue: QColor | None = None

    @property
    def text(self) -> str:
        """What stands there."""
        return self._text

    def show_text(self, text: str, ink: QColor | None = None, hue: QColor | None = None) -> None:
        """Write something else; `ink` and `hue` stay as they were where they are not given."""
        self._text = text
        self._colour = ink or self._colour
        self._hue = hue or self._hue
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:  # noqa: ARG002
        """Write the text, with the hue before it."""
        box = QRectF(self.rect()).adjusted(8, 0, -8, 0)
        painter.setFont(self._font)
        metrics = QFontMetricsF(self._font)
        text = metrics.elidedText(self._text, Qt.TextElideMode.ElideRight, box.width() - 12)
        if self._hue is not None:
            mark = min(8.0, box.height())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._hue)
            painter.drawRect(QRectF(box.left(), box.center().y() - mark / 2.0, 4, mark))
            box.setLeft(box.left() + 12)
        if box.height() < metrics.ascent():
            return  # what it is the colour says, and the tooltip
        painter.setPen(self._colour)
        painter.drawText(box, self._align, text)


class Axis(pg.AxisItem):
    """An axis of given ticks: no line, short labels, in the palette's muted ink."""

    def __init__(self, side: str) -> None:
        super().__init__(side, maxTickLength=0, showValues=True)
        self.setStyle(tickTextOffset=8, hideOverlappingLabels=False, autoExpandTextSpace=False, tickAlpha=0)
        self.setTickFont(type_face(CAPTION))
        self.setWidth(LEFT) if side == "left" else self.setHeight(24)

    def show_ticks(self, ticks: Sequence[Tick]) -> None:
        """Place other ticks."""
        self.setTicks([[(tick.at, tick.label) for tick in ticks]])

    def set_palette(self, palette: Palette) -> None:
        """Write in the colours of another palette."""
        self.setPen(QPen(Qt.PenStyle.NoPen))
        self.setTextPen(QColor(palette.muted))

    def wheelEvent(self, event: QGraphicsSceneWheelEvent) -> None:
        """Leave the wheel to the plots."""
        event.ignore()

    def mouseDragEvent(self, event: MouseDragEvent) -> None:
        """Leave dragging to the plots."""
        event.ignore()


class Strip:
    """A plotting area with its items, its caption and its value; a row of the stack.

    box, left, right: the three columns of the row. items: what is redrawn when another stretch of time is shown.
    """

    def __init__(self, window: TimeWindow, left: pg.GraphicsWidget, box: TimeBox | None = None) -> None:
        self.box = box or TimeBox(window)
        self.left = left
        self.right = Caption(RIGHT, Qt.AlignmentFlag.AlignRight)
        self.palette = LIGHT
        self.items: list[TimeItem] = []
        self._window = window
        self.grid = self.add(GridItem())
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.setZValue(Z_CURSOR)
        self._cursor.setAcceptHoverEvents(False)
        self._cursor.hide()
        self.box.addItem(self._cursor, ignoreBounds=True)

    def add(self, item: Item) -> Item:
        """Draw one more item in this strip, and return it."""
        self.items.append(item)
        self.box.addItem(item, ignoreBounds=True)
        return item

    @property
    def pixels(self) -> int:
        """Columns of the screen that the plot has, at least 1."""
        return max(1, int(self.box.width()))

    def redraw(self, times: Sequence[float] = ()) -> int:
        """Draw the stretch of time that the window shows, with hairlines at `times`.

        Returns how many samples a drawn run stands for.
        """
        step = max(item.redraw(self._window, self.pixels) for item in self.items)
        low, high = self.height_range()
        self.grid.set_lines(times, self.levels(low, high))
        self.box.setRange(
            xRange=(self._window.start, max(self._window.stop, self._window.start + 1e-9)),
            yRange=(low, high),
            padding=0,
            disableAutoRange=True,
        )
        box = QRectF(self._window.start, low, self._window.span, high - low)
        for item in self.items:
            item.cover(box)
        return step

    def levels(self, low: float, high: float) -> Sequence[float]:  # noqa: ARG002
        """Heights from `low` to `high` at which the strip wants a hairline."""
        return ()

    def height_range(self) -> tuple[float, float]:
        """(lowest, highest) value to show for the stretch of time in sight."""
        return 0.0, 1.0

    def set_palette(self, palette: Palette) -> None:
        """Draw in the colours of another palette."""
        self.palette = palette
        self.box.setBackgroundColor(QColor(palette.panel))
        self.grid.set_colour(colour(palette.line, 0.7))
        self._cursor.setPen(pg.mkPen(palette.muted, width=1))
        self.right.show_text(self.right.text, QColor(palette.text))

    def show_cursor(self, sample: int | None) -> None:
        """Stand the cursor on a sample, or take it away, and write the strip's value there."""
        self._cursor.setVisible(sample is not None)
        if sample is not None:
            self._cursor.setValue(sample + 0.5)
        self.right.show_text("" if sample is None else self.value_text(sample))

    def value_text(self, sample: int) -> str:  # noqa: ARG002
        """What the strip shows at a sample, in words for its margin."""
        return ""

    def sample_at(self, scene: QPointF) -> int:
        """The sample under a place in the scene, kept inside the series."""
        return min(max(int(self.box.mapSceneToView(scene).x()), 0), max(0, self._window.length - 1))
