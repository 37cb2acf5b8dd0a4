"""The first look at a small screen: lanes, series and incidents to see, without a splitter being dragged."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from engine.settings import PRESETS
from gui.arrangement import TABS, shares_of_height
from gui.look.theme import ROW
from gui.main_window import MainWindow
from gui.models.incident_table import COMMENT, WHAT
from tests.engine.result_factory import make_result
from tests.gui.conftest import source_of


@pytest.fixture
def small(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """A window that was opened on a laptop with a taskbar, with all detectors; nothing is remembered of another."""
    monkeypatch.setattr(window.desk.voting, "_held", True)
    window.resize(1280, 690)
    result = make_result(cells=40, detectors=PRESETS["balanced"].detectors)
    window.state.set_source(source_of(result))
    window.state.set_result(result)
    window.state.select_incident(result.incidents[0].id)
    lanes, series, below = shares_of_height(690 - 88)
    for name, sizes in (("down", [lanes + series, below]), ("centre", [lanes, series])):
        window.panes._splitters[name].setSizes(sizes)
    QApplication.processEvents()
    return window


def test_a_laptop_shows_some_lanes_a_series_and_some_incidents(small: MainWindow) -> None:
    assert (small.width(), small.height()) == (1280, 690)
    assert small.views["overview"].lanes.rows_in_sight >= 5
    assert small.views["timeline"].plot.values.box.height() >= 48
    assert small.views["incidents"].table.viewport().height() >= 4 * ROW
    assert small.views["inspector"].height() >= 400


def test_what_happened_has_the_room_of_what_is_mostly_empty(small: MainWindow) -> None:
    table = small.views["incidents"].table
    assert table.columnWidth(WHAT) > 3 * table.columnWidth(COMMENT)


def test_tabs_and_the_head_of_their_page_share_a_row(small: MainWindow) -> None:
    for place, name in enumerate(TABS):
        view = small.views[name]
        small.tabs.setCurrentIndex(place)
        QApplication.processEvents()
        head = view.heading
        assert head.isVisible()
        assert [n for n in TABS if small.views[n].heading.isVisible()] == [name]
        assert head.mapTo(small, head.rect().bottomLeft()).y() <= view.mapTo(small, view.rect().topLeft()).y()
        bar = small.tabs.tabBar()
        assert head.mapTo(small, head.rect().topLeft()).x() >= bar.mapTo(small, bar.rect().topRight()).x()


@pytest.mark.parametrize("room", [480, 560, 602, 640, 760, 950, 1300])
def test_the_panes_share_all_the_height_and_each_has_some(room: int) -> None:
    lanes, series, below = shares_of_height(room)
    assert lanes + series + below == room
    assert min(lanes, series, below) > 0
    if room >= 602:
        assert min(lanes, below) >= 165
        assert series >= 250
    if room >= 950:
        assert below == pytest.approx(0.28 * room, abs=1)
