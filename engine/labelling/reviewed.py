"""What people said of incidents, as labels to learn from.

A fault, a known event and a solved fault were anomalous, a false alarm was not. Planned work counts as maintenance.
What was tagged otherwise, and incidents that nobody has judged, are left out: neither usual nor anomalous. Everywhere
else nothing was found, and that counts as usual.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from engine.data import Flag, FlagArray, Labels, Panel, Result
from engine.data.review import FALSE_ALARM, Review, meeting

ANOMALOUS = ("fault", "event", "solved")
USUAL = (FALSE_ALARM,)
PLANNED = "planned"


@dataclass(frozen=True, eq=False)
class Reviewed:
    """Per KPI (C, T) on the panel of a result.

    labels: 1 anomalous, 0 usual, -1 nobody can say. flags: what is to be marked in the panel before learning from it,
    as `Flag` values; 0 = nothing. incidents: how many were called anomalous.
    """

    panel: Panel
    labels: Labels
    flags: Labels
    incidents: int


def reviewed(result: Result, reviews: Iterable[Review]) -> Reviewed:
    """Labels from reviews; a review belongs to the incident with an anomaly that it meets, the worst anomaly first."""
    panel, known = result.panel, tuple(reviews)
    labels = {kpi.id: np.zeros(panel.shape, np.int8) for kpi in panel.kpis}
    flags = {kpi.id: np.zeros(panel.shape, np.int8) for kpi in panel.kpis}
    by_id = {anomaly.id: anomaly for anomaly in result.anomalies}
    incidents = 0
    met = meeting(panel, result.incidents, result.anomalies, known)
    tagged = [(incident, met[incident.id].tag if incident.id in met else "") for incident in result.incidents]
    for incident, tag in sorted(tagged, key=lambda found: _weight(found[1])):
        incidents += tag in ANOMALOUS
        decided = tag in (*ANOMALOUS, *USUAL)
        for anomaly in (by_id[i] for i in incident.anomalies):
            where = anomaly.cell, slice(anomaly.start, anomaly.stop)
            labels[anomaly.kpi][where] = -1 if not decided else int(tag in ANOMALOUS)
            flags[anomaly.kpi][where] = 0 if decided else int(Flag.MAINTENANCE if tag == PLANNED else Flag.SUSPECT)
    return Reviewed(panel, labels, flags, incidents)


def marked(panel: Panel, flags: Labels) -> Panel:
    """The panel with these flags added to its own."""
    added: dict[str, FlagArray] = {
        kpi: own | np.maximum(flags[kpi], 0).astype(np.uint8) for kpi, own in panel.flags.items()
    }
    return replace(panel, flags=added)


def _weight(tag: str) -> int:
    """Where two incidents share a point, the one of greater weight decides."""
    return 2 if tag in ANOMALOUS else 1 if tag in USUAL else 0
