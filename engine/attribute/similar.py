"""Past events that looked alike: the same course of the deviation, of like size and length, in the same KPIs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.attribute.bands import deviation_in_bands
from engine.data import Anomaly, DoubleArray, Incident, KpiKind, Result
from engine.errors import Reason

SHAPE_POINTS = 24
LEAST_LIKENESS = 0.5
_SHAPE, _SIZE, _LENGTH, _KPIS = 0.4, 0.2, 0.15, 0.25


@dataclass(frozen=True)
class Resemblance:
    """Another incident and how alike it is, 0..1; reasons: what is alike, the most telling first."""

    incident: Incident
    likeness: float
    reasons: tuple[Reason, ...]


def similar_incidents(
    result: Result, incident: Incident, most: int = 5, *, past_only: bool = True
) -> tuple[Resemblance, ...]:
    """The incidents most like one of the same result, likeliest first, at least LEAST_LIKENESS alike.

    Compared are the course of the worst anomaly (how far it stood from the expected, in half widths of the usual band,
    a quarter of its length before and after it included, stretched to one length), its size and duration, and which
    KPIs took part and which way. past_only: only incidents that ended before this one began.
    """
    by_id = {a.id: a for a in result.anomalies}
    own = _Look.of(result, incident, by_id)
    found = []
    for other in result.incidents:
        if other.id == incident.id or (past_only and other.stop > incident.start):
            continue
        if not set(other.kpis) & set(incident.kpis):
            continue
        likeness, reasons = own.compare(_Look.of(result, other, by_id))
        if likeness >= LEAST_LIKENESS:
            if set(other.cells) & set(incident.cells):
                reasons.insert(0, Reason("similar_same_cell"))
            found.append(Resemblance(other, round(likeness, 3), tuple(reasons)))
    return tuple(sorted(found, key=lambda r: (-r.likeness, -r.incident.start))[:most])


@dataclass(frozen=True, eq=False)
class _Look:
    """An incident's looks: course (SHAPE_POINTS,) of its worst anomaly, log size and length, hour, KPIs, directions."""

    course: DoubleArray
    size: float
    length: float
    hour: int
    kpis: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, result: Result, incident: Incident, by_id: Mapping[int, Anomaly]) -> _Look:
        """The look of one incident."""
        anomalies = [by_id[i] for i in incident.anomalies]
        worst = anomalies[0]
        margin = max(1, (worst.stop - worst.start) // 4)
        first, last = max(0, worst.start - margin), min(len(result.panel.times), worst.stop + margin)
        course = deviation_in_bands(result.panel, result.evidence[worst.kpi], worst.kpi, [worst.cell], first, last)[0]
        course = np.arcsinh(np.nan_to_num(course))
        places = np.linspace(0, len(course) - 1, SHAPE_POINTS)
        return cls(
            course=np.interp(places, np.arange(len(course)), course),
            size=_log_size(worst, result.panel.kpi(worst.kpi).kind),
            length=math.log((incident.stop - incident.start) * result.clock.period_s),
            hour=int(result.clock.hour[incident.start]),
            kpis=frozenset((a.kpi, a.direction.value) for a in anomalies),
        )

    def compare(self, other: _Look) -> tuple[float, list[Reason]]:
        """(likeness 0..1, what is alike)."""
        sizes = float(np.linalg.norm(self.course) * np.linalg.norm(other.course))
        shape = max(0.0, float(self.course @ other.course) / sizes) if sizes > 0 else 0.0
        size = math.exp(-abs(self.size - other.size))
        length = math.exp(-abs(self.length - other.length))
        kpis = len(self.kpis & other.kpis) / len(self.kpis | other.kpis)
        reasons = []
        if shape > 0.9:
            reasons.append(Reason("similar_course"))
        if kpis == 1.0:
            reasons.append(Reason("similar_kpis", {"kpis": ", ".join(sorted(k for k, _ in self.kpis))}))
        if size > 0.8:
            reasons.append(Reason("similar_size"))
        if length > 0.8:
            reasons.append(Reason("similar_length"))
        if self.hour == other.hour:
            reasons.append(Reason("similar_hour", {"hour": f"{self.hour:02d}:00"}))
        return _SHAPE * shape + _SIZE * size + _LENGTH * length + _KPIS * kpis, reasons


def _log_size(worst: Anomaly, kind: KpiKind) -> float:
    """How far the worst anomaly stands from the expected: a log share for counts, a difference for the others."""
    if not (math.isfinite(worst.actual) and math.isfinite(worst.expected)):
        return -5.0 if math.isfinite(worst.expected) else 0.0
    if kind is KpiKind.COUNT:
        return math.log((worst.actual + 1) / (max(worst.expected, 0.0) + 1))
    return math.asinh(worst.actual - worst.expected)
