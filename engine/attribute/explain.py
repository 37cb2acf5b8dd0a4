"""Incidents with their likely causes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.attribute.causes import rank
from engine.attribute.surroundings import Surroundings
from engine.data import Anomaly, Association, Cause, Clock, Evidence, Incident, Panel, Verdict
from engine.errors import Reason, share

ANOMALIES_AT_ONCE = 4096
"""That are in memory, which for all of a large network would be as much as all else."""


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
    causes: list[tuple[Cause, ...]] = [()] * len(incidents)
    for some in _some_at_a_time(incidents):
        found = []
        for incident in (incidents[n] for n in some):
            places = order[np.searchsorted(identities, incident.anomalies, sorter=order)]
            found.append((incident, [anomalies[i] for i in places.tolist()]))
        for n, facts in zip(some, surroundings.facts(found), strict=True):
            causes[n] = tuple(_shared(cause, told) for cause in rank(facts))
    surroundings.release()
    return tuple(replace(incident, causes=of_it) for incident, of_it in zip(incidents, causes, strict=True))


def _some_at_a_time(incidents: Sequence[Incident]) -> Iterator[list[int]]:
    """Places in `incidents`, as many together as have ANOMALIES_AT_ONCE, or one that has more.

    Those of one cell, and of cells that lie together in files, follow each other: what is read for the one is still
    there for the next.
    """
    some: list[int] = []
    held = 0
    for n, incident in enumerate(incidents):
        if some and held + len(incident.anomalies) > ANOMALIES_AT_ONCE:
            yield sorted(some, key=lambda n: incidents[n].cells)
            some, held = [], 0
        some.append(n)
        held += len(incident.anomalies)
    yield sorted(some, key=lambda n: incidents[n].cells)


def _shared(cause: Cause, told: dict[tuple[str, str], Reason]) -> Cause:
    return Cause(cause.kind, cause.weight, tuple(share(fact, told) for fact in cause.evidence))
