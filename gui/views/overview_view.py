"""The whole network at a glance: lanes (cells against time, worst first), map, hour against weekday."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from engine.data import BoolArray, Incident, IntArray, Panel, Result
from engine.rhythm import cells_in_alarm
from engine.text import tell
from gui.lane_rows import LaneRows
from gui.plots.map_panel import MapPanel
from gui.plots.swim_lanes import Lanes, SwimLanes
from gui.plots.ticks import TimeScale, compact
from gui.plots.week_panel import WeekPanel
from gui.state import AppState
from gui.theme import GRID
from gui.widgets.heading import empty
from gui.wording import cell_label, lasting, moment, moment_iso

PAGES = ("lanes", "map", "week")
ORDERS = ("worst", "name")


class OverviewView(QWidget):
    """Three looks at a result; a click in any of them selects cell and time."""

    id: ClassVar[str] = "overview"
    title: ClassVar[str] = tell("overview_title")

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._shown: object = None
        self._rows: LaneRows | None = None
        self._found: LaneRows | None = None
        self._order: IntArray = np.empty(0, np.int64)
        self._alarmed: IntArray = np.empty(0, np.int64)
        self._stale: set[str] = set()

        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        for page in PAGES:
            self.tabs.addTab(tell(f"overview_{page}"))
        self._caption = QLabel()
        self._caption.setProperty("role", "caption")
        self._caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.kpis = _combo(tell("overview_kpi"))
        self.order = _combo(tell("lanes_order"))
        for name in ORDERS:
            self.order.addItem(tell(f"lanes_{name}"), name)
        head = QHBoxLayout()
        head.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        head.setSpacing(2 * GRID)
        head.addWidget(self.tabs)
        head.addWidget(self._caption, 1)
        head.addWidget(self.order)
        head.addWidget(self.kpis)

        self.lanes, self.map, self.week = SwimLanes(), MapPanel(), WeekPanel()
        self._empty = empty()
        self._pages = QStackedWidget()
        for page in (self.lanes, self.map, self.week, self._empty):
            self._pages.addWidget(page)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        box.addWidget(self._pages, 1)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)

        self.tabs.currentChanged.connect(self._turn)
        self.kpis.activated.connect(self._refresh)
        self.order.activated.connect(self._refresh)
        self.lanes.chosen.connect(self._on_lane)
        self.lanes.stepped.connect(lambda cell: state.select(cell=cell, incident=None, span=None))
        self.lanes.window.changed.connect(self._write_caption)
        self.map.chosen.connect(lambda cell, moment: self._choose(cell, moment, moment + 1))
        state.panel_changed.connect(self._refresh)
        state.result_changed.connect(self._refresh)
        state.outline_changed.connect(self._outline)
        state.selection_changed.connect(self._follow)
        self._refresh()

    @property
    def caption(self) -> str:
        """What stands beside the tabs."""
        return self._caption.text()

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
        shown = (result, kpi, self.order.currentData())
        if shown != self._shown:
            self._shown = shown
            self._show(result, kpi)
        self._turn()
        self._follow()

    def _show(self, result: Result, kpi: str) -> None:
        digest = self._state.digest
        assert digest is not None  # there is a result
        if kpi:
            rows = LaneRows.of(tuple(digest.anomalies.values()), result.incidents, result.panel.shape[0], kpi)
            alarmed = cells_in_alarm(rows.cell, rows.start, rows.stop, result.panel.shape[1])
        else:
            rows, alarmed = digest.rows, digest.alarmed
        self._found = rows
        if self.order.currentData() != "worst":
            self._order = _by_name(result.panel)
        else:
            self._order = rows.order() if kpi else digest.order
        self._show_rows(result, rows, alarmed)
        self._stale = {"map", "week"}

    def _outline(self) -> None:
        """Show the lanes of the vote under way, in the order they have."""
        result, outline = self._state.result, self._state.outline
        if result is None or self._found is None or self._rows is None or not outline:
            return
        self._shown = None
        rows = self._found.outlined([outline[kpi] for kpi in self._chosen_kpis(result)])
        self._show_rows(result, rows, cells_in_alarm(rows.cell, rows.start, rows.stop, result.panel.shape[1]))
        self._write_caption()

    def _show_rows(self, result: Result, rows: LaneRows, alarmed: IntArray) -> None:
        panel, kpis = result.panel, self._chosen_kpis(result)
        self._rows, self._alarmed = rows, alarmed

        def silent(cells: Sequence[int]) -> BoolArray:
            unknown: BoolArray = np.logical_and.reduce([np.isnan(result.verdicts[k].score[cells]) for k in kpis])
            return unknown

        self.lanes.show_lanes(
            Lanes(
                scale=TimeScale.of(panel),
                length=panel.shape[1],
                rows=rows,
                order=self._order,
                alarmed=self._alarmed,
                silent=silent,
                label=lambda cell: cell_label(panel, cell),
                tip=lambda cell, start, stop: self._tip(result, cell, start, stop),
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
        self.order.setVisible(self._rows is not None and page == PAGES.index("lanes"))
        self.kpis.setVisible(self._rows is not None and self.kpis.count() > 2)
        self._write_caption()

    def _write_caption(self) -> None:
        result = self._state.result
        if self._rows is None or result is None:
            self._caption.setText("")
        elif not len(self._rows.ids):
            self._caption.setText(tell("lanes_quiet", cells=result.panel.shape[0]))
        elif self.tabs.currentIndex() == PAGES.index("lanes"):
            self._caption.setText(tell("lanes_bucket", span=lasting(result.panel, self.lanes.bucket)))
        else:
            self._caption.setText("")

    def _follow(self) -> None:
        """Show what is selected."""
        selection = self._state.selection
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
        found = self._rows.at(cell, start, stop) if self._rows is not None else None
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

    def _tip(self, result: Result, cell: int | None, start: int, stop: int) -> str:
        panel = result.panel
        when = moment(panel, start) if stop - start == 1 else _stretch(result, start, stop)
        if cell is None:
            count = int(self._alarmed[start:stop].max(initial=0))
            return tell("lanes_network_tip", time=when, cells=count, all=panel.shape[0])
        known = {"cell": cell_label(panel, cell), "time": when, "iso": moment_iso(panel, start)}
        found = self._rows.at(cell, start, stop) if self._rows is not None else None
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


def _by_name(panel: Panel) -> IntArray:
    names = np.array([cell_label(panel, cell).casefold() for cell in range(panel.shape[0])])
    return np.argsort(names, kind="stable")


def _combo(name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(name)
    return made
