"""Columns of text side by side: every part is measured before it is drawn, so that none can stand in another.

Where the page has no room for all of it, each column goes on over the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from engine.reports.report_pdf.lettering import Style, wrapped
from engine.reports.report_pdf.sheet import Box, Sheet


@dataclass(frozen=True)
class Part:
    """A piece that is not broken. height: in points; draw: draws it into a box of that height; keep: whether the next
    part of the column has to stand on the same page.
    """

    height: float
    draw: Callable[[Sheet, Box], None]
    keep: bool = False


def text(
    words: str, style: Style, colour: str, width: float, indent: float = 0, mark: str = "", lines: int = 1000
) -> list[Part]:
    """A part for each line of a text, so that only between lines is it broken; `mark` stands before the first."""
    found = wrapped(words, style, width - indent, lines)
    parts = [Part(style.leading, partial(_line, line, style, colour, indent)) for line in found]
    if parts and mark:
        parts[0] = replace(parts[0], draw=partial(_marked, parts[0].draw, mark, style, colour))
    return parts


def space(height: float) -> Part:
    """Nothing, so high."""
    return Part(height, lambda *_: None)


def height(column: Sequence[Part]) -> float:
    """How high a column is where it is not broken."""
    return sum(part.height for part in column)


def draw(
    sheet: Sheet,
    columns: Sequence[Sequence[Part]],
    shares: Sequence[float],
    gap: float,
    continued: Callable[[], None],
) -> None:
    """Draw columns of these shares of the page's width. continued: draws the head of each further page."""
    left, fresh = [list(column) for column in columns], False
    while True:
        counts = [_fitting(parts, sheet.room(), at_least=fresh) for parts in left]
        now = [parts[:count] for parts, count in zip(left, counts, strict=True)]
        for box, parts in zip(sheet.take(max(map(height, now))).columns(shares, gap), now, strict=True):
            top = box.top
            for part in parts:
                top -= part.height
                part.draw(sheet, Box(box.x, top, box.width, part.height))
        left = [parts[count:] for parts, count in zip(left, counts, strict=True)]
        if not any(left):
            return
        sheet.new_page()
        continued()
        fresh = True


def _fitting(parts: Sequence[Part], room: float, *, at_least: bool) -> int:
    """How many of the parts have room; one at least on a page of their own, lest it never ends."""
    count, used = 0, 0.0
    for part in parts:
        used += part.height
        if used > room + 0.01:
            break
        count += 1
    if count < len(parts):
        while count and parts[count - 1].keep:
            count -= 1
    return max(count, 1) if at_least and parts else count


def _line(line: str, style: Style, colour: str, indent: float, sheet: Sheet, box: Box) -> None:
    sheet.text(line, box.x + indent, box.top - style.size, style, colour)


def _marked(rest: Callable[[Sheet, Box], None], mark: str, style: Style, colour: str, sheet: Sheet, box: Box) -> None:
    sheet.text(mark, box.x + 1, box.top - style.size, style, colour)
    rest(sheet, box)
