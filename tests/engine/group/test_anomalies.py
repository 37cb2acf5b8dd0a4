"""What an anomaly says of itself: shape, direction, actual, expected, and who voted."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from engine.data import Anomaly, AnomalyType, Cell, Direction, Flag, Kpi, KpiKind, Panel, Verdict
from engine.group import anomalies
from tests.engine.evidence_factory import hourly, scored

CALLS = Kpi("calls", "calls", KpiKind.COUNT)
PRB = Kpi("prb", "%", KpiKind.GAUGE, Direction.UP)
NAN = math.nan


def panel(values: np.ndarray, kpi: Kpi = CALLS, flags: np.ndarray | None = None) -> Panel:
    times = np.datetime64("2017-03-06T00:00:00", "s") + np.arange(values.shape[1]) * np.timedelta64(3600, "s")
    marks = np.zeros(values.shape, np.uint8) if flags is None else flags
    cells = tuple(Cell(f"c{i}") for i in range(len(values)))
    return Panel(times, 3600, "UTC", cells, (kpi,), {kpi.id: values.astype(np.float32)}, {kpi.id: marks})


def found(
    values: list[float],
    expected: float | list[float] = 100.0,
    kpi: Kpi = CALLS,
    alarm: str | None = None,
    flags: list[int] | None = None,
    period_s: int = 3600,
) -> tuple[Anomaly, ...]:
    """The anomalies of one cell where `alarm` (all of it, if not given) is "#"."""
    row = np.array([values], float)
    mask = np.array([[x == "#" for x in alarm or "#" * len(values)]])
    usual = np.broadcast_to(np.array(expected, np.float32), row.shape)
    score = np.where(np.isnan(row), np.nan, 2.0).astype(np.float32)
    marks = None if flags is None else np.array([flags], np.uint8)
    evidence = {"baseline": scored(score * 3, expected=usual), "garch": scored(np.full(row.shape, NAN), "garch")}
    return anomalies(
        panel(row, kpi, marks),
        kpi,
        Verdict(score, mask),
        evidence,
        {"baseline": 3.0, "garch": 3.0},
        dataclasses.replace(hourly(row.size), period_s=period_s),
        7,
    )


def one(values: list[float], expected: float | list[float] = 100.0, kpi: Kpi = CALLS) -> Anomaly:
    (only,) = found(values, expected, kpi)
    return only


def test_counts_are_summed_and_gauges_averaged() -> None:
    spike = one([200.0, 300.0])
    assert (spike.actual, spike.expected, spike.lower, spike.upper) == (500.0, 200.0, 150.0, 250.0)
    busy = one([80.0, 90.0], 50.0, PRB)
    assert (busy.actual, busy.expected, busy.lower, busy.upper) == (85.0, 50.0, 37.5, 62.5)


def test_missing_points_inside_do_not_make_the_sums_differ_in_time() -> None:
    dip = one([10.0, NAN, 10.0])
    assert (dip.actual, dip.expected) == (20.0, 200.0)


def test_a_vanished_cell_has_an_expectation_but_no_value_and_counts_as_at_the_threshold() -> None:
    gone = one([NAN, NAN, NAN])
    assert math.isnan(gone.actual)
    assert gone.expected == 300.0
    assert (gone.type, gone.direction, gone.score) == (AnomalyType.SILENCE, Direction.DOWN, 1.0)


@pytest.mark.parametrize(
    ("values", "expected", "kpi", "kind", "direction"),
    [
        ([300.0, 250.0], 100.0, CALLS, AnomalyType.SPIKE, Direction.UP),
        ([30.0, 40.0], 100.0, CALLS, AnomalyType.DIP, Direction.DOWN),
        ([5.0, 0.0, 0.0, 0.0], 100.0, CALLS, AnomalyType.SILENCE, Direction.DOWN),
        ([0.0, 0.0], 40.0, PRB, AnomalyType.SILENCE, Direction.DOWN),
        ([0.0], 40.0, Kpi("rate", "%", KpiKind.RATIO), AnomalyType.DIP, Direction.DOWN),
        ([150.0] * 24, 100.0, CALLS, AnomalyType.LEVEL_SHIFT, Direction.UP),
        ([60.0 + t for t in range(30)], 100.0, CALLS, AnomalyType.LEVEL_SHIFT, Direction.DOWN),
        ([70.0] * 5, [60.0, 90.0, 130.0, 150.0, 170.0], CALLS, AnomalyType.FLATLINE, Direction.DOWN),
        ([190.0, 20.0, 180.0, 10.0, 200.0], 100.0, CALLS, AnomalyType.VOLATILITY, Direction.BOTH),
        ([7.0, 7.0], NAN, CALLS, AnomalyType.DIP, Direction.BOTH),
    ],
)
def test_shapes(values: list[float], expected: float, kpi: Kpi, kind: AnomalyType, direction: Direction) -> None:
    anomaly = one(values, expected, kpi)
    assert (anomaly.type, anomaly.direction) == (kind, direction)


@pytest.mark.parametrize(("days", "kind"), [(1, AnomalyType.DIP), (2, AnomalyType.LEVEL_SHIFT)])
def test_one_day_of_daily_figures_shows_no_new_level(days: int, kind: AnomalyType) -> None:
    (only,) = found([60.0] * days, period_s=86_400)
    assert only.type is kind


def test_equal_values_that_were_expected_are_no_flat_line() -> None:
    assert one([150.0] * 6).type is AnomalyType.SPIKE


def test_each_run_is_an_anomaly_with_the_margin_of_every_detector() -> None:
    first, second = found([200.0, 300.0, 100.0, 20.0], alarm="##-#")
    assert (first.id, first.start, first.stop, second.id, second.start, second.stop) == (7, 0, 2, 8, 3, 4)
    assert first.score == 2.0
    assert first.margins["baseline"] == 2.0
    assert math.isnan(first.margins["garch"])


def test_suspect_and_imputed_points_are_counted() -> None:
    (only,) = found([200.0, 200.0, 200.0], flags=[Flag.SUSPECT, Flag.SUSPECT | Flag.IMPUTED, 0])
    assert (only.suspect_points, only.imputed_points) == (2, 1)


def test_without_alarms_there_are_no_anomalies() -> None:
    assert found([100.0, 100.0], alarm="--") == ()


def test_a_crowd_after_a_silence_or_before_it_is_an_anomaly_of_its_own() -> None:
    shapes = [(a.start, a.stop, a.type) for a in found([0.0, 0.0, NAN, 260.0, 240.0])]
    assert shapes == [(0, 3, AnomalyType.SILENCE), (3, 5, AnomalyType.SPIKE)]
    shapes = [(a.start, a.stop, a.type) for a in found([230.0, 30.0, 0.0, 0.0, 20.0])]
    assert shapes == [(0, 1, AnomalyType.SPIKE), (1, 5, AnomalyType.SILENCE)]
    assert len(found([0.0, 250.0, 0.0, 260.0, 0.0])) == 1
    assert len(found([0.0, 0.0, 60.0, 70.0])) == 1
