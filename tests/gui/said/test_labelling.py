"""Labels drawn by hand: undone, kept in the project, taken by whoever learns, read from and written to files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine import project
from engine.data import Result
from gui.calls import reading
from gui.job import running
from gui.kept.keeping import Keeper
from gui.label_files import LabelFiles
from gui.problems import Problems
from gui.said.reviews import Place
from gui.state import AppState

SERIES = ("calls", 3)


@pytest.fixture
def keeper(state: AppState, qtbot: QtBot):
    keeper = Keeper(state, Problems(), state)
    yield keeper
    qtbot.waitUntil(lambda: not keeper.busy and not running(), timeout=20_000)


def labelled(state: AppState, value: int = 1) -> list[int]:
    return np.flatnonzero(state.labelling.row(SERIES) == value).tolist()


def test_labels_and_reviews_are_undone_in_the_order_they_were_made(state: AppState) -> None:
    place, stack = Place(3, "calls", 5, 9), state.reviews.undo_stack
    state.labelling.label(SERIES, 5, 8, 1, "label")
    state.reviews.tag(place, "fault")
    state.labelling.label(SERIES, 7, 9, 0, "label")
    assert (labelled(state), labelled(state, 0)) == ([5, 6], [7, 8])
    stack.undo()
    assert (labelled(state), labelled(state, 0)) == ([5, 6, 7], [])
    stack.undo()
    assert state.reviews.all == {}
    stack.undo()
    assert labelled(state) == []
    for _ in range(3):
        stack.redo()
    assert (labelled(state), labelled(state, 0)) == ([5, 6], [7, 8])


def test_a_worker_keeps_the_labels_it_was_given(state: AppState) -> None:
    state.labelling.label(SERIES, 5, 8, 1, "label")
    given = state.source
    state.labelling.label(SERIES, 5, 8, -1, "remove")
    assert given is not None
    assert given.known()["calls"][3].nonzero()[0][0] == 0  # -1 where nothing was said
    assert np.flatnonzero(given.known()["calls"][3] == 1).tolist() == [5, 6, 7]
    assert state.source.known() is None


def test_a_label_that_changes_nothing_leaves_nothing_to_undo(state: AppState) -> None:
    state.labelling.label(SERIES, 5, 8, -1, "remove")
    assert not state.reviews.undo_stack.canUndo()


def test_labels_go_into_the_open_project_and_come_back_with_it(
    keeper: Keeper, state: AppState, result: Result, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "city.cellwarden"
    project.save(result, path)
    keeper.keep_in(path)
    with qtbot.waitSignal(keeper.settled, timeout=20_000):
        state.labelling.label(SERIES, 5, 8, 1, "label")
    assert not keeper.unsaved
    source = reading.open_project(path)[0]
    np.testing.assert_array_equal(source.known()["calls"], state.source.known()["calls"])
    with qtbot.waitSignal(keeper.settled, timeout=20_000):
        state.reviews.undo_stack.undo()
    assert project.read_labels(path) is None


def test_without_a_project_labels_are_unsaved(keeper: Keeper, state: AppState) -> None:
    assert not keeper.unsaved
    state.labelling.label(SERIES, 5, 8, 1, "label")
    assert keeper.unsaved


def test_labels_stay_when_a_cell_table_joins(state: AppState, tmp_path: Path) -> None:
    state.labelling.label(SERIES, 5, 8, 1, "label")
    table = tmp_path / "cells.csv"
    names = [cell.id for cell in state.panel.cells]
    table.write_text("cell,site\n" + "".join(f"{name},s\n" for name in names), "utf-8")
    joined = reading.with_cells(state.source, table)
    state.set_source(joined)
    assert labelled(state) == [5, 6, 7]
    assert joined.drawn


def test_labels_written_to_a_file_are_the_same_when_it_is_read(state: AppState, tmp_path: Path, qtbot: QtBot) -> None:
    files = LabelFiles(state, Problems(), state)
    path = tmp_path / "labels.csv"
    state.labelling.label(SERIES, 5, 8, 1, "label")
    before = state.source.known()
    with qtbot.waitSignal(files.told, timeout=20_000) as told:
        files.write(path)
    assert told.args == ["1 labelled stretch written to labels.csv"]
    state.labelling.label(SERIES, 0, 40, 0, "label")
    with qtbot.waitSignal(files.told, timeout=20_000):
        files.read(path)
    for kpi, labels in before.items():
        np.testing.assert_array_equal(state.source.known()[kpi], labels)
    state.reviews.undo_stack.undo()
    assert len(labelled(state, 0)) == 40
    qtbot.waitUntil(lambda: not running(), timeout=20_000)


def test_labels_are_read_for_the_data_that_have_grown_meanwhile(state: AppState, tmp_path: Path, qtbot: QtBot) -> None:
    files, path, source = LabelFiles(state, Problems(), state), tmp_path / "labels.csv", state.source
    state.labelling.label(SERIES, 5, 8, 1, "label")
    with qtbot.waitSignal(files.told, timeout=20_000):
        files.write(path)
    with qtbot.waitSignal(files.told, timeout=20_000):
        files.read(path)
        state.set_source(replace(source, panel=replace(source.panel)))
    assert labelled(state) == [5, 6, 7]
    qtbot.waitUntil(lambda: not running(), timeout=20_000)


def test_a_file_that_holds_no_labels_is_said_and_changes_nothing(state: AppState, tmp_path: Path, qtbot: QtBot) -> None:
    problems = Problems()
    files = LabelFiles(state, problems, state)
    path = tmp_path / "labels.csv"
    path.write_text("cell,kpi,start_utc,end_utc,kind\nnobody,calls,2024-01-01,2024-01-02,x\n", "utf-8")
    with qtbot.waitSignal(problems.raised, timeout=20_000):
        files.read(path)
    assert state.source.known() is None
    qtbot.waitUntil(lambda: not running(), timeout=20_000)


def test_what_was_labelled_by_hand_is_what_a_run_learns_from(state: AppState) -> None:
    """The engine gets labels on every KPI, as from a file, wherever some are drawn."""
    from engine.blocks import clean_points

    state.labelling.label(SERIES, 5, 8, 1, "label")
    panel, known = state.source.panel, state.source.known()
    rows = range(len(panel.cells))
    for kpi in panel.kpis:
        clean = clean_points(panel, kpi, rows, state.settings, known)
        assert clean.shape[0] == len(panel.cells)
        assert clean[3, 5:8].any() == (kpi.id != "calls")
