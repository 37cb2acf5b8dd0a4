"""Long statements of DuckDB: progress, cancelling, and failures that are not lost in their thread."""

from __future__ import annotations

import duckdb
import pytest

from engine.errors import Reason
from engine.monitor import Cancelled, Monitor
from engine.writing.statement import execute, literal, quoted

REASON = Reason("stage_done")
ENDLESS = (
    "CREATE TABLE t AS SELECT count(*) AS n FROM range(2000000) a, range(2000000) b WHERE a.range * 7 % 5 = b.range % 3"
)


def test_the_statement_is_run_with_its_parameters() -> None:
    with duckdb.connect() as connection:
        execute(connection, "CREATE TABLE t AS SELECT $1::INTEGER AS n", [5], Monitor(), REASON)
        assert connection.execute("FROM t").fetchall() == [(5,)]


def test_a_cancel_interrupts_a_statement_under_way() -> None:
    monitor = Monitor(lambda _: monitor.cancel())
    with duckdb.connect() as connection:
        with pytest.raises(Cancelled):
            execute(connection, ENDLESS, (), monitor, REASON)
        assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_a_failure_reaches_the_caller() -> None:
    with duckdb.connect() as connection, pytest.raises(duckdb.ParserException):
        execute(connection, "SELEKT", (), Monitor(), REASON)


def test_names_and_texts_are_quoted() -> None:
    with duckdb.connect() as connection:
        name, text = 'a "b" ; --', "it's"
        connection.execute(f"CREATE TABLE {quoted(name)} AS SELECT {literal(text)} AS x")
        assert connection.execute(f"FROM {quoted(name)}").fetchall() == [(text,)]
