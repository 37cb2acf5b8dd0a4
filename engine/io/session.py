"""One duckdb connection for one load: offline, bounded in memory, cancellable, gone afterwards."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from engine.errors import InputError, Reason
from engine.execution.leftovers import WorkingFolder
from engine.monitor import Cancelled, Monitor
from engine.writing.statement import literal

if TYPE_CHECKING:
    import duckdb

MEMORY = "400MB"
"""What duckdb may hold before it spills to the temporary folder; the panel comes on top."""

_CSV_BUFFER_BYTES = 8 << 20
"""A quarter of duckdb's own: 5 to 10 % less time for a Milan file and 120 MB less memory."""

NOTHING_GUESSED = "auto_detect=false, header=false, hive_partitioning=false"
"""Of read_csv: all else is guessed from the file, or from folders that are called like `column=value`."""

POLL_S = 0.1

_OF_PATTERNS = re.compile(r"[*?\[]")

_NO_ROOM = ("No space left", "not enough space", "Disk quota exceeded")
_BY_SYSTEM = ("Cannot open file", "ould not read from file")
"""How duckdb says what the system told it, and not that a file is no table."""

T = TypeVar("T")


class Session:
    """A duckdb connection with a temporary folder of its own. Use as a context manager.

    The connection stands from its first use on: a file that is refused at a glance needs none. Long statements go
    through `run`: they report progress and stop within a fraction of a second when the monitor is cancelled.
    Extensions are never fetched: the app is offline.
    """

    def __init__(self) -> None:
        import duckdb

        self._working = WorkingFolder()
        self.folder = self._working.path
        self.errors = (duckdb.Error,)
        self._worker = ThreadPoolExecutor(1, "duckdb statement")
        self._tables = 0
        self._files = 0
        self._stage: tuple[Monitor, float, Reason] | None = None

    @cached_property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection, made when it is first asked for."""
        import duckdb

        made = duckdb.connect(
            ":memory:",
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "memory_limit": MEMORY,
                "temp_directory": str(self.folder),
                "preserve_insertion_order": "true",
            },
        )
        made.execute("SET TimeZone='UTC'; SET enable_progress_bar=true; SET enable_progress_bar_print=false")
        return made

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Free the connection and remove the temporary folder; may be called twice."""
        self._worker.shutdown()
        if "connection" in self.__dict__:
            self.connection.close()
        self._working.remove()

    def new_table(self) -> str:
        """A name that no table of the session has yet."""
        self._tables += 1
        return f"rows{self._tables}"

    def new_file(self, suffix: str) -> Path:
        """A path in the temporary folder that nothing stands at yet."""
        self._files += 1
        return self.folder / f"file{self._files}{suffix}"

    def at(self, monitor: Monitor, fraction: float, reason: Reason) -> None:
        """Report progress, and go on reporting it while statements run, so that each of them can be cancelled.

        Raises Cancelled.
        """
        self._stage = (monitor, fraction, reason)
        monitor.step(fraction, reason)

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query whose result is small. Raises Cancelled, and duckdb's own errors."""
        return self._watched(lambda: self.connection.execute(sql, list(parameters)).fetchall())

    def arrays(self, sql: str, parameters: Sequence[object] = ()) -> dict[str, npt.NDArray[Any]]:
        """The columns of a query as arrays; it must not return NULL. Raises Cancelled, and duckdb's own errors."""
        return self._watched(lambda: self._columns(sql, parameters))

    def each(self, statements: Iterable[str]) -> Generator[dict[str, npt.NDArray[Any]]]:
        """What `arrays` gives for one statement after the other; the next one runs while one is dealt with."""
        ahead: Future[dict[str, npt.NDArray[Any]]] | None = None
        try:
            for sql in statements:
                found, ahead = ahead, self._worker.submit(self._columns, sql)
                if found is not None:
                    yield self._outcome(found)
            if ahead is not None:
                found, ahead = ahead, None
                yield self._outcome(found)
        finally:
            if ahead is not None:
                self.connection.interrupt()
                wait((ahead,))

    def _columns(self, sql: str, parameters: Sequence[object] = ()) -> dict[str, npt.NDArray[Any]]:
        found = self.connection.execute(sql, list(parameters)).fetchnumpy()
        return {name: np.asarray(column) for name, column in found.items()}

    def insert(self, table: str, columns: str, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Append arrays of equal length to a table; `columns` are SQL expressions over their names, in table order."""
        self.connection.register("arrays", dict(arrays))
        try:
            self.connection.execute(f"INSERT INTO {table} SELECT {columns} FROM arrays")
        finally:
            self.connection.unregister("arrays")

    def run_csv(self, sql: str, monitor: Monitor, reason: Reason) -> None:
        """Run a statement with `strict_mode={strict}` among the options of read_csv: lenient where line ends are mixed.

        Raises as `run`.
        """
        sql = sql.replace("strict_mode={strict}", f"strict_mode={{strict}}, buffer_size={_CSV_BUFFER_BYTES}")
        try:
            self.run(sql.replace("strict_mode={strict}", "strict_mode=true"), [], monitor, reason)
        except self.errors as error:
            if "invalid state" not in str(error):
                raise
            self.connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
            self.run(sql.replace("strict_mode={strict}", "strict_mode=false"), [], monitor, reason)

    def run(self, sql: str, parameters: Sequence[object], monitor: Monitor, reason: Reason) -> None:
        """Run a long statement, reporting its progress as 0..1 of `monitor`.

        Raises Cancelled when the monitor is cancelled, and duckdb's own errors.
        """
        self.at(monitor, 0.0, reason)
        self._watched(lambda: self.connection.execute(sql, list(parameters)), progress=True)

    def _watched(self, work: Callable[[], T], *, progress: bool = False) -> T:
        """The outcome of `work`, done in a thread so that this one can report and, when cancelled, interrupt it."""
        if self._stage is None:
            return work()
        if self._stage[0].cancelled:
            raise Cancelled
        return self._outcome(self._worker.submit(work), progress=progress)

    def _outcome(self, outcome: Future[T], *, progress: bool = False) -> T:
        """The result of what the worker does, reporting meanwhile; interrupts it when that is cancelled."""
        try:
            while not wait((outcome,), POLL_S).done:
                if self._stage is not None:
                    monitor, fraction, reason = self._stage
                    done = min(max(self.connection.query_progress(), 0.0), 100.0) / 100.0 if progress else fraction
                    monitor.step(done, reason)
        except BaseException:
            self.connection.interrupt()
            wait((outcome,))
            raise
        return outcome.result()


def file_literal(path: Path) -> str:
    """A file as an SQL string literal that means it alone: duckdb takes names with *, ? or [ for patterns of names."""
    return literal(_OF_PATTERNS.sub(r"[\g<0>]", str(path.absolute())))


_KIND = re.compile(r"^(?:[A-Z][A-Za-z]* )+Error: ")
"""What duckdb calls an error, before it says what it is."""


def as_input_error(error: Exception, name: str) -> InputError:
    """What duckdb says about a file as something a person can act on: its first line, without advice on options."""
    import duckdb

    told = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    detail = _KIND.sub("", told) or told
    if isinstance(error, duckdb.OutOfMemoryException):  # also where what it puts on the disk has no room there
        return InputError(Reason("machine_exhausted", {"file": name, "error": detail[:300]}))
    if isinstance(error, duckdb.IOException) and any(words in detail for words in _NO_ROOM):
        return InputError(Reason("machine_no_room", {"file": name, "folder": tempfile.gettempdir()}))
    by_system = isinstance(error, duckdb.IOException) and any(words in detail for words in _BY_SYSTEM)
    code = "file_unreadable" if by_system else "file_not_read"
    return InputError(Reason(code, {"file": name, "detail": detail[:300]}))
