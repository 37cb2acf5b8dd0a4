"""Workbooks of Excel since 2007 (.xlsx, .xlsm), read as a stream."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.books.sheet import BROKEN, Sheet, guarded, telling


def unpacked_bytes(path: Path) -> int | None:
    """How many bytes the workbook is unpacked; None for a file that is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except BROKEN:
        return None
    return sum(m.file_size for m in members) if any(m.filename == "xl/workbook.xml" for m in members) else None


def is_binary(path: Path) -> bool:
    """Whether a file is a workbook of the binary kind (.xlsb), which is not read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.bin" in archive.namelist()
    except BROKEN:
        return False


@contextmanager
def opened(path: Path) -> Iterator[Iterator[Sheet]]:
    """The sheets of a workbook, formulas as their last result. Raises BookError, also later.

    Opening reads no sheet: what a sheet says of its size is not believed (exports say A1), and where one says nothing,
    openpyxl would go through all of it to find out.
    """
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    # what it finds odd in styles, validations and names is of no account to whoever reads the values
    warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")

    class Worksheet(ReadOnlyWorksheet):  # type: ignore[misc]
        def _get_size(self) -> None:
            pass

    class Reader(ExcelReader):  # type: ignore[misc]
        def read_worksheets(self) -> None:
            for sheet, relation in self.parser.find_sheets():
                if relation.target not in self.valid_files:
                    continue
                if "chartsheet" in relation.Type:
                    self.read_chartsheet(sheet, relation)
                else:
                    self.wb._sheets.append(Worksheet(self.wb, sheet.name, relation.target, self.shared_strings))

    with path.open("rb") as file:  # opened here: openpyxl would leave the file of a damaged workbook open
        with telling():
            reader = Reader(file, read_only=True, data_only=True)
            reader.read()
        try:
            yield (Sheet(s.title, guarded(s.iter_rows(values_only=True))) for s in reader.wb.worksheets)
        finally:
            reader.wb.close()
