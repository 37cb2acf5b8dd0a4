"""From columns of text to typed rows in a duckdb table; what cannot be read is marked, never lost."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from engine.errors import Reason
from engine.io.base import Part, Table
from engine.io.dialect import MISSING
from engine.io.layout import Layout
from engine.io.session import Session, literal, quoted
from engine.io.stamps import EARLIEST_S, LATEST_S
from engine.monitor import Monitor


class Problem(IntEnum):
    """Why a row of a table cannot be used; stored in its `problem` column."""

    NONE = 0
    BLANK = 1
    TIME = 2
    RANGE = 3
    CELL = 4
    VALUE = 5
    PERIOD = 6


@dataclass(frozen=True)
class Source:
    """One file as SQL. relation: what stands behind FROM. columns: SQL identifiers, by the layout's indices.

    numeric: columns that are numbers already; seconds: columns that are BIGINT seconds already.
    """

    path: Path
    name: str
    relation: str
    columns: tuple[str, ...]
    skipped: int
    decimal: str = "."
    thousands: str = ""
    numeric: frozenset[int] = frozenset()
    seconds: frozenset[int] = frozenset()


class Filling:
    """A table of the session while files of one set of columns are added to it."""

    def __init__(self, session: Session, layout: Layout, *, with_labels: bool, key: bytes) -> None:
        self.session = session
        self.key = key
        self.targets = layout.targets
        self.utc = layout.stamps.utc
        self.name = session.new_table()
        self.labelled = with_labels and layout.label is not None
        self.by_row_cell = any(t.cell is None for t in layout.targets)
        self.by_row_kpi = any(t.kpi is None for t in layout.targets)
        self.parts: list[Part] = []
        columns = [
            *(["cell VARCHAR"] if self.by_row_cell else []),
            *(["kpi VARCHAR"] if self.by_row_kpi else []),
            "t BIGINT",
            *(f"v{k} FLOAT" for k in range(len(layout.targets))),
            *(["label TINYINT"] if self.labelled else []),
            "problem UTINYINT",
            "unreadable UINTEGER",
            "offending VARCHAR",
        ]
        session.connection.execute(f"CREATE TEMP TABLE {self.name} ({', '.join(columns)})")

    def add(self, source: Source, layout: Layout, cell: str, monitor: Monitor, reason: Reason) -> int:
        """Append the rows of a file; rows without a cell column get `cell`. Returns how many there were.

        Raises Cancelled, and duckdb's own errors.
        """
        self.session.run_csv(self._insert(source, layout, cell), monitor, reason)
        first = self.parts[-1].last if self.parts else 0
        last = int(self.session.rows(f"SELECT count(*) FROM {self.name}")[0][0])
        self.parts.append(Part(source.path, source.name, first, last, source.skipped))
        return last - first

    def table(self) -> Table:
        """The finished table."""
        return Table(self.name, self.targets, tuple(self.parts), utc=self.utc, labelled=self.labelled)

    def _insert(self, source: Source, layout: Layout, cell: str) -> str:
        text = [f"CAST({c} AS VARCHAR)" if k in source.numeric else c for k, c in enumerate(source.columns)]
        raw_time = text[layout.time]
        if layout.date is not None:
            raw_time = f"{text[layout.date]} || ' ' || {text[layout.time]}"
        inner = [f"{raw_time} AS raw_time"]
        outer = []
        if self.by_row_cell:
            named = literal(cell) if layout.cell is None else f"nullif(trim({text[layout.cell]}), '')"
            if layout.cell is not None and layout.subscribers:
                named = pseudonym(named, self.key)
            inner.append(f"{named} AS cell")
            outer.append("cell")
        if self.by_row_kpi:
            inner.append(f"nullif(trim({text[layout.kpi or 0]}), '') AS kpi")
            outer.append("kpi")
        if layout.time in source.seconds:
            inner.append(f"{source.columns[layout.time]} AS t")
        for k, column in enumerate(layout.values):
            inner.append(f"{source.columns[column]} AS x{k}")
        if layout.label is not None and self.labelled:
            inner.append(f"TRY_CAST(TRY_CAST(trim({text[layout.label]}) AS DOUBLE) AS TINYINT) AS label")
        count = len(layout.values)
        native = [column in source.numeric for column in layout.values]
        middle = [
            *outer,
            "raw_time",
            "t" if layout.time in source.seconds else f"{layout.stamps.sql('raw_time')} AS t",
            *(f"x{k}" for k in range(count)),
            *(f"{_number(f'x{k}', source, native=native[k])} AS v{k}" for k in range(count)),
            *(["label"] if self.labelled else []),
        ]
        unread = [f"({_unreadable(k)})" for k in range(count) if not native[k]]
        unreadable = " + ".join(f"CAST({u} AS INTEGER)" for u in unread) or "0"
        first_bad = " ".join(f"WHEN {_unreadable(k)} THEN x{k}" for k in range(count) if not native[k])
        first_bad = f"CASE {first_bad} END" if first_bad else "NULL"
        some_value = f"coalesce({', '.join(f'v{k}' for k in range(count))})"
        some_text = f"coalesce(raw_time, {', '.join(f'CAST(x{k} AS VARCHAR)' for k in range(count))})"
        no_name = " OR ".join(
            [*(["cell IS NULL"] if self.by_row_cell else []), *(["kpi IS NULL"] if self.by_row_kpi else [])]
        )
        problem = (
            f"CASE WHEN {some_text} IS NULL THEN {Problem.BLANK} WHEN t IS NULL THEN {Problem.TIME}"
            f" WHEN t NOT BETWEEN {EARLIEST_S} AND {LATEST_S} THEN {Problem.RANGE}"
            + (f" WHEN {no_name} THEN {Problem.CELL}" if no_name else "")
            + f" WHEN unreadable > 0 AND {some_value} IS NULL THEN {Problem.VALUE} ELSE {Problem.NONE} END"
        )
        is_time = f"(t IS NOT NULL AND t BETWEEN {EARLIEST_S} AND {LATEST_S})"
        columns = [
            *outer,
            "t",
            *(f"v{k}" for k in range(count)),
            *(["label"] if self.labelled else []),
            f"{problem} AS problem",
            "unreadable",
            f"left(CASE WHEN {is_time} THEN bad ELSE raw_time END, 80) AS offending",
        ]
        return (
            f"INSERT INTO {self.name} SELECT {', '.join(columns)} FROM ("
            f"SELECT *, {unreadable} AS unreadable, {first_bad} AS bad FROM ("
            f"SELECT {', '.join(middle)} FROM (SELECT {', '.join(inner)} FROM {source.relation})))"
        )


def pseudonym(text: str, key: bytes) -> str:
    """SQL of the name that stands for a subscriber number: the first 64 bits of its HMAC-SHA-256 (RFC 2104), as hex."""
    padded = (key if len(key) <= _HASH_BLOCK else hashlib.sha256(key).digest()).ljust(_HASH_BLOCK, b"\0")
    inner, outer = (bytes(b ^ pad for b in padded).hex() for pad in (0x36, 0x5C))
    return f"left(sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode({text})))), 16)"


_HASH_BLOCK = 64

# One constant to search in: an IN list of this length becomes a join, and there is one per value column.
_MISSING_SQL = literal("|" + "|".join(MISSING) + "|")


def _number(text: str, source: Source, *, native: bool) -> str:
    """SQL of the FLOAT in a field: NULL when missing, unreadable or infinite."""
    if native:
        cast = f"CAST({text} AS FLOAT)"
    else:
        plain = text
        if source.thousands:
            plain = f"replace({plain}, {literal(source.thousands)}, '')"
        if source.decimal == ",":
            plain = f"replace({plain}, ',', '.')"
        cast = f"TRY_CAST(rtrim({plain}, ' %') AS FLOAT)"
    return f"CASE WHEN isfinite({cast}) THEN {cast} END"


def _unreadable(k: int) -> str:
    return f"(v{k} IS NULL AND x{k} IS NOT NULL AND NOT contains({_MISSING_SQL}, '|' || lower(trim(x{k})) || '|'))"


def column_names(count: int) -> tuple[str, ...]:
    """The SQL identifiers of the columns of a file that is read as text."""
    return tuple(quoted(f"c{k}") for k in range(count))


class Fillings:
    """The tables of one data set: files with the same columns share a table."""

    def __init__(self, session: Session, *, with_labels: bool, key: bytes) -> None:
        self._session = session
        self._key = key
        self._with_labels = with_labels
        self._by_columns: dict[tuple[object, ...], Filling] = {}

    def of(self, layout: Layout) -> Filling:
        """The table that takes the rows of files of this layout."""
        key = (layout.targets, layout.stamps.utc, layout.label is None)
        if key not in self._by_columns:
            self._by_columns[key] = Filling(self._session, layout, with_labels=self._with_labels, key=self._key)
        return self._by_columns[key]

    def tables(self) -> tuple[Table, ...]:
        """All tables that got rows."""
        return tuple(f.table() for f in self._by_columns.values() if f.parts)
