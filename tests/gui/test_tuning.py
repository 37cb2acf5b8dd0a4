"""A training in the window: live, paused, gone on with, cancelled without a trace, refused in words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.convlstm import registry
from engine.finetuning.finetune import Tuning
from engine.monitor import Monitor
from gui.job import running
from gui.kept.plan import LABELS_OF_DATA, LABELS_OF_REVIEWS, NO_LABELS, Plan
from gui.kept.stored import stored
from gui.state import AppState
from gui.tuning import DONE, FAILED, IDLE, PAUSED, RUNNING, Tuner, _data, _Given
from tests.gui.conftest import source_of
from tests.gui.tuning_data import add_own, source

LIMIT = 120_000


@pytest.fixture
def tuner(qtbot: QtBot, tmp_path: Path):
    state = AppState()
    state.set_source(source(tmp_path))
    made = Tuner(state)
    yield made
    made.cancel()
    qtbot.waitUntil(lambda: not running(), timeout=LIMIT)


def own() -> set[str]:
    return {listed.id for listed in registry.list_models() if not listed.bundled}


def test_it_pauses_goes_on_and_is_cancelled_without_a_trace(tuner: Tuner, qtbot: QtBot) -> None:
    said: list[str] = []
    tuner.ended.connect(said.append)
    tuner.start(Plan("series-forecast", Tuning(5000, "head", patience=0)))
    assert tuner.phase == RUNNING
    qtbot.waitUntil(lambda: len(tuner.epochs) >= 2, timeout=LIMIT)
    assert tuner.prepared is not None
    assert tuner.prepared.series == 3
    tuner.pause()
    assert tuner.phase == PAUSED
    qtbot.wait(300)  # a step that had begun ends, and what it says arrives
    paused_at = len(tuner.epochs)
    qtbot.wait(300)
    assert len(tuner.epochs) <= paused_at + 1
    tuner.start(Plan("series-label", Tuning(1)))
    assert tuner.plan is not None
    assert tuner.plan.model == "series-forecast", "one at a time"
    tuner.resume()
    qtbot.waitUntil(lambda: len(tuner.epochs) >= paused_at + 2, timeout=LIMIT)
    assert [epoch.number for epoch in tuner.epochs] == list(range(len(tuner.epochs)))
    tuner.cancel()
    assert tuner.phase == IDLE
    assert "nothing of it is kept" in said[-1]
    qtbot.waitUntil(lambda: not running(), timeout=LIMIT)
    assert own() == set()
    assert tuner.outcome is None


def test_a_paused_training_can_be_cancelled(tuner: Tuner, qtbot: QtBot) -> None:
    tuner.start(Plan("series-forecast", Tuning(5000, "head", patience=0)))
    tuner.pause()
    tuner.cancel()
    qtbot.waitUntil(lambda: not running(), timeout=LIMIT)
    assert tuner.phase == IDLE
    assert own() == set()


def test_what_got_better_is_kept_and_not_in_use(tuner: Tuner, qtbot: QtBot, tmp_path: Path) -> None:
    base = add_own(tmp_path)
    tuner.start(Plan(base, Tuning(1, "head"), labels=LABELS_OF_DATA))
    qtbot.waitUntil(lambda: not tuner.active, timeout=LIMIT)
    assert tuner.phase == DONE
    assert tuner.outcome is not None
    assert tuner.outcome.tuned.better
    record = tuner.outcome.record
    assert record is not None
    assert own() == {base, record.id}
    assert (record.parent, record.version) == (base, 3)
    assert list(record.data) == ["città 2024.csv"]
    assert registry.active() == registry.DEFAULT
    assert tuner.prepared is not None
    assert tuner.prepared.anomalous > 0


def test_what_cannot_be_learned_from_is_refused_in_words(tuner: Tuner, qtbot: QtBot, tmp_path: Path) -> None:
    said: list[str] = []
    tuner.ended.connect(said.append)
    tuner.start(Plan("series-label", Tuning(1), labels=NO_LABELS))
    qtbot.waitUntil(lambda: not tuner.active, timeout=LIMIT)
    assert tuner.phase == FAILED
    assert "known anomalies" in said[-1]
    tuner.start(Plan("series-forecast", Tuning(1), files=(tmp_path / "nothing.csv",)))
    qtbot.waitUntil(lambda: not tuner.active, timeout=LIMIT)
    assert tuner.problem is not None
    assert "nothing.csv" in tuner.problem.sentence
    assert own() == set()


@pytest.mark.skipif(sys.platform != "linux", reason="a folder in which nobody may write is elsewhere otherwise made")
def test_a_data_folder_that_nobody_may_write_to_is_said_with_what_to_do(
    tuner: Tuner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/sys")
    tuner.start(Plan("series-forecast", Tuning(1, "head")))
    qtbot.waitUntil(lambda: not tuner.active, timeout=LIMIT)
    assert tuner.phase == FAILED
    assert tuner.problem is not None
    assert "/sys/cellwarden/tuning" in tuner.problem.sentence
    assert "looks after this computer" in tuner.problem.sentence
    assert "Choose another folder" not in tuner.problem.sentence


def test_reviews_of_the_open_data_become_labels(qapp, result) -> None:
    state = AppState()
    state.set_source(source_of(result))
    state.set_result(result)
    worst = state.worst(result.incidents[0])
    state.reviews.tag(state.places(result.incidents[0])[0], "fault")
    given = _Given(state.source, result, stored(result.panel, state.reviews.all))
    panel, labels, paths = _data(Plan("series-label", Tuning(1), labels=LABELS_OF_REVIEWS), given, Monitor())
    assert labels is not None
    assert (labels[worst.kpi][worst.cell, worst.start : worst.stop] == 1).all()
    added = sum(int((panel.flags[k.id] != result.panel.flags[k.id]).sum()) for k in panel.kpis)
    assert added > 0, "incidents that nobody judged are marked, so that nothing is learned from them"
    assert [p.name for p in paths] == ["città 2017-03.csv"]
