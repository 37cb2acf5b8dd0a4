"""One cell and KPI over time: what was measured, what was to be expected, where it is strange, and who says so."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from engine.closeup import CloseUp, alarms_at, close_up, strangest
from engine.data import Anomaly, BoolArray, Flag, Incident, KpiKind, Panel, Result, Severity
from engine.detectors import DETECTORS
from engine.summary import incident_by_anomaly
from engine.text import say, tell
from gui.plots.legend import Key, Legend
from gui.plots.mark_item import Mark
from gui.plots.ticks import TimeScale, compact
from gui.plots.timeline_plot import Lane, TimelinePlot
from gui.plots.value_strip import Values
from gui.state import VOTE, AppState
from gui.theme import GRID, palette_of, type_face
from gui.widgets.heading import Heading, empty

WEEK_S = 604_800
_LABELS = {detector.id: detector.label for detector in DETECTORS}


class TimelineView(QWidget):
    """Follows the selected cell, KPI and incident.

    Signals:
        drawn(str): how far the drawing is reduced, "drawn 1:12"; "" when every point is drawn.
    """

    id: ClassVar[str] = "timeline"
    title: ClassVar[str] = tell("timeline_title")

    drawn = Signal(str)

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._shown: tuple[int, int, int | None, str] | None = None
        self._indexed: Result | None = None
        self._by_series: dict[tuple[int, str], list[Anomaly]] = {}
        self._incident_of: dict[int, Incident] = {}
        self._named: BoolArray | None = None
        self._close: CloseUp | None = None
        self._alarms_now = 0

        self._heading = Heading(self.title)
        self._kpis = QComboBox()
        self._kpis.setToolTip(tell("timeline_kpi"))
        self._kpis.setAccessibleName(tell("timeline_kpi"))
        self._heading.add(self._kpis)
        for text, tip, act in (
            ("−", "timeline_zoom_out", lambda: self._plot.window.zoom(1.5)),
            ("+", "timeline_zoom_in", lambda: self._plot.window.zoom(1 / 1.5)),
            ("↔", "timeline_all", lambda _=False: self._plot.window.show_all()),
        ):
            self._heading.add(_button(text, tell(tip), act))
        self._readout = QLabel()
        self._readout.setFont(type_face())
        self._readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._legend = Legend()
        line = QHBoxLayout()
        line.setContentsMargins(3 * GRID, 0, 2 * GRID, GRID)
        line.addWidget(self._readout, 1)
        line.addWidget(self._legend)
        self._plot = TimelinePlot(palette_of(self))
        self._empty = empty()
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 2 * GRID)
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
        self._plot.clicked.connect(self._on_clicked)
        self._plot.double_clicked.connect(self._fit)
        self._plot.drawn.connect(self._on_drawn)
        self._plot.threshold_moved.connect(self._preview_threshold)
        self._plot.threshold_dropped.connect(self._take_threshold)
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

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._plot.set_palette(palette_of(self))

    # -- what is shown

    def _refresh(self) -> None:
        panel, selection = self._state.panel, self._state.selection
        cell = selection.cell
        known = panel is not None and cell is not None and cell < panel.shape[0] and selection.kpi in panel.values
        self._body.setVisible(known)
        self._empty.setVisible(not known)
        self._kpis.setVisible(known and panel is not None and len(panel.kpis) > 1)
        if not known or panel is None or cell is None:
            self._shown = None
            self._heading.set_title(self.title)
            self._heading.set_caption("")
            self._empty.setText(tell("timeline_nothing" if panel is None else "timeline_no_cell"))
            self.drawn.emit("")
            return
        shown = (id(panel), id(self._state.result), cell, selection.kpi)
        other = shown != self._shown
        if other:
            self._show(panel, cell, selection.kpi)
            self._shown = shown
        self._choose()
        self._plot.redraw(whole=other)

    def _show(self, panel: Panel, cell: int, kpi: str) -> None:
        result = self._state.result
        if result is not None and kpi not in result.verdicts:
            result = None
        self._index(result)
        self._heading.set_title(panel.cells[cell].name or panel.cells[cell].id)
        self._heading.set_caption(_caption(panel, cell, kpi))
        if [self._kpis.itemData(i) for i in range(self._kpis.count())] != [k.id for k in panel.kpis]:
            self._kpis.clear()
            for one in panel.kpis:
                self._kpis.addItem(one.id, one.id)
        self._kpis.setCurrentIndex(self._kpis.findData(kpi))
        close = close_up(result, kpi, cell) if result is not None else None
        self._close = close
        values = self._values(panel, result, close, cell, kpi)
        lanes = _lanes(close) if close is not None else []
        self._plot.show_series(
            TimeScale(panel.times[0], panel.period_s, panel.zone),
            values,
            close.score if close is not None else None,
            lanes,
        )
        self._alarms_now = len(self._by_series.get((cell, kpi), ()))
        self._legend.show_keys(_keys(values))
        self._read(None)

    def _values(self, panel: Panel, result: Result | None, close: CloseUp | None, cell: int, kpi: str) -> Values:
        measured, flags = panel.values[kpi][cell], panel.flags[kpi][cell]
        clock = result.clock if result is not None else None
        return Values(
            measured=measured,
            expected=_some(close.expected) if close else None,
            lower=_some(close.lower) if close else None,
            upper=_some(close.upper) if close else None,
            from_zero=panel.kpi(kpi).kind is KpiKind.COUNT,
            weekend=clock.weekend if clock else None,
            holiday=self._named,
            day_names=clock.event if clock else (),
            suspect=(flags & Flag.SUSPECT) != 0,
            imputed=(flags & Flag.IMPUTED) != 0,
            maintenance=(flags & Flag.MAINTENANCE) != 0,
            marks=[self._mark(a, close) for a in self._by_series.get((cell, kpi), ())] if close else (),
        )

    def _mark(self, anomaly: Anomaly, close: CloseUp) -> Mark:
        incident = self._incident_of.get(anomaly.id)
        peak = strangest(anomaly, close.score)
        return Mark(
            anomaly=anomaly.id,
            incident=incident.id if incident else None,
            severity=incident.severity if incident else Severity.WARNING,
            start=anomaly.start,
            stop=anomaly.stop,
            peak=peak,
            value=float(close.measured[peak]),
            score=anomaly.score,
        )

    def _index(self, result: Result | None) -> None:
        """Sort the anomalies of another result by series."""
        if result is self._indexed:
            return
        self._indexed = result
        self._by_series = defaultdict(list)
        for anomaly in result.anomalies if result else ():
            self._by_series[anomaly.cell, anomaly.kpi].append(anomaly)
        self._incident_of = incident_by_anomaly(result) if result else {}
        self._named = np.fromiter(map(bool, result.clock.event), bool) if result else None

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
        span = self._state.selection.span
        if span is None:
            self._plot.window.show_all()
        else:
            middle, width = (span[0] + span[1]) / 2.0, max(3.0 * (span[1] - span[0]), self._context() / 7.0)
            self._plot.window.show(middle - width / 2.0, middle + width / 2.0)

    def _on_drawn(self, step: int) -> None:
        self.drawn.emit("" if step == 1 else tell("plot_drawn", step=step))

    # -- pointing and choosing

    def edit_threshold(self) -> None:
        """Let the arrow keys move the threshold."""
        self._plot.take_threshold()

    def _read_span(self) -> None:
        if self._plot.cursor is None:
            self._read(None)

    def _read(self, sample: int | None) -> None:
        """Write what is known of a sample, or the stretch of time in sight."""
        scale, close = self._plot.scale, self._close
        if scale is None:
            return
        if sample is None:
            window = self._plot.window
            last = math.ceil(max(window.start, window.stop - 1))
            self._readout.setText(tell("plot_span", first=scale.text(window.start), last=scale.text(last)))
            return
        panel, selection = self._state.panel, self._state.selection
        if panel is None or selection.cell is None or selection.kpi not in panel.values:
            return
        measured = float(panel.values[selection.kpi][selection.cell, sample])
        parts = [scale.text(sample)]
        if math.isnan(measured):
            parts.append(tell("timeline_read_missing"))
        else:
            parts.append(tell("timeline_read_measured", value=compact(measured)))
        if close is not None:
            parts += _expected_text(close, sample)
            if np.isfinite(close.score[sample]):
                parts.append(tell("timeline_read_score", score=compact(float(close.score[sample]))))
        flags = int(panel.flags[selection.kpi][selection.cell, sample])
        for flag, name in (
            (Flag.SUSPECT, "timeline_suspect"),
            (Flag.IMPUTED, "timeline_imputed"),
            (Flag.MAINTENANCE, "timeline_maintenance"),
        ):
            if flags & flag:
                parts.append(tell(name))
        if self._indexed is not None and self._indexed.clock.event[sample]:
            parts.append(self._indexed.clock.event[sample])
        self._readout.setText(" · ".join(parts))

    def _on_clicked(self, sample: int, mark: Mark | None) -> None:
        """A mark selects its incident and its own span; elsewhere a click lets go of the incident."""
        if mark is not None:
            self._state.select(incident=mark.incident, span=(mark.start, mark.stop))
            return
        inside = [
            a
            for a in self._by_series.get((self._state.selection.cell or 0, self._state.selection.kpi), ())
            if a.start <= sample < a.stop
        ]
        if inside:
            incident = self._incident_of.get(inside[0].id)
            self._state.select(incident=incident.id if incident else None, span=(inside[0].start, inside[0].stop))
        else:
            self._state.select(incident=None, span=None)

    # -- the threshold

    def _preview_threshold(self, factor: float) -> None:
        result, selection = self._indexed, self._state.selection
        if result is None or selection.cell is None:
            return
        alarms = alarms_at(result, selection.kpi, selection.cell, factor)
        self._readout.setText(tell("timeline_would_be", times=f"{factor:.2f}", alarms=alarms, before=self._alarms_now))

    def _take_threshold(self, factor: float) -> None:
        result, kpi = self._indexed, self._state.selection.kpi
        if result is None:
            return
        if math.isclose(factor, 1.0, abs_tol=0.005):
            self._plot.combined.put_back()
            self._read(None)
            return
        self._state.set_threshold(kpi, VOTE, result.thresholds[kpi].get(VOTE, 1.0) * factor)


def _some(values: np.ndarray) -> np.ndarray | None:
    """The array, or None where it knows nothing at all."""
    return values if np.isfinite(values).any() else None


def _caption(panel: Panel, cell: int, kpi: str) -> str:
    known, measure = panel.cells[cell], panel.kpi(kpi)
    what = tell("timeline_unit", kpi=kpi, unit=measure.unit) if measure.unit and measure.unit != kpi else kpi
    return " · ".join(part for part in (known.site, what) if part)


def _keys(values: Values) -> list[Key]:
    keys = [Key.MEASURED]
    keys += [Key.EXPECTED] if values.expected is not None else []
    keys += [Key.BAND] if values.lower is not None and values.upper is not None else []
    keys += [Key.HOLIDAY] if values.holiday is not None and values.holiday.any() else []
    keys += [Key.MISSING] if np.isnan(values.measured).any() else []
    flagged = ((Key.SUSPECT, values.suspect), (Key.IMPUTED, values.imputed), (Key.MAINTENANCE, values.maintenance))
    return keys + [key for key, mask in flagged if mask is not None and mask.any()]


def _lanes(close: CloseUp) -> list[Lane]:
    lanes = []
    for name, score in close.margins.items():
        why = close.silent[name]
        lanes.append(Lane(name, _LABELS.get(name, name), score, say(why) if why is not None else ""))
    return lanes


def _expected_text(close: CloseUp, sample: int) -> list[str]:
    expected = float(close.expected[sample])
    if math.isnan(expected):
        return []
    low, high = float(close.lower[sample]), float(close.upper[sample])
    if math.isnan(low) or math.isnan(high):
        return [tell("timeline_read_expected", value=compact(expected))]
    return [tell("timeline_read_band", value=compact(expected), low=compact(low), high=compact(high))]


def _button(text: str, tip: str, act) -> QToolButton:  # noqa: ANN001
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setAutoRaise(True)
    button.clicked.connect(act)
    return button
