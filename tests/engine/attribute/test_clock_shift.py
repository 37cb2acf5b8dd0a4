"""A clock that is off is told from traffic that is."""

from __future__ import annotations

import numpy as np
import pytest

from engine.attribute.clock_shift import clock_off
from engine.calendar import make_clock
from engine.data import Clock, FloatArray
from tests.engine.attribute.scene import COUNTS, Network, words

DAYS = 21
ALL = np.arange(12)


def town(period_s: int = 3600, seed: int = 0) -> tuple[FloatArray, FloatArray, Clock]:
    """What was measured and expected of twelve cells that wake at seven and are busiest at noon and at eight."""
    steps = DAYS * 86_400 // period_s
    times = np.datetime64("2023-01-02", "s") + np.arange(steps) * np.timedelta64(period_s, "s")
    clock = make_clock(times, period_s, "UTC", "")
    hour = np.arange(steps) * period_s / 3600 % 24
    course = 20 + 100 * np.exp(-0.5 * ((hour - 12) / 3) ** 2) + 80 * np.exp(-0.5 * ((hour - 20) / 2) ** 2)
    expected = (np.linspace(1, 4, len(ALL))[:, None] * course).astype(np.float32)
    noise = np.random.default_rng(seed).normal(1, 0.05, expected.shape)
    return (expected * noise).astype(np.float32), expected, clock


def late(values: FloatArray, cells: np.ndarray, first: int, periods: int) -> FloatArray:
    """From `first` on, what is said of a moment is what was measured so many periods before it."""
    moved = values.copy()
    moved[cells, first:] = np.roll(values, periods, axis=1)[cells, first:]
    return moved


@pytest.mark.parametrize("hours", [1, -1, 3, -5, 8])
def test_a_clock_that_is_off_from_some_day_on_is_found_with_its_hours(hours: int) -> None:
    values, expected, clock = town()
    moved = late(values, ALL, 15 * 24, hours)
    assert clock_off(moved, expected, ALL, 16 * 24 + 7, 16 * 24 + 9, clock) == hours
    assert clock_off(moved, expected, ALL, 12 * 24 + 7, 12 * 24 + 9, clock) == 0.0


def test_quarters_of_an_hour_find_half_hours() -> None:
    values, expected, clock = town(900)
    moved = late(values, ALL, 15 * 96, 6)
    assert clock_off(moved, expected, ALL, 16 * 96 + 28, 16 * 96 + 32, clock) == 1.5


def test_traffic_that_is_unusual_is_no_clock() -> None:
    values, expected, clock = town()
    for first, stop, factor in (
        (16 * 24 + 7, 16 * 24 + 9, 3.0),
        (16 * 24, 17 * 24, 0.5),
        (16 * 24 + 9, 16 * 24 + 15, 0),
    ):
        other = values.copy()
        other[:, first:stop] *= np.float32(factor)
        assert clock_off(other, expected, ALL, first, stop, clock) == 0.0


def test_a_morning_that_begins_late_as_on_a_holiday_is_no_clock() -> None:
    """It is not as usual after a move either."""
    values, expected, clock = town()
    hour = np.arange(values.shape[1]) % 24
    calm = 20 + 60 * np.exp(-0.5 * ((hour - 13.5) / 3.5) ** 2) + 50 * np.exp(-0.5 * ((hour - 20.5) / 2.5) ** 2)
    day = slice(16 * 24, 17 * 24)
    values[:, day] = np.linspace(1, 4, len(ALL))[:, None] * calm[day]
    assert clock_off(values, expected, ALL, 16 * 24 + 7, 16 * 24 + 10, clock) == 0.0


def test_nothing_is_said_of_few_cells_of_the_first_week_or_of_cells_that_do_not_agree() -> None:
    values, expected, clock = town()
    moved = late(values, ALL, 3 * 24, 1)
    assert clock_off(moved, expected, ALL[:2], 16 * 24 + 7, 16 * 24 + 9, clock) == 0.0
    assert clock_off(moved, expected, ALL, 4 * 24 + 7, 4 * 24 + 9, clock) == 0.0
    half = late(values, ALL[::2], 15 * 24, 1)
    assert clock_off(half, expected, ALL, 16 * 24 + 7, 16 * 24 + 9, clock) == 0.0
    assert clock_off(half, expected, ALL[::2], 16 * 24 + 7, 16 * 24 + 9, clock) == 1.0


def test_gaps_and_days_that_are_not_known_are_borne() -> None:
    values, expected, clock = town()
    moved = late(values, ALL, 15 * 24, 1)
    moved[:4, 16 * 24 :] = np.nan
    moved[:, 16 * 24 + 2] = np.nan
    assert clock_off(moved, expected, ALL, 16 * 24 + 7, 16 * 24 + 9, clock) == 1.0
    moved[:, 15 * 24 :] = np.nan
    assert clock_off(moved, expected, ALL, 16 * 24 + 7, 16 * 24 + 9, clock) == 0.0


def test_it_is_a_fault_of_the_data_in_the_causes() -> None:
    network = Network()
    first = 24 * 15
    cells = [*range(12)]
    for kpi in COUNTS:
        network.values[kpi][cells, first:] = np.roll(network.values[kpi], 2, axis=1)[cells, first:]
        network.alarm[kpi][cells, first + 7 : first + 10] = True
    cause = network.causes()[0]
    assert cause.kind == "data_fault"
    assert "Moved 2 h back, all of that day is as usual in these cells" in words(cause)
