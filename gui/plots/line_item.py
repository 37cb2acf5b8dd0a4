"""A measured or expected line and the band around it, drawn from pyramids: cheap to pan, gaps left open."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from engine.data import BoolArray, DoubleArray, FloatArray
from gui.plots.pyramid import Pyramid
from gui.plots.time_window import TimeWindow

SMOOTH_BELOW = 5_000
"""Points up to which lines are smoothed; above it the smoothing costs more than it shows."""

Z_SHADE, Z_GRID, Z_BAND, Z_EXPECTED, Z_MEASURED, Z_MARK, Z_CURSOR = range(7)
"""What lies over what in every plot."""


def runs_of(mask: BoolArray) -> np.ndarray:
    """[start, stop) of every run of True in `mask` (n,), as (runs, 2)."""
    if not len(mask):
        return np.empty((0, 2), np.int64)
    changes = np.flatnonzero(mask[1:] != mask[:-1]) + 1
    first, last = [0] if mask[0] else [], [len(mask)] if mask[-1] else []
    return np.concatenate([first, changes, last]).astype(np.int64).reshape(-1, 2)


class TimeItem(pg.GraphicsObject):
    """Something drawn over a stretch of time. Subclasses recompute in `redraw` and only draw in `paint`."""

    def __init__(self, z: float) -> None:
        super().__init__()
        self.setZValue(z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._box = QRectF()

    def redraw(self, window: TimeWindow, pixels: int) -> int:
        """Take what `window` shows on `pixels` columns; returns how many samples one drawn run stands for."""
        raise NotImplementedError

    def cover(self, box: QRectF) -> None:
        """Say which part of the plot the item may draw on."""
        if box != self._box:
            self.prepareGeometryChange()
            self._box = box
        self.update()

    def boundingRect(self) -> QRectF:
        """What `cover` said."""
        return self._box


class LineItem(TimeItem):
    """One line. `dashed` for what was expected rather than measured.

    Qt strokes a path that is wider than a pixel and crosses itself in quadratic time (seconds for a noisy series), so
    a wide line is drawn piece by piece and one that is reduced is a pixel wide.
    """

    def __init__(self, z: float, *, width: float = 1.0, dashed: bool = False) -> None:
        super().__init__(z)
        self._pyramid: Pyramid | None = None
        self._path = QPainterPath()
        self._pieces: list[QLineF] = []
        self._width = width
        self._smooth = True
        self._dashed = dashed
        self._pen = QPen(Qt.GlobalColor.black, 1.0)
        self._pen.setCosmetic(True)
        if dashed:
            self._pen.setDashPattern([4.0, 3.0])

    def set_values(self, pyramid: Pyramid | None) -> None:
        """Show another series, or none."""
        self._pyramid = pyramid

    def set_colour(self, colour: QColor) -> None:
        """Draw in another colour."""
        self._pen.setColor(colour)
        self.update()

    def redraw(self, window: TimeWindow, pixels: int) -> int:
        """Make the line of what is in sight."""
        self._path, self._pieces = QPainterPath(), []
        if self._pyramid is None:
            return 1
        reduced = self._pyramid.reduce(window.start, window.stop, pixels)
        x, y = reduced.outline()
        self._smooth = window.span < SMOOTH_BELOW
        if self._width > 1.0 and reduced.step == 1:
            drawn = np.isfinite(y[:-1]) & np.isfinite(y[1:])
            ends = np.column_stack([x[:-1], y[:-1], x[1:], y[1:]])[drawn]
            self._pieces = [QLineF(*end) for end in ends.tolist()]
        elif len(x):
            self._path = pg.arrayToQPath(x, y.astype(np.float64), connect="finite")
        return reduced.step

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:  # noqa: ARG002
        """Draw the line, smoothed if few points are in sight."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._smooth)
        flat = self._dashed or bool(self._pieces)  # square ends would show as knots, but keep a lone point visible
        self._pen.setCapStyle(Qt.PenCapStyle.FlatCap if flat else Qt.PenCapStyle.SquareCap)
        self._pen.setWidthF(self._width if self._pieces else 1.0)
        painter.setPen(self._pen)
        if self._pieces:
            painter.drawLines(self._pieces)
        else:
            painter.drawPath(self._path)


class BandItem(TimeItem):
    """The range that was expected, as a fill between two lines; open where either bound is unknown."""

    def __init__(self, z: float = Z_BAND) -> None:
        super().__init__(z)
        self._lower: Pyramid | None = None
        self._upper: Pyramid | None = None
        self._path = QPainterPath()
        self._smooth = True
        self._colour = QColor()

    def set_bounds(self, lower: Pyramid | None, upper: Pyramid | None) -> None:
        """Show another band, or none."""
        self._lower, self._upper = lower, upper

    def set_colour(self, colour: QColor) -> None:
        """Fill in another colour."""
        self._colour = colour
        self.update()

    def redraw(self, window: TimeWindow, pixels: int) -> int:
        """Make the area of what is in sight."""
        self._path = QPainterPath()
        if self._lower is None or self._upper is None:
            return 1
        self._smooth = window.span < SMOOTH_BELOW
        lower = self._lower.reduce(window.start, window.stop, pixels)
        upper = self._upper.reduce(window.start, window.stop, pixels)
        x = lower.centres
        for start, stop in runs_of(np.isfinite(lower.low) & np.isfinite(upper.high)):
            if stop - start > 1:
                edge = slice(start, stop)
                self._path.addPolygon(polygon(x[edge], lower.low[edge], upper.high[edge]))
        return lower.step

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:  # noqa: ARG002
        """Fill the band."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._smooth)
        painter.fillPath(self._path, self._colour)


class AreaItem(TimeItem):
    """A score as a filled area from 0; what rises above 1.0, the threshold, is filled solid."""

    def __init__(self, z: float = Z_MEASURED) -> None:
        super().__init__(z)
        self._pyramid: Pyramid | None = None
        self._path = QPainterPath()
        self._colour = QColor()
        self._threshold = 1.0

    def set_values(self, pyramid: Pyramid | None) -> None:
        """Show another score, or none."""
        self._pyramid = pyramid

    def set_colour(self, colour: QColor) -> None:
        """Fill in another hue."""
        self._colour = colour
        self.update()

    def set_threshold(self, threshold: float) -> None:
        """Fill solid above another height."""
        self._threshold = threshold
        self.update()

    def redraw(self, window: TimeWindow, pixels: int) -> int:
        """Make the area of what is in sight."""
        self._path = QPainterPath()
        if self._pyramid is None:
            return 1
        reduced = self._pyramid.reduce(window.start, window.stop, pixels)
        for start, stop in runs_of(np.isfinite(reduced.high)):
            edges = reduced.start + np.arange(start, stop + 1) * float(reduced.step)
            top = np.repeat(reduced.high[start:stop], 2)
            self._path.addPolygon(polygon(np.repeat(edges, 2)[1:-1], np.zeros_like(top), top))
        return reduced.step

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:  # noqa: ARG002
        """Fill the area pale, and solid above the threshold."""
        pale = QColor(self._colour)
        pale.setAlphaF(0.35)
        painter.fillPath(self._path, pale)
        above = QRectF(self._box)
        above.setTop(self._threshold)
        painter.setClipRect(above)
        painter.fillPath(self._path, self._colour)


def polygon(x: DoubleArray, low: FloatArray, high: FloatArray) -> QPolygonF:
    """The closed outline of the area between two lines over the same x."""
    points = pg.functions.create_qpolygonf(2 * len(x))
    buffer = pg.functions.ndarray_from_qpolygonf(points)
    buffer[: len(x), 0], buffer[: len(x), 1] = x, low
    buffer[len(x) :, 0], buffer[len(x) :, 1] = x[::-1], high[::-1]
    points.append(points.at(0))
    return points
