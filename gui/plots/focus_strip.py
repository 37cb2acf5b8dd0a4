"""The whole series small at the bottom, with the stretch that the plots above show as a window to drag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QGraphicsSceneWheelEvent

from engine.palette import Palette
from gui.look.theme import colour
from gui.plots.line_item import Z_CURSOR, Z_MEASURED, LineItem
from gui.plots.mark_item import Mark, MarkItem
from gui.plots.pyramid import Pyramid
from gui.plots.strip import LEFT, Caption, Strip, TimeBox
from gui.plots.time_window import TimeWindow

if TYPE_CHECKING:
    from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent


class _FocusBox(TimeBox):
    """Wheel and clicks move the window of the plots above; the strip itself always shows everything."""

    def __init__(self, whole: TimeWindow, focus: TimeWindow) -> None:
        super().__init__(whole)
        self._focus = focus

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:  # noqa: ARG002
        self._focus.zoom(1.25 ** (-event.delta() / 120.0))
        event.accept()

    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:  # noqa: ARG002
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        moved = self.mapSceneToView(event.scenePos()).x() - self.mapSceneToView(event.lastScenePos()).x()
        self._focus.pan(moved)

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        event.accept()
        if event.double():
            self._focus.show_all()
        else:
            self._focus.pan(self.mapSceneToView(event.scenePos()).x() - (self._focus.start + self._focus.stop) / 2.0)


class FocusStrip(Strip):
    """Keeps a window over the whole series in step with `focus`, both ways."""

    def __init__(self, focus: TimeWindow) -> None:
        self._whole = TimeWindow(focus)
        super().__init__(self._whole, Caption(LEFT, Qt.AlignmentFlag.AlignLeft), _FocusBox(self._whole, focus))
        self._focus = focus
        self._line = self.add(LineItem(Z_MEASURED))
        self._marks = self.add(MarkItem(bars_only=True))
        self._pyramid: Pyramid | None = None
        self.region = pg.LinearRegionItem(values=(0, 1), swapMode="block")
        self.region.setZValue(Z_CURSOR)
        self.box.addItem(self.region, ignoreBounds=True)
        self.region.sigRegionChanged.connect(self._dragged)
        focus.changed.connect(self._follow)

    def show_values(self, pyramid: Pyramid, marks: Sequence[Mark]) -> None:
        """Show another series."""
        self._pyramid = pyramid
        self._line.set_values(pyramid)
        self._marks.set_marks(marks)
        self._whole.reset(len(pyramid))
        self.region.setBounds((0, len(pyramid)))
        self._follow()

    def set_palette(self, palette: Palette) -> None:
        """Draw in the colours of another palette."""
        super().set_palette(palette)
        self._line.set_colour(QColor(palette.muted))
        self._marks.set_palette(palette)
        self.region.setBrush(QBrush(colour(palette.accent, 0.12)))
        self.region.setHoverBrush(QBrush(colour(palette.accent, 0.18)))
        for edge in self.region.lines:
            edge.setPen(pg.mkPen(palette.accent, width=1.5))
            edge.setHoverPen(pg.mkPen(palette.accent, width=3))

    def height_range(self) -> tuple[float, float]:
        """The extremes of the whole series."""
        extent = self._pyramid.extent(0, len(self._pyramid)) if self._pyramid else None
        low, high = extent or (0.0, 1.0)
        reach = max(high - low, abs(high) * 0.01, 1e-6)
        return low - 0.15 * reach, high + 0.1 * reach

    def _follow(self) -> None:
        """Stand the window where the plots are."""
        self.region.blockSignals(True)
        self.region.setRegion((self._focus.start, self._focus.stop))
        self.region.blockSignals(False)

    def _dragged(self) -> None:
        low, high = self.region.getRegion()
        self._focus.show(low, high)
        if not np.allclose((low, high), (self._focus.start, self._focus.stop)):
            self._follow()
