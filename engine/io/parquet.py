"""Parquet tables in the long, wide, one-series and interval layouts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from engine.errors import InputError, Reason
from engine.io import layout, tables
from engine.io.base import LoadOptions, Measurements, Recognition
from engine.io.dialect import Dialect, Sample
from engine.io.later_rows import with_later_rows
from engine.io.peek import peek
from engine.io.rows import Source
from engine.io.session import Session, file_literal
from engine.monitor import Monitor
from engine.writing.statement import quoted

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
            sample, _ = _first_rows(session, path)
            found = layout.find(sample, path.name, tables.stem(path), options)
        why = Reason("recognised_table", {"file": path.name, "layout": found.kind, "written": found.stamps.label})
        return Recognition(self.id, f"parquet-{found.kind}", 1.0, why, found.mapping)

    def read(self, paths: Sequence[Path], options: LoadOptions, session: Session, monitor: Monitor) -> Measurements:
        """Read the files into one table per set of columns. Raises InputError, Cancelled."""
        collected = tables.Tables(session, self.id, options)
        for path, part in tables.each(paths, monitor):
            sample, types = _first_rows(session, path)
            try:
                untimed = _source(path, sample, types, -1)
                sample, _ = with_later_rows(sample, untimed, session, part.part(0.0, 0.2))
                found = layout.find(sample, path.name, tables.stem(path), options)
                collected.add(_source(path, sample, types, found.time), found, part.part(0.2, 1.0))
            except session.errors as error:
                raise tables.failed(path, error) from None
        return collected.measurements()


def _first_rows(session: Session, path: Path) -> tuple[Sample, tuple[str, ...]]:
    """The first rows of a file, and the types of its columns. Raises InputError where it is damaged or has no row."""
    relation = f"read_parquet({file_literal(path)})"
    try:
        columns = session.rows(f"DESCRIBE SELECT * FROM {relation}")
        names = tuple(str(row[0]) for row in columns)
        as_text = ", ".join(f"CAST({quoted(n)} AS VARCHAR)" for n in names)
        rows = session.rows(f"SELECT {as_text} FROM {relation} LIMIT {_SAMPLE_ROWS}")
    except session.errors as error:
        if path.exists() and not _ends(path):
            raise InputError(Reason("parquet_cut_off", {"file": path.name})) from None
        raise tables.failed(path, error) from None
    if not rows:
        raise InputError(Reason("header_only", {"file": path.name, "columns": ", ".join(names)[:200]}))
    dialect = Dialect("", ".", "", header=True, skipped=0, names=names)
    sample = Sample(dialect, tuple(tuple("" if v is None else v for v in row) for row in rows))
    return sample, tuple(str(row[1]) for row in columns)


def _source(path: Path, sample: Sample, types: Sequence[str], time: int) -> Source:
    """The file as SQL; time: the column of moments, -1 where that is not known."""
    numeric = frozenset(k for k, t in enumerate(types) if t.startswith(_NUMBERS) or t.startswith("DECIMAL"))
    seconds = frozenset(k for k, t in enumerate(types) if t.startswith(_TIMES))
    columns = tuple(
        f"CAST(floor(epoch_us({quoted(name)}) / 1000000) AS BIGINT)" if k == time and k in seconds else quoted(name)
        for k, name in enumerate(sample.dialect.names)
    )
    relation = f"read_parquet({file_literal(path)})"
    return Source(path, path.name, relation, columns, skipped=-1, numeric=numeric | seconds, seconds=seconds & {time})


def _ends(path: Path) -> bool:
    """Whether a file ends as Parquet files do: what is in them and where is written last."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4))
        return file.read(4) in (b"PAR1", b"PARE")
