"""The calendar of a project as a person has it, where that is not the one that its last run went by.

A result is put anew under a calendar in a job, and saved by a person; what was entered is here until then.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.event import Event
from engine.project import loading
from engine.project.access import changing, reading
from engine.project.records import to_json

if TYPE_CHECKING:
    import duckdb

_KEY = "calendar"


def read_events(path: Path) -> tuple[Event, ...]:
    """The calendar of a project; empty where none was given. Raises InputError as `open_project`."""
    with reading(path) as connection:
        return events_in(connection)


def events_in(connection: duckdb.DuckDBPyConnection) -> tuple[Event, ...]:
    """The calendar of an open project: what was entered last, else that of the last run."""
    found = connection.execute("SELECT value FROM meta WHERE key = ?", [_KEY]).fetchone()
    if found is None:
        return loading.read_events(connection)
    return tuple(Event.from_json(told) for told in json.loads(found[0]))


def set_events(path: Path, events: Sequence[Event]) -> None:
    """Keep a calendar in a project until a result is saved that goes by it. Raises InputError, OutputError."""
    with changing(path) as connection:
        replace_events(connection, events)


def change_events(path: Path, made: Iterable[Event], gone: Collection[Event]) -> None:
    """Add events to the calendar of a project and take others away, in one transaction; by begin.

    Raises InputError, OutputError.
    """
    with changing(path) as connection:
        stay = (event for event in events_in(connection) if event not in gone)
        replace_events(
            connection, sorted(dict.fromkeys((*stay, *made)), key=lambda one: (one.start, one.stop, one.name))
        )


def replace_events(connection: duckdb.DuckDBPyConnection, events: Iterable[Event]) -> None:
    """Put this calendar in the place of that in an open project."""
    told = to_json([event.to_json() for event in events])
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [_KEY, told])
