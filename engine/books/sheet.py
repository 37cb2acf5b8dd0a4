"""What every kind of workbook comes to: sheets of rows, read one after the other."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, TypeAlias

from engine.errors import of_system

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Events: TypeAlias = "Iterator[tuple[str, Element]]"
"""Begins and ends of the elements of an XML document."""

LONGEST, WIDEST = 1_048_576, 16_384
"""Rows and columns that a sheet has at most."""

Row = tuple[object, ...]
"""The values of a row from the first column on: text, numbers, truth values, dates, times, None for an empty cell."""

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    SyntaxError,
    ArithmeticError,
    RuntimeError,
)
"""What libraries raise on a damaged workbook, when it is opened or later (SyntaxError: broken XML, ArithmeticError: a
date out of all bounds, RuntimeError: a version or an encryption that they do not know)."""

_WHOLE = 1e15


class BookError(Exception):
    """A workbook is damaged; the text says how, in the words of the library that found out."""


class LockedError(BookError):
    """A workbook is protected by a password."""


@dataclass(frozen=True)
class Sheet:
    """A sheet. rows: from the first row on, empty ones included, to be read before the next sheet is asked for."""

    title: str
    rows: Iterator[Row]


@contextmanager
def telling(*more: type[Exception]) -> Iterator[None]:
    """Raise BookError in place of what libraries raise. Raises OSError where the system would not give the file."""
    kinds: tuple[type[Exception], ...] = (*BROKEN, *more)
    try:
        yield
    except kinds as error:
        if isinstance(error, OSError) and of_system(error):
            raise
        raise BookError(str(error)[:200] or type(error).__name__) from None


def guarded(rows: Iterable[Row], *more: type[Exception]) -> Iterator[Row]:
    """The rows, with BookError in place of what libraries raise."""
    with telling(*more):
        yield from rows


def sheets_of(
    events: Events, tag: str, name: str, rows_of: Callable[[Events, Element], Iterator[Row]], *refused: type[Exception]
) -> Iterator[Sheet]:
    """The sheets of a workbook that is one XML document, as they come in its stream.

    tag: of the elements that are sheets; name: of the attribute with their title; rows_of: reads the rows of one from
    the stream, up to its end. refused: what the parser raises; told as `telling` does.
    """
    with telling(*refused):
        for event, node in events:
            if event == "start" and node.tag == tag:
                rows = guarded(rows_of(events, node), *refused)
                yield Sheet(node.get(name, ""), rows)
                for _ in rows:  # what was not read of it lies before the next sheet
                    pass


def text(value: object) -> str:
    """A value as it would stand in a file of text, in one line."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE:
        return str(int(value))
    return str(value).replace("\n", " ").replace("\r", " ")
