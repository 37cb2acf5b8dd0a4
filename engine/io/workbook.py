"""Excel workbooks (.xlsx): every sheet with a table of the same layout is one part of the data set."""

from __future__ import annotations

import contextlib
import csv
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, ClassVar

from engine.errors import InputError, Reason
from engine.io import archives, book, dialect, digits, layout, tables
from engine.io.base import LoadOptions, Measurements, Recognition
from engine.io.dialect import Sample
from engine.io.peek import peek, unreadable
from engine.io.session import Session
from engine.monitor import Monitor

_SAMPLE_ROWS = 500
_STEP_ROWS = 2000
_MAX_UNPACKED = 4 << 30


class Workbook:
    """Tables in the sheets of a workbook; formulas count as their last result."""

    id: ClassVar[str] = "xlsx"
    label: ClassVar[str] = "Excel workbook"
    suffixes: ClassVar[tuple[str, ...]] = (".xlsx", ".xlsm")

    def recognise(self, path: Path, options: LoadOptions) -> Recognition | None:
        """A zip archive that holds a workbook. Raises InputError where no sheet holds a usable table."""
        if peek(path).wrapping != "zip" or not _is_workbook(path):
            return None
        problem: InputError | None = None
        for sheet, rows in _sheets(path):
            sample = _sample(rows)
            if sample is None:
                continue
            try:
                found = layout.find(sample, f"{path.name} [{sheet}]", tables.stem(path), options)
            except InputError as error:
                problem = problem or error
                continue
            why = Reason("recognised_table", {"file": path.name, "layout": found.kind, "written": found.stamps.label})
            return Recognition(self.id, f"xlsx-{found.kind}", 1.0, why, found.mapping)
        raise problem or InputError(Reason("workbook_empty", {"file": path.name}))

    def read(self, paths: Sequence[Path], options: LoadOptions, session: Session, monitor: Monitor) -> Measurements:
        """Read all sheets that hold a table. Raises InputError, Cancelled."""
        collected = tables.Tables(session, self.id, options)
        for path, part in tables.each(paths, monitor):
            for sheet, rows in _sheets(path):
                name = f"{path.name} [{sheet}]"
                plain = session.new_file(".csv")
                _write(rows, plain, part, Reason("stage_load", {"name": name}))
                sample = dialect.sample(_first_lines(plain), ",")
                if sample is None:
                    continue
                try:
                    found = layout.find(sample, name, tables.stem(path), options)
                except InputError as error:
                    collected.note(Reason("sheet_left_out", {"sheet": name, "reason": str(error)}))
                    continue
                collected.add(tables.text_source(path, name, plain, sample.dialect, "none"), found, part)
                plain.unlink()
        return collected.measurements()


def _damaged(path: Path, error: Exception) -> InputError:
    if not path.exists():
        return unreadable(path, FileNotFoundError())
    return InputError(Reason("workbook_damaged", {"file": path.name, "detail": str(error)[:200]}))


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (*archives.BROKEN, OSError):
        return False
    if not any(m.filename == "xl/workbook.xml" for m in members):
        return False
    if sum(m.file_size for m in members) > _MAX_UNPACKED:
        raise InputError(Reason("archive_too_large", {"file": path.name, "limit": _MAX_UNPACKED >> 30}))
    return True


def _sheets(path: Path) -> Iterator[tuple[str, Iterator[tuple[Any, ...]]]]:
    """(name, rows) of every worksheet; rows stream. Raises InputError for a damaged workbook, also later."""
    with contextlib.ExitStack() as stack:
        try:
            opened = stack.enter_context(book.opened(path))
        except book.BROKEN as error:
            raise _damaged(path, error) from None
        for sheet in opened.worksheets:
            yield sheet.title, _rows(path, sheet)


def _rows(path: Path, sheet: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - a worksheet
    try:
        yield from sheet.iter_rows(values_only=True)
    except book.BROKEN as error:
        raise _damaged(path, error) from None


def _write(rows: Iterator[tuple[Any, ...]], plain: Path, monitor: Monitor, reason: Reason) -> None:
    """Write a sheet as comma-separated text, so that line n is row n of the sheet."""
    with plain.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        width = 0
        for k, row in enumerate(rows):
            if k % _STEP_ROWS == 0:
                monitor.step(0.0, reason)
            fields = [_text(v) for v in row]
            width = max(width, len(fields))
            writer.writerow(fields + [""] * (width - len(fields)))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).replace("\n", " ").replace("\r", " ").translate(digits.PLAIN)


def _first_lines(plain: Path) -> list[str]:
    with plain.open(encoding="utf-8") as file:
        return [line.rstrip("\n") for line, _ in zip(file, range(_SAMPLE_ROWS), strict=False)]


def _sample(rows: Iterator[tuple[Any, ...]]) -> Sample | None:
    """The first rows of a sheet as a sample."""
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row, _ in zip(rows, range(_SAMPLE_ROWS), strict=False):
        writer.writerow([_text(v) for v in row])
    return dialect.sample(text.getvalue().splitlines(), ",")
