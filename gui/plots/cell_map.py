"""The cells where they are, coloured by how strange they are at one moment: squares of a grid, sectors, or points."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from engine.data import BoolArray, DoubleArray, FloatArray, IntArray
from engine.palette import Palette
from engine.text import tell
from gui.look.marks import paint_mark
from gui.look.theme import CAPTION, blend, colour, palette_of, type_face
from gui.plots.lane_image import rgb
from gui.plots.places import Places
from gui.plots.span_item import hatch_brush
from gui.prepared.lane_rows import QUIET, RANKS

MARGIN = 20
"""Pixels left free around all cells."""
KEY = 46
"""Height left free below them for what the shades mean, pixels; a map less than three times as high has none."""
LEVELS = 12
"""Shades of a score below the threshold."""
MOST_MARKS = 400
"""Above so many alarms in sight they are points, not marks."""
SPARSE, SQUARE = 1 / 8, 8.0
"""Share of a grid that is filled, and pixels of a square: where both are less, cells are points."""
BEAM = 65.0
"""How wide a sector is drawn, degrees: the usual half-power beam of a macro cell's antenna."""
MOST_WEDGES = 1500
"""Above so many sectors they are points."""
CLICK = 4
_REACH = 1.8
"""How far a sector reaches, in diameters of a point."""

_CLOSEST, _FURTHEST = 60.0, 1.0


class CellMap(QWidget):
    """Cells at one moment; wheel zooms at the pointer, drag pans, double click and Home show all.

    Signals:
        chosen(int): the cell that was clicked.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._places: Places | None = None
        self._score: FloatArray = np.empty(0, np.float32)
        self._rank: IntArray = np.empty(0, np.int64)
        self._tip: Callable[[int], str] = str
        self._cell: int | None = None
        self._zoom = 1.0
        self._shift = QPointF(0.0, 0.0)
        self._pressed: QPointF | None = None
        self._dragging = False

    @property
    def empty(self) -> bool:
        """Whether no cell has a position."""
        return self._places is None or not len(self._places.cells)

    def show_places(self, places: Places | None, tip: Callable[[int], str]) -> None:
        """Show other cells; `tip` words what is known of one."""
        self._places, self._tip = places, tip
        self.show_all()

    def show_moment(self, score: FloatArray, rank: IntArray) -> None:
        """Colour by `score` (C,), 1.0 = threshold, NaN = no opinion, and mark alarms by the severity `rank` (C,)."""
        self._score, self._rank = score, rank
        self.update()

    def select(self, cell: int | None) -> None:
        """Ring a cell."""
        self._cell = cell
        self.update()

    def show_all(self) -> None:
        """Fit all cells in."""
        self._zoom, self._shift = 1.0, QPointF(0.0, 0.0)
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a city."""
        return QSize(480, 320)

    # -- geometry

    def _middle(self) -> QPointF:
        """The middle of the room for cells."""
        return QPointF(self.width() / 2, (self.height() + MARGIN - self._below()) / 2)

    def _below(self) -> int:
        """Pixels left free below the cells."""
        return KEY if self.height() >= 3 * KEY else MARGIN

    def _frame(self) -> tuple[float, float, float]:
        """Pixels per unit, and the place in cell coordinates of the middle of the widget."""
        places = self._places
        if places is None or not len(places.cells):
            return 1.0, 0.0, 0.0
        beyond = _REACH * self._dot(1.0) if self._sectors().any() else 0.0
        scale = self._fitting(places, beyond) * self._zoom
        return (
            scale,
            float(places.x.min() + places.x.max()) / 2 - self._shift.x() / scale,
            float(places.y.min() + places.y.max()) / 2 + self._shift.y() / scale,
        )

    def _fitting(self, places: Places, beyond: float = 0.0) -> float:
        """Pixels per unit where all cells just fit in, with so many pixels beyond each of them."""
        least = 1.0 if places.grid else 1e-4
        half = 0.5 if places.grid else 0.0
        wide, high = (max(float(np.ptp(along)) + 2 * half, least) for along in (places.x, places.y))
        room = self.width() - 2 * (MARGIN + beyond), self.height() - MARGIN - self._below() - 2 * beyond
        return min(max(room[0], 1.0) / wide, max(room[1], 1.0) / high)

    def _squared(self) -> bool:
        """Whether cells are drawn as squares of their grid; a few far apart, each a pixel, would not be seen."""
        places = self._places
        if places is None or not places.grid or not len(places.cells):
            return False
        filled = len(places.cells) / ((np.ptp(places.x) + 1) * (np.ptp(places.y) + 1))
        return bool(filled >= SPARSE or self._frame()[0] >= SQUARE)

    def _screen(self) -> DoubleArray:
        """(n, 2) where the centres of the cells stand in the widget; that of a sector lies before its antenna."""
        places = self._places
        if places is None:
            return np.empty((0, 2))
        ahead = np.radians(places.bearing)
        before = 0.6 * self._wedge() * np.nan_to_num(np.column_stack([np.sin(ahead), -np.cos(ahead)]))
        out: DoubleArray = self._sites() + before
        return out

    def _sites(self) -> DoubleArray:
        """(n, 2) where the antennas of the cells stand in the widget."""
        places = self._places
        assert places is not None  # whoever asks has some
        scale, x, y = self._frame()
        return np.column_stack(
            [(places.x - x) * scale + self._middle().x(), (y - places.y) * scale + self._middle().y()]
        )

    def _wedge(self) -> float:
        """How far a sector reaches, pixels."""
        return _REACH * self._dot()

    def place_of(self, cell: int) -> QPoint:
        """Where a cell stands in the widget. Raises IndexError for a cell without a position."""
        places = self._places
        index = np.flatnonzero(places.cells == cell) if places else np.empty(0, np.int64)
        return QPointF(*self._screen()[index[0]].tolist()).toPoint()

    def cell_at(self, place: QPointF) -> int | None:
        """The cell under, or nearest to, a place; None where there is none near."""
        places = self._places
        if places is None or not len(places.cells):
            return None
        away = np.abs(self._screen() - [place.x(), place.y()]).max(axis=1)
        nearest = int(np.argmin(away))
        reach = self._frame()[0] / 2 if self._squared() else max(self._dot() / 2, 8.0)
        return int(places.cells[nearest]) if away[nearest] <= reach else None

    def _dot(self, zoom: float = 0.0) -> float:
        """Diameter of a cell's point: as large as their number and the zoom allow (0 = as it is)."""
        places = self._places
        if places is None or not len(places.cells):
            return 4.0
        scale, zoom = self._fitting(places), zoom or self._zoom
        covered = [
            max(float(np.ptp(along)) * scale, side / 4)
            for along, side in ((places.x, self.width()), (places.y, self.height()))
        ]
        room = (covered[0] * covered[1] / len(places.cells)) ** 0.5
        return float(np.clip(0.35 * room * zoom**0.5, 4.0, 18.0))

    # -- painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Quiet cells first, alarms over them, the selected one ringed."""
        palette = palette_of(self)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette.panel))
        if self._places is None or self.empty or len(self._score) < int(self._places.cells.max()) + 1:
            return
        at = self._screen()
        if self._squared():
            self._paint_squares(painter, palette)
        else:
            self._paint_points(painter, palette, at)
        self._paint_alarms(painter, palette, at)
        self._paint_selected(painter, palette, at)
        if self._below() == KEY:
            self._paint_key(painter, palette)

    def _shades(self, palette: Palette) -> list[QColor]:
        return [blend(palette.normal, palette.panel, 0.10 + 0.5 * level / LEVELS) for level in range(LEVELS + 1)]

    def _levels(self) -> IntArray:
        """Per placed cell the shade of its score, -1 without an opinion."""
        places = self._places
        score = self._score[places.cells] if places else self._score
        known = np.isfinite(score)
        return np.where(known, np.clip(np.nan_to_num(score), 0.0, 1.0) * LEVELS, -1).astype(np.int64)

    def _paint_squares(self, painter: QPainter, palette: Palette) -> None:
        places = self._places
        if places is None:
            return
        left, bottom = int(places.x.min()), int(places.y.min())
        wide, high = int(places.x.max()) - left + 1, int(places.y.max()) - bottom + 1
        levels = self._levels()
        shades = np.array([c.rgba() & 0xFFFFFFFF for c in self._shades(palette)] + [rgb(palette.panel)], np.uint32)
        pixels = np.zeros((high, wide), np.uint32)
        rows = (places.y.max() - places.y).astype(int)
        columns = (places.x - left).astype(int)
        pixels[rows, columns] = shades[levels]
        scale, x, y = self._frame()
        target = QRectF(
            (left - 0.5 - x) * scale + self._middle().x(),
            (y - places.y.max() - 0.5) * scale + self._middle().y(),
            wide * scale,
            high * scale,
        )
        image = QImage(pixels.data, wide, high, wide * 4, QImage.Format.Format_ARGB32)
        painter.drawImage(target, image)
        brush = hatch_brush(QColor(palette.hatch))
        free = 0.5 if scale > 6 else 0.0
        for row, column in zip(rows[levels < 0].tolist(), columns[levels < 0].tolist(), strict=True):
            square = QRectF(target.left() + column * scale, target.top() + row * scale, scale, scale)
            painter.fillRect(square.adjusted(free, free, -free, -free), brush)
        if scale > 6:
            painter.setPen(QPen(QColor(palette.panel), 1.0))
            for column in range(wide + 1):
                across = target.left() + column * scale
                painter.drawLine(QPointF(across, target.top()), QPointF(across, target.bottom()))
            for row in range(high + 1):
                down = target.top() + row * scale
                painter.drawLine(QPointF(target.left(), down), QPointF(target.right(), down))

    def _paint_points(self, painter: QPainter, palette: Palette, at: DoubleArray) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(at) < 5000)
        levels, size, sectors = self._levels(), self._dot(), self._sectors()
        for level, shade in enumerate(self._shades(palette)):
            pen = QPen(shade, size)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPoints(_points(at[(levels == level) & ~sectors]))
        painter.setPen(QPen(QColor(palette.hatch), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for x, y in at[(levels < 0) & ~sectors].tolist():
            painter.drawEllipse(QPointF(x, y), size / 2 - 1, size / 2 - 1)
        for level, shade in enumerate(self._shades(palette)):
            self._paint_wedges(painter, palette, sectors & (levels == level), shade)
        self._paint_wedges(painter, palette, sectors & (levels < 0), hatch_brush(QColor(palette.hatch)))

    def _sectors(self) -> BoolArray:
        """(n,) which cells are drawn as sectors."""
        places = self._places
        known: BoolArray = np.isfinite(places.bearing) if places is not None else np.empty(0, bool)
        return known if known.sum() <= MOST_WEDGES else np.zeros_like(known)

    def _paint_wedges(self, painter: QPainter, palette: Palette, which: BoolArray, fill: QColor | QBrush) -> None:
        places, reach = self._places, self._wedge()
        if places is None or not which.any():
            return
        painter.setPen(QPen(QColor(palette.panel), 1.0))
        painter.setBrush(fill)
        for (x, y), bearing in zip(self._sites()[which].tolist(), places.bearing[which].tolist(), strict=True):
            first = 90.0 - bearing - BEAM / 2  # Qt counts from the east, against the clock
            painter.drawPie(QRectF(x - reach, y - reach, 2 * reach, 2 * reach), round(16 * first), round(16 * BEAM))

    def _paint_alarms(self, painter: QPainter, palette: Palette, at: DoubleArray) -> None:
        places = self._places
        if places is None:
            return
        ranks = self._rank[places.cells]
        scale, squared = self._frame()[0], self._squared()
        inside = (at[:, 0] > -20) & (at[:, 0] < self.width() + 20) & (at[:, 1] > -20) & (at[:, 1] < self.height() + 20)
        marks = int((inside & (ranks < QUIET)).sum()) <= MOST_MARKS
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, marks)
        for rank in range(QUIET - 1, -1, -1):
            mine = at[inside & (ranks == rank)]
            of_sector = self._sectors() & inside & (ranks == rank)
            self._paint_wedges(painter, palette, of_sector, blend(palette.severity[RANKS[rank]], palette.panel, 0.55))
            if squared:
                free = 0.5 if scale > 6 else 0.0
                fill = blend(palette.severity[RANKS[rank]], palette.panel, 0.55 if scale >= 14 else 1.0)
                for x, y in mine.tolist():
                    side = max(scale, 3.0)
                    painter.fillRect(
                        QRectF(x - side / 2 + free, y - side / 2 + free, side - 2 * free, side - 2 * free), fill
                    )
            if marks and (not squared or scale >= 14):
                size = min(max(self._dot() * 1.1, 8.0), 16.0) if not squared else min(scale * 0.6, 12.0)
                for x, y in mine.tolist():
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(QColor(palette.panel))
                    painter.drawEllipse(QPointF(x, y), size / 2 + 2, size / 2 + 2)
                    paint_mark(painter, RANKS[rank], QPointF(x, y), size, palette)
            elif not squared:
                pen = QPen(QColor(palette.severity[RANKS[rank]]), max(self._dot(), 4.0))
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                painter.setPen(pen)
                painter.drawPoints(_points(mine))

    def _paint_selected(self, painter: QPainter, palette: Palette, at: DoubleArray) -> None:
        places = self._places
        if places is None or self._cell is None:
            return
        mine = np.flatnonzero(places.cells == self._cell)
        if not len(mine):
            return
        x, y = at[mine[0]].tolist()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(palette.accent), 2.0))
        if self._squared():
            side = max(self._frame()[0], 6.0)
            painter.drawRect(QRectF(x - side / 2, y - side / 2, side, side))
        else:
            radius = max(self._dot(), 10.0) / 2 + 4.0
            painter.drawEllipse(QPointF(x, y), radius, radius)

    def _paint_key(self, painter: QPainter, palette: Palette) -> None:
        """What the shades mean, at the bottom left."""
        font = type_face(CAPTION)
        metrics = QFontMetricsF(font)
        below, unknown = tell("map_key_score"), tell("vote_no_opinion")
        shades = self._shades(palette)
        widths = 5.0 * len(shades), metrics.horizontalAdvance(below), 20.0, metrics.horizontalAdvance(unknown)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(font)
        left, top = 16.0, self.height() - 24.0
        painter.fillRect(QRectF(left - 8, top - 8, sum(widths) + 52, 28), colour(palette.panel, 0.85))
        for level, shade in enumerate(shades):
            painter.fillRect(QRectF(left + level * 5, top, 5, 10), shade)
        painter.setPen(QColor(palette.muted))
        left += widths[0] + 8
        painter.drawText(QRectF(left, top - 5, widths[1] + 2, 20), Qt.AlignmentFlag.AlignVCenter, below)
        left += widths[1] + 20
        painter.fillRect(QRectF(left, top, widths[2], 10), hatch_brush(QColor(palette.hatch)))
        left += widths[2] + 8
        painter.drawText(QRectF(left, top - 5, widths[3] + 2, 20), Qt.AlignmentFlag.AlignVCenter, unknown)
        if self._places is not None and self._places.unplaced:
            right = QRectF(0, top - 5, self.width() - 16, 20)
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(right, align, tell("map_unplaced", cells=self._places.unplaced))

    # -- the user

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        self.zoom(1.25 ** (event.angleDelta().y() / 120.0), event.position())
        event.accept()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Show the cells `factor` times as large; the place `at` (default: the middle) stays where it is."""
        at = at or self._middle()
        zoom = min(max(self._zoom * factor, _FURTHEST), _CLOSEST)
        away = at - self._middle()
        self._shift = away - (away - self._shift) * (zoom / self._zoom)
        self._zoom = zoom
        if zoom == _FURTHEST:
            self._shift = QPointF(0.0, 0.0)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragging = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan while the button is down."""
        if self._pressed is None:
            return
        moved = event.position() - self._pressed
        if self._dragging or moved.manhattanLength() > CLICK:
            self._dragging = True
            self._shift += moved
            self._pressed = event.position()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press that did not move chooses the cell under it."""
        clicked = self._pressed is not None and not self._dragging
        self._pressed = None
        cell = self.cell_at(event.position()) if clicked else None
        if cell is not None:
            self.chosen.emit(cell)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Show all cells."""
        self.show_all()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows pan, + and - zoom, Home shows all."""
        step = 40.0
        key = event.key()
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(0.8 if key == Qt.Key.Key_Minus else 1.25)
        elif key == Qt.Key.Key_Home:
            self.show_all()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._shift += QPointF(0.0, step if key == Qt.Key.Key_Up else -step)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._shift += QPointF(step if key == Qt.Key.Key_Left else -step, 0.0)
        else:
            super().keyPressEvent(event)
            return
        self.update()

    def event(self, event: QEvent) -> bool:
        """Say what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self.cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), "" if cell is None else self._tip(cell), self)
            return True
        return super().event(event)


def _points(at: DoubleArray) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in at.tolist()])
