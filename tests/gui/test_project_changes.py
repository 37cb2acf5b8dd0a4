"""A project that does not hold all that is open is marked, and nobody loses it unasked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from engine import project
from gui.main_window import MainWindow
from gui.said.reviews import Place
from tests.gui.test_add_later import DAYS, settle, write_days

NEW = Place(1, "calls", 24 * DAYS + 3, 24 * DAYS + 6)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "city.cellwarden"


@pytest.fixture
def opened(window: MainWindow, path: Path, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """Sixteen days of two cells in a project that is open."""
    settle(window, qtbot, lambda: window.open([write_days(tmp_path, "first.csv", 0, DAYS)]))
    settle(window, qtbot, lambda: window.desk.save(path))
    return window


@pytest.fixture
def grown(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """Two more days, one of which was reviewed."""
    settle(opened, qtbot, lambda: opened.desk.add_later([write_days(tmp_path, "second.csv", DAYS, 2)]))
    settle(opened, qtbot, lambda: opened.state.reviews.tag(NEW, "fault"))
    return opened


def question(window: MainWindow) -> QMessageBox:
    return next(box for box in window.findChildren(QMessageBox) if box.isVisible())


def test_leaving_after_later_files_asks_and_saves_them_with_what_was_said(
    grown: MainWindow, path: Path, qtbot: QtBot, make_main_window: Callable[[], MainWindow]
) -> None:
    assert grown.desk.keeper.unsaved
    grown.close()
    assert grown.isVisible()
    assert "city.cellwarden does not hold what was done" in question(grown).text()
    question(grown).button(QMessageBox.StandardButton.Save).click()
    qtbot.waitUntil(lambda: not grown.isVisible(), timeout=30_000)
    again = make_main_window()
    settle(again, qtbot, lambda: again.open([path]))
    assert again.state.panel is not None
    assert again.state.panel.shape == (2, 24 * (DAYS + 2))
    assert again.state.reviews.all[NEW].tag == "fault"


def test_leaving_can_leave_the_project_as_it_was(grown: MainWindow, path: Path, qtbot: QtBot) -> None:
    grown.close()
    question(grown).button(QMessageBox.StandardButton.Discard).click()
    qtbot.waitUntil(lambda: not grown.isVisible(), timeout=30_000)
    assert project.open_project(path).panel.shape == (2, 24 * DAYS)


def test_opening_something_else_asks_too_and_goes_on_when_it_is_saved(
    grown: MainWindow, path: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    other = write_days(tmp_path, "other.csv", 40, DAYS)
    grown.open([other])
    settle(grown, qtbot, question(grown).button(QMessageBox.StandardButton.Save).click)
    qtbot.waitUntil(lambda: "other.csv" in grown.windowTitle() and grown.desk.idle, timeout=60_000)
    assert project.open_project(path).panel.shape == (2, 24 * (DAYS + 2))


def test_what_was_said_of_days_that_were_not_saved_comes_back_with_them(
    grown: MainWindow, path: Path, qtbot: QtBot, make_main_window: Callable[[], MainWindow], tmp_path: Path
) -> None:
    grown.desk.keeper.give_up()  # as after a crash
    again = make_main_window()
    settle(again, qtbot, lambda: again.open([path]))
    settle(again, qtbot, lambda: again.state.reviews.tag(Place(0, "calls", 3, 5), "event"))
    settle(again, qtbot, lambda: again.desk.add_later([tmp_path / "second.csv"]))
    assert again.state.reviews.all[NEW].tag == "fault"
    assert {review.tag for review in project.read_reviews(path)} == {"fault", "event"}


def test_another_vote_is_a_change_until_it_is_taken_back(opened: MainWindow, qtbot: QtBot) -> None:
    assert not opened.desk.keeper.unsaved
    assert not opened.isWindowModified()
    budget = opened.state.settings.budget
    settle(opened, qtbot, lambda: opened.state.change(budget=2.0))
    assert opened.desk.keeper.unsaved
    assert opened.isWindowModified()
    settle(opened, qtbot, lambda: opened.state.change(budget=budget))
    assert not opened.desk.keeper.unsaved


def test_reviews_alone_ask_nothing_as_they_are_in_the_project(opened: MainWindow, qtbot: QtBot) -> None:
    settle(opened, qtbot, lambda: opened.state.reviews.tag(Place(0, "calls", 3, 5), "event"))
    opened.close()
    qtbot.waitUntil(lambda: not opened.isVisible(), timeout=30_000)


def test_a_cell_table_is_a_change(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    table = tmp_path / "cells.csv"
    table.write_text("cell,site\nA,s\nB,s\n")
    settle(opened, qtbot, lambda: opened.desk.join_cells(table))
    assert opened.desk.keeper.unsaved


def test_saving_goes_to_the_open_project_without_asking(grown: MainWindow, path: Path, qtbot: QtBot) -> None:
    assert grown.isWindowModified()
    settle(grown, qtbot, grown.actions_by_id["save"].trigger)
    assert not grown.findChildren(QFileDialog)
    assert project.open_project(path).panel.shape == (2, 24 * (DAYS + 2))
    assert not grown.isWindowModified()


def test_saving_as_asks_where(opened: MainWindow, path: Path, qtbot: QtBot, tmp_path: Path) -> None:
    opened.actions_by_id["save_as"].trigger()
    (dialog,) = opened.findChildren(QFileDialog)
    settle(opened, qtbot, lambda: dialog.fileSelected.emit(str(tmp_path / "other.cellwarden")))
    dialog.reject()
    assert opened.desk.keeper.project == tmp_path / "other.cellwarden"
    assert opened.windowTitle().startswith("other.cellwarden")


def test_the_title_names_the_project_and_before_it_the_file(
    window: MainWindow, path: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    odd = write_days(tmp_path, "first[*].csv", 0, DAYS)
    settle(window, qtbot, lambda: window.open([odd]))
    assert window.windowTitle() == "first[*][*].csv[*] \u2014 Cellwarden"
    assert not window.isWindowModified()
    settle(window, qtbot, lambda: window.state.reviews.tag(Place(0, "calls", 3, 5), "event"))
    assert window.isWindowModified(), "no project holds the review"
    settle(window, qtbot, lambda: window.desk.save(path))
    assert window.windowTitle() == "city.cellwarden[*] \u2014 Cellwarden"
    assert not window.isWindowModified()


def test_what_was_not_judged_cannot_be_saved_and_that_is_said(opened: MainWindow, qtbot: QtBot) -> None:
    opened.state.set_result(None)
    opened.close()
    question(opened).button(QMessageBox.StandardButton.Save).click()
    assert "not judged yet" in opened.banner.text
    assert opened.isVisible()
