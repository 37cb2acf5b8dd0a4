"""Call detail records to series: what each call, message or session adds to its entity and period.

All counts of an entity and period are summed, over files too: the records of one hour often lie in several files. A
call counts in the period in which it starts; so do its minutes, unless they are to be split over the periods in which
it was talked. Volumes of a data session count where and when their container began.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from engine.calendar import duration_text, local_seconds
from engine.data import Cell, Direction, Kpi, KpiKind
from engine.errors import InputError, Reason
from engine.io.base import LoadOptions, Measurements, Part, Refused, Table
from engine.io.session import Session

HOUR_S = 3600
MINUTE_S = 60
MEGABYTE = 1_000_000

Amounts = Mapping[str, float]
"""KPI id -> what is added to it. A KPI that is named, even with 0, exists in the data set."""

_COUNT, _UP, _BOTH = KpiKind.COUNT, Direction.UP, Direction.BOTH
KPIS: dict[str, Kpi] = {
    kpi.id: kpi
    for kpi in (
        Kpi("calls_mo", "calls", _COUNT, _BOTH),
        Kpi("calls_mt", "calls", _COUNT, _BOTH),
        Kpi("call_minutes", "min", _COUNT, _BOTH),
        Kpi("call_drops", "calls", _COUNT, _UP),
        Kpi("call_failures", "calls", _COUNT, _UP),
        Kpi("sms_mo", "messages", _COUNT, _BOTH),
        Kpi("sms_mt", "messages", _COUNT, _BOTH),
        Kpi("sms_failures", "messages", _COUNT, _UP),
        Kpi("data_sessions", "sessions", _COUNT, _BOTH),
        Kpi("data_mb_up", "MB", _COUNT, _BOTH),
        Kpi("data_mb_down", "MB", _COUNT, _BOTH),
        Kpi("data_drops", "sessions", _COUNT, _UP),
    )
}
"""Every KPI that call detail records can give, in the order in which people see them."""

MINUTES = "call_minutes"
"""The KPI that can be split over periods."""

CELL, AREA, SUBSCRIBER = "cell", "area", "subscriber"
"""What a series can be of: chosen by the mapping role "entity"."""

START, SPLIT = "start", "split"
"""Where the minutes of a call count: chosen by the mapping role "call_hours"."""

ONE, TWO = "one", "two"
"""In how many rows of a table a call stands: chosen by the mapping role "call_rows", else found out."""

LONGEST_S = 7 * 86_400
"""A longer call is a record that was never closed: its minutes are not split."""

_MOST_SUMS = 200_000
_HASH_DIGITS = 16


def entity_of(options: LoadOptions) -> str:
    """What the series are of. Raises InputError for a choice that is none."""
    return _chosen(options, "entity", (CELL, AREA, SUBSCRIBER)) or CELL


def rows_of(options: LoadOptions) -> str:
    """In how many rows a call stands, "" = not said. Raises InputError for a choice that is none."""
    return _chosen(options, "call_rows", (ONE, TWO))


def is_split(options: LoadOptions) -> bool:
    """Whether minutes count in every period in which they were talked. Raises InputError for a choice that is none."""
    return _chosen(options, "call_hours", (START, SPLIT)) == SPLIT


def _chosen(options: LoadOptions, role: str, choices: Sequence[str]) -> str:
    wanted = options.mapping.get(role, "")
    if wanted and wanted not in choices:
        raise InputError(Reason("cdr_no_such_choice", {"choice": wanted, "role": role, "choices": ", ".join(choices)}))
    return wanted


def pseudonym(number: str, key: bytes) -> str:
    """The name that stands for a subscriber number: the first 64 bits of its HMAC-SHA-256 (RFC 2104), as hex."""
    return hmac.new(key, number.encode(), hashlib.sha256).hexdigest()[:_HASH_DIGITS]


class CallSeries:
    """Sums per entity, period and KPI, while records are added. Memory is bounded: sums go to the session's tables.

    Sums are of the periods that were asked for, but of hours at most: longer periods follow the wall clock and are put
    together later, from hours. utc: the seconds given are UTC, else of the wall clock.
    """

    def __init__(self, session: Session, options: LoadOptions, *, utc: bool) -> None:
        self._session = session
        self._period_s = min(options.period_s or HOUR_S, HOUR_S)
        self._split = is_split(options)
        self._utc = utc
        self._zone = options.zone or options.usual_zone
        self._to_wall = utc and bool(self._zone) and (options.period_s or 0) > HOUR_S
        self._shift_s: int | None = None
        self._places = {kpi_id: k for k, kpi_id in enumerate(KPIS)}
        self._sums: dict[tuple[str, int], list[float]] = {}
        self._used: set[str] = set()
        self._name = session.new_table()
        columns = ", ".join(f"{kpi_id} DOUBLE" for kpi_id in KPIS)
        session.connection.execute(f"CREATE TEMP TABLE {self._name} (cell VARCHAR, t BIGINT, {columns}, n UBIGINT)")

    def add(self, entity: str, second: int, amounts: Amounts, records: int) -> None:
        """Add what one record says. records: 1 for a record, 0 for what a record adds besides."""
        minutes = amounts.get(MINUTES, 0.0)
        begin = self._begin(second)
        first = (begin + self._period_s - second) / MINUTE_S
        if not self._split or not first < minutes <= LONGEST_S / MINUTE_S:
            self._add(entity, begin, amounts, records)
            return
        self._add(entity, begin, {**amounts, MINUTES: first}, records)
        whole = self._period_s / MINUTE_S
        rest = minutes - first
        while rest > 0:
            begin += self._period_s
            self._add(entity, begin, {MINUTES: min(rest, whole)}, 0)
            rest -= whole

    def _add(self, entity: str, begin: int, amounts: Amounts, records: int) -> None:
        key = entity, begin
        sums = self._sums.get(key)
        if sums is None:
            if len(self._sums) >= _MOST_SUMS:
                self._flush()
            sums = self._sums[key] = [0.0] * (len(KPIS) + 1)
        for kpi_id, amount in amounts.items():
            sums[self._places[kpi_id]] += amount
        sums[-1] += records
        self._used |= amounts.keys()

    def add_rows(self, relation: str, amounts: Mapping[str, str]) -> str:
        """SQL that adds the rows of a relation with the columns `cell`, `t`, `seconds` (of talk) and `n` (records).

        amounts: KPI id -> SQL of what a row adds.
        """
        self._used |= amounts.keys()
        if self._split:
            relation = self._pieces(relation)
            amounts = {
                k: sql if k == MINUTES else f"({sql}) * CAST(piece = 0 AS INTEGER)" for k, sql in amounts.items()
            }
        listed = ", ".join(f"sum({amounts[kpi_id]})" if kpi_id in amounts else "0" for kpi_id in KPIS)
        begin = f"t - (t + {self._shift()}) % {self._period_s}"
        return f"INSERT INTO {self._name} SELECT cell, {begin}, {listed}, sum(n) FROM {relation} GROUP BY cell, {begin}"

    def _pieces(self, relation: str) -> str:
        """SQL of the rows with one for every period in which a call was talked; `piece` numbers them from 0."""
        length = self._period_s
        into = f"((t + {self._shift()}) % {length})"
        talked = f"CASE WHEN seconds BETWEEN 0 AND {LONGEST_S} THEN seconds END"
        pieces = f"CAST(coalesce(greatest(ceil(({into} + {talked}) / {length}), 1), 1) AS BIGINT)"
        end = f"least((piece + 1) * {length}, into_ + seconds)"
        part = f"CASE WHEN pieces = 1 THEN seconds ELSE {end} - greatest(piece * {length}, into_) END"
        return (
            f"(SELECT * REPLACE (t - into_ * CAST(piece > 0 AS BIGINT) + piece * {length} AS t, {part} AS seconds"
            f", n * CAST(piece = 0 AS INTEGER) AS n) FROM (SELECT *, {into} AS into_, {pieces} AS pieces"
            f", unnest(range({pieces})) AS piece FROM {relation}))"
        )

    def measurements(
        self,
        format_: str,
        paths: Sequence[Path],
        mapping: Mapping[str, str],
        notes: Sequence[Reason],
        refused: Sequence[Refused],
        cells: Mapping[str, Cell],
    ) -> Measurements:
        """Everything that was added, one row per entity and period."""
        self._flush()
        if self._to_wall:
            self._put_on_the_wall_clock()
        used = [kpi_id for kpi_id in KPIS if kpi_id in self._used] or [next(iter(KPIS))]
        name = self._session.new_table()
        values = "".join(f"CAST(sum({kpi_id}) AS FLOAT) AS v{k}, " for k, kpi_id in enumerate(used))
        self._session.connection.execute(
            f"CREATE TEMP TABLE {name} AS SELECT cell, t, {values}CAST(sum(n) AS UINTEGER) AS n,"
            " CAST(0 AS UTINYINT) AS problem, CAST(0 AS UINTEGER) AS unreadable, CAST(NULL AS VARCHAR) AS offending"
            f" FROM {self._name} GROUP BY cell, t ORDER BY t, cell"
        )
        self._session.connection.execute(f"DROP TABLE {self._name}")
        rows = int(self._session.rows(f"SELECT count(*) FROM {name}")[0][0])
        # Every row may be of all files at once.
        part = Part(paths[0], ", ".join(p.name for p in paths)[:200], 0, rows, skipped=-1, per_line=0)
        return Measurements(
            session=self._session,
            format=format_,
            tables=(
                Table(name, tuple(used), (part,), utc=self._utc and not self._to_wall, weighted=True, ordered=False),
            ),
            sparse=True,
            period_s=self._period_s,
            refused=tuple(refused),
            mapping=mapping,
            notes=(
                Reason("cdr_split" if self._split else "cdr_aggregated", {"period": duration_text(self._period_s)}),
                *notes,
            ),
            kpis={kpi_id: KPIS[kpi_id] for kpi_id in used},
            cells=cells,
        )

    def _put_on_the_wall_clock(self) -> None:
        """Turn UTC hours into those of the zone's clock, of which days are made."""
        utc = self._session.arrays(f"SELECT DISTINCT t FROM {self._name}")["t"].astype(np.int64)
        clock = self._session.new_table()
        self._session.connection.execute(f"CREATE TEMP TABLE {clock} (utc BIGINT, wall BIGINT)")
        wall = local_seconds(utc.astype("datetime64[s]"), self._zone)
        self._session.insert(clock, "utc, wall", {"utc": utc, "wall": wall})
        self._session.connection.execute(f"UPDATE {self._name} SET t = c.wall FROM {clock} c WHERE t = c.utc")

    def _begin(self, second: int) -> int:
        """The begin of the period that holds a second."""
        return second - (second + self._shift(second)) % self._period_s

    def _shift(self, second: int = 0) -> int:
        """How far the zone's clock is ahead of UTC, of which only the part of an hour matters here."""
        if not self._utc or not self._zone:
            return 0
        if self._shift_s is None:
            moment = np.array([second]).astype("datetime64[s]")
            self._shift_s = int(local_seconds(moment, self._zone)[0]) - second
        return self._shift_s

    def _flush(self) -> None:
        if not self._sums:
            return
        arrays: dict[str, np.ndarray[tuple[int], np.dtype[np.generic]]] = {
            "cell": np.array([cell for cell, _ in self._sums], object),
            "t": np.array([begin for _, begin in self._sums], np.int64),
        }
        table = np.array(list(self._sums.values()), np.float64)
        arrays |= {name: np.ascontiguousarray(table[:, k]) for k, name in enumerate((*KPIS, "n"))}
        self._session.insert(self._name, ", ".join(["cell", "t", *KPIS, "CAST(n AS UBIGINT)"]), arrays)
        self._sums.clear()
