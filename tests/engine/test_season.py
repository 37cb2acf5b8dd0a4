"""The seasonal model: what it learns, what it must not learn, and how little history it can do with."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine import season
from engine.calendar import make_clock
from engine.data import Clock, Kpi, KpiKind, Season

COUNT, GAUGE = Kpi("calls"), Kpi("load", kind=KpiKind.GAUGE)
DAY, WEEK = 24, 24 * 7


def clock_of(
    points: int, period_s: int = 3600, start: str = "2024-01-01", country: str = "", zone: str = "UTC"
) -> Clock:
    times = np.datetime64(start, "s") + np.arange(points) * np.timedelta64(period_s, "s")
    return make_clock(times, period_s, zone, country)


def course(clock: Clock, weekend: float = 0.6) -> np.ndarray:
    """The expected count of each period: two humps a day, quiet days off."""
    part = clock.slot_of_day / clock.day_slots * 24
    day = 40 + 300 * np.exp(-0.5 * ((part - 11) / 3) ** 2) + 350 * np.exp(-0.5 * ((part - 19) / 2.5) ** 2)
    return day * np.where(clock.weekend | clock.holiday, weekend, 1.0)


def noisy(clock: Clock, cells: int = 1, seed: int = 1, **shape: float) -> np.ndarray:
    return np.random.default_rng(seed).poisson(course(clock, **shape), (cells, len(clock.hour))).astype(np.float32)


def learnt(values: np.ndarray, clock: Clock, kpi: Kpi = COUNT, clean: np.ndarray | None = None) -> Season:
    return season.fit(values, np.isfinite(values) if clean is None else clean, clock, kpi)


def residual(values: np.ndarray, clock: Clock, kpi: Kpi = COUNT, clean: np.ndarray | None = None) -> np.ndarray:
    return season.adjust(values, learnt(values, clock, kpi, clean))


@pytest.mark.parametrize(
    ("period_s", "days"), [(3600, 42), (900, 28), (600, 21), (300, 21), (60, 10), (3600, 5), (3600, 9), (900, 3)]
)
def test_what_is_usual_is_found_and_noise_has_unit_size(period_s, days):
    clock = clock_of(days * 86400 // period_s, period_s)
    values = noisy(clock, 3, weekend=0.6 if days > 8 else 1.0)
    model = learnt(values, clock)
    usual = season.restore(np.zeros_like(values), model)
    truth = course(clock, weekend=0.6 if days > 8 else 1.0)
    assert np.median(np.abs(usual / truth - 1)) < 0.06
    assert 0.75 < season.adjust(values, model).std() < 1.3


def test_one_odd_weekday_gets_a_profile_of_its_own_from_three_weeks_on():
    clock = clock_of(4 * WEEK)
    values = np.random.default_rng(1).poisson(course(clock) * np.where(clock.weekday == 2, 0.5, 1.0)[None])
    usual = season.restore(np.zeros((1, 4 * WEEK), np.float32), learnt(values.astype(np.float32), clock))
    wednesday_noon = (clock.weekday == 2) & (clock.hour == 12)
    monday_noon = (clock.weekday == 0) & (clock.hour == 12)
    ratio = usual[0, wednesday_noon].mean() / usual[0, monday_noon].mean()
    assert ratio == pytest.approx(0.5, abs=0.08)


def test_equal_weekdays_are_not_told_apart_by_chance():
    clock = clock_of(4 * WEEK)
    usual = season.restore(np.zeros((1, 4 * WEEK), np.float32), learnt(noisy(clock), clock))
    noons = [usual[0, (clock.weekday == day) & (clock.hour == 12)].mean() for day in range(5)]
    assert max(noons) / min(noons) < 1.04


def test_a_person_may_say_what_repeats():
    clock = clock_of(4 * WEEK)
    values = noisy(clock)
    weekend_noon, monday_noon = clock.weekend & (clock.hour == 12), (clock.weekday == 0) & (clock.hour == 12)
    noons = {}
    for rhythm in ("auto", "week", "day", "none"):
        model = season.fit(values, np.isfinite(values), clock, COUNT, rhythm)
        usual = season.restore(np.zeros_like(values), model)[0]
        noons[rhythm] = usual[weekend_noon].mean() / usual[monday_noon].mean()
        assert (usual.max() / usual.min() > 2) == (rhythm != "none")
    assert noons["auto"] == pytest.approx(0.6, abs=0.08)
    assert noons["week"] == pytest.approx(0.6, abs=0.08)
    assert noons["day"] == pytest.approx(1.0, abs=0.03)
    assert noons["none"] == pytest.approx(1.0, abs=0.03)


def test_weekdays_are_told_apart_earlier_where_a_person_says_so():
    clock = clock_of(2 * WEEK)
    values = np.random.default_rng(1).poisson(course(clock) * np.where(clock.weekday == 2, 0.5, 1.0)[None])
    ratios = {}
    for rhythm in ("auto", "week"):
        model = season.fit(values.astype(np.float32), np.isfinite(values), clock, COUNT, rhythm)
        usual = season.restore(np.zeros((1, 2 * WEEK), np.float32), model)[0]
        noon = clock.hour == 12
        ratios[rhythm] = usual[noon & (clock.weekday == 2)].mean() / usual[noon & (clock.weekday == 0)].mean()
    assert ratios["auto"] > 0.9
    assert ratios["week"] < 0.7


def test_growth_is_followed():
    clock = clock_of(10 * WEEK)
    growth = np.linspace(1, 2.5, 10 * WEEK)
    values = np.random.default_rng(1).poisson(course(clock) * growth)[None].astype(np.float32)
    usual = season.restore(np.zeros_like(values), learnt(values, clock))
    ratio = usual[0] / (course(clock) * growth)
    assert np.median(np.abs(ratio[2 * WEEK : -2 * WEEK] - 1)) < 0.05
    assert np.median(np.abs(ratio - 1)) < 0.07


@pytest.mark.parametrize("hours", [6, 24, 48])
def test_a_fault_of_up_to_two_days_does_not_pull_what_is_usual(hours):
    clock = clock_of(6 * WEEK)
    values = noisy(clock)
    values[:, 500 : 500 + hours] *= 0.3
    assert (residual(values, clock)[0, 500 : 500 + hours] < -3).all()


def test_a_silence_stands_out_from_its_first_hour():
    clock = clock_of(6 * WEEK)
    values = noisy(clock)
    values[:, 500:530] = 0
    assert (residual(values, clock)[0, 500:530] < -5).all()


def test_only_clean_points_are_learned_from():
    clock = clock_of(6 * WEEK)
    values, clean = noisy(clock), np.ones((1, 6 * WEEK), bool)
    clean[:, 3 * WEEK :] = False
    other = values.copy()
    other[:, 3 * WEEK :] = 10_000
    one, two = learnt(values, clock, clean=clean), learnt(other, clock, clean=clean)
    np.testing.assert_array_equal(one.centre, two.centre)
    np.testing.assert_array_equal(one.spread, two.spread)
    assert np.isfinite(one.centre).all()


@pytest.mark.parametrize("like_a_day_off", [True, False])
def test_a_holiday_follows_the_profile_that_explains_it(like_a_day_off):
    clock = clock_of(8 * WEEK, start="2024-10-07", country="IT", zone="Europe/Rome")
    assert clock.holiday.any()
    shape = course(clock)
    if not like_a_day_off:
        shape = np.where(clock.holiday & ~clock.weekend, shape / 0.6, shape)
    values = np.random.default_rng(1).poisson(shape)[None].astype(np.float32)
    found = residual(values, clock)[0, clock.holiday & ~clock.weekend]
    assert np.mean(np.abs(found) > 4) < 0.05


@pytest.mark.parametrize("quiet", [True, False])
def test_the_small_hours_of_a_holiday_are_the_end_of_the_day_before(quiet):
    clock = clock_of(8 * WEEK, start="2024-10-07", country="IT", zone="Europe/Rome")
    night = clock.slot_of_day < 5
    lively = np.where(night & clock.weekend, 500.0, 0.0)
    holiday = clock.holiday & ~clock.weekend
    assert holiday.any()
    lively[night & holiday] = 0.0 if quiet else 500.0
    values = np.random.default_rng(1).poisson(course(clock) + lively)[None].astype(np.float32)
    assert np.mean(np.abs(residual(values, clock)[0, holiday]) > 4) < 0.05


@pytest.mark.parametrize("factor", [0.1, 0.4, 3.0])
def test_a_change_that_lasts_is_none_before_it_and_one_for_a_week(factor):
    clock = clock_of(6 * WEEK)
    values, change = noisy(clock), 20 * DAY + 10
    values[:, change:] = np.round(values[:, change:] * factor)
    off = residual(values, clock)[0]
    sign = np.sign(factor - 1)
    assert np.mean(np.abs(off[:change]) > 4) < 0.01
    assert (sign * off[change : change + 6 * DAY] > 3).mean() > 0.95
    assert np.mean(np.abs(off[change + 9 * DAY :]) > 4) < 0.01


def test_the_end_of_a_fault_of_two_weeks_is_no_change():
    clock = clock_of(8 * WEEK)
    values = noisy(clock)
    values[:, 20 * DAY : 34 * DAY] *= 0.3
    off = residual(values, clock)[0]
    assert (off[20 * DAY : 26 * DAY] < -3).mean() > 0.95
    assert (np.abs(off[35 * DAY :]) > 4).mean() < 0.01


def test_growth_and_a_weekly_rhythm_are_no_change():
    clock = clock_of(10 * WEEK)
    for shape in (np.linspace(1, 2.5, 10 * WEEK), np.where(clock.day // 7 % 2, 1.3, 1.0)):
        values = np.random.default_rng(1).poisson(course(clock) * shape)[None].astype(np.float32)
        assert np.mean(np.abs(residual(values, clock)) > 5) < 0.01


def test_data_by_the_day_know_the_week():
    clock = clock_of(17 * 7, 86_400)
    shape = 20_000 * np.where(clock.weekend, 0.7, 1.0) * np.where(clock.weekday == 2, 0.85, 1.0)
    values = np.random.default_rng(1).normal(shape, 400)[None].astype(np.float32)
    usual = season.restore(np.zeros_like(values), learnt(values, clock))
    assert np.median(np.abs(usual[0] / shape - 1)) < 0.02
    assert np.max(np.abs(usual[0] / shape - 1)) < 0.08
    values[:, 60:67] *= 0.6
    assert (residual(values, clock)[0, 60:67] < -5).all()


def test_an_unmeasured_holiday_is_taken_for_a_day_off():
    clock = clock_of(8 * WEEK, start="2024-10-07", country="IT", zone="Europe/Rome")
    values = noisy(clock)
    values[:, clock.holiday] = np.nan
    usual = season.restore(np.zeros_like(values), learnt(values, clock))
    ratio = usual[0, clock.holiday] / course(clock)[clock.holiday]
    assert np.median(np.abs(ratio - 1)) < 0.1


def test_days_of_23_and_25_hours_keep_the_wall_clock():
    clock = clock_of(8 * WEEK, start="2024-03-04", zone="Europe/Rome")
    assert np.mean(np.abs(residual(noisy(clock), clock)) > 4) < 0.005


def test_less_than_two_days_give_a_level_only_and_less_than_the_least_nothing():
    clock = clock_of(30)
    values = noisy(clock, 2)
    values[1, season.MIN_POINTS - 1 :] = np.nan
    model = learnt(values, clock)
    assert np.ptp(model.centre[0]) == 0
    assert np.isfinite(model.spread[0]).all()
    assert np.isnan(model.centre[1]).all()
    assert np.isnan(season.adjust(values, model)[1]).all()


def test_a_cell_does_not_depend_on_the_others():
    clock = clock_of(5 * WEEK)
    values = noisy(clock, 3)
    values[1] *= 1000
    values[2, 100:] = np.nan
    together, alone = learnt(values, clock), learnt(values[:1], clock)
    np.testing.assert_array_equal(together.centre[:1], alone.centre)
    np.testing.assert_array_equal(together.spread[:1], alone.spread)


@pytest.mark.parametrize("kpi", [COUNT, GAUGE, Kpi("rate", kind=KpiKind.RATIO)])
@pytest.mark.parametrize("constant", [0.0, 1.0, -3.0, 99.5, 1e30])
def test_constants_have_a_positive_spread_and_no_residual(kpi, constant):
    clock = clock_of(3 * WEEK)
    model = learnt(np.full((1, 3 * WEEK), constant, np.float32), clock, kpi)
    assert (model.spread > 0).all()
    assert np.isfinite(model.spread).all()
    assert np.abs(season.adjust(np.full((1, 3 * WEEK), constant, np.float32), model)).max() < 0.5


def test_small_counts_are_not_believed_to_vary_less_than_counting_does():
    clock = clock_of(4 * WEEK)
    values = np.full((1, 4 * WEEK), 4, np.float32)
    values[0, 300] = 6
    assert residual(values, clock)[0, 300] < 1.5


def test_a_step_of_the_resolution_of_a_gauge_is_no_news():
    clock = clock_of(4 * WEEK)
    values = np.full((1, 4 * WEEK), 20, np.float32)
    values[0, 300:303] = 21
    assert residual(values, clock, GAUGE)[0, 300] < 3


@settings(max_examples=30, deadline=None)
@given(arrays(np.float32, (2, 60), elements=st.floats(-1e6, 1e6, width=32)), st.sampled_from([COUNT, GAUGE]))
def test_restore_undoes_adjust(values, kpi):
    model = learnt(values, clock_of(60), kpi)
    feed = season.adjust(values, model)
    assert np.isfinite(feed).all()
    inside = np.abs(feed) < season.FARTHEST
    back = season.restore(feed, model)
    assert (np.abs(back - values) <= 1e-3 * (np.abs(values) + np.abs(model.spread) + 1))[inside].all()


def test_infinite_values_are_treated_as_missing():
    clock = clock_of(3 * WEEK)
    values = noisy(clock)
    values[0, 30] = np.inf
    feed = residual(values, clock, clean=np.ones(values.shape, bool))
    assert np.isnan(feed[0, 30])
    assert np.isfinite(np.delete(feed[0], 30)).all()
