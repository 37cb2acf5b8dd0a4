"""Workbooks in the XML of Excel 2003, which network managers write under the name .xls or .xml, read as a stream."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import IO, TYPE_CHECKING

from engine.books.sheet import LONGEST, WIDEST, Events, Row, Sheet, sheets_of, telling
from engine.files.xml_events import xml_events

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_KEY = f"{{{_NAMESPACE}}}"
_ROOT = re.compile(r"<(?:[\w.-]+:)?Workbook[\s>]")
_MIDNIGHT_DAY = datetime(1899, 12, 31).date()


def begins(lines: Sequence[str]) -> bool:
    """Whether a file that begins so is such a workbook."""
    head = "\n".join(lines)
    return _NAMESPACE in head and _ROOT.search(head) is not None


@contextmanager
def opened(file: IO[bytes]) -> Iterator[Iterator[Sheet]]:
    """The sheets of a workbook, formulas as their last result. Raises BookError, also later."""
    from defusedxml.common import DefusedXmlException

    with telling(DefusedXmlException):
        events = xml_events(file)
    yield sheets_of(events, f"{_KEY}Worksheet", f"{_KEY}Name", _rows, DefusedXmlException)


def _rows(events: Events, sheet: Element) -> Iterator[Row]:
    number = 0
    for event, node in events:
        if event == "end" and node.tag == f"{_KEY}Row":
            place = int(node.get(f"{_KEY}Index", number + 1))
            if not number < place <= LONGEST:
                raise ValueError(f"a row in line {place}")
            for _ in range(number, place - 1):
                yield ()
            yield _row(node)
            number = place
            node.clear()
        elif event == "end" and node is sheet:
            sheet.clear()
            return


def _row(node: Element) -> Row:
    values: list[object] = []
    for cell in node.iter(f"{_KEY}Cell"):
        place = int(cell.get(f"{_KEY}Index", len(values) + 1))
        if not len(values) < place <= WIDEST:
            raise ValueError(f"a cell in column {place}")
        values += [None] * (place - 1 - len(values))
        values.append(_value(cell.find(f"{_KEY}Data")))
        values += [None] * min(int(cell.get(f"{_KEY}MergeAcross", 0)), WIDEST)
    return tuple(values)


def _value(data: Element | None) -> object:
    if data is None:
        return None
    told, kind = "".join(data.itertext()).strip(), data.get(f"{_KEY}Type", "String")
    if kind == "Number":
        return float(told)
    if kind == "DateTime":
        moment = datetime.fromisoformat(told)
        return moment.time() if moment.date() <= _MIDNIGHT_DAY else moment
    return (told == "1" if kind == "Boolean" else told) if told else None
