"""Reviews go into the project by themselves, by cell and time, and come back to the same places."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import shiboken6
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine import project
from engine.data import Result
from engine.data.event import Event
from engine.data.rule import Rule
from gui.job import running
from gui.kept.keeping import Keeper
from gui.kept.stored import placed, stored
from gui.main_window import MainWindow
from gui.problems import Problems
from gui.said.reviews import Place, Review
from gui.state import AppState
from tests.engine.project.said import set_reviews

HOLD = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


@contextmanager
def held_by_another_program(path: Path) -> Iterator[None]:
    """As `cellwarden-cli watch` holds a project for a whole run."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdin=pipe, stdout=pipe) as program:
        assert program.stdout is not None
        program.stdout.readline()
        yield
        program.communicate()


@pytest.fixture
def keeper(state: AppState, qtbot: QtBot):
    keeper = Keeper(state, Problems(), state)
    yield keeper
    qtbot.waitUntil(lambda: not keeper.busy and not running(), timeout=20_000)


@pytest.fixture
def path(keeper: Keeper, result: Result, tmp_path: Path) -> Path:
    """The project that is open: it holds the data and nothing that was said."""
    path = tmp_path / "city.cellwarden"
    project.save(result, path)
    keeper.keep_in(path)
    return path


def test_a_review_comes_back_to_its_place(result: Result) -> None:
    last = len(result.panel.times)
    reviews = {Place(3, "calls", 5, 9): Review("fault", "ticket"), Place(0, "prb", last - 1, last): Review("check")}
    reviews[Place(2, "prb", 1, 4)] = Review("", "", "RAN north", "sara", np.datetime64("2024-03-01T06:30:00", "s"))
    assert placed(result.panel, stored(result.panel, reviews)) == reviews


def test_a_review_of_a_cell_that_is_gone_is_left_out(result: Result) -> None:
    there = stored(result.panel, {Place(3, "calls", 5, 9): Review("fault")})[0]
    assert placed(result.panel, [dataclasses.replace(there, cell="gone")]) == {}


def test_without_a_project_reviews_are_unsaved_until_they_are_taken_back(keeper: Keeper, state: AppState) -> None:
    place = Place(3, "calls", 5, 9)
    assert not keeper.unsaved
    state.reviews.tag(place, "fault")
    assert keeper.unsaved
    state.reviews.tag(place, "fault")
    assert not keeper.unsaved


def test_with_a_project_every_change_is_on_disk_a_moment_later(
    keeper: Keeper, state: AppState, path: Path, result: Result, qtbot: QtBot
) -> None:
    place = Place(3, "calls", 5, 9)
    with qtbot.waitSignal(keeper.settled, timeout=20_000):
        state.reviews.tag(place, "fault")
        state.reviews.comment(place, "ticket 4711")
    assert not keeper.unsaved
    assert placed(result.panel, project.read_reviews(path)) == {place: Review("fault", "ticket 4711")}
    with qtbot.waitSignal(keeper.settled, timeout=20_000):
        state.reviews.undo_stack.undo()
    assert placed(result.panel, project.read_reviews(path)) == {place: Review("fault")}


def test_a_project_that_cannot_be_written_is_said_and_the_reviews_stay(
    keeper: Keeper, state: AppState, tmp_path: Path, qtbot: QtBot
) -> None:
    raised = []
    keeper._problems.raised.connect(raised.append)
    keeper.keep_in(tmp_path / "gone.cellwarden")
    with qtbot.waitSignal(keeper.settled, timeout=20_000):
        state.reviews.tag(Place(3, "calls", 5, 9), "fault")
    assert [("gone.cellwarden" in problem.sentence) for problem in raised] == [True]
    assert keeper.unsaved
    assert state.reviews.all


def test_labels_that_could_not_be_written_are_written_with_what_is_said_next(
    keeper: Keeper, state: AppState, path: Path, qtbot: QtBot
) -> None:
    with held_by_another_program(path), qtbot.waitSignal(keeper.settled, timeout=20_000):
        state.labelling.label(("calls", 0), 3, 9, 1, "label")
    assert keeper.unsaved
    state.reviews.tag(Place(0, "calls", 3, 9), "fault")
    assert keeper.unsaved, "nothing is written yet"
    qtbot.waitUntil(lambda: not keeper.busy, timeout=20_000)
    assert not keeper.unsaved
    assert len(project.read_reviews(path)) == 1
    assert np.flatnonzero(project.read_labels(path)["calls"][0] == 1).tolist() == [3, 4, 5, 6, 7, 8]


def test_what_could_not_be_written_is_written_as_soon_as_it_can_be_and_told_once(
    keeper: Keeper, state: AppState, result: Result, tmp_path: Path, qtbot: QtBot
) -> None:
    path, raised = tmp_path / "city.cellwarden", []
    keeper._problems.raised.connect(raised.append)
    project.save(result, tmp_path / "away")
    keeper.keep_in(path)
    keeper.again_ms = 20
    writes: list[None] = []
    keeper.settled.connect(lambda: writes.append(None))
    state.reviews.tag(Place(3, "calls", 5, 9), "fault")
    state.labelling.label(("calls", 0), 3, 9, 1, "label")
    qtbot.waitUntil(lambda: len(writes) > 2, timeout=20_000)
    shutil.move(tmp_path / "away", path)
    with qtbot.waitSignal(keeper.kept, timeout=20_000):
        pass
    assert not keeper.unsaved
    assert [review.tag for review in project.read_reviews(path)] == ["fault"]
    assert project.read_labels(path) is not None
    assert len(raised) == 1


def test_what_other_windows_say_of_the_same_project_stays_in_it(
    keeper: Keeper, state: AppState, path: Path, result: Result, qtbot: QtBot
) -> None:
    place, theirs = Place(3, "calls", 5, 9), Place(0, "prb", 1, 4)
    with qtbot.waitSignal(keeper.kept, timeout=20_000):
        state.reviews.tag(place, "fault")
        state.ruling.keep(Rule("ours", 20.0))
    set_reviews(path, stored(result.panel, {theirs: Review("event")}))
    project.set_rules(path, [Rule("theirs", 30.0)])
    with qtbot.waitSignal(keeper.kept, timeout=20_000):
        state.reviews.comment(place, "ticket")
        state.ruling.keep(Rule("ours", 25.0))
    assert placed(result.panel, project.read_reviews(path)) == {
        theirs: Review("event"),
        place: Review("fault", "ticket"),
    }
    assert project.read_rules(path) == (Rule("ours", 25.0), Rule("theirs", 30.0))
    with qtbot.waitSignal(keeper.kept, timeout=20_000):
        state.reviews.tag(place, "")
        state.reviews.comment(place, "")
        state.ruling.remove("ours")
    assert placed(result.panel, project.read_reviews(path)) == {theirs: Review("event")}
    assert project.read_rules(path) == (Rule("theirs", 30.0),)


def test_two_windows_may_speak_of_the_same_incident_series_and_days(
    keeper: Keeper, state: AppState, path: Path, result: Result, qtbot: QtBot
) -> None:
    """What one says stays where the other says something else of the very same."""
    place, series, panel = Place(3, "calls", 5, 9), ("calls", 0), result.panel
    ours, theirs = (Event(datetime(2024, 1, day), datetime(2024, 1, day + 1), f"day {day}") for day in (2, 3))
    with qtbot.waitSignal(keeper.kept, timeout=20_000):
        state.reviews.tag(place, "fault")
        state.labelling.label(series, 3, 9, 1, "label")
        state.planning.add([ours])
    (said,) = project.read_reviews(path)
    project.change_reviews(path, [(said, dataclasses.replace(said, comment="ticket", owner="ali"))])
    row = state.labelling.row(series)
    assert row is not None
    other = row.copy()
    other[20:24] = 0
    project.change_label_rows(path, panel, {series: (row, other)})
    project.change_events(path, [theirs], [])
    with qtbot.waitSignal(keeper.kept, timeout=20_000):
        state.reviews.tag(place, "event")
        state.reviews.acknowledge(place, "sara", np.datetime64("2024-01-01T00:00:00"))
        state.labelling.label(series, 8, 12, 0, "label")
        state.planning.add([dataclasses.replace(ours, kind="holiday")])
    (said,) = project.read_reviews(path)
    assert (said.tag, said.comment, said.owner, said.acknowledged_by) == ("event", "ticket", "ali", "sara")
    labels = project.read_labels(path, panel)
    assert labels is not None
    assert np.flatnonzero(labels["calls"][0] == 1).tolist() == [3, 4, 5, 6, 7]
    assert np.flatnonzero(labels["calls"][0] == 0).tolist() == [8, 9, 10, 11, 20, 21, 22, 23]
    assert project.read_events(path) == (ours, dataclasses.replace(ours, kind="holiday"), theirs)
    with qtbot.waitSignal(keeper.kept, timeout=20_000):
        while state.reviews.undo_stack.canUndo():
            state.reviews.undo_stack.undo()
    (said,) = project.read_reviews(path)
    assert (said.tag, said.comment, said.owner, said.acknowledged_by) == ("", "ticket", "ali", "")
    labels = project.read_labels(path, panel)
    assert labels is not None
    assert np.flatnonzero(labels["calls"][0] >= 0).tolist() == [20, 21, 22, 23]
    assert project.read_events(path) == (theirs,)


def test_the_last_word_taken_back_is_unsaved_until_its_project_has_it(
    keeper: Keeper, state: AppState, path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(keeper.kept, timeout=20_000):
        state.reviews.tag(Place(3, "calls", 5, 9), "fault")
    with held_by_another_program(path), qtbot.waitSignal(keeper.settled, timeout=20_000):
        state.reviews.undo_stack.undo()
    assert not state.reviews.all
    assert keeper.unsaved
    keeper.give_up()
    assert not keeper.unsaved


def test_what_is_due_when_other_data_open_goes_where_it_was_said(
    keeper: Keeper, state: AppState, path: Path, qtbot: QtBot
) -> None:
    state.reviews.tag(Place(0, "calls", 3, 9), "fault")
    assert keeper.busy
    state.reviews.tag(Place(1, "calls", 3, 9), "event")
    state.labelling.label(("calls", 0), 3, 9, 1, "label")
    keeper.keep_in(None)
    state.set_source(None)
    qtbot.waitUntil(lambda: not keeper.busy, timeout=20_000)
    assert sorted(review.tag for review in project.read_reviews(path)) == ["event", "fault"]
    assert project.read_labels(path) is not None
    assert not keeper.unsaved


def test_what_a_project_that_was_left_could_not_take_is_tried_again(
    keeper: Keeper, state: AppState, path: Path, qtbot: QtBot
) -> None:
    keeper.again_ms = 20
    with held_by_another_program(path), qtbot.waitSignal(keeper._problems.raised, timeout=20_000):
        state.labelling.label(("calls", 0), 3, 9, 1, "label")
        state.reviews.tag(Place(0, "calls", 3, 9), "fault")
        keeper.keep_in(None)
        state.set_source(None)
    with qtbot.waitSignal(keeper.kept, timeout=20_000):
        pass
    assert [review.tag for review in project.read_reviews(path)] == ["fault"]
    assert project.read_labels(path) is not None


def test_what_is_given_up_is_not_written(keeper: Keeper, state: AppState, path: Path, qtbot: QtBot) -> None:
    with held_by_another_program(path), qtbot.waitSignal(keeper.settled, timeout=20_000):
        state.reviews.tag(Place(0, "calls", 3, 9), "fault")
    keeper.give_up()
    assert not keeper.busy
    assert project.read_reviews(path) == ()
    assert not keeper.unsaved


def test_opening_a_project_leaves_the_one_that_was_open_as_it_is(
    window: MainWindow, qtbot: QtBot, result: Result, tmp_path: Path
) -> None:
    panel, times = result.panel, result.panel.times
    one, other = tmp_path / "one.cellwarden", tmp_path / "other.cellwarden"
    review = project.Review(panel.cells[3].id, "calls", times[5], times[9], "fault", "ticket 4711")
    project.save(result, one, reviews=[review])
    project.save(result, other, rules=[Rule("r", 30.0)])
    for path in (one, other):
        with qtbot.waitSignal(window.desk.settled, timeout=60_000, check_params_cb=lambda: window.desk.idle):
            window.open([path])
    assert window.state.ruling.rules == (Rule("r", 30.0),)
    assert project.read_reviews(one) == (review,)
    assert project.read_rules(one) == ()
    assert project.read_reviews(other) == ()


@pytest.mark.parametrize("again", [False, True], ids=["first time", "over the old one"])
def test_what_is_said_while_a_project_is_saved_is_in_it(
    full: MainWindow, tmp_path: Path, qtbot: QtBot, again: bool
) -> None:
    path, during = tmp_path / "city.cellwarden", Place(3, "calls", 5, 9)
    state, desk = full.state, full.desk
    if again:
        with qtbot.waitSignal(desk.settled, timeout=20_000, check_params_cb=lambda: desk.idle):
            desk.save(path)
    state.reviews.tag(Place(0, "prb", 1, 4), "event")
    qtbot.waitUntil(lambda: not desk.keeper.busy, timeout=20_000)

    def say(busy: bool) -> None:
        if busy:
            state.reviews.tag(during, "fault")

    desk.busy_changed.connect(say)
    with qtbot.waitSignal(desk.settled, timeout=20_000, check_params_cb=lambda: desk.idle):
        desk.save(path)
    assert sorted(review.tag for review in project.read_reviews(path)) == ["event", "fault"]
    assert not desk.keeper.unsaved


def test_a_keeper_that_is_gone_hears_nothing_more_of_what_it_was_writing(
    state: AppState, result: Result, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "city.cellwarden"
    project.save(result, path)
    keeper = Keeper(state, Problems())
    keeper.keep_in(path)
    place = Place(3, "calls", 5, 9)
    state.reviews.tag(place, "fault")
    assert keeper.busy
    shiboken6.delete(keeper)
    qtbot.waitUntil(lambda: not running(), timeout=20_000)
    QApplication.processEvents()
    assert placed(result.panel, project.read_reviews(path)) == {place: Review("fault")}
