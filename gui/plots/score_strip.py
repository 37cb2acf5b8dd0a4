"""A score over time against its threshold: one lane per detector, and the combined score with a line to drag."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor

from engine.data import FloatArray
from engine.palette import Palette
from engine.text import tell
from gui.look.theme import CAPTION, colour, type_face
from gui.plots.line_item import Z_CURSOR, AreaItem
from gui.plots.pyramid import Pyramid
from gui.plots.span_item import SpanItem, hatch_brush
from gui.plots.strip import LEFT, Caption, Strip
from gui.plots.time_window import TimeWindow

LOWEST_TOP, HIGHEST_TOP = 1.8, 4.0
"""A lane reaches at least and at most so many thresholds high; what is higher is cut off, its figure is not."""
SMALLEST = 0.05
"""How low the threshold can be dragged."""


class Threshold(QObject):
    """The line to drag.

    Signals:
        moved(float): while it is dragged; 1.0 = where the threshold is now.
        dropped(float): where it was left.
    """

    moved = Signal(float)
    dropped = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.line = pg.InfiniteLine(
            pos=1.0,
            angle=0,
            movable=True,
            bounds=(SMALLEST, LOWEST_TOP),
            label=tell("timeline_threshold"),
            labelOpts={"position": 0.0, "anchors": [(0.0, 1.0), (0.0, 1.0)], "rotateAxis": (1, 0)},
        )
        self.line.label.setFont(type_face(CAPTION))
        self.line.setToolTip(tell("timeline_threshold_tip"))
        self.line.setZValue(Z_CURSOR)
        self.line.setCursor(Qt.CursorShape.SizeVerCursor)
        self.line.sigDragged.connect(lambda: self.moved.emit(self.line.value()))
        self.line.sigPositionChangeFinished.connect(lambda: self.dropped.emit(self.line.value()))

    @property
    def value(self) -> float:
        """Where the line stands."""
        return float(self.line.value())

    def put(self, value: float) -> None:
        """Stand the line elsewhere; says nothing."""
        self.line.setValue(value)

    def set_palette(self, palette: Palette) -> None:
        """Draw in the colours of another palette."""
        self.line.label.setColor(QColor(palette.accent))
        self.line.setPen(pg.mkPen(palette.accent, width=1.5))
        self.line.setHoverPen(pg.mkPen(palette.accent, width=3))


class ScoreStrip(Strip):
    """One score, 1.0 = its threshold. Hatched where there is no opinion. `hue`: the detector in the palette."""

    def __init__(self, window: TimeWindow, hue: str, threshold: Threshold | None = None) -> None:
        self._caption = Caption(LEFT, Qt.AlignmentFlag.AlignLeft)
        super().__init__(window, self._caption)
        self.hue = hue
        self._silent = self.add(SpanItem(wide_only=True, label=tell("vote_no_opinion")))
        self._area = self.add(AreaItem())
        self._pyramid: Pyramid | None = None
        self.judged = False
        """Whether there is a score anywhere, so that a threshold means something."""
        self.threshold = threshold
        if threshold is not None:
            self.box.addItem(threshold.line, ignoreBounds=True)
            threshold.moved.connect(self._area.set_threshold)

    def show_score(self, label: str, score: FloatArray, why_silent: str = "", written: str = "") -> None:
        """Show another score (T,), NaN = no opinion; `why_silent` appears where there is none at all.

        written: what stands where there is no opinion, in the place of just that.
        """
        self._pyramid = Pyramid(score)
        self._area.set_values(self._pyramid)
        self.judged = bool(np.isfinite(score).any())
        self._silent.set_mask(np.isnan(score))
        self._silent.set_label(written or tell("vote_no_opinion"))
        self._caption.show_text(label)
        self._caption.setToolTip(why_silent or label)
        self.put_back()

    def put_back(self) -> None:
        """Stand the threshold where it is in the result."""
        self._area.set_threshold(1.0)
        if self.threshold is not None:
            self.threshold.put(1.0)
            self.threshold.line.setVisible(self.judged)

    def set_palette(self, palette: Palette) -> None:
        """Draw in the colours of another palette."""
        super().set_palette(palette)
        hue = QColor(palette.text if self.threshold is not None else palette.detector(self.hue))
        self._caption.show_text(self._caption.text, QColor(palette.muted), hue)
        self._area.set_colour(hue)
        self._silent.set_brush(hatch_brush(colour(palette.hatch, 0.8)), QColor(palette.muted), QColor(palette.panel))
        if self.threshold is not None:
            self.threshold.set_palette(palette)

    def levels(self, low: float, high: float) -> Sequence[float]:  # noqa: ARG002
        """The threshold, unless it is a line to drag, which is kept in sight."""
        if self.threshold is None:
            return (1.0,)
        self.threshold.line.setBounds((SMALLEST, high * 0.97))
        return ()

    def height_range(self) -> tuple[float, float]:
        """From 0 to the highest score in sight, within bounds."""
        extent = self._pyramid.extent(self._window.start, self._window.stop) if self._pyramid else None
        return 0.0, min(max(LOWEST_TOP, extent[1] * 1.08 if extent else 0.0), HIGHEST_TOP)

    def value_text(self, sample: int) -> str:
        """The score there."""
        value = self._pyramid.extent(sample, sample + 1) if self._pyramid else None
        return f"{value[0]:.2f}" if value else tell("plot_unknown")
