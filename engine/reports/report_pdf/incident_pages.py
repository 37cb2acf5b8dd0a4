"""The worst incidents, two on a page where they have room: picture, sentence, votes, what it goes with, what to check.

Everything is measured before it is drawn: an incident gets the height that its words need, pictures what is left of the
page, and what is higher than a page goes on over the next one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.calendar import WallGrid, duration_text, local_text, needs_year
from engine.data import Anomaly, Incident, Result
from engine.inspection import explanation
from engine.inspection.reviewed import Said, in_words
from engine.inspection.summary import anomalies_of, cell_name, counted, worst_first
from engine.inspection.traits import traits_of
from engine.palette import LIGHT
from engine.reports.report_pdf import columns, incident_columns
from engine.reports.report_pdf.columns import Part
from engine.reports.report_pdf.lettering import (
    HEADING,
    LEAD,
    SMALL,
    SMALL_STRONG,
    TINY,
    fitted_name,
    printable,
    width,
    wrapped,
)
from engine.reports.report_pdf.marks import draw_severity
from engine.reports.report_pdf.pictures import series
from engine.reports.report_pdf.sheet import LEFT, WIDTH, Sheet
from engine.text import say, tell

SHOWN = 10
LEAST_PLOT, MOST_PLOT = 84.0, 150.0
LEAD_LINES, SAID_LINES = 5, 6
HEAD = 14.0 + 5.0
BETWEEN = 14.0
"""Points between two incidents, with a line in their middle."""


@dataclass(frozen=True)
class Laid:
    """An incident whose words are in lines. said: what people said of it; where: cells, KPI and importance; score: what
    made its score.
    """

    rank: int
    incident: Incident
    anomalies: Sequence[Anomaly]
    lead: Sequence[str]
    said: Sequence[str]
    where: Sequence[str]
    columns: Sequence[Sequence[Part]]
    score: Sequence[str]

    @property
    def height(self) -> float:
        """How high it is, its picture apart."""
        words = len(self.lead) * LEAD.leading + (len(self.said) + len(self.where)) * SMALL.leading + 1.5 + 8
        below = 10 + max(columns.height(column) for column in self.columns)
        return HEAD + words + below + (8 + len(self.score) * TINY.leading if self.score else 0)


def draw(sheet: Sheet, result: Result, names: Mapping[str, str], said: Mapping[int, Said]) -> dict[int, int]:
    """Draw the worst incidents; returns incident id -> page. names: detector id -> label; said: by incident id."""
    by_id = {anomaly.id: anomaly for anomaly in result.anomalies}
    pages: dict[int, int] = {}
    shown = [(i, found) for i in worst_first(result.incidents) if (found := anomalies_of(by_id, i))][:SHOWN]
    if not shown:
        return pages
    sheet.new_page()
    sheet.heading(tell("report_incidents_heading"), "incidents")
    left = [
        _laid(result, rank, incident, found, names, in_words(said.get(incident.id)))
        for rank, (incident, found) in enumerate(shown, 1)
    ]
    while left:
        count = together([one.height for one in left], sheet.room())
        page, left = left[:count], left[count:]
        taken = sum(one.height for one in page) + (count - 1) * BETWEEN
        plot = min(max((sheet.room() - taken - 1) / count, LEAST_PLOT), MOST_PLOT)
        for place, one in enumerate(page):
            if place:
                sheet.gap(BETWEEN / 2)
                sheet.line(LEFT, sheet.y, LEFT + WIDTH, sheet.y)
                sheet.gap(BETWEEN / 2)
            pages[one.incident.id] = sheet.page
            _draw_one(sheet, result, one, plot)
        if left:
            sheet.new_page()
    return pages


def together(heights: Sequence[float], room: float) -> int:
    """How many of the first incidents have room on a page with pictures of the least height; one at least."""
    count, used = 0, 1.0
    for height in heights:
        used += height + LEAST_PLOT + (BETWEEN if count else 0)
        if used > room:
            break
        count += 1
    return max(count, 1)


def _laid(
    result: Result,
    rank: int,
    incident: Incident,
    anomalies: Sequence[Anomaly],
    names: Mapping[str, str],
    said: str,
) -> Laid:
    worst = anomalies[0]
    of_people = wrapped(said, SMALL_STRONG, WIDTH) if said else []
    sentence = wrapped(say(incident.sentence), LEAD, WIDTH)
    score = _score_in_words(result, worst)
    if len(sentence) > LEAD_LINES or len(of_people) > SAID_LINES or incident_columns.any_cut(incident):
        score = [*score, *wrapped(tell("report_cut"), TINY, WIDTH)]
    return Laid(
        rank,
        incident,
        anomalies,
        wrapped(say(incident.sentence), LEAD, WIDTH, LEAD_LINES),
        wrapped(said, SMALL_STRONG, WIDTH, SAID_LINES) if said else [],
        _where(result, incident, worst),
        incident_columns.columns(result, incident, worst, names),
        score,
    )


def _draw_one(sheet: Sheet, result: Result, one: Laid, plot: float) -> None:
    panel, incident, worst = result.panel, one.incident, one.anomalies[0]
    key = f"incident{incident.id}"
    sheet.canvas.bookmarkHorizontal(key, 0, sheet.y + 8)
    outline = printable(f"{one.rank}. {cell_name(panel, worst.cell)}: {worst.kpi}")
    sheet.canvas.addOutlineEntry(outline, key, 1, closed=True)
    sheet.gap(14)
    _head(sheet, result, one.rank, incident)
    sheet.gap(5)
    for line in one.lead:
        sheet.gap(LEAD.leading)
        sheet.text(line, LEFT, sheet.y + 3, LEAD, LIGHT.text)
    sheet.gap(1.5)
    for line in one.said:
        sheet.gap(SMALL.leading)
        sheet.text(line, LEFT, sheet.y + 2, SMALL_STRONG, LIGHT.accent)
    for line in one.where:
        sheet.gap(SMALL.leading)
        sheet.text(line, LEFT, sheet.y + 2, SMALL, LIGHT.muted)
    sheet.gap(8)
    series.draw(sheet, sheet.take(plot), result, incident, one.anomalies)
    sheet.gap(10)

    def continued() -> None:
        sheet.gap(SMALL_STRONG.leading)
        words = tell("report_incident_continued", rank=one.rank, where=cell_name(panel, worst.cell), kpi=worst.kpi)
        sheet.text(words, LEFT, sheet.y, SMALL_STRONG, LIGHT.muted, WIDTH)
        sheet.gap(12)

    columns.draw(sheet, one.columns, incident_columns.SHARES, incident_columns.GAP, continued)
    if one.score:
        sheet.gap(8)
    for line in one.score:
        sheet.need(TINY.leading)
        sheet.gap(TINY.leading)
        sheet.text(line, LEFT, sheet.y + 2, TINY, LIGHT.muted)


def _head(sheet: Sheet, result: Result, rank: int, incident: Incident) -> None:
    panel, severity = result.panel, incident.severity
    draw_severity(sheet, severity, LEFT + 5, sheet.y + 4, 10)
    title = tell("report_incident_title", rank=rank, severity=tell(f"report_severity_{severity.value}").capitalize())
    sheet.text(title, LEFT + 16, sheet.y, HEADING, LIGHT.ink[severity])
    lasted = duration_text((incident.stop - incident.start) * panel.period_s)
    begin = local_text(WallGrid.of(panel).moment(panel.times[incident.start]), panel.zone, year=needs_year(panel.times))
    when = f"{begin}  ·  {lasted}"
    sheet.right(when, LEFT + WIDTH, sheet.y, SMALL_STRONG, LIGHT.text)


def _where(result: Result, incident: Incident, worst: Anomaly) -> list[str]:
    """Cell, site, KPI, extent, what its cells are and importance in lines; longer names than half a line are cut."""
    cell = result.panel.cells[worst.cell]
    known = cell.name and cell.name != cell.id
    name = tell("report_cell", name=cell.name, id=cell.id) if known else tell("report_name", name=cell.id)
    parts = [fitted_name(name, SMALL, WIDTH / 2)]
    if cell.site and cell.site not in name:
        parts.append(fitted_name(tell("report_site", site=cell.site), SMALL, WIDTH / 2))
    parts.append(fitted_name(tell("report_name", name=worst.kpi), SMALL, WIDTH / 2))
    if len(incident.cells) > 1 or len(incident.kpis) > 1:
        cells, kpis = counted(len(incident.cells), "cell"), counted(len(incident.kpis), "kpi")
        parts.append(tell("report_extent", cells=cells, kpis=kpis))
    if like := traits_of([result.panel.cells[c] for c in incident.cells]):
        parts.append(fitted_name(like, SMALL, WIDTH / 2))
    parts.append(tell("report_importance_of", value=math.floor(incident.importance)))
    lines = parts[:1]
    for part in parts[1:]:
        longer = f"{lines[-1]}  ·  {part}"
        if width(longer, SMALL) <= WIDTH:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


def _score_in_words(result: Result, worst: Anomaly) -> list[str]:
    """What raised and what lowered the score of the worst anomaly; the votes above say how the vote made it one."""
    explained = explanation.of_anomaly(result, worst)
    return wrapped(explanation.in_words(explained), TINY, WIDTH) if explained else []
