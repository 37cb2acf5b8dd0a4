"""CSV and TSV in any of the usual dialects, plain or gzip: long, wide, one-series and interval layouts."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from engine.errors import InputError, Reason
from engine.io import dialect, digits, layout, tables
from engine.io.base import LoadOptions, Measurements, Recognition
from engine.io.date_order import AS_USUAL
from engine.io.dialect import Dialect, Sample
from engine.io.later_rows import with_later_rows
from engine.io.layout import Layout
from engine.io.peek import Peek, open_binary, peek, unpacked, unreadable
from engine.io.plain_text import as_utf8, mixed, other_encoding, read_through
from engine.io.rows import MANY_KPIS, Source
from engine.io.session import Session
from engine.io.unfolding import Folding, unfolded
from engine.monitor import Monitor


class Delimited:
    """Tables of text with a separator."""

    id: ClassVar[str] = "csv"
    label: ClassVar[str] = "CSV or TSV table"
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".txt", ".dat", ".gz")

    def recognise(self, path: Path, options: LoadOptions) -> Recognition | None:
        """A table of at least two columns. Raises InputError where it holds no usable time or no value."""
        seen = peek(path, options.encoding)
        if not seen.is_text or (sample := dialect.sample(seen.lines)) is None or len(sample.dialect.names) < 2:
            return None
        if sample.rows and sum(bool(sample.column(k)) for k in range(len(sample.dialect.names))) < 2:
            return None
        found = _layout(seen, *unfolded(sample, tables.stem(path)), options)
        why = Reason("recognised_table", {"file": path.name, "layout": found.kind, "written": found.stamps.label})
        return Recognition(self.id, f"csv-{found.kind}", 0.5, why, found.mapping)

    def read(self, paths: Sequence[Path], options: LoadOptions, session: Session, monitor: Monitor) -> Measurements:
        """Read the files into one table per set of columns. Raises InputError, Cancelled."""
        collected = tables.Tables(session, "csv", options)
        said: dict[tuple[str, ...], LoadOptions] = {}
        for path, part in tables.each(paths, monitor):
            seen = peek(path, options.encoding)
            read = dialect.sample(seen.lines) if seen.is_text else None
            if read is None:
                raise InputError(Reason("file_changed", {"file": path.name}))
            sample, folding = unfolded(read, tables.stem(path))
            columns = sample.dialect.names if sample.dialect.header else ()
            found = _layout(seen, sample, folding, said.get(columns, options))
            if columns and columns not in said:
                said[columns] = _with_cells_of(found, options)
            if found.subscribers:
                notes = mixed(seen, apart=False)
            else:
                seen, notes = read_through(seen, part.part(0.0, 0.1), options.encoding)
                notes = notes or mixed(seen) or other_encoding(seen, told=not options.encoding)
            written = read.dialect if folding is not None else sample.dialect
            source = _source(seen, written, found, session, part.part(0.1, 0.2))
            if folding is not None:
                source = folding.source(source)
                collected.note(folding.told(path.name))
            try:
                more, source = with_later_rows(sample, source, session, part.part(0.2, 0.3))
                if more is not sample:
                    found = _layout(seen, more, folding, said.get(columns, options))
                collected.add(source, found, part.part(0.3, 1.0))
            except session.errors as error:
                raise tables.failed(path, error) from None
            for note in notes:
                collected.note(note)
            if not sample.dialect.header:
                collected.note(Reason("no_header_assumed", {"file": path.name}))
        return collected.measurements()


_OF_CELLS = ("cell", "name", "within", "site", "area")


def _with_cells_of(found: Layout, options: LoadOptions) -> LoadOptions:
    """The options for further files of the same columns: what tells cells apart in one does in all."""
    told = {role: found.mapping[role] for role in _OF_CELLS if role in found.mapping}
    return replace(options, mapping={**told, **options.mapping})


def _source(seen: Peek, found: Dialect, columns: Layout, session: Session, monitor: Monitor) -> Source:
    """The file as SQL. One of people is read where it stands; in no copy of another one are their numbers."""
    if columns.subscribers:
        for done in unpacked(seen.path) if seen.wrapping == "gzip" else ():
            monitor.step(min(done / seen.size, 1.0), Reason("stage_load", {"name": seen.path.name}))
        source = tables.text_source(
            seen.path, seen.path.name, seen.path, found, seen.wrapping or "none", seen.duckdb_encoding
        )
        return replace(source, columns=tuple(map(digits.sql, source.columns))) if seen.digits else source
    plain = as_utf8(seen, found, session, monitor)
    compression = "gzip" if seen.wrapping == "gzip" and plain == seen.path else "none"
    broad = len(columns.values) > MANY_KPIS and not columns.units and not any('"' in line for line in seen.lines)
    as_source = tables.split_source if broad else tables.text_source
    return as_source(seen.path, seen.path.name, plain, found, compression)


def _layout(seen: Peek, sample: Sample, folding: Folding | None, options: LoadOptions) -> Layout:
    """The layout of a file; where its first rows leave open whether day or month comes first, many more are asked."""
    stem = tables.stem(seen.path)
    try:
        found = layout.find(sample, seen.path.name, stem, options)
        column = found.time if found.date is None else found.date
    except InputError as error:
        if not error.reason.code.startswith("date_ambiguous"):
            raise
        found, problem = None, error
        column = sample.dialect.names.index(str(error.reason.params["column"]))
    if found is not None and AS_USUAL not in found.stamps.label:
        return found
    day_first = _order_of_many_rows(seen, sample.dialect, column) if folding is None else None
    if day_first is not None:
        return layout.find(sample, seen.path.name, stem, replace(options, day_first=day_first))
    if found is None:
        raise problem
    return found


_ASKED_LINES = 1_000_000


def _order_of_many_rows(seen: Peek, found: Dialect, column: int) -> bool | None:
    """Whether days come first in a column of dates, by the first row of many that tells; None if none does."""
    try:
        with open_binary(seen.path, seen.wrapping) as raw, io.TextIOWrapper(raw, seen.encoding, "replace") as text:
            for line in itertools.islice(text, _ASKED_LINES):
                fields = (line.translate(digits.PLAIN) if seen.digits else line).split(found.separator)
                parts = re.match(r'\s*"?(\d{1,2})[-/.](\d{1,2})[-/.]', fields[column]) if column < len(fields) else None
                if parts and (int(parts[1]) > 12) != (int(parts[2]) > 12):
                    return int(parts[1]) > 12
    except EOFError:
        raise InputError(Reason("gzip_cut", {"file": seen.path.name})) from None
    except OSError as error:
        raise unreadable(seen.path, error) from None
    return None
