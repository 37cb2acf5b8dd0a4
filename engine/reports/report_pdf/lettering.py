"""The report's type: embedded fonts that travel with the program, sizes, and text that fits its place.

DejaVu Sans holds the letters of Latin, Greek, Cyrillic, Arabic (Persian too) and Hebrew, WenQuanYi Micro Hei those of
Chinese, Japanese and Korean, in one weight; it is read where a text has any. A character that both lack is replaced by
its base letter or by a mark, so that no name can stop a report. Text is passed around in the order in which
it is read; `drawn` turns it into what stands on the page from left to right, which is done once, when it is drawn.
"""

from __future__ import annotations

import lzma
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import groupby

import resources
from engine.data.units import is_amount, is_level
from engine.text import right_to_left

REGULAR, BOLD = "CellwardenSans", "CellwardenSans-Bold"
FILES = {REGULAR: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}
EASTERN, EASTERN_FILE = "CellwardenEastern", "WenQuanYiMicroHei.ttf.xz"
ELLIPSIS = "…"
MISSING = "¤"
"""Stands for a character that the fonts lack; the CSV files have it."""

UNSEEN = "\u200c\u2068\u2069"
"""They have no shape, but say that the Arabic letters beside them are not joined, and where a name begins and ends that
is read in an order of its own."""

JOINTS = "_-./:;,|"
"""A name that is wider than its line is broken behind one of these, if there is one near its end."""


@dataclass(frozen=True)
class Style:
    """Font, size and distance between lines, in points."""

    font: str
    size: float
    leading: float


TITLE = Style(BOLD, 19, 24)
FIGURE = Style(BOLD, 26, 30)
QUANTITY = Style(BOLD, 14, 18)
HEADING = Style(BOLD, 11.5, 16)
STRONG = Style(BOLD, 8, 11)
BODY = Style(REGULAR, 8, 11)
LEAD = Style(REGULAR, 9.5, 13.5)
SMALL = Style(REGULAR, 7, 9.5)
SMALL_STRONG = Style(BOLD, 7, 9.5)
TINY = Style(REGULAR, 6, 8)


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    """Register the fonts once and return the characters that they hold."""
    return frozenset.intersection(*(_registered(name, file) for name, file in FILES.items()))


@lru_cache(maxsize=1)
def _eastern() -> frozenset[int]:
    """The same of the font for all else: some tenths of a second, so only when it is needed."""
    return _registered(EASTERN, EASTERN_FILE)


def _registered(name: str, file: str) -> frozenset[int]:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    path = resources.path(f"fonts/{file}")
    font = TTFont(name, BytesIO(lzma.decompress(path.read_bytes())) if path.suffix == ".xz" else str(path))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def load() -> None:
    """Make the fonts known; to be called before anything is drawn."""
    _glyphs()


def printable(text: str) -> str:
    """`text` in characters that the fonts hold, in reading order: line breaks as spaces, unknown letters as base letter
    or `MISSING`.
    """
    known = _glyphs()
    if all(ord(letter) in known for letter in text) and text.isprintable():
        return text
    kept = right_to_left(text)
    letters = []
    for letter in text:
        if letter.isspace():
            letters.append(" ")
        elif letter in UNSEEN:
            letters.append(letter if kept else "")
        elif letter.isprintable() and (ord(letter) in known or ord(letter) in _eastern()):
            letters.append(letter)
        elif unicodedata.category(letter)[0] != "C":
            base = unicodedata.normalize("NFKD", letter)[0]
            letters.append(base if ord(base) in known and base.isprintable() else MISSING)
    return "".join(letters)


def pieces(text: str, font: str) -> list[tuple[str, str]]:
    """(font, text) of a drawn text from left to right: in `font`, and in the one for all else what that lacks."""
    known = _glyphs()
    return [
        (font if own else EASTERN, "".join(letters))
        for own, letters in groupby(text, key=lambda letter: ord(letter) in known)
    ]


def drawn(text: str) -> str:
    """`text` as it stands on the page: in characters that the fonts hold, Arabic letters joined, what is read from
    right to left in that order, within a line that goes from left to right.
    """
    return _drawn(text) if right_to_left(text) else printable(text)


@lru_cache(maxsize=4096)
def _drawn(text: str) -> str:
    from arabic_reshaper import ArabicReshaper
    from bidi import get_display

    joined = ArabicReshaper({"delete_harakat": False, "support_zwj": False}).reshape(printable(text))
    line = get_display(joined, base_dir="L")
    assert isinstance(line, str)
    return printable("".join(letter for letter in line if letter not in UNSEEN))


def width(text: str, style: Style) -> float:
    """How wide `text` is when it is drawn, in points."""
    return sum(advance(part, font, style.size) for font, part in pieces(drawn(text), style.font))


def advance(part: str, font: str, size: float) -> float:
    """How wide a piece of drawn text is, in points."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(part, font, size))


def fitted(text: str, style: Style, room: float) -> str:
    """The beginning of `text` that fits into `room` points, with an ellipsis if something is left out."""
    return _shortened(text, style, room, lambda whole, kept: whole[:kept].rstrip() + ELLIPSIS)


def fitted_name(name: str, style: Style, room: float) -> str:
    """Beginning and end of a name that fit into `room` points: what tells cells of a network apart is often the end."""

    def both_ends(whole: str, kept: int) -> str:
        end = kept // 2
        return whole[: kept - end].rstrip() + ELLIPSIS + (whole[-end:].lstrip() if end else "")

    return _shortened(name, style, room, both_ends)


def _shortened(text: str, style: Style, room: float, cut: Callable[[str, int], str]) -> str:
    """The text, or the longest that `cut` makes of so many of its letters, if that has room."""
    text = printable(text)
    if width(text, style) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width(cut(text, middle), style) <= room:
            low = middle
        else:
            high = middle - 1
    return cut(text, low)


def wrapped(text: str, style: Style, room: float, lines: int = 100) -> list[str]:
    """`text` in lines no wider than `room` points, at most `lines` of them, the last one ending in an ellipsis if cut.

    A word that is wider than the room is broken, where it can be behind a joint as "_". A number keeps its
    unit beside it.
    """
    words = _with_units(printable(text).split())
    found: list[str] = []
    line = ""
    while words:
        word = words.pop(0)
        longer = f"{line} {word}" if line else word
        if width(longer, style) <= room:
            line = longer
        elif line:
            found.append(line)
            line = ""
            words.insert(0, word)
        elif " " in word:
            words[:0] = word.split(" ")
        else:
            cut = _letters_that_fit(word, style, room)
            found.append(word[:cut])
            words.insert(0, word[cut:])
        if len(found) > lines:
            break
    if line:
        found.append(line)
    if len(found) > lines:
        found = [*found[: lines - 1], fitted(" ".join(found[lines - 1 :] + words), style, room)]
    return found


def _with_units(words: Sequence[str]) -> list[str]:
    """Words, with "4.15" and "GB," made one."""
    found: list[str] = []
    for word in words:
        unit = word.rstrip(".,;:)")
        if found and found[-1][-1:].isdigit() and (unit == "%" or is_level(unit) or is_amount(unit)):
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found


def _letters_that_fit(word: str, style: Style, room: float) -> int:
    """How many letters of a word stand on a line: all that fit, or up to the last joint in their second half."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        if width(word[:middle], style) <= room:
            low = middle
        else:
            high = middle - 1
    if low == len(word):
        return low
    joint = max(word.rfind(letter, low // 2, low) for letter in JOINTS) + 1
    return joint or low
