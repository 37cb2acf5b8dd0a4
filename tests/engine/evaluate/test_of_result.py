"""A result against labels: the vote as its written scores are measured, and every detector by itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.data import Result
from engine.evaluate import evaluate_files, evaluate_result
from engine.labelling.hand_labels import intervals
from engine.labelling.labels import write_intervals
from engine.monitor import Cancelled, Monitor
from engine.reports import WRITERS, write
from tests.engine.result_factory import make_result


@pytest.fixture(scope="module")
def result() -> Result:
    return make_result(cells=6, kpis=2, anomalies=20)


@pytest.fixture
def labels(result: Result) -> dict[str, np.ndarray]:
    """Two cells of one KPI were looked at, all else was not; some of the alarms were right."""
    kpi = result.panel.kpis[0].id
    found = {kpi: np.full(result.panel.shape, -1, np.int8)}
    for cell in np.argsort(-result.verdicts[kpi].alarm.sum(axis=1))[:2]:
        found[kpi][cell] = result.verdicts[kpi].alarm[cell]
        found[kpi][cell, 10:14] = 1
    return found


def test_the_vote_has_the_figures_of_its_written_scores(result: Result, labels, tmp_path: Path) -> None:
    write(result, [w for w in WRITERS if w.id == "scores"], tmp_path, Monitor())
    write_intervals(tmp_path / "labels.csv", intervals(result.panel, labels))
    written = evaluate_files(tmp_path / "scores.parquet", tmp_path / "labels.csv", Monitor())
    found = evaluate_result(result, labels)["vote"]
    assert (found.series, found.recall < 1.0) == (2, True)
    assert found.to_json() == pytest.approx(written.to_json(), nan_ok=True)


def test_every_detector_is_judged_at_its_own_threshold(result: Result, labels) -> None:
    (kpi,) = labels
    found = evaluate_result(result, labels)
    assert list(found) == ["vote", *result.evidence[kpi]]
    for name, evidence in result.evidence[kpi].items():
        raised = evidence.score >= result.thresholds[kpi][name]
        hits = int((raised & (labels[kpi] == 1)).sum())
        assert found[name].recall == pytest.approx(hits / int((labels[kpi] == 1).sum()))


def test_without_a_label_on_what_was_judged_there_is_nothing(result: Result) -> None:
    assert evaluate_result(result, {}) == {}
    assert evaluate_result(result, {result.panel.kpis[0].id: np.full(result.panel.shape, -1, np.int8)}) == {}


def test_it_can_be_cancelled(result: Result, labels) -> None:
    monitor = Monitor()
    monitor.cancel()
    with pytest.raises(Cancelled):
        evaluate_result(result, labels, monitor)
