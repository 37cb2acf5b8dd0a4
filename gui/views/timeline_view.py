"""One cell and KPI over time: what was measured, what was to be expected, where it is strange, and who says so."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from engine.data import Panel, Result
from engine.inspection.against import USUAL, WEEK, choices
from engine.inspection.closeup import alarms_at
from engine.text import tell
from gui.left import Left, Told, stretch_of
from gui.look.theme import GRID, palette_of, type_face
from gui.look.wording import cell_label
from gui.plots.labels_by_hand import LabelsByHand
from gui.plots.legend import Key, Legend
from gui.plots.mark_item import Mark
from gui.plots.series import Series, keys_of
from gui.plots.timeline_plot import TimelinePlot
from gui.prepared.digest import Digest
from gui.state import VOTE, AppState
from gui.widgets.heading import Heading, empty
from gui.widgets.label_button import LabelButton

WEEK_S = 604_800
_LABELLED = {1: (tell("label_anomalous"),), 0: (tell("label_normal"),)}


class TimelineView(QWidget):
    """Follows the selected cell, KPI and incident.

    Signals:
        drawn(str): how far the drawing is reduced, "drawn 1:12"; "" when every point is drawn.
        rearranged(): `as_left` may be another.
    """

    id: ClassVar[str] = "timeline"
    title: ClassVar[str] = tell("timeline_title")

    drawn = Signal(str)
    rearranged = Signal()

    _plot: TimelinePlot

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.against = USUAL
        """What the measurements are compared with, one of `choices`."""
        self._shown: tuple[Panel, Result | None, int, str, str] | None = None
        self._chosen: tuple[tuple[int, int] | None, int | None] | None = None
        self._digest: Digest | None = None
        self._series: Series | None = None
        self._keys: list[Key] = []

        self._heading = Heading(self.title)
        self._kpis = QComboBox()
        self._kpis.setToolTip(tell("timeline_kpi"))
        self._kpis.setAccessibleName(tell("timeline_kpi"))
        self._kpis.setMinimumWidth(16 * GRID)
        self._heading.add(self._kpis)
        for text, tip, act in (
            ("−", "timeline_zoom_out", lambda: self._plot.window.zoom(1.5)),
            ("+", "timeline_zoom_in", lambda: self._plot.window.zoom(1 / 1.5)),
            ("↔", "timeline_all", self._show_all),
        ):
            self._heading.add(_button(text, tell(tip), act))
        self.label_button = LabelButton()
        self._heading.add(self.label_button)
        self._readout = QLabel()
        self._readout.setFont(type_face())
        self._readout.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._readout.setMinimumWidth(20 * GRID)
        self._legend = Legend()
        line = QHBoxLayout()
        line.setContentsMargins(3 * GRID, 0, 2 * GRID, GRID)
        line.setSpacing(3 * GRID)
        line.addWidget(self._readout)
        line.addWidget(self._legend, 1)
        self._plot = TimelinePlot(palette_of(self))
        self.labels = LabelsByHand(state, self._plot)
        self._empty = empty()
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, GRID)
        body.setSpacing(0)
        body.addLayout(line)
        body.addWidget(self._plot, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._heading)
        box.addWidget(self._body, 1)
        box.addWidget(self._empty, 1)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setFocusProxy(self._plot)

        self._kpis.activated.connect(lambda i: state.select(kpi=self._kpis.itemData(i)))
        self._plot.pointed.connect(self._read)
        self._plot.window.changed.connect(self._read_span)
        self._plot.window.changed.connect(self.rearranged)
        self._plot.clicked.connect(self._on_clicked)
        self._plot.brushed.connect(lambda start, stop: state.select(incident=None, span=(start, stop)))
        self._plot.double_clicked.connect(self._fit)
        self._plot.drawn.connect(self._on_drawn)
        self._plot.threshold_moved.connect(self._preview_threshold)
        self._plot.threshold_dropped.connect(self._take_threshold)
        self.label_button.clicked.connect(lambda on: self.labels.switch(on=on))
        self.label_button.kind_chosen.connect(self.labels.choose)
        self.label_button.rest_chosen.connect(self.labels.rest_is_normal)
        self.labels.switched.connect(self.label_button.setChecked)
        self.labels.chosen.connect(self.label_button.show_kind)
        self.labels.changed.connect(self._show_keys)
        state.panel_changed.connect(self._refresh)
        state.result_changed.connect(self._refresh)
        state.selection_changed.connect(self._refresh)
        self._refresh()

    @property
    def plot(self) -> TimelinePlot:
        """The plot itself, for whoever looks at what it shows."""
        return self._plot

    @property
    def readout(self) -> str:
        """What stands in the line above the plot."""
        return self._readout.text()

    def choices(self) -> tuple[str, ...]:
        """What the series that is shown can be compared with."""
        series, digest = self._series, self._digest
        return choices(digest.result, series.kpi, series.cell) if series is not None and digest is not None else ()

    def compare_with(self, against: str) -> None:
        """Compare the measurements with something else, of this series and all that are shown after it."""
        self.against = against
        self._refresh()
        self.rearranged.emit()

    def as_left(self) -> Told:
        """What is in sight, and what the measurements are compared with."""
        panel, window = self._state.panel, self._plot.window
        seen = {} if panel is None or window.whole else stretch_of(panel, window.start, window.stop)
        return {"against": self.against, **seen}

    def put_back(self, left: Left) -> None:
        """Show what was in sight when it was left, as far as it is there."""
        if (against := left.text("against")) in self.choices():
            self.compare_with(against)
        panel = self._state.panel
        if panel is not None and self._plot.window.length == panel.shape[1]:
            self._plot.window.show(*(left.stretch(panel) or (0.0, float(panel.shape[1]))))

    def toggle_week(self) -> None:
        """Compare them with those of the week before, or with what is usual again."""
        self.compare_with(USUAL if self.against == WEEK else WEEK)

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._plot.set_palette(palette_of(self))

    # -- what is shown

    def _refresh(self) -> None:
        result, selection = self._state.result, self._state.selection
        panel = result.panel if result is not None else self._state.panel
        cell = selection.cell
        known = panel is not None and cell is not None and cell < panel.shape[0] and selection.kpi in panel.values
        self._body.setVisible(known)
        self._empty.setVisible(not known)
        self.label_button.setVisible(known)
        self._kpis.setVisible(known and panel is not None and len(panel.kpis) > 1)
        if not known or panel is None or cell is None:
            self._shown, self._series = None, None
            self._heading.set_title(self.title)
            self._heading.set_caption("")
            self._empty.setText(tell("timeline_nothing" if panel is None else "timeline_no_cell"))
            self.drawn.emit("")
            return
        shown = (panel, result, cell, selection.kpi, self.against)
        other = shown != self._shown
        if other:
            self._shown = shown
            self._show(panel, cell, selection.kpi)
        chosen = (selection.span, selection.incident)
        if other or chosen != self._chosen:
            self._chosen = chosen
            self._choose()
            self._plot.redraw(whole=other)

    def _show(self, panel: Panel, cell: int, kpi: str) -> None:
        digest = self._state.digest
        self._digest = digest if digest is not None and kpi in digest.result.verdicts else None
        self._series = series = Series(panel, cell, kpi, self._digest, self.against)
        self._heading.set_title(cell_label(panel, cell))
        self._heading.set_caption(series.caption)
        if [self._kpis.itemData(i) for i in range(self._kpis.count())] != [k.id for k in panel.kpis]:
            self._kpis.clear()
            for one in panel.kpis:
                self._kpis.addItem(one.id, one.id)
        self._kpis.setCurrentIndex(self._kpis.findData(kpi))
        values = series.values()
        self._plot.show_series(series.scale, values, series.close.score if series.close else None, series.lanes())
        self._keys = keys_of(values)
        self.labels.show()
        self._read(None)

    def _show_all(self) -> None:
        self._plot.window.show_all()

    def _show_keys(self) -> None:
        """Explain what is drawn."""
        row = self.labels.row
        keys = list(self._keys)
        if row is not None:
            keys += [key for key, value in ((Key.ANOMALOUS, 1), (Key.NORMAL, 0)) if (row == value).any()]
        self._legend.show_keys(keys, self._series.expected_label if self._series is not None else "")

    def _choose(self) -> None:
        """Emphasise the selected span and incident, and bring them into sight."""
        selection, length = self._state.selection, self._plot.window.length
        mask = None
        if selection.span is not None:
            start, stop = selection.span
            mask = np.zeros(length, bool)
            mask[max(0, start) : stop] = True
            self._plot.window.reveal(start, stop, self._context())
        self._plot.values.choose(mask, selection.incident)

    def _context(self) -> float:
        """Samples of a fortnight: what is shown around a selected span."""
        panel = self._state.panel
        return 2.0 * WEEK_S / panel.period_s if panel else 0.0

    def _fit(self) -> None:
        span, incident = self._state.selection.span, self._state.selection.incident
        if span is None or (incident is None and span[1] - span[0] == 1):  # the point that the click itself selected
            self._plot.window.show_all()
        else:
            middle, width = (span[0] + span[1]) / 2.0, max(3.0 * (span[1] - span[0]), self._context() / 7.0)
            self._plot.window.show(middle - width / 2.0, middle + width / 2.0)

    def _on_drawn(self, step: int) -> None:
        self.drawn.emit("" if step == 1 else tell("plot_drawn", step=step))

    # -- pointing and choosing

    def _read_span(self) -> None:
        if self._plot.cursor is None:
            self._read(None)

    def _read(self, sample: int | None) -> None:
        """Write what is known of a sample, or the stretch of time in sight."""
        if self._series is None:
            return
        if sample is not None:
            labelled = _LABELLED.get(self._plot.labels.label_at(sample), ())
            self._readout.setText(" · ".join([self._series.describe(sample), *labelled]))
            return
        scale, window = self._series.scale, self._plot.window
        last = math.ceil(max(window.start, window.stop - 1))
        self._readout.setText(tell("plot_span", first=scale.text(window.start), last=scale.text(last)))

    def _on_clicked(self, sample: int, mark: Mark | None) -> None:
        """A click on a mark or inside an anomaly selects it with its incident; elsewhere it selects the point alone.

        While drags label, a click on a label selects its stretch.
        """
        if self.labels.take(sample):
            return
        if mark is not None:
            self._state.select(incident=mark.incident, span=(mark.start, mark.stop))
            return
        series, digest = self._series, self._digest
        anomaly = digest.at(series.cell, series.kpi, sample) if digest and series else None
        incident = digest.incident_of.get(anomaly.id) if digest and anomaly else None
        span = (anomaly.start, anomaly.stop) if anomaly else (sample, sample + 1) if digest else None
        self._state.select(incident=incident.id if incident else None, span=span)

    # -- the threshold

    def _preview_threshold(self, factor: float) -> None:
        series, digest = self._series, self._digest
        if series is None or digest is None:
            return
        alarms = alarms_at(digest.result, series.kpi, series.cell, factor)
        self._readout.setText(
            tell("timeline_would_be", times=f"{factor:.2f}", alarms=alarms, before=len(series.anomalies))
        )

    def _take_threshold(self, factor: float) -> None:
        series, digest = self._series, self._digest
        if series is None or digest is None:
            return
        if math.isclose(factor, 1.0, abs_tol=0.005):
            self._plot.combined.put_back()
            self._read(None)
            return
        moved = digest.result.thresholds[series.kpi].get(VOTE, 1.0) * factor
        self._state.choose_threshold(series.kpi, VOTE, moved, tell("choice_threshold", kpi=series.kpi))


def _button(text: str, tip: str, act: Callable[[], None]) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setAutoRaise(True)
    button.clicked.connect(lambda _checked=False: act())
    return button
