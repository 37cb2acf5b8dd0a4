"""The data quality view: every figure it shows, and the choice of what becomes of gaps."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine import pipeline
from engine.data import Dropped, Flag, Panel, Quality
from engine.errors import Reason
from engine.settings import Settings
from gui.plots.gap_strips import AXIS, LANE, NAMES, GapStrips
from gui.state import AppState, Source
from gui.views.quality_view import QualityView
from tests.engine.result_factory import make_panel, make_result
from tests.gui.gestures import click, wheel


@pytest.fixture
def panel() -> Panel:
    found = make_panel(cells=4, periods=24 * 21, kpis=2)
    flags = {kpi: np.zeros_like(marks) for kpi, marks in found.flags.items()}
    flags["calls"][1, 100:104] |= np.uint8(Flag.SUSPECT)
    return dataclasses.replace(found, flags=flags)


@pytest.fixture
def report() -> Quality:
    dropped = (Dropped(Reason("row_time"), 12, "a.csv:77, 'soon'"),)
    base = make_result(cells=4, periods=24 * 21).quality
    return dataclasses.replace(base, dropped=dropped, unknown_cells=("c3",), unused_cells=("z1", "z2"))


@pytest.fixture
def view(qtbot: QtBot, panel: Panel, report: Quality) -> QualityView:
    state = AppState()
    view = QualityView(state)
    qtbot.addWidget(view)
    view.resize(1200, 900)
    view.show()
    state.set_source(Source(panel, report, None, ("a.csv",)))
    counted(view, qtbot)
    return view


def counted(view: QualityView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not view.working, timeout=20_000)


def texts(view: QualityView) -> list[str]:
    return [label.text() for label in view._page.widget().findChildren(QLabel)]


def test_every_part_of_the_report_is_there(view: QualityView) -> None:
    said = texts(view)
    assert "rows whose time cannot be read" in said
    assert "a.csv:77, 'soon'" in said
    assert any("4 points of 1 cell" in text for text in said)
    assert any("not in the cell table: c3" in text for text in said)
    assert any("without data: z1, z2" in text for text in said)
    assert any("of all points" in text for text in said)
    assert {"calls", "drop_rate"} <= set(said)
    assert len(view.findChildren(GapStrips)) == 1


def test_choosing_a_policy_is_a_setting_that_takes_a_run(view: QualityView, qtbot: QtBot) -> None:
    choice = view.choices["calls"]
    assert not choice.longest.isVisible()
    choice.kinds.setFocus()
    for _ in range(2):
        qtbot.keyClick(choice.kinds, Qt.Key.Key_Down)
    choice.kinds.activated.emit(choice.kinds.currentIndex())
    assert view._state.settings.gaps == ("calls=hold:3",)
    assert choice.longest.isVisible()
    choice.longest.setValue(5)
    assert view._state.settings.gaps == ("calls=hold:5",)
    assert "5 h" in choice.longest.text()
    choice.kinds.setCurrentIndex(0)
    choice.kinds.activated.emit(0)
    assert view._state.settings.gaps == ()


def test_the_wheel_scrolls_the_page_and_turns_no_policy(view: QualityView) -> None:
    kinds = view.choices["calls"].kinds
    kinds.clearFocus()
    wheel(kinds, QPoint(5, 5), -1)
    assert kinds.currentIndex() == 0
    assert view._state.settings.gaps == ()


def test_policies_of_a_project_or_of_the_settings_are_shown(view: QualityView) -> None:
    view._state.change(gaps=("*=zero", "drop_rate=interpolate:4"))
    assert view.choices["calls"].policy.kind == "zero"
    assert view.choices["drop_rate"].policy.text == "interpolate:4"


def test_after_a_run_the_filled_points_are_counted(
    view: QualityView, panel: Panel, report: Quality, qtbot: QtBot
) -> None:
    settings = dataclasses.replace(Settings(), detectors=("baseline",), gaps=("calls=zero",))
    view._state.set_settings(settings)
    view._state.set_result(pipeline.analyse(panel, report, settings))
    counted(view, qtbot)
    missing = int(np.isnan(panel.values["calls"]).sum())
    assert str(missing) in texts(view)


def test_a_click_on_a_strip_selects_the_cell(view: QualityView) -> None:
    strips = view.findChildren(GapStrips)[0]
    assert view._state.selection.cell != strips._strips.cells[0]
    click(strips, QPoint(NAMES + 20, AXIS + LANE + LANE // 2))
    assert view._state.selection.cell == strips._strips.cells[0]
    click(strips, QPoint(NAMES + 20, AXIS + LANE // 2))
    assert view._state.selection.cell == strips._strips.cells[0]


def test_a_strip_tells_share_and_time(view: QualityView) -> None:
    strips = view.findChildren(GapStrips)[0]
    worst = strips._strips.rows[0]
    bucket = int(np.argmin(worst))
    frame = strips._frame()
    edges = strips._strips.edges
    x = frame.x((float(edges[bucket]) + float(edges[bucket + 1])) / 2)
    assert "measured" in strips.told(x, AXIS + LANE + 2)
    assert strips.told(NAMES - 5, AXIS + 2) == ""
    assert strips.told(x, AXIS + 50 * LANE) == ""


def test_without_data_it_says_what_will_be_here(qtbot: QtBot) -> None:
    view = QualityView(AppState())
    qtbot.addWidget(view)
    assert not view._empty.isHidden()
    assert view._page.isHidden()
