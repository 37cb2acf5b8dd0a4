"""The three columns below the picture of an incident: votes; what it goes with; what to check and why it is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engine.attribute.advice import checks
from engine.data import Anomaly, Cause, Incident, Result
from engine.inspection.summary import cause_name
from engine.palette import LIGHT
from engine.reports.report_pdf.columns import Part, space, text
from engine.reports.report_pdf.lettering import SMALL, SMALL_STRONG, TINY, wrapped
from engine.reports.report_pdf.pictures import votes
from engine.reports.report_pdf.sheet import LEFT, WIDTH, Box, Sheet
from engine.text import say, tell

SHARES, GAP = (0.98, 1.2, 1.12), 18.0
STEPS = 4
LONGEST = 8
"""Lines of one fact; names without end are cut there, and the incident says where the rest stands."""


def columns(result: Result, incident: Incident, worst: Anomaly, names: Mapping[str, str]) -> list[list[Part]]:
    """The three columns, measured. worst: the worst anomaly of the incident; names: detector id -> label."""
    left, middle, right = (box.width for box in Box(LEFT, 0, WIDTH, 0).columns(SHARES, GAP))
    return [
        _votes(result, worst, names, left),
        _causes(incident.causes, middle),
        [*_checks(incident, right), *_grouped(incident, right)],
    ]


def any_cut(incident: Incident) -> bool:
    """Whether a fact of the incident is longer than what is shown of it."""
    _, middle, right = (box.width for box in Box(LEFT, 0, WIDTH, 0).columns(SHARES, GAP))
    facts = [(say(fact), middle - 7) for cause in incident.causes for fact in cause.evidence]
    facts += [(say(fact), right - 7) for fact in incident.grouped_by]
    return any(len(wrapped(words, TINY, width)) > LONGEST for words, width in facts)


def _title(code: str, width: float) -> list[Part]:
    (line,) = text(tell(code), SMALL_STRONG, LIGHT.muted, width, lines=1)
    return [Part(14.0, line.draw, keep=True)]


def _fact(words: str, width: float) -> list[Part]:
    return text(words, TINY, LIGHT.muted, width, indent=7, mark="·", lines=LONGEST)


def _votes(result: Result, worst: Anomaly, names: Mapping[str, str], width: float) -> list[Part]:
    margins = {d: worst.margins.get(d, float("nan")) for d in result.settings.detectors}
    said = sum(margin >= 1 for margin in margins.values())
    asked = sum(margin == margin for margin in margins.values())
    rule = result.settings.vote
    vote = tell("report_vote_k" if rule.isdecimal() else f"report_vote_{rule}", k=rule)
    says = tell("report_votes_says" if said == 1 else "report_votes_say")
    words = tell("report_votes_count" if asked else "report_votes_none", said=said, asked=asked, says=says, asks=vote)
    picture = Part(votes.height(margins) + 4, lambda sheet, box: votes.draw(sheet, box, margins, names))
    return [*_title("report_votes", width), picture, *text(words, TINY, LIGHT.muted, width)]


def _causes(causes: Sequence[Cause], width: float) -> list[Part]:
    title = _title("report_causes", width)
    if not causes:
        return [*title, *text(tell("report_no_cause"), SMALL, LIGHT.muted, width)]
    found = []
    for cause in causes:
        facts = [part for fact in cause.evidence for part in _fact(say(fact), width)]
        found += [_cause(cause), *facts, space(4)]
    return [*title, *found]


def _cause(cause: Cause) -> Part:
    """Its name, and its weight as a bar and a number."""

    def draw(sheet: Sheet, box: Box) -> None:
        y = box.top - SMALL.size
        sheet.text(cause_name(cause.kind), box.x, y, SMALL_STRONG, LIGHT.text, box.width - 72)
        track = Box(box.right - 68, y + 0.5, 40, 5)
        sheet.fill(track, LIGHT.line, 0.5)
        sheet.fill(Box(track.x, track.y, track.width * min(max(cause.weight, 0.0), 1.0), 5), LIGHT.normal)
        sheet.right(f"{100 * cause.weight:.0f} %", box.right, y, SMALL, LIGHT.text)

    return Part(11.0, draw, keep=bool(cause.evidence))


def _checks(incident: Incident, width: float) -> list[Part]:
    found = _title("report_checks", width)
    for step in checks(incident)[:STEPS]:
        first, *more = text(step, SMALL, LIGHT.text, width, indent=10)
        found += [Part(first.height, _boxed(first)), *more, space(3)]
    return found


def _boxed(line: Part) -> Callable[[Sheet, Box], None]:
    """The first line of a step behind a box to tick."""

    def draw(sheet: Sheet, box: Box) -> None:
        sheet.canvas.setStrokeColor(LIGHT.muted)
        sheet.canvas.setLineWidth(0.6)
        sheet.canvas.rect(box.x, box.top - SMALL.size + 0.3, 5, 5, stroke=1, fill=0)
        line.draw(sheet, box)

    return draw


def _grouped(incident: Incident, width: float) -> list[Part]:
    """Why its anomalies are one incident; nothing where there is but one."""
    if not incident.grouped_by:
        return []
    facts = [part for fact in incident.grouped_by for part in _fact(say(fact), width)]
    return [space(7), *_title("report_grouped", width), *facts]
