"""The margins of the lanes: times above, the whole network under them, names at the left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from engine.data import IntArray
from engine.palette import Palette
from engine.text import tell
from gui.look.marks import paint_mark
from gui.look.theme import CAPTION, colour, type_face
from gui.plots.ticks import TimeScale, time_ticks
from gui.prepared.lane_rows import QUIET, RANKS

PIXELS_PER_TICK = 130
INDENT = 28
"""Where names begin, right of the marks."""


@dataclass(frozen=True)
class TimeFrame:
    """How samples lie on pixels: `span` samples from `start` on `width` pixels from `left`."""

    left: float
    width: float
    start: float
    span: float

    def x(self, sample: float) -> float:
        """The pixel of a sample."""
        return self.left + (sample - self.start) / max(self.span, 1e-9) * self.width

    def sample(self, x: float) -> float:
        """The sample of a pixel."""
        return self.start + (x - self.left) / max(self.width, 1.0) * self.span


def paint_times(
    painter: QPainter, palette: Palette, frame: TimeFrame, scale: TimeScale, *, axis: int, below: int
) -> None:
    """Ticks in the uppermost `axis` pixels, a hairline under each down to `below`."""
    font = type_face(CAPTION)
    painter.setFont(font)
    most = min(6, max(2, int(frame.width // PIXELS_PER_TICK)))
    for tick in time_ticks(scale, frame.start, frame.start + frame.span, most):
        x = round(frame.x(tick.at))
        painter.setPen(QPen(colour(palette.line, 0.7), 1.0))
        painter.drawLine(x, axis, x, below)
        painter.setPen(QColor(palette.muted))
        wide = QFontMetrics(font).horizontalAdvance(tick.label)
        left = round(min(max(x - wide / 2, frame.left), frame.left + frame.width - wide - 2))
        painter.drawText(QRect(left, 0, wide + 2, axis), Qt.AlignmentFlag.AlignVCenter, tick.label)


def paint_note(painter: QPainter, palette: Palette, note: str, *, width: int, height: int) -> None:
    """A few words in the corner above the names."""
    painter.setFont(type_face(CAPTION))
    painter.setPen(QColor(palette.muted))
    painter.drawText(QRect(INDENT, 0, width - INDENT - 4, height), Qt.AlignmentFlag.AlignVCenter, note)


def paint_network(
    painter: QPainter,
    palette: Palette,
    frame: TimeFrame,
    edges: IntArray,
    counts: IntArray,
    ranks: IntArray,
    *,
    top: int,
    height: int,
    cells: int,
) -> None:
    """The lane of the whole network: per bucket the `counts` of cells in alarm, coloured by the gravest rank."""
    ground, highest = top + height - 6, int(counts.max(initial=0))
    label = QRect(INDENT, top, int(frame.left) - INDENT - 4, (height - 4) // 2)
    painter.setFont(type_face(CAPTION, bold=True))
    painter.setPen(QColor(palette.text))
    painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, tell("lanes_network"))
    painter.setFont(type_face(CAPTION))
    painter.setPen(QColor(palette.muted))
    peak = tell("lanes_peak", cells=highest, all=cells)
    painter.drawText(label.translated(0, label.height()), Qt.AlignmentFlag.AlignVCenter, peak)
    for number, (count, rank) in enumerate(zip(counts.tolist(), ranks.tolist(), strict=True)):
        if count:
            left, right = max(frame.x(edges[number]), frame.left), frame.x(edges[number + 1])
            high = max(2.0, (height - 12) * count / highest)
            shade = palette.severity[RANKS[rank]] if rank < QUIET else palette.normal
            painter.fillRect(QRectF(left, ground - high, max(right - left, 1.0), high), QColor(shade))
    painter.setPen(QPen(QColor(palette.line), 1.0))
    painter.drawLine(QPointF(0, top + height - 3), QPointF(frame.left + frame.width, top + height - 3))


def paint_labels(
    painter: QPainter,
    palette: Palette,
    names: Sequence[tuple[str, int, bool]],
    *,
    top: int,
    row: int,
    free: int,
    width: int,
) -> None:
    """Per lane (name, gravest rank, whether it is selected): the mark of the rank and the name."""
    font, bold = type_face(CAPTION), type_face(CAPTION, bold=True)
    for number, (name, rank, chosen) in enumerate(names):
        upper = top + number * row
        if rank < QUIET:
            paint_mark(painter, RANKS[rank], QPointF(17, upper + (row + free) / 2), 8.0, palette)
        face = bold if chosen else font
        painter.setFont(face)
        painter.setPen(QColor(palette.text if chosen or rank < QUIET else palette.muted))
        box = QRect(INDENT, upper + free - 1, width - INDENT - 8, row - free + 2)
        short = QFontMetrics(face).elidedText(name, Qt.TextElideMode.ElideMiddle, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, short)
