"""Opening a project file to read or to change it, and saying plainly why it cannot be."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING

from engine.errors import InputError, OutputError, Reason
from engine.project import schema
from engine.writing.output import place_of
from engine.writing.statement import refused

if TYPE_CHECKING:
    import duckdb

CLOSED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "300MB",
    "lock_configuration": "true",
}
"""A project is somebody else's file: nothing in it may read another one or load anything. DuckDB keeps little of a file
in memory; one blob of some megabytes is looked at at a time.
"""

_LOCKS: dict[Path, RLock] = {}
_LOCKS_LOCK = Lock()


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """While other threads of this process wait that want the same project: DuckDB refuses a file that the process has
    open in another way.
    """
    with _LOCKS_LOCK:
        lock = _LOCKS.setdefault(Path(os.path.realpath(path)), RLock())
    with lock:
        yield


@contextmanager
def reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads a project of the current schema. Raises InputError as `open_project`.

    A file of an older schema is brought up to date in a copy, so whoever wants several things of it asks for them at
    once.
    """
    with alone(path), _refusing(path):
        _check_head(path)
        with _connect(path, read_only=True) as connection:
            version = _known_version(connection, path)
            if version == schema.VERSION:
                yield connection
                return
        with tempfile.TemporaryDirectory(prefix="cellwarden-") as folder:
            copy = Path(folder) / "project"
            shutil.copyfile(path, copy)
            with _connect(copy) as connection:
                schema.migrate(connection, version)
                yield connection


def edition_of(path: Path) -> str:
    """Which edition of itself the project at `path` is; "" where that cannot be told."""
    import duckdb

    with alone(path):
        try:
            _check_head(path)
            with _connect(path, read_only=True) as connection:
                return schema.edition_in(connection)
        except (InputError, OSError, duckdb.Error):  # none is there, or another program has it
            return ""


@contextmanager
def changing(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection inside a transaction that changes a project in place: all of it or, if the block fails, nothing.

    It is another edition then. Raises InputError as `open_project`, OutputError if the file cannot be written.
    """
    import duckdb

    with alone(path):
        with _refusing(path):
            version = _version(path)
        try:
            with _connect(path) as connection:
                if version < schema.VERSION:
                    schema.migrate(connection, version)
                connection.execute("BEGIN")
                schema.new_edition(connection, said_alone=True)
                yield connection
                connection.execute("COMMIT")
        except duckdb.Error as error:
            raise write_failure(error, path) from error


@contextmanager
def noting(path: Path) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """A connection inside a transaction that notes in a project what nobody misses who replaces it: the edition stays.

    None for a project of an older schema: it is not brought up to date for a note, as an older program could not open
    it any more. Raises InputError as `open_project`, OutputError if the file cannot be written.
    """
    import duckdb

    with alone(path):
        with _refusing(path):
            version = _version(path)
        if version < schema.VERSION:
            yield None
            return
        try:
            with _connect(path) as connection:
                connection.execute("BEGIN")
                yield connection
                connection.execute("COMMIT")
        except duckdb.Error as error:
            raise write_failure(error, path) from error


@contextmanager
def creating(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the empty tables of a new project at `path`, inside a transaction; a failure leaves nothing but
    the file. Raises duckdb.Error.
    """
    beside = path.with_name(path.name + ".wal")
    try:
        with _connect(path, threads="2", wal_autocheckpoint="1GB") as connection:
            path.chmod(0o600)  # it may become a file that is not for everybody
            connection.execute("BEGIN")
            schema.create(connection)
            yield connection
            connection.execute("COMMIT")
            connection.execute("CHECKPOINT")
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def unchanging(path: Path) -> Iterator[None]:
    """While nobody else begins to change what is at `path`, which is about to be replaced: what they wrote would go
    with the old file. Raises OutputError where another program is at it.

    Windows replaces no file that anybody has open, so there this process alone is kept from it.
    """
    import duckdb

    with alone(path), ExitStack() as held:
        if sys.platform != "win32" and path.exists():
            try:
                held.enter_context(_connect(path, read_only=True))
            except duckdb.Error as error:
                raise write_failure(error, path) from error
        yield


@contextmanager
def appending(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that adds to the project at `path`, which is made if it is not there.

    Raises InputError as `open_project`, OutputError if the file cannot be made or written, or is a link to nothing.
    """
    import duckdb

    place_of(path)
    with alone(path):
        version = None
        if path.exists():
            with _refusing(path):
                version = _version(path)
        try:
            connection = _connect(path)
        except duckdb.Error as error:
            raise write_failure(error, path) from error
        with connection:
            try:
                if version is None:
                    connection.execute("BEGIN")
                    schema.create(connection)
                    connection.execute("COMMIT")
                elif version < schema.VERSION:
                    schema.migrate(connection, version)
                schema.new_edition(connection)
            except duckdb.Error as error:
                raise write_failure(error, path) from error
            yield connection


def _connect(path: Path, read_only: bool = False, **more: str) -> duckdb.DuckDBPyConnection:
    """A connection in which SQL reaches nothing but the file. Raises duckdb.Error."""
    import duckdb

    file = path.resolve()  # what DuckDB has not put into it yet lies beside it, also where a link leads to it
    return duckdb.connect(str(file), read_only=read_only, config={**CLOSED, **more})


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
    _check_head(path)
    with _connect(path, read_only=True) as connection:
        return _known_version(connection, path)


def _check_head(path: Path) -> None:
    """Refuse what is no DuckDB file before DuckDB sees it."""
    with path.open("rb") as stream:
        head = stream.read(12)
    if head[8:] != b"DUCK":
        raise InputError(Reason("project_foreign", {"file": str(path)}))


def _known_version(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """The version of an open project, unless it is none, newer than this program, or holds code."""
    version = schema.version_of(connection)
    if version is None:
        raise InputError(Reason("project_foreign", {"file": str(path)}))
    if version > schema.VERSION:
        raise InputError(Reason("project_newer", {"file": str(path), "version": version, "known": schema.VERSION}))
    if (name := schema.code_in(connection)) is not None:
        raise InputError(Reason("project_code", {"file": str(path), "name": name}))
    return version


def write_failure(error: duckdb.Error, path: Path) -> OutputError:
    """What DuckDB says when it cannot write, as something a person can act on."""
    if _locked(str(error)):
        return OutputError(Reason("project_in_use", {"file": str(path)}))
    return refused(error, path)


def _locked(text: str) -> bool:
    """Whether DuckDB says that another process has the file open, or this one in another way."""
    return any(words in text for words in ("Could not set lock", "another process", "different configuration"))
