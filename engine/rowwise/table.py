"""Rows that cannot be put in order: no date, so no series; each row is judged by its own values.

The data set of the competition "Anomaly detection in cellular networks" is of this kind: a clock time, a cell, ten KPIs
and a label, shuffled. What is read is what stands in the row; nothing is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.data import BoolArray, DoubleArray, Dropped, IntArray
from engine.data.units import Unit
from engine.errors import InputError, Reason
from engine.files.header_words import (
    CELL_NAMES,
    END_NAMES,
    LABEL_NAMES,
    SITE_NAMES,
    SUBSCRIBER_NAMES,
    TIME_NAMES,
    is_of_people,
    is_one_of,
    plain,
)
from engine.io import dialect, stamps, tables, unit_fields
from engine.io.base import LoadOptions
from engine.io.dialect import Sample
from engine.io.disguise import shown
from engine.io.peek import peek
from engine.io.plain_text import as_utf8
from engine.io.rows import MISSING_SQL, number
from engine.io.session import Session
from engine.monitor import Monitor

UNLABELLED = -1
NO_HOUR = -1

_STATION = re.compile(r"(\d+)\D.*|(.+?)[-_ ]?\w")


@dataclass(frozen=True, eq=False)
class RowTable:
    """N rows of K KPIs in the order of the files.

    values (N, K) NaN = missing or unreadable; labels (N,) 1 anomalous, 0 usual, -1 not labelled; hours (N,) hour of the
    day of the clock time, -1 unknown; cells, times, files (N,) as they stand; lines (N,) number of the line.
    unreadable: per KPI how many fields held something that is no number, and the first such text. units: of the KPIs
    whose fields carry one ("12.5 Mbps"); notes: what was converted.
    """

    kpis: tuple[str, ...]
    values: DoubleArray
    labels: npt.NDArray[np.int8]
    hours: IntArray
    cells: npt.NDArray[np.object_]
    times: npt.NDArray[np.object_]
    files: npt.NDArray[np.object_]
    lines: IntArray
    label_name: str = ""
    unreadable: dict[str, tuple[int, str]] = field(default_factory=dict)
    dropped: tuple[Dropped, ...] = ()
    units: Mapping[str, Unit] = field(default_factory=dict)
    notes: tuple[Reason, ...] = ()

    @property
    def labelled(self) -> BoolArray:
        """(N,) whether a row has a label."""
        known: BoolArray = self.labels != UNLABELLED
        return known

    def stations(self) -> IntArray:
        """(N,) number of the station of each row: cells of one station are never on both sides of a comparison."""
        return np.unique([station(str(cell)) for cell in self.cells], return_inverse=True)[1].astype(np.int64)


def station(cell: str) -> str:
    """The station that a cell's name speaks for: the leading number ("12BLTE" -> "12"), else all but its last letter.

    A name that is a number alone is a station of its own.
    """
    found = None if cell.isdecimal() else _STATION.fullmatch(cell)
    return (found[1] or found[2]) if found else cell


@dataclass(frozen=True)
class _Roles:
    """Column numbers; None where the table has no such column. units: those that fields of a KPI carry, the commonest
    first.
    """

    kpis: tuple[int, ...]
    units: Mapping[int, tuple[Unit, ...]]
    label: int | None
    cell: int | None
    time: int | None


def read_rows(paths: Sequence[Path], options: LoadOptions, monitor: Monitor) -> RowTable:
    """Read tables of text (CSV, TSV, plain or gzip) as rows; files may lack the label, not the KPIs.

    Numbers with units behind them are brought to one unit each, that of the first file. Raises InputError (no table,
    other KPIs than the first file, or in another quantity, no row that can be used), Cancelled.
    """
    parts: list[RowTable] = []
    with Session() as session:
        for path, part in tables.each(paths, monitor):
            found = _read(path, options, session, part, parts[0] if parts else None)
            if parts and parts[0].kpis != found.kpis:
                told = {"file": path.name, "kpis": ", ".join(found.kpis), "first": ", ".join(parts[0].kpis)}
                raise InputError(Reason("rows_other_kpis", told))
            parts.append(found)
    joined = _joined(parts)
    if not np.isfinite(joined.values).any():
        raise InputError(Reason("no_values_at_all", {"files": paths[0].name, "rows": len(joined.lines)}))
    return joined


def _joined(parts: Sequence[RowTable]) -> RowTable:
    unreadable: dict[str, tuple[int, str]] = {}
    for part in parts:
        for kpi, (count, first) in part.unreadable.items():
            before = unreadable.get(kpi, (0, first))
            unreadable[kpi] = (before[0] + count, before[1])
    return RowTable(
        kpis=parts[0].kpis,
        values=np.concatenate([p.values for p in parts]),
        labels=np.concatenate([p.labels for p in parts]),
        hours=np.concatenate([p.hours for p in parts]),
        cells=np.concatenate([p.cells for p in parts]),
        times=np.concatenate([p.times for p in parts]),
        files=np.concatenate([p.files for p in parts]),
        lines=np.concatenate([p.lines for p in parts]),
        label_name=next((p.label_name for p in parts if p.label_name), ""),
        unreadable=unreadable,
        dropped=tuple(d for p in parts for d in p.dropped),
        units=parts[0].units,
        notes=tuple(n for p in parts for n in p.notes),
    )


def _roles(sample: Sample, file: str, options: LoadOptions) -> _Roles:
    """Which column is what. Raises InputError: no header, a mapped column is missing, or no column of numbers."""
    names = sample.dialect.names
    if not sample.dialect.header:
        line = shown(", ".join(sample.rows[0]))[:120] if sample.rows else ""
        raise InputError(Reason("header_missing", {"file": file, "columns": len(names), "line": line}))

    def chosen(role: str, known: tuple[str, ...]) -> int | None:
        asked = options.mapping.get(role)
        if asked is not None and asked not in names:
            raise InputError(
                Reason("no_such_column", {"file": file, "column": asked, "role": role, "columns": ", ".join(names)})
            )
        if asked is not None:
            return names.index(asked)
        return next((k for n in known for k, name in enumerate(names) if is_one_of(plain(name), (n,))), None)

    label, cell = chosen("label", LABEL_NAMES), chosen("cell", (*CELL_NAMES, *SITE_NAMES))
    time = chosen("time", TIME_NAMES)
    wanted = {k.lower() for k in options.kpis}
    kpis = []
    units: dict[int, tuple[Unit, ...]] = {}
    for k, name in enumerate(names):
        fields = sample.column(k)
        carried = unit_fields.units_of(fields, sample.dialect.number)
        numbers = sum(sample.dialect.number(f) is not None for f in fields)
        numeric = numbers >= max(1, 0.5 * len(fields)) or bool(carried)
        named = is_one_of(plain(name), (*CELL_NAMES, *SITE_NAMES, *SUBSCRIBER_NAMES, *END_NAMES, *LABEL_NAMES))
        if k not in (label, cell, time) and numeric and not named and (not wanted or name.lower() in wanted):
            kpis.append(k)
            units |= {k: carried} if carried else {}
    if not kpis:
        raise InputError(Reason("no_value_column", {"file": file, "columns": ", ".join(names)[:300]}))
    return _Roles(tuple(kpis), units, label, cell, time)


def _units(
    roles: _Roles, names: Sequence[str], file: str, first: RowTable | None
) -> tuple[dict[str, Unit], tuple[Reason, ...]]:
    """The unit that each KPI is brought to, for those whose fields carry one, and notes on what is converted.

    first: the first file, whose units hold. Raises InputError where it has a KPI in another quantity or in none.
    """
    carried = {name: roles.units[k] for k, name in zip(roles.kpis, names, strict=True) if k in roles.units}
    if first is None:
        units = {name: unit_fields.unit_of(some) for name, some in carried.items()}
    else:
        units = {name: unit for name, unit in first.units.items() if name in names}
    notes = []
    for name, some in carried.items():
        if name not in units and some[0].symbol == unit_fields.PERCENT:
            continue
        told: dict[str, str | int | float] = {"file": file, "kpi": name, "unit": some[0].symbol}
        other = {} if first is None else {"other": str(first.files[0]) if len(first.files) else ""}
        if name not in units:
            raise InputError(Reason("units_in_some_files", {**told, **other}))
        unit = units[name]
        if some[0].quantity != unit.quantity:
            raise InputError(Reason("units_of_files", {**told, **other, "known": unit.symbol}))
        if set(some) != {unit}:
            written = ", ".join(one.symbol for one in some)
            params = {"file": file, "column": name, "written": written, "unit": unit.symbol}
            notes.append(Reason("units_converted", params))
    return units, tuple(notes)


def _read(
    path: Path, options: LoadOptions, session: Session, monitor: Monitor, first: RowTable | None = None
) -> RowTable:
    seen = peek(path, options.encoding)
    sample = dialect.sample(seen.lines) if seen.is_text else None
    if sample is None or len(sample.dialect.names) < 2:
        raise InputError(Reason("rows_no_table", {"file": path.name}))
    roles = _roles(sample, path.name, options)
    names = tuple(sample.dialect.names[k] for k in roles.kpis)
    plain_file = as_utf8(seen, sample.dialect, session, monitor.part(0.0, 0.2))
    compression = "gzip" if seen.wrapping == "gzip" and plain_file == path else "none"
    source = tables.text_source(path, path.name, plain_file, sample.dialect, compression)

    def text(role: int | None) -> str:
        return "''" if role is None else f"coalesce(trim({source.columns[role]}), '')"

    label = "NULL" if roles.label is None else f"TRY_CAST(TRY_CAST({text(roles.label)} AS DOUBLE) AS TINYINT)"
    hour = f"TRY_CAST(regexp_extract({text(roles.time)}, '^(?:.*[ T])?(\\d{{1,2}}):\\d{{2}}', 1) AS INTEGER)"
    units, notes = _units(roles, names, path.name, first)
    written = sample.dialect
    fields = [
        source.columns[k]
        if name not in units
        else unit_fields.sql(source.columns[k], units[name], written.decimal, written.thousands)
        for k, name in zip(roles.kpis, names, strict=True)
    ]
    values = [f"CAST({number(x, source, native=False)} AS DOUBLE)" for x in fields]
    name = session.new_table()
    reason = Reason("stage_load", {"name": path.name})
    try:
        session.run_csv(
            f"CREATE TEMP TABLE {name} AS SELECT {text(roles.cell)} AS cell, {text(roles.time)} AS time"
            f", coalesce({label}, {UNLABELLED}) AS label, coalesce({hour}, {NO_HOUR}) AS hour, "
            + ", ".join(f"{v} AS v{k}, {x} AS x{k}" for k, (x, v) in enumerate(zip(fields, values, strict=True)))
            + f" FROM {source.relation}",
            monitor.part(0.2, 0.8),
            reason,
        )
        refused = tables.refused_rows(session, path.name, people=any(map(is_of_people, sample.dialect.names)))
    except session.errors as error:
        raise tables.failed(path, error) from None
    blank = f"coalesce({', '.join(f'v{k}' for k in range(len(fields)))}) IS NULL"
    dropped = [Dropped(r.reason, r.rows, r.example) for r in refused]
    ((lost,),) = session.rows(f"SELECT count(*) FROM {name} WHERE {blank}")
    if lost:
        dropped.append(Dropped(Reason("row_value"), int(lost), path.name))
    columns = ", ".join(f"coalesce(v{k}, 'nan'::DOUBLE) AS v{k}" for k in range(len(fields)))
    found = session.arrays(
        f"SELECT cell, time, label, hour, rowid AS id, {columns} FROM {name} WHERE NOT ({blank}) ORDER BY rowid"
    )
    unreadable = {}
    for k, kpi in enumerate(names):
        bad = f"v{k} IS NULL AND x{k} IS NOT NULL AND NOT contains({MISSING_SQL}, '|' || lower(trim(x{k})) || '|')"
        ((count, first),) = session.rows(f"SELECT count(*), coalesce(min(x{k}), '') FROM {name} WHERE {bad}")
        if count:
            unreadable[kpi] = (int(count), shown(str(first))[:80])
    session.connection.execute(f"DROP TABLE {name}")
    rows = len(found["id"])
    return RowTable(
        kpis=names,
        values=np.column_stack([found[f"v{k}"] for k in range(len(fields))]).astype(np.float64),
        labels=found["label"].astype(np.int8),
        hours=found["hour"].astype(np.int64),
        cells=found["cell"].astype(object),
        times=found["time"].astype(object),
        files=np.full(rows, path.name, object),
        lines=found["id"].astype(np.int64) + sample.dialect.skipped + 1,
        label_name="" if roles.label is None else sample.dialect.names[roles.label],
        unreadable=unreadable,
        dropped=tuple(dropped),
        units=units,
        notes=notes,
    )


def looks_rowwise(path: Path) -> bool:
    """Whether a file is a table whose times carry no date, so that its rows can be judged one by one only."""
    seen = peek(path)
    sample = dialect.sample(seen.lines) if seen.is_text else None
    if sample is None or not sample.dialect.header:
        return False
    times = [k for k, name in enumerate(sample.dialect.names) if is_one_of(plain(name), TIME_NAMES)]
    return any(stamps.is_clock_only(sample.column(k)[:50]) for k in times)
