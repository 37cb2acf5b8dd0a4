from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.calendar.jalali import from_jalali, is_leap, to_jalali


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
def test_known_dates_agree_both_ways(jalali: tuple[int, int, int], gregorian: tuple[int, int, int]) -> None:
    assert from_jalali(*jalali) == gregorian
    assert to_jalali(*gregorian) == jalali


def test_nowruz_falls_on_the_day_that_the_holiday_calendar_of_iran_has() -> None:
    import holidays

    calendar = holidays.country_holidays("IR", years=range(1980, 2050), language="en_US")
    first = {
        day.year: day for day, name in sorted(calendar.items(), reverse=True) if name.split(";")[0].strip() == "Nowruz"
    }
    assert len(first) > 60  # in the others it shares its name with a holiday of the lunar calendar
    assert {year: date(*from_jalali(year - 621, 1, 1)) for year in first} == first


def test_every_day_of_two_centuries_goes_there_and_back_and_follows_the_day_before() -> None:
    day, last = date(1900, 1, 1), date(2100, 1, 1)
    before = to_jalali(1899, 12, 31)
    while day < last:
        jalali = to_jalali(day.year, day.month, day.day)
        assert from_jalali(*jalali) == (day.year, day.month, day.day)
        assert jalali > before
        day, before = day + timedelta(days=1), jalali


def test_leap_years_have_a_thirtieth_of_esfand_and_others_have_not() -> None:
    leap = [year for year in range(1390, 1412) if is_leap(year)]
    assert leap == [1391, 1395, 1399, 1403, 1408]
    with pytest.raises(ValueError, match="day 30"):
        from_jalali(1400, 12, 30)


@pytest.mark.parametrize("bad", [(1400, 0, 1), (1400, 13, 1), (1400, 7, 31), (1400, 1, 32), (1400, 1, 0), (1000, 1, 1)])
def test_dates_that_do_not_exist_are_refused(bad: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"day|month|year"):
        from_jalali(*bad)
