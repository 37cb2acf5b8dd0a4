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
    """The workbook, its formulas as their last result. Raises one of `BROKEN` for a damaged file."""
    import openpyxl

    with path.open("rb") as file:  # opened here: openpyxl would leave the file of a damaged workbook open
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        try:
            yield book
        finally:
            book.close()
