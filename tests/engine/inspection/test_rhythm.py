"""Alarms by hour and weekday, and how many cells are in alarm at once."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data import Result, Verdict
from engine.inspection.rhythm import cells_in_alarm, rhythm
from engine.monitor import Cancelled, Monitor
from tests.engine.result_factory import empty_result, make_result


def with_verdict(alarm: np.ndarray, score: np.ndarray) -> Result:
    result = make_result(cells=len(alarm), periods=alarm.shape[1], kpis=1, anomalies=0)
    return dataclasses.replace(result, verdicts={"calls": Verdict(score.astype(np.float32), alarm)})


def test_alarms_count_at_their_local_hour_and_weekday() -> None:
    alarm = np.zeros((2, 24 * 14), bool)
    alarm[0, 16] = True  # Thu 2017-03-02 16:00 UTC is 17:00 in Rome
    counted = rhythm(with_verdict(alarm, np.ones(alarm.shape)))
    assert counted.alarms[3, 17] == 1
    assert counted.alarms.sum() == 1
    assert counted.judged[3, 17] == 2 * 2
    assert counted.share[3, 17] == pytest.approx(0.25)
    assert counted.by_hour[17] == pytest.approx(1 / 28)
    assert counted.by_weekday[3] == pytest.approx(1 / (2 * 2 * 24))


def test_points_without_an_opinion_do_not_count() -> None:
    alarm = np.zeros((1, 24 * 7), bool)
    score = np.full(alarm.shape, np.nan)
    counted = rhythm(with_verdict(alarm, score))
    assert counted.judged.sum() == 0
    assert np.isnan(counted.share).all()
    assert np.isnan(counted.by_hour).all()


def test_an_alarm_without_a_score_was_judged() -> None:
    alarm = np.zeros((1, 24 * 7), bool)
    alarm[0, 3] = True
    counted = rhythm(with_verdict(alarm, np.full(alarm.shape, np.nan)))
    assert counted.judged.sum() == counted.alarms.sum() == 1


def test_one_cell_and_some_kpis_are_a_part_of_all() -> None:
    result = make_result(cells=300, periods=100)
    whole = rhythm(result)
    parts = [rhythm(result, (kpi,), cell) for kpi in result.verdicts for cell in range(300)]
    np.testing.assert_array_equal(sum(p.alarms for p in parts), whole.alarms)
    np.testing.assert_array_equal(sum(p.judged for p in parts), whole.judged)
    assert whole.alarms.sum() == sum(v.alarm.sum() for v in result.verdicts.values())


def test_counting_can_be_cancelled() -> None:
    monitor = Monitor()
    monitor.cancel()
    with pytest.raises(Cancelled):
        rhythm(make_result(), monitor=monitor)


def test_nothing_gives_nothing() -> None:
    assert rhythm(empty_result()).judged.sum() == 0


ANOMALIES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 39), st.integers(1, 15)), max_size=30)


@settings(max_examples=150, deadline=None)
@given(ANOMALIES)
def test_cells_in_alarm_counts_each_cell_once(anomalies: list[tuple[int, int, int]]) -> None:
    mask = np.zeros((5, 40), bool)
    for cell, start, length in anomalies:
        mask[cell, start : min(40, start + length)] = True
    rows = np.array(sorted((c, s, min(40, s + n)) for c, s, n in anomalies), np.int64).reshape(-1, 3)
    np.testing.assert_array_equal(cells_in_alarm(*rows.T, 40), mask.sum(axis=0))
