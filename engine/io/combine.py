"""Several rows of one entity and time that are parts of it: sectors of a site, say."""

from __future__ import annotations

from dataclasses import replace

from engine.data import Kpi, KpiKind
from engine.errors import Reason
from engine.io import kpis
from engine.io.base import Measurements, Part, Table
from engine.io.rows import Problem
from engine.monitor import Monitor
from engine.network.kpi_table import KpiTable

_SAMPLE_CELLS = 50
_REPEATED_SHARE = 0.3
_DIFFERING_SHARE = 0.5


def combined(measured: Measurements, monitor: Monitor, dictionary: KpiTable) -> Measurements:
    """The measurements with one row per entity and time where files systematically hold several.

    Rows of one entity and time in one file are parts of it where a good share of the moments has several rows that
    differ; then counts are added up, ratios and gauges are averaged, and a note says so. Raises Cancelled.
    """
    tables, notes = [], []
    for k, table in enumerate(measured.tables):
        part = monitor.part(k / len(measured.tables), (k + 1) / len(measured.tables))
        if table.weighted or table.tall or table.suspects or not _has_parts(measured, table):
            tables.append(table)
            continue
        tables.append(_combine(measured, table, part, dictionary))
        before, after = (sum(p.last - p.first for p in t.parts) for t in (table, tables[-1]))
        notes.append(Reason("rows_of_entity_combined", {"rows": before, "combined": after}))
    return replace(measured, tables=tuple(tables), notes=(*measured.notes, *notes))


def _has_parts(measured: Measurements, table: Table) -> bool:
    """Whether, in a sample of cells, many moments have several rows and these differ."""
    good = f"FROM {table.name} WHERE problem = {Problem.NONE}"
    some = f"SELECT cell {good} GROUP BY cell ORDER BY hash(cell), cell LIMIT {_SAMPLE_CELLS}"
    differ = " OR ".join(f"min(v{k}) < max(v{k})" for k in range(table.width))
    (found,) = measured.session.rows(
        "SELECT count(*), count(*) FILTER (rows > 1), count(*) FILTER (rows > 1 AND differs) FROM"
        f" (SELECT count(*) AS rows, coalesce({differ}, false) AS differs {good} AND cell IN ({some})"
        " GROUP BY cell, t)"
    )
    moments, repeated, differing = (int(n) for n in found)
    return repeated > _REPEATED_SHARE * moments and differing > _DIFFERING_SHARE * repeated


def _combine(measured: Measurements, table: Table, monitor: Monitor, dictionary: KpiTable) -> Table:
    session, name = measured.session, measured.session.new_table()
    columns = [
        "cell",
        "t",
        *(f"CAST({_aggregate(measured, table, k, dictionary)} AS FLOAT) AS v{k}" for k in range(table.width)),
        *(["max(label) AS label"] if table.labelled else []),
        "CAST(count(*) AS UINTEGER) AS n",
        "problem",
        "sum(unreadable) AS unreadable",
        "any_value(offending) AS offending",
    ]
    parts: list[Part] = []
    for part in table.parts:
        select = (
            f"SELECT {', '.join(columns)} FROM {table.name} WHERE rowid >= {part.first} AND rowid < {part.last}"
            " GROUP BY cell, t, problem ORDER BY min(rowid)"
        )
        statement = f"INSERT INTO {name} {select}" if parts else f"CREATE TEMP TABLE {name} AS {select}"
        session.run(statement, [], monitor, Reason("stage_normalise"))
        last = int(session.rows(f"SELECT count(*) FROM {name}")[0][0])
        parts.append(replace(part, first=parts[-1].last if parts else 0, last=last, per_line=0))
    session.connection.execute(f"DROP TABLE {table.name}")
    return replace(table, name=name, parts=tuple(parts), weighted=True)


def _aggregate(measured: Measurements, table: Table, column: int, dictionary: KpiTable) -> str:
    """SQL that puts the values of several rows together by the kind of the KPI."""
    kpi = table.kpis[column]
    known = measured.kpis.get(kpi) or kpis.known(kpi)
    said = dictionary.get(kpi.lower())
    if said is not None and said.kind is not None:
        known = said.of(known or Kpi(kpi))
    if known is not None:
        return f"sum(v{column})" if known.kind is KpiKind.COUNT else f"avg(v{column})"
    whole = f"bool_and(v{column} >= 0 AND v{column} = floor(v{column}))"
    (found,) = measured.session.rows(f"SELECT {whole} FROM {table.name} WHERE problem = {Problem.NONE}")
    return f"sum(v{column})" if found[0] else f"avg(v{column})"
