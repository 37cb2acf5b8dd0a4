"""The whole network at a glance: lanes (cells against time, worst first), map, hour against weekday."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from engine.data import BoolArray, Incident, IntArray, Panel, Result
from engine.inspection.hours import meets
from engine.inspection.rhythm import cells_in_alarm
from engine.text import tell
from gui.left import Left, Told, stretch_of
from gui.look.theme import GRID
from gui.look.wording import cell_label, lasting, moment, moment_iso
from gui.plots.map_panel import MapPanel
from gui.plots.swim_lanes import Lanes, SwimLanes
from gui.plots.ticks import TimeScale, compact
from gui.plots.week_panel import WeekPanel
from gui.prepared.lane_order import count_incidents, order_lanes
from gui.prepared.lane_rows import RANKS, LaneRows
from gui.state import AppState
from gui.widgets.folding import Folding
from gui.widgets.heading import Line, empty
from gui.widgets.hours_button import hours_in_words
from gui.widgets.lane_controls import LaneControls

PAGES = ("lanes", "map", "week")
_STILL_MS = 300
"""Time has stopped moving for so long before lanes are put in the order of what is in sight."""


class OverviewView(QWidget):
    """Three looks at a result; a click in any of them selects cell and time.

    Signals:
        rearranged(): `as_left` may be another.
    """

    id: ClassVar[str] = "overview"
    title: ClassVar[str] = tell("overview_title")

    rearranged = Signal()

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._shown: object = None
        self._rows: LaneRows | None = None
        self._found: LaneRows | None = None
        self._seen: LaneRows | None = None
        self._sorted_at: tuple[int, int] | None = None
        self._order: IntArray = np.empty(0, np.int64)
        self._alarmed: IntArray = np.empty(0, np.int64)
        self._stale: set[str] = set()

        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(False)  # three names: what is beside them gives way
        for page in PAGES:
            self.tabs.setTabToolTip(self.tabs.addTab(tell(f"overview_{page}")), tell(f"overview_{page}_tip"))
        self._caption = Line("caption", Qt.TextElideMode.ElideRight)
        self._caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.kpis = _combo(tell("overview_kpi"))
        self.kpis.setMinimumWidth(22 * GRID)
        self.kpis.setMaximumWidth(34 * GRID)
        self.controls = LaneControls()
        head = QHBoxLayout()
        head.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        head.setSpacing(2 * GRID)
        head.addWidget(self.tabs)
        head.addWidget(self._caption, 1)
        self._lane_controls = Folding(self.controls, tell("lanes_controls"), tell("lanes_controls_tip"))
        head.addWidget(self._lane_controls)
        head.addWidget(self.kpis)

        self.lanes, self.map, self.week = SwimLanes(), MapPanel(), WeekPanel()
        self._empty = empty()
        self._pages = QStackedWidget()
        for shown in (self.lanes, self.map, self.week, self._empty):
            self._pages.addWidget(shown)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(self.controls.problem)
        box.addWidget(self._pages, 1)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)

        self.tabs.currentChanged.connect(self._turn)
        self.kpis.activated.connect(self._refresh)
        self.controls.changed.connect(self._arrange)
        for changed in (self.tabs.currentChanged, self.kpis.activated, self.controls.changed):
            changed.connect(lambda *_: self.rearranged.emit())
        self.lanes.window.changed.connect(self.rearranged)
        self.lanes.chosen.connect(self._on_lane)
        self.lanes.stepped.connect(lambda cell: state.select(cell=cell, incident=None, span=None))
        self.lanes.window.changed.connect(self._moved)
        self.lanes.divided.connect(self._write_caption)
        self._still = QTimer(self, interval=_STILL_MS, singleShot=True)
        self._still.timeout.connect(self._arrange)
        self.map.chosen.connect(lambda cell, moment: self._choose(cell, moment, moment + 1))
        state.panel_changed.connect(self._refresh)
        state.result_changed.connect(self._refresh)
        state.outline_changed.connect(self._outline)
        state.hours_changed.connect(self._narrow)
        state.selection_changed.connect(self._follow)
        self._refresh()

    @property
    def caption(self) -> str:
        """What stands beside the tabs."""
        return self._caption.whole

    def as_left(self) -> Told:
        """Which look it is, at which KPI, of which lanes in which order, and the time in sight."""
        panel, window = self._state.panel, self.lanes.window
        seen = {} if panel is None or window.whole else stretch_of(panel, window.start, window.stop)
        return {
            "page": PAGES[self.tabs.currentIndex()],
            "kpi": self.kpis.currentData() or "",
            "lanes": self.controls.as_left(),
            **seen,
        }

    def put_back(self, left: Left) -> None:
        """Look at it as when it was left, as far as it is there."""
        self.kpis.setCurrentIndex(max(self.kpis.findData(left.text("kpi")), 0))
        self.controls.put_back(left.part("lanes"))
        self._refresh()
        panel = self._state.panel
        if panel is not None and self.lanes.window.length == panel.shape[1]:
            self.lanes.window.show(*(left.stretch(panel) or (0.0, float(panel.shape[1]))))
        if (page := left.text("page")) in PAGES:
            self.tabs.setCurrentIndex(PAGES.index(page))

    def toggle_play(self) -> None:
        """Show the map and let its time run, or stop it."""
        if self._rows is not None:
            self.tabs.setCurrentIndex(PAGES.index("map"))
            self.map.toggle_play()

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "lanes"):
            self.lanes.viewport().update()

    # -- what is shown

    def _refresh(self) -> None:
        result = self._state.result
        usable = result is not None and bool(result.verdicts) and min(result.panel.shape) > 0
        if result is None or not usable:
            self._shown, self._rows = None, None
            self.lanes.show_lanes(None)
            self.map.show_result(None, (), None, np.empty(0, np.int64))
            self.week.show_result(None, (), None)
            self._empty.setText(tell("overview_nothing" if self._state.panel is None else "overview_not_run"))
            self._turn()
            return
        self._offer_kpis(result)
        kpi = self.kpis.currentData()
        shown = (result, kpi)
        if shown != self._shown:
            self._shown = shown
            self._show(result, kpi)
        self._turn()
        self._follow()

    def _show(self, result: Result, kpi: str) -> None:
        digest = self._state.digest
        assert digest is not None  # there is a result
        if kpi:
            found = LaneRows.of(tuple(digest.anomalies.values()), result.incidents, result.panel.shape[0], kpi)
        else:
            found = digest.rows
        self._found = found
        self._rows = rows = found.within(self._state.hours_counted())
        self._alarmed = digest.alarmed if rows is digest.rows else _alarmed(rows, result.panel)
        self._arrange()
        self._stale = {"map", "week"}

    def _narrow(self) -> None:
        """Show what was found in the hours that are wanted now."""
        self._shown = None
        self._refresh()

    def _arrange(self) -> None:
        """Show the lanes that the controls ask for, in the order that they ask for."""
        result, digest, hours = self._state.result, self._state.digest, self._state.hours_counted()
        if result is None or digest is None or self._found is None or self._rows is None:
            return
        found = self._found.within(hours)
        controls, span = self.controls, self._state.selection.span
        names, ranks = digest.names, controls.ranks
        window, incidents = self.lanes.window, None
        if controls.order_name == "incidents":
            of_cell = [digest.of_cell.get(cell, ()) for cell in range(result.panel.shape[0])]
            if hours is not None:
                of_cell = [[one for one in mine if meets(hours, one.start, one.stop)] for mine in of_cell]
            incidents = count_incidents(of_cell, ranks, self.kpis.currentData())
        whole = controls.order_name == "worst" and found is digest.rows and len(ranks) == len(RANKS)
        in_sight = (math.floor(window.start), math.ceil(window.stop))
        order = (
            digest.order
            if whole
            else order_lanes(controls.order_name, found.only(ranks), names, in_sight, span, incidents)
        )
        if controls.pattern is not None:
            order = order[names.matching(controls.pattern)[order]]
        self._order, self._sorted_at = order, span
        self._show_lanes(result)
        self._write_caption()

    def _outline(self) -> None:
        """Show the lanes of the vote under way, in the order they have."""
        result, outline = self._state.result, self._state.outline
        if result is None or self._found is None or self._rows is None or not outline:
            return
        self._shown = None
        rows = self._found.outlined([outline[kpi] for kpi in self._chosen_kpis(result)])
        rows = rows.within(self._state.hours_counted())
        self._rows, self._alarmed = rows, _alarmed(rows, result.panel)
        self._show_lanes(result)
        self._write_caption()

    def _show_lanes(self, result: Result) -> None:
        """Draw the lanes in their order, with the severities that are switched on."""
        assert self._rows is not None  # there is a result
        panel, kpis = result.panel, self._chosen_kpis(result)
        self._seen = seen = self._rows.only(self.controls.ranks)
        alarmed = self._alarmed if seen is self._rows else _alarmed(seen, panel)

        def silent(cells: Sequence[int]) -> BoolArray:
            unknown: BoolArray = np.logical_and.reduce([np.isnan(result.verdicts[k].score[cells]) for k in kpis])
            return unknown

        self.lanes.show_lanes(
            Lanes(
                scale=TimeScale.of(panel),
                length=panel.shape[1],
                rows=seen,
                order=self._order,
                alarmed=alarmed,
                silent=silent,
                label=lambda cell: cell_label(panel, cell),
                tip=lambda cell, start, stop: self._tip(result, alarmed, cell, start, stop),
            )
        )

    def _fill(self, page: str) -> None:
        """Hand the result to a page when it is looked at."""
        result = self._state.result
        if result is None or page not in self._stale:
            return
        self._stale.discard(page)
        kpis, selection = self._chosen_kpis(result), self._state.selection
        if page == "map":
            self.map.show_result(result, kpis, self._rows, self._alarmed)
            self.map.select(selection.cell, selection.span)
        else:
            self.week.show_result(result, kpis, selection.cell)

    def _offer_kpis(self, result: Result) -> None:
        names = list(result.verdicts)
        known = [self.kpis.itemData(i) for i in range(self.kpis.count())]
        if known != ["", *names]:
            self.kpis.clear()
            self.kpis.addItem(tell("overview_all_kpis"), "")
            for name in names:
                self.kpis.addItem(name, name)
        self.kpis.setVisible(len(names) > 1)

    def _chosen_kpis(self, result: Result) -> tuple[str, ...]:
        kpi = self.kpis.currentData()
        return (kpi,) if kpi else tuple(result.verdicts)

    def _turn(self) -> None:
        """Show the page of the tab, or the sentence that says what will be there."""
        page = self.tabs.currentIndex() if self._rows is not None else len(PAGES)
        if page < len(PAGES):
            self._fill(PAGES[page])
        self._pages.setCurrentIndex(page)
        self.tabs.setEnabled(self._rows is not None)
        self.kpis.setVisible(self._rows is not None and self.kpis.count() > 2)
        self._write_caption()

    def _write_caption(self) -> None:
        result = self._state.result
        quiet = self._found is not None and self._rows is not None and not len(self._found.ids)
        page = PAGES[self.tabs.currentIndex()] if self._rows is not None else ""
        lanes, narrowed = page == "lanes", page in ("lanes", "map") and not self._state.hours.whole
        if result is not None and quiet:
            self._caption.say(self._calm(result))
        else:
            self._caption.say(
                tell("overview_hours", hours=hours_in_words(self._state.hours, brief=True)) if narrowed else ""
            )
        self._lane_controls.setVisible(lanes and not quiet)
        if result is None or self._rows is None:
            self.lanes.set_note("")
        elif not len(self._order):
            self.lanes.set_note(tell("lanes_none_match"))
        elif len(self._order) < result.panel.shape[0]:
            self.lanes.set_note(tell("lanes_shown", shown=len(self._order), all=result.panel.shape[0]))
        else:
            self.lanes.set_note(tell("lanes_bucket", span=lasting(result.panel, self.lanes.bucket)))

    def _calm(self, result: Result) -> str:
        """That nothing was found, or why that says little."""
        digest = self._state.digest
        doubt = digest.doubt(self._chosen_kpis(result)) if digest is not None and digest.result is result else ""
        return doubt or tell("lanes_quiet", cells=result.panel.shape[0])

    def _moved(self) -> None:
        """Another stretch of time is in sight."""
        if self.controls.order_name == "view":
            self._still.start()

    def _follow(self) -> None:
        """Show what is selected."""
        selection = self._state.selection
        if self.controls.order_name == "moment" and selection.span not in (None, self._sorted_at):
            self._arrange()
        self.lanes.select(selection.cell, selection.span)
        if "map" not in self._stale:
            self.map.select(selection.cell, selection.span)
        if self._rows is not None and self._state.result is not None and "week" not in self._stale:
            self.week.show_result(self._state.result, self._chosen_kpis(self._state.result), selection.cell)

    # -- the user

    def _on_lane(self, cell: int | None, start: int, stop: int) -> None:
        if cell is None:
            if start >= 0:
                self._state.select(incident=None, span=(start, stop))
        elif start < 0:
            self._state.select(cell=cell, incident=None, span=None)
        else:
            self._choose(cell, start, stop)

    def _choose(self, cell: int, start: int, stop: int) -> None:
        """Select the gravest anomaly of the cell then, with its KPI and incident; else the cell and the time alone."""
        found = self._seen.at(cell, start, stop) if self._seen is not None else None
        if found is None:
            self._state.select(cell=cell, incident=None, span=(start, stop))
            return
        anomaly = self._state.anomaly(found)
        incident = self._incident_of(anomaly.id)
        self._state.select(
            cell=cell,
            kpi=anomaly.kpi,
            incident=incident.id if incident else None,
            span=(anomaly.start, anomaly.stop),
        )

    def _incident_of(self, anomaly: int) -> Incident | None:
        return self._state.digest.incident_of.get(anomaly) if self._state.digest is not None else None

    def _tip(self, result: Result, alarmed: IntArray, cell: int | None, start: int, stop: int) -> str:
        panel = result.panel
        when = moment(panel, start) if stop - start == 1 else _stretch(result, start, stop)
        if cell is None:
            count = int(alarmed[start:stop].max(initial=0))
            return tell("lanes_network_tip", time=when, cells=count, all=panel.shape[0])
        known = {"cell": cell_label(panel, cell), "time": when, "iso": moment_iso(panel, start)}
        found = self._seen.at(cell, start, stop) if self._seen is not None else None
        if found is None and self._found is not None and self._found.at(cell, start, stop) is not None:
            return tell("lanes_tip_left_out", **known)
        if found is None:
            kpis = self._chosen_kpis(result)
            silent = all(np.isnan(result.verdicts[kpi].score[cell, start:stop]).all() for kpi in kpis)
            return tell("lanes_tip_silent" if silent else "lanes_tip_quiet", **known)
        anomaly = self._state.anomaly(found)
        incident = self._incident_of(found)
        severity = tell(f"severity_{incident.severity}") if incident else tell("severity_none")
        return tell("lanes_tip", kpi=anomaly.kpi, severity=severity, score=compact(anomaly.score), **known)


def _stretch(result: Result, start: int, stop: int) -> str:
    first, last = moment(result.panel, start), moment(result.panel, stop - 1)
    return tell("plot_span", first=first, last=last)


def _alarmed(rows: LaneRows, panel: Panel) -> IntArray:
    """(T,) how many cells are in alarm."""
    return cells_in_alarm(rows.cell, rows.start, rows.stop, panel.shape[1])


def _combo(name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(name)
    return made
