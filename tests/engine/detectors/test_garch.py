"""GARCH as a detector: its band, faults, and cells that it cannot judge."""

from __future__ import annotations

import numpy as np

from engine import season
from engine.calendar import make_clock
from engine.data import Block, Kpi
from engine.detectors.garch import Garch


def _block(values: np.ndarray) -> Block:
    times = np.datetime64("2024-01-01", "s") + np.arange(values.shape[1]) * np.timedelta64(3600, "s")
    clock, clean = make_clock(times, 3600, "UTC"), np.isfinite(values)
    usual = season.fit(values, clean, clock, Kpi("k"))
    return Block(Kpi("k"), range(len(values)), values, season.adjust(values, usual), clean, clock, usual)


def _weeks(cells: int) -> np.ndarray:
    rng = np.random.default_rng(7)
    hour = np.arange(24 * 7 * 6)
    base = 400 * (1.2 + np.sin(2 * np.pi * (hour % 24 - 9) / 24))
    return rng.poisson(base * rng.uniform(0.5, 2, (cells, 1))).astype(np.float32)


def test_the_band_widens_in_volatile_times():
    values = 50 * _weeks(2)
    rng = np.random.default_rng(0)
    nervous = np.arange(values.shape[1]) // 48 % 4 == 3
    values *= np.exp(rng.normal(0, 1, values.shape) * np.where(nervous, 0.16, 0.05)).astype(np.float32)
    evidence = Garch().score(_block(values), rng)
    width = (evidence.upper - evidence.lower) / evidence.expected
    assert np.median(width[:, nervous]) > 1.3 * np.median(width[:, ~nervous])


def test_an_outage_is_strange_from_its_first_hour_to_its_last():
    values = _weeks(2)
    values[:, 500:512] = 0
    score = Garch().score(_block(values), np.random.default_rng(0)).score
    usual = np.quantile(score[:, :490], 0.999)
    assert (score[:, 500:512] > usual).all()


def test_a_fault_that_lasts_a_day_does_not_become_the_new_normal():
    values = _weeks(2)
    values[:, 500:524] *= 0.4
    score = Garch().score(_block(values), np.random.default_rng(0)).score
    assert (score[:, 500:524] > 4).all()
    assert np.mean(score[:, 525:560] > 4) < 0.05


def test_another_order_sees_the_same_outage_and_leaves_quiet_hours_alone():
    values = _weeks(2)
    values[:, 500:512] = 0
    for order in ((2, 1), (1, 0)):
        score = Garch(p=order[0], q=order[1]).score(_block(values), np.random.default_rng(0)).score
        assert (score[:, 500:512] > 4).all()
        assert 0.5 < np.median(score[:, 100:490]) < 0.9


def test_a_cell_that_does_not_vary_gets_a_reason():
    values = _weeks(2)
    values[0] = 5
    reasons = Garch(raw=True).score(_block(values), np.random.default_rng(0)).reasons
    assert reasons[0] is not None
    assert reasons[0].code == "garch_no_variance"
