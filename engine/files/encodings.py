"""Which encoding a text is in that is neither UTF-8 nor UTF-16.

Windows writes "ANSI" text in an encoding of the country: exports of the East arrive in GB 18030 as often as in UTF-8.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.files.header_words import is_known, plain

LATIN = "latin-1"

TOLD_APART: Mapping[str, str] = {
    "gb18030": "Chinese (GB 18030)",
    "big5": "Chinese (Big5)",
    "cp932": "Japanese (Shift JIS)",
    "cp949": "Korean (EUC-KR)",
    "cp1251": "Cyrillic (cp1251)",
    "koi8_r": "Cyrillic (KOI8-R)",
    "cp1253": "Greek (cp1253)",
    "cp1256": "Arabic (cp1256)",
    "cp1255": "Hebrew (cp1255)",
    "cp874": "Thai (cp874)",
}
"""Python's name of an encoding -> what people call it; what is none of them is taken for Latin-1."""

NAMES: Mapping[str, str] = {
    LATIN: "Western Europe (Latin-1)",
    "cp1250": "Central European (cp1250)",
    "cp1254": "Turkish (cp1254)",
    "cp1257": "Baltic (cp1257)",
    "cp1258": "Vietnamese (cp1258)",
    **TOLD_APART,
}
"""All that a person can say. A few accents do not tell one encoding of the Latin script from another."""

_MOST_LINES = 400
_UNLIKELY = 0.2
"""A text that looks more like a mess than this is not taken for one of these encodings."""


def legacy(text: bytes) -> str:
    """The encoding of a text that is no UTF-8: one of `TOLD_APART`, or `LATIN`.

    A known column name in it decides; else what its letters look like. Letters that stand alone between those of ASCII
    are the accents of a Latin script, whichever.
    """
    lines = [line for line in text.splitlines() if not line.isascii()][:_MOST_LINES]
    if not lines:
        return LATIN
    readable = {name: told for name in TOLD_APART if (told := _decoded(lines[:-1] or lines, name)) is not None}
    known = {name: _known_words(told) for name, told in readable.items()}
    most = max(known.values(), default=0)
    if most:
        return next(name for name in TOLD_APART if known.get(name) == most)
    if not readable or _accents(b"\n".join(lines)):
        return LATIN
    from charset_normalizer import from_bytes

    isolated = ["cp1252", *readable]
    found = from_bytes(b"\n".join(lines), cp_isolation=isolated, threshold=_UNLIKELY, enable_fallback=False).best()
    return found.encoding if found is not None and found.encoding in TOLD_APART else LATIN


def _decoded(lines: list[bytes], encoding: str) -> list[str] | None:
    try:
        return [line.decode(encoding) for line in lines]
    except UnicodeDecodeError:
        return None


def _known_words(lines: list[str]) -> int:
    """How many fields of the first line are column names that we know, in another script than the Latin one."""
    fields = lines[0].replace(";", ",").replace("\t", ",").replace("|", ",").split(",") if lines else []
    return sum(not plain(field).isascii() and is_known(field) for field in fields)


def _accents(text: bytes) -> bool:
    """Whether most bytes beyond ASCII stand alone or in twos beside letters of ASCII."""
    runs, length, letters = [], 0, b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    before = 0
    beside = False
    for byte in text + b"\n":
        if byte >= 0x80:
            beside = before in letters if not length else beside
            length += 1
        elif length:
            runs.append((length, beside or byte in letters))
            length = 0
        before = byte
    return sum(count for count, near in runs if count <= 2 and near) > 0.5 * sum(count for count, _ in runs)
