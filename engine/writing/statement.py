"""A long DuckDB statement that reports how far it is and stops when the run is cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import OutputError, Reason
from engine.monitor import Cancelled, Monitor

if TYPE_CHECKING:
    import duckdb

POLL_S = 0.1

_NO_ROOM = ("no space left", "not enough space", "disk quota exceeded", "disk is full")
_NO_PERMISSION = ("permission denied", "read-only", "access is denied")


def execute(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    parameters: Sequence[object],
    monitor: Monitor,
    reason: Reason,
    meanwhile: Callable[[], None] | None = None,
) -> None:
    """Run a statement for its effect, reporting its progress as 0..1 of `monitor`.

    The statement runs in a thread of its own, so that this one stays free to notice a cancel and to do `meanwhile` ten
    times a second. Raises Cancelled, and DuckDB's own errors.
    """
    monitor.step(0.0, reason)
    failure: list[BaseException] = []

    def work() -> None:
        try:
            connection.execute(sql, list(parameters))
        except BaseException as error:  # noqa: BLE001 - handed to the waiting thread, which raises it
            failure.append(error)

    worker = threading.Thread(target=work, name="duckdb statement", daemon=True)
    worker.start()
    try:
        while worker.is_alive():
            worker.join(POLL_S)
            if worker.is_alive():
                if meanwhile is not None:
                    meanwhile()
                monitor.step(min(max(connection.query_progress(), 0.0), 100.0) / 100.0, reason)
    except Cancelled:
        connection.interrupt()
        worker.join()
        raise
    if failure:
        raise failure[0]


def refused(error: Exception, path: Path) -> OutputError:
    """What DuckDB says when it cannot write `path`, as something a person can act on."""
    text, where = str(error).strip(), {"file": str(path)}
    if any(words in text.lower() for words in _NO_ROOM):
        return OutputError(Reason("output_disk_full", where))
    if any(words in text.lower() for words in _NO_PERMISSION):
        return OutputError(Reason("output_no_permission", where))
    return OutputError(Reason("output_failed", {**where, "error": text.partition("\n")[0]}))


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
