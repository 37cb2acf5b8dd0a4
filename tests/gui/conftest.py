"""The real window without the user's settings, and a check that nothing is left behind."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.data import Result
from gui.app import make_window
from gui.job import running, stop_all
from gui.look.theme import Appearance
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.problems import Problems
from gui.state import AppState, Source
from tests.engine.result_factory import make_result


@pytest.fixture(scope="session")
def result() -> Result:
    """A result with anomalies of every shape, incidents of every severity, silent detectors and gaps."""
    return make_result(cells=12, kpis=3, anomalies=28)


@pytest.fixture
def state(qapp: QApplication, result: Result) -> AppState:
    """The factory's data loaded and judged; nothing is selected."""
    state = AppState()
    state.set_source(source_of(result))
    state.set_result(result)
    return state


@pytest.fixture(scope="session")
def appearance(qapp: QApplication) -> Appearance:
    """Light, and the same for all tests: giving every widget another style sheet takes a while."""
    return Appearance(qapp, "light")


@pytest.fixture
def make_main_window(qtbot: QtBot, appearance: Appearance, tmp_path: Path) -> Iterator[Callable[[], MainWindow]]:
    """Opens windows on preferences of their own; what they remember is shared between the windows of one test."""
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        window = make_window(appearance, Preferences(tmp_path / "window.ini"), Problems())
        window.desk.asks = False  # a test that wants to be asked says so
        windows.append(window)
        window.show()
        window.build_views()
        return window

    yield make
    for window in windows:
        window.desk.keeper.give_up()
        window.close()
        qtbot.waitUntil(lambda w=window: not w.isVisible(), timeout=30_000)  # it writes to the end what it writes
        window.deleteLater()
    stop_all(30.0)
    qtbot.waitUntil(lambda: not running(), timeout=30_000)


@pytest.fixture
def window(make_main_window: Callable[[], MainWindow]) -> MainWindow:
    """The window as a person first sees it."""
    return make_main_window()


@pytest.fixture
def full(window: MainWindow, result: Result, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """The window with the factory's result, whose worst incident is selected; votes are not counted."""
    monkeypatch.setattr(window.desk.voting, "_held", True)
    window.state.set_source(source_of(result))
    window.state.set_result(result)
    window.state.select_incident(result.incidents[0].id)
    QApplication.processEvents()
    return window


@pytest.fixture(scope="package", autouse=True)
def _garbage_in_this_thread() -> Iterator[None]:
    """As in the program, workers do not take Qt objects apart; what is left is collected after each test."""
    gc.disable()
    gc.freeze()  # what was there before is not looked through each time
    yield
    gc.unfreeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _nothing_left_behind(qapp: QApplication) -> Iterator[None]:
    """Fail a test that leaves a ticking timer, a shown window or a button of the mouse that is down behind."""
    yield
    QApplication.sendPostedEvents(None, 0)
    QApplication.processEvents()
    gc.collect()
    shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    for widget in shown:
        widget.close()
    assert not shown, f"windows left open: {shown}"
    held = QApplication.mouseButtons()
    if held != Qt.MouseButton.NoButton:
        QTest.mouseRelease(QWidget(), held)  # one test fails of it, not all that come after
    assert held == Qt.MouseButton.NoButton, f"buttons of the mouse left down: {held}"
    ticking = [t for t in qapp.findChildren(QTimer) if t.isActive()]
    assert not ticking, f"timers left ticking: {[(t.objectName(), t.interval()) for t in ticking]}"


def source_of(result: Result) -> Source:
    """The data a result was made from."""
    return Source(result.panel, result.quality, None, ("/data/città 2017-03.csv",))


def active_timers(widget: QWidget) -> list[QObject]:
    """The ticking timers below a widget."""
    return [timer for timer in widget.findChildren(QTimer) if timer.isActive()]
