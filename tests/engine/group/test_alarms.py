"""Which points are anomalous: hysteresis, silences, gaps, and what an operator does not want to hear about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.data import BoolArray, Direction, Flag, Kpi, KpiKind
from engine.group import find_alarms
from engine.settings import Settings
from tests.engine.evidence_factory import hourly

CALLS = Kpi("calls", "calls", KpiKind.COUNT)
PLAIN = Settings(min_deviation=0.0, min_traffic=0.0, hold=0.5)
NAN = np.nan


def alarms(
    score: list[float] | np.ndarray,
    values: list[float] | np.ndarray | None = None,
    expected: float | list[float] = 100.0,
    kpi: Kpi = CALLS,
    settings: Settings = PLAIN,
    flags: list[int] | None = None,
    period_s: int = 3600,
) -> str:
    """The alarms of one cell as text: "#" where anomalous."""
    scores = np.array([score], np.float32)
    measured = np.full(scores.shape, 300.0) if values is None else np.array([values], float)
    usual = np.broadcast_to(np.array(expected, np.float32), scores.shape)
    marks = np.zeros(scores.shape, np.uint8) if flags is None else np.array([flags], np.uint8)
    found = find_alarms(
        scores, measured.astype(np.float32), usual, kpi, settings, marks, hourly(scores.shape[1], period_s)
    )
    return drawn(found[0])


def drawn(alarm: BoolArray) -> str:
    return "".join("#" if on else "-" for on in alarm)


def test_an_anomaly_begins_at_the_threshold_and_holds_until_the_score_is_low() -> None:
    assert alarms([0.6, 0.9, 1.0, 0.7, 0.5, 0.49, 0.9, 1.2]) == "--###--#"


def test_without_hysteresis_each_point_stands_for_itself() -> None:
    assert alarms([1.1, 0.9, 1.0, 0.7], settings=replace(PLAIN, hold=1.0)) == "#-#-"


def test_small_deviations_do_not_begin_an_anomaly_but_do_not_end_one() -> None:
    strict = replace(PLAIN, min_deviation=0.2)
    values = [119.0, 121.0, 110.0, 79.0]
    assert alarms([2.0, 2.0, 0.8, 0.3], values, settings=strict) == "-##-"
    assert alarms([0.1, 0.1, 0.1, 2.0], values, settings=strict) == "---#"


def test_a_ratio_is_measured_against_the_nearer_end_of_its_scale() -> None:
    success = Kpi("success", "%", KpiKind.RATIO, Direction.DOWN)
    strict = replace(PLAIN, min_deviation=0.5)
    assert [alarms([2], [value], 99.0, success, strict) for value in (97.0, 98.6, 98.4)] == ["#", "-", "#"]
    share = Kpi("drops", "", KpiKind.RATIO, Direction.UP)
    assert [alarms([2], [value], 0.01, share, strict) for value in (0.03, 0.012)] == ["#", "-"]


def test_negligible_traffic_is_ignored_unless_one_of_value_and_expectation_is_not() -> None:
    quiet = replace(PLAIN, min_traffic=3.0)
    assert alarms([2, 0.1, 2, 0.1, 2], [2.0, 1.0, 9.0, 1.0, 0.0], [0.5, 0.5, 0.5, 0.5, 9.0], settings=quiet) == "--#-#"


def test_a_drop_rate_over_a_handful_of_calls_is_chance_and_over_many_is_not() -> None:
    drops = Kpi("drop_rate", "%", KpiKind.RATIO, Direction.UP)
    rng = np.random.default_rng(1)
    hours = 24 * 30
    for attempts, expected in ((30, False), (3000, True)):
        values = (100 * rng.binomial(attempts, 0.004, hours) / attempts).astype(np.float32)
        values[500] = 4.0
        score = np.where(np.arange(hours) == 500, 5.0, 0.0).astype(np.float32)
        flags = np.zeros((1, hours), np.uint8)
        usual = np.full((1, hours), 0.4, np.float32)
        careful = replace(PLAIN, min_events=3.0)
        found = find_alarms(score[None], values[None], usual, drops, careful, flags, hourly(hours))
        assert found[0, 500] == expected


def test_a_deviation_to_the_good_side_is_no_alarm_and_ends_one() -> None:
    drops = Kpi("drops", "%", KpiKind.RATIO, Direction.UP)
    assert alarms([2, 2, 2, 0.9], [1.0, 5.0, 1.0, 5.0], 3.0, drops) == "-#--"
    success = Kpi("success", "%", KpiKind.RATIO, Direction.DOWN)
    assert alarms([2, 2], [90.0, 99.9], 98.0, success) == "#-"


def test_where_nothing_is_expected_the_score_alone_decides() -> None:
    strict = replace(PLAIN, min_deviation=0.5, min_traffic=3.0)
    assert alarms([2.0, 0.2], [50.0, 50.0], [NAN, NAN], settings=strict) == "#-"


def test_short_anomalies_can_be_ignored() -> None:
    assert alarms([2, 0, 2, 2, 0, 2, 2, 2], settings=replace(PLAIN, min_duration=3)) == "-----###"


def test_maintenance_is_never_alarmed() -> None:
    marks = [0, 0, Flag.MAINTENANCE, Flag.MAINTENANCE, 0, 0]
    assert alarms([0.1, 2, 2, 2, 2, 0.1], flags=[int(m) for m in marks]) == "-#--#-"
    assert alarms([0.1, 0.1, 2, 2, 0.8, 0.1], flags=[int(m) for m in marks]) == "------"


def test_short_gaps_inside_an_anomaly_are_bridged_and_long_ones_end_it() -> None:
    assert alarms([2, NAN, NAN, 0.8, 0.1], [300, NAN, NAN, 300, 300]) == "####-"
    assert alarms([2, NAN, NAN, 0.2, 0.1], [300, NAN, NAN, 300, 300]) == "#----"
    assert alarms([2, NAN, NAN, NAN, 0.8], [300, NAN, NAN, NAN, 300])[1:4] == "---"
    assert alarms([NAN, 2, NAN], [NAN, 300, NAN]) == "-#-"


def test_a_silence_stays_an_anomaly_all_along() -> None:
    score = [0.1, 2.0, 0.4, 0.2, 0.1, 0.1, 0.1]
    values = [90.0, 0.0, 0.0, NAN, 0.0, 80.0, 0.0]
    assert alarms(score, values) == "-####--"


def test_a_silence_begins_where_traffic_was_expected_and_zeros_before_are_normal() -> None:
    quiet = replace(PLAIN, min_traffic=3.0)
    usual = [1.0, 1.0, 40.0, 60.0, 2.0, 1.0, 50.0]
    score = [2.0, 0.1, 3.0, 3.0, 0.1, 0.1, 0.1]
    assert alarms(score, [0.0] * 6 + [55.0], usual, settings=quiet) == "--####-"


def test_zeros_after_a_spike_are_no_silence() -> None:
    assert alarms([0.1, 3.0, 0.2, 0.2], [5.0, 90.0, 0.0, 0.0], 5.0) == "-#--"


def many(values: np.ndarray, score: np.ndarray | None = None, **changes: float) -> list[str]:
    shape = values.shape
    found = find_alarms(
        (np.where(np.isnan(values), np.nan, 0.1) if score is None else score).astype(np.float32),
        values.astype(np.float32),
        np.full(shape, 100.0, np.float32),
        CALLS,
        replace(PLAIN, **changes),
        np.zeros(shape, np.uint8),
        hourly(shape[1]),
    )
    return [drawn(row) for row in found]


def test_a_cell_that_vanishes_while_others_report_is_silent() -> None:
    values = np.full((10, 60), 100.0)
    values[3, 20:24] = np.nan
    found = many(values)
    assert found[3] == "-" * 20 + "####" + "-" * 36
    assert set("".join(found[:3] + found[4:])) == {"-"}


@pytest.mark.parametrize("why", ["one period", "everybody", "often absent", "nothing to report", "few cells"])
def test_other_absences_are_no_silence(why: str) -> None:
    values = np.full((2 if why == "few cells" else 10, 60), 100.0)
    changes: dict[str, float] = {}
    values[1, 20:24] = np.nan
    if why == "one period":
        values[1, 21:24] = 100.0
    elif why == "everybody":
        values[:, 20:24] = np.nan
    elif why == "often absent":
        values[1, 30::4] = np.nan
    elif why == "nothing to report":
        changes["min_traffic"] = 200.0
    assert set("".join(many(values, **changes))) == {"-"}


def test_a_ratio_that_is_not_reported_is_no_silence() -> None:
    values = np.full((10, 60), 1.0, np.float32)
    values[3, 20:30] = np.nan
    score = np.where(np.isnan(values), np.nan, 0.1).astype(np.float32)
    drops = Kpi("drops", "%", KpiKind.RATIO, Direction.UP)
    found = find_alarms(score, values, np.ones_like(values), drops, PLAIN, np.zeros(values.shape, np.uint8), hourly(60))
    assert not found.any()


@pytest.mark.parametrize("unit", ["Erl", "TB", "GB", "Mbit/s", "s"])
def test_an_amount_is_not_negligible_for_its_unit(unit: str) -> None:
    usual = replace(PLAIN, min_traffic=3.0)
    amount = Kpi("voice", unit, KpiKind.COUNT)
    assert alarms([2, 2], [0.0, 2.0], [1.8, 1.8], amount, usual) == "##"
    assert alarms([2, 2], [0.0, 2.0], [1.8, 1.8], Kpi("sms", "", KpiKind.COUNT), usual) == "--"
    assert alarms([2, 2], [0.0, 2.0], [1.8, 1.8], CALLS, usual) == "--"
    assert alarms([2, 2], [0.0, 2.34], [1.8, 1.8], Kpi("traffic", "", KpiKind.COUNT), usual) == "##"


def test_fifteen_decibels_are_an_alarm_at_minus_a_hundred() -> None:
    strict = replace(PLAIN, min_deviation=0.2)
    level = Kpi("rtwp", "dBm", KpiKind.GAUGE, Direction.UP)
    assert alarms([8, 8], [-89.0, -103.7], -104.0, level, strict) == "#-"


def test_an_anomaly_ends_where_the_value_is_usual_again_whatever_is_remembered() -> None:
    strict = replace(PLAIN, min_deviation=0.2)
    assert alarms([5, 5, 3, 3, 0.1], [20.0, 40.0, 91.0, 104.0, 100.0], settings=strict) == "##---"


def test_a_silence_ends_where_traffic_is_back() -> None:
    score = [4.0, 4.0, 4.0, 0.8, 0.8, 0.1]
    assert alarms(score, [0.0, 0.0, 0.0, 140.0, 120.0, 100.0]) == "###---"
    assert alarms(score, [0.0, 0.0, NAN, 140.0, 120.0, 100.0]) == "###---"
    assert alarms(score, [0.0, 0.0, 0.0, 40.0, 50.0, 100.0]) == "#####-"


@pytest.mark.parametrize(("gap", "drawn_"), [(24, "-##" + "-" * 24 + "---"), (1, "-##" + "-" + "---")])
def test_an_absence_that_all_share_lengthens_no_silence(gap: int, drawn_: str) -> None:
    values = np.full((10, 6 + gap), 100.0)
    values[3, 1:3] = 0.0
    values[:, 3 : 3 + gap] = NAN
    score = np.where(values == 0, 4.0, 0.1)
    score[np.isnan(values)] = NAN
    assert many(values, score)[3] == drawn_


def test_a_short_absence_of_all_does_not_break_a_silence() -> None:
    values = np.full((10, 9), 100.0)
    values[3, 1:7] = 0.0
    values[:, 4] = NAN
    score = np.where(values == 0, 0.2, 0.1)
    score[3, 1] = 4.0
    score[np.isnan(values)] = NAN
    assert many(values, score)[3] == "-######--"


def test_a_cell_that_was_never_there_before_has_not_fallen_silent() -> None:
    values = np.full((30, 60), 100.0)
    values[3, :20] = NAN
    values[4, 40:] = NAN
    values[5, :20] = NAN
    values[5, 50:53] = NAN
    values[6] = NAN
    found = many(values)
    assert found[3] == "-" * 60
    assert found[4] == "-" * 40 + "#" * 20
    assert found[5] == "-" * 50 + "###" + "-" * 7
    assert found[6] == "-" * 60
