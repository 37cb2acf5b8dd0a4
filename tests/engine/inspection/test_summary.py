"""What a result comes to: counts, shares, lanes and stamps."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from engine.data import Flag, Kpi, KpiKind, Severity
from engine.inspection.summary import (
    Stamps,
    alarms_per_cell_week,
    anomalous_share,
    cause_name,
    cell_name,
    cells_affected,
    counted,
    deviation,
    events_in,
    flagged,
    measured,
    percent_off,
    severity_counts,
    severity_lanes,
    worst_cells,
    worst_first,
)
from tests.engine.reports.tiny import tiny_result
from tests.engine.result_factory import empty_result, make_result


def test_alarms_per_cell_and_week_counts_anomalies() -> None:
    result = make_result(cells=6, periods=24 * 21, anomalies=18)
    assert alarms_per_cell_week(result) == pytest.approx(18 / (6 * 3))
    assert math.isnan(alarms_per_cell_week(empty_result()))


def test_affected_cells_and_severities_are_counted_once() -> None:
    result = tiny_result()
    assert cells_affected(result) == 2
    assert severity_counts(result) == dict.fromkeys(Severity, 0) | {Severity.CRITICAL: 1}


def test_incidents_come_by_severity_then_importance() -> None:
    ranked = worst_first(make_result(anomalies=40).incidents)
    order = list(Severity)
    keys = [(order.index(i.severity), -i.importance) for i in ranked]
    assert keys == sorted(keys)


def test_deviation_is_unknown_where_nothing_was_expected() -> None:
    silence, spike, strange = tiny_result().anomalies
    assert deviation(silence) == (-20, -1)
    assert deviation(spike) == (45.5, pytest.approx(9.1))
    assert deviation(strange)[0] == 6
    assert math.isnan(deviation(strange)[1])


def test_share_of_cells_in_alarm_leaves_out_those_nobody_judged() -> None:
    assert anomalous_share(tiny_result()) == pytest.approx([0, 0, 1, 0.5, 0, 0])
    result = tiny_result()
    verdict = dataclasses.replace(result.verdicts["calls"], score=np.full((2, 6), np.nan, np.float32))
    verdict = dataclasses.replace(verdict, alarm=np.zeros((2, 6), bool))
    assert np.isnan(anomalous_share(dataclasses.replace(result, verdicts={"calls": verdict}))).all()


def test_lanes_show_the_worst_severity_of_each_stretch() -> None:
    result = tiny_result()
    lanes = severity_lanes(result, [1, 0], [0, 2, 3, 6])
    assert lanes.tolist() == [[4, 0, 4], [4, 0, 0]]
    assert worst_cells(result, 5) == [0, 1]
    assert worst_cells(result, 1) == [0]


def test_measured_is_any_kpi() -> None:
    result = make_result(kpis=2)
    result.panel.values["calls"][3, :10] = np.nan
    result.panel.values["drop_rate"][3, :5] = np.nan
    result.panel.values["drop_rate"][3, 5:10] = 1.0
    assert measured(result, [3])[0, :10].tolist() == [False] * 5 + [True] * 5


def test_stamps_follow_the_local_clock_through_its_change() -> None:
    span = Stamps(tiny_result().panel).span(2, 4)
    assert (span.start_utc, span.end_utc) == ("2017-10-29T00:30:00Z", "2017-10-29T01:00:00Z")
    assert (span.start_local, span.end_local) == ("2017-10-29T02:30:00+02:00", "2017-10-29T02:00:00+01:00")
    assert (span.utc_offset, span.minutes) == ("UTC+02:00", 30)


def test_events_are_named_once() -> None:
    clock = dataclasses.replace(tiny_result().clock, event=("", "Derby", "Derby", "Fair", "", ""))
    assert events_in(clock, 0, 6) == "Derby; Fair"
    assert events_in(clock, 4, 6) == ""


def test_a_cell_without_a_name_is_called_by_its_id() -> None:
    assert [cell_name(tiny_result().panel, i) for i in range(2)] == ['Città "Alta", nord', "-17"]
    assert [counted(1, "cell"), counted(1200, "cell")] == ["1 cell", "1,200 cells"]


def test_flags_are_counted_by_kind() -> None:
    assert flagged(tiny_result()) == {Flag.SUSPECT: 1, Flag.IMPUTED: 0, Flag.MAINTENANCE: 1}


def test_a_cause_of_a_later_version_keeps_its_id() -> None:
    assert [cause_name("outage"), cause_name("solar storm")] == ["Outage", "solar storm"]


def test_a_noun_is_counted_in_one_or_many() -> None:
    assert [counted(n, noun) for n, noun in ((1, "anomaly"), (2, "anomaly"), (0, "cell"), (1, "incident"))] == [
        "1 anomaly",
        "2 anomalies",
        "0 cells",
        "1 incident",
    ]


def test_a_level_is_off_by_decibels_and_by_no_percentage() -> None:
    one = dataclasses.replace(tiny_result().anomalies[0], actual=-89.0, expected=-104.0)
    above = dataclasses.replace(one, actual=119.0, expected=104.0)
    assert percent_off(above, Kpi("load", "", KpiKind.GAUGE)) == pytest.approx(100 * 15 / 104)
    assert math.isnan(percent_off(one, Kpi("rtwp", "", KpiKind.GAUGE)))
    assert math.isnan(percent_off(one, Kpi("rtwp", "dBm", KpiKind.GAUGE)))
