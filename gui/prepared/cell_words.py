"""What a person may look cells up by, beside their names: technology, band, region ... No Qt."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.data import TRAITS, Cell


def traits_to_search(cell: Cell) -> str:
    """All that is known of what a cell is like, in small letters."""
    return " ".join(said for name in ("area", *TRAITS) if (said := getattr(cell, name))).casefold()


def finding(text: str) -> Callable[[str, str], bool]:
    """Whether names and traits, both in small letters, hold every word of `text`.

    A number is found in traits where a number begins: 800 is not 1800. In names it may stand anywhere.
    """
    words = text.casefold().split()
    numbers = {word: re.compile(rf"(?<!\d){re.escape(word)}") for word in words if word[0].isdigit()}

    def holds(word: str, traits: str) -> bool:
        return numbers[word].search(traits) is not None if word in numbers else word in traits

    return lambda names, traits: all(word in names or holds(word, traits) for word in words)
