"""A training that was cut off is found, gone on with to the same model, or given up; one that runs is left alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.convlstm import registry
from engine.finetuning.finetune import Tuning
from gui.job import running
from gui.kept import unfinished
from gui.kept.plan import LABELS_OF_DATA, Plan
from gui.state import AppState
from gui.tuning import DONE, FAILED, IDLE, Tuner
from tests.gui.tuning_data import source

LIMIT = 120_000
ENDLESS = Plan("series-label", Tuning(5000, "head", patience=0), labels=LABELS_OF_DATA)


@pytest.fixture
def tuner(qtbot: QtBot, tmp_path: Path):
    state = AppState()
    state.set_source(source(tmp_path))
    made = Tuner(state)
    yield made
    made.cancel()
    at_rest(qtbot)


def at_rest(qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not running(), timeout=LIMIT)


def test_a_killed_program_loses_no_whole_epoch(tuner: Tuner, qtbot: QtBot, tmp_path: Path) -> None:
    code = f"""
import os, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from engine.finetuning.finetune import Tuning
from gui.kept.plan import Plan
from gui.state import AppState
from gui.tuning import Tuner
from tests.gui.tuning_data import source
app = QApplication([])
state = AppState()
state.set_source(source(Path({str(tmp_path)!r})))
tuner = Tuner(state)
tuner.epoch.connect(lambda epoch: os._exit(9) if epoch.number == 4 else None)
tuner.ended.connect(lambda said: (print(said), os._exit(1)))
tuner.start(Plan("series-label", Tuning(6, "head", patience=0), labels="data"))
app.exec()
"""
    killed = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=240)
    assert killed.returncode == 9, killed.stdout + killed.stderr
    found = unfinished.find()
    assert found is not None
    assert found.epochs >= 3
    assert found.plan == Plan("series-label", Tuning(6, "head", patience=0), labels=LABELS_OF_DATA)
    assert [path.name for path in found.data] == ["città 2024.csv"]
    assert found.gone == ()
    tuner.start(found.plan, found)
    qtbot.waitUntil(lambda: not tuner.active, timeout=LIMIT)
    assert tuner.phase == DONE
    assert tuner.prepared is not None
    assert tuner.prepared.resumed == found.epochs
    assert [epoch.number for epoch in tuner.epochs] == list(range(7)), "the curve before is there as well"
    gone_on = tuner.outcome
    at_rest(qtbot)
    assert unfinished.find() is None
    tuner.start(found.plan)
    qtbot.waitUntil(lambda: not tuner.active, timeout=LIMIT)
    assert gone_on is not None
    assert tuner.outcome is not None
    assert (gone_on.tuned.trained.theta == tuner.outcome.tuned.trained.theta).all()


def test_while_it_runs_it_is_nobody_elses_and_what_is_cancelled_leaves_nothing(tuner: Tuner, qtbot: QtBot) -> None:
    tuner.start(ENDLESS)
    qtbot.waitUntil(lambda: len(tuner.epochs) >= 3, timeout=LIMIT)
    assert unfinished.find() is None
    tuner.cancel()
    at_rest(qtbot)
    assert unfinished.find() is None
    assert list((registry.own_folder().parent / "tuning").iterdir()) == []


def test_who_leaves_can_go_on_with_the_same_data_only(tuner: Tuner, qtbot: QtBot, tmp_path: Path) -> None:
    tuner.start(ENDLESS)
    qtbot.waitUntil(lambda: len(tuner.epochs) >= 3, timeout=LIMIT)
    tuner.leave()
    assert tuner.phase == IDLE
    at_rest(qtbot)
    found = unfinished.find()
    assert found is not None
    assert found.epochs >= 2
    other = AppState()
    other.set_source(source(tmp_path, days=23))
    elsewhere = Tuner(other)
    elsewhere.start(found.plan, found)
    qtbot.waitUntil(lambda: not elsewhere.active, timeout=LIMIT)
    assert elsewhere.phase == FAILED
    assert elsewhere.problem is not None
    assert "the data, or what is flagged in them, the known anomalies." in elsewhere.problem.sentence
    at_rest(qtbot)
    again = unfinished.find()
    assert again is not None, "it was another one's data, and may still be gone on with"
    (tmp_path / "città 2024.csv").unlink()
    assert again.gone == again.data
    again.remove()
    assert unfinished.find() is None


def test_what_is_damaged_or_had_done_no_epoch_is_cleared_away(tuner: Tuner, qtbot: QtBot) -> None:
    tuner.start(ENDLESS)
    qtbot.waitUntil(lambda: len(tuner.epochs) >= 3, timeout=LIMIT)
    tuner.leave()
    at_rest(qtbot)
    found = unfinished.find()
    assert found is not None
    empty = found.folder.parent / "empty"
    empty.mkdir()
    assert unfinished.find() is not None
    assert not empty.exists()
    (found.folder / "plan.json").write_text("{}", "utf-8")
    assert unfinished.find() is None
    assert not found.folder.exists()
