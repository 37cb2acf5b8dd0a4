"""How long the plots take: pan, zoom and another cell on long series, lanes and map of many cells.

Run: QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.plots
Prints CPU milliseconds (median and 95th percentile) that the window is busy with, repaint included.
"""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication, QWidget

from engine.calendar import make_clock
from engine.data import Anomaly, AnomalyType, Direction, Evidence, Incident, Kpi, Panel, Result, Severity, Verdict
from engine.errors import Reason
from engine.settings import Settings
from gui.plots.pyramid import Pyramid
from gui.state import AppState, Source
from gui.views.overview_view import OverviewView
from gui.views.timeline_view import TimelineView
from tests.engine.result_factory import make_result

WIDTH, HEIGHT = 1400, 600
_FACT = Reason("stage_done")
DETECTORS = ("baseline", "garch", "kmeans", "nnar")


def measure(name: str, act: Callable[[int], object], times: int = 40) -> None:
    """Run `act` and print how long it takes."""
    act(0)
    taken = []
    for number in range(times):
        started = time.process_time()
        act(number)
        taken.append(1e3 * (time.process_time() - started))
    median, late = np.percentile(taken, [50, 95])
    print(f"{name:58s} {median:8.2f} ms   p95 {late:8.2f} ms", flush=True)


def painted(widget: QWidget, act: Callable[[int], object]) -> Callable[[int], None]:
    """`act` and the repaint that follows it."""

    def both(number: int) -> None:
        act(number)
        widget.grab()

    return both


def network(cells: int, periods: int, anomalies: int, period_s: int = 3600) -> Result:
    """A result of that size with seeded series; its evidence shares arrays, so that it fits into memory."""
    rng = np.random.default_rng(1)
    base = make_result(cells=2, periods=48, kpis=1, anomalies=0)
    times = np.datetime64("2017-01-01T00:00:00", "s") + np.arange(periods) * np.timedelta64(period_s, "s")
    values = rng.normal(100, 10, (cells, periods)).astype(np.float32)
    values[rng.random((cells, periods)) < 0.01] = np.nan
    score = np.abs(rng.normal(0, 0.3, (cells, periods))).astype(np.float32)
    kpi = Kpi("calls", "calls")
    side = int(np.ceil(np.sqrt(cells)))
    panel = Panel(
        times,
        period_s,
        "Europe/Rome",
        tuple(
            dataclasses.replace(base.panel.cells[0], id=f"c{i}", name=f"Cell {i}", row=i // side, col=i % side)
            for i in range(cells)
        ),
        (kpi,),
        {"calls": values},
        {"calls": np.zeros((cells, periods), np.uint8)},
    )
    found = tuple(
        Anomaly(
            id=i,
            cell=int(rng.integers(cells)),
            kpi="calls",
            start=(start := int(rng.integers(periods - 12))),
            stop=start + int(rng.integers(1, 12)),
            type=AnomalyType.SPIKE,
            direction=Direction.UP,
            actual=1.0,
            expected=2.0,
            lower=1.0,
            upper=3.0,
            score=1.5,
            margins={},
        )
        for i in range(anomalies)
    )
    incidents = tuple(
        Incident(i, a.start, a.stop, (a.id,), (a.cell,), ("calls",), list(Severity)[i % 4], 50.0, (), (), _FACT)
        for i, a in enumerate(found)
    )
    nobody = (None,) * cells
    evidence = {name: Evidence(name, values, values - 20, values + 20, score, nobody) for name in DETECTORS}
    return dataclasses.replace(
        base,
        panel=panel,
        clock=make_clock(times, period_s, "Europe/Rome", "IT"),
        settings=Settings(country="IT"),
        evidence={"calls": evidence},
        thresholds={"calls": dict.fromkeys(DETECTORS, 2.5)},
        verdicts={"calls": Verdict(score, score > 1.0)},
        anomalies=found,
        incidents=incidents,
    )


def show(result: Result) -> AppState:
    """A state with a result."""
    state = AppState()
    state.set_source(Source(result.panel, result.quality))
    state.set_result(result)
    return state


def timeline(application: QApplication, periods: int) -> None:
    """Pan, zoom and change the cell on a series of that length."""
    result = network(2, periods, 200, 60)
    state = show(result)
    view = TimelineView(state)
    view.resize(WIDTH, HEIGHT)
    state.select(cell=0)
    view.show()
    application.processEvents()
    window = view.plot.window
    name = f"timeline, {periods:,} points"
    window.show_all()
    measure(f"{name}: pan a tenth", painted(view, lambda i: window.show(i * 9, i * 9 + periods / 10)))
    measure(f"{name}: pan 500 points", painted(view, lambda i: window.show(i * 9, i * 9 + 500)))
    measure(f"{name}: zoom from all", painted(view, lambda i: (window.show_all(), window.zoom(0.8 + i / 1000))))
    measure(f"{name}: cursor", painted(view, lambda i: view.plot.show_cursor(i)))
    window.show_all()
    measure(f"{name}: other cell", painted(view, lambda i: state.select(cell=i % 2)), 10)
    view.close()


def main() -> None:
    """Print everything."""
    application = QApplication.instance() or QApplication([])
    for points in (1_000_000, 10_000_000):
        values = np.random.default_rng(1).normal(size=points).astype(np.float32)
        measure(f"pyramid, {points:,} points: build", lambda _i, values=values: Pyramid(values), 10)
        pyramid = Pyramid(values)
        measure(f"pyramid, {points:,} points: reduce", lambda i, p=pyramid, n=points: p.reduce(i, i + n / 2, WIDTH))
    timeline(application, 1_000_000)
    timeline(application, 10_000_000)
    result = network(20_000, 2_160, 40_000)
    state = AppState()
    state.set_source(Source(result.panel, result.quality))
    view = OverviewView(state)
    view.resize(WIDTH, HEIGHT)
    view.show()
    started = time.process_time()
    state.set_result(result)
    view.grab()
    print(
        f"{'lanes, 20,000 cells, 40,000 anomalies: first picture':58s} {1e3 * (time.process_time() - started):8.2f} ms"
    )
    lanes = view.lanes
    bar = lanes.verticalScrollBar()
    measure("lanes, 20,000 cells: scroll by a page", painted(view, lambda i: bar.setValue(i * 30)))
    measure("lanes, 20,000 cells: pan", painted(view, lambda i: lanes.window.show(i * 5, i * 5 + 500)))
    measure("lanes, 20,000 cells: select", painted(view, lambda i: state.select(cell=i * 400)))
    view.tabs.setCurrentIndex(1)
    measure("map, 20,000 squares: next moment", painted(view, view.map.slider.move_to))
    measure("map, 20,000 squares: zoom", painted(view, lambda i: view.map.map.zoom(1.1 if i % 2 else 0.9)))


if __name__ == "__main__":
    main()
