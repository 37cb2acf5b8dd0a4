"""The first page: what the network is, three figures, one picture of it over time, and the worst incidents."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from engine.calendar import duration_text, local_text, needs_year
from engine.data import Incident, Result, Severity
from engine.palette import LIGHT
from engine.reports.report_pdf.axes import day_text
from engine.reports.report_pdf.lettering import (
    BODY,
    FIGURE,
    LEAD,
    SMALL,
    SMALL_STRONG,
    STRONG,
    TINY,
    TITLE,
    width,
    wrapped,
)
from engine.reports.report_pdf.marks import draw_severity
from engine.reports.report_pdf.pictures import network
from engine.reports.report_pdf.sheet import LEFT, WIDTH, Box, Column, Sheet
from engine.summary import (
    alarms_per_cell_week,
    cause_name,
    cells_affected,
    counted,
    severity_counts,
    silence,
    worst_first,
)
from engine.text import number, say, tell

LISTED = 10
_COLUMNS = (
    Column("report_column_severity", 62),
    Column("report_column_when", 94),
    Column("report_column_what", 229),
    Column("report_column_cells", 30, right=True),
    Column("report_column_cause", 70),
    Column("report_column_page", 22, right=True),
)


def network_name(result: Result) -> str:
    """The network as its file names it, and how many more files there were."""
    inputs = result.record.inputs
    if not inputs:
        return tell("report_network")
    name = inputs[0][0]
    for ending in (".gz", ".zip", ".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xml"):
        name = name.removesuffix(ending)
    return name if len(inputs) == 1 else tell("report_more_files", name=name, more=len(inputs) - 1)


def span_text(result: Result) -> str:
    """The span of the data with its year: "02 Mar – 23 Mar 2017", "01 Mar 2024"."""
    panel = result.panel
    if not len(panel.times):
        return tell("report_no_data")
    first, last = panel.times[0], panel.times[-1]
    start, stop = (day_text(t, panel.zone, weekday=True, year=True) for t in (first, last))
    if start == stop:
        return start
    return f"{start.removesuffix(stop[-5:])} – {stop}"  # the year is said once where it is one


def draw(sheet: Sheet, result: Result, pages: Mapping[int, int], gone: int = 0) -> None:
    """Draw the page. pages: incident id -> the page that shows it; gone: how many incidents rules hide."""
    _title(sheet, result)
    _figures(sheet, result)
    if gone:
        sheet.gap(6)
        sheet.paragraph(tell("report_hidden", hidden=gone, rules=len(result.rules)), SMALL, LIGHT.muted)
    incidents = worst_first(result.incidents)
    if not incidents:
        sheet.gap(10)
        sheet.paragraph(_nothing(result), LEAD)
        sheet.gap(10)
    if all(result.panel.shape) and result.verdicts:
        sheet.gap(16)
        _section(sheet, tell("report_over_time"))
        network.draw(sheet, sheet.take(network.height(result)), result)
    if incidents:
        sheet.gap(14)
        more = len(incidents) - LISTED
        _section(sheet, tell("report_worst") if more > 0 else tell("report_incidents"))
        _list(sheet, result, incidents[:LISTED], pages)
        if more > 0:
            sheet.gap(2)
            sheet.paragraph(
                tell("report_more_incidents" if more > 1 else "report_more_incident", more=more), SMALL, LIGHT.muted
            )


def _nothing(result: Result) -> str:
    """Why there is no incident: nothing strange, nobody who could judge, or nothing to judge."""
    if not all(result.panel.shape):
        return tell("report_nothing_read")
    reason = silence(result)
    return tell("report_nothing_found") if reason is None else tell("report_nothing_judged", reason=say(reason))


def _title(sheet: Sheet, result: Result) -> None:
    panel, (cells, _) = result.panel, result.panel.shape
    canvas = sheet.canvas
    canvas.bookmarkHorizontal("summary", 0, sheet.y)
    canvas.addOutlineEntry(tell("report_summary"), "summary", 0, closed=False)
    sheet.text(tell("report_kind"), LEFT, sheet.y, SMALL, LIGHT.muted)
    sheet.right(
        tell("report_made", time=result.record.started_utc.replace("T", " ").replace("Z", "")),
        LEFT + WIDTH,
        sheet.y,
        SMALL,
        LIGHT.muted,
    )
    sheet.gap(28)
    sheet.text(network_name(result), LEFT, sheet.y, TITLE, LIGHT.text, WIDTH)
    sheet.gap(16)
    every = duration_text(panel.period_s)
    counts = tell("report_scope", cells=counted(cells, "cell"), kpis=counted(len(panel.kpis), "kpi"), every=every)
    sheet.text(f"{span_text(result)}  ·  {panel.zone or 'UTC'}  ·  {counts}", LEFT, sheet.y, BODY, LIGHT.muted, WIDTH)
    sheet.gap(12)
    sheet.line(LEFT, sheet.y, LEFT + WIDTH, sheet.y, LIGHT.muted, 0.8)


def _figures(sheet: Sheet, result: Result) -> None:
    box = sheet.take(76)
    rate = alarms_per_cell_week(result)
    first, second, third = box.columns((1.25, 1, 1), 20)
    _figure(sheet, first, number(len(result.incidents)), tell("report_figure_incidents"))
    _severities(sheet, first, severity_counts(result))
    _figure(
        sheet,
        second,
        number(cells_affected(result)),
        tell("report_figure_cells", cells=counted(result.panel.shape[0], "cell")),
    )
    _figure(sheet, third, _rate(rate), tell("report_figure_rate"))
    sheet.text(
        tell("report_budget", budget=result.settings.budget), third.x, third.y + 8, SMALL, LIGHT.muted, third.width
    )
    busy = _busiest(result)
    if busy:
        sheet.text(busy, second.x, second.y + 8, SMALL, LIGHT.muted, second.width)


def _rate(rate: float) -> str:
    """One decimal, so that a one does not stand before a plural; two digits below one."""
    if math.isnan(rate):
        return "–"
    return f"{rate:.1f}" if 0.95 <= rate < 99.95 else f"{rate:.2g}"


def _figure(sheet: Sheet, box: Box, figure: str, words: str) -> None:
    sheet.text(figure, box.x, box.top - 38, FIGURE, LIGHT.text)
    sheet.text(words, box.x, box.top - 53, BODY, LIGHT.text, box.width)


def _severities(sheet: Sheet, box: Box, counts: Mapping[Severity, int]) -> None:
    x, y = box.x, box.y + 8
    for severity, count in counts.items():
        if count:
            text = f"{number(count)} {tell(f'report_severity_{severity.value}')}"
            draw_severity(sheet, severity, x + 3, y + 2.5, 6)
            sheet.text(text, x + 9, y, SMALL, LIGHT.ink[severity])
            x += 9 + width(text, SMALL) + 8


def _busiest(result: Result) -> str:
    """The KPI with most anomalies in words."""
    if not result.anomalies or len(result.panel.kpis) < 2:
        return ""
    names = [anomaly.kpi for anomaly in result.anomalies]
    kpis, counts = np.unique(names, return_counts=True)
    return tell("report_busiest", kpi=str(kpis[counts.argmax()]), count=int(counts.max()), total=len(names))


def _section(sheet: Sheet, text: str) -> None:
    sheet.gap(STRONG.size)
    sheet.text(text, LEFT, sheet.y, STRONG, LIGHT.text, WIDTH)
    sheet.gap(8)


def _list(sheet: Sheet, result: Result, incidents: list[Incident], pages: Mapping[int, int]) -> None:
    x = LEFT
    sheet.gap(4)
    for column in _COLUMNS:
        if column.right:
            sheet.right(tell(column.title), x + column.width - 6, sheet.y, TINY, LIGHT.muted)
        else:
            sheet.text(tell(column.title), x, sheet.y, TINY, LIGHT.muted)
        x += column.width
    sheet.gap(4)
    sheet.line(LEFT, sheet.y, LEFT + WIDTH, sheet.y)
    for incident in incidents:
        sheet.need(24)
        _row(sheet, result, incident, pages)


def _row(sheet: Sheet, result: Result, incident: Incident, pages: Mapping[int, int]) -> None:
    severity, panel = incident.severity, result.panel
    widths = [column.width for column in _COLUMNS]
    edges = [LEFT + sum(widths[:i]) for i in range(len(widths) + 1)]
    sentence = wrapped(say(incident.sentence), SMALL, widths[2] - 8, 2)
    box = sheet.take(11 + SMALL.leading * max(2, len(sentence)) - 5)
    first, second = box.top - 4 - SMALL.size, box.top - 4 - SMALL.size - SMALL.leading
    draw_severity(sheet, severity, edges[0] + 3.5, first + 2.5, 7)
    sheet.text(tell(f"report_severity_{severity.value}"), edges[0] + 12, first, SMALL_STRONG, LIGHT.ink[severity])
    sheet.text(tell("report_importance", value=round(incident.importance)), edges[0] + 12, second, TINY, LIGHT.muted)
    begin = local_text(panel.times[incident.start], panel.zone, year=needs_year(panel.times))
    sheet.text(begin, edges[1], first, SMALL, LIGHT.text, widths[1] - 8)
    sheet.text(
        duration_text((incident.stop - incident.start) * panel.period_s),
        edges[1],
        second,
        SMALL,
        LIGHT.muted,
        widths[1] - 8,
    )
    for line, text in enumerate(sentence):
        sheet.text(text, edges[2], first - line * SMALL.leading, SMALL, LIGHT.text)
    sheet.right(number(len(incident.cells)), edges[4] - 6, first, SMALL, LIGHT.text)
    if incident.causes:
        cause = incident.causes[0]
        name = wrapped(cause_name(cause.kind), SMALL, widths[4] - 6, 2)
        for line, text in enumerate(name):
            sheet.text(text, edges[4], first - line * SMALL.leading, SMALL, LIGHT.text)
    page = pages.get(incident.id)
    if page:
        sheet.right(str(page), edges[6] - 6, first, SMALL, LIGHT.accent)
        sheet.canvas.linkRect(
            "", f"incident{incident.id}", (LEFT, box.y, LEFT + WIDTH, box.top), thickness=0, relative=0
        )
    sheet.line(LEFT, box.y, LEFT + WIDTH, box.y, LIGHT.line, 0.4)
