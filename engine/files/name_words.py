"""The words that names of counters are put together from."""

from __future__ import annotations

import re

from engine.files.header_words import without_accents

_WORD = re.compile(r"[A-Za-z][a-z]+|[A-Z]+(?![a-z])|[A-Z]|\d+")


def words(name: str) -> frozenset[str]:
    """The words of a name in small letters: "PRBUsageDL" -> prb, usage, dl; "E_RAB_DR" -> e, rab, dr."""
    parts = re.split(r"[^A-Za-z0-9]+", without_accents(name))
    found = {word.lower() for part in parts for word in _WORD.findall(part)} | {part.lower() for part in parts if part}
    return frozenset(found)
