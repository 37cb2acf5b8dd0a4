"""What a watched folder brought is in the open project, and known there after a restart."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine import project
from gui.main_window import MainWindow
from gui.said.reviews import Place
from tests.gui.test_add_later import DAYS, settle, write_days
from tests.gui.watch_data import hours, looks, make_spool, open_days, said, take_day, until


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    return open_days(window, qtbot, tmp_path)


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return make_spool(tmp_path)


def test_a_project_holds_what_was_taken(opened: MainWindow, qtbot: QtBot, spool: Path, tmp_path: Path) -> None:
    path = tmp_path / "city.cellwarden"
    settle(opened, qtbot, lambda: opened.desk.save(path))
    opened.watching.start(spool)
    opened.state.reviews.tag(Place(1, "calls", 30, 34), "fault")
    take_day(opened, qtbot, spool, "second.csv", DAYS)
    until(qtbot, lambda: project.open_project(path).panel.shape[1] == 24 * (DAYS + 1))
    assert [review.tag for review in project.read_reviews(path)] == ["fault"]
    assert [name for name, _, _ in project.open_project(path).record.inputs] == ["second.csv"]
    assert not opened.desk.keeper.unsaved


def test_a_watch_of_a_project_goes_on_after_a_restart(
    opened: MainWindow, qtbot: QtBot, spool: Path, tmp_path: Path, make_main_window: Callable[[], MainWindow]
) -> None:
    path = tmp_path / "city.cellwarden"
    settle(opened, qtbot, lambda: opened.desk.save(path))
    opened.watching.start(spool)
    take_day(opened, qtbot, spool, "second.csv", DAYS)
    take_day(opened, qtbot, spool, "third.csv", DAYS + 1)
    looks(opened, qtbot, 1)
    opened.close()
    again = make_main_window()
    settle(again, qtbot, lambda: again.open([path]))
    assert hours(again) == 24 * (DAYS + 2)
    again.watching.every_ms = again.watching.settle_ms = 30
    again.watching.start(spool)
    looks(again, qtbot)
    assert "Took" not in said(again)
    take_day(again, qtbot, spool, "fourth.csv", DAYS + 2)


def test_what_is_said_while_the_project_is_saved_is_in_it(
    opened: MainWindow, qtbot: QtBot, spool: Path, tmp_path: Path
) -> None:
    path = tmp_path / "city.cellwarden"
    settle(opened, qtbot, lambda: opened.desk.save(path))

    def say(doing: str) -> None:
        if doing.startswith("Saving"):
            opened.state.reviews.tag(Place(1, "calls", 30, 34), "fault")

    opened.desk.doing.connect(say)
    opened.watching.start(spool)
    take_day(opened, qtbot, spool, "second.csv", DAYS)
    looks(opened, qtbot, 1)
    assert [review.tag for review in project.read_reviews(path)] == ["fault"]


def test_a_project_that_cannot_be_saved_is_said_and_saved_when_it_can_be(
    opened: MainWindow, qtbot: QtBot, spool: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "projects"
    folder.mkdir()
    path = folder / "city.cellwarden"
    settle(opened, qtbot, lambda: opened.desk.save(path))
    away = folder.rename(tmp_path / "away")
    opened.watching.start(spool)
    take_day(opened, qtbot, spool, "second.csv", DAYS)
    until(qtbot, lambda: "could not be saved" in said(opened))
    assert opened.watching.folder == spool, "it goes on"
    away.rename(folder)
    until(qtbot, lambda: project.open_project(path).panel.shape[1] == 24 * (DAYS + 1))
    looks(opened, qtbot, 1)


def test_a_watch_does_not_replace_what_another_program_saved(
    opened: MainWindow, qtbot: QtBot, spool: Path, tmp_path: Path
) -> None:
    path = tmp_path / "city.cellwarden"
    settle(opened, qtbot, lambda: opened.desk.save(path))
    opened.watching.start(spool)
    other = project.open_project(path)
    project.save(dataclasses.replace(other, record=dataclasses.replace(other.record, run_id="of another")), path)
    write_days(spool, "second.csv", DAYS, 1)
    until(qtbot, lambda: opened.watching.folder is None)
    assert "another window or program" in opened.watching.status
    assert project.open_project(path).record.run_id == "of another"
    assert hours(opened) == 24 * (DAYS + 1), "what was taken is shown"


def test_what_a_project_was_not_saved_with_comes_in_again(
    opened: MainWindow, qtbot: QtBot, spool: Path, tmp_path: Path
) -> None:
    path = tmp_path / "city.cellwarden"
    settle(opened, qtbot, lambda: opened.desk.save(path))
    before = path.read_bytes()
    opened.watching.start(spool)
    take_day(opened, qtbot, spool, "second.csv", DAYS)
    looks(opened, qtbot, 1)
    opened.watching.stop()
    path.write_bytes(before)  # a backup was put back
    settle(opened, qtbot, lambda: opened.open([path]))
    assert hours(opened) == 24 * DAYS
    opened.watching.start(spool)
    until(qtbot, lambda: hours(opened) == 24 * (DAYS + 1) and opened.desk.idle)
