"""A4 pages that fill from top to bottom: a cursor, text, tables, and the small foot with page x of y."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.palette import LIGHT
from engine.reports.report_pdf import lettering
from engine.reports.report_pdf.lettering import BODY, FIGURE, HEADING, SMALL, SMALL_STRONG, STRONG, TINY, Style
from engine.text import tell

PAGE_WIDTH, PAGE_HEIGHT = 595.276, 841.89
LEFT, RIGHT, TOP, BOTTOM = 44.0, 44.0, 48.0, 50.0
WIDTH = PAGE_WIDTH - LEFT - RIGHT
TOGETHER = 2
"""Rows of a table that a page break does not tear apart at its begin and at its end."""


@dataclass(frozen=True)
class Box:
    """A rectangle of the page in points; x, y is its lower left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.y + self.height

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    def inset(self, left: float = 0, bottom: float = 0, right: float = 0, top: float = 0) -> Box:
        """The box with margins taken off."""
        return Box(self.x + left, self.y + bottom, self.width - left - right, self.height - bottom - top)

    def columns(self, shares: Sequence[float], gap: float) -> list[Box]:
        """The box side by side in columns of these shares of its width."""
        room, x, found = self.width - gap * (len(shares) - 1), self.x, []
        for share in shares:
            wide = room * share / sum(shares)
            found.append(Box(x, self.y, wide, self.height))
            x += wide + gap
        return found


class Sheet:
    """The pages of one report. `canvas` is reportlab's; y counts from the bottom of the page."""

    def __init__(self, canvas: Any, foot: str, head: str, pages: int) -> None:  # noqa: ANN401 - reportlab is untyped
        self.canvas = canvas
        self._foot, self._head, self._pages = foot, head, pages
        self.page = 0
        self.y = 0.0

    def new_page(self) -> None:
        """Finish the page under way and begin another one."""
        if self.page:
            self._finish()
            self.canvas.showPage()
        self.page += 1
        self.y = PAGE_HEIGHT - TOP
        if self.page > 1:
            self.text(self._head, LEFT, self.y, SMALL, LIGHT.muted, WIDTH)
            self.y -= 6
            self.line(LEFT, self.y, LEFT + WIDTH, self.y)
            self.y -= 18

    def finish(self) -> None:
        """Finish the last page."""
        self._finish()
        self.canvas.showPage()

    def _finish(self) -> None:
        y = BOTTOM - 20
        self.line(LEFT, y + 12, LEFT + WIDTH, y + 12)
        self.text(self._foot, LEFT, y, TINY, LIGHT.muted, WIDTH - 90)
        self.right(tell("report_page", page=self.page, pages=self._pages), LEFT + WIDTH, y, TINY, LIGHT.muted)

    def room(self) -> float:
        """Points left on this page."""
        return self.y - BOTTOM

    def need(self, height: float) -> None:
        """Begin a new page if `height` points are not left on this one."""
        if self.room() < height:
            self.new_page()

    def take(self, height: float) -> Box:
        """The next `height` points of the page, over its whole width, as a box; the cursor moves below it."""
        self.y -= height
        return Box(LEFT, self.y, WIDTH, height)

    def gap(self, height: float) -> None:
        """Leave some space."""
        self.y -= height

    def heading(self, text: str, key: str, keep_with: float = 60) -> None:
        """A heading with its entry in the outline; a new page if less than `keep_with` is left below it."""
        self.need(HEADING.leading + keep_with)
        self.y -= HEADING.size
        self.text(text, LEFT, self.y, HEADING, LIGHT.text, WIDTH)
        self.canvas.bookmarkHorizontal(key, 0, self.y + HEADING.leading)
        self.canvas.addOutlineEntry(lettering.printable(text), key, 0, closed=False)
        self.y -= HEADING.leading - HEADING.size + 4

    def section(self, text: str) -> None:
        """A small heading inside a page."""
        self.y -= STRONG.size
        self.text(text, LEFT, self.y, STRONG, LIGHT.text, WIDTH)
        self.y -= 8

    def figure(self, box: Box, figure: str, words: str) -> None:
        """A large number and what it counts, from the top of `box`."""
        self.text(figure, box.x, box.top - 38, FIGURE, LIGHT.text)
        self.text(words, box.x, box.top - 53, BODY, LIGHT.text, box.width)

    def paragraph(self, text: str, style: Style = BODY, colour: str = LIGHT.text, lines: int = 100) -> None:
        """Text over the whole width, broken into lines and over pages."""
        for line in lettering.wrapped(text, style, WIDTH, lines):
            self.need(style.leading)
            self.y -= style.leading
            self.text(line, LEFT, self.y + (style.leading - style.size) / 2 + style.size * 0.2, style, colour)

    def text(self, text: str, x: float, y: float, style: Style, colour: str, room: float = 0) -> None:
        """One line of text from x on its baseline y; cut with an ellipsis if `room` is given and too small."""
        shown = lettering.fitted(text, style, room) if room else text
        self.canvas.setFillColor(colour)
        for font, part in lettering.pieces(lettering.drawn(shown), style.font):
            self.canvas.setFont(font, style.size)
            self.canvas.drawString(x, y, part)
            x += lettering.advance(part, font, style.size)

    def right(self, text: str, x: float, y: float, style: Style, colour: str, room: float = 0) -> None:
        """One line of text that ends at x."""
        shown = lettering.fitted(text, style, room) if room else text
        self.text(shown, x - lettering.width(shown, style), y, style, colour)

    def centred(self, text: str, x: float, y: float, style: Style, colour: str) -> None:
        """One line of text around x."""
        self.text(text, x - lettering.width(text, style) / 2, y, style, colour)

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: str = LIGHT.line, width: float = 0.6) -> None:
        """A straight line; by default a hairline."""
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(width)
        self.canvas.line(x0, y0, x1, y1)

    def fill(self, box: Box, colour: str, opacity: float = 1.0) -> None:
        """A filled rectangle."""
        self.canvas.saveState()
        self.canvas.setFillColor(colour)
        self.canvas.setFillAlpha(opacity)
        self.canvas.rect(box.x, box.y, box.width, box.height, stroke=0, fill=1)
        self.canvas.restoreState()

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], lines: int = 2) -> None:
        """Rows of text under a header line that is repeated on every page; long text takes up to `lines` lines.

        A page break leaves no single row behind and takes none over alone, as far as there are more.
        """
        laid = [
            [lettering.wrapped(text, SMALL, column.width - 8, lines) for column, text in zip(columns, row, strict=True)]
            for row in rows
        ]
        heights = [max(map(len, cells), default=1) * SMALL.leading + 5 for cells in laid]
        self.need(3 * SMALL.leading + sum(heights[:TOGETHER]))
        self._table_head(columns)
        for number, (cells, height) in enumerate(zip(laid, heights, strict=True)):
            left = heights[number:]
            if self.room() < (sum(left) if len(left) <= TOGETHER else height):
                self.new_page()
                self._table_head(columns)
            self._row(columns, cells)
            self.y -= height
            self.line(LEFT, self.y, LEFT + WIDTH, self.y, LIGHT.line, 0.4)

    def _row(self, columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> None:
        x = LEFT
        for column, cell in zip(columns, cells, strict=True):
            edge = x + column.width - (0 if column is columns[-1] else 8)
            for number, text in enumerate(cell):
                y = self.y - 3 - SMALL.size - number * SMALL.leading
                if column.right:
                    self.right(text, edge, y, SMALL, LIGHT.text)
                else:
                    self.text(text, x, y, SMALL, LIGHT.text)
            x += column.width

    def _table_head(self, columns: Sequence[Column]) -> None:
        x = LEFT
        self.y -= SMALL.leading
        for column in columns:
            if column.right:
                edge = x + column.width - (0 if column is columns[-1] else 8)
                self.right(column.title, edge, self.y + 2, SMALL_STRONG, LIGHT.muted, column.width - 8)
            else:
                self.text(column.title, x, self.y + 2, SMALL_STRONG, LIGHT.muted, column.width - 8)
            x += column.width
        self.y -= 2
        self.line(LEFT, self.y, LEFT + WIDTH, self.y, LIGHT.muted, 0.6)


@dataclass(frozen=True)
class Column:
    """A column of a table: its title, width in points, and whether it holds numbers (set to the right)."""

    title: str
    width: float
    right: bool = False


__all__ = ["BOTTOM", "LEFT", "PAGE_HEIGHT", "PAGE_WIDTH", "TOP", "WIDTH", "Box", "Column", "Sheet"]
