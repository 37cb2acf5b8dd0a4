"""What an operator may take for granted, held through the whole run: no traceback and no silent "normal" on bad input;
onset not recovery, a whole day not its first hour, the right direction and the right name.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import pipeline
from engine.data import Anomaly, AnomalyType, Cell, Direction, Kpi, KpiKind, Panel, Quality, Result
from engine.settings import Settings, preset
from engine.text import say

DAYS = 35
HOURS = 24 * DAYS
DAY = 24 * 28
"""The first hour of a Monday four weeks in."""

NAN = np.float32(np.nan)


def panel_of(values: np.ndarray, kpi: Kpi | None = None) -> Panel:
    kpi = kpi or Kpi("traffic")
    values = np.atleast_2d(np.asarray(values, np.float32))
    times = np.datetime64("2024-01-01T00:00:00", "s") + np.arange(values.shape[1]) * np.timedelta64(3600, "s")
    cells = tuple(Cell(f"cell {n}") for n in range(len(values)))
    return Panel(times, 3600, "UTC", cells, (kpi,), {kpi.id: values}, {kpi.id: np.zeros(values.shape, np.uint8)})


def run(values: np.ndarray, kpi: Kpi | None = None, settings: Settings | None = None) -> Result:
    panel = panel_of(values, kpi)
    cells = len(panel.cells)
    quality = Quality("test", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(cells), np.zeros(cells, np.int64))
    return pipeline.analyse(panel, quality, settings or quick())


def quick() -> Settings:
    return replace(preset("balanced"), nnar_networks=3, nnar_hidden=4)


def weeks(seed: int = 1, cells: int = 1, level: float = 400.0) -> np.ndarray:
    hour = np.arange(HOURS)
    course = level * (1.1 + np.sin(2 * np.pi * (hour % 24 - 9) / 24)) * np.where(hour // 24 % 7 < 5, 1.0, 0.8)
    noise = np.random.default_rng(seed).normal(1, 0.05, (cells, HOURS))
    return np.round(np.maximum(course * noise, 0)).astype(np.float32)


def around(result: Result, first: int, stop: int) -> list[Anomaly]:
    return [a for a in result.anomalies if a.start < stop and a.stop > first]


AWKWARD = {
    "nothing": lambda x: np.full_like(x, NAN),
    "infinite": lambda x: np.where(np.arange(HOURS) % 50 == 7, np.inf, x),
    "all infinite": lambda x: np.full_like(x, -np.inf),
    "negative": lambda x: -x,
    "huge": lambda x: np.where(np.arange(HOURS) == 500, 1e30, x),
    "all huge": lambda x: x * 1e30,
    "gaps": lambda x: np.where(np.random.default_rng(2).random(x.shape) < 0.3, NAN, x),
    "constant": lambda x: np.full_like(x, 7),
    "zeros": lambda x: np.zeros_like(x),
    "two points": lambda x: np.where(np.isin(np.arange(HOURS), [10, 400]), x, NAN),
    "one hour": lambda x: x[:, :1],
    "two hours": lambda x: x[:, :2],
    "one day": lambda x: x[:, :24],
}


@pytest.mark.parametrize("kind", list(KpiKind))
@pytest.mark.parametrize("name", AWKWARD)
def test_bad_input_ends_in_a_result_and_silence_has_a_reason(name, kind):
    result = run(AWKWARD[name](weeks()), Kpi("k", kind=kind))
    for evidence in result.evidence["k"].values():
        silent = not np.isfinite(evidence.score[0]).any()
        assert silent == (evidence.reasons[0] is not None)
        if evidence.reasons[0] is not None:
            assert evidence.reasons[0].code != "detector_failed", say(evidence.reasons[0])
            assert say(evidence.reasons[0])
    verdict = result.verdicts["k"]
    assert not np.isinf(verdict.score).any()
    unjudged = ~np.isfinite(result.panel.values["k"][0])
    assert np.isnan(verdict.score[0, unjudged]).all()


@pytest.mark.parametrize("name", ["nothing", "all infinite", "two points", "one hour", "two hours"])
def test_where_nothing_can_be_known_nobody_says_normal(name):
    result = run(AWKWARD[name](weeks()))
    assert np.isnan(result.verdicts["traffic"].score).all()
    assert all(evidence.reasons[0] is not None for evidence in result.evidence["traffic"].values())


def test_one_bad_cell_takes_no_opinion_from_the_others():
    values = weeks(cells=4)
    values[1], values[2] = NAN, 1e30
    values[3, DAY + 10 : DAY + 16] = 0
    result = run(values)
    assert np.isfinite(result.verdicts["traffic"].score[[0, 3]]).mean() > 0.95
    assert result.verdicts["traffic"].alarm[3, DAY + 10 : DAY + 16].all()


def test_a_silence_is_an_alarm_from_its_first_hour_and_the_recovery_is_none():
    values = weeks()
    values[0, DAY + 12 : DAY + 18] = 0
    result = run(values)
    (found,) = around(result, DAY, DAY + 48)
    assert (found.start, found.stop) == (DAY + 12, DAY + 18)
    assert found.type is AnomalyType.SILENCE
    assert found.direction is Direction.DOWN
    assert found.actual == 0
    assert found.expected > 1000


def test_a_cell_that_stops_reporting_while_others_do_is_silent_too():
    values = weeks(cells=6)
    values[2, DAY + 12 : DAY + 18] = NAN
    result = run(values)
    (found,) = [a for a in around(result, DAY, DAY + 48) if a.cell == 2]
    assert (found.start, found.stop) == (DAY + 12, DAY + 18)
    assert found.type is AnomalyType.SILENCE


@pytest.mark.parametrize(("factor", "direction"), [(0.3, Direction.DOWN), (2.5, Direction.UP)])
def test_a_level_that_shifts_for_a_day_is_an_anomaly_all_day_and_not_after_it(factor, direction):
    values = weeks()
    values[0, DAY : DAY + 24] = np.round(values[0, DAY : DAY + 24] * factor)
    result = run(values)
    alarm = result.verdicts["traffic"].alarm[0]
    assert alarm[DAY : DAY + 24].all()
    assert not alarm[DAY + 25 : DAY + 72].any()
    (found,) = around(result, DAY, DAY + 24)
    assert found.type is AnomalyType.LEVEL_SHIFT
    assert found.direction is direction


def test_a_stuck_counter_is_a_flat_line_though_its_value_is_an_ordinary_one():
    values = weeks(level=4000.0)
    values[0, DAY + 12 : DAY + 24] = values[0, DAY + 12]
    result = run(values)
    found = around(result, DAY + 12, DAY + 24)
    assert [a.type for a in found] == [AnomalyType.FLATLINE]
    assert found[0].margins["flatline"] > 1
    assert found[0].stop == DAY + 24


def test_a_spike_and_a_dip_have_their_names():
    values = weeks()
    values[0, DAY + 12] *= 5
    values[0, DAY + 60 : DAY + 62] *= 0.2
    result = run(np.round(values))
    assert [a.type for a in around(result, DAY + 12, DAY + 13)] == [AnomalyType.SPIKE]
    assert [a.type for a in around(result, DAY + 60, DAY + 62)] == [AnomalyType.DIP]


def test_a_restless_series_is_called_volatile():
    values = weeks()
    swing = np.where(np.arange(12) % 2, 2.6, 0.3)
    values[0, DAY + 9 : DAY + 21] = np.round(values[0, DAY + 9 : DAY + 21] * swing)
    found = around(run(values), DAY + 9, DAY + 21)
    assert AnomalyType.VOLATILITY in {a.type for a in found}


@pytest.mark.parametrize(("bad", "alarmed"), [(Direction.UP, 1.0), (Direction.DOWN, 0.0), (Direction.BOTH, 1.0)])
def test_a_rise_of_a_rate_alarms_only_where_rising_is_bad(bad, alarmed):
    rate = 2.0 + np.random.default_rng(3).normal(0, 0.2, (1, HOURS))
    rate[0, DAY + 12 : DAY + 18] = 9.0
    result = run(rate, Kpi("drop_rate", "%", KpiKind.RATIO, bad))
    assert result.verdicts["drop_rate"].alarm[0, DAY + 12 : DAY + 18].mean() == alarmed


def test_an_ordinary_month_raises_hardly_an_alarm():
    values = weeks(cells=12)
    result = run(values)
    assert len(result.anomalies) <= 12 * DAYS / 7 * 0.1 * 3
