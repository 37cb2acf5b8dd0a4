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

FALSE_ALARM = "false"
"""The tag of what was judged to be no anomaly."""


@dataclass(frozen=True)
class Review:
    """A judgement on what happened in one cell and KPI at [start, stop), UTC. tag: a review tag, "" = none.

    owner: who takes care of it, "" = nobody. acknowledged_by, acknowledged: who has seen it and when, UTC; "" and None
    where nobody has.
    """

    cell: str
    kpi: str
    start: np.datetime64
    stop: np.datetime64
    tag: str = ""
    comment: str = ""
    owner: str = ""
    acknowledged_by: str = ""
    acknowledged: np.datetime64 | None = None

    @property
    def place(self) -> tuple[str, str, np.datetime64, np.datetime64]:
        """Of what it is said: cell, KPI, start and stop."""
        return self.cell, self.kpi, self.start, self.stop

    @property
    def acknowledged_utc(self) -> str | None:
        """When it was acknowledged, ISO 8601 in UTC; None where nobody has."""
        return None if self.acknowledged is None else f"{self.acknowledged}Z"

    @property
    def empty(self) -> bool:
        """Whether nothing is said."""
        return not (self.tag or self.comment or self.owner or self.acknowledged is not None)


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
