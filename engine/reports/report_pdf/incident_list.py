"""Incidents as rows: how bad, when, what, how many cells, one more thing that a page says of them, and their page."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from engine.calendar import WallGrid, duration_text, local_text, needs_year
from engine.data import Incident, Result
from engine.inspection.summary import where_in_brief
from engine.palette import LIGHT
from engine.reports.report_pdf.lettering import SMALL, SMALL_STRONG, TINY, fitted_name, wrapped
from engine.reports.report_pdf.marks import draw_severity
from engine.reports.report_pdf.sheet import LEFT, WIDTH, Column, Sheet
from engine.text import number, tell

HEAD, ROW = 14.0, 26.0
"""Points that the head takes, and a row with two lines."""

SAID_LINES = 2
"""Of what was said of an incident; its own page has more room."""


def draw(
    sheet: Sheet,
    result: Result,
    incidents: Sequence[Incident],
    pages: Mapping[int, int],
    more: str,
    more_of: Callable[[Incident], str],
    width: float = 70,
    lines: int = 2,
    said_of: Callable[[Incident], str] = lambda _: "",
) -> None:
    """Draw a row for each. pages: incident id -> its page; more: title of the fifth column, more_of: what it holds,
    width: how wide it is, at the expense of what happened; lines: how many those two may take; said_of: what was said
    of it, below what happened.
    """
    columns = _columns(more, width)
    sheet.need(HEAD + ROW)
    _head(sheet, columns)
    for incident in incidents:
        said = wrapped(said_of(incident), SMALL, columns[2].width - 8, SAID_LINES) if said_of(incident) else []
        if sheet.room() < ROW + (lines - 2 + len(said)) * SMALL.leading:
            sheet.new_page()
            _head(sheet, columns)
        _row(sheet, result, incident, pages, columns, more_of(incident), lines, said)


def _head(sheet: Sheet, columns: Sequence[Column]) -> None:
    x = LEFT
    sheet.gap(4)
    for column in columns:
        if column.right:
            sheet.right(column.title, x + column.width - 6, sheet.y, TINY, LIGHT.muted)
        else:
            sheet.text(column.title, x, sheet.y, TINY, LIGHT.muted, column.width)
        x += column.width
    sheet.gap(4)
    sheet.line(LEFT, sheet.y, LEFT + WIDTH, sheet.y)


def _columns(more: str, width: float) -> tuple[Column, ...]:
    return (
        Column(tell("report_column_severity"), 62),
        Column(tell("report_column_when"), 94),
        Column(tell("report_column_what"), 299 - width),
        Column(tell("report_column_cells"), 30, right=True),
        Column(more, width),
        Column(tell("report_column_page"), 22, right=True),
    )


def _row(
    sheet: Sheet,
    result: Result,
    incident: Incident,
    pages: Mapping[int, int],
    columns: Sequence[Column],
    more: str,
    lines: int,
    said: Sequence[str],
) -> None:
    severity, panel = incident.severity, result.panel
    widths = [column.width for column in columns]
    edges = [LEFT + sum(widths[:i]) for i in range(len(widths) + 1)]
    room = widths[2] - 8
    lasted = duration_text((incident.stop - incident.start) * panel.period_s)
    told = where_in_brief(incident, lambda name: fitted_name(name, SMALL, room / 2), lasted)
    sentence = wrapped(told, SMALL, room, lines)
    besides = wrapped(more, SMALL, widths[4] - 6, lines)
    box = sheet.take(11 + SMALL.leading * max(2, len(sentence) + len(said), len(besides)) - 5)
    first, second = box.top - 4 - SMALL.size, box.top - 4 - SMALL.size - SMALL.leading
    draw_severity(sheet, severity, edges[0] + 3.5, first + 2.5, 7)
    sheet.text(tell(f"report_severity_{severity.value}"), edges[0] + 12, first, SMALL_STRONG, LIGHT.ink[severity])
    sheet.text(
        tell("report_importance", value=math.floor(incident.importance)), edges[0] + 12, second, TINY, LIGHT.muted
    )
    begin = local_text(WallGrid.of(panel).moment(panel.times[incident.start]), panel.zone, year=needs_year(panel.times))
    sheet.text(begin, edges[1], first, SMALL, LIGHT.text, widths[1] - 8)
    sheet.text(lasted, edges[1], second, SMALL, LIGHT.muted, widths[1] - 8)
    for line, text in enumerate(sentence):
        sheet.text(text, edges[2], first - line * SMALL.leading, SMALL, LIGHT.text)
    for line, text in enumerate(said, len(sentence)):
        sheet.text(text, edges[2], first - line * SMALL.leading, SMALL, LIGHT.accent)
    sheet.right(number(len(incident.cells)), edges[4] - 6, first, SMALL, LIGHT.text)
    for line, text in enumerate(besides):
        sheet.text(text, edges[4], first - line * SMALL.leading, SMALL, LIGHT.text)
    page = pages.get(incident.id)
    if page:
        sheet.right(str(page), edges[6] - 6, first, SMALL, LIGHT.accent)
        sheet.canvas.linkRect(
            "", f"incident{incident.id}", (LEFT, box.y, LEFT + WIDTH, box.top), thickness=0, relative=0
        )
    sheet.line(LEFT, box.y, LEFT + WIDTH, box.y, LIGHT.line, 0.4)
