from __future__ import annotations

from contextlib import suppress
from datetime import date
from itertools import pairwise

import pytest

from engine.calendar.jalali import from_jalali


@pytest.mark.parametrize(
    ("jalali", "gregorian"),
    [
        ((1357, 11, 22), (1979, 2, 11)),
        ((1395, 12, 30), (2017, 3, 20)),
        ((1396, 1, 1), (2017, 3, 21)),
        ((1399, 12, 30), (2021, 3, 20)),
        ((1400, 1, 1), (2021, 3, 21)),
        ((1403, 7, 1), (2024, 9, 22)),
        ((1404, 1, 1), (2025, 3, 21)),
    ],
)
def test_known_dates_agree(jalali: tuple[int, int, int], gregorian: tuple[int, int, int]) -> None:
    assert from_jalali(*jalali) == gregorian


def test_nowruz_falls_on_the_day_that_the_holiday_calendar_of_iran_has() -> None:
    import holidays

    calendar = holidays.country_holidays("IR", years=range(1980, 2050), language="en_US")
    first = {
        day.year: day for day, name in sorted(calendar.items(), reverse=True) if name.split(";")[0].strip() == "Nowruz"
    }
    assert len(first) > 60  # in the others it shares its name with a holiday of the lunar calendar
    assert {year: date(*from_jalali(year - 621, 1, 1)) for year in first} == first


def days_of(year: int) -> list[tuple[int, int, int]]:
    """The Gregorian dates of all days of a Jalali year, tried month by month."""
    found = []
    for month in range(1, 13):
        for day in range(1, 32):
            with suppress(ValueError):
                found.append(from_jalali(year, month, day))
    return found


def test_every_day_of_two_centuries_follows_the_day_before() -> None:
    days = [date(*day) for year in range(1278, 1479) for day in days_of(year)]
    assert {(later - earlier).days for earlier, later in pairwise(days)} == {1}


def test_leap_years_have_a_thirtieth_of_esfand_and_others_have_not() -> None:
    leap = [year for year in range(1390, 1412) if len(days_of(year)) == 366]
    assert leap == [1391, 1395, 1399, 1403, 1408]
    with pytest.raises(ValueError, match="day 30"):
        from_jalali(1400, 12, 30)


@pytest.mark.parametrize("bad", [(1400, 0, 1), (1400, 13, 1), (1400, 7, 31), (1400, 1, 32), (1400, 1, 0), (1000, 1, 1)])
def test_dates_that_do_not_exist_are_refused(bad: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"day|month|year"):
        from_jalali(*bad)
