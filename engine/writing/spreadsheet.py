"""Tables for a spreadsheet: RFC 4180 in UTF-8, with numbers as numbers and text that can never become a formula."""

from __future__ import annotations

import codecs
import csv
import math
import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.monitor import Cancelled, Monitor
from engine.writing.output import whole_file

Value = str | int | float | bool | None

_FORMULA = "=+\\-@＝＋－＠"
_BEGINS = rf"(?:(?:\A|(?<=[;\t\r\n]))(?=%s['\"]*[{_FORMULA}])|\A(?=%s['\"]*[\t\r\n]))"
_UNSAFE, _GUARDED = re.compile(_BEGINS % ("", "")), re.compile(_BEGINS % ("'", "'") + "'")
_PIECE = re.compile(r"[^;\t\r\n]*")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_TICK = 4096


def text(value: str) -> str:
    """Text that a spreadsheet shows as it is.

    A name such as `=HYPERLINK(...)` would be run as a formula, so text that begins with = + - @, wide ones of East
    Asia too, or with a tab or the end of a line gets an apostrophe in front (OWASP, CSV injection). So does what
    follows a semicolon, a tab or the end of a line in it, where a spreadsheet may see the next cell: it separates by
    semicolons in much of Europe. What is a plain number is left alone. NUL, which no CSV reader takes, is dropped.
    """

    def guarded(found: re.Match[str]) -> str:
        piece = _PIECE.match(value, found.start())
        return "" if piece is not None and _NUMBER.fullmatch(piece[0]) else "'"

    value = value.replace("\0", "")
    return _UNSAFE.sub(guarded, value)


def without_guards(shown: str) -> str:
    """The text that `text` was given."""
    return _GUARDED.sub("", shown)


def decimal(value: float) -> str:
    """A number without needless digits: six decimals, or six significant digits when tiny or huge. NaN is empty."""
    if not math.isfinite(value):
        return "" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    if value == 0 or 1e-3 <= abs(value) < 1e15:
        short = f"{value:.6f}".rstrip("0").rstrip(".")
        return "0" if short == "-0" else short
    return f"{value:.6g}"


def field(value: Value) -> str:
    """One field: text guarded, True and False as 1 and 0, None and NaN empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bool | int):
        return str(int(value))
    return decimal(float(value))


def mark(path: Path) -> None:
    """Put a byte-order mark before a CSV file: Excel takes it for the computer's own code page without. Raises
    OutputError.
    """
    with whole_file(path) as part, path.open("rb") as before, part.open("wb") as stream:
        stream.write(codecs.BOM_UTF8)
        shutil.copyfileobj(before, stream)


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Value]], monitor: Monitor) -> None:
    """Write a header and rows, lines ended by CR LF, the whole file or nothing. Raises OutputError, Cancelled."""
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        for number, row in enumerate(rows):
            if number % _TICK == 0 and monitor.cancelled:
                raise Cancelled
            writer.writerow([field(value) for value in row])
