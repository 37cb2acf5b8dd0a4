"""Time stamps of the solar Hijri (Jalali) calendar, as network managers in Iran and Afghanistan export them.

Recognised by the year: 1300 to 1499 cannot be a Gregorian year of a mobile network. It stands first, or last behind day
and month in one or the other order. Between the break years 1210 and 1635 leap years repeat every 33 years (see
`engine.calendar.jalali`), so that SQL can count the days.
"""

from __future__ import annotations

import re
from datetime import date
from enum import Enum

from engine.calendar.jalali import from_jalali

_CLOCK = r"([T ] ?\d{1,2}(:\d{2}(:\d{2}([.,]\d+)?)?)?)?"
STAMP = re.compile(r"1[34]\d{2}[-/.]\d{1,2}[-/.]\d{1,2}" + _CLOCK)
PARTS = re.compile(r"(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})[-/.](?P<year>1[34]\d{2})" + _CLOCK)
"""The year last: `a` and `b` are day and month, or month and day."""

COMPACT = re.compile(r"1[34]\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([T_. -]?([01]\d|2[0-3]):?[0-5]\d(:?[0-5]\d)?)?")

_CYCLE_BEGIN = 1210
_DAYS_BEFORE = (date(*from_jalali(_CYCLE_BEGIN, 1, 1)) - date(1970, 1, 1)).days
_TIME = r"(?:[T ] ?(\d{1,2})(?::(\d{2})(?::(\d{2}))?)?)?(?:[.,]\d+)?$"


class Order(Enum):
    """In which order year, month and day are written: their groups in the pattern, and the pattern."""

    YEAR_FIRST = ("123", r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME)
    DAY_FIRST = ("321", r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + _TIME)
    MONTH_FIRST = ("312", DAY_FIRST[1])
    COMPACT = ("123", r"^(\d{4})(\d\d)(\d\d)(?:[T_. -]?(\d\d):?(\d\d):?(\d\d)?)?$")


def day(year: int, month: int, day: int) -> date:
    """The day of a date. Raises ValueError for one that does not exist."""
    return date(*from_jalali(year, month, day))


def sql(text: str, order: Order = Order.YEAR_FIRST) -> str:
    """SQL of the seconds since 1970 on the wall clock; NULL for a date or a time of day that does not exist."""
    groups, pattern = order.value
    year, month, day, hour, minute, second = (
        f"TRY_CAST(nullif(regexp_extract(trim({text}), '{pattern}', {group}), '') AS BIGINT)"
        for group in groups + "456"
    )
    days = f"{_new_year(year)} + ({month} - 1) * 31 - greatest({month} - 7, 0) + {day} - 1"
    clock = f"coalesce({hour}, 0) * 3600 + coalesce({minute}, 0) * 60 + coalesce({second}, 0)"
    length = (
        f"CASE WHEN {month} <= 6 THEN 31 WHEN {month} < 12 THEN 30"
        f" ELSE {_new_year(f'({year} + 1)')} - {_new_year(year)} - 336 END"
    )
    real = (
        f"{month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND {length} AND coalesce({hour}, 0) < 24"
        f" AND coalesce({minute}, 0) < 60 AND coalesce({second}, 0) < 60"
    )
    return f"CASE WHEN {real} THEN ({days}) * 86400 + {clock} END"


def _new_year(year: str) -> str:
    """SQL of the days from 1970 to the first day of a year."""
    since = f"({year} - {_CYCLE_BEGIN})"
    return f"({_DAYS_BEFORE} + 365 * {since} + {since} // 33 * 8 + ({since} % 33 + 3) // 4)"
