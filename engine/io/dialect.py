"""How a delimited text file is written: separator, quotes, decimal mark, header; found from its first lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.io.unit_fields import without_unit

SEPARATORS = (",", ";", "\t", "|")
LAST_RESORT = " "

MISSING = (
    *("", "-", "--", "na", "n/a", "n.a.", "n/d", "s/d", "nan", "null", "none", "nil", "\\n", "?"),
    *("/0", "#n/a", "#div/0!", "#value!", "#num!", "#null!", "#ref!"),
    *("无", "空", "空值", "無", "なし", "없음", "н/д", "нет данных"),
)
"""Ways of writing "not measured", or a ratio of nothing, in small letters."""

_MARKUP = ("<", "{", "[")
_FIRST_ROWS = 200
_FURTHER_ROWS = 60
_MOST_TITLES = 40
_MARKED_ROWS = 150
_DATES_ACROSS = 3
_FILLED = 0.8
"""The share of the columns at least that have a name, of the widest of the first rows."""

_MOST_LINES = 20
"""A row over more lines has a quote that is not closed."""


_DATE = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?%?")
_COMMA_NUMBER = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?%?")
_THOUSANDS_DOT = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?%?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?P<mark>[ \u00a0\u202f'\u2019])\d{3}((?P=mark)\d{3})*([.,]\d+)?%?")
"""Thousands apart by a blank or an apostrophe, as in much of Europe."""

_THOUSANDS_COMMA = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?%?")


@dataclass(frozen=True)
class Dialect:
    """separator; decimal "." or ","; thousands "" or the mark between groups of three digits.

    skipped: lines before the first row of data. names: of the columns, "" where the header has none; made up
    ("column1" ...) where `header` is False.
    """

    separator: str
    decimal: str
    thousands: str
    header: bool
    skipped: int
    names: tuple[str, ...]

    def number(self, text: str) -> float | None:
        """The number in a field; None when it holds none."""
        plain = text.strip().removesuffix("%").strip()
        if self.thousands:
            plain = plain.replace(self.thousands, "")
        if self.decimal == ",":
            plain = plain.replace(",", ".")
        return float(plain) if _NUMBER.fullmatch(plain) else None


@dataclass(frozen=True)
class Sample:
    """The first rows of a delimited file, split into fields; short rows are padded with "".

    lines: the line of the file that each row stands on, counted from 1; shorter than `rows` where that is not known.
    above: the row above the names of the columns, () where there is none.
    """

    dialect: Dialect
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...] = ()
    above: tuple[str, ...] = ()

    def column(self, index: int) -> list[str]:
        """The fields of one column that hold anything, stripped."""
        fields = (row[index].strip() for row in self.rows)
        return [f for f in fields if f.lower() not in MISSING]


def is_missing(text: str) -> bool:
    """Whether a field says "not measured"."""
    return text.strip().lower() in MISSING


def sample(lines: Sequence[str], separator: str = "") -> Sample | None:
    """Find the dialect of a file from its first lines; None when they are no table, or XML, HTML or JSON."""
    if next((line.lstrip()[0] for line in lines if line.strip()), "") in _MARKUP:
        return None
    first, last = lines[:_FIRST_ROWS], lines[_FIRST_ROWS :: max(1, len(lines) // _FURTHER_ROWS)]
    if not any(line.strip() for line in first):
        return None
    separator = separator or _separator([line for line in first if line.strip()])
    # The first rows and some from further down: enough to tell numbers from names.
    split = _records(first, separator)
    near = len(split)
    split += [(i, row) for i, row in _records(last, separator) if len(row) == _usual_width([r for _, r in split])]
    if not split:
        return None
    width = _usual_width([row for _, row in split])
    start = next((k for k, (_, row) in enumerate(split) if len(row) == width), None)
    if start is None:
        return None
    before = split[start - 1][1] if start else []
    body = [(i, row) for i, row in split[start:] if len(row) <= width]
    near = sum(len(row) <= width for _, row in split[start:near])
    titles = _titles([row for _, row in body[:near]])
    above = tuple(body[titles - 1][1] if titles else before)
    body, near = body[titles:], near - titles
    if 2 * sum(len(row) == width for _, row in split) < len(split):
        return None
    header = _is_header(body[0][1], [row for _, row in body[1:200]])
    names = tuple(f.strip() for f in body[0][1]) if header else tuple(f"column{k + 1}" for k in range(width))
    first_data = body[0][0] + (1 if header else 0)
    rows = tuple(tuple(row) + ("",) * (width - len(row)) for _, row in body[1 if header else 0 :])
    decimal, thousands = marks(rows, separator)
    begun = 1 if header else 0
    places = tuple(i + 1 for i, _ in body[begun:near])
    above = (*above, *[""] * width)[:width] if header and above else ()
    return Sample(Dialect(separator, decimal, thousands, header, first_data, names), rows, places, above)


def _records(lines: Sequence[str], separator: str) -> list[tuple[int, list[str]]]:
    """(line, fields) of every row that is not blank; a quoted field may go over lines."""
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader((line + "\n" for line in lines), delimiter=separator)
    begin = 0
    try:
        for row in reader:
            if reader.line_num - begin > _MOST_LINES:
                raise csv.Error
            if any(field.strip() for field in row) or len(row) > 1:
                found.append((begin, row))
            begin = reader.line_num
    except csv.Error:
        # A quote that is never closed: take every line as a row.
        fields = ((i, _split(line, separator)) for i, line in enumerate(lines) if line.strip())
        return [(i, split) for i, split in fields if split is not None]
    return found


def _split(line: str, separator: str) -> list[str] | None:
    try:
        return next(csv.reader([line], delimiter=separator))
    except (csv.Error, StopIteration):
        return None


def _separator(lines: Sequence[str]) -> str:
    """The separator that splits most lines into the same number of fields; of equals, the one with most fields.

    A blank is one only where nothing else is, and then in all lines alike.
    """
    best, best_score = "", (0.0, 0)
    for separator in SEPARATORS:
        share, usual = _regularity(lines, separator)
        if usual >= 2 and (share, usual) > best_score and not (separator == "," and _commas_are_decimal(lines)):
            best, best_score = separator, (share, usual)
    if best:
        return best
    share, usual = _regularity(lines, LAST_RESORT)
    numbers = [f for line in lines[:50] for f in line.split(LAST_RESORT) if _looks_numeric(f)]
    return LAST_RESORT if usual >= 2 and share == 1.0 and len(numbers) >= min(len(lines), 50) else ","


def _regularity(lines: Sequence[str], separator: str) -> tuple[float, int]:
    """(share of lines with the usual number of fields, that number)."""
    widths = [len(row) for line in lines[:100] if (row := _split(line, separator)) is not None]
    usual = max(set(widths), key=widths.count) if widths else 1
    return round(widths.count(usual) / max(len(widths), 1), 1), usual


def _commas_are_decimal(lines: Sequence[str]) -> bool:
    """Whether a semicolon, tab or bar separates regularly, so that commas stand inside numbers."""
    return any(usual >= 2 and share >= 0.8 for share, usual in (_regularity(lines, s) for s in SEPARATORS if s != ","))


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    widths = [len(row) for row in rows]
    return max(set(widths), key=lambda w: (widths.count(w), w))


def _titles(rows: Sequence[Sequence[str]]) -> int:
    """How many rows stand above the names of the columns: titles, periods and groups of columns.

    Spreadsheets write them as wide as the table is. They have neither numbers nor dates where the rows below have them.
    So are comments, unless the last of them names the columns.
    """
    comments = next((k for k, row in enumerate(rows) if not row[0].startswith("#")), 0)
    if comments and _is_header(rows[comments], rows[comments + 1 : _FIRST_ROWS]):
        return comments + _titles(rows[comments:])
    filled = [sum(bool(field.strip()) for field in row) for row in rows[:_MOST_TITLES]]
    full = [k for k, count in enumerate(filled) if count >= _FILLED * max(filled)]
    names = next((k for k in full if _is_header(rows[k], rows[k + 1 : _FIRST_ROWS])), 0)
    below = rows[names + 1 : _FIRST_ROWS]
    if not names or not below:
        return 0
    telling = [k for k in range(len(rows[0])) if _mostly(_tells, _column(below, k))]
    as_below = (sum(map(_tells, (row[k] for k in telling if k < len(row)))) for row in rows[:names])
    return names if all(2 * fitting < len(telling) for fitting in as_below) else 0


def _numbers_below(rows: Sequence[Sequence[str]], index: int) -> bool:
    fields = [field for field in _column(rows, index) if not is_missing(field)]
    return 2 * sum(map(_looks_numeric, fields)) >= len(fields) > 0


def _mostly(test: Callable[[str], bool], fields: Sequence[str]) -> bool:
    return 2 * sum(map(test, fields)) > len(fields) > 0


def _column(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    return [row[index] for row in rows if index < len(row)]


def _tells(field: str) -> bool:
    """Whether a field is a number or begins as a date does."""
    return _looks_numeric(field) or _DATE.match(field) is not None


def _looks_numeric(field: str) -> bool:
    plain = field.strip()
    return any(way.fullmatch(plain) for way in (_NUMBER, _COMMA_NUMBER, _THOUSANDS_COMMA, _GROUPED))


def _is_header(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """A header has hardly a number in its fields and no date, or names columns whose fields are of another kind."""
    filled = [f for f in first if f.strip()]
    if not filled:
        return False
    dates = [k for k, f in enumerate(first) if _DATE.match(f)]
    if dates and (len(dates) < _DATES_ACROSS or not all(_numbers_below(rest, k) for k in dates)):
        return False
    numeric = sum(_looks_numeric(f) for f in filled)
    if numeric == 0:
        return True
    if numeric == len(filled):
        return False
    # Wide files name their columns by square or cell number: a text beside numbers heads a column of numbers or dates.
    for k, field in enumerate(first):
        if field.strip() and not _looks_numeric(field):
            below = [row[k] for row in rest if k < len(row) and row[k].strip()]
            fitting = sum(bool(_looks_numeric(b) or re.match(r"\s*\d{1,4}[-/.]\d", b)) for b in below)
            if below and fitting >= 0.6 * len(below):
                return True
    return False


def marks(rows: Sequence[Sequence[str]], separator: str) -> tuple[str, str]:
    """(decimal mark, thousands mark) as the fields of the first `_MARKED_ROWS` rows use them."""
    fields = [without_unit(f.strip()) for row in rows[:_MARKED_ROWS] for f in row if f.strip()]
    grouped = Counter(found["mark"] for f in fields if (found := _GROUPED.fullmatch(f)) is not None)
    if grouped:
        mark = grouped.most_common(1)[0][0]
        fields = [f.replace(mark, "") if _GROUPED.fullmatch(f) else f for f in fields]
        return marks([fields], separator)[0], mark
    comma = sum(bool(_COMMA_NUMBER.fullmatch(f)) for f in fields)
    dot = sum("." in f and bool(_NUMBER.fullmatch(f)) for f in fields)
    grouped_dot = sum(bool(_THOUSANDS_DOT.fullmatch(f)) and "," in f for f in fields)
    grouped_comma = sum(bool(_THOUSANDS_COMMA.fullmatch(f)) and (f.count(",") > 1 or "." in f) for f in fields)
    if separator == "," and grouped_dot <= grouped_comma:  # a comma within quotes
        only_groups = comma > 0 and all(_THOUSANDS_COMMA.fullmatch(f) for f in fields if _COMMA_NUMBER.fullmatch(f))
        return (".", ",") if grouped_comma or only_groups else (",", "") if comma > dot else (".", "")
    if grouped_comma > grouped_dot:
        return ".", ","
    if grouped_dot:
        return ",", "."
    return (",", "") if comma > dot else (".", "")
