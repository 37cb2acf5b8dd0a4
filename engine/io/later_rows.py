"""Columns of which the first rows of a table hold nothing: rows from further on tell what they are.

Exports of several technologies in one table begin with the cells of one of them, and the counters of the others stay
empty for thousands of rows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.errors import Reason
from engine.io.dialect import Sample, marks
from engine.io.rows import MISSING_SQL, Source
from engine.io.session import Session
from engine.io.tables import refused_rows
from engine.monitor import Monitor

_ROWS_A_COLUMN = 5
_TELLING_ROWS = 75


def with_later_rows(sample: Sample, source: Source, session: Session, monitor: Monitor) -> tuple[Sample, Source]:
    """The sample, with a few rows of the whole file for each column that has a name and in the sample nothing.

    source: the same columns as SQL; its decimal mark may be one that only the later rows tell. Both are returned as
    they are where there is nothing to add. Raises Cancelled and duckdb's errors.
    """
    header = sample.dialect.header
    empty = [k for k, name in enumerate(sample.dialect.names) if header and name.strip() and not sample.column(k)]
    if not empty:
        return sample, source
    texts, reason = source.as_text(), Reason("stage_load", {"name": source.name})
    holds = {k: f"NOT contains({MISSING_SQL}, '|' || lower(trim({texts[k]})) || '|')" for k in empty}
    found = _one_row(session, [f"bool_or({holds[k]})" for k in empty], source, monitor.part(0.0, 0.5), reason)
    filled = [k for k, any_row in zip(empty, found, strict=True) if any_row]
    if not filled:
        return sample, source
    line = f"[{', '.join(texts)}]"
    some = [f"arg_min({line}, hash({texts[k]}), {_ROWS_A_COLUMN}) FILTER (WHERE {holds[k]})" for k in filled]
    chosen = _one_row(session, some, source, monitor.part(0.5, 1.0), reason)
    later = tuple({tuple(field or "" for field in row): None for rows in chosen for row in rows})
    decimal, thousands = marks((*later[:_TELLING_ROWS], *sample.rows), sample.dialect.separator)
    dialect = replace(sample.dialect, decimal=decimal, thousands=thousands)
    return (
        replace(sample, dialect=dialect, rows=(*sample.rows, *later)),
        replace(source, decimal=decimal, thousands=thousands),
    )


def _one_row(session: Session, columns: list[str], source: Source, monitor: Monitor, reason: Reason) -> tuple[Any, ...]:
    """What aggregates of the whole file come to. Lines that are no rows are told by whoever reads the file."""
    table = session.new_table()
    named = ", ".join(f"{column} AS a{k}" for k, column in enumerate(columns))
    session.run_csv(f"CREATE TEMP TABLE {table} AS SELECT {named} FROM {source.relation}", monitor, reason)
    (row,) = session.rows(f"SELECT * FROM {table}")
    session.connection.execute(f"DROP TABLE {table}")
    refused_rows(session, source.name)
    return row
