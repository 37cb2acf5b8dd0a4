"""Workbooks of OpenDocument (.ods, ISO/IEC 26300), read as a stream."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from engine.books.sheet import BROKEN, LONGEST, WIDEST, Events, LockedError, Row, Sheet, sheets_of, telling
from engine.files.xml_events import xml_events

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MIME_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"

_CONTENT = "content.xml"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_NUMBERS = ("float", "percentage", "currency")
_TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")


def unpacked_bytes(path: Path) -> int | None:
    """How many bytes the workbook is unpacked; None for a file that is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            named = {m.filename for m in members}
            if not {"mimetype", _CONTENT} <= named or not archive.read("mimetype").startswith(MIME_TYPE):
                return None
    except BROKEN:
        return None
    return sum(m.file_size for m in members)


@contextmanager
def opened(path: Path) -> Iterator[Iterator[Sheet]]:
    """The sheets of a workbook, formulas as their last result. Raises BookError, also later."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError

    with zipfile.ZipFile(path) as archive, archive.open(_CONTENT) as file:
        with telling(DefusedXmlException):
            if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise LockedError
            events = xml_events(file)
        yield sheets_of(events, f"{_TABLE}table", f"{_TABLE}name", _rows, DefusedXmlException, ParseError)


def _rows(events: Events, table: Element) -> Iterator[Row]:
    written = empty = 0
    for event, node in events:
        if event == "end" and node.tag == f"{_TABLE}table-row":
            row, times = _row(node), int(node.get(f"{_TABLE}number-rows-repeated", 1))
            node.clear()
            if not row:  # the rest of a sheet is one empty row, repeated a million times
                empty += times
                continue
            written += empty + times
            if written > LONGEST:
                raise ValueError(f"a sheet of more than {LONGEST} rows")
            for _ in range(empty):
                yield ()
            for _ in range(times):
                yield row
            empty = 0
        elif event == "end" and node is table:
            table.clear()
            return


def _row(node: Element) -> Row:
    """The values up to the last one."""
    values: list[object] = []
    empty = 0
    for cell in node:
        if cell.tag not in _CELLS:
            continue
        value, times = _value(cell), int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        if value is None:
            empty += times
            continue
        if len(values) + empty + times > WIDEST:
            raise ValueError(f"a row of more than {WIDEST} columns")
        values += [None] * empty + [value] * times
        empty = 0
    return tuple(values)


def _value(cell: Element) -> object:
    kind = cell.get(f"{_OFFICE}value-type", "")
    if kind in _NUMBERS:
        return float(cell.get(f"{_OFFICE}value", ""))
    if kind == "date":
        return datetime.fromisoformat(cell.get(f"{_OFFICE}date-value", ""))
    if kind == "time" and (told := _TIME.fullmatch(cell.get(f"{_OFFICE}time-value", ""))) is not None:
        hours, minutes, seconds = (int(part) for part in told.groups())
        return time(hours, minutes, seconds) if hours <= 23 else f"{hours}:{minutes:02}:{seconds:02}"
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true"
    said = " ".join("".join(paragraph.itertext()) for paragraph in cell.findall(f"{_TEXT}p")).strip()
    return said or None
