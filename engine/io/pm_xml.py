"""3GPP performance measurement files of element managers: thousands of them become one data set.

Every measured object is a cell, every counter a KPI. A value is stored under the *begin* of its granularity period, as
everything here; the files themselves label it with the end. Each position of a counter that holds a list is a KPI.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from engine.data import Cell
from engine.errors import InputError, Reason
from engine.io import tables
from engine.io.base import LoadOptions, Measurements, Part, Recognition, Table
from engine.io.dialect import is_missing
from engine.io.peek import open_binary, peek, unreadable
from engine.io.pm_file import Limited, Measured, objects
from engine.io.rows import Problem
from engine.io.session import Session
from engine.monitor import Monitor

_ROOT = re.compile(r"<(?:[\w.-]+:)?(measCollecFile|measDataFile)[\s/>]")
_MAPPING = {
    "time": "granPeriod endTime - duration",
    "cell": "measObjLdn",
    "kpi": "measType",
    "values": "measResults, r",
}
_BATCH_VALUES = 200_000
_STEP_OBJECTS = 50
_TOLD_PROBLEMS = 5


class PmXml:
    """TS 32.435 and TS 28.532 XML, plain or gzip."""

    id: ClassVar[str] = "pm-xml"
    label: ClassVar[str] = "3GPP performance file"
    suffixes: ClassVar[tuple[str, ...]] = (".xml", ".gz")

    def recognise(self, path: Path, options: LoadOptions) -> Recognition | None:  # noqa: ARG002 - nothing to choose
        """By the root element."""
        seen = peek(path)
        found = _ROOT.search("\n".join(seen.lines[:400])) if seen.is_text else None
        if found is None:
            return None
        why = Reason("recognised_pm", {"file": path.name, "root": found[1]})
        return Recognition(self.id, self.id, 1.0, why, _MAPPING)

    def read(self, paths: Sequence[Path], options: LoadOptions, session: Session, monitor: Monitor) -> Measurements:
        """Read the files one after the other. Of several files, a broken one is left out with a note.

        Raises InputError where no file can be used, Cancelled.
        """
        rows = {utc: _Rows(session) for utc in (True, False)}
        problems: list[InputError] = []
        for path, part in tables.each(paths, monitor):
            whole = True
            try:
                for measured in _objects_of(path, part):
                    rows[measured.utc].add(measured)
            except InputError as error:
                problems.append(error)
                whole = False
            for store in rows.values():
                store.end_file(path, keep=whole)
        used = {utc: store for utc, store in rows.items() if store.parts}
        if not used:
            raise problems[0] if problems else InputError(Reason("pm_no_values", {"file": paths[0].name}))
        period_s = options.period_s or _usual_period(list(used.values()))
        for store in used.values():
            store.finish(period_s)
        return Measurements(
            session=session,
            format=self.id,
            tables=tuple(store.table(utc=utc) for utc, store in used.items()),
            period_s=period_s,
            mapping=_MAPPING,
            notes=tuple(_notes(problems, sum(store.lists for store in used.values()))),
            cells={k: v for store in used.values() for k, v in store.cells.items()},
        )


def _notes(problems: Sequence[InputError], lists: int) -> list[Reason]:
    notes = [Reason("file_left_out", {"reason": str(problem)}) for problem in problems[:_TOLD_PROBLEMS]]
    if len(problems) > _TOLD_PROBLEMS:
        notes.append(Reason("more_files_left_out", {"count": len(problems) - _TOLD_PROBLEMS}))
    if lists:
        notes.append(Reason("pm_lists", {"values": lists}))
    return notes


def _objects_of(path: Path, monitor: Monitor) -> Iterator[Measured]:
    """The objects of one file. Raises InputError, Cancelled."""
    seen = peek(path)
    reason = Reason("stage_load", {"name": path.name})
    try:
        with open_binary(path, seen.wrapping) as raw:
            stream = Limited(raw, path.name)
            for k, measured in enumerate(objects(stream, path.name)):
                if k % _STEP_OBJECTS == 0:
                    monitor.step(min(stream.done / max(seen.size, 1), 1.0), reason)
                yield measured
    except EOFError:
        raise InputError(Reason("gzip_cut", {"file": path.name})) from None
    except zlib.error as error:
        raise InputError(Reason("gzip_damaged", {"file": path.name, "detail": str(error)})) from None
    except OSError as error:
        raise unreadable(path, error) from None


class _Rows:
    """The values of many files on their way into a table of the session.

    The values of the file being read wait in lists and, if they are many, in a table of their own: they count only
    once the file has been read to its end.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._name, self._staged = session.new_table(), session.new_table()
        self._waiting: dict[str, list[Any]] = {c: [] for c in _TYPES}
        self._some_staged = False
        self._file_rows = self._file_lists = 0
        self._file_periods: Counter[int] = Counter()
        self._file_cells: dict[str, Cell] = {}
        self.parts: list[Part] = []
        self.lists = 0
        self.periods: Counter[int] = Counter()
        self.cells: dict[str, Cell] = {}
        for name in (self._name, self._staged):
            session.connection.execute(f"CREATE TEMP TABLE {name} ({_COLUMNS})")

    def add(self, measured: Measured) -> None:
        """Take in one object of the file being read."""
        cell = _cell_of(measured)
        self._file_cells.setdefault(cell.id, cell)
        self._file_periods[measured.period_s] += 1
        for counter, text in measured.counters:
            fields = text.split(",")
            self._file_lists += len(fields) > 1
            for k, field in enumerate(fields):
                value, bad = _number(field)
                name = f"{counter}[{k}]" if len(fields) > 1 else counter
                row = (cell.id, name, measured.begin, value, measured.suspect, measured.period_s, bad)
                for column, entry in zip(self._waiting.values(), row, strict=True):
                    column.append(entry)
                self._file_rows += 1
        if len(self._waiting["t"]) >= _BATCH_VALUES:
            self._write(self._staged)
            self._some_staged = True

    def end_file(self, path: Path, *, keep: bool) -> None:
        """Count the values of the file that was read to its end, or forget them."""
        if keep and self._file_rows:
            if self._some_staged:
                self._session.connection.execute(f"INSERT INTO {self._name} SELECT * FROM {self._staged}")
            self._write(self._name)
            first = self.parts[-1].last if self.parts else 0
            self.parts.append(Part(path, path.name, first, first + self._file_rows, -1))
            self.lists += self._file_lists
            self.periods += self._file_periods
            self.cells |= self._file_cells
        for column in self._waiting.values():
            column.clear()
        if self._some_staged:
            self._session.connection.execute(f"DELETE FROM {self._staged}")
        self._some_staged = False
        self._file_rows = self._file_lists = 0
        self._file_periods, self._file_cells = Counter(), {}

    def _write(self, table: str) -> None:
        arrays = {c: np.array(v, _TYPES[c]) for c, v in self._waiting.items()}
        for column in self._waiting.values():
            column.clear()
        self._session.insert(
            table,
            "cell, kpi, t, CAST(v0 AS FLOAT), suspect, period, CASE WHEN bad <> '' THEN "
            f"{Problem.VALUE} ELSE {Problem.NONE} END, CAST(bad <> '' AS UINTEGER), nullif(bad, '')",
            arrays,
        )

    def finish(self, period_s: int) -> None:
        """Set aside values of another granularity than that of the data set."""
        self._session.connection.execute(
            f"UPDATE {self._name} SET problem = {Problem.PERIOD}, offending = period || ' s'"
            f" WHERE problem = {Problem.NONE} AND period <> {period_s}"
        )

    def table(self, *, utc: bool) -> Table:
        """The finished table."""
        return Table(self._name, (), tuple(self.parts), utc=utc, suspects=True)


_TYPES: dict[str, Any] = {
    "cell": object,
    "kpi": object,
    "t": np.int64,
    "v0": np.float64,
    "suspect": bool,
    "period": np.int32,
    "bad": object,
}
_COLUMNS = (
    "cell VARCHAR, kpi VARCHAR, t BIGINT, v0 FLOAT, suspect BOOLEAN, period INTEGER, problem UTINYINT,"
    " unreadable UINTEGER, offending VARCHAR"
)


def _usual_period(stores: Sequence[_Rows]) -> int:
    """The granularity period of most objects; of equals, the longest."""
    total: Counter[int] = Counter()
    for store in stores:
        total += store.periods
    return max(total, key=lambda p: (total[p], p))


def _number(text: str) -> tuple[float, str]:
    """(value, "") or (NaN, the text where it is neither a number nor one of the ways to say "not measured")."""
    if is_missing(text):
        return float("nan"), ""
    try:
        value = float(text)
    except ValueError:
        return float("nan"), text[:80]
    return (value, "") if np.isfinite(value) else (float("nan"), text[:80])


def _cell_of(measured: Measured) -> Cell:
    """The object as an entity: its distinguished name, and the last value in it as the name people use."""
    id_ = f"{measured.element},{measured.ldn}" if measured.ldn else measured.element
    return Cell(id_, name=_last_value(id_), site=measured.label or _last_value(measured.element))


def _last_value(dn: str) -> str:
    return dn.rpartition(",")[2].rpartition("=")[2]
