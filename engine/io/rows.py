"""From columns of text to typed rows in a duckdb table; what cannot be read is marked, never lost."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from engine.errors import Reason
from engine.io.base import Part, Table
from engine.io.dialect import MISSING
from engine.io.layout import WIDE, Layout
from engine.io.session import Session
from engine.io.stamps import EARLIEST_S, LATEST_S
from engine.monitor import Monitor
from engine.writing.statement import literal, quoted


class Problem(IntEnum):
    """Why a row of a table cannot be used; stored in its `problem` column."""

    NONE = 0
    BLANK = 1
    TIME = 2
    RANGE = 3
    CELL = 4
    VALUE = 5
    PERIOD = 6
    FIELDS = 7


@dataclass(frozen=True)
class Source:
    """One file as SQL. relation: what stands behind FROM. columns: SQL identifiers, by the layout's indices.

    numeric: columns that are numbers already; seconds: columns that are BIGINT seconds already. split: the relation has
    the one column `fields`, a list of the texts of a line. per_line: rows that each line became.
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
    split: bool = False
    per_line: int = 1

    def as_text(self) -> list[str]:
        """SQL of the text of every column."""
        return [f"CAST({c} AS VARCHAR)" if k in self.numeric else c for k, c in enumerate(self.columns)]

    def line(self, columns: Sequence[int], *, native: bool) -> str:
        """SQL of a list of some columns, as they are if `native`, else as text."""
        first, last = columns[0] + 1, columns[-1] + 1
        if self.split and last - first + 1 == len(columns):
            return f"fields[{first}:{last}]"
        if self.split:
            return f"list_select(fields, {[c + 1 for c in columns]})"
        fields = self.columns if native else self.as_text()
        return f"[{', '.join(fields[c] for c in columns)}]"


OWNED = "/"
"""Stands between what a cell belongs to and its name, where it is named by both."""

MANY_KPIS = 64
"""A table of more KPI columns is turned: duckdb works on 2,048 rows of every column and step at once."""


class Filling:
    """A table of the session while files of one set of columns are added to it.

    A table with one column per cell is turned: each of its lines becomes one row per column, `cell` being its number,
    so that ten thousand columns are no more work than ten thousand lines. So is one of very many KPIs.
    """

    def __init__(self, session: Session, layout: Layout, *, with_labels: bool, key: bytes) -> None:
        many = layout.kind != WIDE and len(layout.kpis) > MANY_KPIS
        self.session = session
        self.key = key
        self.turned = layout.kind == WIDE or many
        self.cells = layout.cells
        self.kpis = () if many else layout.kpis
        self.width = max(len(self.kpis), 1)
        self.tall = not self.kpis
        self.utc = layout.stamps.utc
        self.name = session.new_table()
        self.labelled = with_labels and layout.label is not None
        self.parts: list[Part] = []
        columns = [
            "cell UINTEGER" if self.cells else "cell VARCHAR",
            *(["kpi VARCHAR"] if self.tall else []),
            "t BIGINT",
            *(f"v{k} FLOAT" for k in range(self.width)),
            *(["label TINYINT"] if self.labelled else []),
            *(["n UINTEGER"] if self.turned else []),
            "problem UTINYINT",
            "unreadable UINTEGER",
            "offending VARCHAR",
        ]
        session.connection.execute(f"CREATE TEMP TABLE {self.name} ({', '.join(columns)})")

    def add(self, source: Source, layout: Layout, cell: str, monitor: Monitor, reason: Reason) -> None:
        """Append the rows of a file; rows without a cell column get `cell`. Raises Cancelled and duckdb's errors."""
        typed = self._turned(source, layout, cell) if self.turned else self._typed(source, layout, cell)
        self.session.run_csv(self._insert(typed), monitor, reason)
        first = self.parts[-1].last if self.parts else 0
        last = int(self.session.rows(f"SELECT count(*) FROM {self.name}")[0][0])
        per_line = len(layout.values) if self.turned else source.per_line
        self.parts.append(Part(source.path, source.name, first, last, source.skipped, per_line))

    def told(self, source: Source, layout: Layout, monitor: Monitor, reason: Reason) -> dict[str, dict[str, str]]:
        """What columns say of the cells of a file, by role and cell, where all rows agree. Raises as `add`."""
        text, found = source.as_text(), self.session.new_table()
        said = {role: f"nullif(trim({text[column]}), '')" for role, column in layout.told.items()}
        alone = [f"CASE WHEN min({one}) = max({one}) THEN min({one}) END AS {role}" for role, one in said.items()]
        self.session.run_csv(
            f"CREATE TEMP TABLE {found} AS SELECT {self.cell(layout, text, '')} AS cell, {', '.join(alone)}"
            f" FROM {source.relation} GROUP BY 1 HAVING cell IS NOT NULL",
            monitor,
            reason,
        )
        rows = self.session.rows(f"SELECT cell, {', '.join(said)} FROM {found}")
        self.session.connection.execute(f"DROP TABLE {found}")
        told: dict[str, dict[str, str]] = {role: {} for role in said}
        for cell, *values in rows:
            for role, value in zip(said, values, strict=True):
                if value is not None:
                    told[role][str(cell)] = str(value)
        return told

    def table(self) -> Table:
        """The finished table."""
        return Table(
            self.name,
            self.kpis,
            tuple(self.parts),
            utc=self.utc,
            labelled=self.labelled,
            weighted=self.turned,
            cell_names=self.cells or None,
        )

    def _insert(self, typed: str) -> str:
        """SQL that appends typed rows, with what is wrong with each."""
        unread = [_unreadable(k) for k in range(self.width)]
        bad = ", ".join(f"CASE WHEN {u} THEN CAST(x{k} AS VARCHAR) END" for k, u in enumerate(unread))
        values = [f"v{k}" for k in range(self.width)]
        nameless = " OR ".join(["cell IS NULL", *(["kpi IS NULL"] if self.tall else [])])
        is_time = f"coalesce(t BETWEEN {EARLIEST_S} AND {LATEST_S}, false)"
        no_value = f" WHEN unreadable > 0 AND coalesce({', '.join(values)}) IS NULL THEN {Problem.VALUE}"
        problem = (
            f"CASE WHEN blank THEN {Problem.BLANK} WHEN misfit THEN {Problem.FIELDS} WHEN t IS NULL THEN {Problem.TIME}"
            f" WHEN NOT {is_time} THEN {Problem.RANGE} WHEN {nameless} THEN {Problem.CELL}"
            f"{'' if self.turned else no_value} ELSE {Problem.NONE} END"
        )
        columns = [
            "cell",
            *(["kpi"] if self.tall else []),
            "t",
            *values,
            *(["label"] if self.labelled else []),
            *(["n"] if self.turned else []),
            problem,
            "unreadable",
            f"left(CASE WHEN {is_time} THEN bad ELSE raw_time END, 80)",
        ]
        unreadable = " + ".join(f"CAST({u} AS INTEGER)" for u in unread)
        return (
            f"INSERT INTO {self.name} SELECT {', '.join(columns)} FROM"
            f" (SELECT *, {unreadable} AS unreadable, coalesce({bad}) AS bad FROM ({typed}))"
        )

    def _typed(self, source: Source, layout: Layout, cell: str) -> str:
        """SQL of a file's rows: cell, kpi, t, raw_time, label, blank, the fields x0 ... and their values v0 ..."""
        text = source.as_text()
        fields = [f"x{k}" for k in range(len(layout.values))]
        inner = [
            *_time(source, layout, text),
            f"{self.cell(layout, text, cell)} AS cell",
            *([f"nullif(trim({text[layout.kpi or 0]}), '') AS kpi"] if self.tall else []),
            *(f"{source.columns[column]} AS {x}" for x, column in zip(fields, layout.values, strict=True)),
            *self._label(layout, text),
        ]
        native = [column in source.numeric for column in layout.values]
        values = [f"{number(x, source, native=n)} AS v{k}" for k, (x, n) in enumerate(zip(fields, native, strict=True))]
        seconds = [] if _given(source, layout) else [f"{layout.stamps.sql('raw_time')} AS t"]
        told = [*(["raw_time"] if layout.counted is None else []), *(f"CAST({x} AS VARCHAR)" for x in fields)]
        blank = f"coalesce({', '.join(told)}) IS NULL AS blank"
        said = ", ".join([*seconds, *values, blank, "false AS misfit"])
        return f"SELECT *, {said} FROM (SELECT {', '.join(inner)} FROM {source.relation})"

    def _turned(self, source: Source, layout: Layout, cell: str) -> str:
        """The same with one row per field: `cell` is the column's number, or `kpi` its name; `n` is 1 once per line."""
        text = source.as_text()
        native = all(column in source.numeric for column in layout.values)
        misfit = f"coalesce(len(fields), 0) <> {len(source.columns)}" if source.split else "false"
        inner = [
            *_time(source, layout, text),
            *self._label(layout, text),
            *([] if self.cells else [f"{self.cell(layout, text, cell)} AS cell"]),
            f"{source.line(layout.values, native=native)} AS line",
            f"{misfit} AS misfit",
        ]
        kept = ["raw_time", *(["label"] if self.labelled else []), *([] if self.cells else ["cell"]), "misfit"]
        seconds = "t" if _given(source, layout) else f"{layout.stamps.sql('raw_time')} AS t"
        blank = "raw_time IS NULL AND list_aggregate(line, 'count') = 0 AS blank"
        names = "place AS cell" if self.cells else f"[{', '.join(map(literal, layout.kpis))}][place + 1] AS kpi"
        # What is said of a line is worked out below the turning, and the line itself left behind there: carried along,
        # it would be copied for each of its fields.
        return (
            f"SELECT *, {names}, {number('x0', source, native=native)} AS v0, CAST(place = 0 AS UINTEGER) AS n FROM"
            f" (SELECT {', '.join(kept)}, t, blank, unnest(line) AS x0, unnest(range({len(layout.values)})) AS place"
            f" FROM (SELECT {', '.join(kept)}, {seconds}, line, {blank} FROM"
            f" (SELECT {', '.join(inner)} FROM {source.relation})))"
        )

    def cell(self, layout: Layout, text: Sequence[str], cell: str) -> str:
        """SQL of the entity of a row."""
        if layout.cell is None:
            return literal(cell)
        named = f"nullif(trim({text[layout.cell]}), '')"
        if layout.within is not None:
            owner = f"nullif(trim({text[layout.within]}), '')"
            named = f"CASE WHEN {named} IS NOT NULL THEN concat_ws('{OWNED}', {owner}, {named}) END"
        return pseudonym(named, self.key) if layout.subscribers else named

    def _label(self, layout: Layout, text: Sequence[str]) -> list[str]:
        if not self.labelled or layout.label is None:
            return []
        return [f"TRY_CAST(TRY_CAST(trim({text[layout.label]}) AS DOUBLE) AS TINYINT) AS label"]


def _time(source: Source, layout: Layout, text: Sequence[str]) -> list[str]:
    """SQL columns: the text of the time, and its seconds where the file holds a time type."""
    if layout.counted is not None:
        first, step = layout.counted
        return ["NULL::VARCHAR AS raw_time", f"CAST({first} + {step} * (row_number() OVER () - 1) AS BIGINT) AS t"]
    raw = text[layout.time] if layout.date is None else f"{text[layout.date]} || ' ' || {text[layout.time]}"
    given = [f"{source.columns[layout.time]} AS t"] if layout.time in source.seconds else []
    return [f"{raw} AS raw_time", *given]


def _given(source: Source, layout: Layout) -> bool:
    """Whether the seconds need not be read from a text."""
    return layout.counted is not None or layout.time in source.seconds


def pseudonym(text: str, key: bytes) -> str:
    """SQL of the name that stands for a subscriber number: the first 64 bits of its HMAC-SHA-256 (RFC 2104), as hex."""
    padded = (key if len(key) <= _HASH_BLOCK else hashlib.sha256(key).digest()).ljust(_HASH_BLOCK, b"\0")
    inner, outer = (bytes(b ^ pad for b in padded).hex() for pad in (0x36, 0x5C))
    return f"left(sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode({text})))), 16)"


_HASH_BLOCK = 64

# One constant to search in: an IN list of this length becomes a join, and there is one per value column.
MISSING_SQL = literal("|" + "|".join(MISSING) + "|")


def number(text: str, source: Source, *, native: bool) -> str:
    """SQL of the FLOAT in a field of a source: NULL when missing, unreadable or infinite."""
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
    text = f"lower(trim(CAST(x{k} AS VARCHAR)))"
    return f"(v{k} IS NULL AND x{k} IS NOT NULL AND NOT contains({MISSING_SQL}, '|' || {text} || '|'))"


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
        key = (layout.kpis, layout.cells, layout.stamps.utc, layout.label is None)
        if key not in self._by_columns:
            self._by_columns[key] = Filling(self._session, layout, with_labels=self._with_labels, key=self._key)
        return self._by_columns[key]

    def tables(self) -> tuple[Table, ...]:
        """All tables that got rows."""
        return tuple(f.table() for f in self._by_columns.values() if f.parts)
