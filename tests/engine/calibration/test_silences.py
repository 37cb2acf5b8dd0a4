"""A cell that counts nothing where it is never near nothing was down; a quiet night, a ratio and a switch are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import pipeline, season, simulate
from engine.blocks import make_block
from engine.calendar import make_clock
from engine.calibration.calibrate import most_anomalies
from engine.calibration.silences import learnt, silences
from engine.data import Clock, FloatArray, Kpi, KpiKind, Panel, Quality
from engine.inspection.explanation import in_words, of_anomaly
from engine.settings import preset

HOURS = 24 * 7 * 6
COUNT = Kpi("calls")


@pytest.fixture(scope="module")
def clock() -> Clock:
    times = np.datetime64("2024-01-01", "s") + np.arange(HOURS) * np.timedelta64(3600, "s")
    return make_clock(times, 3600, "UTC")


def busy(level: float = 1000.0, seed: int = 1) -> FloatArray:
    """(1, T) calls of a busy cell: a tenth of the level by night."""
    day = 0.55 - 0.45 * np.cos((np.arange(HOURS) % 24) * 2 * np.pi / 24)
    return np.random.default_rng(seed).poisson(level * day, (1, HOURS)).astype(np.float32)


def found(values: FloatArray, clock: Clock, kpi: Kpi = COUNT) -> np.ndarray:
    usual = learnt(values, season.fit(values, np.isfinite(values), clock, kpi), kpi, clock)
    return silences(values, usual, kpi)


def test_a_zero_in_a_busy_hour_is_one_and_a_deep_loss_is_left_to_the_score(clock):
    values = busy()
    values[0, 300:303] = 0
    values[0, 400] = 40
    assert np.flatnonzero(found(values, clock)[0]).tolist() == [300, 301, 302]


def test_zeros_of_a_quiet_cell_are_chance(clock):
    values = busy(3.0)
    assert (values == 0).any()
    assert not found(values, clock).any()


def test_the_unit_does_not_matter(clock):
    values = busy() / 1000
    values[0, 300] = 0
    assert found(values, clock)[0, 300]


def test_a_gauge_can_be_silent_and_a_ratio_cannot(clock):
    values = np.random.default_rng(1).normal(40, 2, (1, HOURS)).astype(np.float32)
    values[0, 300] = 0
    assert found(values, clock, Kpi("users", kind=KpiKind.GAUGE))[0, 300]
    assert not found(values, clock, Kpi("drop rate", "%", KpiKind.RATIO)).any()


def test_what_happens_nearly_daily_is_how_the_cell_behaves(clock):
    some, many = busy(), busy()
    at = np.random.default_rng(2).permutation(np.arange(2, HOURS - 2, 5))
    some[0, at[: most_anomalies(HOURS, clock)]] = 0
    many[0, at[: most_anomalies(HOURS, clock) + 1]] = 0
    assert found(some, clock).sum() == most_anomalies(HOURS, clock)
    assert not found(many, clock).any()


def test_missing_values_and_short_histories_give_none(clock):
    values = busy()
    values[0, :] = np.nan
    assert not found(values, clock).any()
    values[0, 100:105] = 0
    assert not found(values, clock).any()


def down(hours: list[int]) -> Panel:
    """A simulated cell that counts nothing in some of its busiest hours, and too little in as many others."""
    city = simulate.city(cells=1, days=42, kpis=("calls",), incidents_per_cell_week=0.0, seed=5).panel
    values = city.values["calls"].copy()
    values[0, hours] = 0
    for shift in (2, 28):
        lost = np.array(hours[:-1]) + shift
        values[0, lost] *= np.random.default_rng(shift).uniform(0.005, 0.1, len(lost)).astype(np.float32)
    return replace(city, values={"calls": values}, flags={"calls": np.zeros(values.shape, np.uint8)})


def quality() -> Quality:
    return Quality("test", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(1), np.zeros(1, np.int64))


def test_outages_that_come_back_are_all_alarms():
    """Two a week for six weeks: learned from, they would be how the cell behaves."""
    hours = [24 * day + 7 + day % 4 for day in range(2, 42, 3)]
    result = pipeline.analyse(down(hours), quality(), preset("balanced"))
    assert result.verdicts["calls"].alarm[0, hours].all()
    told = of_anomaly(result, next(a for a in result.anomalies if a.start <= hours[3] < a.stop))
    assert told is not None
    assert told.score > 1.0
    assert "a fault however often it comes back" in in_words(told)
    assert "is the most surprised" not in in_words(told)


def test_the_paper_learns_from_everything():
    panel = down([24 * day + 8 for day in range(2, 42, 3)])
    raw, usual = preset("paper"), preset("balanced")
    clock = make_clock(panel.times, panel.period_s, panel.zone)
    cell = range(1)
    assert make_block(panel, panel.kpis[0], cell, clock, replace(raw, train_share=1.0)).clean.all()
    assert not make_block(panel, panel.kpis[0], cell, clock, usual).clean.all()
