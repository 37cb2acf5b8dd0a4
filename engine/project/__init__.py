"""The project file: one `*.cellwarden` that holds data, settings, evidence, verdicts, labels and reviews.

It is a DuckDB database with a schema version; arrays lie in it as compressed blobs by block of cells. Nothing in it is
code, and nothing is ever unpickled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.completeness.gaps import measured
from engine.data import Labels, Panel, Quality, Result
from engine.data.review import Review
from engine.errors import InputError, OutputError, Reason
from engine.monitor import Monitor
from engine.network.kpi_table import KpiTable
from engine.project import labels as stored_labels
from engine.project import records, schema
from engine.project.access import MEMORY, reading, write_failure
from engine.project.draft import Draft
from engine.project.labels import Stretch, labels_of, read_labels, set_label_rows, set_labels, stretches
from engine.project.last_run import last_run
from engine.project.loading import read_panel, read_quality, read_result
from engine.project.reviews import insert_reviews, read_reviews, set_review, set_reviews
from engine.project.rules import read_rules, replace_rules, set_rules
from engine.project.writing import insert, write_result
from engine.writing.output import refusal

if TYPE_CHECKING:
    import duckdb

    from engine.data.rule import Rule

__all__ = [
    "Draft",
    "Review",
    "Stretch",
    "holds_result",
    "labels_of",
    "last_run",
    "open_project",
    "read_data",
    "read_dictionary",
    "read_labels",
    "read_reviews",
    "read_rules",
    "save",
    "set_label_rows",
    "set_labels",
    "set_review",
    "set_reviews",
    "set_rules",
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
    monitor: Monitor | None = None,
) -> None:
    """Write `result` as a project file, or replace the one at `path`.

    The new file is made aside and put in place whole, so whatever happens on the way (a cancel, a full disk, a kill)
    the old one stays readable. Labels, reviews, KPI dictionary and rules (None: those already there) and the
    records of earlier runs are kept. Raises OutputError (no permission, no room, something else of that name),
    Cancelled.
    """
    import duckdb

    monitor = monitor or Monitor()
    kept = _what_a_person_put_in(path)
    part = path.with_name(f".{path.name}.saving")
    try:
        _remove(part)
        with duckdb.connect(str(part)) as connection:
            connection.execute("SET threads = 2")
            connection.execute(f"SET memory_limit = '{MEMORY}'")
            connection.execute("SET wal_autocheckpoint = '1GB'")
            connection.execute("BEGIN")
            schema.create(connection)
            write_result(connection, result, monitor)
            _keep(connection, kept, result)
            if labels is not None:
                connection.execute("DELETE FROM labels")
                stored_labels.insert_labels(connection, result.panel, labels)
            if reviews is not None:
                connection.execute("DELETE FROM reviews")
                insert_reviews(connection, reviews)
            if dictionary is not None:
                connection.execute("DELETE FROM dictionary")
                insert(connection, "dictionary", [records.entry_out(i, e) for i, e in enumerate(dictionary.values())])
            if rules is not None:
                replace_rules(connection, rules)
            connection.execute("COMMIT")
            connection.execute("CHECKPOINT")
        part.replace(path)
    except OSError as error:
        raise refusal(error, path) from error
    except duckdb.Error as error:
        raise write_failure(error, path) from error
    finally:
        _remove(part)


def open_project(path: Path) -> Result:
    """The result that was saved, equal in every array and record.

    A file of an older schema is brought up to date in a copy; the file itself changes when it is next saved. Raises
    InputError for a file that is missing, no project, damaged, in use, or made by a newer version of the program.
    """
    with reading(path) as connection:
        if not schema.holds_result(connection):
            raise InputError(Reason("project_unfinished", {"file": str(path)}))
        return read_result(connection)


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
        rows = connection.execute("FROM dictionary ORDER BY position").fetchall()
    return {entry.kpi.lower(): entry for entry in map(records.entry_in, rows)}


def _what_a_person_put_in(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the tables that outlive a result, from the project at `path` if there is one.

    Raises OutputError when what lies there is not a project that can be read: it is not overwritten.
    """
    if not path.exists():
        return {}
    try:
        with reading(path) as connection:
            return {table: connection.execute(f"FROM {table}").fetchall() for table in schema.KEPT}
    except InputError as error:
        raise OutputError(error.reason) from error


def _keep(connection: duckdb.DuckDBPyConnection, kept: Mapping[str, Sequence[tuple[Any, ...]]], result: Result) -> None:
    for table, rows in kept.items():
        if table == "runs":
            rows = [row for row in rows if row[1] != result.record.run_id]
        insert(connection, table, rows)
    position = len(kept.get("runs", ()))
    insert(connection, "runs", [records.run_out(position, result.record, result.settings.to_json())])


def _remove(part: Path) -> None:
    """Remove an unfinished file and what DuckDB keeps beside it."""
    for left in (part, part.with_name(part.name + ".wal")):
        left.unlink(missing_ok=True)
