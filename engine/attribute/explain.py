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
    explained: list[Incident] = []
    for some in _some_at_a_time(incidents):
        places = [order[np.searchsorted(identities, one.anomalies, sorter=order)].tolist() for one in some]
        found = [(one, [anomalies[i] for i in at]) for one, at in zip(some, places, strict=True)]
        for one, facts in zip(some, surroundings.facts(found), strict=True):
            explained.append(replace(one, causes=tuple(_shared(cause, told) for cause in rank(facts))))
    surroundings.release()
    return tuple(explained)


def _some_at_a_time(incidents: Sequence[Incident]) -> Iterator[list[Incident]]:
    """The incidents in their order, as many together as have ANOMALIES_AT_ONCE, or one that has more."""
    some: list[Incident] = []
    held = 0
    for one in incidents:
        if some and held + len(one.anomalies) > ANOMALIES_AT_ONCE:
            yield some
            some, held = [], 0
        some.append(one)
        held += len(one.anomalies)
    yield some


def _shared(cause: Cause, told: dict[tuple[str, str], Reason]) -> Cause:
    return replace(cause, evidence=tuple(share(fact, told) for fact in cause.evidence))
