"""Opening a project file to read or to change it, and saying plainly why it cannot be."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import InputError, OutputError, Reason
from engine.project import schema

if TYPE_CHECKING:
    import duckdb

MEMORY = "300MB"
"""What DuckDB may keep of a file in memory; one blob of some megabytes is looked at at a time."""


@contextmanager
def reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads a project of the current schema. Raises InputError as `open_project`."""
    import duckdb

    with _refusing(path):
        _check_head(path)
        with duckdb.connect(str(path), read_only=True) as connection:
            version = _known_version(connection, path)
            if version == schema.VERSION:
                connection.execute(f"SET memory_limit = '{MEMORY}'")
                yield connection
                return
        with tempfile.TemporaryDirectory(prefix="cellwarden-") as folder:
            copy = Path(folder) / "project"
            shutil.copyfile(path, copy)
            with duckdb.connect(str(copy)) as connection:
                schema.migrate(connection, version)
                yield connection


@contextmanager
def changing(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection inside a transaction that changes a project in place: all of it or, if the block fails, nothing.

    Raises InputError as `open_project`, OutputError if the file cannot be written.
    """
    import duckdb

    with _refusing(path):
        version = _version(path)
    try:
        with duckdb.connect(str(path)) as connection:
            if version < schema.VERSION:
                schema.migrate(connection, version)
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")
    except duckdb.Error as error:
        raise write_failure(error, path) from error


def open_to_append(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection that adds to the project at `path`, which is made if it is not there; the caller closes it.

    Raises InputError as `open_project`, OutputError if the file cannot be made or written.
    """
    import duckdb

    version = None
    if path.exists():
        with _refusing(path):
            version = _version(path)
    connection = None
    try:
        connection = duckdb.connect(str(path))
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        if version is None:
            connection.execute("BEGIN")
            schema.create(connection)
            connection.execute("COMMIT")
        elif version < schema.VERSION:
            schema.migrate(connection, version)
    except duckdb.Error as error:
        if connection is not None:
            connection.close()
        raise write_failure(error, path) from error
    return connection


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a project is read into an InputError that says what to do."""
    import duckdb

    where: dict[str, str | int | float] = {"file": str(path)}
    try:
        yield
    except FileNotFoundError:
        raise InputError(Reason("project_missing", where)) from None
    except OSError as error:
        raise InputError(
            Reason("project_unreadable", {**where, "error": error.strerror or type(error).__name__})
        ) from error
    except duckdb.Error as error:
        text = str(error)
        if _locked(text):
            raise InputError(Reason("project_in_use", where)) from error
        raise InputError(Reason("project_damaged", {**where, "error": text.strip().partition("\n")[0]})) from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(Reason("project_damaged", {**where, "error": str(error) or type(error).__name__})) from error


def _version(path: Path) -> int:
    """The schema version of a project file. Raises InputError, OSError, duckdb.Error."""
    import duckdb

    _check_head(path)
    with duckdb.connect(str(path), read_only=True) as connection:
        return _known_version(connection, path)


def _check_head(path: Path) -> None:
    """Refuse what is no DuckDB file before DuckDB sees it."""
    with path.open("rb") as stream:
        head = stream.read(12)
    if head[8:] != b"DUCK":
        raise InputError(Reason("project_foreign", {"file": str(path)}))


def _known_version(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """The version of an open project, unless it is none or newer than this program."""
    version = schema.version_of(connection)
    if version is None:
        raise InputError(Reason("project_foreign", {"file": str(path)}))
    if version > schema.VERSION:
        raise InputError(Reason("project_newer", {"file": str(path), "version": version, "known": schema.VERSION}))
    return version


def write_failure(error: duckdb.Error, path: Path) -> OutputError:
    """What DuckDB says when it cannot write, as something a person can act on."""
    text = str(error).strip()
    where = {"file": str(path)}
    if _locked(text):
        return OutputError(Reason("project_in_use", where))
    if "No space left" in text or "disk is full" in text.lower():
        return OutputError(Reason("output_disk_full", where))
    if "Permission denied" in text or "read-only" in text.lower():
        return OutputError(Reason("output_no_permission", where))
    return OutputError(Reason("output_failed", {**where, "error": text.partition("\n")[0]}))


def _locked(text: str) -> bool:
    """Whether DuckDB says that another process has the file open."""
    return "Could not set lock" in text or "another process" in text
