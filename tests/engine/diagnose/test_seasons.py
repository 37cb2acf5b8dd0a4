from __future__ import annotations

import numpy as np
import pytest

from engine.calendar import make_clock
from engine.data import Clock
from engine.diagnose.seasons import explained, find_seasons, profile_slots, slot_means, without_profile


def clock_of(days: int, period_s: int = 3600, zone: str = "UTC", start: str = "2023-03-01") -> Clock:
    times = np.datetime64(start, "s") + np.arange(days * 86_400 // period_s) * np.timedelta64(period_s, "s")
    return make_clock(times, period_s, zone)


def daily(clock: Clock) -> np.ndarray:
    return np.sin(2 * np.pi * clock.slot_of_day / clock.day_slots)


def test_a_day_and_a_week_are_found_where_they_are(rng: np.random.Generator) -> None:
    clock = clock_of(60)
    noise = rng.normal(0, 1, (4, len(clock.hour)))
    day, week = 2 * daily(clock), 2.0 * clock.weekend
    rows = np.stack([noise[0], noise[1] + day, noise[2] + day + week, noise[3] + week])
    assert find_seasons(rows, clock) == ((), (24,), (24, 168), (168,))


@pytest.mark.parametrize(("period_s", "day", "week"), [(600, 144, 1008), (900, 96, 672), (86_400, 1, 7)])
def test_rhythms_are_counted_in_periods(rng: np.random.Generator, period_s: int, day: int, week: int) -> None:
    clock = clock_of(56, period_s)
    row = 3 * daily(clock) + 3.0 * clock.weekend + rng.normal(0, 1, len(clock.hour))
    assert find_seasons(row[None], clock) == (((day, week) if day > 1 else (week,)),)


def test_a_change_of_clocks_does_not_blur_the_day(rng: np.random.Generator) -> None:
    clock = clock_of(60, zone="Europe/Rome")
    row = 5 * (clock.hour == 8) + rng.normal(0, 0.1, len(clock.hour))
    assert explained(row[None], clock.slot_of_day)[0] > 0.97


def test_another_rhythm_is_found_when_there_is_no_day(rng: np.random.Generator) -> None:
    clock = clock_of(40)
    row = np.sin(2 * np.pi * np.arange(len(clock.hour)) / 17) + rng.normal(0, 0.3, len(clock.hour))
    assert find_seasons(row[None], clock) == ((17,),)


def test_a_peak_an_hour_beside_the_day_is_the_day(rng: np.random.Generator) -> None:
    clock = clock_of(40)
    drift = np.cumsum(rng.normal(0, 0.1, len(clock.hour)))
    row = np.sin(2 * np.pi * np.arange(len(clock.hour)) / 23 + drift) + rng.normal(0, 0.3, len(clock.hour))
    assert explained(row[None], clock.slot_of_day)[0] < 0.1, "the slots of the day do not show it"
    assert find_seasons(row[None], clock) == ((24,),)


def test_a_slow_decline_with_ripples_is_no_rhythm(rng: np.random.Generator) -> None:
    clock = clock_of(40)
    walk = np.cumsum(rng.normal(0, 1, (30, len(clock.hour))), axis=1)
    assert sum(map(bool, find_seasons(walk, clock))) <= 2


def test_a_short_history_has_no_rhythm_and_no_profile() -> None:
    clock = clock_of(2)
    assert find_seasons(daily(clock)[None], clock) == ((),)
    assert profile_slots(clock) is None
    assert profile_slots(clock_of(10)) is not None
    week = profile_slots(clock_of(30))
    assert week is not None
    assert week.max() == 167


def test_gaps_and_constants_do_not_make_a_rhythm(rng: np.random.Generator) -> None:
    clock = clock_of(30)
    rows = np.stack([np.full(720, 4.0), np.full(720, np.nan), 2 * daily(clock) + rng.normal(0, 1, 720)])
    rows[2, rng.random(720) < 0.3] = np.nan
    assert find_seasons(rows, clock) == ((), (), (24,))


def test_slot_means_are_means_over_the_slot() -> None:
    values = np.array([[1.0, 10.0, 3.0, np.nan, 5.0, 30.0]])
    means, numbers = slot_means(values, np.array([0, 1, 0, 1, 0, 3]))
    np.testing.assert_array_equal(means, [[3.0, 10.0, np.nan, 30.0]])
    np.testing.assert_array_equal(numbers, [[3, 1, 0, 1]])
    np.testing.assert_array_equal(
        without_profile(values, np.array([0, 1, 0, 1, 0, 3])), [[-2.0, 0.0, 0.0, np.nan, 2.0, 0.0]]
    )
