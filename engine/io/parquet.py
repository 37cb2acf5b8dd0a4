"""Parquet tables in the long, wide, one-series and interval layouts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from engine.errors import InputError, Reason
from engine.io import layout, tables
from engine.io.base import LoadOptions, Measurements, Recognition
from engine.io.dialect import Dialect, Sample
from engine.io.layout import Layout
from engine.io.peek import peek
from engine.io.rows import Source
from engine.io.session import Session, literal, quoted
from engine.monitor import Monitor

_SAMPLE_ROWS = 500
_NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "FLOAT",
    "DOUBLE",
)
_TIMES = ("TIMESTAMP", "DATE")


class Parquet:
    """Columnar tables; column types are the file's own."""

    id: ClassVar[str] = "parquet"
    label: ClassVar[str] = "Parquet table"
    suffixes: ClassVar[tuple[str, ...]] = (".parquet", ".pq")

    def recognise(self, path: Path, options: LoadOptions) -> Recognition | None:
        """By the magic bytes. Raises InputError where the table holds no usable time or no value, or is damaged."""
        if peek(path).wrapping != "parquet":
            return None
        with Session() as session:
            found, _ = _understand(session, path, options)
        why = Reason("recognised_table", {"file": path.name, "layout": found.kind, "written": found.stamps.label})
        return Recognition(self.id, f"parquet-{found.kind}", 1.0, why, found.mapping)

    def read(self, paths: Sequence[Path], options: LoadOptions, session: Session, monitor: Monitor) -> Measurements:
        """Read the files into one table per set of columns. Raises InputError, Cancelled."""
        collected = tables.Tables(session, self.id, options)
        for path, part in tables.each(paths, monitor):
            found, source = _understand(session, path, options)
            try:
                collected.add(source, found, part)
            except session.errors as error:
                raise tables.failed(path, error) from None
        return collected.measurements()


def _understand(session: Session, path: Path, options: LoadOptions) -> tuple[Layout, Source]:
    relation = f"read_parquet({literal(str(path))})"
    try:
        columns = session.rows(f"DESCRIBE SELECT * FROM {relation}")
        names = tuple(str(row[0]) for row in columns)
        types = [str(row[1]) for row in columns]
        as_text = ", ".join(f"CAST({quoted(n)} AS VARCHAR)" for n in names)
        # Rows from all over the file: the first ones alone may be all missing.
        rows = session.rows(f"SELECT {as_text} FROM {relation} LIMIT {_SAMPLE_ROWS}")
    except session.errors as error:
        raise tables.failed(path, error) from None
    if not rows:
        raise InputError(Reason("header_only", {"file": path.name, "columns": ", ".join(names)[:200]}))
    dialect = Dialect("", ".", "", header=True, skipped=0, names=names)
    sample = Sample(dialect, tuple(tuple("" if v is None else v for v in row) for row in rows))
    found = layout.find(sample, path.name, tables.stem(path), options)
    numeric = frozenset(k for k, t in enumerate(types) if t.startswith(_NUMBERS) or t.startswith("DECIMAL"))
    seconds = frozenset(k for k, t in enumerate(types) if t.startswith(_TIMES))
    identifiers = tuple(
        f"CAST(floor(epoch_us({quoted(n)}) / 1000000) AS BIGINT)" if k in seconds and k == found.time else quoted(n)
        for k, n in enumerate(names)
    )
    source = Source(
        path, path.name, relation, identifiers, skipped=-1, numeric=numeric | seconds, seconds=seconds & {found.time}
    )
    return found, source
