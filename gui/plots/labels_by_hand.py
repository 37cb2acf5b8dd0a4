"""Labelling the series in sight: what brush, keys and menu do to the labels of the open data."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtWidgets import QMenu

from engine.labelling.hand_labels import LabelRow
from engine.text import tell
from gui.plots.label_brush import ANOMALOUS, NORMAL, NOTHING
from gui.plots.timeline_plot import TimelinePlot
from gui.said.labelling import Series
from gui.state import AppState

NAMES = {ANOMALOUS: "anomalous", NORMAL: "normal", NOTHING: "nothing"}


class LabelsByHand(QObject):
    """Shows the labels of the selected series on a plot, and takes what is drawn there.

    Signals:
        switched(bool): drags label now, or pan.
        chosen(int): what a drag draws: `ANOMALOUS`, `NORMAL` or `NOTHING`.
        changed(): the labels in sight are others.
    """

    switched = Signal(bool)
    chosen = Signal(int)
    changed = Signal()

    def __init__(self, state: AppState, plot: TimelinePlot) -> None:
        super().__init__(plot)
        self._state, self._plot, self._brush = state, plot, plot.labels
        self._brush.drawn.connect(self._on_drawn)
        plot.asked.connect(self._offer)
        state.labelling.changed.connect(self._on_changed)

    @property
    def row(self) -> LabelRow | None:
        """The labels of the selected series (T,); None while none is selected."""
        series = self._series()
        return None if series is None else self._state.labelling.row(series)

    def show(self) -> None:
        """Show the labels of the series that is selected now."""
        self._brush.show_row(self.row)
        self.changed.emit()

    def switch(self, *, on: bool) -> None:
        """Have drags label, or pan."""
        if on != self._brush.on:
            self._brush.switch(on=on)
            self.switched.emit(on)

    def toggle(self) -> None:
        """Have drags label if they pan, pan if they label."""
        self.switch(on=not self._brush.on)

    def choose(self, kind: int) -> None:
        """Have drags draw this from now on."""
        self._brush.kind = kind
        self.chosen.emit(kind)
        self.switch(on=True)

    def label(self, kind: int) -> None:
        """Label the selected stretch; where none is selected, drags draw this from now on."""
        series, span = self._series(), self._state.selection.span
        if series is not None and span is not None:
            self._state.labelling.label(series, *span, kind, tell(f"label_undo_{NAMES[kind]}"))
        elif kind != NOTHING:
            self.choose(kind)
        elif self._plot.cursor is not None:
            self._remove(self._plot.cursor)

    def rest_is_normal(self) -> None:
        """Label as normal what nobody has labelled in the selected series."""
        series, row = self._series(), self.row
        if series is not None and row is not None:
            changed = row.copy()
            changed[row == NOTHING] = NORMAL
            self._state.labelling.put(series, changed, tell("label_undo_normal"))

    def take(self, sample: int) -> bool:
        """Select the labelled stretch that holds a sample, if drags label and there is one."""
        stretch = self._brush.stretch_at(sample) if self._brush.on else None
        if stretch is not None:
            self._state.select(incident=None, span=stretch)
        return stretch is not None

    # -- inside

    def _series(self) -> Series | None:
        selection, panel = self._state.selection, self._state.panel
        if panel is None or selection.cell is None or selection.kpi not in panel.values:
            return None
        return selection.kpi, selection.cell

    def _on_drawn(self, row: LabelRow, kind: int | None) -> None:
        series = self._series()
        if series is not None:
            text = tell("label_undo_moved") if kind is None else tell(f"label_undo_{NAMES[kind]}")
            self._state.labelling.put(series, row, text)

    def _on_changed(self, changed: Series | None) -> None:
        series = self._series()
        if series is not None and changed in (None, series):
            self.show()

    def _remove(self, sample: int) -> None:
        series, stretch = self._series(), self._brush.stretch_at(sample)
        if series is not None and stretch is not None:
            self._state.labelling.label(series, *stretch, NOTHING, tell("label_undo_nothing"))

    def _offer(self, scene: QPointF, screen: QPoint) -> None:
        """What can be done at a place: to the selected stretch, and to the label that is there."""
        if self._series() is None:
            return
        sample, span = self._plot.values.sample_at(scene), self._state.selection.span
        menu = QMenu(self._plot)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for kind in (ANOMALOUS, NORMAL):
            action = menu.addAction(tell(f"label_as_{NAMES[kind]}"))
            action.setEnabled(span is not None)
            action.triggered.connect(lambda _checked=False, kind=kind: self.label(kind))
        remove = menu.addAction(tell("label_as_nothing"))
        remove.setEnabled(self._brush.stretch_at(sample) is not None)
        remove.triggered.connect(lambda: self._remove(sample))
        menu.addSeparator()
        menu.addAction(tell("label_rest")).triggered.connect(self.rest_is_normal)
        brush = menu.addAction(tell("label_brush"))
        brush.setCheckable(True)
        brush.setChecked(self._brush.on)
        brush.triggered.connect(self.toggle)
        menu.popup(screen)
