"""Long statements of DuckDB: progress, cancelling, and failures that are not lost in their thread."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from engine.errors import Reason
from engine.monitor import Cancelled, Monitor
from engine.text import say
from engine.writing.statement import execute, literal, quoted, refused

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


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('Could not write file "/d/.scores.parquet.part": No space left on device', "output_disk_full"),
        ('Failed to write to file "C:\\x": There is not enough space on the disk.', "output_disk_full"),
        ('Cannot open file "/d/x": Permission denied', "output_no_permission"),
        ('Could not write file "/d/x": Input/output error\nmore of it', "output_failed"),
    ],
)
def test_why_nothing_can_be_written_is_said_as_of_any_file(said: str, code: str) -> None:
    reason = refused(duckdb.IOException(said), Path("out") / "scores.parquet").reason
    assert (reason.code, reason.params["file"]) == (code, str(Path("out") / "scores.parquet"))
    assert "more of it" not in say(reason)
