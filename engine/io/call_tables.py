"""What a table of calls stands in, as SQL: text and Parquet where they lie, the sheet of a workbook in memory.

Numbers of people are hashed by the statement that reads the table; no copy of them is written.
"""

from __future__ import annotations

from engine.errors import InputError, Reason
from engine.io import book, dialect, raw, sheet_rows
from engine.io.dialect import Sample
from engine.io.peek import Peek, unpacked
from engine.io.session import NOTHING_GUESSED, Session, file_literal
from engine.monitor import Monitor
from engine.writing.statement import literal, quoted

_PARQUET = "parquet"


def is_text(seen: Peek) -> bool:
    """Whether a file is a table of text, and no page or JSON."""
    return seen.is_text and not book.kind(seen)


def sample(seen: Peek, encoding: str) -> Sample | None:
    """The first rows, None for what is no table. encoding: as `peek` takes it."""
    if is_text(seen):
        return dialect.sample(seen.lines)
    return raw.first_rows(seen.path, encoding) if seen.wrapping == _PARQUET or book.kind(seen) else None


def relation(session: Session, seen: Peek, found: Sample, monitor: Monitor, reason: Reason) -> str:
    """What stands behind FROM: a relation of the columns c0, c1 ... of texts. Raises InputError, Cancelled."""
    names = found.dialect.names
    if seen.wrapping == _PARQUET:
        columns = ", ".join(f"CAST({quoted(name)} AS VARCHAR) AS c{k}" for k, name in enumerate(names))
        return f"(SELECT {columns} FROM read_parquet({file_literal(seen.path)}))"
    if not is_text(seen):
        return _in_memory(session, seen, names, monitor, reason)
    if seen.wrapping == "gzip":
        for done in unpacked(seen.path):
            monitor.step(min(done / seen.size, 1.0), reason)
    declared = ", ".join(f"'c{k}': 'VARCHAR'" for k in range(len(names)))
    return (
        f"read_csv({file_literal(seen.path)}, {NOTHING_GUESSED}, skip={found.dialect.skipped}"
        f", delim={literal(found.dialect.separator)}, quote='\"', escape='\"'"
        f", compression='{seen.wrapping or 'none'}', encoding='{seen.duckdb_encoding}', columns={{{declared}}}"
        ", store_rejects=true, strict_mode={strict})"
    )


def _in_memory(session: Session, seen: Peek, names: tuple[str, ...], monitor: Monitor, reason: Reason) -> str:
    """The rows of the sheet that has these columns, in a table of the session."""
    with book.opened(seen, glance=True) as sheets:
        for sheet in sheets:
            first, found = sheet_rows.begin(sheet.rows)
            if found is not None and found.dialect.names == names:
                return sheet_rows.keep(session, first, sheet.rows, found, monitor, reason)
    raise InputError(Reason("file_changed", {"file": seen.path.name}))
