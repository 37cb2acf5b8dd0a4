"""The summary: three figures, the worst incidents, and one picture of the network over time where there is room."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.data import Incident, Result, Severity
from engine.inspection.coverage import doubt, of_result
from engine.inspection.reviewed import Said, in_words
from engine.inspection.summary import (
    alarms_per_cell_week,
    cause_name,
    counted,
    severity_counts,
    worst_first,
)
from engine.palette import LIGHT
from engine.reports.report_pdf import incident_list
from engine.reports.report_pdf.lettering import (
    LEAD,
    SMALL,
    STRONG,
    fitted_name,
    width,
)
from engine.reports.report_pdf.marks import draw_severity
from engine.reports.report_pdf.pictures import network
from engine.reports.report_pdf.sheet import Box, Sheet
from engine.text import number, say, tell

LISTED = 10
FEWEST_LANES = 6
"""With fewer cells beside each other the picture gets a page of its own."""


@dataclass(frozen=True)
class LeftOut:
    """How many incidents are not among those shown: hidden by rules, judged to be false alarms."""

    hidden: int = 0
    false: int = 0


def draw(sheet: Sheet, result: Result, pages: Mapping[int, int], said: Mapping[int, Said], out: LeftOut) -> None:
    """Draw the summary on what is left of the page under way.

    pages: incident id -> the page that shows it; said: incident id -> what was said of it; out: what is not shown.
    """
    sheet.heading(tell("report_summary"), "summary")
    _figures(sheet, result)
    for words in _left_out(result, out):
        sheet.gap(4)
        sheet.paragraph(words, SMALL, LIGHT.muted)
    incidents = worst_first(result.incidents)
    if not incidents:
        sheet.gap(10)
        sheet.paragraph(_nothing(result, out), LEAD)
        sheet.gap(10)
    if incidents:
        _worst(sheet, result, incidents, pages, said)
    _over_time(sheet, result)


def _left_out(result: Result, out: LeftOut) -> Iterator[str]:
    if out.false:
        yield tell("report_false", false=out.false)
    if out.hidden:
        yield tell("report_hidden", hidden=out.hidden, rules=len(result.rules))


def _over_time(sheet: Sheet, result: Result) -> None:
    """The picture of the network, with as many cells as the page has room for, or on a page of its own."""
    if not (all(result.panel.shape) and result.verdicts):
        return
    around = 16 + STRONG.size + 8
    lanes = network.fitting(result, sheet.room() - around)
    if lanes < min(FEWEST_LANES, network.wanted(result)):
        sheet.new_page()
        lanes = network.wanted(result)
    else:
        sheet.gap(16)
    sheet.section(tell("report_over_time"))
    network.draw(sheet, sheet.take(network.height(lanes)), result, lanes)


def _worst(
    sheet: Sheet,
    result: Result,
    incidents: Sequence[Incident],
    pages: Mapping[int, int],
    said: Mapping[int, Said],
) -> None:
    sheet.gap(14)
    more = len(incidents) - LISTED
    sheet.section(tell("report_worst") if more > 0 else tell("report_incidents"))

    def words(incident: Incident) -> str:
        return in_words(said.get(incident.id))

    incident_list.draw(sheet, result, incidents[:LISTED], pages, tell("report_column_cause"), _cause, said_of=words)
    if more > 0:
        sheet.gap(2)
        sheet.paragraph(
            tell("report_more_incidents" if more > 1 else "report_more_incident", more=more), SMALL, LIGHT.muted
        )
    sheet.paragraph(tell("report_importance_what"), SMALL, LIGHT.muted)


def _nothing(result: Result, out: LeftOut) -> str:
    """Why there is no incident: nothing (else) unusual, hardly anybody who could judge, or nothing to judge."""
    if not all(result.panel.shape):
        return tell("report_nothing_read")
    if (reason := doubt(of_result(result))) is not None:
        return say(reason)
    return tell("report_nothing_else" if out.hidden or out.false else "report_nothing_found")


def _figures(sheet: Sheet, result: Result) -> None:
    box = sheet.take(76)
    rate = alarms_per_cell_week(result)
    first, second, third = box.columns((1.25, 1, 1), 20)
    sheet.figure(first, number(len(result.incidents)), tell("report_figure_incidents"))
    _severities(sheet, first, severity_counts(result))
    sheet.figure(
        second,
        number(len({cell for incident in result.incidents for cell in incident.cells})),
        tell("report_figure_cells", cells=counted(result.panel.shape[0], "cell")),
    )
    sheet.figure(third, _rate(rate), tell("report_figure_rate"))
    sheet.text(
        tell("report_budget", budget=result.settings.budget), third.x, third.y + 8, SMALL, LIGHT.muted, third.width
    )
    busy = _busiest(result, second.width)
    if busy:
        sheet.text(busy, second.x, second.y + 8, SMALL, LIGHT.muted, second.width)


def _rate(rate: float) -> str:
    """One decimal, so that a one does not stand before a plural; two digits below one."""
    if math.isnan(rate):
        return "–"
    return f"{rate:.1f}" if 0.95 <= rate < 99.95 else f"{rate:.2g}"


def _severities(sheet: Sheet, box: Box, counts: Mapping[Severity, int]) -> None:
    """How many of each, beside each other and in a second line what has no room in the first."""
    x, y = box.x, box.y + 8
    for severity, count in counts.items():
        if not count:
            continue
        text = f"{number(count)} {tell(f'report_severity_{severity.value}')}"
        wide = 9 + width(text, SMALL)
        if x > box.x and x + wide > box.right:
            x, y = box.x, y - SMALL.leading
        draw_severity(sheet, severity, x + 3, y + 2.5, 6)
        sheet.text(text, x + 9, y, SMALL, LIGHT.ink[severity])
        x += wide + 8


def _busiest(result: Result, room: float) -> str:
    """The KPI with most anomalies in words that have room; its name is shortened first, never the numbers."""
    if not result.anomalies or len(result.panel.kpis) < 2:
        return ""
    names = [anomaly.kpi for anomaly in result.anomalies]
    kpis, counts = np.unique(names, return_counts=True)

    def told(kpi: str) -> str:
        return tell("report_busiest", kpi=kpi, count=int(counts.max()), total=len(names))

    return told(fitted_name(str(kpis[counts.argmax()]), SMALL, room - width(told(""), SMALL)))


def _cause(incident: Incident) -> str:
    return cause_name(incident.causes[0].kind) if incident.causes else ""
