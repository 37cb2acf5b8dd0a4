from __future__ import annotations

import numpy as np
import pytest

from engine.attribute.afterwards import Lasted, traffic_after
from engine.calendar import make_clock
from engine.data import Clock, FloatArray, IntArray

DAY = 24
ONE: IntArray = np.array([0], np.int64)


def hourly(days: int, country: str = "", start: str = "2023-03-06") -> Clock:
    times = np.datetime64(start, "s") + np.arange(days * DAY) * np.timedelta64(3600, "s")
    return make_clock(times, 3600, "UTC", country)


def traffic(days: int) -> FloatArray:
    """One cell: 100 an hour at night up to 300 by day, less at weekends."""
    clock = hourly(days)
    course = 200 - 100 * np.cos(2 * np.pi * clock.hour / 24)
    return (course * np.where(clock.weekend, 0.7, 1.0)).astype(np.float32)[None]


def after(values: FloatArray, clock: Clock, cells: IntArray, start: int, stop: int) -> float:
    """Of one incident."""
    return float(traffic_after(values, clock, [Lasted(cells, start, stop)])[0])


def test_a_change_that_stayed_carries_its_share_on_the_days_after() -> None:
    values = traffic(40)
    values[:, 20 * DAY :] *= 0.5
    assert after(values, hourly(40), ONE, 20 * DAY, 22 * DAY) == pytest.approx(0.5)
    assert after(values, hourly(40), ONE, 20 * DAY + 9, 20 * DAY + 12) == pytest.approx(0.5)


def test_what_went_back_carries_what_it_did_before() -> None:
    values = traffic(40)
    values[:, 20 * DAY : 22 * DAY] *= 0.5
    assert after(values, hourly(40), ONE, 20 * DAY, 22 * DAY) == pytest.approx(1.0)


def test_a_change_that_was_noticed_days_later_is_compared_with_the_weeks_before_it() -> None:
    values = traffic(60)
    values[:, 30 * DAY :] *= 1.8
    assert after(values, hourly(60), ONE, 35 * DAY, 37 * DAY) == pytest.approx(1.8)


def test_of_a_short_incident_the_hours_around_it_are_looked_at() -> None:
    """One hour that carries next to nothing as a rule, and more on the three days after by chance."""
    values = traffic(40)
    at = 20 * DAY + 3
    values[:, 3::DAY] = 0.1
    values[:, [at + DAY, at + 2 * DAY, at + 3 * DAY]] = 10.0
    assert after(values, hourly(40), ONE, at, at + 1) == pytest.approx(1.0, abs=0.1)


def test_one_of_several_cells_that_kept_a_change_says_nothing_of_the_others() -> None:
    values = np.repeat(traffic(40), 3, axis=0)
    values[0] *= 50
    values[0, 20 * DAY :] *= 0.4
    cells = np.arange(3)
    assert after(values, hourly(40), cells, 20 * DAY, 22 * DAY) == pytest.approx(1.0)
    values[1, 20 * DAY :] *= 0.5
    assert after(values, hourly(40), cells, 20 * DAY, 22 * DAY) == pytest.approx(0.5)


def test_holidays_are_compared_with_nothing() -> None:
    """Good Friday is one of the days after the one incident, Easter Monday a week before those after the other."""
    clock = hourly(40, "GB")
    friday = int(np.flatnonzero(clock.holiday)[0]) // DAY
    values = traffic(40)
    values[:, (friday - 2) * DAY :] *= 0.5
    values[:, clock.holiday] *= 2.0
    assert after(values, clock, ONE, (friday - 2) * DAY, friday * DAY) == pytest.approx(0.5)
    values = traffic(40)
    values[:, (friday + 5) * DAY :] *= 0.5
    values[:, clock.holiday] *= 0.5
    assert after(values, clock, ONE, (friday + 5) * DAY, (friday + 6) * DAY) == pytest.approx(0.5)


def test_nothing_is_known_without_days_after_it_or_a_week_before_it() -> None:
    values = traffic(20)
    assert np.isnan(after(values, hourly(20), ONE, 18 * DAY, 20 * DAY))
    assert np.isnan(after(values, hourly(20), ONE, 0, 3 * DAY))
    weekly = make_clock(np.datetime64("2023-03-06", "s") + np.arange(9) * np.timedelta64(7, "D"), 604_800, "UTC")
    assert np.isnan(after(np.ones((1, 9), np.float32), weekly, ONE, 4, 5))


def test_each_of_many_incidents_is_judged_as_if_it_were_alone() -> None:
    """Of different lengths, in one cell and in several, at the edges, and around a change of the clocks."""
    times = np.datetime64("2023-02-20", "s") + np.arange(60 * DAY) * np.timedelta64(3600, "s")
    clock = make_clock(times, 3600, "Europe/Berlin", "DE")
    rng = np.random.default_rng(1)
    values = rng.gamma(2.0, 50.0, (70, len(times))).astype(np.float32)
    values[rng.random(values.shape) < 0.05] = np.nan
    some = [
        Lasted(np.sort(rng.choice(70, int(rng.integers(1, 50)), replace=False)), at, at + int(rng.integers(1, 60)))
        for at in rng.integers(0, len(times) - 60, 80).tolist()
    ]
    some += [Lasted(ONE, len(times) - 5, len(times)), Lasted(ONE, 0, 3)]
    together = traffic_after(values, clock, some)
    assert np.isfinite(together).sum() > 60
    np.testing.assert_array_equal(together, [after(values, clock, i.cells, i.start, i.stop) for i in some])
    assert traffic_after(values, clock, []).shape == (0,)


def test_a_change_of_the_clocks_moves_no_hours() -> None:
    """From 02:00 on 26 March on clocks in Berlin are an hour ahead: six o'clock is five hours into that day."""
    times = np.datetime64("2023-02-19T23:00:00", "s") + np.arange(60 * DAY) * np.timedelta64(3600, "s")
    clock = make_clock(times, 3600, "Europe/Berlin")
    values = np.where(clock.hour == 6, 100.0, 1.0).astype(np.float32)[None]
    at = int(np.flatnonzero((clock.hour == 5) & (times >= np.datetime64("2023-03-24")))[0])
    values[:, at + 1 :] *= 2.0
    assert after(values, clock, ONE, at, at + 3) == pytest.approx(2.0)
