"""The first page: what the shift hands over. It is one page, whatever there is; the rest is counted.

Where there is nothing to hand over it is a sentence, and the summary follows on the same page.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.data import Incident, Result
from engine.inspection.handover import SECTIONS, Handover, left_out, said_of, span_text
from engine.inspection.summary import worst_first
from engine.palette import LIGHT
from engine.reports.report_pdf import incident_list, title
from engine.reports.report_pdf.lettering import LEAD, SMALL, STRONG
from engine.reports.report_pdf.sheet import Sheet
from engine.text import number, tell

MOST_LINES = 4
"""Where there are few incidents their sentences are told whole."""

MOST_OTHERS, LINES_OTHERS = 5, 3
"""Of the whole period there are so many incidents, and their sentences take so many lines."""

SPACE = STRONG.size + 8 + 12
"""Points that a section takes besides its rows: heading, space before it."""


def draw_empty(sheet: Sheet, result: Result, shift: Handover | None) -> None:
    """Draw the top of the page for a shift that has nothing to hand over; None: there are no measurements."""
    _head(sheet, result)
    if shift is None:
        sheet.paragraph(tell("shift_no_data"), LEAD)
    else:
        sheet.paragraph(span_text(result.panel, shift), LEAD)
        sheet.paragraph(tell("shift_nothing"))
        _left_out(sheet, shift)
    sheet.gap(18)


def draw(sheet: Sheet, result: Result, shift: Handover, pages: Mapping[int, int]) -> None:
    """Draw the page. pages: incident id -> the page that shows it."""
    _head(sheet, result)
    sheet.paragraph(span_text(result.panel, shift), LEAD)
    for box, name in zip(sheet.take(66).columns((1, 1, 1), 20), SECTIONS, strict=True):
        sheet.figure(box, number(len(shift.section(name))), tell(f"shift_figure_{name}"))
    sheet.paragraph(tell("shift_note"), SMALL, LIGHT.muted)
    _left_out(sheet, shift)
    wanted = [len(shift.section(name)) for name in SECTIONS]
    lines = next((lines for lines in range(MOST_LINES, 2, -1) if sum(wanted) <= _rows(sheet, lines)), 2)
    for name, rows in zip(SECTIONS, shares(wanted, _rows(sheet, lines)), strict=True):
        _section(sheet, result, shift, name, rows, lines, pages)
    if not shift.new:
        _worst(sheet, result, shift, pages)


def _head(sheet: Sheet, result: Result) -> None:
    title.draw(sheet, result)
    sheet.gap(14)
    sheet.heading(tell("shift_title"), "shift")


def _left_out(sheet: Sheet, shift: Handover) -> None:
    if shift.false:
        sheet.paragraph(left_out(shift), SMALL, LIGHT.muted)


def shares(wanted: list[int], room: int) -> list[int]:
    """How many rows each section gets: what it wants, but never so much that another one gets less than its third."""
    given = [0] * len(wanted)
    while room > 0 and given != wanted:
        least = min((n for n in range(len(wanted)) if given[n] < wanted[n]), key=lambda n: (given[n], n))
        given[least] += 1
        room -= 1
    return given


def _rows(sheet: Sheet, lines: int) -> int:
    """How many rows of so many lines fit below all headings and a line of rest in each section."""
    fixed = len(SECTIONS) * (SPACE + incident_list.HEAD + 2 * SMALL.leading)
    return max(int((sheet.room() - fixed) / (incident_list.ROW + (lines - 2) * SMALL.leading)), 0)


def _worst(sheet: Sheet, result: Result, shift: Handover, pages: Mapping[int, int]) -> None:
    """What weighs most in the whole period, as far as it has room: where nothing is new the page would say little."""
    told = {incident.id for name in SECTIONS for incident in shift.section(name)}
    others = [incident for incident in worst_first(result.incidents) if incident.id not in told]
    rows = min(
        MOST_OTHERS,
        int((sheet.room() - SPACE - incident_list.HEAD) / (incident_list.ROW + (LINES_OTHERS - 2) * SMALL.leading)),
    )
    if others and rows > 0:
        sheet.gap(12)
        sheet.section(tell("shift_head_worst"))
        incident_list.draw(
            sheet,
            result,
            others[:rows],
            pages,
            tell("shift_column_state"),
            lambda incident: said_of(shift, incident),
            120,
            LINES_OTHERS,
        )


def _section(
    sheet: Sheet, result: Result, shift: Handover, name: str, rows: int, lines: int, pages: Mapping[int, int]
) -> None:
    incidents = shift.section(name)
    sheet.gap(12)
    sheet.section(tell(f"shift_head_{name}"))
    if not incidents:
        sheet.paragraph(tell(f"shift_none_{name}"), SMALL, LIGHT.muted)
        return

    def said(incident: Incident) -> str:
        return said_of(shift, incident)

    incident_list.draw(sheet, result, incidents[:rows], pages, tell("shift_column_state"), said, 120, lines)
    more = len(incidents) - rows
    if more > 0:
        sheet.gap(2)
        sheet.paragraph(
            tell("shift_more_incidents" if more > 1 else "shift_more_incident", more=more), SMALL, LIGHT.muted
        )
