"""Custom events: match days, concerts, own holidays, maintenance windows; from CSV or iCalendar files."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from engine.calendar.jalali import from_jalali
from engine.calendar.zones import local_seconds, to_utc
from engine.data import BoolArray, TimeArray
from engine.data.event import EVENT_KINDS, Event
from engine.errors import InputError, Reason
from engine.monitor import Monitor
from engine.writing.spreadsheet import without_guards, write_csv

COLUMNS = ("start", "end", "name", "kind", "cells")

_MAX_BYTES = 20_000_000
_STAMP = re.compile(
    r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})"
    r"(?:[T ]+(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,]\d+)?)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)


def span_of(event: Event, zone: str) -> tuple[np.datetime64, np.datetime64]:
    """(start, stop) of an event in UTC; `zone` is the network's."""
    both = np.array([event.start, event.stop], "datetime64[s]")
    start, stop = both if event.utc else to_utc(both, zone)
    return start, stop


def on_wall(event: Event, zone: str) -> Event:
    """The same event in the wall-clock time of the network's `zone`."""
    if not event.utc:
        return event
    seconds = local_seconds(np.array([event.start, event.stop], "datetime64[s]"), zone)
    start, stop = (datetime(1970, 1, 1) + timedelta(seconds=int(one)) for one in seconds)
    return replace(event, start=start, stop=stop, utc=False)


def covers(event: Event, times: TimeArray, period_s: int, zone: str) -> BoolArray:
    """Which of the periods that begin at `times` (T,), UTC, overlap with the event; `zone` is the network's."""
    start, stop = span_of(event, zone)
    begin = np.asarray(times).astype("datetime64[s]")
    inside: BoolArray = (begin < stop) & (begin + np.timedelta64(period_s, "s") > start)
    return inside


def read_events(path: Path) -> tuple[Event, ...]:
    """The events of a file, by start.

    `.ics`: iCalendar (RFC 5545) with recurring events expanded, see `engine.calendar.ics`. Anything else: CSV with a
    header `start,end,name[,kind][,cells]` (comma, semicolon or tab), UTF-8. Stamps are ISO 8601 (`2024-03-20`,
    `2024/03/20 18:30`, with an offset or local), the year first; a year before 1700 is taken as Jalali (solar Hijri).
    A date without time means the whole day, the last day included; an empty end means the day of the start. cells are
    separated by "|", or by blanks where there is no "|".
    Raises InputError with file, line and value.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(Reason("calendar_too_large", {"file": path.name, "limit_mb": _MAX_BYTES // 1_000_000}))
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(Reason("calendar_not_utf8", {"file": path.name, "position": error.start})) from None
    except OSError as error:
        raise InputError(
            Reason("calendar_unreadable", {"file": path.name, "why": error.strerror or type(error).__name__})
        ) from None
    if "BEGIN:VCALENDAR" in text[:1000].upper() or path.suffix.lower() == ".ics":
        from engine.calendar.ics import parse_ics

        events = parse_ics(text, path.name)
    else:
        events = _parse_csv(text, path.name)
    if not events:
        raise InputError(Reason("calendar_empty", {"file": path.name}))
    return tuple(sorted(events, key=lambda e: (e.start, e.stop, e.name)))


def write_events(path: Path, events: Sequence[Event]) -> None:
    """Write a CSV file that `read_events` reads back. Raises OutputError."""
    rows = []
    for event in events:
        told = event.to_json()
        cells = "|".join(event.cells) + ("|" if len(event.cells) == 1 else "")  # an id may hold blanks
        rows.append((told["start"], told["end"], event.name, event.kind, cells))
    write_csv(path, COLUMNS, rows, Monitor())


def _parse_csv(text: str, file: str) -> list[Event]:
    lines = text.splitlines()
    header = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(lines, delimiter=delimiter, restkey="", strict=True)
    events = []
    try:
        columns = [name.strip().lower() for name in reader.fieldnames or ()]
        missing = [name for name in ("start", "end", "name") if name not in columns]
        if missing:
            found = ", ".join(columns)[:200] or "none"
            raise InputError(Reason("calendar_columns", {"file": file, "missing": ", ".join(missing), "found": found}))
        reader.fieldnames = columns
        for row in reader:
            values = {k: (v or "").strip() for k, v in row.items() if k}
            if any(values.values()):
                events.append(_event(values, file, reader.line_num))
    except csv.Error as error:
        raise InputError(Reason("calendar_csv", {"file": file, "line": reader.line_num, "why": str(error)})) from None
    return events


def _event(values: dict[str, str], file: str, line: int) -> Event:
    where: dict[str, str | int | float] = {"file": file, "line": line}
    start, whole, utc = _stamp(values["start"], where)
    if values["end"]:
        stop, whole_stop, utc_stop = _stamp(values["end"], where)
        if utc != utc_stop and not (whole or whole_stop):
            raise InputError(Reason("calendar_mixed_zones", {**where, "start": values["start"], "end": values["end"]}))
        stop += timedelta(days=1) if whole_stop else timedelta(0)
    elif whole:
        stop = start + timedelta(days=1)
    else:
        raise InputError(Reason("calendar_no_end", {**where, "start": values["start"]}))
    if stop <= start:
        raise InputError(Reason("calendar_backwards", {**where, "start": values["start"], "end": values["end"]}))
    kind = values.get("kind", "").lower() or "event"
    if kind not in EVENT_KINDS:
        raise InputError(Reason("calendar_kind", {**where, "kind": kind, "choices": ", ".join(EVENT_KINDS)}))
    told = without_guards(values.get("cells", ""))
    cells = tuple(one.strip() for one in (told.split("|") if "|" in told else told.split()) if one.strip())
    return Event(start, stop, without_guards(values["name"]) or kind, kind, cells, utc)


def _stamp(text: str, where: dict[str, str | int | float]) -> tuple[datetime, bool, bool]:
    """(stamp, is a whole day, is UTC)."""
    found = _STAMP.fullmatch(text)
    if not found:
        raise InputError(Reason("calendar_stamp", {**where, "value": text}))
    year, month, day = (int(found[part]) for part in "ymd")
    try:
        if year < 1700:
            year, month, day = from_jalali(year, month, day)
        stamp = datetime(year, month, day, int(found["H"] or 0), int(found["M"] or 0), int(found["S"] or 0))
    except ValueError:
        raise InputError(Reason("calendar_stamp", {**where, "value": text})) from None
    zone = found["zone"]
    if not zone:
        return stamp, found["H"] is None, False
    if zone != "Z":
        ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        stamp -= -ahead if zone[0] == "-" else ahead
    return stamp, False, True
