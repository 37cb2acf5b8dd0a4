"""Stretches of time marked over the full height of a plot: weekends, holidays, what is missing, suspect, filled in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from engine.data import BoolArray
from gui.look.theme import CAPTION, type_face
from gui.plots.line_item import Z_GRID, Z_SHADE, TimeItem, runs_of
from gui.plots.time_window import TimeWindow

HATCH = 6
"""Distance of hatch strokes, pixels."""
NARROWEST = 3.0
"""A hatch narrower than this many pixels would be a row of dots: gaps are left out, marks are widened."""


def hatch_brush(colour: QColor, *, falling: bool = False) -> QBrush:
    """Thin diagonal strokes on nothing; `falling` ones lean the other way."""
    tile = QPixmap(HATCH, HATCH)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.0))
    for shift in (-HATCH, 0, HATCH):
        ends = (
            (QPointF(shift, HATCH), QPointF(shift + HATCH, 0))
            if not falling
            else (QPointF(shift, 0), QPointF(shift + HATCH, HATCH))
        )
        painter.drawLine(*ends)
    painter.end()
    return QBrush(tile)


class SpanItem(TimeItem):
    """Fills the stretches where a mask holds; stretches that touch on the screen are joined.

    `wide_only`: a stretch narrower than a few pixels is left out (a gap in a line shows by itself), else it is widened.
    Names, one per sample, are written at the top of spans that are wide enough, cut to fit; else the item's `label` is,
    where there is room for all of it.
    """

    def __init__(self, *, wide_only: bool = False, label: str = "") -> None:
        super().__init__(Z_SHADE)
        self._wide_only = wide_only
        self._label = label
        self._mask: BoolArray | None = None
        self._names: Sequence[str] = ()
        self._starts, self._stops = np.empty((2, 0), np.int64)
        self._spans = np.empty((0, 2))
        self._brush = QBrush()
        self._textured = False
        self._ink = QColor()
        self._paper = QColor()

    def set_mask(self, mask: BoolArray | None, names: Sequence[str] = ()) -> None:
        """Mark other samples, or none."""
        self._names = names
        if mask is not self._mask:
            self._mask = mask
            runs = runs_of(mask) if mask is not None else np.empty((0, 2), np.int64)
            self._starts, self._stops = np.ascontiguousarray(runs.T)

    def set_label(self, label: str) -> None:
        """Write something else in every stretch."""
        self._label = label
        self.update()

    def set_brush(self, brush: QBrush, ink: QColor | None = None, paper: QColor | None = None) -> None:
        """Fill and, where there are names, write with `ink`, on `paper` where strokes would run through the words."""
        self._brush = brush
        self._textured = brush.style() == Qt.BrushStyle.TexturePattern
        self._ink, self._paper = ink or QColor(), paper or QColor()
        self.update()

    @property
    def spans(self) -> np.ndarray:
        """(n, 2) the stretches that are filled now, in samples."""
        return self._spans

    def redraw(self, window: TimeWindow, pixels: int) -> int:
        """Find the stretches in sight and join those that touch."""
        pixel = window.span / max(1, pixels)
        first = np.searchsorted(self._stops, window.start, side="right")
        last = np.searchsorted(self._starts, window.stop, side="left")
        starts, stops = self._starts[first:last], self._stops[first:last].astype(np.float64)
        if self._wide_only:
            wide = stops - starts >= NARROWEST * pixel
            starts, stops = starts[wide], stops[wide]
        elif len(starts):
            begins = np.flatnonzero(np.concatenate([[True], starts[1:] - stops[:-1] >= pixel]))
            ends = np.concatenate([begins[1:], [len(starts)]]) - 1
            starts, stops = starts[begins], stops[ends]
            if self._textured:
                stops = np.maximum(stops, starts + NARROWEST * pixel)
        self._spans = np.column_stack([starts, stops])
        return 1

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:  # noqa: ARG002
        """Fill the columns, then write the names over them."""
        brush = QBrush(self._brush)
        to_screen = painter.transform()
        if self._textured:
            brush.setTransform(_inverse(to_screen))
        for start, stop in self._spans.tolist():
            painter.fillRect(QRectF(start, self._box.top(), stop - start, self._box.height()), brush)
        if self._names or self._label:
            self._write(painter, to_screen)

    def _write(self, painter: QPainter, to_screen: QTransform) -> None:
        font = type_face(CAPTION)
        metrics = QFontMetricsF(font)
        shown = to_screen.mapRect(self._box)
        painter.save()
        painter.resetTransform()
        painter.setFont(font)
        painter.setPen(self._ink)
        for start, stop in self._spans.tolist():
            at = to_screen.mapRect(QRectF(start, self._box.top(), stop - start, self._box.height())) & shown
            name = self._names[min(int(start), len(self._names) - 1)] if self._names else self._label
            least = 48 if self._names else metrics.horizontalAdvance(name) + 8
            if name and at.width() >= least and at.height() >= metrics.ascent():
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, at.width() - 8)
                top = at.top() + min(2.0, (at.height() - metrics.height()) / 2)  # in the middle of a low lane
                box = QRectF(at.left() + 2, top, metrics.horizontalAdvance(text) + 4, metrics.height())
                if self._textured:
                    painter.fillRect(box, self._paper)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()


class GridItem(TimeItem):
    """Hairlines at the ticks of both axes, under everything that carries data."""

    def __init__(self) -> None:
        super().__init__(Z_GRID)
        self._x: Sequence[float] = ()
        self._y: Sequence[float] = ()
        self._pen = QPen()

    def set_lines(self, x: Sequence[float], y: Sequence[float] = ()) -> None:
        """Draw at other places."""
        self._x, self._y = x, y
        self.update()

    def set_colour(self, colour: QColor) -> None:
        """Draw in another colour."""
        self._pen = QPen(colour, 1.0)
        self._pen.setCosmetic(True)
        self.update()

    def redraw(self, window: TimeWindow, pixels: int) -> int:  # noqa: ARG002
        """Nothing to find: the lines are given."""
        return 1

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:  # noqa: ARG002
        """Draw the hairlines, each one pixel wide."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self._pen)
        for x in self._x:
            painter.drawLine(QPointF(x, self._box.top()), QPointF(x, self._box.bottom()))
        for y in self._y:
            painter.drawLine(QPointF(self._box.left(), y), QPointF(self._box.right(), y))


def _inverse(transform: QTransform) -> QTransform:
    """The transform that undoes another, so that a pattern keeps its size on the screen."""
    inverse, possible = transform.inverted()
    return inverse if possible else QTransform()
