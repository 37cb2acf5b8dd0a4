"""The solar Hijri (Jalali) calendar of Iran and Afghanistan.

Leap years by the table of break years of K. M. Borkowski, "The Persian calendar for 3000 years", Earth, Moon and
Planets 74 (1996) 223-230; it agrees with the astronomical calendar for 1178 to 1633 AP.
"""

from __future__ import annotations

from datetime import date, timedelta

_BREAKS = (-61, 9, 38, 199, 426, 686, 756, 818, 1111, 1181, 1210, 1635, 2060, 2097, 2192, 2262, 2324, 2394, 2456, 3178)
FIRST_YEAR, LAST_YEAR = 1178, 1633


def _year(year: int) -> tuple[date, bool]:
    """(the Gregorian date of 1 Farvardin, whether the year has 366 days)."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"year {year} is not between {FIRST_YEAR} and {LAST_YEAR}")
    leaps, previous, jump = -14, _BREAKS[0], 0
    for following in _BREAKS[1:]:
        jump = following - previous
        if year < following:
            break
        leaps += jump // 33 * 8 + jump % 33 // 4
        previous = following
    n = year - previous
    leaps += n // 33 * 8 + (n % 33 + 3) // 4
    if jump % 33 == 4 and jump - n == 4:
        leaps += 1
    gregorian = year + 621
    march = 20 + leaps - (gregorian // 4 - (gregorian // 100 + 1) * 3 // 4 - 150)
    if jump - n < 6:
        n += (jump + 4) // 33 * 33 - jump
    rest = ((n + 1) % 33 - 1) % 4
    return date(gregorian, 3, march), rest == 0


def from_jalali(year: int, month: int, day: int) -> tuple[int, int, int]:
    """The Gregorian (year, month, day) of a Jalali date. Raises ValueError for a date that does not exist."""
    start, leap = _year(year)
    if not 1 <= month <= 12:
        raise ValueError(f"month {month}")
    length = 31 if month <= 6 else 30 if month < 12 or leap else 29
    if not 1 <= day <= length:
        raise ValueError(f"day {day}")
    days = (month - 1) * 31 - max(0, month - 7)
    found = start + timedelta(days=days + day - 1)
    return found.year, found.month, found.day
