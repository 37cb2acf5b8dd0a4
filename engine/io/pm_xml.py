"""Performance measurement files of element managers, in any dialect: thousands of them become one data set.

Every measured object is a cell, every counter a KPI. A value is stored under the *begin* of its granularity period, as
everything here; the files themselves label it with the end. Each position of a counter that holds a list is a KPI.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from engine.errors import InputError, Reason
from engine.io import tables
from engine.io.base import LoadOptions, Measurements, Part, Recognition, Refused, Table
from engine.io.dialect import is_missing
from engine.io.peek import open_binary, peek, unreadable
from engine.io.rows import Problem
from engine.io.session import Session
from engine.io.stamps import EARLIEST_S, LATEST_S
from engine.monitor import Monitor
from engine.network.managed_objects import ManagedObject, named, object_in_file
from engine.pm.file import Dialect, Limited, dialect
from engine.pm.measured import Measured

_ROOT_LINES = 400
_BATCH_VALUES = 200_000
_STEP_OBJECTS = 50
_TOLD_PROBLEMS = 5


class PmXml:
    """TS 32.435, TS 28.532 and TS 32.401 XML, that of Nokia, and events of O-RAN, plain or gzip."""

    id: ClassVar[str] = "pm-xml"
    label: ClassVar[str] = "3GPP or Nokia performance file"
    suffixes: ClassVar[tuple[str, ...]] = (".xml", ".json", ".gz")

    def recognise(self, path: Path, options: LoadOptions) -> Recognition | None:  # noqa: ARG002 - nothing to choose
        """By the root element."""
        found = _dialect(path)
        if found is None:
            return None
        why = Reason("recognised_pm", {"file": path.name, "dialect": found.label})
        return Recognition(self.id, self.id, 1.0, why, found.mapping)

    def read(self, paths: Sequence[Path], options: LoadOptions, session: Session, monitor: Monitor) -> Measurements:
        """Read the files one after the other. Of several files, a broken one is left out with a note.

        Raises InputError where no file can be used, Cancelled.
        """
        rows = {utc: _Rows(session, options.kpis) for utc in (True, False)}
        ahead: Counter[int] = Counter()
        problems: list[InputError] = []
        for path, part in tables.each(paths, monitor):
            whole = True
            try:
                for measured in _objects_of(path, part):
                    rows[measured.ahead_s is not None].add(measured)
                    ahead[measured.ahead_s or 0] += 1
            except InputError as error:
                problems.append(error)
                whole = False
            for store in rows.values():
                store.end_file(path, keep=whole)
        used = {utc: store for utc, store in rows.items() if store.parts}
        if not used:
            known = {name: None for store in rows.values() for name in store.left_out}
            if known:
                names = ", ".join(known)[:500]
                raise InputError(Reason("no_such_kpi", {"kpi": ", ".join(options.kpis), "kpis": names}))
            raise (
                problems[0]
                if problems
                else InputError(Reason("pm_no_values", {"file": paths[0].name, "element": "value"}))
            )
        period_s = _period(list(used.values()), options.period_s)
        for store in used.values():
            store.finish(period_s)
        unchosen = sum(store.total.unchosen for store in used.values())
        return Measurements(
            session=session,
            format=self.id,
            tables=tuple(store.table(utc=utc) for utc, store in used.items()),
            ahead_s=tuple(seconds for seconds, _ in ahead.most_common()),
            period_s=period_s,
            refused=(Refused(Reason("row_kpi_not_chosen"), unchosen),) if unchosen else (),
            mapping=found.mapping if (found := _dialect(paths[0])) is not None else {},
            notes=tuple(_notes(problems, sum(store.total.lists for store in used.values()))),
            cells=named({k: v for store in used.values() for k, v in store.objects.items()}),
        )


def _dialect(path: Path) -> Dialect | None:
    seen = peek(path)
    return dialect(seen.lines[:_ROOT_LINES]) if seen.is_text else None


def _notes(problems: Sequence[InputError], lists: int) -> list[Reason]:
    notes = [Reason("file_left_out", {"reason": str(problem)}) for problem in problems[:_TOLD_PROBLEMS]]
    if len(problems) > _TOLD_PROBLEMS:
        notes.append(Reason("more_files_left_out", {"count": len(problems) - _TOLD_PROBLEMS}))
    if lists:
        notes.append(Reason("pm_lists", {"values": lists}))
    return notes


def _objects_of(path: Path, monitor: Monitor) -> Iterator[Measured]:
    """The objects of one file. Raises InputError, Cancelled."""
    seen, found = peek(path), _dialect(path)
    if found is None:  # it was one a moment ago
        raise InputError(Reason("file_changed", {"file": path.name}))
    reason = Reason("stage_load", {"name": path.name})
    try:
        with open_binary(path, seen.wrapping) as raw:
            stream = Limited(raw, path.name)
            for k, measured in enumerate(found.objects(stream, path.name)):
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
    """The values of many files on their way into a table of the session; names are written as numbers.

    What the file being read holds counts only once it has been read to its end: until then it stands in lists and, if
    it is large, in a table of its own.
    """

    def __init__(self, session: Session, chosen: Sequence[str]) -> None:
        self._session = session
        self._chosen = frozenset(name.lower() for name in chosen)
        self._name, self._staged = session.new_table(), session.new_table()
        self._waiting: dict[str, list[Any]] = {column: [] for column in _TYPES}
        self._bad: list[tuple[int, str]] = []
        self._file = _File()
        self._cell_numbers: dict[str, int] = {}
        self._kpi_numbers: dict[str, int] = {}
        self.objects: dict[str, ManagedObject] = {}
        self.left_out: dict[str, None] = {}
        self.parts: list[Part] = []
        self.total = _File()
        for name in (self._name, self._staged):
            session.connection.execute(f"CREATE TEMP TABLE {name} ({_COLUMNS})")

    def add(self, measured: Measured) -> None:
        """Take in one object of the file being read."""
        number = self._cell_numbers.setdefault(measured.path, len(self._cell_numbers))
        if measured.path not in self.objects:
            self.objects[measured.path] = object_in_file(measured.path, measured.label)
        waiting, kpis = self._waiting, self._kpi_numbers
        first = len(waiting["t"])
        for name, text in self._values(measured):
            waiting["kpi"].append(kpis.setdefault(name, len(kpis)))
            waiting["v0"].append(self._number(text))
        count = len(waiting["v0"]) - first
        waiting["cell"] += [number] * count
        waiting["t"] += [measured.begin] * count
        waiting["suspect"] += [measured.suspect] * count
        waiting["period"] += [measured.period_s] * count
        self._file.rows += count
        self._file.periods[measured.period_s] += 1
        if len(waiting["t"]) >= _BATCH_VALUES:
            self._write(self._staged)
            self._file.staged = True

    def _values(self, measured: Measured) -> Iterator[tuple[str, str]]:
        """(KPI, text) of an object: lists taken apart, without the KPIs that were not chosen."""
        for counter, text in measured.counters:
            if "," in text:
                self._file.lists += 1
                values = [(f"{counter}[{k}]", value) for k, value in enumerate(text.split(","))]
            else:
                values = [(counter, text)]
            for name, value in values:
                if not self._chosen or name.lower() in self._chosen:
                    yield name, value
                else:
                    self.left_out[name] = None
                    self._file.unchosen += 1

    def _number(self, text: str) -> float:
        """The number, NaN where there is none; a text that should be one is remembered."""
        try:
            value = float(text)
        except ValueError:
            value = math.inf
        if math.isfinite(value):
            return value
        if not is_missing(text):
            self._bad.append((len(self._waiting["v0"]), text[:80]))
        return math.nan

    def end_file(self, path: Path, *, keep: bool) -> None:
        """Count the values of the file that was read to its end, or forget them."""
        if keep and self._file.rows:
            if self._file.staged:
                self._session.connection.execute(f"INSERT INTO {self._name} SELECT * FROM {self._staged}")
            self._write(self._name)
            first = self.parts[-1].last if self.parts else 0
            self.parts.append(Part(path, path.name, first, first + self._file.rows, -1))
        if keep:
            self.total.take(self._file)
        for column in self._waiting.values():
            column.clear()
        self._bad.clear()
        if self._file.staged:
            self._session.connection.execute(f"DELETE FROM {self._staged}")
        self._file = _File()

    def _write(self, table: str) -> None:
        arrays: dict[str, Any] = {c: np.array(v, _TYPES[c]) for c, v in self._waiting.items()}
        when, unreadable, offending = (
            f"WHEN t NOT BETWEEN {EARLIEST_S} AND {LATEST_S} THEN {Problem.RANGE}",
            "0",
            "NULL",
        )
        if self._bad:
            arrays["bad"] = np.full(len(self._waiting["t"]), "", object)
            for row, text in self._bad:
                arrays["bad"][row] = text
            when += f" WHEN bad <> '' THEN {Problem.VALUE}"
            unreadable, offending = "CAST(bad <> '' AS UINTEGER)", "nullif(bad, '')"
        problem = f"CASE {when} ELSE {Problem.NONE} END"
        columns = f"cell, kpi, t, CAST(v0 AS FLOAT), suspect, period, {problem}, {unreadable}, {offending}"
        self._session.insert(table, columns, arrays)
        for column in self._waiting.values():
            column.clear()
        self._bad.clear()

    def finish(self, period_s: int) -> None:
        """Set aside values of another granularity than that of the data set."""
        if len(self.total.periods) > 1:
            self._session.connection.execute(
                f"UPDATE {self._name} SET problem = {Problem.PERIOD}, offending = period || ' s'"
                f" WHERE problem = {Problem.NONE} AND period <> {period_s}"
            )

    def table(self, *, utc: bool) -> Table:
        """The finished table."""
        return Table(
            self._name,
            (),
            tuple(self.parts),
            utc=utc,
            suspects=True,
            cell_names=tuple(self._cell_numbers),
            kpi_names=tuple(self._kpi_numbers),
        )


@dataclass
class _File:
    """What was found in a file, or in all of them. staged: some of its values wait in the table beside."""

    rows: int = 0
    lists: int = 0
    unchosen: int = 0
    staged: bool = False
    periods: Counter[int] = field(default_factory=Counter)

    def take(self, other: _File) -> None:
        """Add what was found in another."""
        self.rows += other.rows
        self.lists += other.lists
        self.unchosen += other.unchosen
        self.periods += other.periods


_TYPES: dict[str, Any] = {
    "cell": np.uint32,
    "kpi": np.uint32,
    "t": np.int64,
    "v0": np.float64,
    "suspect": bool,
    "period": np.int32,
}
_COLUMNS = (
    "cell UINTEGER, kpi UINTEGER, t BIGINT, v0 FLOAT, suspect BOOLEAN, period INTEGER, problem UTINYINT,"
    " unreadable UINTEGER, offending VARCHAR"
)


def _period(stores: Sequence[_Rows], asked_s: int | None) -> int:
    """The granularity period that was asked for if files have it, else that of most objects; of equals the longest."""
    found: Counter[int] = Counter()
    for store in stores:
        found += store.total.periods
    return asked_s if asked_s and asked_s in found else max(found, key=lambda p: (found[p], p))
