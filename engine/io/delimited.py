"""CSV and TSV in any of the usual dialects, plain or gzip: long, wide, one-series and interval layouts."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from engine.errors import InputError, Reason
from engine.io import dialect, layout, tables
from engine.io.base import LoadOptions, Measurements, Recognition
from engine.io.dialect import Sample
from engine.io.peek import CHUNK_BYTES, Peek, open_binary, peek, unpacked, unreadable
from engine.io.rows import Source, column_names
from engine.io.session import Session, literal
from engine.monitor import Monitor


class Delimited:
    """Tables of text with a separator."""

    id: ClassVar[str] = "csv"
    label: ClassVar[str] = "CSV or TSV table"
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".txt", ".dat", ".gz")

    def recognise(self, path: Path, options: LoadOptions) -> Recognition | None:
        """A table of at least two columns. Raises InputError where it holds no usable time or no value."""
        seen = peek(path)
        sample = dialect.sample(seen.lines) if seen.is_text else None
        if sample is None or len(sample.dialect.names) < 2:
            return None
        found = layout.find(sample, path.name, tables.stem(path), options)
        why = Reason("recognised_table", {"file": path.name, "layout": found.kind, "written": found.stamps.label})
        return Recognition(self.id, f"csv-{found.kind}", 0.5, why, found.mapping)

    def read(self, paths: Sequence[Path], options: LoadOptions, session: Session, monitor: Monitor) -> Measurements:
        """Read the files into one table per set of columns. Raises InputError, Cancelled."""
        collected = tables.Tables(session, "csv", options)
        for path, part in tables.each(paths, monitor):
            seen = peek(path)
            sample = dialect.sample(seen.lines) if seen.is_text else None
            if sample is None:
                raise InputError(Reason("file_changed", {"file": path.name}))
            found = layout.find(sample, path.name, tables.stem(path), options)
            reason = Reason("stage_load", {"name": path.name})
            plain = _checked(seen, session, part.part(0.0, 0.2), reason)
            source = _source(plain, seen, sample)
            try:
                collected.add(source, found, part.part(0.2, 1.0))
                refused = tables.refused_rows(session, path.name)
            except session.errors as error:
                raise tables.failed(path, error) from None
            collected.refuse(refused)
            if not sample.dialect.header:
                collected.note(Reason("no_header_assumed", {"file": path.name}))
        return collected.measurements()


def _checked(seen: Peek, session: Session, monitor: Monitor, reason: Reason) -> Path:
    """The file as duckdb can read it: a gzip file is checked for cuts, UTF-16 and Latin-1 are rewritten as UTF-8."""
    if seen.encoding == "utf-8":
        if seen.wrapping == "gzip":
            for done in unpacked(seen.path):
                monitor.step(done / seen.size, reason)
        return seen.path
    plain = Path(session.folder) / f"{session.new_table()}.csv"
    decoder = codecs.getincrementaldecoder(seen.encoding)(errors="replace")
    written = 0
    try:
        with open_binary(seen.path, seen.wrapping) as raw, plain.open("w", encoding="utf-8", newline="") as text:
            while chunk := raw.read(CHUNK_BYTES):
                text.write(decoder.decode(chunk))
                written += len(chunk)
                monitor.step(min(written / seen.size, 1.0), reason)
            text.write(decoder.decode(b"", final=True))
    except EOFError:
        raise InputError(Reason("gzip_cut", {"file": seen.path.name})) from None
    except OSError as error:
        raise unreadable(seen.path, error) from None
    return plain


def _source(plain: Path, seen: Peek, sample: Sample) -> Source:
    found = sample.dialect
    count = len(found.names)
    columns = ", ".join(f"'c{k}': 'VARCHAR'" for k in range(count))
    compression = "gzip" if seen.wrapping == "gzip" and plain == seen.path else "none"
    relation = (
        f"read_csv({literal(str(plain))}, auto_detect=false, header=false, skip={found.skipped}"
        f", delim={literal(found.separator)}, quote='\"', escape='\"', compression='{compression}'"
        f", columns={{{columns}}}, store_rejects=true, strict_mode={{strict}})"
    )
    return Source(
        seen.path, seen.path.name, relation, column_names(count), found.skipped, found.decimal, found.thousands
    )
