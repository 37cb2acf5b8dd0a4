"""Where the text of a PDF stands: a box for each piece that was drawn, as wide as its font says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypdf import PageObject, PdfReader

ABOVE, BELOW = 0.74, 0.2
"""Of a letter, in sizes of its font: ascenders and descenders of small letters; accents may reach higher."""


@dataclass(frozen=True)
class TextBox:
    """A piece of text in points; x0, y0 is its lower left corner."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float

    def overlaps(self, other: TextBox) -> bool:
        """Whether the two share more than the touch of their edges."""
        wide = min(self.x1, other.x1) - max(self.x0, other.x0)
        high = min(self.y1, other.y1) - max(self.y0, other.y0)
        return wide > 0.5 and high > 0.5


def pages(path: Path) -> list[list[TextBox]]:
    """The boxes of each page."""
    return [_boxes(page) for page in PdfReader(path).pages]


def overlaps(boxes: list[TextBox]) -> list[tuple[str, str]]:
    """The texts that stand in each other."""
    ordered, found = sorted(boxes, key=lambda box: box.y0), []
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other.y0 > one.y1:
                break
            if one.overlaps(other):
                found.append((one.text, other.text))
    return found


def _boxes(page: PageObject) -> list[TextBox]:
    fonts: dict[str, Any] = {name: held.get_object() for name, held in page["/Resources"]["/Font"].items()}
    found: list[TextBox] = []
    font, size = "", 0.0

    def look(operator: bytes, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        nonlocal font, size
        if operator == b"Tf":
            font, size = str(operands[0]), float(operands[1])
        elif operator == b"Tj":
            codes = operands[0].original_bytes
            held = fonts[font]
            first, widths = int(held["/FirstChar"]), held["/Widths"]
            wide = sum(float(widths[code - first]) for code in codes) * size / 1000
            x, y = cm[4] + tm[4], cm[5] + tm[5]
            found.append(TextBox(codes.decode("latin-1"), x, y - BELOW * size, x + wide, y + ABOVE * size))

    page.extract_text(visitor_operand_before=look)
    return found
