"""Hours of the day and kinds of days: by the local time and the calendar of the data, over midnight too."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from engine.data import Clock
from engine.inspection.hours import ALL, OFF, WORKING, Hours, meets
from tests.engine.result_factory import make_result

CLOCK = make_result().clock


def hours_of(clock: Clock, hours: Hours) -> set[int]:
    return set(clock.hour[hours.mask(clock)].tolist())


def test_the_day_shift_is_its_hours_by_local_time() -> None:
    assert hours_of(CLOCK, Hours(8, 22)) == set(range(8, 22))


def test_a_night_goes_over_midnight() -> None:
    assert hours_of(CLOCK, Hours(22, 6)) == {22, 23, 0, 1, 2, 3, 4, 5}


@pytest.mark.parametrize("hours", [Hours(), Hours(0, 24), Hours(7, 7)])
def test_from_an_hour_to_the_same_is_all_of_the_day(hours: Hours) -> None:
    assert hours.all_day
    assert hours.mask(CLOCK).all()


def test_days_are_those_of_the_calendar() -> None:
    clock = dataclasses.replace(CLOCK, day_type=np.where(CLOCK.weekday == 4, 1, np.where(CLOCK.weekday == 0, 2, 0)))
    assert set(clock.weekday[Hours(days=OFF).mask(clock)].tolist()) == {0, 4}
    working = Hours(9, 17, WORKING).mask(clock)
    assert 4 not in clock.weekday[working]
    assert set(clock.hour[working].tolist()) == set(range(9, 17))
    assert set(clock.weekday[Hours(days="2").mask(clock)].tolist()) == {2}


def test_a_long_period_lies_in_every_hour_that_it_covers() -> None:
    day = dataclasses.replace(CLOCK, period_s=86_400, hour=np.zeros_like(CLOCK.hour))
    assert Hours(8, 22).mask(day).all()
    six = dataclasses.replace(CLOCK, period_s=21_600)
    assert hours_of(six, Hours(8, 9)) == {3, 4, 5, 6, 7, 8}


def test_counting_says_of_any_stretch_what_a_look_at_each_period_would() -> None:
    hours = Hours(8, 12)
    mask, counted = hours.mask(CLOCK), hours.counted(CLOCK)
    for start in range(0, 60, 7):
        for stop in range(start + 1, start + 30, 4):
            assert meets(counted, start, stop) == mask[start:stop].any()


def test_what_is_told_is_read_again_and_nothing_else_is() -> None:
    for hours in (Hours(), Hours(22, 6, WORKING), Hours(0, 24, "6")):
        assert Hours.read(str(hours)) == hours
    for told in ("", "8-22", "8-25 all", "24-3 all", "8-22 someday", "-1-3 all", "8-22 all;"):
        with pytest.raises(ValueError, match=r".*"):
            Hours.read(told)
    assert Hours(days=ALL).whole
