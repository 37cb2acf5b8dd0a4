"""The stack of strips over one stretch of time: values, a lane per detector, the combined score, the whole below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.data import FloatArray
from engine.palette import Palette
from engine.text import tell
from gui.plots.focus_strip import FocusStrip
from gui.plots.label_brush import LabelBrush
from gui.plots.score_strip import ScoreStrip, Threshold
from gui.plots.strip import LEFT, RIGHT, Axis, Strip
from gui.plots.ticks import TimeScale, time_ticks
from gui.plots.time_window import TimeWindow
from gui.plots.value_strip import Values, ValueStrip

VALUES, LANE, COMBINED, FOCUS = (44, 160), (14, 28), (32, 64), (18, 44)
"""Least and usual height of the values, a detector lane, the combined score and the whole series, pixels."""
TIGHT, WORTHWHILE = 7, 72
"""Height of a detector lane where there is no room for its name, pixels: rather that than values that are lower."""
TIME = 24
"""Height of the time axis, pixels."""
GAP = 2
MOST_ROWS = 32
"""More strips than there will ever be."""
PIXELS_PER_TIME_TICK = 150
THRESHOLD_STEP = 0.05
_THRESHOLD_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


@dataclass(frozen=True, eq=False)
class Lane:
    """A detector's score (T,), 1.0 = threshold, NaN = no opinion. why_silent: if it has none at all.

    detector: "" for several that have none. written: where there is no opinion; "" for just that.
    """

    detector: str
    label: str
    score: FloatArray
    why_silent: str = ""
    written: str = ""


class TimelinePlot(pg.GraphicsLayoutWidget):
    """Shows one series and its scores; pans, zooms, points.

    Signals:
        pointed(object): the sample under the cursor, None when it leaves.
        clicked(int, object): a click: the sample and the `Mark` that was hit or None.
        double_clicked(): a double click on a plot.
        brushed(int, int): a stretch of samples [start, stop) was marked.
        asked(QPointF, QPoint): a click with the right button, place in the scene and on the screen.
        drawn(int): how many samples one drawn run stands for, 1 = every point.
        threshold_moved(float), threshold_dropped(float): the combined score's line; 1.0 = where the threshold is.
    """

    pointed = Signal(object)
    clicked = Signal(int, object)
    double_clicked = Signal()
    brushed = Signal(int, int)
    asked = Signal(object, object)
    drawn = Signal(int)
    threshold_moved = Signal(float)
    threshold_dropped = Signal(float)

    # Qt has methods of these names, which nobody calls here.
    window: TimeWindow  # type: ignore[assignment]
    scale: TimeScale | None  # type: ignore[assignment]

    _setting_threshold = False

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.window = TimeWindow(self)
        self.scale = None
        self.values = ValueStrip(self.window)
        self._threshold = Threshold()
        self.combined = ScoreStrip(self.window, "", self._threshold)
        self.focus = FocusStrip(self.window)
        self.labels = LabelBrush(self.values, self.window, self)
        self.lanes: list[ScoreStrip] = []
        self._times = Axis("bottom")
        self._times.linkToView(self.values.box)
        self._palette = palette
        self._step = 0
        self._undrawn = False
        self._cursor: int | None = None
        self.ci.layout.setContentsMargins(0, 0, 0, 0)
        self.ci.layout.setSpacing(0)
        self._lay_out(())
        self.window.changed.connect(self._moved)
        self.scene().sigMouseMoved.connect(self._on_moved)
        self._threshold.moved.connect(self.threshold_moved)
        self._threshold.dropped.connect(self.threshold_dropped)
        self._listen(self.values)
        self._listen(self.combined)
        self._draw_in(palette)

    # -- what is shown

    def show_series(self, scale: TimeScale, values: Values, combined: FloatArray | None, lanes: Sequence[Lane]) -> None:
        """Take another series; the stretch of time stays if the series is as long as the last one.

        Nothing is drawn until `redraw`, so that whoever wants another stretch of time as well draws once.
        """
        self.scale, self._undrawn = scale, True
        if [lane.detector for lane in lanes] != [strip.hue for strip in self.lanes] or (combined is None) != (
            self.combined.box.scene() is None
        ):
            self._lay_out(lanes, with_score=combined is not None)
        self.values.show_values(values)
        for strip, lane in zip(self.lanes, lanes, strict=True):
            strip.show_score(lane.label, lane.score, lane.why_silent, lane.written)
        if combined is not None:
            self.combined.show_score(tell("timeline_combined"), combined)
        if self.values.measured is not None:
            self.focus.show_values(self.values.measured, values.marks)
        if self.window.length != len(values.measured):
            self.window.reset(len(values.measured))

    def set_palette(self, palette: Palette) -> None:
        """Draw in the colours of another palette."""
        if palette is not self._palette:
            self._draw_in(palette)

    def _draw_in(self, palette: Palette) -> None:
        self._palette = palette
        self.setBackground(QColor(palette.panel))
        self._times.set_palette(palette)
        for strip in (self.values, *self.lanes, self.combined, self.focus):
            strip.set_palette(palette)

    def redraw(self, *, whole: bool = False) -> None:
        """Draw what the window shows; `whole`: draw the strip of the whole series anew as well."""
        self._undrawn = False
        if self.scale is None or not self.window.length:
            return
        ticks = time_ticks(
            self.scale,
            self.window.start,
            self.window.stop,
            min(6, max(2, self.values.pixels // PIXELS_PER_TIME_TICK)),
        )
        self._times.show_ticks(ticks)
        step = 1
        for strip in self._strips():
            if strip is not self.focus:
                step = max(step, strip.redraw([tick.at for tick in ticks]))
            elif whole:
                strip.redraw()
        if step != self._step:
            self._step = step
            self.drawn.emit(step)

    def _moved(self) -> None:
        """Draw another stretch of time, unless the series is another as well and is drawn when all is said."""
        if not self._undrawn:
            self.redraw()

    # -- the cursor

    @property
    def cursor(self) -> int | None:  # type: ignore[override]  # the one in the plot, not that of the pointer
        """The sample that the cursor stands on."""
        return self._cursor

    def show_cursor(self, sample: int | None) -> None:
        """Stand the cursor of every strip on a sample, or take it away."""
        if sample == self._cursor:
            return
        self._cursor = sample
        for strip in (self.values, *self.lanes, self.combined):
            strip.show_cursor(sample)
        self.pointed.emit(sample)

    def _on_moved(self, place: QPointF) -> None:
        top = self.values.box.sceneBoundingRect().top()
        last = self.combined if self.combined.box.scene() is not None else self.values
        inside = self.values.box.sceneBoundingRect()
        within = (
            inside.left() <= place.x() <= inside.right() and top <= place.y() <= last.box.sceneBoundingRect().bottom()
        )
        self.show_cursor(self.values.sample_at(place) if within else None)
        self.labels.point(place)

    def leaveEvent(self, event: QEvent) -> None:
        """Take the cursor away."""
        super().leaveEvent(event)
        self.show_cursor(None)

    # -- keys

    def event(self, event: QEvent) -> bool:
        """While the threshold is in the arrow keys, Enter and Esc are its own and no shortcut of the window's."""
        own = self._setting_threshold and isinstance(event, QKeyEvent) and event.key() in _THRESHOLD_KEYS
        if own and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Going elsewhere leaves the threshold where it was."""
        super().focusOutEvent(event)
        if self._setting_threshold:
            self._threshold_key(Qt.Key.Key_Escape)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows pan, + and - zoom, Home shows all; T takes the threshold into the arrow keys."""
        if self._setting_threshold and self._threshold_key(event.key()):
            return
        moves: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Left: lambda: self.window.pan(-0.1 * self.window.span),
            Qt.Key.Key_Right: lambda: self.window.pan(0.1 * self.window.span),
            Qt.Key.Key_PageUp: lambda: self.window.pan(-self.window.span),
            Qt.Key.Key_PageDown: lambda: self.window.pan(self.window.span),
            Qt.Key.Key_Plus: lambda: self.window.zoom(0.8),
            Qt.Key.Key_Equal: lambda: self.window.zoom(0.8),
            Qt.Key.Key_Minus: lambda: self.window.zoom(1.25),
            Qt.Key.Key_Home: self.window.show_all,
            Qt.Key.Key_T: self.take_threshold,
        }
        move = moves.get(event.key())
        if move is None:
            event.ignore()
        else:
            move()

    def take_threshold(self) -> None:
        """Let the arrow keys move the threshold until Enter takes it or Esc leaves it."""
        if self.combined.box.scene() is not None and self.combined.judged:
            self._setting_threshold = True
            self.setFocus()
            self.threshold_moved.emit(self._threshold.value)

    def _threshold_key(self, key: int) -> bool:
        threshold = self._threshold
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            threshold.put(threshold.value + (THRESHOLD_STEP if key == Qt.Key.Key_Up else -THRESHOLD_STEP))
            threshold.moved.emit(threshold.value)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._setting_threshold = False
            threshold.dropped.emit(threshold.value)
        elif key == Qt.Key.Key_Escape:
            self._setting_threshold = False
            self.combined.put_back()
            threshold.dropped.emit(1.0)
        else:
            return False
        return True

    # -- inside

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Decimate for the new width."""
        super().resizeEvent(event)
        if hasattr(self, "_rows"):
            self._share_height()
            self.ci.layout.activate()
            self.redraw(whole=True)

    def _strips(self) -> list[Strip]:
        scored = [*self.lanes, self.combined] if self.combined.box.scene() is not None else []
        return [self.values, *scored, self.focus]

    def _listen(self, strip: Strip) -> None:
        strip.box.clicked.connect(self._on_clicked)
        strip.box.double_clicked.connect(self.double_clicked)
        strip.box.brushed.connect(self._on_brushed)
        strip.box.asked.connect(self.asked)
        self.labels.listen(strip.box)

    def _on_clicked(self, place: QPointF) -> None:
        self.setFocus()
        self.clicked.emit(self.values.sample_at(place), self.values.mark_at(place))

    def _on_brushed(self, one: QPointF, other: QPointF, done: bool) -> None:
        ends = sorted(min(max(self.values.sample_at(place), 0), self.window.length - 1) for place in (one, other))
        mask = np.zeros(self.window.length, bool)
        mask[ends[0] : ends[1] + 1] = True
        self.values.choose(mask, None)
        if done:
            self.brushed.emit(ends[0], ends[1] + 1)

    def _lay_out(self, lanes: Sequence[Lane], *, with_score: bool = False) -> None:
        """Put the rows into the grid anew: values, lanes, combined, times, the whole series."""
        self.ci.clear()
        self.labels.forget(len(self.lanes))
        self.lanes = []
        for lane in lanes:
            strip = ScoreStrip(self.window, lane.detector)
            strip.set_palette(self._palette)
            self._listen(strip)
            self.lanes.append(strip)
        grid = self.ci.layout
        self._rows: list[tuple[Strip | Axis, tuple[int, int]]] = [(self.values, VALUES)]
        self._rows += [(strip, LANE) for strip in self.lanes]
        self._rows += [(self.combined, COMBINED)] if with_score else []
        self._rows += [(self._times, (TIME, TIME)), (self.focus, FOCUS)]
        for number, (row, _) in enumerate(self._rows):
            if isinstance(row, Axis):
                self.addItem(row, number, 1)
            else:
                for column, item in enumerate((row.left, row.box, row.right)):
                    self.addItem(item, number, column)
            grid.setRowSpacing(number, 0 if isinstance(row, Axis) else GAP)
        for number in range(len(self._rows), MOST_ROWS):
            grid.setRowFixedHeight(number, 0)
        self._share_height()
        grid.setColumnFixedWidth(0, LEFT)
        grid.setColumnFixedWidth(2, RIGHT)
        grid.setColumnStretchFactor(1, 1)
        least = sum(TIGHT if bounds is LANE else bounds[0] for _, bounds in self._rows)
        self.setMinimumHeight(least + GAP * len(self._rows))
        self.ci.setGeometry(self.range)  # while it was empty the layout had shrunk to its fixed columns

    def _share_height(self) -> None:
        """Give every row its height: its least where room is short; the values grow first and take what is left.

        Where they would be too low to read the detector lanes are no more than their colours.
        """
        room = self.height() - GAP * (len(self._rows) - 1)
        tight = room < WORTHWHILE + sum(least for _, (least, _) in self._rows[1:])
        others = [(TIGHT, TIGHT) if tight and bounds is LANE else bounds for _, bounds in self._rows[1:]]
        least, most = (sum(bounds[i] for bounds in others) for i in (0, 1))
        grown = min(1.0, max(0.0, (room - VALUES[1] - least) / max(1, most - least)))
        heights = [VALUES[0], *(round(low + grown * (high - low)) for low, high in others)]
        heights[0] += max(0, room - sum(heights))
        for number, height in enumerate(heights):
            self.ci.layout.setRowFixedHeight(number, height)
