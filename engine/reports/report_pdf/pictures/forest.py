"""Odds ratios with their 95 % intervals on a logarithmic axis, one line per circumstance."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.data import Association
from engine.palette import LIGHT
from engine.reports.report_pdf.axes import Scale
from engine.reports.report_pdf.lettering import SMALL, SMALL_STRONG, TINY
from engine.reports.report_pdf.sheet import Box, Sheet
from engine.text import number, tell

ROW = 12.0
HEAD = 14.0
AXIS = 14.0
NAME = 104.0
TABLE = 172.0
WIDEST = 1000.0
"""Ratios beyond this (or below its inverse) are drawn at the edge with an arrow."""
_TICKS = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)
_MEDIUM = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
_FINE = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def height(rows: int) -> float:
    """How high the picture will be."""
    return HEAD + rows * ROW + AXIS


def draw(sheet: Sheet, box: Box, terms: Sequence[Association], names: Sequence[str], clear: Sequence[bool]) -> None:
    """Draw one KPI's `terms`, each with its name; those that are not `clear` of chance are faint."""
    plot = Box(box.x + NAME, box.y + AXIS, box.width - NAME - TABLE, box.height - AXIS - HEAD)
    along, ticks = _axis(terms, plot)
    for tick in ticks:
        x = along(math.log10(tick))
        sheet.line(x, plot.y, x, plot.top, LIGHT.line, 0.3)
        sheet.centred(f"{tick:g}", x, plot.y - 9, TINY, LIGHT.muted)
    sheet.line(along(0), plot.y, along(0), plot.top, LIGHT.muted, 0.7)
    head = box.top - 8
    columns = (plot.right + 76, plot.right + 106, box.right)
    sheet.text(tell("report_odds_less"), plot.x, head, TINY, LIGHT.muted)
    sheet.right(tell("report_odds_more"), plot.right, head, TINY, LIGHT.muted)
    for x, code in zip(columns, ("report_odds_ratio", "report_odds_p", "report_odds_n"), strict=True):
        sheet.right(tell(code), x, head, TINY, LIGHT.muted)
    for row, (term, name, sure) in enumerate(zip(terms, names, clear, strict=True)):
        middle = plot.top - (row + 0.5) * ROW
        style, colour = (SMALL_STRONG, LIGHT.text) if sure else (SMALL, LIGHT.muted)
        sheet.text(name, box.x, middle - 2.5, style, colour, NAME - 8)
        _draw_interval(sheet, term, along, middle, LIGHT.accent if sure else LIGHT.normal)
        sheet.right(
            f"{_ratio(term.odds_ratio)} ({_ratio(term.low)}–{_ratio(term.high)})",
            columns[0],
            middle - 2.5,
            TINY,
            colour,
            76,
        )
        sheet.right(_p_value(term.p_value), columns[1], middle - 2.5, TINY, colour)
        sheet.right(f"{number(term.events)} / {number(term.n)}", columns[2], middle - 2.5, TINY, colour, 60)


def _axis(terms: Sequence[Association], plot: Box) -> tuple[Scale, list[float]]:
    """A logarithmic axis that holds the ratios, and as much of the intervals as `WIDEST` allows."""
    held = [min(max(v, 1 / WIDEST), WIDEST) for t in terms for v in (t.odds_ratio, t.low, t.high) if not math.isnan(v)]
    low, high = min([0.5, *held]) / 1.2, max([2.0, *held]) * 1.2
    spread = high / low
    ticks = [t for t in (_FINE if spread < 40 else _MEDIUM if spread < 3000 else _TICKS) if low <= t <= high]
    return Scale(math.log10(low), math.log10(high), plot.x, plot.right), ticks


def _draw_interval(sheet: Sheet, term: Association, along: Scale, y: float, colour: str) -> None:
    if math.isnan(term.odds_ratio):
        return

    def x(value: float) -> float:
        bounded = min(max(value, 10**along.low), 10**along.high) if not math.isnan(value) else term.odds_ratio
        return along(math.log10(bounded))

    left, right, middle = x(term.low), x(term.high), x(term.odds_ratio)
    sheet.line(left, y, right, y, colour, 0.8)
    for end, value, outward in ((left, term.low, -1), (right, term.high, 1)):
        if 10**along.low <= value <= 10**along.high:
            sheet.line(end, y - 1.8, end, y + 1.8, colour, 0.8)
        else:
            for up in (-1.8, 1.8):
                sheet.line(end, y, end - outward * 2.4, y + up, colour, 0.8)
    sheet.canvas.setFillColor(colour)
    sheet.canvas.rect(middle - 2, y - 2, 4, 4, stroke=0, fill=1)


def _ratio(value: float) -> str:
    if math.isnan(value):
        return "–"
    if value > WIDEST:
        return ">1000"
    if value < 1 / WIDEST:
        return "<.001"
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def _p_value(value: float) -> str:
    if math.isnan(value):
        return "–"
    return "<.001" if value < 0.001 else f"{value:.2g}"
