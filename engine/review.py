"""What a person says of an incident, and which incident of a result it is said of.

It is kept by place and time, not by number: an incident's number changes with every run, the cell, KPI and time of its
worst anomaly do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.data import Anomaly, Incident, Panel


@dataclass(frozen=True)
class Review:
    """A judgement on what happened in one cell and KPI at [start, stop), UTC. tag: a review tag, "" = none."""

    cell: str
    kpi: str
    start: np.datetime64
    stop: np.datetime64
    tag: str = ""
    comment: str = ""


def meeting(
    panel: Panel, incidents: Iterable[Incident], anomalies: Sequence[Anomaly], reviews: Sequence[Review]
) -> dict[int, Review]:
    """Incident id -> the review of its first anomaly that meets one; where nothing is said it is not there."""
    if not reviews:
        return {}
    cells = {cell.id: row for row, cell in enumerate(panel.cells)}
    places: dict[tuple[int, str], list[tuple[int, int, Review]]] = {}
    for review in reviews:
        if review.cell in cells:
            start, stop = (int(np.searchsorted(panel.times, when)) for when in (review.start, review.stop))
            places.setdefault((cells[review.cell], review.kpi), []).append((start, stop, review))
    by_anomaly: dict[int, Review] = {}
    for anomaly in anomalies:
        for start, stop, review in places.get((anomaly.cell, anomaly.kpi), ()):
            if start < anomaly.stop and anomaly.start < stop:
                by_anomaly.setdefault(anomaly.id, review)
    found = {}
    for incident in incidents:
        said = next((by_anomaly[name] for name in incident.anomalies if name in by_anomaly), None)
        if said is not None:
            found[incident.id] = said
    return found
