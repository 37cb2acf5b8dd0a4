"""Whether the day or the month comes first in dates that can be read both ways."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from engine.data import IntArray
from engine.errors import InputError, Reason
from engine.io.base import Measurements

LEAP_DAYS = 20
"""Rows further apart than this do not follow each other."""

AS_USUAL = ", the day first as usual"
"""How the way in which dates are written ends where no date told it: who writes points puts the day first."""

Day = Callable[[int, int, int], date]
"""The day of a year, month and day."""

_DAY_FIRST = re.compile(r"day([-/.])month\b")
_DAY_S = 86_400
_MONTHS = 12


def day_first(matches: Sequence[re.Match[str]], named: Mapping[str, str], said: bool | None, day: Day) -> bool:
    """Whether the day comes before the month: the dates tell, else what was `said` does.

    matches: with groups a, b (the two numbers) and year. named: file and column, for the reason. Raises InputError
    where nothing tells, or some dates say otherwise than others.
    """
    first_over = sum(int(m["a"]) > 12 for m in matches)
    second_over = sum(int(m["b"]) > 12 for m in matches)
    if first_over and second_over:
        raise InputError(Reason("date_mixed_order", {**named, "value": matches[0].string}))
    if first_over or second_over:
        return bool(first_over)
    if said is None:
        raise _ambiguous(matches, named, day)
    return said


def tell(matches: Sequence[re.Match[str]]) -> bool:
    """Whether any of the dates can be read in one way only."""
    return any(max(int(m["a"]), int(m["b"])) > _MONTHS for m in matches)


def told(written: str) -> bool | None:
    """Whether the day comes first in dates that are written so, as they told; None where they did not."""
    order = re.split(r"[-/.]", written.removeprefix("Jalali "))[0]
    return order == "day" if order in ("day", "month") and AS_USUAL not in written else None


def only_month_first_follows(matches: Sequence[re.Match[str]], day: Day) -> bool:
    """Whether the dates follow each other only with the month first, and have several times of day.

    Dates alone that are a month apart may be those of months.
    """
    if tell(matches):
        return False
    jumps = {first: _jumps(dates) for first, dates in _readings(matches, day).items()}
    return len({m["time"] for m in matches}) > 1 and jumps[True] and not jumps[False]


def check(measured: Measurements, seconds: IntArray) -> Reason | None:
    """Look again when all rows are read, which may be of more days than those that told how dates are written.

    seconds: the distinct stamps, ascending. What is to be said where dates were read with the day first as usual and
    neither any of them nor the way in which they follow each other tells that; else None. Raises InputError where they
    lie on one day of several months and have several times of day: so they follow each other with the month first only.
    """
    written = measured.mapping.get("written", "")
    days = np.unique(seconds // _DAY_S).astype("datetime64[D]")
    numbers = np.unique((days - days.astype("datetime64[M]")).astype(int) + 1)
    if (day_first := _DAY_FIRST.match(written)) is None or numbers[-1] > _MONTHS:
        return None
    read: list[date] = days.astype(object).tolist()
    other = [date(day.year, day.day, day.month) for day in read]
    named = {"file": measured.tables[0].parts[0].name, "column": measured.mapping["time"]}
    if len(numbers) == 1 and len(days) > 1 and len(seconds) >= 2 * len(days):
        raise _open(named, _as_written(read[1], day_first[1]), read[1], other[1], likely="month_first")
    two_ways = [k for k, day in enumerate(read) if day != other[k]]
    follow = not _jumps(read) and _jumps(sorted(other))
    if AS_USUAL not in written or not two_ways or follow:
        return None
    first = two_ways[0]
    ways = {"day_first": f"{read[first]:%d %B %Y}", "month_first": f"{other[first]:%d %B %Y}"}
    return Reason("dates_as_usual", {**named, "value": _as_written(read[first], day_first[1]), **ways})


def _as_written(day: date, mark: str) -> str:
    return f"{day:%d}{mark}{day:%m}{mark}{day:%Y}"


def _ambiguous(matches: Sequence[re.Match[str]], named: Mapping[str, str], day: Day) -> InputError:
    """Which date is meant must be asked; the order in which days follow each other suggests an answer."""
    readings = _readings(matches, day)
    example = next((k for k, m in enumerate(matches) if int(m["a"]) != int(m["b"])), 0)
    jumps = {first: _jumps(dates) for first, dates in readings.items()}
    likely = "" if jumps[True] == jumps[False] else "month_first" if jumps[True] else "day_first"
    return _open(named, matches[example].string, readings[True][example], readings[False][example], likely)


def _open(named: Mapping[str, str], value: str, day_first: date, month_first: date, likely: str) -> InputError:
    told = {"day_first": f"{day_first:%d %B %Y}", "month_first": f"{month_first:%d %B %Y}"}
    if not likely:
        return InputError(Reason("date_ambiguous", {**named, "value": value, **told}))
    return InputError(Reason("date_ambiguous_likely", {**named, "value": value, **told, "likely": told[likely]}))


def _readings(matches: Sequence[re.Match[str]], day: Day) -> dict[bool, list[date]]:
    """The dates with the day first, and with the month first."""
    numbers = [(int(m["year"]), max(int(m["a"]), 1), max(int(m["b"]), 1)) for m in matches]
    return {True: [day(y, b, a) for y, a, b in numbers], False: [day(y, a, b) for y, a, b in numbers]}


def _jumps(dates: Sequence[date]) -> bool:
    return any(abs((b - a).days) > LEAP_DAYS for a, b in pairwise(dates))
