"""`scores.parquet`: one row for every point of the grid, missing ones too, written in bounded memory.

DuckDB reads the result's own arrays where they lie and streams them into the file in row groups, ordered by KPI, cell
and time, so that nothing the size of the panel is made besides a row number. NaN stays NaN: a missing value, no
expectation, no opinion.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from engine.data import Flag, FloatArray, Result
from engine.errors import OutputError, Reason
from engine.execution.scratch import release
from engine.expectation import reach, trusted_first
from engine.monitor import Monitor
from engine.ranking.unrest import ranking
from engine.reports.base import When
from engine.writing.output import whole_file
from engine.writing.statement import execute, literal, quoted

if TYPE_CHECKING:
    import duckdb

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

        with whole_file(path) as part, duckdb.connect() as connection:
            connection.execute("SET threads = 2")
            connection.execute("SET memory_limit = '250MB'")
            connection.execute("SET VARIABLE cells = $1::VARCHAR[]", [[cell.id for cell in result.panel.cells]])
            tables = [_table(connection, result, number) for number in range(len(result.panel.kpis))]
            large = [array for _, arrays in tables for array in arrays]
            query = " UNION ALL ".join(sql for sql, _ in tables) or f"SELECT {_columns_of_nothing(result)} LIMIT 0"
            options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}"
            try:
                execute(
                    connection,
                    f"COPY ({query}) TO {literal(str(part))} ({options})",
                    (),
                    monitor,
                    Reason("stage_report", {"name": self.filename}),
                    lambda: release(large),
                )
            except duckdb.Error as error:
                raise OutputError(Reason("output_failed", {"file": str(path), "error": _first_line(error)})) from error


def _table(connection: duckdb.DuckDBPyConnection, result: Result, number: int) -> tuple[str, list[FloatArray]]:
    """Register the arrays of one KPI without copying them.

    Returns the query that lays them out as rows, and those arrays that may be larger than memory.
    """
    panel = result.panel
    kpi, (_, periods) = panel.kpis[number].id, panel.shape
    evidence, verdict, thresholds = result.evidence[kpi], result.verdicts[kpi], result.thresholds[kpi]
    size = panel.values[kpi].size
    counter = np.int32 if size < np.iinfo(np.int32).max else np.int64
    arrays: dict[str, npt.NDArray[Any]] = {"n": np.arange(size, dtype=counter), "value": panel.values[kpi].ravel()}
    ranks = ranking(result, kpi)
    arrays |= {"score": verdict.score.ravel(), "ranking": ranks.ravel(), "anomaly": verdict.alarm.ravel()}
    sources = [name for name in trusted_first(evidence) if np.isfinite(evidence[name].expected).any()]
    for i, name in enumerate(sources):
        arrays |= {f"{band}{i}": getattr(evidence[name], band).ravel() for band in BANDS}
    scored = {name: f"s{i}" for i, name in enumerate(evidence) if np.isfinite(evidence[name].score).any()}
    arrays |= {column: evidence[name].score.ravel() for name, column in scored.items()}
    if result.settings.gaps:
        arrays["imputed"] = (panel.flags[kpi] & Flag.IMPUTED).ravel() != 0
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
        columns.append("imputed")
    large = [array for array in arrays.values() if array.dtype == np.float32]
    return f"SELECT {', '.join(columns)} FROM arrays{number}", large


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


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
