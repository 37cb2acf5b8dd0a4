"""Opens Excel workbooks for reading row by row, and closes them whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.io import archives

BROKEN = (
    *archives.BROKEN,
    OSError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    SyntaxError,
    ArithmeticError,
)
"""What openpyxl raises on a damaged workbook, when it is opened or later (SyntaxError: broken XML,
ArithmeticError: a date out of all bounds)."""


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The workbook, its formulas as their last result. Raises one of `BROKEN` for a damaged file.

    Opening reads no sheet: what a sheet says of its size is not believed (exports say A1), and where one says nothing,
    openpyxl would go through all of it to find out.
    """
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    class Sheet(ReadOnlyWorksheet):  # type: ignore[misc]
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
                    self.wb._sheets.append(Sheet(self.wb, sheet.name, relation.target, self.shared_strings))

    with path.open("rb") as file:  # opened here: openpyxl would leave the file of a damaged workbook open
        reader = Reader(file, read_only=True, data_only=True)
        reader.read()
        try:
            yield reader.wb
        finally:
            reader.wb.close()
