"""Labelling by hand on the plot: a drag labels a stretch, a drag from the end of one moves that end."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QPointF, Qt, Signal

from engine.labelling.hand_labels import LabelRow, moved_edge
from gui.plots.strip import TimeBox
from gui.plots.time_window import TimeWindow
from gui.plots.value_strip import ValueStrip

REACH = 6.0
"""How near to the end of a stretch a drag takes hold of it, pixels."""
ANOMALOUS, NORMAL, NOTHING = 1, 0, -1
"""What can be drawn: the label of an anomaly, of normal periods, or none."""


class LabelBrush(QObject):
    """The labels of the series in sight, and what the pointer does to them.

    Signals:
        drawn(LabelRow, int): the labels (T,) as they are now; what was drawn, None where an end was moved.
    """

    drawn = Signal(object, object)

    def __init__(self, strip: ValueStrip, window: TimeWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._strip, self._window = strip, window
        self._row: LabelRow | None = None
        self._held: int | None = None
        self._dragging = False
        self._boxes: list[TimeBox] = []
        self.kind = ANOMALOUS
        """What a drag draws."""

    def listen(self, box: TimeBox) -> None:
        """Take drags on a plotting area."""
        self._boxes.append(box)
        box.labelling = self.on
        box.labelled.connect(self._on_drag)

    def forget(self, boxes: int) -> None:
        """Let go of the last `boxes` plotting areas."""
        del self._boxes[len(self._boxes) - boxes :]

    def point(self, place: QPointF) -> None:
        """Say by the shape of the pointer whether a drag from this place in the scene moves an end."""
        if self.on and not self._dragging:
            near = self.edge_at(place) is not None
            self._strip.box.setCursor(Qt.CursorShape.SizeHorCursor if near else Qt.CursorShape.CrossCursor)

    @property
    def on(self) -> bool:
        """Whether a drag labels."""
        return bool(self._boxes) and self._boxes[0].labelling

    def switch(self, *, on: bool) -> None:
        """Have drags label, or pan as before."""
        for box in self._boxes:
            box.labelling = on
            box.setCursor(Qt.CursorShape.CrossCursor if on else Qt.CursorShape.ArrowCursor)
        for item in (self._strip.anomalous, self._strip.normal):
            item.set_grips(shown=on)

    def show_row(self, row: LabelRow | None) -> None:
        """Show the labels of a series (T,); None where there is none."""
        self._row = row
        self._preview(row)

    def edge_at(self, place: QPointF) -> int | None:
        """The end of a labelled stretch under a place in the scene: the sample it stands before; None elsewhere."""
        row = self._row
        if row is None or not len(row):
            return None
        sample = self._strip.box.mapSceneToView(place).x()
        reach = REACH * self._window.span / self._strip.pixels
        low, high = max(0, int(np.ceil(sample - reach))), min(len(row), int(np.floor(sample + reach)))
        near = [
            edge
            for edge in range(low, high + 1)
            if (row[edge - 1] if edge > 0 else NOTHING) != (row[edge] if edge < len(row) else NOTHING)
        ]
        return min(near, key=lambda edge: abs(edge - sample), default=None)

    def stretch_at(self, sample: int) -> tuple[int, int] | None:
        """[start, stop) of the labelled stretch that holds a sample; None where nothing is labelled."""
        row = self._row
        if row is None or not 0 <= sample < len(row) or row[sample] == NOTHING:
            return None
        other = np.flatnonzero(row != row[sample])
        after = int(np.searchsorted(other, sample))
        start = int(other[after - 1]) + 1 if after else 0
        return start, int(other[after]) if after < len(other) else len(row)

    def label_at(self, sample: int) -> int:
        """What a sample is labelled."""
        return NOTHING if self._row is None or not 0 <= sample < len(self._row) else int(self._row[sample])

    # -- inside

    def _on_drag(self, begin: QPointF, end: QPointF, done: bool) -> None:
        if self._row is None:
            return
        if not self._dragging:
            self._dragging, self._held = True, self.edge_at(begin)
        held = self._held
        row = self._row.copy()
        if held is not None:
            row = moved_edge(self._row, held, round(self._strip.box.mapSceneToView(end).x()))
        else:
            first, last = sorted(self._strip.sample_at(place) for place in (begin, end))
            row[first : last + 1] = self.kind
        self._preview(row)
        if done:
            self._dragging, self._held = False, None
            self.drawn.emit(row, None if held is not None else self.kind)

    def _preview(self, row: LabelRow | None) -> None:
        self._strip.show_labels(row)
        for item in (self._strip.anomalous, self._strip.normal):
            item.redraw(self._window, self._strip.pixels)
            item.update()
