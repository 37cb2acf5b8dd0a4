"""What was measured when: a strip over time of the whole network, and of each of the cells that lack most."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.completeness.coverage import Strips
from engine.data import DoubleArray, Panel
from engine.palette import Palette
from engine.text import tell
from gui.look.theme import CAPTION, GRID, blend, palette_of, type_face
from gui.look.wording import cell_label, moment, share
from gui.plots.lane_paint import TimeFrame, paint_times
from gui.plots.ticks import TimeScale

AXIS = 5 * GRID
LANE = 4 * GRID
NAMES, SHARES = 40 * GRID, 16 * GRID
_STEPS = 5


class GapStrips(QWidget):
    """Full where all KPIs were measured, paler where some were, hatched where none was.

    Signals:
        cell_chosen(int): the lane of this cell was clicked.
    """

    cell_chosen = Signal(int)

    def __init__(self, panel: Panel, strips: Strips, shares: DoubleArray, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panel, self._strips, self._shares = panel, strips, shares
        self._scale = TimeScale.of(panel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tell("quality_over_time"))
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        """As high as its lanes."""
        return QSize(640, AXIS + (1 + len(self._strips.cells)) * LANE + GRID)

    def lane_at(self, y: float) -> int | None:
        """The lane at a height: 0 is the network, then the cells; None where there is none."""
        lane = int((y - AXIS) // LANE)
        return lane if 0 <= lane <= len(self._strips.cells) else None

    def told(self, x: float, y: float) -> str:
        """What is to be known of a place; "" where there is nothing."""
        lane, frame = self.lane_at(y), self._frame()
        sample = frame.sample(x)
        if lane is None or not 0 <= sample < frame.span:
            return ""
        edges = self._strips.edges
        bucket = min(int(edges.searchsorted(sample, side="right")) - 1, len(edges) - 2)
        name = tell("quality_all_cells") if lane == 0 else cell_label(self._panel, self._strips.cells[lane - 1])
        measured = self._strips.whole if lane == 0 else self._strips.rows[lane - 1]
        return tell(
            "quality_strip_tip",
            cell=name,
            start=moment(self._panel, int(edges[bucket])),
            stop=self._scale.text(float(edges[bucket + 1])),
            share=share(float(measured[bucket])),
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Axis, network, cells."""
        palette, frame = palette_of(self), self._frame()
        painter = QPainter(self)
        paint_times(painter, palette, frame, self._scale, axis=AXIS, below=self.height() - GRID)
        mean = float(self._shares.mean()) if len(self._shares) else float("nan")
        self._paint_lane(painter, palette, frame, 0, tell("quality_all_cells"), self._strips.whole, mean)
        for number, cell in enumerate(self._strips.cells, start=1):
            name = cell_label(self._panel, cell)
            of_cell = float(self._shares[cell]) if cell < len(self._shares) else float("nan")
            self._paint_lane(painter, palette, frame, number, name, self._strips.rows[number - 1], of_cell)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the cell of a lane."""
        lane = self.lane_at(event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and lane:
            self.cell_chosen.emit(self._strips.cells[lane - 1])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The hand says which lanes lead somewhere."""
        lane = self.lane_at(event.position().y())
        self.setCursor(Qt.CursorShape.PointingHandCursor if lane else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        """Tell of the place pointed at."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.told(event.pos().x(), event.pos().y())
            if text:
                QToolTip.showText(event.globalPos(), text, self)
                return True
        return super().event(event)

    def _frame(self) -> TimeFrame:
        return TimeFrame(NAMES, max(self.width() - NAMES - SHARES, 1), 0.0, float(self._panel.shape[1]))

    def _paint_lane(
        self,
        painter: QPainter,
        palette: Palette,
        frame: TimeFrame,
        lane: int,
        name: str,
        measured: DoubleArray,
        mean: float,
    ) -> None:
        top = AXIS + lane * LANE
        font = type_face(CAPTION, bold=lane == 0)
        painter.setFont(font)
        painter.setPen(QColor(palette.text))
        box = QRect(0, top, NAMES - 2 * GRID, LANE)
        short = QFontMetrics(font).elidedText(name, Qt.TextElideMode.ElideMiddle, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, short)
        right = QRect(self.width() - SHARES, top, SHARES, LANE)
        painter.drawText(right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, share(mean))
        edges = self._strips.edges
        for bucket, value in enumerate(measured.tolist()):
            left, stop = round(frame.x(float(edges[bucket]))), round(frame.x(float(edges[bucket + 1])))
            place = QRectF(left, top + 2, max(stop - left, 1), LANE - 4)
            if value > 0:
                level = -int(-value * _STEPS // 1) / _STEPS
                painter.fillRect(place, blend(palette.normal, palette.panel, 0.12 + 0.6 * level))
            else:
                painter.fillRect(place, QBrush(QColor(palette.hatch), Qt.BrushStyle.BDiagPattern))
