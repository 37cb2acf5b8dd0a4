"""`scores.parquet`: one row for every point of the grid, missing ones too, written in bounded memory.

DuckDB reads the result's own arrays where they lie and streams them into the file in row groups, ordered by KPI, cell
and time. What is made besides, a row number for all KPIs and the ranking of each, lies in files as the arrays of a
large result do. NaN stays NaN: a missing value, no expectation, no opinion.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from engine.data import Flag, Result
from engine.errors import Reason
from engine.execution.arrays import blocks
from engine.execution.scratch import allocate_of, release
from engine.expectation import reach, trusted_first
from engine.monitor import Monitor
from engine.ranking.unrest import ranking
from engine.reports.base import When
from engine.writing.output import whole_file
from engine.writing.statement import execute, literal, quoted, refused

if TYPE_CHECKING:
    import duckdb

Array = npt.NDArray[Any]

ROW_GROUP = 245_760
BANDS = ("expected", "lower", "upper")


class ScoresParquet:
    """Every point with its expectation, each detector's score (1.0 = its threshold), the voter's, and its ranking.

    Where gaps were filled by a policy, a last column `imputed` says which values were not measured.
    """

    id: ClassVar[str] = "scores"
    filename: ClassVar[str] = "scores.parquet"
    label: ClassVar[str] = "All scores (Parquet)"
    when: ClassVar[When] = "scores"

    def write(self, result: Result, path: Path, monitor: Monitor) -> None:
        """Write the table. Raises OutputError, Cancelled."""
        import duckdb

        reason = Reason("stage_report", {"name": self.filename})
        ahead, monitor = monitor.part(0.0, 0.3), monitor.part(0.3, 1.0)
        with whole_file(path) as part, duckdb.connect() as connection:
            connection.execute("SET threads = 2")
            connection.execute("SET memory_limit = '250MB'")
            connection.execute("SET VARIABLE cells = $1::VARCHAR[]", [[cell.id for cell in result.panel.cells]])
            count, tables, numbers = len(result.panel.kpis), [], _row_numbers(result.panel.shape)
            for number in range(count):
                ahead.step(number / count, reason)
                tables.append(_table(connection, result, number, numbers))
            large = [array for _, arrays in tables for array in arrays]
            query = " UNION ALL ".join(sql for sql, _ in tables) or f"SELECT {_columns_of_nothing(result)} LIMIT 0"
            options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}"
            try:
                execute(
                    connection,
                    f"COPY ({query}) TO {literal(str(part))} ({options})",
                    (),
                    monitor,
                    reason,
                    lambda: release(large),
                )
            except duckdb.Error as error:
                raise refused(error, path) from error


def _row_numbers(shape: tuple[int, int]) -> Array:
    """0, 1, 2 ... for every point, (C, T)."""
    kind: type[np.int32 | np.int64] = np.int32 if shape[0] * shape[1] < np.iinfo(np.int32).max else np.int64
    numbers = allocate_of(kind, shape, 0)
    for rows in blocks(shape):
        first, stop = rows.start * shape[1], rows.stop * shape[1]
        numbers[rows] = np.arange(first, stop, dtype=kind).reshape(-1, shape[1])
        release([numbers])
    return numbers


def _flat(array: Array) -> Array:
    """A (C, T) array in one dimension, copied only where it does not lie so: one number repeated, or a part."""
    if not array.flags.c_contiguous:
        whole = allocate_of(array.dtype, (array.shape[0], array.shape[1]), 0)
        for rows in blocks((array.shape[0], array.shape[1])):
            whole[rows] = array[rows]
            release([whole, array])
        array = whole
    return array.reshape(-1)


def _table(
    connection: duckdb.DuckDBPyConnection, result: Result, number: int, numbers: Array
) -> tuple[str, list[Array]]:
    """Register the arrays of one KPI. numbers: of all points, (C, T).

    Returns the query that lays them out as rows, and the arrays.
    """
    panel = result.panel
    kpi, (_, periods) = panel.kpis[number].id, panel.shape
    evidence, verdict, thresholds = result.evidence[kpi], result.verdicts[kpi], result.thresholds[kpi]
    arrays = {"n": numbers, "value": panel.values[kpi], "score": verdict.score, "anomaly": verdict.alarm}
    arrays["ranking"] = ranking(result, kpi)
    sources = [name for name in trusted_first(evidence) if np.isfinite(evidence[name].expected).any()]
    for i, name in enumerate(sources):
        arrays |= {f"{band}{i}": getattr(evidence[name], band) for band in BANDS}
    scored = {name: f"s{i}" for i, name in enumerate(evidence) if np.isfinite(evidence[name].score).any()}
    arrays |= {column: evidence[name].score for name, column in scored.items()}
    if result.settings.gaps:
        arrays["flags"] = panel.flags[kpi]
    arrays = {name: _flat(array) for name, array in arrays.items()}
    connection.register(f"arrays{number}", arrays)
    cell = f"n // {periods} + 1"
    first = int(panel.times[0].astype("datetime64[us]").astype(np.int64)) if periods else 0
    step = panel.period_s * 1_000_000
    columns = [
        f"list_extract(getvariable('cells'), {cell}) AS cell",
        f"{literal(kpi)} AS kpi",
        f"make_timestamp({first} + (n % {periods}) * {step}::BIGINT) AS time_utc",
        _number("value", "value"),
    ]
    kpi_of = panel.kpi(kpi)
    low, high = (f"{end!r}::FLOAT" if math.isfinite(end) else "" for end in reach(kpi_of))
    for band in BANDS:
        cases = ""
        for i in range(len(sources)):
            known = f"{band}{i}"
            if band == "lower" and low:
                known = f"if({known} < {low}, {low}, {known})"
            elif band == "upper" and high:
                certain = "TRUE" if kpi_of.unit == "%" else f"expected{i} <= {high}"
                known = f"if({certain} AND {known} > {high}, {high}, {known})"
            if band == "upper" and low:
                known = f"if({known} < {low}, {low}, {known})"
            cases += f" WHEN expected{i} IS NOT NULL THEN {known}"
        columns.append(_number(f"CASE{cases} END" if cases else "NULL::FLOAT", band))
    for name in result.settings.detectors:
        known = f"({scored[name]} / {thresholds[name]!r}::DOUBLE)::FLOAT" if name in scored else "NULL::FLOAT"
        columns.append(_number(known, f"score_{name}"))
    columns += [_number("score", "score"), _number("ranking", "ranking"), "anomaly"]
    if result.settings.gaps:
        columns.append(f"(flags & {int(Flag.IMPUTED)}) <> 0 AS imputed")
    return f"SELECT {', '.join(columns)} FROM arrays{number}", list(arrays.values())


def _number(known: str, name: str) -> str:
    """A float column; DuckDB reads the NaN of an array as NULL, this puts it back."""
    return f"coalesce({known}, 'nan'::FLOAT) AS {quoted(name)}"


def _columns_of_nothing(result: Result) -> str:
    """The columns of a result without KPIs."""
    floats = ("value", *BANDS, *(f"score_{name}" for name in result.settings.detectors), "score", "ranking")
    return ", ".join(
        [
            "NULL::VARCHAR AS cell",
            "NULL::VARCHAR AS kpi",
            "NULL::TIMESTAMP AS time_utc",
            *(f"NULL::FLOAT AS {quoted(name)}" for name in floats),
            "NULL::BOOLEAN AS anomaly",
            *(["NULL::BOOLEAN AS imputed"] if result.settings.gaps else []),
        ]
    )
