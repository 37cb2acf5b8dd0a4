"""Incidents with their likely causes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.attribute.causes import rank
from engine.attribute.surroundings import Surroundings
from engine.data import Anomaly, Association, Clock, Evidence, Incident, Panel, Verdict

AT_ONCE = 200
"""Incidents after which what was read of arrays in files is given back."""


def explain(
    incidents: Sequence[Incident],
    anomalies: Sequence[Anomaly],
    panel: Panel,
    clock: Clock,
    verdicts: Mapping[str, Verdict],
    evidence: Mapping[str, Mapping[str, Evidence]],
    associations: Sequence[Association],
) -> tuple[Incident, ...]:
    """The incidents, each with the causes it may be associated with, likeliest first.

    anomalies: all of the run, found by id. evidence: per KPI and detector, for what was to be expected. associations:
    of the same run; those with the kind of day of an incident are evidence on a calendar cause. See
    `engine.attribute.causes`.
    """
    if not incidents:
        return ()
    surroundings = Surroundings(panel, clock, verdicts, evidence, associations)
    by_id = {a.id: a for a in anomalies}
    explained = []
    for number, incident in enumerate(incidents):
        if number % AT_ONCE == 0:
            surroundings.release()
        facts = surroundings.facts(incident, [by_id[i] for i in incident.anomalies])
        explained.append(replace(incident, causes=rank(facts)))
    surroundings.release()
    return tuple(explained)
