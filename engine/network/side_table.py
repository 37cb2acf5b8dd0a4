"""Small tables that a person adds to the data (cells, KPIs, labels): a CSV with a header, read and refused alike.

UTF-8, UTF-16 or an encoding of `engine.files.encodings`; separated by comma, semicolon or tab. Header names are
compared as `plain` writes them, however they are split into words.
"""

from __future__ import annotations

import _csv
import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from engine.errors import InputError, Reason
from engine.files.encodings import LATIN, legacy
from engine.files.header_words import joined, plain

SEPARATORS = ",;\t"
_SAMPLE_BYTES = 1 << 18
_TOLD_NAMES = 12

Row = tuple[int, Mapping[str, str]]
"""The number of the line that a row ends on, and its fields by role, without blanks around them; "" = empty."""


def read(path: Path, roles: Mapping[str, Sequence[str]], needed: str) -> Iterator[Row]:
    """The rows of a table, but for empty ones.

    roles: what a column tells -> header names it is recognised by, the most telling first; a column may have several
    roles. needed: the role that every row must have. Raises InputError: unreadable, in another encoding, no CSV,
    without the needed column, without any row, or with a row that has nothing in that column.
    """
    found = 0
    told: dict[str, str | int | float]
    try:
        with path.open(encoding=_encoding(path), newline="") as stream:
            reader = _rows(stream)
            places = _places(next(reader, []), roles)
            if needed not in places:
                told = {"file": path.name, "column": needed, "known": ", ".join(roles[needed][:_TOLD_NAMES])}
                raise InputError(Reason("side_table_no_column", told))
            for fields in reader:
                row = {role: fields[k].strip() if k < len(fields) else "" for role, k in places.items()}
                if not any(field.strip() for field in fields):
                    continue
                if not row[needed]:
                    told = {"file": path.name, "line": reader.line_num, "column": needed}
                    raise InputError(Reason("side_table_nameless", told))
                found += 1
                yield reader.line_num, {**dict.fromkeys(roles, ""), **row}
    except OSError as error:
        raise InputError(Reason("file_unreadable", {"file": str(path), "detail": error.strerror or ""})) from error
    except UnicodeError as error:
        raise InputError(Reason("side_table_encoding", {"file": path.name})) from error
    except csv.Error as error:
        raise InputError(Reason("file_not_read", {"file": path.name, "detail": str(error)})) from error
    if not found:
        raise InputError(Reason("side_table_empty", {"file": path.name}))


def unread(path: Path, roles: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The names of the columns without a role, in their order, of a table that `read` has read."""
    with path.open(encoding=_encoding(path), newline="") as stream:
        header = next(_rows(stream), [])
    used = set(_places(header, roles).values())
    return tuple(name.strip() for k, name in enumerate(header) if name.strip() and k not in used)


def wrong_value(path: Path, line: int, column: str, value: str, choices: str) -> InputError:
    """Why a field of a row cannot be; choices: what can stand there, in words."""
    told: dict[str, str | int | float] = {"file": path.name, "line": line, "column": column, "value": value}
    return InputError(Reason("side_table_value", {**told, "choices": choices}))


def _rows(stream: TextIO) -> _csv.Reader:
    head = stream.readline()
    stream.seek(0)
    return csv.reader(stream, delimiter=max(SEPARATORS, key=head.count))


def _encoding(path: Path) -> str:
    """UTF-16 by its mark, UTF-8 where the text is that, else the encoding of a country; that of Western Europe is
    refused: nobody can tell it from others by a few accents.
    """
    with path.open("rb") as stream:
        text = stream.read(_SAMPLE_BYTES)
    if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text)
    except UnicodeDecodeError:
        found = legacy(text)
        return found if found != LATIN else "utf-8-sig"
    return "utf-8-sig"


def _places(header: Sequence[str], roles: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Where the column of each role stands, for those that have one."""
    names: dict[str, int] = {}
    for place, name in enumerate(header):
        names.setdefault(joined(plain(name)), place)
    found = {
        role: next((names[joined(name)] for name in known if joined(name) in names), None)
        for role, known in roles.items()
    }
    return {role: place for role, place in found.items() if place is not None}
