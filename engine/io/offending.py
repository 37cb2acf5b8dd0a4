"""The rows that a quality report names, fetched from the file, so that they can be shown where they stand."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Sequence
from pathlib import Path

from engine.data import Quality
from engine.errors import InputError
from engine.io import book
from engine.io.dialect import Sample
from engine.io.peek import decoded, open_binary, peek

MOST = 12
"""Rows that are fetched at most, the first of every reason."""

FARTHEST_LINE = 200_000
_PLACE = re.compile(r"(?P<name>.*):(?P<line>\d+)(?:, .*)?", re.DOTALL)


def line_of(example: str, name: str = "") -> int | None:
    """The line in "file:line, 'value'"; None where it names none, or another file than `name`."""
    found = _PLACE.fullmatch(example)
    if found is None or (name and found["name"] != name):
        return None
    return int(found["line"])


def lines_told(quality: Quality, name: str) -> list[int]:
    """The lines of a file that a quality report gives as examples, each once."""
    told = [d.example for d in quality.dropped]
    told += [str(note.params["example"]) for note in quality.notes if "example" in note.params]
    found = (line_of(example, name) for example in told)
    return list(dict.fromkeys(line for line in found if line is not None))[:MOST]


def rows_at(path: Path, lines: Sequence[int], sample: Sample) -> list[tuple[int, tuple[str, ...]]]:
    """(line, fields) of these lines of a text file, as wide as the table; those that cannot be had are left out."""
    wanted = sorted(line for line in lines if 0 < line <= FARTHEST_LINE)
    if not wanted:
        return []
    try:
        seen = peek(path)
        if not seen.is_text or seen.encoding.startswith("utf-16") or book.kind(seen):
            return []
        text_of = decoded if seen.encoding == "latin-1" else lambda line: line.decode(seen.encoding, "replace")
        with open_binary(path, seen.wrapping) as file:
            texts = {
                number: text_of(line).rstrip("\r\n")
                for number, line in enumerate(itertools.islice(file, wanted[-1]), start=1)
                if number in wanted
            }
    except (OSError, EOFError, InputError):
        return []
    return [(line, _split(texts[line], sample)) for line in wanted if line in texts]


def _split(text: str, sample: Sample) -> tuple[str, ...]:
    """The fields of a line; a line that is no row stands in the first of them."""
    width = len(sample.dialect.names)
    try:
        fields = next(csv.reader([text], delimiter=sample.dialect.separator or ","), [])
    except csv.Error:
        fields = [text]
    return (*fields, *[""] * width)[:width]
