"""Text files as duckdb reads them: UTF-8 with the usual digits.

A file put together from others may be UTF-8 in some lines and Latin-1 in others: read in one of the two, a cell whose
name has an accent would be two cells.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from engine.errors import InputError, Reason
from engine.files.encodings import LATIN, NAMES, legacy
from engine.io import digits
from engine.io.dialect import Dialect
from engine.io.disguise import without_people
from engine.io.peek import CHUNK_BYTES, Peek, decoded, open_binary, unreadable
from engine.io.session import Session
from engine.monitor import Monitor

_STRAYS = 400
"""So many lines that are no UTF-8 tell what they are."""

_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def mixed(seen: Peek, *, apart: bool = True) -> list[Reason]:
    """A note where a Latin-1 file has lines in UTF-8, with how many and the first.

    apart: each line is read as it is written; else all are read as Latin-1. A file that cannot be read to its end is
    left to its reader.
    """
    if seen.encoding != LATIN:
        return []
    first = count = before = 0
    try:
        with open_binary(seen.path, seen.wrapping) as raw:
            for block in _blocks(raw):
                lines = block.split(b"\n") if _UTF8.search(block) else []
                found = [number for number, line in enumerate(lines, start=before + 1) if _is_utf8(line)]
                first, count = first or next(iter(found), 0), count + len(found)
                before += block.count(b"\n")
    except (OSError, EOFError):
        return []
    told: dict[str, str | int | float] = {"file": seen.path.name, "lines": count, "line": first}
    return [Reason("encoding_mixed" if apart else "encoding_mixed_in_place", told)] if count else []


def other_encoding(seen: Peek, *, told: bool = True) -> list[Reason]:
    """A note where a file is in the encoding of a country, with how many lines are not and the first.

    told: which one is worth a note of its own, as nobody has said it. A file that cannot be read to its end is left to
    its reader.
    """
    if seen.encoding not in NAMES or seen.encoding == LATIN:
        return []
    first = count = before = 0
    try:
        with open_binary(seen.path, seen.wrapping) as raw:
            for block in _blocks(raw):
                lines = [] if _decodes(block, seen.encoding) else block.split(b"\n")
                broken = [n for n, line in enumerate(lines, start=before + 1) if not _decodes(line, seen.encoding)]
                first, count = first or next(iter(broken), 0), count + len(broken)
                before += block.count(b"\n")
    except (OSError, EOFError):
        return []
    named: dict[str, str | int | float] = {"file": seen.path.name, "encoding": NAMES[seen.encoding]}
    notes = [Reason("encoding_of_country", named)] if told else []
    return [*notes, Reason("encoding_broken_lines", {**named, "lines": count, "line": first})] if count else notes


def _is_utf8(line: bytes) -> bool:
    """Whether a line has letters beyond ASCII and they are UTF-8."""
    return not line.isascii() and _decodes(line)


def read_through(seen: Peek, monitor: Monitor, encoding: str = "") -> tuple[Peek, list[Reason]]:
    """A file that began as UTF-8, read to its end: as it is to be read, and a note where it is written in two ways.

    With a line in Latin-1 each line is read as it is written; if such lines are in the encoding of another country, the
    whole file is taken for that; encoding: what they are in, "" = find out. Raises InputError for a gzip file that is
    cut, Cancelled.
    """
    if seen.encoding != "utf-8":
        return seen, []
    first = count = before = done = 0
    other = False
    strays: list[bytes] = []
    try:
        with open_binary(seen.path, seen.wrapping) as raw:
            for block in _blocks(raw):
                lines = [] if _decodes(block) else block.split(b"\n")
                broken = [number for number, line in enumerate(lines, start=before + 1) if not _decodes(line)]
                first, count = first or next(iter(broken), 0), count + len(broken)
                strays += [lines[number - before - 1] for number in broken[: _STRAYS - len(strays)]]
                other = other or any(map(_is_utf8, lines or [block]))
                before, done = before + block.count(b"\n"), done + len(block)
                monitor.step(min(done / seen.size, 1.0), Reason("stage_load", {"name": seen.path.name}))
    except EOFError:
        raise InputError(Reason("gzip_cut", {"file": seen.path.name})) from None
    except OSError as error:
        raise unreadable(seen.path, error) from None
    if not count:
        return seen, []
    if (found := encoding or legacy(b"\n".join(strays) + b"\n")) != LATIN:
        seen = replace(seen, encoding=found)
        return seen, other_encoding(seen, told=not encoding)
    note = Reason("encoding_stray_lines", {"file": seen.path.name, "lines": count, "line": first})
    return replace(seen, encoding=LATIN), [note] if other else []


def _decodes(text: bytes, encoding: str = "utf-8") -> bool:
    """Whether bytes are text of an encoding, ASCII included."""
    if text.isascii():
        return True
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def as_utf8(seen: Peek, found: Dialect, session: Session, monitor: Monitor) -> Path:
    """The file as duckdb can read it: all but UTF-8 with usual digits is rewritten, Latin-1 line by line.

    found: how the table in it is written; in columns of numbers of people nothing is left.
    """
    reason = Reason("stage_load", {"name": seen.path.name})
    if seen.encoding == "utf-8" and not seen.digits:
        return seen.path
    plain = session.new_file(".csv")
    try:
        with open_binary(seen.path, seen.wrapping) as raw, plain.open("w", encoding="utf-8", newline="") as text:
            for part in without_people(_told(raw, seen, monitor, reason), found):
                text.write(part)
    except EOFError:
        raise InputError(Reason("gzip_cut", {"file": seen.path.name})) from None
    except OSError as error:
        raise unreadable(seen.path, error) from None
    return plain


def _told(raw: IO[bytes], seen: Peek, monitor: Monitor, reason: Reason) -> Iterator[str]:
    """The pieces of the text, with usual digits, while the progress is told."""
    read = 0
    for part, size in _by_line(raw) if seen.encoding == LATIN else _by_chunk(raw, seen.encoding):
        read += size
        monitor.step(min(read / seen.size, 1.0), reason)
        yield part.translate(digits.PLAIN) if seen.digits else part


def _by_chunk(raw: IO[bytes], encoding: str) -> Iterator[tuple[str, int]]:
    """Pieces of text and the bytes they took."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    while chunk := raw.read(CHUNK_BYTES):
        yield decoder.decode(chunk), len(chunk)
    yield decoder.decode(b"", final=True), 0


def _by_line(raw: IO[bytes]) -> Iterator[tuple[str, int]]:
    """The same of a Latin-1 file, each line as it is written."""
    for block in _blocks(raw):
        lines = block.splitlines(keepends=True) if _UTF8.search(block) else []
        yield "".join(map(decoded, lines)) if lines else block.decode(LATIN), len(block)


def _blocks(raw: IO[bytes]) -> Iterator[bytes]:
    """The content in whole lines of some megabytes together; a longer line comes in pieces."""
    rest = b""
    while chunk := raw.read(CHUNK_BYTES):
        whole, end, rest = (rest + chunk).rpartition(b"\n")
        if len(rest) >= CHUNK_BYTES:
            whole, end, rest = whole + end + rest, b"", b""
        if whole or end:
            yield whole + end
    if rest:
        yield rest
