"""An overview of forty cells, for the tests of it and of its lanes."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from engine.data import Result
from gui.state import AppState
from gui.views.overview_view import OverviewView
from tests.engine.result_factory import make_result
from tests.gui.conftest import source_of


def many_cells() -> Result:
    """Forty cells with sixty anomalies."""
    return make_result(cells=40, anomalies=60)


def judged(result: Result) -> AppState:
    """The result with its data; nothing is selected."""
    state = AppState()
    state.set_source(source_of(result))
    state.set_result(result)
    return state


def opened(qtbot: QtBot, state: AppState) -> OverviewView:
    """The view, shown."""
    view = OverviewView(state)
    qtbot.addWidget(view)
    view.resize(900, 360)
    with qtbot.waitExposed(view):
        view.show()
    return view
