"""NNAR: its forecasts, its faithfulness to nnetar, and what faults do to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import season
from engine.calendar import make_clock
from engine.data import Block, Kpi
from engine.detectors.nnar import Nnar, _error_size
from engine.neural.lag_choice import autoregressive_order

HOURS = 24 * 7 * 6


def weeks(cells: int, seed: int = 3, hours: int = HOURS) -> np.ndarray:
    rng = np.random.default_rng(seed)
    hour = np.arange(hours)
    base = 400 * (1.2 + np.sin(2 * np.pi * (hour % 24 - 9) / 24)) * np.where(hour // 24 % 7 < 5, 1.0, 0.7)
    slow = np.zeros((cells, hours))
    for t in range(1, hours):
        slow[:, t] = 0.7 * slow[:, t - 1] + rng.normal(0, 0.05, cells)
    return rng.poisson(base * np.exp(slow) * rng.uniform(0.5, 2, (cells, 1))).astype(np.float32)


def block_of(values: np.ndarray, clean: np.ndarray | None = None, raw: bool = False) -> Block:
    clock = make_clock(
        np.datetime64("2024-01-01", "s") + np.arange(values.shape[1]) * np.timedelta64(3600, "s"), 3600, "UTC"
    )
    clean = np.isfinite(values) if clean is None else clean
    usual = season.fit(values, clean, clock, Kpi("k"))
    feed = values if raw else season.adjust(values, usual)
    return Block(Kpi("k"), range(len(values)), values, feed, clean, clock, usual)


@pytest.fixture(scope="module")
def fleet() -> Nnar:
    return Nnar(networks=4).learn(block_of(weeks(12, seed=8)), np.random.default_rng(1))


def test_forecast_errors_are_expected_larger_after_lags_that_cannot_be_trusted():
    trusted = np.ones((1, 20), bool)
    trusted[0, 10] = False
    size = _error_size(trusted, np.ones((1, 1), np.float32), np.full((1, 1), 3, np.float32), (1, 2, 3, 4))[0]
    assert size[0] == pytest.approx(3)
    assert size[10] == pytest.approx(1)
    assert size[11] > size[12] > size[14] > size[15] == pytest.approx(1)


def test_doubt_adds_up_over_every_lag_that_cannot_be_trusted():
    rng = np.random.default_rng(4)
    trusted, own, whole = rng.random((3, 60)) > 0.3, np.ones((3, 1), np.float32), np.full((3, 1), 3, np.float32)
    weight = 1 / np.arange(1, 6) / np.sum(1 / np.arange(1, 6))
    before = np.concatenate([np.ones((3, 5)), ~trusted[:, :-1]], axis=1)
    doubt = np.stack([np.convolve(row, weight, "valid")[:60] for row in before])
    np.testing.assert_allclose(_error_size(trusted, own, whole, (1, 2, 3, 4, 5)), np.sqrt(1 + 8 * doubt), rtol=1e-6)


def test_fleet_forecasts_better_than_the_season_alone(fleet):
    values = weeks(3, seed=11)
    block = block_of(values)
    evidence = fleet.score(block, np.random.default_rng(2))
    usual = season.restore(np.zeros_like(values), block.season)
    error = np.abs(evidence.expected - values)[:, 100:].mean()
    assert error < 0.9 * np.abs(usual - values)[:, 100:].mean()


def test_forecast_errors_of_ordinary_hours_have_unit_size(fleet):
    score = fleet.score(block_of(weeks(3, seed=11)), np.random.default_rng(2)).score[:, 100:]
    assert 0.5 < np.median(score) < 0.9
    assert np.mean(score > 4) < 0.005


def test_a_fault_that_lasts_a_day_stays_strange_all_day_and_does_not_echo_afterwards(fleet):
    values = weeks(3, seed=11)
    values[:, 500:524] *= 0.3
    score = fleet.score(block_of(values), np.random.default_rng(2)).score
    assert (score[:, 500:524] > 4).all()
    assert np.mean(score[:, 526:560] > 4) < 0.05


def test_a_gap_gives_no_opinion_inside_and_a_calm_one_right_after(fleet):
    values = weeks(3, seed=11)
    values[:, 500:540] = np.nan
    score = fleet.score(block_of(values), np.random.default_rng(2)).score
    assert np.isnan(score[:, 500:540]).all()
    assert (score[:, 540:545] < 4).all()


def test_what_is_not_clean_is_not_learned_from():
    values = weeks(4, seed=5)
    values[:, 600:] *= np.random.default_rng(0).uniform(0.2, 5, (4, HOURS - 600))
    clean = np.isfinite(values)
    clean[:, 600:] = False
    detector = Nnar(networks=2, lags=12, hidden=4)
    learnt = detector.learn(block_of(values, clean), np.random.default_rng(1))
    score = learnt.score(block_of(values, clean), np.random.default_rng(1)).score
    assert np.median(score[:, 100:600]) < 1
    assert np.median(score[:, 610:]) > 4


def test_without_any_usable_rows_it_says_that_nothing_was_learnt():
    values = weeks(2, seed=5)
    detector = Nnar()
    evidence = detector.score(block_of(values), np.random.default_rng(1))
    assert [reason.code for reason in evidence.reasons] == ["nnar_nothing_learnt"] * 2


def test_faithful_mode_gives_no_opinion_on_the_first_lags_and_fits_the_rest_closely():
    values = weeks(1, seed=6, hours=400)
    detector = Nnar(fleet=False, raw=True, lags=24, hidden=8, networks=5)
    evidence = detector.score(block_of(values, raw=True), np.random.default_rng(1))
    assert np.isnan(evidence.score[:, :24]).all()
    error = (evidence.expected - values)[:, 24:]
    assert np.sqrt(np.mean(error**2)) < 0.1 * values.std()


def test_faithful_scores_do_not_depend_on_the_other_cells():
    values = weeks(2, seed=6, hours=300)
    detector = Nnar(fleet=False, raw=True, lags=12, hidden=4, networks=2)
    both = detector.score(block_of(values, raw=True), np.random.default_rng(1)).score
    second = detector.score(block_of(values[1:], raw=True), np.random.default_rng(1)).score
    np.testing.assert_allclose(second[0], both[1], rtol=1e-4)


def test_faithful_mode_learns_from_filled_rows_where_gaps_leave_no_complete_ones():
    values = weeks(1, seed=6, hours=600)
    values[:, ::5] = np.nan
    detector = Nnar(fleet=False, raw=True, lags=12, hidden=4, networks=2)
    evidence = detector.score(block_of(values, raw=True), np.random.default_rng(1))
    assert np.isfinite(evidence.score).sum() > 400
    assert np.isnan(evidence.score[:, ::5]).all()


def test_a_faithful_forecast_does_not_depend_on_the_unit():
    values = weeks(1, seed=6, hours=300)
    detector = Nnar(fleet=False, raw=True, lags=12, hidden=4, networks=2)
    one = detector.score(block_of(values, raw=True), np.random.default_rng(1))
    thousand = detector.score(block_of(values * np.float32(1024), raw=True), np.random.default_rng(1))
    np.testing.assert_allclose(thousand.expected[:, 12:] / 1024, one.expected[:, 12:], rtol=1e-3)
    np.testing.assert_allclose(thousand.score[:, 12:], one.score[:, 12:], rtol=0.05, atol=0.05)


def test_seasonal_lags_remember_what_happened_at_this_hour_yesterday():
    values = weeks(1, seed=6, hours=700)
    rng = np.random.default_rng(2)
    values[:] = np.repeat(rng.uniform(200, 400, (700 // 24 + 1, 24)).cumsum(axis=0), 1, axis=0).ravel()[:700]
    plain = Nnar(fleet=False, raw=True, lags=3, hidden=3, networks=3)
    block = block_of(values, raw=True)
    errors = []
    for detector in (plain, replace(plain, seasonal=1)):
        expected = detector.score(block, np.random.default_rng(1)).expected
        errors.append(np.sqrt(np.nanmean((expected - values)[:, 24:] ** 2)))
    assert errors[1] < 0.7 * errors[0]
    assert np.isnan(replace(plain, seasonal=1).score(block, np.random.default_rng(1)).score[:, :24]).all()


def test_lags_and_hidden_nodes_can_be_left_to_the_data():
    values = weeks(1, seed=6, hours=500)
    detector = Nnar(fleet=False, raw=True, lags=0, hidden=0, networks=1)
    score = detector.score(block_of(values, raw=True), np.random.default_rng(1)).score
    silent = int(np.argmax(np.isfinite(score[0])))
    assert silent == autoregressive_order(values[0].astype(np.float64)) > 10
    fleet = Nnar(lags=0, seasonal=1, hidden=0, networks=2).learn(block_of(weeks(3)), np.random.default_rng(1))
    assert fleet.lags >= 1
    assert fleet.trained is not None
    assert fleet.trained.into.shape[2] - 1 == len({*range(1, fleet.lags + 1), 24})
    assert np.isfinite(fleet.score(block_of(weeks(3)), np.random.default_rng(1)).score).any()


def test_a_history_shorter_than_its_seasonal_lags_is_told_so():
    clock = block_of(weeks(1, hours=300)).clock
    reason = Nnar(seasonal=9).applies(clock, Kpi("k"), 300)
    assert reason is not None
    assert reason.params["needed"] == 9 * 24 + 100


def test_another_seed_gives_other_networks():
    values = weeks(1, seed=6, hours=300)
    detector = replace(Nnar(networks=1, lags=12, hidden=4), fleet=False)
    first, second = (detector.score(block_of(values), np.random.default_rng(seed)).expected for seed in (1, 2))
    assert not np.allclose(first[:, 12:], second[:, 12:])
