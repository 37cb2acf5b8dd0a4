"""Call detail records of an Asterisk exchange (`Master.csv`), summed to calls per period and dialling context.

Fields (no header): account code, caller, called, context, caller id, channel, destination channel, last application and
its data, start, answer, end, duration s, billed s, disposition, AMA flags, unique id, user field. A call has one row
per leg, all with the same unique id. The numbers of callers and called are never selected: they stay in the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from engine.calendar import duration_text
from engine.data import Cell
from engine.errors import InputError, Reason
from engine.io import call_series, kpis, stamps, tables
from engine.io.base import LoadOptions, Measurements, Part, Recognition, Table
from engine.io.call_series import HOUR_S, LONGEST_S
from engine.io.peek import peek, unpacked
from engine.io.plain_text import mixed
from engine.io.rows import Problem
from engine.io.session import NOTHING_GUESSED, Session, file_literal
from engine.io.stamps import EARLIEST_S, LATEST_S
from engine.monitor import Monitor

_KPIS = ("calls", "answered", "talk_seconds")
_CONTEXT, _START, _DURATION, _BILLED, _DISPOSITION, _UNIQUE = 3, 9, 12, 13, 14, 16
WITHOUT_NUMBERS = frozenset((_CONTEXT, 7, _START, 10, 11, _DURATION, _BILLED, _DISPOSITION, 15, _UNIQUE))
"""The fields that hold nobody's number or name."""

_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_DISPOSITIONS = ("ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION", "CANCEL")


class Asterisk:
    """`Master.csv` of Asterisk and the exchanges built on it."""

    id: ClassVar[str] = "cdr-asterisk"
    label: ClassVar[str] = "Asterisk call detail records"
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".gz")

    def recognise(
        self,
        path: Path,
        options: LoadOptions,  # noqa: ARG002 - nothing to choose
    ) -> Recognition | None:
        """17 or 18 fields without header: three stamps, two numbers of seconds, a disposition."""
        seen = peek(path)
        lines = [line for line in seen.lines[:100] if line.strip()] if seen.is_text else []
        if not lines or sum(is_record(_fields(line)) for line in lines) < 0.6 * len(lines):
            return None
        mapping = {"time": "start", "cell": "context", "values": ", ".join(_KPIS)}
        return Recognition(self.id, self.id, 1.0, Reason("recognised_asterisk", {"file": path.name}), mapping)

    def read(self, paths: Sequence[Path], options: LoadOptions, session: Session, monitor: Monitor) -> Measurements:
        """Count calls (unique ids), answered calls and billed seconds per period. Raises InputError, Cancelled."""
        period_s, split = min(options.period_s or HOUR_S, HOUR_S), call_series.is_split(options)
        name = session.new_table()
        values = ", ".join(f"v{k} FLOAT" for k in range(len(_KPIS)))
        session.connection.execute(
            f"CREATE TEMP TABLE {name} (cell VARCHAR, t BIGINT, {values}, n UINTEGER, calls UINTEGER, problem UTINYINT,"
            " unreadable UINTEGER, offending VARCHAR)"
        )
        parts: list[Part] = []
        refused, notes = [], []
        for path, part in tables.each(paths, monitor):
            seen = peek(path)
            fields = _fields(next((line for line in seen.lines if line.strip()), ""))
            if seen.duckdb_encoding == "utf-16" or not seen.is_text or self.recognise(path, options) is None:
                raise InputError(Reason("file_changed", {"file": path.name}))
            reason = Reason("stage_load", {"name": path.name})
            if seen.wrapping == "gzip":
                for done in unpacked(path):
                    part.part(0.0, 0.2).step(done / seen.size, reason)
            try:
                statement = _insert(
                    name, path, seen.wrapping, seen.duckdb_encoding, len(fields), _pieces(period_s, split=split)
                )
                session.run_csv(statement, part.part(0.2, 1.0), reason)
                refused += tables.refused_rows(session, path.name, people=True)
            except session.errors as error:
                raise tables.failed(path, error) from None
            notes += mixed(seen, apart=False)
            last = int(session.rows(f"SELECT count(*) FROM {name}")[0][0])
            parts.append(Part(path, path.name, parts[-1].last if parts else 0, last, skipped=0, per_line=0))
        ((legs, calls),) = session.rows(f"SELECT sum(n), sum(calls) FROM {name} WHERE problem = 0")
        contexts = [str(row[0]) for row in session.rows(f"SELECT DISTINCT cell FROM {name} WHERE problem = 0")]
        return Measurements(
            session=session,
            format=self.id,
            tables=(Table(name, _KPIS, tuple(parts), utc=False, weighted=True, ordered=False),),
            sparse=True,
            period_s=period_s,
            refused=tuple(refused),
            mapping={"time": "start", "cell": "context", "values": ", ".join(_KPIS)},
            notes=(
                Reason("cdr_split" if split else "cdr_aggregated", {"period": duration_text(period_s)}),
                Reason("cdr_legs", {"rows": int(legs or 0), "calls": int(calls or 0)}),
                *notes,
            ),
            kpis={k: found for k in _KPIS if (found := kpis.known(k)) is not None},
            cells={c: Cell(c, name=c) for c in contexts},
        )


def _fields(line: str) -> list[str]:
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return []


def is_record(fields: Sequence[str]) -> bool:
    """Whether these are the fields of a record."""
    return (
        len(fields) in (16, 17, 18)
        and bool(_STAMP.fullmatch(fields[_START]))
        and fields[12].strip().isdecimal()
        and fields[_BILLED].strip().isdecimal()
        and fields[_DISPOSITION].strip().upper() in _DISPOSITIONS
    )


def _pieces(period_s: int, *, split: bool) -> tuple[str, str, str]:
    """SQL of (in how many periods a call counts, the begin of the one numbered `piece`, the seconds talked in it).

    The talk begins when the ringing (`rang`) ends, which may be in a later period than the call.
    """
    begin = f"t - t % {period_s} + piece * {period_s}"
    if not split:
        return "1", begin, "billed"
    ended = f"(t % {period_s} + rang + billed)"
    count = f"greatest(CAST(ceil({ended} / {period_s}) AS BIGINT), 1)"
    pieces = f"CASE WHEN rang + billed <= {LONGEST_S} THEN {count} ELSE 1 END"
    part = f"least((piece + 1) * {period_s}, {ended}) - greatest(piece * {period_s}, t % {period_s} + rang)"
    return f"coalesce({pieces}, 1)", begin, f"CASE WHEN pieces = 1 THEN billed ELSE greatest({part}, 0) END"


def _insert(table: str, path: Path, wrapping: str, encoding: str, count: int, pieces: tuple[str, str, str]) -> str:
    """One pass: type, mark what is broken, sum the legs of a period and context."""
    columns = ", ".join(f"'c{k}': 'VARCHAR'" for k in range(count))
    relation = (
        f"read_csv({file_literal(path)}, {NOTHING_GUESSED}, delim=',', quote='\"', escape='\"'"
        f", compression='{wrapping or 'none'}', encoding='{encoding}', columns={{{columns}}}, store_rejects=true"
        ", strict_mode={strict})"
    )
    seconds = stamps.wall_clock(f"c{_START}")
    billed = f"TRY_CAST(c{_BILLED} AS DOUBLE)"
    problem = (
        f"CASE WHEN t IS NULL THEN {Problem.TIME} WHEN t NOT BETWEEN {EARLIEST_S} AND {LATEST_S} THEN {Problem.RANGE}"
        f" WHEN billed IS NULL THEN {Problem.VALUE} ELSE {Problem.NONE} END"
    )
    periods, begin, talked = pieces
    answered = "count(DISTINCT id) FILTER (answered AND piece = 0)"
    calls = "count(DISTINCT id) FILTER (piece = 0)"
    return (
        f"INSERT INTO {table} SELECT context, {begin}, CAST({calls} AS FLOAT), CAST({answered} AS FLOAT)"
        f", CAST(sum({talked}) AS FLOAT), count(*) FILTER (piece = 0), {calls}, problem, 0"
        f", any_value(CASE WHEN t IS NULL THEN raw END) FROM (SELECT *, {problem} AS problem"
        f", unnest(range(pieces)) AS piece FROM (SELECT *, {periods} AS pieces FROM"
        f" (SELECT coalesce(nullif(trim(c{_CONTEXT}), ''), 'default') AS context, left(c{_START}, 20) AS raw"
        f", {seconds} AS t, {billed} AS billed, greatest(TRY_CAST(c{_DURATION} AS DOUBLE) - {billed}, 0) AS rang"
        f", c{_UNIQUE if count > _UNIQUE else _START} AS id"
        f", upper(trim(c{_DISPOSITION})) = 'ANSWERED' AS answered FROM {relation})))"
        f" GROUP BY context, {begin}, problem"
    )
