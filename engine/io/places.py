"""Where a row of a file stands: file, line and text, for a person who wants to look at it."""

from __future__ import annotations

import itertools
from pathlib import Path

from engine.errors import InputError
from engine.io.base import Table
from engine.io.disguise import shown
from engine.io.peek import open_binary, peek

MAX_LINES = 3_000_000
"""So many lines are searched for the exact place; beyond, the file alone is named."""


def place(table: Table, row: int, text: str) -> str:
    """ "file:line, 'text'" of a row of the table (its rowid); without a line where the file does not tell one.

    Whatever may be the number of a person is masked in the text.
    """
    part = next((p for p in table.parts if p.first <= row < p.last), None)
    quote = repr(shown(text))
    if part is None:
        return quote if text else ""
    if part.skipped < 0:
        return f"{part.name}, {quote}" if text else part.name
    about = (row - part.first) // part.per_line + part.skipped + 1 if part.per_line else None
    line = _line_with(part.path, about or 1, text) or about
    where = f"{part.name}:{line}" if line else part.name
    return f"{where}, {quote}" if text else where


def _line_with(path: Path, start: int, text: str) -> int | None:
    """The first line from `start` on that holds the text: blank and refused lines shift what the row number says."""
    if not text or "\n" in text:
        return None
    try:
        seen = peek(path)
        if not seen.is_text:
            return None
        wanted = text.encode(seen.encoding if not seen.encoding.startswith("utf-16") else "utf-8")
        if seen.encoding.startswith("utf-16"):
            return None
        with open_binary(path, seen.wrapping) as file:
            for number, line in enumerate(itertools.islice(file, MAX_LINES), start=1):
                if number >= start and wanted in line:
                    return number
    except (OSError, EOFError, InputError, UnicodeEncodeError):
        return None
    return None
