"""A project file's rows and blobs as a result."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.data import Clock, Evidence, Kept, Kpi, Models, Panel, Quality, Result, Verdict
from engine.data.event import Event
from engine.diagnose import Diagnoses
from engine.errors import Reason
from engine.execution.scratch import allocate_of, release
from engine.group import Anomalies
from engine.network.kpi_table import KpiEntry
from engine.project import records
from engine.project.arrays import Array, unpack
from engine.project.writing import CLOCK_ARRAYS, EVIDENCE_FIELDS, MODELS, TAUGHT, Key
from engine.settings import Settings

if TYPE_CHECKING:
    import duckdb


ROWS_AT_ONCE = 2000


def read_panel(connection: duckdb.DuckDBPyConnection) -> Panel:
    """The panel of an open project of the current schema."""
    meta, arrays = _meta(connection), Arrays(connection)
    told = {entry.kpi.lower(): entry for entry in map(records.entry_in, _rows(connection, "dictionary"))}
    kpis = tuple(_with_denominator(records.kpi_in(row), told) for row in _rows(connection, "kpis"))
    return Panel(
        times=arrays.read("panel", field="times")[0],
        period_s=meta["period_s"],
        zone=meta["zone"],
        cells=tuple(records.cell_in(row) for row in _rows(connection, "cells")),
        kpis=kpis,
        values={kpi.id: arrays.read("panel", kpi.id, field="values") for kpi in kpis},
        flags={kpi.id: arrays.read("panel", kpi.id, field="flags") for kpi in kpis},
    )


def _with_denominator(kpi: Kpi, told: Mapping[str, KpiEntry]) -> Kpi:
    """What a ratio is of stands in the dictionary alone, which is kept as it was given."""
    entry = told.get(kpi.id.lower())
    return replace(kpi, denominator=entry.denominator) if entry is not None and entry.denominator else kpi


def read_result(connection: duckdb.DuckDBPyConnection) -> Result:
    """The result of an open project of the current schema."""
    meta, panel, arrays = _meta(connection), read_panel(connection), Arrays(connection)
    slots: dict[str, Any] = {**meta["slots"], "event": tuple(meta["slots"]["event"])}
    evidence: dict[str, dict[str, Evidence]] = {}
    for _, kpi, detector in _rows(connection, "evidence"):
        held = {field: arrays.read("evidence", kpi, detector, field) for field in EVIDENCE_FIELDS}
        reasons = _abstentions(connection, kpi, detector, panel.shape[0])
        expected, lower, upper, score = (held[field] for field in EVIDENCE_FIELDS)
        evidence.setdefault(kpi, {})[detector] = Evidence(detector, expected, lower, upper, score, reasons)
    thresholds: dict[str, dict[str, float]] = {}
    for kpi, name, value in connection.execute("FROM thresholds").fetchall():
        thresholds.setdefault(kpi, {})[name] = records.number(value)
    told: dict[tuple[str, str], Reason] = {}
    voted = {kpi for _, kpi, _, _ in arrays.keys("verdict")}
    judged = [kpi.id for kpi in panel.kpis if kpi.id in voted]
    return Result(
        panel=panel,
        clock=Clock(**slots, **{name: arrays.read("clock", field=name)[0] for name in CLOCK_ARRAYS}),
        quality=_quality(meta, arrays),
        settings=Settings.from_json(meta["settings"]),
        diagnoses=Diagnoses(records.diagnosis_in(row) for row in _streamed(connection, "diagnoses")),
        evidence=evidence,
        thresholds=thresholds,
        verdicts={
            kpi: Verdict(arrays.read("verdict", kpi, field="score"), arrays.read("verdict", kpi, field="alarm"))
            for kpi in judged
        },
        anomalies=Anomalies(records.anomaly_in(row) for row in _streamed(connection, "anomalies")),
        incidents=tuple(records.incident_in(row, told) for row in _streamed(connection, "incidents")),
        associations=tuple(records.association_in(row) for row in _rows(connection, "associations")),
        record=records.run_in(_rows(connection, "runs")[-1]),
        notes=tuple(records.reason_in(note) for note in meta["notes"]),
        models=_models(meta.get("models"), arrays, [kpi.id for kpi in panel.kpis]),
        events=_events(meta),
    )


def read_events(connection: duckdb.DuckDBPyConnection) -> tuple[Event, ...]:
    """The calendar of the last run of an open project of the current schema."""
    return _events(_meta(connection))


def _events(meta: Mapping[str, Any]) -> tuple[Event, ...]:
    return tuple(Event.from_json(told) for told in meta.get("events", ()))  # files of before hold none


def _models(stored: Mapping[str, Any] | None, arrays: Arrays, kpis: Sequence[str]) -> Models | None:
    """The models of a run; None if it left none."""
    if stored is None:
        return None
    return Models(**stored, taught=_kept(arrays, TAUGHT, kpis), cells=_kept(arrays, MODELS, kpis))


def _kept(arrays: Arrays, owner: str, kpis: Sequence[str]) -> dict[str, dict[str, Kept]]:
    """All arrays of an owner, by KPI and detector."""
    found: dict[str, dict[str, dict[str, Array]]] = {kpi: {} for kpi in kpis}
    for _, kpi, detector, field in arrays.keys(owner):
        found[kpi].setdefault(detector, {})[field] = arrays.read(owner, kpi, detector, field)
    return {kpi: dict(by_detector) for kpi, by_detector in found.items()}


def read_quality(connection: duckdb.DuckDBPyConnection) -> Quality:
    """The quality report of an open project of the current schema."""
    return _quality(_meta(connection), Arrays(connection))


def _quality(meta: Mapping[str, Any], arrays: Arrays) -> Quality:
    completeness, gaps = (arrays.read("quality", field=field)[0] for field in ("completeness", "gaps"))
    return records.quality_in(meta["quality"], completeness, gaps)


def _meta(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What stands once in a project: zone, settings, quality and the like."""
    rows = connection.execute("SELECT key, value FROM meta WHERE key NOT IN ('kind', 'schema')").fetchall()
    return {key: json.loads(value) for key, value in rows}


def read_panel_axes(connection: duckdb.DuckDBPyConnection) -> tuple[list[str], Array]:
    """(cell ids, times (T,) UTC) of an open project's panel."""
    return [row[1] for row in _rows(connection, "cells")], Arrays(connection).read("panel", field="times")[0]


def _streamed(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a table in order, some at a time; nothing else may be asked meanwhile."""
    cursor = connection.execute(f"FROM {table} ORDER BY position")
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        yield from rows


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = connection.execute(f"FROM {table} ORDER BY position").fetchall()
    return rows


class Arrays:
    """The arrays of an open project, put together from their blobs one at a time; large ones lie in a scratch file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, ending: str = "", kpi: str | None = None) -> None:
        """ending, kpi: those alone whose field ends so, and that are of that KPI."""
        self._connection = connection
        self._index: dict[Key, list[tuple[Any, ...]]] = {}
        rows = connection.execute(
            "SELECT owner, kpi, detector, field, first, cells, columns, dtype, alike, segment, position "
            "FROM arrays WHERE suffix(field, $1) AND ($2::VARCHAR IS NULL OR kpi = $2) ORDER BY first",
            [ending, kpi],
        ).fetchall()
        for row in rows:
            self._index.setdefault((row[0], row[1], row[2], row[3]), []).append(row[4:])

    def keys(self, owner: str) -> list[Key]:
        """The keys of all arrays of that owner."""
        return [key for key in self._index if key[0] == owner]

    def read(self, owner: str, kpi: str = "", detector: str = "", field: str = "", start: int = 0) -> Array:
        """One whole array; its first blob must hold the cells from `start` on.

        Raises ValueError if a blob is missing or damaged.
        """
        index = self._index.get((owner, kpi, detector, field))
        if not index:
            raise ValueError(f"array {owner} {kpi} {detector} {field} is missing")
        shape = (sum(cells for _, cells, *_ in index), index[0][2])
        whole: Array = np.empty(0)
        filled = start
        for first, cells, columns, dtype, alike, segment, position in index:
            found = self._connection.execute(
                f"SELECT data FROM segment_{segment} WHERE position = ?", [position]
            ).fetchone()
            if found is None or first != filled:
                raise ValueError(f"array {owner} {kpi} {detector} {field} is incomplete")
            part = unpack(found[0], dtype, (1, 1) if alike else (cells, columns))
            if cells == shape[0]:  # a single blob: no copy is made
                return np.broadcast_to(part, shape) if alike else part
            if not whole.size:
                whole = allocate_of(part.dtype, shape, 0)
            whole[first - start : first - start + cells] = part
            release([whole])
            filled += cells
        return whole


def _abstentions(
    connection: duckdb.DuckDBPyConnection, kpi: str, detector: str, cells: int
) -> tuple[Reason | None, ...]:
    reasons: list[Reason | None] = [None] * cells
    for cell, stored in connection.execute(
        "SELECT cell, reason FROM abstentions WHERE kpi = ? AND detector = ?", [kpi, detector]
    ).fetchall():
        reasons[cell] = records.reason_in(json.loads(stored))
    return tuple(reasons)
