"""The inspector: what goes with a stretch of time that was marked."""

from __future__ import annotations

import dataclasses

import numpy as np
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.data import KpiKind, Result
from engine.text import say
from gui.state import AppState
from gui.views.inspector_view import InspectorView
from gui.widgets.link import Link
from gui.widgets.page import Page
from gui.widgets.score_bars import ScoreBars
from tests.engine.attribute.scene import Network
from tests.engine.result_factory import make_result
from tests.gui.conftest import source_of

NOON = 24 * 9 + 12


def opened(qtbot: QtBot, result: Result) -> tuple[InspectorView, AppState]:
    state = AppState()
    state.set_source(source_of(result))
    state.set_result(result)
    view = InspectorView(state)
    qtbot.addWidget(view)
    view.resize(340, 900)
    with qtbot.waitExposed(view):
        view.show()
    return view, state


def words(view: InspectorView) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel)]


def test_what_moved_in_a_marked_stretch_is_listed_with_its_lag_and_leads_there(qtbot: QtBot) -> None:
    network = Network()
    shape = np.array([0.3, 0.7, 1.0, 0.8, 1.0, 0.6, 0.2], np.float32)
    for cell, late in ((37, 0), (38, 0), (12, 2)):
        network.values["calls"][cell, NOON + late : NOON + late + 7] *= 1 + (2.5 if late else 1.5) * shape
    view, state = opened(qtbot, network.result())
    state.select(cell=37, kpi="calls", incident=None, span=(NOON, NOON + 7))
    qtbot.waitUntil(lambda: len(view.findChildren(Link)) >= 2, timeout=10_000)
    links = {link.text(): link for link in view.findChildren(Link)}
    late = [text for text in links if text.endswith("2 h later")]
    assert len(late) == 1
    links[late[0]].click()
    assert state.selection.cell == 12


def test_a_stretch_in_which_nothing_else_moved_says_so(qtbot: QtBot) -> None:
    view, state = opened(qtbot, Network().result())
    state.select(cell=37, kpi="calls", incident=None, span=(NOON, NOON + 7))
    qtbot.waitUntil(lambda: any(text.startswith("Nothing else") for text in words(view)), timeout=10_000)


def test_what_made_the_score_of_an_incident_is_drawn_and_said_beside_the_votes(qtbot: QtBot) -> None:
    view, state = opened(qtbot, Network().put(["calls"], [37], NOON, NOON + 3, 0.0).result())
    state.select_incident(state.result.incidents[0].id if state.result else None)
    qtbot.waitUntil(lambda: len(view.findChildren(ScoreBars)) == 1)
    bars = view.findChildren(ScoreBars)[0]
    assert bars.count() == 2
    assert bars.tooltip(1).endswith("3.00")
    told = " ".join(words(view))
    assert "(100 %) below the expected" in told
    assert "over the threshold for all of its 3 h" in told


def test_sums_over_several_periods_say_that_they_are_sums(qtbot: QtBot) -> None:
    result = (
        Network().put(["calls"], [37], NOON, NOON + 3, 40.0).put(["calls"], [12], NOON + 24, NOON + 25, 1.0).result()
    )
    view, state = opened(qtbot, result)
    long, short = (next(i for i in result.incidents if cell in i.cells) for cell in (37, 12))
    state.select_incident(long.id)
    qtbot.waitUntil(lambda: "120 calls in all" in words(view))
    state.select_incident(short.id)
    qtbot.waitUntil(lambda: "1 call" in words(view))
    assert not any("in all" in text for text in words(view))


def test_means_over_several_periods_say_that_they_are_means(qtbot: QtBot) -> None:
    result = make_result()
    gauges = {kpi.id for kpi in result.panel.kpis if kpi.kind is not KpiKind.COUNT}
    view, state = opened(qtbot, result)
    for incident in result.incidents:
        worst = state.worst(incident)
        state.select_incident(incident.id)
        qtbot.waitUntil(lambda i=incident: say(i.sentence) in words(view))
        means = [text for text in words(view) if text.endswith(" on average")]
        assert bool(means) == (worst.kpi in gauges and worst.stop - worst.start > 1)


def test_a_calm_point_says_why_it_is_no_alarm(qtbot: QtBot) -> None:
    view, state = opened(qtbot, Network().result())
    state.select(cell=37, kpi="calls", incident=None, span=(NOON, NOON + 1))
    qtbot.waitUntil(lambda: len(view.findChildren(ScoreBars)) == 1)
    assert any(text == "No alarm: the score stayed below the threshold." for text in words(view))


def test_a_long_name_pushes_nothing_out_of_the_pane(qtbot: QtBot) -> None:
    network = Network()
    named = [dataclasses.replace(cell, name=f"{'Sektor_270_Grad_' * 8}{cell.id}") for cell in network.cells]
    network.cells = tuple(named)
    view, state = opened(qtbot, network.put(["calls"], [37], NOON, NOON + 3, 0.0).result())
    state.select_incident(state.result.incidents[0].id if state.result else None)
    qtbot.waitUntil(lambda: len(view.findChildren(ScoreBars)) == 1)
    (page,) = view.findChildren(Page)
    assert page.widget().width() == page.viewport().width()
    state.select(cell=37, kpi="calls", incident=None, span=None)
    qtbot.waitUntil(lambda: not view.findChildren(ScoreBars))
    assert page.widget().width() == page.viewport().width()


def test_a_cell_that_nobody_could_judge_is_not_called_calm(qtbot: QtBot) -> None:
    result = Network().result()
    for verdict in result.verdicts.values():
        verdict.score[37] = np.nan
    view, state = opened(qtbot, result)
    for cell, said in ((37, "Nothing could be judged in this cell."), (36, "Nothing unusual was found in this cell.")):
        state.select(cell=cell, kpi="calls", incident=None, span=None)
        qtbot.waitUntil(lambda said=said: said in words(view))


def test_a_cell_and_the_cells_of_an_incident_are_described(qtbot: QtBot) -> None:
    network = Network()
    network.cells = tuple(
        dataclasses.replace(cell, technology="LTE", band="20" if i in (36, 37) else "3", azimuth=120.0, area="70")
        for i, cell in enumerate(network.cells)
    )
    result = network.put(["calls"], [36, 37], NOON, NOON + 3, 0.0).result()
    view, state = opened(qtbot, result)
    state.select(cell=37, incident=None)
    qtbot.waitUntil(lambda: {"Technology", "LTE", "Band", "20", "70", "120\N{DEGREE SIGN}"} <= {*words(view)})
    state.select_incident(result.incidents[0].id)
    qtbot.waitUntil(lambda: "technology LTE, band 20" in words(view))
