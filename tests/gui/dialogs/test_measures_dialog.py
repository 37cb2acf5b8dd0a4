"""The table beside the window: the vote and each detector by the labels, following both."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.data import Result
from gui.dialogs.measures_dialog import COLUMNS, MeasuresDialog
from gui.job import running, stop_all
from gui.look.wording import detector_label
from gui.main_window import MainWindow
from gui.problems import Problems
from gui.state import AppState

pytestmark = pytest.mark.usefixtures("appearance")
SERIES = ("calls", 3)


@pytest.fixture
def dialog(state: AppState, qtbot: QtBot) -> Iterator[MeasuresDialog]:
    dialog = MeasuresDialog(state, Problems(), None)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.idle, timeout=20_000)
    yield dialog
    dialog.close()
    stop_all(30.0)
    qtbot.waitUntil(lambda: not running(), timeout=30_000)


def cell(dialog: MeasuresDialog, row: int, figure: str) -> str:
    return dialog.table.item(row, 1 + COLUMNS.index(figure)).text()


def test_without_labels_it_says_where_they_come_from(dialog: MeasuresDialog) -> None:
    assert "Labels come with the data" in dialog.words.text()
    assert dialog.table.isHidden()


def test_labels_that_are_drawn_are_measured_by(
    dialog: MeasuresDialog, state: AppState, result: Result, qtbot: QtBot
) -> None:
    row = result.verdicts["calls"].alarm[3].astype(np.int8)
    row[:4] = 1
    state.labelling.put(SERIES, row, "label")
    qtbot.waitUntil(lambda: dialog.idle, timeout=20_000)
    assert not dialog.table.isHidden()
    named = [dialog.table.item(i, 0).text() for i in range(dialog.table.rowCount())]
    assert named == ["Vote", *(detector_label(name) for name in result.evidence["calls"])]
    assert cell(dialog, 0, "precision") in ("1.000", "\u2013")
    assert cell(dialog, 0, "false_positive_rate") == "0 %"
    assert f"{result.panel.shape[1]:,} labelled points in 1 series" in dialog.words.text()
    assert dialog.learned.isHidden()


def test_a_run_that_learned_from_labels_is_told(
    dialog: MeasuresDialog, state: AppState, result: Result, qtbot: QtBot
) -> None:
    state.labelling.label(SERIES, 0, 9, 1, "label")
    learned = dataclasses.replace(result.settings, threshold="min_error")
    state.set_result(dataclasses.replace(result, settings=learned, verdicts=dict(result.verdicts)))
    qtbot.waitUntil(lambda: dialog.idle, timeout=20_000)
    assert not dialog.learned.isHidden()


def test_it_opens_from_the_menu_and_goes_with_its_window(full: MainWindow, qtbot: QtBot) -> None:
    full.actions_by_id["measure"].trigger()
    (dialog,) = full.findChildren(MeasuresDialog)
    full.actions_by_id["measure"].trigger()
    assert full.findChildren(MeasuresDialog) == [dialog]
    qtbot.waitUntil(lambda: dialog.idle, timeout=20_000)
    dialog.close()
