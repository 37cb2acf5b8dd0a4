"""A project file's rows and blobs as a result."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.data import Clock, Evidence, Panel, Result, Verdict
from engine.errors import Reason
from engine.project import records
from engine.project.arrays import Array, unpack
from engine.project.writing import CLOCK_ARRAYS, EVIDENCE_FIELDS
from engine.settings import Settings

if TYPE_CHECKING:
    import duckdb


def read_panel(connection: duckdb.DuckDBPyConnection) -> Panel:
    """The panel of an open project of the current schema."""
    meta = _meta(connection)
    kpis = tuple(records.kpi_in(row) for row in _rows(connection, "kpis"))
    arrays = {
        field: {kpi.id: read_array(connection, ("panel", kpi.id, "", field)) for kpi in kpis}
        for field in ("values", "flags")
    }
    return Panel(
        times=read_array(connection, ("panel", "", "", "times"))[0],
        period_s=meta["period_s"],
        zone=meta["zone"],
        cells=tuple(records.cell_in(row) for row in _rows(connection, "cells")),
        kpis=kpis,
        values=arrays["values"],
        flags=arrays["flags"],
    )


def read_result(connection: duckdb.DuckDBPyConnection) -> Result:
    """The result of an open project of the current schema."""
    meta, panel = _meta(connection), read_panel(connection)

    def array(owner: str, kpi: str = "", detector: str = "", field: str = "") -> Array:
        return read_array(connection, (owner, kpi, detector, field))

    slots: dict[str, Any] = {**meta["slots"], "event": tuple(meta["slots"]["event"])}
    evidence: dict[str, dict[str, Evidence]] = {}
    for _, kpi, detector in _rows(connection, "evidence"):
        held = {field: array("evidence", kpi, detector, field) for field in EVIDENCE_FIELDS}
        reasons = _abstentions(connection, kpi, detector, panel.shape[0])
        evidence.setdefault(kpi, {})[detector] = Evidence(detector, **held, reasons=reasons)
    thresholds: dict[str, dict[str, float]] = {}
    for kpi, name, value in connection.execute("FROM thresholds").fetchall():
        thresholds.setdefault(kpi, {})[name] = records.number(value)
    judged, fused = (_kpis_with(connection, owner) for owner in ("verdict", "fused"))
    return Result(
        panel=panel,
        clock=Clock(**slots, **{name: array("clock", field=name)[0] for name in CLOCK_ARRAYS}),
        quality=records.quality_in(
            meta["quality"],
            array("quality", field="completeness")[0],
            array("quality", field="gaps")[0],
        ),
        settings=Settings.from_json(meta["settings"]),
        diagnoses=tuple(records.diagnosis_in(row) for row in _rows(connection, "diagnoses")),
        evidence=evidence,
        thresholds=thresholds,
        verdicts={
            kpi: Verdict(array("verdict", kpi, field="score"), array("verdict", kpi, field="alarm")) for kpi in judged
        },
        anomalies=tuple(records.anomaly_in(row) for row in _rows(connection, "anomalies")),
        incidents=tuple(records.incident_in(row) for row in _rows(connection, "incidents")),
        associations=tuple(records.association_in(row) for row in _rows(connection, "associations")),
        record=records.run_in(_rows(connection, "runs")[-1]),
        notes=tuple(records.reason_in(note) for note in meta["notes"]),
        fused={kpi: array("fused", kpi, field="score") for kpi in fused},
    )


def _meta(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What stands once in a project: zone, settings, quality and the like."""
    rows = connection.execute("SELECT key, value FROM meta WHERE key NOT IN ('kind', 'schema')").fetchall()
    return {key: json.loads(value) for key, value in rows}


def read_panel_axes(connection: duckdb.DuckDBPyConnection) -> tuple[list[str], Array]:
    """(cell ids, times (T,) UTC) of an open project's panel."""
    return [row[1] for row in _rows(connection, "cells")], read_array(connection, ("panel", "", "", "times"))[0]


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = connection.execute(f"FROM {table} ORDER BY position").fetchall()
    return rows


def read_array(connection: duckdb.DuckDBPyConnection, key: tuple[str, str, str, str], start: int = 0) -> Array:
    """One whole array, put together from its blobs, the first of which holds the cells from `start` on.

    Raises ValueError if one of them is missing or damaged.
    """
    index = connection.execute(
        "SELECT first, cells, columns, dtype, alike, segment, position FROM arrays "
        "WHERE owner = ? AND kpi = ? AND detector = ? AND field = ? ORDER BY first",
        list(key),
    ).fetchall()
    if not index:
        raise ValueError(f"array {' '.join(key)} is missing")
    shape = (sum(cells for _, cells, *_ in index), index[0][2])
    whole, filled = np.empty(0), start
    for first, cells, columns, dtype, alike, segment, position in index:
        found = connection.execute(f"SELECT data FROM segment_{segment} WHERE position = ?", [position]).fetchone()
        if found is None or first != filled:
            raise ValueError(f"array {' '.join(key)} is incomplete")
        part = unpack(found[0], dtype, (1, 1) if alike else (cells, columns))
        if cells == shape[0]:  # a single blob: no copy is made
            return np.broadcast_to(part, shape) if alike else part
        whole = whole if whole.size else np.empty(shape, part.dtype)
        whole[first - start : first - start + cells] = part
        filled += cells
    return whole


def _kpis_with(connection: duckdb.DuckDBPyConnection, owner: str) -> list[str]:
    """The KPIs that have arrays of that owner, in the panel's order."""
    return [
        kpi
        for (kpi,) in connection.execute(
            "SELECT id FROM kpis WHERE id IN (SELECT kpi FROM arrays WHERE owner = ?) ORDER BY position", [owner]
        ).fetchall()
    ]


def _abstentions(
    connection: duckdb.DuckDBPyConnection, kpi: str, detector: str, cells: int
) -> tuple[Reason | None, ...]:
    reasons: list[Reason | None] = [None] * cells
    for cell, stored in connection.execute(
        "SELECT cell, reason FROM abstentions WHERE kpi = ? AND detector = ?", [kpi, detector]
    ).fetchall():
        reasons[cell] = records.reason_in(json.loads(stored))
    return tuple(reasons)
