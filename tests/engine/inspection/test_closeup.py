"""A close-up is the row of a result, and another threshold is tried by the rules of the run."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from engine.data import Verdict
from engine.inspection.closeup import alarms_at, close_up, strangest
from engine.settings import Settings
from tests.engine.result_factory import make_result

QUIET = Settings(min_deviation=0.0, min_traffic=0.0, hold=1.0)


def test_rows_are_those_of_the_cell() -> None:
    result = make_result()
    close = close_up(result, "drop_rate", 3)
    np.testing.assert_array_equal(close.measured, result.panel.values["drop_rate"][3])
    np.testing.assert_array_equal(close.score, result.verdicts["drop_rate"].score[3])
    np.testing.assert_array_equal(close.alarm, result.verdicts["drop_rate"].alarm[3])
    np.testing.assert_array_equal(close.expected, result.evidence["drop_rate"]["baseline"].expected[3])


def test_margins_are_in_thresholds_and_silence_keeps_its_reason() -> None:
    result = make_result()
    last = len(result.panel.cells) - 1
    close = close_up(result, "calls", last)
    expected = result.evidence["calls"]["garch"].score[last] / result.thresholds["calls"]["garch"]
    np.testing.assert_allclose(close.margins["garch"], expected, rtol=1e-6)
    assert np.isnan(close.margins["nnar"]).all()
    assert close.silent["nnar"] is not None
    assert close.silent["garch"] is None


def test_an_unknown_kpi_is_refused() -> None:
    with pytest.raises(KeyError):
        close_up(make_result(), "no such", 0)


def test_a_higher_threshold_leaves_the_strongest_anomalies() -> None:
    result = make_result(cells=1, kpis=1, anomalies=0)
    score = np.full(result.panel.shape, 0.1, np.float32)
    score[0, 100:103], score[0, 200], score[0, 300:310] = 1.2, 2.5, 1.6
    result = dataclasses.replace(result, settings=QUIET, verdicts={"calls": Verdict(score, score >= 1)})
    assert [alarms_at(result, "calls", 0, factor) for factor in (1.0, 1.5, 2.0, 3.0)] == [3, 2, 1, 0]


def test_a_lower_threshold_finds_more() -> None:
    result = make_result(cells=1, kpis=1, anomalies=0)
    score = np.full(result.panel.shape, 0.1, np.float32)
    score[0, 100], score[0, 200] = 1.2, 0.6
    result = dataclasses.replace(result, settings=QUIET, verdicts={"calls": Verdict(score, score >= 1)})
    assert alarms_at(result, "calls", 0, 0.5) == 2


def test_the_strangest_point_is_inside_and_has_the_highest_score() -> None:
    result = make_result()
    for anomaly in result.anomalies:
        score = result.verdicts[anomaly.kpi].score[anomaly.cell]
        peak = strangest(anomaly.start, anomaly.stop, score)
        assert anomaly.start <= peak < anomaly.stop
        assert score[peak] == np.nanmax(score[anomaly.start : anomaly.stop])


def test_without_any_score_the_first_point_stands_for_the_anomaly() -> None:
    anomaly = make_result().anomalies[0]
    assert strangest(anomaly.start, anomaly.stop, np.full(2000, np.nan, np.float32)) == anomaly.start
