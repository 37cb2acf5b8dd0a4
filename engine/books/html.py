"""Tables of web pages, which network managers write under the name .xls for spreadsheet programs to open."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import IO

from engine.books.sheet import WIDEST, BookError, Row, Sheet, telling

MAX_CHARACTERS = 1 << 29
"""No export is larger; the tables of a page are held in memory."""

MAX_SPANNED = 1 << 22
"""Cells of a page that others span, at most: a few letters may say of a cell that it spans thousands."""

_CHUNK = 1 << 20
_TABLE = re.compile(r"<table[\s>]", re.IGNORECASE)
_PAGE = re.compile(r"\s*(<!DOCTYPE html|<html|<head|<body|<meta|<style|<table|<div|<center)", re.IGNORECASE)
_SILENT = ("script", "style", "title")


def begins(lines: Sequence[str]) -> bool:
    """Whether a file that begins so is a web page with a table."""
    head = "\n".join(lines)
    return _PAGE.match(head) is not None and _TABLE.search(head) is not None


@contextmanager
def opened(file: IO[str]) -> Iterator[Iterator[Sheet]]:
    """The tables of a page in their order, each a sheet; of tables within tables each is one of its own.

    A cell that spans columns stands in the first of them, one that spans rows in all of them. Raises BookError.
    """
    page = _Page()
    read = 0
    with telling():
        while chunk := file.read(_CHUNK):
            read += len(chunk)
            if read > MAX_CHARACTERS:
                raise BookError(f"a page of more than {MAX_CHARACTERS >> 20} MB")
            page.feed(chunk)
        page.close()
    yield (Sheet(f"table {k}", iter(table.rows)) for k, table in enumerate(page.tables, start=1) if table.rows)


class _Room:
    """For how many cells that others span a page has room."""

    def __init__(self) -> None:
        self._left = MAX_SPANNED

    def take(self, cells: int) -> None:
        """Take the room of some. Raises BookError where there is none left."""
        self._left -= cells
        if self._left < 0:
            raise BookError(f"a page with cells that span more than {MAX_SPANNED:,} others")


class _Table:
    """A table while it is read."""

    def __init__(self, room: _Room) -> None:
        self.rows: list[Row] = []
        self._room = room
        self._row: list[object] | None = None
        self._cell: list[str] | None = None
        self._across, self._down = 1, 1
        # what earlier rows have in columns of this one, and in those of the next ones: (value, rows to go)
        self._above: dict[int, tuple[object, int]] = {}
        self._below: dict[int, tuple[object, int]] = {}

    def begin_row(self) -> None:
        self.end_row()
        self._row = []
        self._above, self._below = self._below, {}

    def begin_cell(self, across: int, down: int) -> None:
        self.end_cell()
        if self._row is None:
            self.begin_row()
        self._cell, self._across, self._down = [], across, down

    def add(self, said: str) -> None:
        if self._cell is not None:
            self._cell.append(said)

    def end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        value = " ".join("".join(self._cell).split()) or None
        self._cell = None
        self._take_from_above(self._row)
        first = len(self._row)
        self._room.take(self._across - 1)
        self._row += [value, *[None] * (self._across - 1)]
        if len(self._row) > WIDEST:
            raise BookError(f"a row of more than {WIDEST} columns")
        if self._down > 1:
            self._below |= {first + k: (self._row[first + k], self._down - 1) for k in range(self._across)}

    def end_row(self) -> None:
        self.end_cell()
        if self._row is not None:
            self._take_from_above(self._row)
            self.rows.append(tuple(self._row))
        self._row = None

    def _take_from_above(self, row: list[object]) -> None:
        while (place := len(row)) in self._above:
            value, rows = self._above[place]
            if rows > 1:
                self._below[place] = (value, rows - 1)
            self._room.take(1)
            row.append(value)


class _Page(HTMLParser):
    """Collects the tables of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._room = _Room()
        self._open: list[_Table] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag begins."""
        if tag in _SILENT:
            self._silent += 1
        elif tag == "table":
            self._open.append(_Table(self._room))
            self.tables.append(self._open[-1])
        elif self._open and tag == "tr":
            self._open[-1].begin_row()
        elif self._open and tag in ("td", "th"):
            self._open[-1].begin_cell(_span(attrs, "colspan"), _span(attrs, "rowspan"))
        elif self._open and tag == "br":
            self._open[-1].add(" ")

    def handle_endtag(self, tag: str) -> None:
        """A tag ends."""
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif self._open and tag in ("td", "th"):
            self._open[-1].end_cell()
        elif self._open and tag == "tr":
            self._open[-1].end_row()
        elif self._open and tag == "table":
            self._open.pop().end_row()

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        if self._open and not self._silent:
            self._open[-1].add(data)

    def close(self) -> None:
        """The page ends, its tables with it."""
        super().close()
        while self._open:
            self._open.pop().end_row()


def _span(attrs: list[tuple[str, str | None]], name: str) -> int:
    told = dict(attrs).get(name) or "1"
    return min(max(int(told), 1), WIDEST) if told.isdecimal() else 1
