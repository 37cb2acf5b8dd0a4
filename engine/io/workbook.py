"""Workbooks, web pages and JSON: every sheet with a table of the same layout is one part of the data set."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from engine.books.sheet import Row, text
from engine.errors import InputError, Reason
from engine.io import book, dialect, digits, layout, tables
from engine.io.base import LoadOptions, Measurements, Recognition
from engine.io.dialect import Sample
from engine.io.layout import WIDE, Layout
from engine.io.peek import peek
from engine.io.session import Session
from engine.io.unfolding import unfolded
from engine.monitor import Monitor

_SAMPLE_ROWS = 500
_STEP_ROWS = 2000


class Workbook:
    """Tables in the sheets of a workbook, in web pages and JSON; formulas count as their last result."""

    id: ClassVar[str] = "workbook"
    label: ClassVar[str] = "workbook, web page or JSON"
    suffixes: ClassVar[tuple[str, ...]] = (
        ".xlsx",
        ".xlsm",
        ".xls",
        ".ods",
        ".html",
        ".htm",
        ".json",
        ".jsonl",
        ".ndjson",
    )

    def recognise(self, path: Path, options: LoadOptions) -> Recognition | None:
        """By what is in the file. Raises InputError where no sheet holds a usable table."""
        seen = peek(path, options.encoding)
        if not book.kind(seen):
            return None
        problem: InputError | None = None
        with book.opened(seen) as sheets:
            for sheet in sheets:
                sample = _sample(sheet.rows)
                if sample is None:
                    continue
                sample, _ = unfolded(sample, tables.stem(path))
                try:
                    found = layout.find(sample, f"{path.name} [{sheet.title}]", tables.stem(path), options)
                    if book.kind(seen) == book.JSON and not _goes_on(sample, found):
                        continue
                except InputError as error:
                    if problem is None or error.reason.code.startswith("date_"):
                        problem = error  # a sheet with dates is what is meant
                    continue
                told = {"file": path.name, "layout": found.kind, "written": found.stamps.label}
                why = Reason("recognised_table", told)
                return Recognition(self.id, f"workbook-{found.kind}", 1.0, why, found.mapping)
        if problem is None and seen.is_text:
            return None  # a page or a document without any table
        raise problem or InputError(Reason("workbook_empty", {"file": path.name}))

    def read(self, paths: Sequence[Path], options: LoadOptions, session: Session, monitor: Monitor) -> Measurements:
        """Read all sheets that hold a table. Raises InputError, Cancelled."""
        collected, parts = tables.Tables(session, self.id, options), 0
        for path, part in tables.each(paths, monitor):
            with book.opened(peek(path, options.encoding)) as sheets:
                for sheet in sheets:
                    name = f"{path.name} [{sheet.title}]"
                    plain = session.new_file(".csv")
                    _write(sheet.rows, plain, part, Reason("stage_load", {"name": name}))
                    read = dialect.sample(_first_lines(plain), ",")
                    if read is None:
                        continue
                    sample, folding = unfolded(read, tables.stem(path))
                    try:
                        found = layout.find(sample, name, tables.stem(path), options)
                    except InputError as error:
                        collected.note(Reason("sheet_left_out", {"sheet": name, "reason": str(error)}))
                        continue
                    source = tables.text_source(path, name, plain, read.dialect, "none")
                    if folding is not None:
                        source = folding.source(source)
                        collected.note(folding.told(name))
                    collected.add(source, found, part)
                    parts += 1
                    plain.unlink()
        if not parts:
            raise InputError(Reason("file_changed", {"file": paths[0].name}))
        return collected.measurements()


def _goes_on(sample: Sample, found: Layout) -> bool:
    """Whether a table is one of measurements over time: much of what is written in JSON is anything else."""
    return found.kind != WIDE and (found.time < 0 or len({row[found.time] for row in sample.rows}) > 1)


def _write(rows: Iterator[Row], plain: Path, monitor: Monitor, reason: Reason) -> None:
    """Write a sheet as comma-separated text, so that line n is row n of the sheet."""
    with plain.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        width = 0
        for k, row in enumerate(rows):
            if k % _STEP_ROWS == 0:
                monitor.step(0.0, reason)
            fields = [text(v).translate(digits.PLAIN) for v in row]
            width = max(width, len(fields))
            writer.writerow(fields + [""] * (width - len(fields)))


def _first_lines(plain: Path) -> list[str]:
    with plain.open(encoding="utf-8") as file:
        return [line.rstrip("\n") for line, _ in zip(file, range(_SAMPLE_ROWS), strict=False)]


def _sample(rows: Iterator[Row]) -> Sample | None:
    """The first rows of a sheet as a sample."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    for row, _ in zip(rows, range(_SAMPLE_ROWS), strict=False):
        writer.writerow([text(v).translate(digits.PLAIN) for v in row])
    return dialect.sample(lines.getvalue().splitlines(), ",")
