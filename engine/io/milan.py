"""The raw layout of the Telecom Italia Milan data: TSV without header, one row per square, interval and country code.

Columns: square id, begin of the 10-minute interval in ms since 1970 (UTC), country code, SMS in, SMS out, calls in,
calls out, internet. All rows of a square and interval in one file are its parts and are summed. An empty field or an
absent row means that no activity was recorded. Barlacchi et al., Sci. Data 2:150055 (2015), doi:10.7910/DVN/EGZHFV.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from engine.errors import InputError, Reason
from engine.io import squares, tables
from engine.io.base import LoadOptions, Measurements, Part, Recognition, Refused, Table
from engine.io.peek import peek, unpacked
from engine.io.rows import Problem
from engine.io.session import NOTHING_GUESSED, Session, file_literal
from engine.io.stamps import EARLIEST_S, LATEST_S
from engine.monitor import Monitor

PERIOD_S = 600
_COLUMNS = 8
_LINE = re.compile(r"\d{1,5}\t1\d{12}\t\d{1,6}(\t[\d.eE+-]*){1,5}\s*")


class MilanRaw:
    """Daily files `sms-call-internet-mi-YYYY-MM-DD.txt`."""

    id: ClassVar[str] = "milan-raw"
    label: ClassVar[str] = "Telecom Italia Milan, raw"
    suffixes: ClassVar[tuple[str, ...]] = (".txt", ".tsv", ".gz")

    def recognise(self, path: Path, options: LoadOptions) -> Recognition | None:  # noqa: ARG002 - nothing to choose
        """Tab-separated numbers: a square, a time in ms, a country code and up to five activities."""
        seen = peek(path)
        lines = [line for line in seen.lines[:200] if line.strip()]
        if not seen.is_text or not lines or sum(bool(_LINE.fullmatch(x)) for x in lines) < 0.6 * len(lines):
            return None
        why = Reason("recognised_milan", {"file": path.name})
        names = ("cell", "time", "country code", *squares.KPIS)
        mapping = {name: f"column {k + 1}" for k, name in enumerate(names)}
        return Recognition(self.id, self.id, 1.0, why, mapping)

    def read(self, paths: Sequence[Path], options: LoadOptions, session: Session, monitor: Monitor) -> Measurements:
        """Read the files and sum over country codes, out of core. Raises InputError, Cancelled."""
        found: list[tuple[Path, str]] = []
        refused: list[Refused] = []
        for path, part in tables.each(paths, monitor):
            seen = peek(path)
            if seen.wrapping == "gzip":
                for done in unpacked(path):
                    part.part(0.0, 0.2).step(done / seen.size, Reason("stage_load", {"name": path.name}))
            try:
                name, lines = _read_file(session, path, seen.wrapping, part.part(0.2, 1.0))
            except session.errors as error:
                raise tables.failed(path, error) from None
            refused += lines
            found.append((path, name))
        first, last = _numbers(session, [name for _, name in found])
        names = tuple(map(str, range(last + 1)))
        recognised = self.recognise(paths[0], options)
        if recognised is None:
            raise InputError(Reason("file_changed", {"file": paths[0].name}))
        return Measurements(
            session=session,
            format=self.id,
            tables=tuple(_table(session, path, name, names) for path, name in found),
            zone=squares.ZONE,
            sparse=True,
            period_s=PERIOD_S,
            refused=tuple(refused),
            mapping=recognised.mapping,
            cells=squares.squares(names[first:]),
        )


def _numbers(session: Session, names: Sequence[str]) -> tuple[int, int]:
    """The lowest and the highest number of a square in some tables; 0 where there is none."""
    cells = " UNION ALL ".join(f"SELECT cell FROM {name} WHERE problem = 0" for name in names)
    ((first, last),) = session.rows(f"SELECT coalesce(min(cell), 0), coalesce(max(cell), 0) FROM ({cells})")
    return int(first), int(last)


def _table(session: Session, path: Path, name: str, squares_by_number: tuple[str, ...]) -> Table:
    last = int(session.rows(f"SELECT count(*) FROM {name}")[0][0])
    whole = (Part(path, path.name, 0, last, skipped=0, per_line=0),)
    return Table(name, squares.KPIS, whole, utc=True, weighted=True, ordered=False, cell_names=squares_by_number)


def _read_file(session: Session, path: Path, wrapping: str, monitor: Monitor) -> tuple[str, list[Refused]]:
    """(table with the sums of one file, lines that are no row).

    The first pass has duckdb type the fields, which is as fast as it can be. Only where it finds anything broken, a
    second, slower pass marks each broken row with its reason.
    """
    reason, name = Reason("stage_load", {"name": path.name}), session.new_table()
    session.run_csv(f"CREATE TEMP TABLE {name} AS {_typed(path, wrapping)}", monitor.part(0.0, 0.9), reason)
    strange = session.rows(f"SELECT 1 FROM {name} WHERE cell IS NULL OR t IS NULL OR problem > 0 LIMIT 1")
    if not tables.refused_rows(session, path.name) and not strange:
        return name, []
    session.connection.execute(f"DROP TABLE {name}")
    session.run_csv(f"CREATE TEMP TABLE {name} AS {_marked(path, wrapping)}", monitor.part(0.9, 1.0), reason)
    return name, tables.refused_rows(session, path.name)


def _relation(path: Path, wrapping: str, types: Sequence[str]) -> str:
    columns = ", ".join(f"'c{k}': '{kind}'" for k, kind in enumerate(types))
    return (
        f"read_csv({file_literal(path)}, {NOTHING_GUESSED}, delim='\t', quote='', escape=''"
        f", null_padding=true, compression='{wrapping or 'none'}', columns={{{columns}}}, store_rejects=true"
        ", strict_mode={strict})"
    )


def _typed(path: Path, wrapping: str) -> str:
    """Sum the country codes of a square and interval.

    The key is the stamp as it is written: a division would be one more for every line. A fraction of a second in it is
    left to the second pass, which puts the stamps of a second together.
    """
    relation = _relation(path, wrapping, ["UINTEGER", "BIGINT", "VARCHAR", *["DOUBLE"] * len(squares.KPIS)])
    names = [f"v{k}" for k in range(len(squares.KPIS))]
    sums = ", ".join(f"CAST(sum(c{k + 3}) AS FLOAT) AS {name}" for k, name in enumerate(names))
    finite = " AND ".join(f"coalesce(isfinite({name}), true)" for name in names)
    in_time = f"c1 BETWEEN {1000 * EARLIEST_S} AND {1000 * LATEST_S} AND c1 % 1000 = 0"
    return (
        f"SELECT c0 AS cell, c1 // 1000 AS t, {', '.join(names)}, n"
        f", CAST(NOT ({finite} AND c0 < {_SQUARES} AND {in_time}) AS UTINYINT) AS problem, 0 AS unreadable"
        f", '' AS offending FROM (SELECT c0, c1, {sums}, count(*) AS n FROM {relation} GROUP BY c0, c1)"
    )


_SQUARES = 100_000
"""Grids of the challenge have some ten thousand squares; what has a larger number is no square."""

_NUMBERS = tuple(f"TRY_CAST(c{k + 3} AS DOUBLE)" for k in range(len(squares.KPIS)))


def _marked(path: Path, wrapping: str) -> str:
    """The same, field by field, with what is broken marked."""
    relation = _relation(path, wrapping, ["VARCHAR"] * _COLUMNS)
    values = ", ".join(f"CASE WHEN isfinite({n}) THEN {n} END AS x{k}" for k, n in enumerate(_NUMBERS))
    bad = " + ".join(f"CAST(x{k} IS NULL AND c{k + 3} IS NOT NULL AS INTEGER)" for k in range(5))
    first_bad = " ".join(f"WHEN x{k} IS NULL AND c{k + 3} IS NOT NULL THEN c{k + 3}" for k in range(5))
    sums = ", ".join(f"CAST(sum(x{k}) AS FLOAT) AS v{k}" for k in range(5))
    problem = (
        f"CASE WHEN t IS NULL THEN {Problem.TIME} WHEN t NOT BETWEEN {EARLIEST_S} AND {LATEST_S} THEN {Problem.RANGE}"
        f" WHEN square IS NULL OR square >= {_SQUARES} THEN {Problem.CELL}"
        f" WHEN bad > 0 AND coalesce(x0, x1, x2, x3, x4) IS NULL THEN {Problem.VALUE} ELSE {Problem.NONE} END"
    )
    return (
        f"SELECT square AS cell, t, {sums}, count(*) AS n, problem, sum(bad) AS unreadable"
        f", any_value(offending) AS offending FROM (SELECT *, {problem} AS problem FROM (SELECT *, {bad} AS bad,"
        f" CASE WHEN t IS NULL THEN left(c1, 80) WHEN square IS NULL THEN left(c0, 80) {first_bad} END AS offending"
        f" FROM (SELECT *, TRY_CAST(c0 AS UINTEGER) AS square, TRY_CAST(c1 AS BIGINT) // 1000 AS t, {values}"
        f" FROM {relation}))) GROUP BY square, t, problem"
    )
