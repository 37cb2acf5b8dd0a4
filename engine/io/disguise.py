"""Copies of tables without the numbers of people in them: left out, or others in their place."""

from __future__ import annotations

import csv
import io
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from hashlib import blake2b
from itertools import islice
from math import prod

from engine.files.header_words import is_of_people
from engine.io.dialect import Dialect, is_missing

NUMBERS = re.compile(r"\d(?:[ ()/.-]{0,2}\d){6,}")
"""What may be the number of a person."""

_ALONE = re.compile(rf"(?<![^\W_])\+?{NUMBERS.pattern}(?![^\W_])")
_DATE = r"\d{4}(?P<a>[-/.])\d{1,2}(?P=a)\d{1,2}|\d{1,2}(?P<b>[-/.])\d{1,2}(?P=b)(\d{4}|\d{2})"
_COMPACT = r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])?([0-5]\d){0,2}"
_NO_PERSON = re.compile(rf"({_DATE})( \d{{1,2}})?|{_COMPACT}|\d{{1,6}}\.\d+")
"""Dates, also with the hour behind them, and numbers with decimals."""

_MASK = "\u2022" * 6

_LINE_ENDS = re.compile(r"(?<=\n)|(?<=\r)(?=[^\n])")
_SHOWN = 2
"""So many signs at the end of a number may be seen, so that a person can tell which one is meant."""

_ROUNDS = 4
_LETTERS = 26


def masked(text: str) -> str:
    """What is shown of a number of a person: its last digits."""
    return _MASK + text[-_SHOWN:] if text else ""


def shown(text: str) -> str:
    """What may be shown of a text that comes from anywhere in a file: numbers that may be a person's are masked.

    Times as numbers alone (since 1970) look like them.
    """
    return _ALONE.sub(lambda found: found[0] if _NO_PERSON.fullmatch(found[0]) else masked(found[0]), text)


class Disguise:
    """Puts numbers in the place of others: as long, with the same last digits, the same one for the same number, and
    another for another. Only who has the key, which is kept in memory alone, can tell which is whose.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._told: dict[str, str] = {}

    def of(self, text: str) -> str:
        """What stands for a number; other signs than digits and letters stay."""
        if text not in self._told:
            self._told[text] = self._made(text)
        return self._told[text]

    def _made(self, text: str) -> str:
        signs = list(text)
        told_apart = [k for k, sign in enumerate(signs) if sign.isalnum()]
        places, shown = told_apart[:-_SHOWN], told_apart[-_SHOWN:]
        if not places or is_missing(text):
            return text
        halves = [places[: len(places) // 2], places[len(places) // 2 :]]
        values = [_value(text, half) for half in halves]
        sizes = [prod(_size(text[k]) for k in half) for half in halves]
        about = f"{sizes} {[signs[k] for k in shown]}"
        for turn in range(_ROUNDS):  # a Feistel network: each half is shifted by what the key makes of the other
            own, other = turn % 2, 1 - turn % 2
            told = f"{turn} {values[other]} {about}".encode("utf-8", "replace")
            shift = int.from_bytes(blake2b(told, key=self._key, digest_size=24).digest())
            values[own] = (values[own] + shift) % sizes[own]
        for half, value in zip(halves, values, strict=True):
            for k in reversed(half):
                value, one = divmod(value, _size(text[k]))
                signs[k] = chr(_first(text[k]) + one)
        return "".join(signs)


def without_people(parts: Iterable[str], found: Dialect) -> Iterator[str]:
    """The text of a table, in pieces, without what stands in columns of numbers of people."""
    hidden = {k for k, name in enumerate(found.names) if is_of_people(name)}
    return rewritten(lines_of(parts), found, hidden, lambda _: "") if hidden else iter(parts)


def lines_of(parts: Iterable[str]) -> Iterator[str]:
    """The lines of a text in pieces, with their ends."""
    rest = ""
    for part in parts:
        *whole, rest = _LINE_ENDS.split(rest + part)
        yield from whole
    if rest:
        yield rest


def rewritten(lines: Iterable[str], found: Dialect, hidden: Set[int], instead: Callable[[str], str]) -> Iterator[str]:
    """The lines of a table with other fields in some columns; in a line that is no row, in place of all long numbers.

    Every line stays where it was.
    """
    rest = iter(lines)
    for k, line in enumerate(islice(rest, found.skipped), start=1):
        about = k < found.skipped and any(map(is_of_people, re.split(r"[,;:=|\t]", line)))
        yield _without_numbers(line, instead) if about else line
    taken: list[str] = []
    reader = csv.reader(_noting(rest, taken), delimiter=found.separator)
    while True:
        taken.clear()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            fields = []
        whole = "".join(taken)
        if len(fields) == len(found.names):
            yield _joined([instead(f) if k in hidden else f for k, f in enumerate(fields)], whole, found.separator)
        else:
            yield _without_numbers(whole, instead)


def _noting(lines: Iterator[str], taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line


def _joined(fields: Sequence[str], as_before: str, separator: str) -> str:
    end = as_before[len(as_before.rstrip("\r\n")) :]
    if '"' not in as_before:
        return separator.join(fields) + end
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=separator, lineterminator=end).writerow(fields)
    return line.getvalue()


def _without_numbers(line: str, instead: Callable[[str], str]) -> str:
    return NUMBERS.sub(lambda found: instead(found[0]), line)


def _size(sign: str) -> int:
    return 10 if sign.isdecimal() else _LETTERS


def _first(sign: str) -> int:
    """The first sign of those that one is of: the digit zero of its script, or the letter a."""
    if sign.isdecimal():
        return ord(sign) - int(sign)
    return ord("A") if "A" <= sign <= "Z" else ord("a")


def _value(text: str, places: Sequence[int]) -> int:
    value = 0
    for k in places:
        one = ord(text[k]) - _first(text[k])
        value = value * _size(text[k]) + one % _size(text[k])
    return value
