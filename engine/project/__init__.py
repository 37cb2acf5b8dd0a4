"""The project file: one `*.cellwarden` that holds data, settings, evidence, verdicts, labels and reviews.

It is a DuckDB database with a schema version; arrays lie in it as compressed blobs by block of cells. Nothing in it is
code, and nothing is ever unpickled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.completeness.gaps import measured
from engine.data import Labels, Panel, Quality, Result
from engine.data.event import Event
from engine.data.review import Review
from engine.errors import InputError, OutputError, Reason
from engine.monitor import Monitor
from engine.network.kpi_table import KpiTable
from engine.project import labels as stored_labels
from engine.project import records, schema
from engine.project.access import creating, edition_of, reading, unchanging, write_failure
from engine.project.calendar import change_events, events_in, read_events, replace_events, set_events
from engine.project.draft import Draft
from engine.project.known import Known
from engine.project.labels import Stretch, change_label_rows, labels_of, read_labels, set_labels, stretches
from engine.project.last_run import last_run
from engine.project.loading import read_panel, read_quality, read_result
from engine.project.reviews import change_reviews, insert_reviews, read_reviews, reviews_in
from engine.project.rules import read_rules, replace_rules, rules_in, set_rules
from engine.project.screen import Screen, replace_screen, screen_in, set_screen
from engine.project.writing import insert, write_result
from engine.writing.output import clear_left_over, place_of, whole_file
from engine.writing.standing import OVERTAKEN, Standing, stamp_of

if TYPE_CHECKING:
    import duckdb

    from engine.data.rule import Rule

__all__ = [
    "Draft",
    "Known",
    "Review",
    "Screen",
    "Stretch",
    "Whole",
    "change_events",
    "change_label_rows",
    "change_reviews",
    "holds_result",
    "labels_of",
    "last_run",
    "open_project",
    "open_whole",
    "read_data",
    "read_dictionary",
    "read_events",
    "read_labels",
    "read_reviews",
    "read_rules",
    "save",
    "set_events",
    "set_labels",
    "set_rules",
    "set_screen",
    "stretches",
]


def save(
    result: Result,
    path: Path,
    *,
    labels: Labels | None = None,
    reviews: Iterable[Review] | None = None,
    dictionary: KpiTable | None = None,
    rules: Sequence[Rule] | None = None,
    screen: Screen | None = None,
    since: Standing | None = None,
    monitor: Monitor | None = None,
) -> Known:
    """Write `result` as a project file, or replace the one at `path`; how it stands then.

    The new file is made aside and put in place whole, so whatever happens on the way (a cancel, a full disk, a kill)
    the old one stays readable. Labels, reviews, KPI dictionary, rules and screen (None: those already there) and the
    records of earlier runs are kept. What another window or program puts there meanwhile is not replaced; where labels,
    reviews and rules are those already there, so is the calendar, and others may go on saying something. since: how the
    project stood when what is saved was read from it, for which the same holds from then on; None, or another file: as
    it stands now. Raises OutputError (changed by others, in use, no permission, no room, something else of that name),
    Cancelled.
    """
    monitor = monitor or Monitor()
    place_of(path)  # says at once what is in the way
    known = since if since is not None and since.is_of(path) else Known.now(path)
    for _ in range(_TRIES):
        with suppress(_SaidMeanwhileError):
            return _saved(result, path, _Said(labels, reviews, rules), dictionary, screen, known, monitor)
    raise OutputError(Reason(OVERTAKEN, {"file": str(path)}))


_TRIES = 5


class _SaidMeanwhileError(Exception):
    """Another window has said something in the project since what is said there was read."""


@dataclass(frozen=True, eq=False)
class _Said:
    """What is said of the data; None: what is said in the file that is replaced."""

    labels: Labels | None
    reviews: Iterable[Review] | None
    rules: Sequence[Rule] | None

    @property
    def none(self) -> bool:
        """Whether all of it stays as it is in the file."""
        return self.labels is None and self.reviews is None and self.rules is None


def _saved(
    result: Result,
    path: Path,
    said: _Said,
    dictionary: KpiTable | None,
    screen: Screen | None,
    known: Standing,
    monitor: Monitor,
) -> Known:
    import duckdb

    def check() -> None:
        if said.none and isinstance(known, Known):
            known.check_data()
        else:
            known.check()

    check()
    there = _what_a_person_put_in(path)
    clear_left_over(path)

    def last() -> None:
        monitor.check()
        check()
        if there.edition and said.none and edition_of(path) != there.edition:
            raise _SaidMeanwhileError

    with ExitStack() as while_replaced, whole_file(path, last) as part:
        part.unlink()  # DuckDB takes no empty file for a new one; the name is nobody else's
        try:
            with creating(part) as connection:
                write_result(connection, result, monitor)
                _keep(connection, there.rows, result)
                if said.labels is not None:
                    connection.execute("DELETE FROM labels")
                    stored_labels.insert_labels(connection, result.panel, said.labels)
                if said.reviews is not None:
                    connection.execute("DELETE FROM reviews")
                    insert_reviews(connection, said.reviews)
                if dictionary is not None:
                    connection.execute("DELETE FROM dictionary")
                    entries = enumerate(dictionary.values())
                    insert(connection, "dictionary", [records.entry_out(i, entry) for i, entry in entries])
                if said.rules is not None:
                    replace_rules(connection, said.rules)
                if said.none and there.rows and there.events != result.events:
                    replace_events(connection, there.events)
                if screen is not None:
                    replace_screen(connection, screen)
                edition = schema.edition_in(connection)
        except duckdb.Error as error:
            raise write_failure(error, path) from error
        written = Known(path, stamp_of(part), edition)
        while_replaced.enter_context(unchanging(path))
    return written


def open_project(path: Path) -> Result:
    """The result that was saved, equal in every array and record.

    A file of an older schema is brought up to date in a copy; the file itself changes when it is next saved. Raises
    InputError for a file that is missing, no project, damaged, in use, or made by a newer version of the program.
    """
    with reading(path) as connection:
        if not schema.holds_result(connection):
            raise InputError(Reason("project_unfinished", {"file": str(path)}))
        return read_result(connection)


@dataclass(frozen=True, eq=False)
class Whole:
    """All that a project holds. result: with the rules; labels: on its panel, None if there are none at all.

    events: the calendar, which may be another than that of the result.
    screen: how the window was left, empty where that is not noted. edition: which edition of itself the project is.
    """

    result: Result
    labels: Labels | None
    reviews: tuple[Review, ...]
    dictionary: KpiTable
    events: tuple[Event, ...]
    screen: Screen
    edition: str


def open_whole(path: Path) -> Whole:
    """All of a project as it is at one moment. Raises InputError as `open_project`."""
    with reading(path) as connection:
        if not schema.holds_result(connection):
            raise InputError(Reason("project_unfinished", {"file": str(path)}))
        result = replace(read_result(connection), rules=rules_in(connection, path.name))
        return Whole(
            result,
            stored_labels.labels_in(connection),
            reviews_in(connection),
            _dictionary(connection),
            events_in(connection),
            screen_in(connection),
            schema.edition_in(connection),
        )


def holds_result(path: Path) -> bool:
    """Whether there is a project at `path` with a finished run. Raises InputError for a file that is no project."""
    if not path.exists():
        return False
    with reading(path) as connection:
        return schema.holds_result(connection)


def read_data(path: Path) -> tuple[Panel, Quality]:
    """The panel of a project as it was measured, without filled gaps, and its quality report.

    Raises InputError as `open_project`.
    """
    with reading(path) as connection:
        if not schema.holds_result(connection):
            raise InputError(Reason("project_unfinished", {"file": str(path)}))
        return measured(read_panel(connection)), read_quality(connection)


def read_dictionary(path: Path) -> KpiTable:
    """The KPI dictionary that was given to a project; empty where none was. Raises InputError as `open_project`."""
    with reading(path) as connection:
        return _dictionary(connection)


def _dictionary(connection: duckdb.DuckDBPyConnection) -> KpiTable:
    rows = connection.execute("FROM dictionary ORDER BY position").fetchall()
    return {entry.kpi.lower(): entry for entry in map(records.entry_in, rows)}


@dataclass(frozen=True, eq=False)
class _There:
    """The rows of the tables that outlive a result, the calendar, and which edition of the project they are of."""

    rows: Mapping[str, list[tuple[Any, ...]]]
    events: tuple[Event, ...] = ()
    edition: str = ""


def _what_a_person_put_in(path: Path) -> _There:
    """What outlives a result, from the project at `path` if there is one.

    Raises OutputError when what lies there is not a project that can be read: it is not overwritten.
    """
    if not path.exists():
        return _There({})
    edition = edition_of(path)  # not that of a copy of the current schema
    try:
        with reading(path) as connection:
            rows = {table: connection.execute(f"FROM {table}").fetchall() for table in schema.KEPT}
            return _There(rows, events_in(connection), edition)
    except InputError as error:
        raise OutputError(error.reason) from error


def _keep(connection: duckdb.DuckDBPyConnection, kept: Mapping[str, Sequence[tuple[Any, ...]]], result: Result) -> None:
    for table, rows in kept.items():
        if table == "runs":
            rows = [row for row in rows if row[1] != result.record.run_id]
        insert(connection, table, rows)
    position = max((row[0] for row in kept.get("runs", ())), default=-1) + 1
    insert(connection, "runs", [records.run_out(position, result.record, result.settings.to_json())])
