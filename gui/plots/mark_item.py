"""Anomalies on a line: the mark of their severity at their strangest point, and a bar below for how long they last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from engine.data import Severity
from engine.palette import LIGHT, Palette
from gui.look.marks import paint_mark
from gui.plots.line_item import Z_MARK, TimeItem
from gui.plots.time_window import TimeWindow

SIZE = 10.0
"""Width of a mark, pixels."""
SPACING = 8.0
"""Marks closer than this many pixels are shown as the worst one of them."""
REACH = 10.0
"""How far from a mark's centre a click still means it, pixels."""
BAR = 4.0
"""Height of the bars that show how long anomalies last, pixels."""

_RANK = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True)
class Mark:
    """One anomaly of the shown series. start, stop: samples it covers; peak: the sample to mark, value: at what height.

    value NaN: nothing was measured there; the mark then stands on the ground. incident: None if it belongs to none.
    """

    anomaly: int
    incident: int | None
    severity: Severity
    start: int
    stop: int
    peak: int
    value: float
    score: float


class MarkItem(TimeItem):
    """The marks of the anomalies in sight. Where they would overlap, the worst one stands for its neighbours."""

    def __init__(self, *, bars_only: bool = False) -> None:
        super().__init__(Z_MARK)
        self._bars_only = bars_only
        self._marks: tuple[Mark, ...] = ()
        self._starts = np.empty(0)
        self._longest = 0
        self._shown: list[Mark] = []
        self._bars: list[tuple[int, int, Severity]] = []
        self._palette = LIGHT
        self._selected: int | None = None

    @property
    def shown(self) -> Sequence[Mark]:
        """The marks that are drawn now."""
        return self._shown

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Mark other anomalies."""
        self._marks = tuple(sorted(marks, key=lambda m: m.start))
        self._starts = np.array([m.start for m in self._marks], float)
        self._longest = max((m.stop - m.start for m in self._marks), default=0)

    def set_palette(self, palette: Palette) -> None:
        """Draw in the colours of another palette."""
        self._palette = palette
        self.update()

    def select(self, incident: int | None) -> None:
        """Ring the marks of an incident, or of none."""
        self._selected = incident
        self.update()

    def redraw(self, window: TimeWindow, pixels: int) -> int:
        """Choose the marks to draw and join the bars that touch."""
        first, last = np.searchsorted(self._starts, [window.start - self._longest, window.stop])
        visible = [m for m in self._marks[first:last] if m.stop > window.start]
        per_pixel = window.span / max(1, pixels)
        self._shown = [] if self._bars_only else _thinned(visible, SPACING * per_pixel)
        self._bars = _merged(visible, per_pixel)
        return 1

    def at(self, place: QPointF, to_screen: QTransform) -> Mark | None:
        """The nearest drawn mark within reach of a place on the screen; None if there is none."""
        ground = to_screen.mapRect(self._box)
        near = [((place - self._place(mark, to_screen, ground)).manhattanLength(), mark) for mark in self._shown]
        distance, mark = min(near, key=lambda pair: pair[0], default=(REACH + 1.0, None))
        return mark if distance <= REACH else None

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:  # noqa: ARG002
        """Draw the bars, then the marks, the worst on top."""
        to_screen = painter.transform()
        ground = to_screen.mapRect(self._box)
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for start, stop, severity in self._bars:
            across = to_screen.mapRect(QRectF(start, 0.0, stop - start, 1.0))
            bar = QRectF(across.left(), ground.bottom() - BAR, max(across.width(), 2.0), BAR)
            painter.fillRect(bar, QColor(self._palette.severity[severity]))
        for mark in reversed(self._shown):
            self._paint(painter, self._place(mark, to_screen, ground), mark)
        painter.restore()

    def _place(self, mark: Mark, to_screen: QTransform, ground: QRectF) -> QPointF:
        """Where a mark's centre stands on the screen: on its point, inside the plot, on the ground without a value."""
        known = np.isfinite(mark.value)
        at = to_screen.map(QPointF(mark.peak + 0.5, mark.value if known else self._box.top()))
        lowest = ground.bottom() - BAR - SIZE * 0.6
        at.setY(min(max(at.y(), ground.top() + SIZE * 0.6), lowest) if known else lowest)
        return at

    def _paint(self, painter: QPainter, at: QPointF, mark: Mark) -> None:
        chosen = self._selected is not None and mark.incident == self._selected
        painter.setPen(QPen(QColor(self._palette.accent), 1.5) if chosen else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.panel))
        radius = SIZE * 0.5 + (4.0 if chosen else 2.0)
        painter.drawEllipse(at, radius, radius)
        paint_mark(painter, mark.severity, at, SIZE, self._palette)


def _thinned(marks: Sequence[Mark], spacing: float) -> list[Mark]:
    """Worst first; a mark nearer than `spacing` samples to a worse one that is kept is left out."""
    taken: set[int] = set()
    kept = []
    for mark in sorted(marks, key=lambda m: (_RANK[m.severity], -m.score, m.start)):
        column = int(mark.peak // spacing) if spacing > 0 else mark.peak
        if column not in taken:
            taken.add(column)
            kept.append(mark)
    return kept


def _merged(marks: Sequence[Mark], nearest: float) -> list[tuple[int, int, Severity]]:
    """Bars, least severe first, so that worse ones lie on top; equal ones that touch on the screen become one."""
    bars: list[tuple[int, int, Severity]] = []
    for severity in reversed(Severity):
        first = len(bars)
        for mark in marks:
            if mark.severity is not severity:
                continue
            if len(bars) > first and mark.start - bars[-1][1] < nearest:
                bars[-1] = (bars[-1][0], max(bars[-1][1], mark.stop), severity)
            else:
                bars.append((mark.start, mark.stop, severity))
    return bars
