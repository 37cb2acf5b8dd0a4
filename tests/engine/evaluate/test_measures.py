"""Accuracy by point and by event, without a point adjusted in anybody's favour."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from engine.evaluate import Evaluation, Judged, evaluate


def judged(labels: str, alarm: str, score: list[float] | None = None, period_s: int = 3600) -> Judged:
    """Labels as "0", "1" or "." (not labelled), alarms as "-" or "#"."""
    truth = np.array([{"0": 0, "1": 1, ".": -1}[x] for x in labels], np.int8)
    raised = np.array([x == "#" for x in alarm])
    return Judged(np.array(score if score else raised, np.float32), raised, truth, period_s)


def test_points_and_events_of_a_small_series() -> None:
    #                       0         1
    #                       0123456789012345
    found = evaluate([judged("0011100001100000", "---##-#---------")])
    assert (found.points, found.anomalous, found.events, found.alarms) == (16, 5, 2, 2)
    assert found.accuracy == pytest.approx(12 / 16)
    assert found.false_positive_rate == pytest.approx(1 / 11)
    assert found.precision == pytest.approx(2 / 3)
    assert found.recall == pytest.approx(2 / 5)
    assert found.f1 == pytest.approx(2 * (2 / 3) * (2 / 5) / (2 / 3 + 2 / 5))
    assert (found.events_found, found.alarms_right) == (1, 1)
    assert found.event_precision == 0.5
    assert found.event_recall == 0.5
    assert found.event_f1 == 0.5
    assert found.pointwise_event_f1 == pytest.approx(2 * (2 / 3) * 0.5 / (2 / 3 + 0.5))
    assert found.delay_s == 3600
    assert found.prevalence == pytest.approx(5 / 16)
    assert found.alarms_per_cell_week == pytest.approx(2 / (16 / 168))
    assert found.false_alarms_per_cell_week == pytest.approx(1 / (16 / 168))


def test_an_alarm_that_is_always_on_wins_event_recall_but_not_the_pointwise_event_f1() -> None:
    labels = "0" * 45 + "1" * 5 + "0" * 45 + "1" * 5
    found = evaluate([judged(labels, "#" * 100)])
    assert found.event_f1 == 1.0
    assert found.pointwise_event_f1 == pytest.approx(2 * 0.1 / 1.1)
    assert found.false_positive_rate == 1.0


def test_finding_one_point_of_an_event_does_not_give_the_others() -> None:
    found = evaluate([judged("0111111110", "-#--------")])
    assert found.recall == pytest.approx(1 / 8)
    assert found.event_recall == 1.0


def test_points_without_a_label_do_not_count() -> None:
    full = evaluate([judged("00110", "-#-#-")])
    holey = evaluate([judged("..00110...", "##-#-#-###")])
    assert (full.points, full.precision, full.recall) == (holey.points, holey.precision, holey.recall)
    assert holey.alarms == full.alarms
    assert evaluate([judged("..00110...", "###------#")]).alarms == 1, "it reaches into the labelled stretch"


def test_an_alarm_on_unlabelled_points_alone_is_no_alarm() -> None:
    assert evaluate([judged("00..00", "--##--")]).alarms == 0


def test_no_opinion_counts_as_normal_and_is_reported() -> None:
    nan = math.nan
    found = evaluate([judged("0110", "-#--", [0.1, 2.0, nan, nan])])
    assert found.no_opinion == 0.5
    assert found.recall == 0.5
    assert found.auc_pr == pytest.approx(evaluate([judged("0110", "-#--", [0.1, 2.0, 0.0, 0.0])]).auc_pr)


def test_series_are_pooled_and_volumes_averaged() -> None:
    one = judged("0110", "-##-", [0, 1, 1, 0])
    other = judged("0110", "#--#", [1, 0, 0, 1])
    quiet = judged("0000", "----", [0, 0, 0, 0])
    found = evaluate([one, other, quiet])
    assert found.series == 3
    assert found.points == 12
    assert found.auc_pr == pytest.approx((evaluate([one]).auc_pr + evaluate([other]).auc_pr) / 2)


def test_without_anomalies_what_is_undefined_is_nan_and_null_in_json() -> None:
    found = evaluate([judged("0000", "-#--")])
    assert math.isnan(found.recall)
    assert found.event_f1 == 0.0
    record = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert record["recall"] is None
    assert record["points"] == 4


def test_nothing_at_all_is_no_error() -> None:
    found = evaluate([])
    assert found.points == 0
    assert math.isnan(found.accuracy)


def test_the_table_says_every_figure_in_words() -> None:
    text = evaluate([judged("0110", "-##-")]).table()
    assert len(text.splitlines()) == len(Evaluation.__dataclass_fields__)
    assert "VUS-PR" in text
    assert "Mean delay of found events" in text


def test_a_gap_inside_an_event_does_not_make_it_two() -> None:
    found = evaluate([judged(".011..110.01.", "------#------")])
    assert (found.events, found.events_found) == (2, 1)
    assert found.delay_s == 4 * 3600
