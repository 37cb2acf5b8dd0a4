"""Half a page for each of the worst incidents: picture, sentence, votes, what it goes with, what to check."""

from __future__ import annotations

from collections.abc import Mapping

from engine.attribute.advice import checks
from engine.calendar import duration_text, local_text, needs_year
from engine.data import Anomaly, Incident, Result
from engine.inspection.explanation import in_words, of_anomaly
from engine.inspection.summary import anomalies_of, cause_name, cell_name, counted, worst_first
from engine.palette import LIGHT
from engine.reports.report_pdf.lettering import (
    HEADING,
    LEAD,
    SMALL,
    SMALL_STRONG,
    TINY,
    fitted_name,
    printable,
    wrapped,
)
from engine.reports.report_pdf.marks import draw_severity
from engine.reports.report_pdf.pictures import series, votes
from engine.reports.report_pdf.sheet import LEFT, WIDTH, Box, Sheet
from engine.text import say, tell

SHOWN = 10
PLOT = 112.0
BLOCK = 352.0
CAUSES = 3
WORDS = 3
"""Lines that say what made the score."""
FACTS = 4


def draw(sheet: Sheet, result: Result, names: Mapping[str, str]) -> dict[int, int]:
    """Draw the worst incidents, two on a page; returns incident id -> page. names: detector id -> label."""
    by_id = {anomaly.id: anomaly for anomaly in result.anomalies}
    pages: dict[int, int] = {}
    shown = [(i, found) for i in worst_first(result.incidents) if (found := anomalies_of(by_id, i))][:SHOWN]
    if not shown:
        return pages
    sheet.new_page()
    sheet.heading(tell("report_incidents_heading"), "incidents")
    for rank, (incident, anomalies) in enumerate(shown, 1):
        sheet.need(BLOCK - 20)
        pages[incident.id] = sheet.page
        _draw_one(sheet, result, rank, incident, anomalies, names)
    return pages


def _draw_one(
    sheet: Sheet, result: Result, rank: int, incident: Incident, anomalies: list[Anomaly], names: Mapping[str, str]
) -> None:
    panel, worst = result.panel, anomalies[0]
    top = sheet.y
    key = f"incident{incident.id}"
    sheet.canvas.bookmarkHorizontal(key, 0, top + 8)
    sheet.canvas.addOutlineEntry(printable(f"{rank}. {cell_name(panel, worst.cell)}: {worst.kpi}"), key, 1, closed=True)
    sheet.gap(14)
    _head(sheet, result, rank, incident)
    sheet.gap(5)
    for line in wrapped(say(incident.sentence), LEAD, WIDTH, 2):
        sheet.gap(LEAD.leading)
        sheet.text(line, LEFT, sheet.y + 3, LEAD, LIGHT.text)
    sheet.gap(11)
    sheet.text(_where(result, incident, worst), LEFT, sheet.y + 2, SMALL, LIGHT.muted, WIDTH)
    sheet.gap(8)
    series.draw(sheet, sheet.take(PLOT), result, incident, anomalies)
    sheet.gap(10)
    words = _score_in_words(result, worst)
    least = votes.height(worst.margins) + 18 + 2 * TINY.leading
    room = max(least, BLOCK - (top - sheet.y) - 14 - len(words) * TINY.leading)
    left, middle, right = sheet.take(min(room, sheet.room())).columns((1.05, 1.25, 1), 18)
    _draw_votes(sheet, left, result, worst, names)
    _draw_causes(sheet, middle, incident)
    _draw_checks(sheet, right, incident)
    for line in words:
        sheet.gap(TINY.leading)
        sheet.text(line, LEFT, sheet.y + 2, TINY, LIGHT.muted)
    sheet.gap(6)
    if sheet.room() > BLOCK / 2:
        sheet.line(LEFT, sheet.y, LEFT + WIDTH, sheet.y, LIGHT.line, 0.6)
        sheet.gap(8)


def _head(sheet: Sheet, result: Result, rank: int, incident: Incident) -> None:
    panel, severity = result.panel, incident.severity
    draw_severity(sheet, severity, LEFT + 5, sheet.y + 4, 10)
    title = tell("report_incident_title", rank=rank, severity=tell(f"report_severity_{severity.value}").capitalize())
    sheet.text(title, LEFT + 16, sheet.y, HEADING, LIGHT.ink[severity])
    lasted = duration_text((incident.stop - incident.start) * panel.period_s)
    begin = local_text(panel.times[incident.start], panel.zone, year=needs_year(panel.times))
    when = f"{begin}  ·  {lasted}"
    sheet.right(when, LEFT + WIDTH, sheet.y, SMALL_STRONG, LIGHT.text)


def _where(result: Result, incident: Incident, worst: Anomaly) -> str:
    cell = result.panel.cells[worst.cell]
    name = cell.name if cell.name in ("", cell.id) else f"{cell.name} ({cell.id})"
    parts = [fitted_name(name or cell.id, SMALL, WIDTH / 2)]
    if cell.site and cell.site not in parts[0]:
        parts.append(tell("report_site", site=cell.site))
    parts.append(worst.kpi)
    if len(incident.cells) > 1 or len(incident.kpis) > 1:
        cells, kpis = counted(len(incident.cells), "cell"), counted(len(incident.kpis), "kpi")
        parts.append(tell("report_extent", cells=cells, kpis=kpis))
    parts.append(tell("report_importance_of", value=round(incident.importance)))
    return "  ·  ".join(parts)


def _score_in_words(result: Result, worst: Anomaly) -> list[str]:
    """What raised and what lowered the score of the worst anomaly; the votes above say how the vote made it one."""
    explained = of_anomaly(result, worst)
    return wrapped(in_words(explained), TINY, WIDTH, WORDS) if explained else []


def _title(sheet: Sheet, box: Box, code: str) -> Box:
    sheet.text(tell(code), box.x, box.top - SMALL_STRONG.size, SMALL_STRONG, LIGHT.muted, box.width)
    return box.inset(top=14)


def _draw_votes(sheet: Sheet, box: Box, result: Result, worst: Anomaly, names: Mapping[str, str]) -> None:
    inner = _title(sheet, box, "report_votes")
    margins = {d: worst.margins.get(d, float("nan")) for d in result.settings.detectors}
    votes.draw(sheet, inner, margins, names)
    said = sum(margin >= 1 for margin in margins.values())
    asked = sum(margin == margin for margin in margins.values())
    below = inner.inset(top=votes.height(margins) + 4)
    text = tell(
        "report_votes_count" if asked else "report_votes_none",
        said=said,
        asked=asked,
        vote=tell(_vote(result.settings.vote), k=result.settings.vote),
    )
    sheet.lines(text, below, TINY, LIGHT.muted, 2)


def _vote(rule: str) -> str:
    return "report_vote_k" if rule.isdecimal() else f"report_vote_{rule}"


def _draw_causes(sheet: Sheet, box: Box, incident: Incident) -> None:
    box = _title(sheet, box, "report_causes")
    if not incident.causes:
        sheet.lines(tell("report_no_cause"), box, SMALL, LIGHT.muted)
        return
    y = box.top
    for cause in incident.causes[:CAUSES]:
        if y - box.y < 22:
            break
        sheet.text(cause_name(cause.kind), box.x, y - SMALL.size, SMALL_STRONG, LIGHT.text, box.width - 72)
        track = Box(box.right - 68, y - SMALL.size + 0.5, 40, 5)
        sheet.fill(track, LIGHT.line, 0.5)
        sheet.fill(Box(track.x, track.y, track.width * min(max(cause.weight, 0.0), 1.0), 5), LIGHT.normal)
        sheet.right(f"{100 * cause.weight:.0f} %", box.right, y - SMALL.size, SMALL, LIGHT.text)
        y -= 11
        for fact in cause.evidence[:FACTS]:
            lines = wrapped(say(fact), TINY, box.width - 8, 2)
            if y - len(lines) * TINY.leading < box.y:
                break
            sheet.text("·", box.x + 1, y - TINY.size, TINY, LIGHT.muted)
            for line in lines:
                sheet.text(line, box.x + 7, y - TINY.size, TINY, LIGHT.muted)
                y -= TINY.leading
        y -= 4
    if incident.grouped_by and y - box.y > 2 * SMALL.leading:
        sheet.text(tell("report_grouped"), box.x, y - 4 - SMALL.size, SMALL_STRONG, LIGHT.muted, box.width)
        for fact in incident.grouped_by[:2]:
            y -= sheet.lines(say(fact), Box(box.x, box.y, box.width, y - 16 - box.y), TINY, LIGHT.muted, 2)


def _draw_checks(sheet: Sheet, box: Box, incident: Incident) -> None:
    box = _title(sheet, box, "report_checks")
    y = box.top
    for step in checks(incident)[:4]:
        lines = wrapped(step, SMALL, box.width - 11, 3)
        if y - len(lines) * SMALL.leading < box.y - 4:
            break
        sheet.canvas.setStrokeColor(LIGHT.muted)
        sheet.canvas.setLineWidth(0.6)
        sheet.canvas.rect(box.x, y - SMALL.size + 0.3, 5, 5, stroke=1, fill=0)
        for line in lines:
            sheet.text(line, box.x + 10, y - SMALL.size, SMALL, LIGHT.text)
            y -= SMALL.leading
        y -= 3
