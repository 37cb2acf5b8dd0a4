"""The result follows the settings: one vote at a time, the last one wins, nothing is detected again."""

from __future__ import annotations

import dataclasses
import threading

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import gui.voting
from engine import pipeline
from engine.data import Result
from engine.monitor import Monitor
from engine.settings import VOTES, Settings
from gui.job import running
from gui.prepared.digest import Digest
from gui.problems import Problems
from gui.state import AppState, Thresholds
from gui.voting import Voting
from tests.gui.conftest import source_of


class Engine:
    """Stands in for the three engine calls: it notes what it is asked and answers when it is let."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, object]] = []
        self.free = threading.Event()
        self.free.set()

    def revote(self, result: Result, settings: Settings, thresholds: Thresholds, _monitor: Monitor) -> Digest:
        self.asked.append(("vote", thresholds or settings.hold))
        assert self.free.wait(20)
        voted = dataclasses.replace(result, settings=settings, verdicts=dict(result.verdicts), associations=())
        return Digest.of(voted)

    def count(self, result: Result, known: object, _monitor: Monitor) -> tuple[object, dict[str, int]]:
        self.asked.append(("count", result.settings.hold))
        assert self.free.wait(20)
        return known, {"any": len(self.asked)}

    def associate(self, result: Result, _monitor: Monitor) -> Digest:
        self.asked.append(("associate", result.settings.hold))
        assert self.free.wait(20)
        return Digest.of(dataclasses.replace(result, notes=(*result.notes, *result.notes)))


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    engine = Engine()
    for name in ("revote", "count", "associate"):
        monkeypatch.setattr(gui.voting, f"_{name}", getattr(engine, name))
    return engine


@pytest.fixture
def voting(engine: Engine, result: Result, qtbot: QtBot):
    state = AppState()
    state.set_settings(result.settings)
    state.set_source(source_of(result))
    state.set_result(result)
    voting = Voting(state, Problems(), state)
    yield voting
    engine.free.set()
    qtbot.waitUntil(lambda: voting.idle and not running(), timeout=10_000)


def state_of(voting: Voting) -> AppState:
    return voting.parent()


def test_a_change_is_voted_then_counted_then_associated(voting: Voting, engine: Engine, qtbot: QtBot) -> None:
    counts = []
    voting.counted.connect(counts.append)
    with qtbot.waitSignal(voting.settled):
        state_of(voting).change(hold=0.65)
    assert engine.asked == [("vote", 0.65), ("count", 0.65), ("associate", 0.65)]
    assert counts == [{"any": 2}]
    assert state_of(voting).result.settings.hold == 0.65
    assert len(state_of(voting).result.notes) == 2  # what associating brought


def test_changes_during_a_vote_cost_one_more_vote_not_one_each(voting: Voting, engine: Engine, qtbot: QtBot) -> None:
    shown = []
    state_of(voting).result_changed.connect(lambda: shown.append(state_of(voting).result.settings.hold))
    engine.free.clear()
    for hold in (0.6, 0.65, 0.8, 0.9):
        state_of(voting).change(hold=hold)
    engine.free.set()
    qtbot.waitUntil(lambda: voting.idle, timeout=10_000)
    assert [what for what in engine.asked if what[0] == "vote"] == [("vote", 0.6), ("vote", 0.9)]
    assert set(shown) == {0.9}


def test_a_change_does_not_wait_for_what_goes_with_the_last_vote(voting: Voting, engine: Engine, qtbot: QtBot) -> None:
    state_of(voting).change(hold=0.6)
    qtbot.waitUntil(lambda: ("count", 0.6) in engine.asked, timeout=10_000)
    engine.free.clear()
    qtbot.waitUntil(lambda: engine.asked[-1][0] != "vote", timeout=10_000)
    state_of(voting).change(hold=0.9)
    qtbot.waitUntil(lambda: ("vote", 0.9) in engine.asked, timeout=10_000)  # while the former step still hangs


def test_another_vote_is_not_counted_again(voting: Voting, engine: Engine, qtbot: QtBot) -> None:
    for rule in ("any", "all"):
        with qtbot.waitSignal(voting.settled):
            state_of(voting).change(vote=rule)
    assert [what for what, _ in engine.asked] == ["vote", "count", "associate", "vote", "associate"]


def test_what_a_change_of_vote_cut_short_is_counted_after_it(voting: Voting, engine: Engine, qtbot: QtBot) -> None:
    counts = []
    voting.counted.connect(counts.append)
    engine.free.clear()
    voting.count()
    qtbot.waitUntil(lambda: bool(engine.asked), timeout=10_000)
    state_of(voting).change(vote="all")
    engine.free.set()
    qtbot.waitUntil(lambda: voting.idle, timeout=10_000)
    assert [what for what, _ in engine.asked] == ["count", "vote", "count", "associate"]
    assert len(counts) == 1


def test_a_count_that_failed_is_made_again(
    voting: Voting, engine: Engine, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def fail(*_arguments: object) -> object:
        raise MemoryError

    counts = []
    voting.counted.connect(counts.append)
    with monkeypatch.context() as patch:
        patch.setattr(gui.voting, "_count", fail)
        with qtbot.waitSignal(voting.settled):
            voting.count()
    assert counts == []
    with qtbot.waitSignal(voting.settled):
        state_of(voting).change(vote="all")
    assert len(counts) == 1


def test_a_dragged_threshold_is_voted_with(voting: Voting, engine: Engine, qtbot: QtBot) -> None:
    with qtbot.waitSignal(voting.settled):
        state_of(voting).set_threshold("calls", "garch", 3.5)
    assert engine.asked[0] == ("vote", {"calls": {"garch": 3.5}})


def test_settings_of_detectors_are_stale_and_start_nothing(voting: Voting, engine: Engine) -> None:
    heard = []
    voting.stale.connect(lambda: heard.append(True))
    state_of(voting).change(nnar_lags=12)
    assert heard == [True]
    assert voting.idle
    assert engine.asked == []


def test_while_it_is_held_nothing_starts_and_then_everything_due_does(
    voting: Voting, engine: Engine, qtbot: QtBot
) -> None:
    voting.hold()
    state_of(voting).change(hold=0.65)
    state_of(voting).change(hold=0.8)
    assert engine.asked == []
    with qtbot.waitSignal(voting.settled):
        voting.release()
    assert engine.asked[0] == ("vote", 0.8)


def test_a_vote_on_data_that_are_gone_is_dropped(voting: Voting, engine: Engine, result: Result, qtbot: QtBot) -> None:
    engine.free.clear()
    state_of(voting).change(hold=0.65)
    qtbot.waitUntil(lambda: bool(engine.asked), timeout=10_000)
    voting.forget()
    state_of(voting).set_source(source_of(result))
    engine.free.set()
    qtbot.waitUntil(lambda: voting.idle and not running(), timeout=10_000)
    assert state_of(voting).result is None


def test_a_vote_on_an_earlier_run_of_the_same_data_is_dropped(
    voting: Voting, engine: Engine, result: Result, qtbot: QtBot
) -> None:
    engine.free.clear()
    state_of(voting).change(hold=0.65)
    qtbot.waitUntil(lambda: bool(engine.asked), timeout=10_000)
    voting.hold()  # a run is under way, and ends before the vote
    run = dataclasses.replace(result, evidence=dict(result.evidence))
    state_of(voting).set_result(run)
    engine.free.set()
    qtbot.waitUntil(lambda: not running(), timeout=10_000)
    QApplication.processEvents()
    assert state_of(voting).result is run
    voting.release()


def test_a_vote_that_fails_is_reported_and_the_last_result_stays(
    voting: Voting, result: Result, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def fail(*_arguments: object) -> Digest:
        raise ZeroDivisionError("inside")

    monkeypatch.setattr(gui.voting, "_revote", fail)
    raised = []
    voting._problems.raised.connect(raised.append)
    with qtbot.waitSignal(voting.settled):
        state_of(voting).change(hold=0.65)
    assert ["ZeroDivisionError" in problem.details for problem in raised] == [True]
    assert state_of(voting).result.verdicts is result.verdicts or state_of(voting).result is result


# -- the glance


@pytest.fixture
def looking(result: Result, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    """Voting with the real engine on a real vote's result, its short lists made; the whole vote waits for `free`."""
    free = threading.Event()
    whole = gui.voting._revote

    def slow(*arguments: object) -> Digest:
        assert free.wait(20)
        return whole(*arguments)

    monkeypatch.setattr(gui.voting, "_revote", slow)
    state = AppState()
    state.set_settings(result.settings)
    state.set_source(source_of(result))
    state.set_result(pipeline.revote(result, result.settings, associations=False))
    voting = Voting(state, Problems(), state)
    voting.count()
    qtbot.waitUntil(lambda: voting.idle, timeout=20_000)
    yield voting, free
    free.set()
    qtbot.waitUntil(lambda: voting.idle and not running(), timeout=20_000)


def test_what_is_anomalous_is_shown_before_the_whole_vote_is_there(looking: tuple, qtbot: QtBot) -> None:
    voting, free = looking
    state, counts = state_of(voting), []
    voting.counted.connect(counts.append)
    with qtbot.waitSignal(state.outline_changed):
        state.change(budget=state.settings.budget * 2)
    outline = state.outline
    assert state.result.settings.budget != state.settings.budget
    free.set()
    qtbot.waitUntil(lambda: voting.idle, timeout=20_000)
    for kpi, runs in outline.items():
        found = [(a.cell, a.start, a.stop) for a in state.result.anomalies if a.kpi == kpi]
        assert list(zip(runs.cell.tolist(), runs.start.tolist(), runs.stop.tolist(), strict=True)) == found
    by_vote = {
        rule: len(pipeline.revote(state.result, dataclasses.replace(state.settings, vote=rule)).anomalies)
        for rule in VOTES
    }
    assert counts[0] == counts[-1] == by_vote
    assert state.outline == {}


def test_while_one_looks_further_changes_cost_one_more_look(
    looking: tuple, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    voting, free = looking
    state, asked, look, gate = state_of(voting), [], gui.voting._look, threading.Event()

    def slow(*arguments: object) -> object:
        asked.append(arguments[2].hold)
        assert gate.wait(20)
        return look(*arguments)

    monkeypatch.setattr(gui.voting, "_look", slow)
    shown = []
    state.outline_changed.connect(lambda: shown.append(state.outline))
    for hold in (0.9, 0.8, 0.75):
        state.change(hold=hold)
    gate.set()
    qtbot.waitUntil(lambda: bool(shown), timeout=20_000)
    assert asked == [0.9, 0.75]
    assert len(shown) == 1
    free.set()


def test_a_glance_that_comes_after_the_whole_vote_is_dropped(
    looking: tuple, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    voting, free = looking
    state, look, gate = state_of(voting), gui.voting._look, threading.Event()

    def slow(*arguments: object) -> object:
        assert gate.wait(20)
        return look(*arguments)

    monkeypatch.setattr(gui.voting, "_look", slow)
    free.set()
    with qtbot.waitSignal(state.result_changed):
        state.change(hold=0.9)
    gate.set()
    qtbot.waitUntil(lambda: voting.idle, timeout=20_000)
    assert state.outline == {}


def test_lists_that_cannot_answer_leave_it_to_the_whole_vote_and_are_made_anew(looking: tuple, qtbot: QtBot) -> None:
    voting, free = looking
    state, heard = state_of(voting), []
    state.outline_changed.connect(lambda: heard.append(True))
    free.set()
    with qtbot.waitSignal(voting.settled):
        state.change(min_deviation=0.4)
    assert heard == []
    free.clear()
    with qtbot.waitSignal(state.outline_changed):
        state.change(hold=0.8)
