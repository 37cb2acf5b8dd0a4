"""Labels that stand in the opened files: shown, written and learned from, and nothing is judged by them unasked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.calls import writing
from gui.main_window import MainWindow
from gui.problems import Problem
from tests.gui.dialogs.test_importing import asked
from tests.gui.test_add_later import DAYS, settle, write_days

SERIES = ("calls", 0)


def write_labelled(folder: Path, name: str, first: int, days: int) -> Path:
    """Days of `write_days` in which every tenth hour is called anomalous."""
    plain = write_days(folder, f"plain-{name}", first, days)
    head, *rows = plain.read_text().splitlines()
    path = folder / name
    path.write_text("\n".join([f"{head},label", *(f"{row},{int(k // 2 % 10 == 3)}" for k, row in enumerate(rows))]))
    return path


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    settle(window, qtbot, lambda: window.open([write_labelled(tmp_path, "first.csv", 0, DAYS)]))
    return window


def anomalous(window: MainWindow) -> int:
    return int((window.state.labelling.row(SERIES) == 1).sum())


def test_they_are_shown_and_written_and_are_nothing_to_save(opened: MainWindow, tmp_path: Path) -> None:
    hours = len(range(3, 24 * DAYS, 10))
    assert anomalous(opened) == hours
    assert opened.state.source.known()["calls"][0].tolist().count(1) == hours
    assert not opened.desk.keeper.unsaved
    assert writing.write_labels(opened.state.source, tmp_path / "labels.csv") > hours


def test_nothing_is_judged_by_them(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    labelled = opened.state.result
    settle(opened, qtbot, lambda: opened.open([tmp_path / "plain-first.csv"]))
    plain = opened.state.result
    assert plain.thresholds == labelled.thresholds
    for name, evidence in labelled.evidence["calls"].items():
        np.testing.assert_array_equal(plain.evidence["calls"][name].score, evidence.score)


def test_they_set_the_thresholds_where_a_person_asks_for_it(opened: MainWindow, qtbot: QtBot) -> None:
    opened.state.change(threshold="min_error")
    settle(opened, qtbot, opened.desk.run)
    result = opened.state.result
    assert "threshold_without_labels" not in [note.code for note in result.notes]
    assert result.curves["calls"]


def test_the_detector_that_learns_from_labels_gets_them(opened: MainWindow, qtbot: QtBot) -> None:
    opened.state.change(detectors=("baseline", "boosting"))
    settle(opened, qtbot, opened.desk.run)
    assert np.isfinite(opened.state.result.evidence["calls"]["boosting"].score).any()


def test_those_of_later_files_come_with_them_also_where_somebody_drew(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    before = anomalous(opened)
    opened.state.labelling.label(SERIES, 0, 1, 1, "label")
    later = write_labelled(tmp_path, "second.csv", DAYS, 2)
    settle(opened, qtbot, lambda: opened.desk.add_later([later]))
    assert anomalous(opened) == before + 1 + len(range(3, 48, 10))


def test_where_nothing_is_labelled_no_file_is_written_and_that_is_said(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    settle(window, qtbot, lambda: window.open([write_days(tmp_path, "plain.csv", 0, DAYS)]))
    with qtbot.waitSignal(window.problems.raised, timeout=20_000) as raised:
        window.asking._label_files.write(tmp_path / "labels.csv")
    problem: Problem = raised.args[0]
    assert "Nothing is labelled" in problem.sentence
    assert not (tmp_path / "labels.csv").exists()


def test_the_wizard_reads_them_too(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.asking.preview([write_labelled(tmp_path, "first.csv", 0, DAYS)])
    dialog = asked(window, qtbot)
    settle(window, qtbot, dialog.go.click)
    assert anomalous(window) == len(range(3, 24 * DAYS, 10))
