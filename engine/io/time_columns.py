"""Which columns of a table say when: one of stamps, or one of dates beside one of times of day or of hours."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.errors import InputError, Reason
from engine.files.header_words import HOUR_NAMES, TIME_NAMES
from engine.io import stamps
from engine.io.base import LoadOptions
from engine.io.columns import Column, Columns
from engine.io.disguise import shown
from engine.io.stamps import Stamps
from engine.writing.statement import literal

_END = r"(?:[Hh]|:00(?::00)?)?"
_HOUR = rf"[Hh]?\s?(\d{{1,2}}){_END}(?:\s*[-–~]\s*[Hh]?\s?\d{{1,2}}{_END})?(?:\.0+)?"
_BESIDE = rf"^(.*?)\s+{_HOUR}$"
_LAST_HOUR = 24


def find(columns: Columns, options: LoadOptions) -> tuple[Column, Column | None, Stamps]:
    """(the time column, the date column beside it if the two are apart, how the stamps are written).

    Raises InputError where there is none, or none that can be read.
    """
    asked = columns.asked("time", options)
    date = columns.take(columns.asked("date", options))
    if date is None and (apart := _apart(columns, asked)) is not None:
        asked, date = apart
        columns.take(date)
    if asked is not None:
        columns.take(asked)
        found = _of(asked, date, columns.file, options.day_first)
        if found is None:
            value = shown(asked.fields[0]) if asked.fields else ""
            raise InputError(Reason("time_unreadable", {"file": columns.file, "column": asked.name, "value": value}))
        return asked, date, found
    named = columns.all_named(TIME_NAMES)
    text = [c for c in columns.free if c not in named and not c.numeric]
    numeric = [c for c in columns.free if c not in named and c.numeric and (not columns.header or "time" in c.plain)]
    problem: InputError | None = None
    still: tuple[Column, Stamps] | None = None
    for column in (*named, *text, *numeric):
        try:
            written = _of(column, None, columns.file, options.day_first)
        except InputError as error:
            problem = problem or error
            continue
        if written is not None and len({*column.fields}) > 1:
            return _taken(columns, column), None, written
        if written is not None and still is None:
            still = column, written  # when the export was made, or its one moment
    if still is not None:
        return _taken(columns, still[0]), None, still[1]
    if problem is not None:
        raise problem
    if named and named[0].filled:
        value = shown(named[0].fields[0])
        raise InputError(Reason("time_unreadable", {"file": columns.file, "column": named[0].name, "value": value}))
    names = ", ".join(c.name for c in columns.all)[:300]
    code = "no_time_column" if columns.header else "no_time_no_header"
    raise InputError(Reason(code, {"file": columns.file, "columns": names}))


def _taken(columns: Columns, column: Column) -> Column:
    columns.take(column)
    return column


def _of(time: Column, date: Column | None, file: str, day_first: bool | None) -> Stamps | None:
    """How the stamps of a column are written, beside a date if there is one."""
    if date is None:
        return stamps.find(time.fields[:500], time.name, file, day_first)
    hours = _hours(time.fields)
    from_1 = hours is not None and _LAST_HOUR in hours and 0 not in hours
    if from_1 or (hours is not None and not stamps.are_hours(time.fields) and not stamps.is_clock_only(time.fields)):
        days = stamps.find(date.fields[:500], date.name, file, day_first)
        return _with_hours(days, counted_from_1=from_1) if days is not None else None
    joined = tuple(f"{d} {c}" for d, c in zip(date.fields, time.fields, strict=False))
    return stamps.find(joined[:500], time.name, file, day_first)


def _with_hours(days: Stamps, *, counted_from_1: bool) -> Stamps:
    """Stamps of a date and an hour such as H07, 07-08, or one from 1 to 24: the first of the day to the last."""

    def sql(text: str) -> str:
        part = f"regexp_extract({text}, {literal(_BESIDE)}, "
        hour = f"TRY_CAST(nullif({part}2), '') AS INTEGER)"
        return f"{days.sql(f'{part}1)')} + 3600 * ({hour} - {int(counted_from_1)})"

    said = "hour from 1 to 24" if counted_from_1 else "hour"
    return Stamps(f"{days.label}, {said}", days.utc, sql, days.example, days.ahead_s)


def _hours(fields: Sequence[str]) -> list[int] | None:
    """The hours in all fields, None if there is anything else."""
    found = [re.fullmatch(_HOUR, field.strip()) for field in fields]
    hours = [int(one[1]) for one in found if one is not None]
    return hours if hours and len(hours) == len(fields) and max(hours) <= _LAST_HOUR else None


def _apart(columns: Columns, asked: Column | None) -> tuple[Column, Column] | None:
    """(clock column, date column) where a date and a time of day stand in two columns."""
    clocks = [asked] if asked else [c for c in columns.free if not c.numeric]
    clock = next((c for c in clocks if stamps.is_clock_only(c.fields[:50])), None)
    if clock is None:
        hours = [asked] if asked else columns.all_named(HOUR_NAMES)
        clock = next((c for c in hours if _hours(c.fields) is not None), None)
    dates = [c for c in columns.free if c is not clock and stamps.is_date_only(c.fields[:50]) and not _counts(c)]
    return (clock, dates[0]) if clock is not None and dates else None


def _counts(column: Column) -> bool:
    """Whether a column of numbers is not called a date."""
    return column.numeric and column.plain not in TIME_NAMES
