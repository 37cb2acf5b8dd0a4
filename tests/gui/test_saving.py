"""A project is saved beside what is said meanwhile, whole or not at all, and never over what others put there."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from engine import project
from engine.data import Result
from engine.data.event import Event
from engine.data.rule import Rule
from engine.monitor import Monitor
from gui.calls import writing
from gui.desk import Desk
from gui.main_window import MainWindow
from gui.said.reviews import TAGS, Place
from tests.engine.result_factory import make_result

PLACE = Place(3, "calls", 5, 9)


@pytest.fixture
def path(full: MainWindow, qtbot: QtBot, tmp_path: Path) -> Path:
    """The project that is open in the window."""
    path = tmp_path / "city.cellwarden"
    rest(full.desk, qtbot, lambda: full.desk.save(path))
    return path


def rest(desk: Desk, qtbot: QtBot, act: Callable[[], object]) -> None:
    with qtbot.waitSignal(desk.settled, timeout=30_000, check_params_cb=lambda: desk.idle):
        act()


def tags(path: Path) -> list[str]:
    return [review.tag for review in project.read_reviews(path)]


def test_what_is_said_and_saved_at_once_is_saved_without_a_complaint(
    full: MainWindow, path: Path, qtbot: QtBot
) -> None:
    raised: list[object] = []
    full.problems.raised.connect(raised.append)
    for tag in TAGS:
        full.state.reviews.tag(PLACE, tag)
        assert full.desk.keeper.busy
        rest(full.desk, qtbot, lambda: full.desk.save(path))
        assert tags(path) == [tag]
    assert raised == []


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Saving waits for it where no cancel stops it any more."""
    free, save = threading.Event(), writing.save

    def slow(*given: object) -> object:
        assert free.wait(20)
        *others, _monitor, open_one = given
        return save(*others, Monitor(), open_one)

    monkeypatch.setattr(writing, "save", slow)
    return free


def test_what_is_said_after_a_cancel_that_came_too_late_is_in_the_project(
    full: MainWindow, path: Path, late: threading.Event, qtbot: QtBot
) -> None:
    desk = full.desk
    desk.save(path)
    desk.cancel()
    full.state.reviews.tag(PLACE, "fault")
    assert desk.busy
    assert not desk.keeper.busy, "the file may be replaced yet"
    assert "Cancelling" in full.status.text
    rest(desk, qtbot, late.set)
    assert "Saved" in full.status.text
    assert tags(path) == ["fault"]
    assert not desk.keeper.unsaved


def test_a_second_save_waits_until_the_first_has_stopped(
    full: MainWindow, path: Path, late: threading.Event, qtbot: QtBot
) -> None:
    raised: list[object] = []
    full.problems.raised.connect(raised.append)
    full.desk.save(path)
    full.desk.cancel()
    first = full.desk._job
    full.desk.save(path)
    assert full.desk._job is first
    rest(full.desk, qtbot, late.set)
    rest(full.desk, qtbot, lambda: full.desk.save(path))
    assert raised == []
    assert [file.name for file in path.parent.iterdir() if "cellwarden" in file.name] == [path.name]


def test_a_save_that_was_cancelled_before_it_began_leaves_the_project(
    full: MainWindow, path: Path, qtbot: QtBot
) -> None:
    full.state.reviews.tag(PLACE, "fault")
    before = project.open_project  # what is being written is written first
    full.desk.save(path)
    rest(full.desk, qtbot, full.desk.cancel)
    assert "Cancelled" in full.status.text
    assert before(path).record == full.state.result.record
    assert tags(path) == ["fault"]


def longer() -> Result:
    """What another program has put there: the same cells, more days."""
    return make_result(cells=12, kpis=3, anomalies=28, periods=24 * 30)


def question(window: MainWindow) -> QMessageBox:
    return next(box for box in window.findChildren(QMessageBox) if box.isVisible())


def test_later_days_that_another_program_saved_are_not_replaced_unasked(
    full: MainWindow, path: Path, qtbot: QtBot
) -> None:
    other = longer()
    project.save(other, path)
    rest(full.desk, qtbot, lambda: full.state.reviews.tag(PLACE, "fault"))  # goes there all the same
    rest(full.desk, qtbot, lambda: full.desk.save(path))
    assert "city.cellwarden was changed by another window or program" in question(full).text()
    assert project.open_project(path).panel.shape == other.panel.shape
    question(full).button(QMessageBox.StandardButton.Cancel).click()
    rest(full.desk, qtbot, lambda: full.desk.save(path))
    (go,) = (b for b in question(full).buttons() if "all the same" in b.text())
    rest(full.desk, qtbot, go.click)
    assert project.open_project(path).panel.shape == full.state.panel.shape
    rest(full.desk, qtbot, lambda: full.desk.save(path))
    assert "Saved" in full.status.text


def test_saving_keeps_what_another_window_said_and_asks_nothing(full: MainWindow, path: Path, qtbot: QtBot) -> None:
    panel, place = full.state.panel, PLACE
    assert panel is not None
    events = [Event(datetime(2024, 1, day), datetime(2024, 1, day + 1), f"day {day}") for day in (2, 3)]
    row = np.full(panel.shape[1], -1, np.int8)
    marked = row.copy()
    marked[20:24] = 0
    rest(full.desk, qtbot, lambda: full.state.reviews.tag(place, "fault"))
    (said,) = project.read_reviews(path)
    project.change_reviews(path, [(said, dataclasses.replace(said, comment="theirs"))])
    project.set_rules(path, [Rule("theirs", 30.0)])
    project.change_label_rows(path, panel, {("calls", 0): (row, marked)})
    project.change_events(path, events[:1], [])
    full.state.labelling.label(("calls", 0), 3, 9, 1, "label")
    full.state.ruling.keep(Rule("ours", 20.0))
    full.state.reviews.assign(place, "ali")
    rest(full.desk, qtbot, lambda: full.desk.save(path))
    assert "Saved" in full.status.text
    (said,) = project.read_reviews(path)
    assert (said.tag, said.comment, said.owner) == ("fault", "theirs", "ali")
    assert {rule.identity for rule in project.read_rules(path)} == {"ours", "theirs"}
    labels = project.read_labels(path, panel)
    assert labels is not None
    assert np.flatnonzero(labels["calls"][0] >= 0).tolist() == [*range(3, 9), *range(20, 24)]
    assert project.read_events(path) == tuple(events[:1])
    rest(full.desk, qtbot, lambda: full.desk.save(path))
    assert project.read_events(path) == tuple(events[:1])


def test_saving_under_another_name_asks_nothing(full: MainWindow, path: Path, qtbot: QtBot, tmp_path: Path) -> None:
    project.save(longer(), path)
    rest(full.desk, qtbot, lambda: full.desk.save(tmp_path / "other.cellwarden"))
    assert full.desk.keeper.project == tmp_path / "other.cellwarden"


def test_what_is_said_while_the_open_project_is_read_again_is_shown_and_kept(
    full: MainWindow, path: Path, qtbot: QtBot
) -> None:
    full.state.reviews.tag(PLACE, "fault")

    def act() -> None:
        full.open([path])
        full.state.reviews.tag(PLACE, "event")

    rest(full.desk, qtbot, act)
    assert full.banner.text == ""
    assert [review.tag for review in full.state.reviews.all.values()] == ["event"]
    assert tags(path) == ["event"]


def test_leaving_waits_for_what_is_said_while_the_open_project_is_read_again(
    full: MainWindow, path: Path, qtbot: QtBot
) -> None:
    full.open([path])
    full.state.reviews.tag(PLACE, "event")
    full.close()
    assert full.isVisible()
    qtbot.waitUntil(lambda: not full.isVisible(), timeout=30_000)
    assert tags(path) == ["event"]


def test_an_opened_project_is_saved_unasked_after_what_was_said_of_it(
    full: MainWindow, path: Path, qtbot: QtBot
) -> None:
    rest(full.desk, qtbot, lambda: full.open([path]))
    rest(full.desk, qtbot, lambda: full.state.reviews.tag(PLACE, "fault"))
    rest(full.desk, qtbot, lambda: full.desk.save(path))
    assert "Saved" in full.status.text
    assert tags(path) == ["fault"]
