"""Digits of the Arabic script, which exports in Persian and Arabic use in numbers and dates, as the usual ones; and the
minus that is no hyphen."""

from __future__ import annotations

import re

PLAIN = str.maketrans(
    {chr(base + k): str(k) for base in (0x0660, 0x06F0) for k in range(10)}
    | {"\u066b": ".", "\u066c": "", "\u2212": "-"}
)
"""For `str.translate`: Arabic-Indic and Persian digits, their decimal mark, their mark between thousands; the minus of
typesetters.
"""

_ANY = re.compile("[\u0660-\u0669\u06f0-\u06f9\u2212]")


def are_in(lines: list[str] | tuple[str, ...]) -> bool:
    """Whether any such digit or sign stands in the lines."""
    return any(_ANY.search(line) for line in lines)


def sql(text: str) -> str:
    """SQL of a text with usual digits."""
    foreign = [chr(code) for code, plain in PLAIN.items() if plain]
    return f"translate({text}, '{''.join(foreign)}', '{''.join(str(PLAIN[ord(c)]) for c in foreign)}')"
