"""Incidents with their likely causes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.attribute.causes import rank
from engine.attribute.surroundings import Surroundings
from engine.data import Anomaly, Association, Cause, Clock, Evidence, Incident, Panel, Verdict
from engine.errors import Reason, share


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
    identities = np.fromiter((a.id for a in anomalies), np.int64, len(anomalies))
    order = np.argsort(identities)
    told: dict[tuple[str, str], Reason] = {}
    explained = []
    for incident in incidents:
        places = order[np.searchsorted(identities, incident.anomalies, sorter=order)]
        facts = surroundings.facts(incident, [anomalies[i] for i in places.tolist()])
        explained.append(replace(incident, causes=tuple(_shared(cause, told) for cause in rank(facts))))
    surroundings.release()
    return tuple(explained)


def _shared(cause: Cause, told: dict[tuple[str, str], Reason]) -> Cause:
    return replace(cause, evidence=tuple(share(fact, told) for fact in cause.evidence))
