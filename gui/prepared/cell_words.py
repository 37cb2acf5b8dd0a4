"""What a person may look cells up by, beside their names: technology, band, region ... No Qt."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from engine.data import TRAITS, Cell

Finds = Callable[[str, str], bool]
"""Whether names and traits, both in small letters, hold what is looked for."""


def traits_to_search(cell: Cell) -> str:
    """All that is known of what a cell is like, in small letters."""
    return " ".join(said for name in ("area", *TRAITS) if (said := getattr(cell, name))).casefold()


def every_word(text: str) -> Finds:
    """Whether every word of `text` stands in the names or in the traits.

    A number is found in traits where a number begins: 800 is not 1800. In names it may stand anywhere.
    """
    words = text.casefold().split()
    told_by = _told_by(words)
    return lambda names, traits: all(word in names or word in told_by(traits) for word in words)


def name_or_traits(text: str) -> Finds:
    """Whether `text` stands in the names as it is, or else its words do with the help of the traits: "Hill 8" is not
    found in names that have Hill and 8 apart, "Hill LTE" where the site is Hill and the technology LTE.
    """
    whole = text.casefold()
    words = whole.split()
    told_by = _told_by(words)

    def finds(names: str, traits: str) -> bool:
        if whole in names:
            return True
        told = told_by(traits)
        if not told:
            return False
        rest = [word for word in words if word not in names]
        return bool(rest) and told.issuperset(rest)

    return finds


def _told_by(words: list[str]) -> Callable[[str], frozenset[str]]:
    """Which of the words stand in some traits, each of which many cells have."""
    patterns = {word: re.compile((r"(?<!\d)" if word[0].isdigit() else "") + re.escape(word)) for word in words}

    @cache
    def told(traits: str) -> frozenset[str]:
        return frozenset(word for word, pattern in patterns.items() if pattern.search(traits))

    return told
