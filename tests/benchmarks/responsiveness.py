"""How long the window's thread is busy at a time, whatever is done in it.

    python tests/benchmarks/responsiveness.py [--cells 36 1000 10000] [--days 30] [--profile ACTION ...]

A network of two KPIs is opened, judged, and then worked with: everything that a person can do by menu, key or click,
each from cold. Every turn of the event loop is timed in processor seconds of the window's thread, so that what workers
and other programs take does not count. Prints per action the longest turn, and how long every thread was held up at
most while objects were looked through for garbage; --profile prints where the longest turn of an action spends its
time.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import os
import pstats
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import (
    QAbstractEventDispatcher,
    QEventLoop,
    QPoint,
    QPointF,
    Qt,
    QTimer,
    qInstallMessageHandler,
)
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QTableView, QWidget

from engine import simulate
from engine.data import Severity
from engine.data.rule import Rule
from engine.inspection.summary import worst_first
from engine.monitor import Monitor
from gui.app import make_window
from gui.garbage import Garbage
from gui.job import running
from gui.look.theme import Appearance
from gui.main_window import MainWindow
from gui.models.incident_table import HEADERS as INCIDENT_HEADERS
from gui.preferences import Preferences
from gui.prepared.lane_order import ORDERS
from gui.prepared.lane_rows import RANKS
from gui.problems import Problems
from gui.said.reviews import TAGS, Place, Review
from gui.state import VOTE

LIMIT_S = 0.05
QUIET_S = 0.5
"""An action is over when nothing has run for so long."""

WATCHED = "a watched folder brings an hour"
REVIEWED = 1000
SORTED = Qt.SortOrder.DescendingOrder

Steps = Mapping[str, Callable[[], object]]


class Turns:
    """Times the turns of the event loop, by what is being done: nothing else is answered to within one."""

    def __init__(self, profiled: Sequence[str]) -> None:
        self.doing = ""
        self.worst: dict[str, float] = {}
        self.profiles: dict[str, cProfile.Profile] = {}
        self._profiled = profiled
        self._running: cProfile.Profile | None = None
        self._began = time.thread_time()
        QAbstractEventDispatcher.instance().awake.connect(self._turned)

    def start(self, doing: str) -> None:
        """From now on something else is being done."""
        self.doing = doing
        self._began = time.thread_time()

    def _turned(self) -> None:
        if self._running is not None:
            self._running.disable()
        took = time.thread_time() - self._began
        if took > self.worst.get(self.doing, 0.0):
            self.worst[self.doing] = took
            if self._running is not None:
                self.profiles[self.doing] = self._running
        self._running = None
        if self.doing in self._profiled:
            self._running = cProfile.Profile()
            self._running.enable()
        self._began = time.thread_time()


class Searches:
    """Times the searches for garbage, by the thread that they run in; all others wait meanwhile."""

    def __init__(self) -> None:
        self.longest = {"the window's thread": 0.0, "workers": 0.0}
        self._began = 0.0

    def __call__(self, phase: str, _info: Mapping[str, int]) -> None:
        """What `gc.callbacks` are called with."""
        if phase == "start":
            self._began = time.perf_counter()
            return
        here = threading.current_thread() is threading.main_thread()
        where = "the window's thread" if here else "workers"
        self.longest[where] = max(self.longest[where], time.perf_counter() - self._began)


def settle(window: MainWindow) -> None:
    """Let the event loop run until nothing runs or is due, and has not for a while."""
    loop = QEventLoop()
    quiet = [time.perf_counter()]

    def look() -> None:
        if running() or not window.desk.idle:
            quiet[0] = time.perf_counter()
        elif time.perf_counter() - quiet[0] > QUIET_S:
            loop.quit()

    poll = QTimer(interval=20)
    poll.timeout.connect(look)
    poll.start()
    loop.exec()


def key(widget: QWidget, pressed: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key in a widget."""
    QTest.keyClick(widget, pressed, modifier)


def turn(widget: QWidget) -> None:
    """Turn the wheel by one notch over the middle of a widget."""
    middle = QPointF(widget.rect().center())
    none = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        middle,
        widget.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        none,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def choose(box: QComboBox, data: object) -> Callable[[], None]:
    """What picks an entry of a list."""

    def pick() -> None:
        place = box.findData(data)
        assert place >= 0, data
        box.setCurrentIndex(place)
        box.activated.emit(place)

    return pick


def click(table: QTableView, row: int) -> Callable[[], None]:
    """What clicks on a row of a table."""

    def press() -> None:
        place = table.visualRect(table.model().index(row, 1)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)

    return press


def many_reviews(window: MainWindow) -> dict[Place, Review]:
    """A note on each of the worst incidents, as a project of some weeks holds them."""
    state = window.state
    worst = worst_first(state.result.incidents)[:REVIEWED]
    return {state.places(one)[0]: Review(tag=TAGS[0], comment="seen") for one in worst}


def steps(window: MainWindow, file: Path, folder: Path) -> Steps:
    """What is done with a judged network, in this order."""
    state, views, act = window.state, window.views, window.actions_by_id
    overview, timeline, incidents, cells = (views[v] for v in ("overview", "timeline", "incidents", "cells"))
    count, kpis = state.panel.shape[0], [kpi.id for kpi in state.panel.kpis]
    plot, slider = timeline.plot, window.controls.budget.slider
    project = folder / "network.cellwarden"

    def menu(name: str) -> Callable[[], object]:
        return act[name].trigger

    return {
        "select a cell": lambda: state.select(cell=count // 2, incident=None, span=None),
        "select another cell": lambda: state.select(cell=count // 3, incident=None, span=None),
        "open a site": lambda: cells.table.open_site(0),
        "a cell under its site": lambda: cells.table.setCurrentIndex(cells.table.model().index(1, 0)),
        "open all sites": cells.table.model().open_all,
        "scroll the cells": lambda: turn(cells.table.viewport()),
        "close all sites": cells.table.model().shut_all,
        "next incident (J)": menu("next"),
        "next incident again": menu("next"),
        "click an incident": click(incidents.table, 4),
        "tag (1)": menu(f"tag_{TAGS[0]}"),
        "untag (0)": menu("untag"),
        "acknowledge (Y)": menu("acknowledge"),
        "undo": menu("undo"),
        "redo": menu("redo"),
        "point at the timeline": lambda: QTest.mouseMove(plot.viewport(), plot.viewport().rect().center()),
        "zoom the timeline": lambda: turn(plot.viewport()),
        "whole timeline": lambda: plot.window.show_all(),
        "another KPI in the timeline": lambda: state.select(kpi=kpis[-1]),
        "label a stretch (A)": lambda: (
            state.select(span=(20, 40)),
            act["label_anomalous"].trigger(),
        ),
        "take the label back": menu("undo"),
        "scroll the lanes": lambda: turn(overview.lanes.viewport()),
        **{f"lanes by {name}": choose(overview.controls.order, name) for name in ORDERS},
        "lanes of no warnings": overview.controls.severities[len(RANKS) - 1].click,
        "lanes of all severities": overview.controls.severities[len(RANKS) - 1].click,
        "filter lanes": lambda: QTest.keyClicks(overview.controls.filter, "1"),
        "filter lanes off": overview.controls.filter.clear,
        "one KPI in the overview": choose(overview.kpis, kpis[0]),
        "show the map": lambda: overview.tabs.setCurrentIndex(1),
        "play the map": menu("play"),
        "stop the map": menu("play"),
        "another KPI on the map": choose(overview.kpis, kpis[-1]),
        "show hour and weekday": lambda: overview.tabs.setCurrentIndex(2),
        "all KPIs in the overview": choose(overview.kpis, ""),
        "show the lanes": lambda: overview.tabs.setCurrentIndex(0),
        **{
            f"show {name}": (lambda n=name: window.tabs.setCurrentWidget(views[n]))
            for name in ("quality", "associations", "diagnosis", "incidents")
        },
        "filter incidents": lambda: QTest.keyClicks(incidents.filter, "a"),
        "filter incidents more": lambda: QTest.keyClicks(incidents.filter, " 1"),
        "filter incidents off": incidents.filter.clear,
        **{
            f"sort incidents by {name}": (lambda c=column: incidents.table.sortByColumn(c, SORTED))
            for column, name in enumerate(INCIDENT_HEADERS)
        },
        "incidents without critical ones": incidents.severities[Severity.CRITICAL].click,
        "incidents with critical ones": incidents.severities[Severity.CRITICAL].click,
        "incidents of one cause": lambda: incidents.cause.setCurrentIndex(1),
        "incidents of any cause": lambda: incidents.cause.setCurrentIndex(0),
        "worst incidents first": lambda: incidents.table.sortByColumn(0, Qt.SortOrder.AscendingOrder),
        "a rule hides incidents": lambda: state.ruling.keep(Rule("1", largest=60.0, kpi=kpis[0])),
        "show what it hides": incidents.hidden.click,
        "hide it again": incidents.hidden.click,
        "take the rule back": menu("undo"),
        f"{REVIEWED} reviews at once": lambda: state.reviews.load(many_reviews(window)),
        "tag one among them": menu(f"tag_{TAGS[2]}"),
        "filter cells": lambda: QTest.keyClicks(cells.filter, "1"),
        "filter cells more": lambda: QTest.keyClicks(cells.filter, "2"),
        "filter cells off": cells.filter.clear,
        "sort cells": lambda: cells.table.sortByColumn(1, Qt.SortOrder.DescendingOrder),
        "sort cells by name": lambda: cells.table.sortByColumn(0, Qt.SortOrder.AscendingOrder),
        "find a cell (typing)": lambda: QTest.keyClicks(window.controls.search, "1"),
        "find a cell (typing more)": lambda: QTest.keyClicks(window.controls.search, "2"),
        "find a cell (Enter)": lambda: key(window.controls.search, Qt.Key.Key_Return),
        "vote (V)": menu("vote"),
        "vote again": menu("vote"),
        "another budget": lambda: key(slider, Qt.Key.Key_Right),
        "the budget before": lambda: key(slider, Qt.Key.Key_Left),
        "drag the threshold": lambda: state.set_threshold(state.selection.kpi, VOTE, 1.3),
        "dark": lambda: window.appearance.choose("dark"),
        "light": lambda: window.appearance.choose("light"),
        "smaller window": lambda: window.resize(1366, 768),
        "settings": menu("settings"),
        "export": menu("export"),
        "models": menu("models"),
        "keys": menu("help"),
        "about": menu("about"),
        "every budget (Ctrl+B)": menu("explore"),
        "shift (Ctrl+H)": menu("shift"),
        "hide such incidents (H)": menu("rule_similar"),
        "rules": menu("rules"),
        "save": menu("save"),
        "open": menu("open"),
        "look at a file": lambda: window.asking.preview([file]),
        "write the export": lambda: window.desk.export(folder / "export", ["anomalies", "incidents", "report"]),
        "write the project": lambda: window.desk.save(project),
        "tag in the project": menu(f"tag_{TAGS[3]}"),
        "run again": menu("run"),
        "open the project": lambda: window.open([project]),
    }


def write_next_hour(window: MainWindow, folder: Path) -> None:
    """The period that follows what is open, measured as that of a week before, as a file in a new folder."""
    panel = window.state.panel
    step = np.timedelta64(panel.period_s, "s")
    when = f"{(panel.times[-1] + step).astype('datetime64[s]')}Z"
    before = panel.shape[1] - 7 * 86_400 // panel.period_s
    lines = [",".join(["time", "cell", *(kpi.id for kpi in panel.kpis)])]
    for row, cell in enumerate(panel.cells):
        values = (f"{panel.values[kpi.id][row, before]:.2f}" for kpi in panel.kpis)
        lines.append(",".join([when, cell.id, *values]))
    folder.mkdir()
    (folder / "hour.csv").write_text("\n".join(lines) + "\n")


def measure(application: QApplication, turns: Turns, file: Path, folder: Path, title: str) -> None:
    """Do everything in a fresh window and print the longest turn of each action."""
    preferences = Preferences(folder / "window.ini")
    turns.worst = {}
    window = make_window(Appearance(application, "light"), preferences, Problems())
    window.resize(1440, 900)
    window.desk.asks = False

    action = ""

    def arrives(what: str) -> None:
        if turns.doing != WATCHED:
            turns.doing = f"{action}: {what}"

    window.state.panel_changed.connect(lambda: arrives("data arrive"))
    window.state.result_changed.connect(lambda: window.state.result is not None and arrives("a result arrives"))

    def do(name: str, act: Callable[[], object]) -> None:
        nonlocal action
        action = name
        turns.start(name)
        QTimer.singleShot(0, act)
        settle(window)
        for widget in application.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                turns.start(f"close {name}")
                QTimer.singleShot(0, widget.reject)
                settle(window)

    do("show the window", window.show)
    do("fill the window", lambda: window.fill(lambda: None))
    do("open data", lambda: window.open([file]))
    if (sites := file.with_name("cells.csv")).exists():
        do("add the sites", lambda: window.desk.join_cells(sites))
    for name, act in steps(window, file, folder).items():
        do(name, act)
    spool = folder / "spool"
    write_next_hour(window, spool)
    window.watching.settle_ms = 100
    periods = window.state.panel.shape[1]
    do(WATCHED, lambda: window.watching.start(spool))
    assert window.state.panel.shape[1] == periods + 1, window.watching.status
    turns.doing = "leave"
    window.state.reviews.load({})
    window.close()
    window.deleteLater()
    application.processEvents()
    print(f"{title}: longest turn of the event loop in each action, ms of the window's thread")
    for name, seconds in sorted(turns.worst.items(), key=lambda pair: -pair[1]):
        print(f"    {1000 * seconds:7.1f} {'OVER' if seconds > LIMIT_S else '':4}  {name}")
    sys.stdout.flush()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, nargs="+", default=[36, 1000])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--profile", default=[], nargs="+", help="actions to say of where their time goes")
    parser.add_argument("--file", type=Path, help="work with this file or project instead of a simulated network")
    given = parser.parse_args()
    qInstallMessageHandler(lambda *_: None)  # offscreen has no window manager and says so at every resize
    application = QApplication(["responsiveness"])
    turns = Turns(given.profile)
    for cells in given.cells:
        with tempfile.TemporaryDirectory() as name:
            folder, file = Path(name), given.file
            if file is None:
                city = simulate.city(cells, given.days, 3600, "IT", seed=1, kpis=("calls", "data_mb"))
                simulate.write(city, folder, Monitor())
                file = folder / "data.parquet"
            garbage = Garbage(lambda: bool(running()))
            garbage.start()
            gc.callbacks.append(searches := Searches())
            measure(application, turns, file, folder, file.name if given.file else f"{cells} cells x {given.days} days")
            gc.callbacks.remove(searches)
            garbage.stop()
            for where, seconds in searches.longest.items():
                print(f"    {1000 * seconds:7.1f}       longest search for garbage in {where}")
        if given.file is not None:
            break
    for doing, profile in turns.profiles.items():
        print(f"\n{doing}:")
        pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
