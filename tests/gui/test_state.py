"""One owner, one signal each; what is selected survives a re-vote."""

from __future__ import annotations

import dataclasses
import threading
import weakref

import pytest
from pytestqt.qtbot import QtBot

from engine.calibration.thresholds import VOTE as ENGINE_VOTE
from engine.data import Result
from engine.errors import InputError
from gui.said.reviews import Place, Review
from gui.state import VOTE, AppState, Selection
from tests.engine.result_factory import make_result
from tests.gui.conftest import source_of


def test_the_name_of_the_vote_is_the_engines() -> None:
    assert VOTE == ENGINE_VOTE


def test_loading_forgets_result_thresholds_selection_and_reviews(state: AppState, result: Result) -> None:
    state.select_incident(result.incidents[0].id)
    state.set_threshold("calls", "garch", 3.0)
    state.reviews.tag(state.places(result.incidents[0])[0], "fault")

    state.set_source(source_of(make_result(cells=2)))

    assert state.result is None
    assert state.thresholds == {}
    assert state.reviews.all == {}
    assert state.selection == Selection(kpi="calls")


@pytest.mark.usefixtures("qapp")
def test_panel_changed_comes_before_the_signals_it_entails(result: Result) -> None:
    state, heard = AppState(), []
    state.panel_changed.connect(lambda: heard.append("panel"))
    state.result_changed.connect(lambda: heard.append("result"))
    state.selection_changed.connect(lambda: heard.append("selection"))
    state.set_source(source_of(result))
    assert heard == ["panel", "result", "selection"]


def test_selecting_what_is_selected_says_nothing(state: AppState) -> None:
    heard = []
    state.selection_changed.connect(lambda: heard.append(state.selection))
    state.select(cell=3)
    state.select(cell=3)
    assert [s.cell for s in heard] == [3]


def test_selecting_an_incident_selects_where_it_is_worst(state: AppState, result: Result) -> None:
    incident = result.incidents[2]
    worst = next(a for a in result.anomalies if a.id == incident.anomalies[0])
    state.select_incident(incident.id)
    assert state.selection == Selection(worst.cell, worst.kpi, incident.id, (incident.start, incident.stop))


def test_an_incident_that_is_not_there_selects_none(state: AppState) -> None:
    state.select_incident(10_000)
    assert state.selection.incident is None


def test_a_re_vote_finds_the_selected_incident_by_its_place(state: AppState, result: Result) -> None:
    incident = result.incidents[3]
    state.select_incident(incident.id)
    renumbered = tuple(dataclasses.replace(i, id=i.id + 100) for i in reversed(result.incidents))
    state.set_result(dataclasses.replace(result, incidents=renumbered))
    assert state.selection.incident == incident.id + 100
    assert state.selection.cell == state.worst(incident).cell


def test_an_incident_that_a_re_vote_took_away_is_no_longer_selected(state: AppState, result: Result) -> None:
    state.select_incident(result.incidents[0].id)
    cell = state.selection.cell
    state.set_result(dataclasses.replace(result, incidents=(), anomalies=()))
    assert state.selection.incident is None
    assert state.selection.cell == cell


def test_a_dragged_threshold_is_kept_until_the_budget_changes(state: AppState) -> None:
    state.set_threshold("calls", VOTE, 1.4)
    state.change(vote="any")
    assert state.thresholds == {"calls": {VOTE: 1.4}}
    state.change(budget=0.05)
    assert state.thresholds == {}


def test_a_threshold_can_be_given_back_to_the_budget(state: AppState) -> None:
    state.set_threshold("calls", "garch", 3.0)
    state.set_threshold("calls", "garch", None)
    assert not state.thresholds["calls"]


def test_settings_out_of_bounds_are_refused_and_change_nothing(state: AppState) -> None:
    before = state.settings
    with pytest.raises(InputError):
        state.change(budget=-1.0)
    assert state.settings == before


def test_a_review_survives_a_re_vote_that_moves_its_edges(state: AppState, result: Result) -> None:
    place = state.places(result.incidents[1])[0]
    state.reviews.tag(place, "planned")
    moved = Place(place.cell, place.kpi, place.start - 1, place.stop + 5)
    assert state.reviews.of([moved]) == Review("planned")
    assert state.reviews.of([Place(place.cell, place.kpi, place.stop + 50, place.stop + 60)]) == Review()


def test_reviews_can_be_undone_and_redone(state: AppState, result: Result) -> None:
    place = state.places(result.incidents[1])[0]
    state.reviews.tag(place, "fault")
    state.reviews.comment(place, "  ticket 4711 ")
    assert state.reviews.of([place]) == Review("fault", "ticket 4711")
    state.reviews.undo_stack.undo()
    assert state.reviews.of([place]) == Review("fault")
    state.reviews.undo_stack.undo()
    assert state.reviews.all == {}
    state.reviews.undo_stack.redo()
    assert state.reviews.of([place]) == Review("fault")


def test_the_same_tag_again_takes_it_away(state: AppState, result: Result) -> None:
    place = state.places(result.incidents[1])[0]
    state.reviews.tag(place, "fault")
    state.reviews.tag(place, "fault")
    assert state.reviews.of([place]).tag == ""


def test_a_run_in_another_zone_shows_the_data_in_it(state: AppState, result: Result) -> None:
    heard = []
    state.panel_changed.connect(lambda: heard.append(state.panel.zone))
    state.set_result(dataclasses.replace(result, panel=dataclasses.replace(result.panel, zone="Asia/Tehran")))
    assert heard == ["Asia/Tehran"]
    assert state.source.panel.zone == "Europe/Rome"  # the next run may want the file's own zone again


def test_a_result_that_is_no_more_is_let_go_of_beside_the_window(state: AppState, qtbot: QtBot) -> None:
    state.set_result(make_result())
    gone: list[str] = []
    weakref.finalize(state.digest, lambda: gone.append(threading.current_thread().name))
    state.set_result(make_result())
    qtbot.waitUntil(lambda: bool(gone))
    assert gone != [threading.main_thread().name]
