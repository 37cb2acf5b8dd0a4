"""A result as rows and blobs of a project file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.data import Clock, Result
from engine.errors import Reason
from engine.execution.scratch import release
from engine.monitor import Monitor
from engine.project import records, schema
from engine.project.arrays import Array, blocks, pack

if TYPE_CHECKING:
    import duckdb

EVIDENCE_FIELDS = ("expected", "lower", "upper", "score")
ROWS_AT_ONCE = 5000
SEGMENT_BYTES, BYTES_AT_ONCE = 16_000_000, 4_000_000
TAUGHT, MODELS = "taught", "models"
"""Owners of what models learned once per KPI and of each cell."""

CLOCK_REST = ("period_s", "day_slots", "week_slots", "event")
CLOCK_ARRAYS = tuple(f.name for f in fields(Clock) if f.name not in CLOCK_REST)

Key = tuple[str, str, str, str]
"""owner, KPI, detector, field of an array."""


def write_result(connection: duckdb.DuckDBPyConnection, result: Result, monitor: Monitor) -> None:
    """Put a result, all but its run record, into the empty tables of a new project, inside a transaction.

    Raises Cancelled.
    """
    panel = result.panel
    meta = {
        "period_s": panel.period_s,
        "zone": panel.zone,
        "settings": result.settings.to_json(),
        "quality": records.quality_out(result.quality),
        "slots": {name: getattr(result.clock, name) for name in CLOCK_REST},
        "notes": [records.reason_out(note) for note in result.notes],
        "models": records.models_out(result.models),
        "events": [event.to_json() for event in result.events],
    }
    connection.executemany("INSERT INTO meta VALUES (?, ?)", [(key, records.to_json(v)) for key, v in meta.items()])
    insert(connection, "cells", [records.cell_out(i, cell) for i, cell in enumerate(panel.cells)])
    insert(connection, "kpis", [records.kpi_out(i, kpi) for i, kpi in enumerate(panel.kpis)])
    insert(connection, "diagnoses", (records.diagnosis_out(i, one) for i, one in enumerate(result.diagnoses)))
    insert(connection, "anomalies", (records.anomaly_out(i, one) for i, one in enumerate(result.anomalies)))
    insert(connection, "incidents", (records.incident_out(i, one) for i, one in enumerate(result.incidents)))
    insert(connection, "associations", [records.association_out(i, one) for i, one in enumerate(result.associations)])
    insert(
        connection,
        "thresholds",
        [(kpi, name, value) for kpi, levels in result.thresholds.items() for name, value in levels.items()],
    )
    pairs = [(kpi, name, one) for kpi, of_kpi in result.evidence.items() for name, one in of_kpi.items()]
    insert(connection, "evidence", [(i, kpi, name) for i, (kpi, name, _) in enumerate(pairs)])
    insert(
        connection,
        "abstentions",
        [
            (kpi, name, cell, records.to_json(records.reason_out(reason)))
            for kpi, name, one in pairs
            for cell, reason in enumerate(one.reasons)
            if reason is not None
        ],
    )
    arrays, blobs = list(arrays_of(result)), Blobs(connection)
    for number, (key, array) in enumerate(arrays):
        part = monitor.part(number / len(arrays), (number + 1) / len(arrays))
        rows = array.shape[0]
        for block in blocks(*array.shape):
            part.step(block.start / max(rows, 1), Reason("stage_save"))
            blobs.add(key, block.start, array[block])
            release([array])
    blobs.flush()


class Blobs:
    """Appends blocks of arrays to a project in segments, inside the connection's transaction.

    When a segment is full the transaction is committed and another one begun: what is in it is on the disk then, and
    out of memory. Small blobs wait until some megabytes are together; `flush` writes what waits.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._segment = max(schema.segments(connection), default=-1)
        self._position, self._size = 0, SEGMENT_BYTES
        self._waiting: list[tuple[int, bytes]] = []
        self._index: list[tuple[Any, ...]] = []

    def add(self, key: Key, first: int, block: Array) -> None:
        """Append the cells [first, first + len(block)) of the array `key`.

        A block that is one number repeated without being stored (broadcast) is kept as that number.
        """
        if self._size >= SEGMENT_BYTES:
            self.flush()
            self._connection.execute("COMMIT")
            self._connection.execute("CHECKPOINT")
            self._connection.execute("BEGIN")
            self._segment, self._position, self._size = self._segment + 1, 0, 0
            self._connection.execute(schema.SEGMENT.format(number=self._segment))
        alike = block.size > 1 and not any(block.strides)
        data = pack(block[:1, :1] if alike else block)
        self._waiting.append((self._position, data))
        self._index.append((*key, first, *block.shape, block.dtype.str, alike, self._segment, self._position))
        self._position += 1
        self._size += len(data)
        if sum(len(waiting) for _, waiting in self._waiting) >= BYTES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write the blobs that wait."""
        if self._waiting:
            self._connection.executemany(f"INSERT INTO segment_{self._segment} VALUES (?, ?)", self._waiting)
            insert(self._connection, "arrays", self._index)
            self._waiting, self._index = [], []


def arrays_of(result: Result) -> Iterator[tuple[Key, Array]]:
    """Every array of a result with its key; those of one dimension are (1, n)."""
    panel = result.panel
    yield ("panel", "", "", "times"), panel.times[np.newaxis]
    for name in CLOCK_ARRAYS:
        yield ("clock", "", "", name), getattr(result.clock, name)[np.newaxis]
    yield ("quality", "", "", "completeness"), result.quality.completeness[np.newaxis]
    yield ("quality", "", "", "gaps"), result.quality.gaps[np.newaxis]
    for kpi in panel.kpis:
        yield ("panel", kpi.id, "", "values"), panel.values[kpi.id]
        yield ("panel", kpi.id, "", "flags"), panel.flags[kpi.id]
    for name, verdict in result.verdicts.items():
        yield ("verdict", name, "", "score"), verdict.score
        yield ("verdict", name, "", "alarm"), verdict.alarm
    for name, of_kpi in result.evidence.items():
        for detector, evidence in of_kpi.items():
            for field in EVIDENCE_FIELDS:
                yield ("evidence", name, detector, field), getattr(evidence, field)
    if result.models is not None:
        for owner, held in ((TAUGHT, result.models.taught), (MODELS, result.models.cells)):
            for name, by_detector in held.items():
                for detector, kept in by_detector.items():
                    for field, array in kept.items():
                        yield (owner, name, detector, field), array


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Append rows to a table, some thousands in one statement."""
    types = connection.execute(
        "SELECT data_type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", [table]
    ).fetchall()
    columns = ", ".join(f"unnest(${i}::{kind}[])" for i, (kind,) in enumerate(types, 1))
    waiting = iter(rows)
    while some := list(islice(waiting, ROWS_AT_ONCE)):
        connection.execute(
            f"INSERT INTO {table} SELECT {columns}", [list(column) for column in zip(*some, strict=True)]
        )
