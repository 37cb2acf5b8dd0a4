"""What is said or asked for while something runs is not lost, and what runs never brings back what was before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from engine import io
from engine.io import Loaded, LoadOptions
from gui.main_window import MainWindow
from gui.said.reviews import Place
from tests.gui.test_add_later import DAYS, settle, write_days

SERIES = ("calls", 0)


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    settle(window, qtbot, lambda: window.open([write_days(tmp_path, "first.csv", 2, DAYS)]))
    return window


@dataclass(frozen=True)
class Looked:
    """A file with three days more, and what was loaded from it in the import window."""

    path: Path
    loaded: Loaded


@pytest.fixture
def other(tmp_path: Path) -> Looked:
    path = write_days(tmp_path, "other.csv", 0, DAYS + 3)
    return Looked(path, io.load([path], LoadOptions()))


def join(window: MainWindow, folder: Path) -> None:
    (folder / "cells.csv").write_text("cell,name\nA,North\nB,South\n")
    window.desk.join_cells(folder / "cells.csv")


def take_kpis(window: MainWindow, folder: Path) -> None:
    (folder / "kpis.csv").write_text("kpi;unit;bad;numerator;denominator\ncalls;;down;;\n")
    window.desk.take_kpis(folder / "kpis.csv")


def add_earlier(window: MainWindow, folder: Path) -> None:
    window.desk.add_later([write_days(folder, "earlier.csv", 0, 2)])


CHANGES = pytest.mark.parametrize(("begin", "shift"), [(join, 0), (take_kpis, 0), (add_earlier, 48)])


def labelled(window: MainWindow, value: int = 1) -> list[int]:
    return np.flatnonzero(window.state.labelling.row(SERIES) == value).tolist()


def change(window: MainWindow, qtbot: QtBot, begin: Callable, folder: Path, meanwhile: Callable[[], object]) -> None:
    """Have the open data changed, and do something while that is under way."""

    def act() -> None:
        begin(window, folder)
        assert window.desk.busy
        meanwhile()

    settle(window, qtbot, act)
    assert window.state.result.panel is not None
    assert window.state.result.panel.shape == window.state.source.panel.shape


@CHANGES
def test_a_label_drawn_while_the_data_change_stays(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path, begin: Callable, shift: int
) -> None:
    labelling = opened.state.labelling
    labelling.label(SERIES, 3, 5, 1, "label")
    change(opened, qtbot, begin, tmp_path, lambda: labelling.label(SERIES, 7, 9, 1, "label"))
    assert labelled(opened) == [shift + at for at in (3, 4, 7, 8)]
    assert opened.state.source.drawn
    assert opened.desk.keeper.unsaved


@CHANGES
def test_a_label_taken_back_while_the_data_change_stays_away(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path, begin: Callable, shift: int
) -> None:
    opened.state.labelling.label(SERIES, 3, 5, 1, "label")
    opened.state.labelling.label(SERIES, 7, 9, 1, "label")
    change(opened, qtbot, begin, tmp_path, opened.state.reviews.undo_stack.undo)
    assert labelled(opened) == [shift + at for at in (3, 4)]


@CHANGES
def test_labels_read_from_a_file_while_the_data_change_stay(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path, begin: Callable, shift: int
) -> None:
    labels = np.full(opened.state.panel.shape, 0, np.int8)
    labels[0, 3:5] = 1
    opened.state.labelling.label(SERIES, 7, 9, 1, "label")
    change(opened, qtbot, begin, tmp_path, lambda: opened.state.labelling.replace({"calls": labels}, "read"))
    assert labelled(opened) == [shift + at for at in (3, 4)]
    assert len(labelled(opened, 0)) == 24 * DAYS - 2


def test_data_that_were_looked_at_take_the_place_of_those_that_are_being_judged(
    opened: MainWindow, qtbot: QtBot, other: Looked
) -> None:
    def act() -> None:
        opened.desk.run()
        opened.desk.take(other.loaded, [other.path])

    settle(opened, qtbot, act)
    assert opened.state.source.panel is other.loaded.panel
    assert opened.state.result.panel.shape == other.loaded.panel.shape
    assert "other.csv" in opened.windowTitle()


def test_data_that_were_looked_at_wait_for_what_is_being_written(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path, other: Looked
) -> None:
    kept = tmp_path / "kept.cellwarden"

    def act() -> None:
        opened.desk.save(kept)
        opened.desk.take(other.loaded, [other.path])
        assert opened.state.source.panel is not other.loaded.panel

    settle(opened, qtbot, act)
    assert kept.exists()
    assert opened.state.result.panel.shape == other.loaded.panel.shape
    assert opened.desk.keeper.project is None


def test_later_files_that_were_looked_at_are_added_when_the_run_has_ended(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    later = write_days(tmp_path, "later.csv", DAYS + 2, 1)
    loaded = io.load([later], LoadOptions())

    def act() -> None:
        opened.desk.run()
        opened.desk.take_later(loaded, [later], LoadOptions())

    settle(opened, qtbot, act)
    assert opened.state.result.panel.shape == (2, 24 * (DAYS + 1))


def test_what_is_said_while_other_data_are_read_is_asked_about_before_they_take_its_place(
    opened: MainWindow, qtbot: QtBot, other: Looked
) -> None:
    before, place = opened.state.source, Place(1, "calls", 30, 34)
    opened.open([other.path])
    opened.state.reviews.tag(place, "fault")

    def question() -> QMessageBox | None:
        return next((box for box in opened.findChildren(QMessageBox) if box.isVisible()), None)

    qtbot.waitUntil(lambda: question() is not None, timeout=20_000)
    assert opened.state.source is before
    assert opened.state.reviews.all
    assert opened.desk.keeper.unsaved
    settle(opened, qtbot, question().button(QMessageBox.StandardButton.Discard).click)
    assert "other.csv" in opened.windowTitle()
    assert not opened.state.reviews.all
    assert not opened.desk.keeper.unsaved


def test_a_result_of_data_that_are_no_longer_open_is_not_shown(opened: MainWindow, qtbot: QtBot, other: Looked) -> None:

    def act() -> None:
        opened.desk.run()
        opened.state.set_source(None)

    settle(opened, qtbot, act)
    assert opened.state.result is None
    settle(opened, qtbot, lambda: opened.desk.take(other.loaded, [other.path]))
