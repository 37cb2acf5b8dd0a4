"""The first rows of a file as they stand in it, whatever it is packed in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from engine.books.sheet import text
from engine.errors import InputError
from engine.io import book, layout, tables
from engine.io import dialect as dialects
from engine.io.base import LoadOptions
from engine.io.dialect import Dialect, Sample
from engine.io.peek import Peek, peek
from engine.io.session import Session, file_literal
from engine.io.unfolding import unfolded
from engine.writing.statement import quoted

_ROWS = 300


def first_rows(path: Path, encoding: str = "") -> Sample | None:
    """The first rows of a table as text; None where the file is no table. encoding: as `peek` takes it.

    Raises InputError for an unreadable file.
    """
    seen = peek(path, encoding)
    if seen.wrapping == "parquet":
        return _of_parquet(path)
    if book.kind(seen):
        return _of_workbook(seen)
    if not seen.is_text or next((line.lstrip()[0] for line in seen.lines if line.strip()), "") in "<{[":
        return None
    found = dialects.sample(seen.lines)
    found = unfolded(found, tables.stem(path))[0] if found is not None else None
    return found if found is not None and len(found.dialect.names) > 1 else None


def _of_parquet(path: Path) -> Sample | None:
    relation = f"read_parquet({file_literal(path)})"
    with Session() as session:
        try:
            names = tuple(str(row[0]) for row in session.rows(f"DESCRIBE SELECT * FROM {relation}"))
            fields = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in names)
            rows = session.rows(f"SELECT {fields} FROM {relation} LIMIT {_ROWS}")
        except session.errors:
            return None
    shown = tuple(tuple("" if field is None else field for field in row) for row in rows)
    dialect = Dialect("", ".", "", header=True, skipped=0, names=names)
    return Sample(dialect, shown, tuple(range(1, len(shown) + 1))) if shown else None


def _of_workbook(seen: Peek) -> Sample | None:
    """The first sheet with a table that can be read over time, else with one of at least two columns."""
    first: Sample | None = None
    try:
        with book.opened(seen, glance=True) as sheets:
            for sheet in sheets:
                lines = io.StringIO()
                writer = csv.writer(lines, lineterminator="\n")
                for row, _ in zip(sheet.rows, range(_ROWS), strict=False):
                    writer.writerow([text(value) for value in row])
                found = dialects.sample(lines.getvalue().splitlines(), ",")
                if found is not None and len(found.dialect.names) > 1:
                    found = unfolded(found, tables.stem(seen.path))[0]
                    if _is_measured(found, seen):
                        return found
                    first = first or found
    except InputError:
        return first  # reading it as data says what is wrong with it
    return first


def _is_measured(sample: Sample, seen: Peek) -> bool:
    """Whether a table has a time and values, even if it leaves open how its dates are meant."""
    try:
        layout.find(sample, seen.path.name, tables.stem(seen.path), LoadOptions())
    except InputError as error:
        return error.reason.code.startswith("date_")
    return True
