"""Workbooks of Excel up to 2003 (.xls)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from engine.books.sheet import LockedError, Row, Sheet, guarded, telling

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""What is in a newer workbook that a password protects, which is wrapped as an old one."""

if TYPE_CHECKING:
    from xlrd.book import Book


@contextmanager
def opened(path: Path) -> Iterator[Iterator[Sheet]]:
    """The sheets of a workbook, formulas as their last result. Raises BookError, also later."""
    import xlrd
    from xlrd.compdoc import CompDocError

    errors = (xlrd.XLRDError, CompDocError)
    if _ENCRYPTED in path.read_bytes():
        raise LockedError
    with telling(*errors):
        try:
            book = xlrd.open_workbook(str(path), logfile=io.StringIO(), on_demand=True, ragged_rows=True)
        except xlrd.XLRDError as error:
            if "encrypted" in str(error):
                raise LockedError from None
            raise
    try:
        yield (Sheet(name, guarded(_rows(book, k), *errors)) for k, name in enumerate(book.sheet_names()))
    finally:
        book.release_resources()


def _rows(book: Book, number: int) -> Iterator[Row]:
    sheet = book.sheet_by_index(number)
    for k in range(sheet.nrows):
        kinds, values = sheet.row_types(k), sheet.row_values(k)
        yield tuple(_value(kind, value, book.datemode) for kind, value in zip(kinds, values, strict=True))
    book.unload_sheet(number)


def _value(kind: int, value: object, datemode: int) -> object:
    import xlrd

    if kind == xlrd.XL_CELL_DATE:
        moment = xlrd.xldate_as_datetime(value, datemode)
        return moment if float(str(value)) >= 1 else moment.time()
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, "#N/A")
    return None if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) or value == "" else value
