"""The map with its time below it: play, drag, and what stands there when there are no positions."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QIcon, QPainter, QPixmap, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from engine.data import FloatArray, IntArray, Result
from engine.palette import Palette
from engine.text import tell
from gui.look.theme import GRID, palette_of, type_face
from gui.look.wording import cell_label, moment, moment_iso
from gui.plots.cell_map import CellMap
from gui.plots.places import places_of
from gui.plots.ticks import TimeScale, compact
from gui.plots.time_slider import TimeSlider
from gui.prepared.lane_rows import LaneRows


class MapPanel(QWidget):
    """The cells of a result at one moment.

    Signals:
        chosen(int, int): the cell that was clicked, and the period shown.
    """

    chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map = CellMap()
        self.slider = TimeSlider()
        self._result: Result | None = None
        self._kpis: tuple[str, ...] = ()
        self._rows: LaneRows | None = None
        self._play = QToolButton()
        self._play.setAutoRaise(True)
        self._play.clicked.connect(self.slider.toggle)
        self._time = QLabel()
        self._time.setFont(type_face(bold=True))
        self._empty = QLabel(tell("map_empty"))
        self._empty.setProperty("role", "empty")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        line = QHBoxLayout()
        line.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        line.setSpacing(2 * GRID)
        line.addWidget(self._play)
        line.addWidget(self._time)
        line.addWidget(self.slider, 1)
        self._time.setFixedWidth(self._time.fontMetrics().horizontalAdvance("Wed 22 Mar 22:22:22"))
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(GRID)
        body.addWidget(self.map, 1)
        body.addLayout(line)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._body, 1)
        box.addWidget(self._empty, 1)
        self.slider.moved.connect(self._paint_moment)
        self.slider.playing_changed.connect(self._show_playing)
        self.map.chosen.connect(lambda cell: self.chosen.emit(cell, self.slider.moment))
        self._show_playing(False)

    def show_result(
        self, result: Result | None, kpis: tuple[str, ...], rows: LaneRows | None, alarmed: IntArray
    ) -> None:
        """Show another result: `kpis` of it, their anomalies `rows`, and `alarmed` (T,) cells in alarm."""
        before = self._result.panel if self._result is not None else None
        same = result is not None and before is not None and result.panel.cells == before.cells
        self._result, self._kpis, self._rows = result, kpis, rows
        if result is None:
            self.map.show_places(None, str)
            self.slider.show_times(None, np.empty(0, np.int64))
        elif not same:
            panel = result.panel
            self.map.show_places(places_of(panel.cells), partial(self._tip))
            self.slider.show_times(TimeScale.of(panel), alarmed)
            self.slider.move_to(int(np.argmax(alarmed)) if len(alarmed) else 0)
        else:
            self.slider.show_times(TimeScale.of(result.panel), alarmed)
        empty = result is not None and self.map.empty
        self._empty.setVisible(empty)
        self._body.setVisible(not empty)
        self._paint_moment()

    def select(self, cell: int | None, span: tuple[int, int] | None) -> None:
        """Ring a cell, and go to the begin of a stretch of time unless it is shown already."""
        self.map.select(cell)
        if span is not None and not self.slider.playing and not span[0] <= self.slider.moment < span[1]:
            self.slider.move_to(span[0])

    def toggle_play(self) -> None:
        """Play or stop."""
        if self._result is not None and not self.map.empty:
            self.slider.toggle()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing runs out of sight."""
        super().hideEvent(event)
        self.slider.stop()

    def _paint_moment(self) -> None:
        if self._result is None or self._rows is None or not self._kpis:
            self._time.setText("")
            return
        now = self.slider.moment
        self._time.setText(moment(self._result.panel, now))
        self._time.setToolTip(moment_iso(self._result.panel, now))
        self.map.show_moment(self._scores(now), self._rows.gravest(now, now + 1))

    def _scores(self, now: int) -> FloatArray:
        """(C,) the highest score of the KPIs shown, NaN where there is none."""
        result = self._result
        scores = [result.verdicts[kpi].score[:, now] for kpi in self._kpis] if result else []
        highest: FloatArray = np.fmax.reduce(scores)
        return highest

    def _tip(self, cell: int) -> str:
        result, now = self._result, self.slider.moment
        if result is None:
            return ""
        scored = [(float(result.verdicts[kpi].score[cell, now]), kpi) for kpi in self._kpis]
        score, kpi = max(scored, key=lambda pair: -math.inf if math.isnan(pair[0]) else pair[0])
        return tell(
            "map_tip",
            cell=cell_label(result.panel, cell),
            time=moment(result.panel, now),
            iso=moment_iso(result.panel, now),
            kpi=kpi,
            score=compact(score),
        )

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_play"):
            self._show_playing(self.slider.playing)

    def _show_playing(self, playing: bool) -> None:
        self._play.setIcon(_icon(palette_of(self), pause=playing))
        self._play.setToolTip(tell("map_pause" if playing else "map_play"))
        self._play.setAccessibleName(tell("map_pause" if playing else "map_play"))


def _icon(palette: Palette, *, pause: bool) -> QIcon:
    """A triangle or two bars in the colour of text, sharp up to three times the size."""
    side, scale = 16, 3
    pixmap = QPixmap(side * scale, side * scale)
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.text))
    if pause:
        painter.drawRect(QRectF(4, 3, 3, 10))
        painter.drawRect(QRectF(9, 3, 3, 10))
    else:
        painter.drawPolygon(QPolygonF([QPointF(4, 3), QPointF(13, 8), QPointF(4, 13)]))
    painter.end()
    return QIcon(pixmap)
