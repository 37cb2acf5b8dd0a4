"""What every view keeps to: it opens with nothing, with a result, in the dark; it leaves nothing behind."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.data import Result
from gui.look.theme import Appearance
from gui.state import AppState
from gui.views import VIEWS
from tests.engine.result_factory import empty_result, make_result
from tests.gui.conftest import source_of

every_view = pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.id)


def opened(view: type[QWidget], state: AppState, qtbot: QtBot) -> QWidget:
    widget = view(state)
    qtbot.addWidget(widget)
    widget.resize(480, 320)
    widget.show()
    settle()
    return widget


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def colours(widget: QWidget) -> int:
    image = widget.grab().toImage()
    places = ((x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2))
    return len({image.pixel(x, y) for x, y in places})


def test_ids_are_stable_and_unique() -> None:
    assert [view.id for view in VIEWS] == [
        "cells",
        "overview",
        "timeline",
        "inspector",
        "incidents",
        "quality",
        "associations",
        "diagnosis",
    ]
    assert all(view.title for view in VIEWS)


@every_view
def test_it_opens_with_nothing(view: type[QWidget], qtbot: QtBot) -> None:
    widget = opened(view, AppState(), qtbot)
    assert widget.isVisible()
    assert colours(widget) > 4  # it says something


@every_view
def test_it_opens_with_data_that_were_not_judged_yet(view: type[QWidget], result: Result, qtbot: QtBot) -> None:
    state = AppState()
    state.set_source(source_of(result))
    state.select(cell=0)
    assert opened(view, state, qtbot).isVisible()


@every_view
def test_it_shows_a_result_and_follows_selection_and_re_vote(
    view: type[QWidget], state: AppState, result: Result, qtbot: QtBot
) -> None:
    widget = opened(view, state, qtbot)
    for incident in result.incidents:
        state.select_incident(incident.id)
        settle()
    for kpi in result.panel.kpis:
        state.select(cell=len(result.panel.cells) - 1, kpi=kpi.id, incident=None, span=None)
        settle()
    state.set_result(make_result(cells=12, kpis=3, anomalies=4, seed=2))
    settle()
    state.set_source(None)
    settle()
    assert widget.isVisible()


@every_view
@pytest.mark.parametrize(
    "odd",
    [empty_result(), make_result(anomalies=0), make_result(cells=1, periods=2, kpis=1, anomalies=0)],
    ids=["nothing at all", "no anomaly", "two points"],
)
def test_it_opens_with_odd_results(view: type[QWidget], odd: Result, qtbot: QtBot) -> None:
    state = AppState()
    state.set_source(source_of(odd))
    state.set_result(odd)
    state.select(cell=0 if odd.panel.cells else None)
    assert opened(view, state, qtbot).isVisible()


@every_view
def test_it_turns_dark_and_light_again(
    view: type[QWidget], state: AppState, result: Result, appearance: Appearance, qtbot: QtBot
) -> None:
    widget = opened(view, state, qtbot)
    state.select_incident(result.incidents[0].id)
    settle()
    light = widget.grab().toImage()
    appearance.choose("dark")
    settle()
    dark = widget.grab().toImage()
    appearance.choose("light")
    settle()
    assert mean_lightness(dark) < 90 < 160 < mean_lightness(light)
    assert abs(mean_lightness(widget.grab().toImage()) - mean_lightness(light)) < 3


@every_view
def test_it_leaves_no_thread_and_no_timer_and_lets_the_state_go(
    view: type[QWidget], result: Result, qtbot: QtBot
) -> None:
    before = set(threading.enumerate())
    state = AppState()
    state.set_source(source_of(result))
    state.set_result(result)
    widget = view(state)
    widget.show()
    state.select_incident(result.incidents[0].id)
    qtbot.waitUntil(lambda: set(threading.enumerate()) <= before, timeout=10_000)
    settle()
    widget.close()
    timers = widget.findChildren(QTimer)
    gone = weakref.ref(widget)
    widget.deleteLater()
    del widget
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete
    settle()
    gc.collect()
    assert gone() is None or not timers_alive(timers)
    state.select(cell=2)  # a view that was closed must not answer any more
    state.set_result(None)


def timers_alive(timers: list[QTimer]) -> bool:
    from shiboken6 import isValid

    return any(isValid(timer) and timer.isActive() for timer in timers)


def mean_lightness(image: object) -> float:
    small = image.scaled(32, 32)
    return sum(small.pixelColor(x, y).lightness() for x in range(32) for y in range(32)) / 1024
