"""Vote, budget, threshold and settings in the undo of the window: named, in one order with what is said, re-voted."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from engine.data import Result
from gui.main_window import MainWindow
from gui.state import VOTE, AppState
from tests.gui.conftest import source_of
from tests.gui.test_add_later import DAYS, settle, write_days


@pytest.fixture
def slow(state: AppState) -> AppState:
    """A person who takes their time: nothing is one step with what came before."""
    state.choosing.quick_s = -1.0
    return state


def test_budget_vote_and_threshold_are_undone_in_the_order_they_were_chosen(slow: AppState) -> None:
    stack, before = slow.reviews.undo_stack, slow.settings
    slow.choose("budget", "budget", budget=0.5, threshold="budget")
    slow.choose("vote", "vote", vote="any")
    slow.choose_threshold("calls", VOTE, 1.5, "threshold")
    slow.reviews.tag(slow.places(slow.result.incidents[0])[0], "fault")
    assert [stack.text(i) for i in range(stack.count())][:3] == ["budget", "vote", "threshold"]
    stack.undo()
    stack.undo()
    assert slow.thresholds.get("calls", {}) == {}
    assert (slow.settings.budget, slow.settings.vote) == (0.5, "any")
    stack.undo()
    stack.undo()
    assert slow.settings == before
    stack.redo()
    stack.redo()
    stack.redo()
    assert slow.thresholds == {"calls": {VOTE: 1.5}}


def test_a_budget_that_took_thresholds_away_gives_them_back(slow: AppState) -> None:
    slow.choose_threshold("calls", VOTE, 1.5, "threshold")
    slow.choose("budget", "budget", budget=0.5)
    assert slow.thresholds == {}
    slow.reviews.undo_stack.undo()
    assert slow.thresholds == {"calls": {VOTE: 1.5}}


def test_quick_changes_of_one_control_are_one_step_named_after_the_last(state: AppState) -> None:
    state.choosing.quick_s = 1e6
    stack, before = state.reviews.undo_stack, state.settings
    for budget in (0.2, 0.5, 1.0):
        state.choose("budget", f"budget {budget}", budget=budget)
    state.choose("vote", "vote", vote="any")
    state.choose("budget", "budget again", budget=2.0)
    assert [stack.text(i) for i in range(stack.count())] == ["budget 1.0", "vote", "budget again"]
    stack.undo()
    stack.undo()
    assert state.settings.budget == 1.0
    stack.undo()
    assert state.settings == before
    assert not stack.canUndo()


def test_a_change_that_is_taken_back_at_once_leaves_nothing_to_undo(state: AppState) -> None:
    state.choosing.quick_s = 1e6
    budget = state.settings.budget
    state.choose("budget", "budget", budget=budget * 2)
    state.choose("budget", "budget", budget=budget)
    assert state.settings.budget == budget
    assert not state.reviews.undo_stack.canUndo()


def test_undo_leaves_alone_what_was_set_otherwise_meanwhile(slow: AppState) -> None:
    slow.choose("budget", "budget", budget=0.5)
    slow.change(model="own", country="IR")
    slow.reviews.undo_stack.undo()
    assert (slow.settings.model, slow.settings.country) == ("own", "IR")
    assert slow.settings.budget == 0.1


def test_what_was_set_by_nobody_or_of_other_data_is_not_undone(state: AppState, result: Result) -> None:
    state.change(vote="any")
    assert not state.reviews.undo_stack.canUndo()
    state.choose("vote", "vote", vote="all")
    state.set_source(source_of(result))
    assert not state.reviews.undo_stack.canUndo()


def test_the_menu_names_what_is_undone_and_the_vote_follows(window: MainWindow, qtbot: QtBot, tmp_path) -> None:
    settle(window, qtbot, lambda: window.open([write_days(tmp_path, "first.csv", 0, DAYS)]))
    undo, redo = window.actions_by_id["undo"], window.actions_by_id["redo"]
    assert (undo.text(), undo.isEnabled()) == ("&Undo", False)
    before = window.state.result.settings
    settle(window, qtbot, lambda: window.controls.budget_chosen.emit(0.5))
    assert window.state.result.settings.budget == 0.5
    assert undo.text() == "&Undo change of budget to 1 per cell in 2 weeks"
    settle(window, qtbot, undo.trigger)
    assert window.state.result.settings == before
    assert window.controls.budget._value == before.budget
    assert redo.text() == "&Redo change of budget to 1 per cell in 2 weeks"
    settle(window, qtbot, lambda: window.controls.vote_chosen.emit("any"))
    assert undo.text() == "&Undo change of vote to any"
    settle(window, qtbot, lambda: window.controls.preset_chosen.emit("quiet"))
    assert undo.text() == "&Undo change of preset to Quiet"


def test_undoing_what_takes_a_run_says_so_and_begins_none(window: MainWindow, qtbot: QtBot, tmp_path) -> None:
    settle(window, qtbot, lambda: window.open([write_days(tmp_path, "first.csv", 0, DAYS)]))
    before = window.state.settings
    window.state.choose("settings", "settings", detectors=("baseline", "garch"))
    settle(window, qtbot, window.desk.run)
    told = []
    window.desk.told.connect(told.append)
    window.actions_by_id["undo"].trigger()
    assert window.state.settings == before
    assert not window.desk.busy
    assert len(told) == 1
    settle(window, qtbot, window.actions_by_id["redo"].trigger)
    assert window.state.result.settings == window.state.settings
