"""What one shift tells the next: incidents that are open at the end of the data, those that are new, those cleared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC

import numpy as np

from engine.calendar import WallGrid, duration_text, local_text, needs_year, to_utc
from engine.data import Incident, Panel, Result
from engine.data.since import Since
from engine.inspection.reviewed import Said, in_words, judged_false, said_of_all
from engine.inspection.summary import where_and_what, worst_first
from engine.text import tell

SECTIONS = ("new", "standing", "cleared")
LISTED = 5
"""Incidents of a section that the command line prints."""


@dataclass(frozen=True, eq=False)
class Handover:
    """The incidents that a shift hands over, each once, worst first in its section.

    since, until: UTC; the shift ends where the data end. new: began in the shift and last to the end of the data.
    standing: began before it and last to the end. cleared: ended in it. said: what was said of them, by their ids.
    false: how many more there are that were judged to be false alarms; nobody has to take those over.
    """

    since: np.datetime64
    until: np.datetime64
    new: tuple[Incident, ...]
    standing: tuple[Incident, ...]
    cleared: tuple[Incident, ...]
    said: Mapping[int, Said]
    false: int = 0

    @property
    def empty(self) -> bool:
        """Whether there is nothing to hand over."""
        return not any(map(self.section, SECTIONS))

    def section(self, name: str) -> tuple[Incident, ...]:
        """The incidents of one of `SECTIONS`."""
        return {"new": self.new, "standing": self.standing, "cleared": self.cleared}[name]


def hand_over(result: Result, since: Since, said: Mapping[int, Said] | None = None) -> Handover | None:
    """What the shift since then hands over; None where the data have no period. Raises InputError for a moment out of
    the calendar's reach. said: what was said of incidents, by their ids; None = what the result's reviews say.
    """
    panel = result.panel
    if not len(panel.times):
        return None
    until = panel.times[-1] + np.timedelta64(panel.period_s, "s")
    start = begin(since, panel, until)
    said = said_of_all(result) if said is None else said
    sections: dict[str, list[Incident]] = {name: [] for name in SECTIONS}
    false = 0
    for incident in result.incidents:
        name = _section(incident, panel, start)
        if name and judged_false(said.get(incident.id)):
            false += 1
        elif name:
            sections[name].append(incident)
    sections = {name: worst_first(found) for name, found in sections.items()}
    return Handover(
        start,
        until,
        new=tuple(sections["new"]),
        standing=tuple(sections["standing"]),
        cleared=tuple(sections["cleared"]),
        said=said,
        false=false,
    )


def begin(since: Since, panel: Panel, until: np.datetime64) -> np.datetime64:
    """The begin of the shift as a time of the panel's grid.

    One of a length is never shorter than a period, for of less there are no data.
    """
    if since.moment is None:
        return until - np.timedelta64(max(since.seconds, panel.period_s), "s")
    if since.moment.tzinfo is not None:
        moment = np.datetime64(since.moment.astimezone(UTC).replace(tzinfo=None), "s")
    else:
        moment = np.datetime64(to_utc(np.array([since.moment], "datetime64[s]"), panel.zone)[0], "s")
    return WallGrid.of(panel).place(moment)


def _section(incident: Incident, panel: Panel, start: np.datetime64) -> str:
    """Where an incident belongs; "" where it ended before the shift."""
    if incident.stop >= len(panel.times):
        return "new" if panel.times[incident.start] >= start else "standing"
    return "cleared" if panel.times[incident.stop] > start else ""


def span_text(panel: Panel, handover: Handover) -> str:
    """From when to when, in local time: "Thu 02 Mar 06:00 to Thu 02 Mar 14:00 (8 h)"."""
    year, grid = needs_year(panel.times), WallGrid.of(panel)
    first, last = (local_text(grid.moment(t), panel.zone, year=year) for t in (handover.since, handover.until))
    seconds = int((handover.until - handover.since) / np.timedelta64(1, "s"))
    return tell("shift_span", first=first, last=last, duration=duration_text(max(seconds, 0)))


def counts(handover: Handover) -> str:
    """How many there are of each: "2 new, 1 open from before, 3 cleared"."""
    return tell("shift_counts", **{name: len(handover.section(name)) for name in SECTIONS})


def said_of(handover: Handover, incident: Incident) -> str:
    """What was said of an incident, in words; "" where nothing was."""
    return in_words(handover.said.get(incident.id))


def left_out(handover: Handover) -> str:
    """How many incidents were judged to be false alarms and are not handed over; "" where none was."""
    return tell("shift_false", false=handover.false) if handover.false else ""


def in_lines(result: Result, handover: Handover, most: int = LISTED) -> list[str]:
    """The handover as lines of text: the span with the counts, then up to `most` incidents of each section."""
    lines = [tell("shift_line", span=span_text(result.panel, handover), counts=counts(handover))]
    for name in SECTIONS:
        incidents = handover.section(name)
        for incident in incidents[:most]:
            said = said_of(handover, incident)
            told = where_and_what(result.panel, incident)
            told += f" [{said}]" if said else ""
            lines.append(f"  {tell(f'shift_{name}'):17} {incident.severity.value.upper():8} {told}")
        if len(incidents) > most:
            lines.append(f"  {tell(f'shift_{name}'):17} {tell('shift_more', more=len(incidents) - most)}")
    if handover.false:
        lines.append(f"  {left_out(handover)}")
    return lines
