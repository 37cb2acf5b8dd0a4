"""The rows of a sheet on their way into SQL: as a file of text, or in memory where they hold numbers of people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import chain, islice
from pathlib import Path

import numpy as np

from engine.books.sheet import Row, text
from engine.errors import Reason
from engine.io import dialect, digits
from engine.io.dialect import Sample
from engine.io.session import Session
from engine.monitor import Monitor

SAMPLE_ROWS = 500
_STEP_ROWS = 2000
_BATCH_ROWS = 20_000


def begin(rows: Iterator[Row]) -> tuple[list[Row], Sample | None]:
    """The first rows, and what they are as a sample; None where they are no table.

    Rows end at their last field that is filled: where columns begin to be filled further down, only their names say so.
    """
    first = list(islice(rows, SAMPLE_ROWS))
    width = max(map(len, first), default=0)
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerows(_fields(row) + [""] * (width - len(row)) for row in first)
    return first, dialect.sample(lines.getvalue().splitlines(), ",")


def write(rows: Iterable[Row], plain: Path, without: Set[int], monitor: Monitor, reason: Reason) -> None:
    """Write a sheet as comma-separated text, so that line n is row n of the sheet; some columns are left empty.

    Raises Cancelled.
    """
    with plain.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        width = 0
        for k, row in enumerate(rows):
            if k % _STEP_ROWS == 0:
                monitor.step(0.0, reason)
            fields = ["" if place in without else field for place, field in enumerate(_fields(row))]
            width = max(width, len(fields))
            writer.writerow(fields + [""] * (width - len(fields)))


def keep(
    session: Session, first: Sequence[Row], rest: Iterator[Row], found: Sample, monitor: Monitor, reason: Reason
) -> str:
    """Put the rows below the names of the columns into a table of the session: c0, c1 ... of texts. Raises Cancelled.

    first: the first rows of the sheet, of which `found` is the sample; rest: those that follow.
    """
    table, width = session.new_table(), len(found.dialect.names)
    columns = ", ".join(f"c{k} VARCHAR" for k in range(width))
    session.connection.execute(f"CREATE TEMP TABLE {table} ({columns})")
    rows = chain(first[found.dialect.skipped :], rest)
    while batch := list(islice(rows, _BATCH_ROWS)):
        monitor.step(0.0, reason)
        texts = [_fields(row)[:width] for row in batch]
        full = [row + [""] * (width - len(row)) for row in texts]
        arrays = {f"c{k}": np.array([row[k] for row in full], object) for k in range(width)}
        session.insert(table, ", ".join(arrays), arrays)
    return table


def _fields(row: Row) -> list[str]:
    return [text(value).translate(digits.PLAIN) for value in row]
