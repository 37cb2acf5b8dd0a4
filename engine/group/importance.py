"""How bad an incident is: 0..100 from size, duration, extent and certainty, and the X.733 severity to it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from engine.data import Anomaly, AnomalyType, Direction, Kpi, Severity
from engine.expectation import measure

CRITICAL, MAJOR, MINOR = 75.0, 50.0, 25.0

TYPICAL_HOURS = 3.0
TYPICAL_CELLS = 4.0
SIZE, DURATION, EXTENT, CERTAINTY = 0.40, 0.35, 0.15, 0.10
HARMLESS_SIDE = 0.75
"""A rise of traffic weighs this much of an equal fall: it is demand, not loss of service."""


def severity_of(importance: float) -> Severity:
    """X.733 severity: at least 75 critical, 50 major, 25 minor, else warning."""
    if importance >= CRITICAL:
        return Severity.CRITICAL
    if importance >= MAJOR:
        return Severity.MAJOR
    return Severity.MINOR if importance >= MINOR else Severity.WARNING


def deviation(anomaly: Anomaly, kpi: Kpi) -> float:
    """|actual - expected| in units of what counts as 100 % for that KPI; 1.0 for a cell that vanished, 0 if unknown."""
    if not math.isfinite(anomaly.expected):
        return 0.0
    if not math.isfinite(anomaly.actual):
        return 1.0
    return abs(anomaly.actual - anomaly.expected) / float(measure(kpi, np.array([anomaly.expected]))[0])


def size(anomaly: Anomaly, kpi: Kpi) -> float:
    """0..1: how large the deviation is (1 - exp(-1.5 deviation)), a harmless rise counting less; silence is 1."""
    if anomaly.type is AnomalyType.SILENCE:
        return 1.0
    harmless = kpi.bad is Direction.BOTH and anomaly.direction is Direction.UP
    return -math.expm1(-1.5 * deviation(anomaly, kpi)) * (HARMLESS_SIDE if harmless else 1.0)


def importance(anomalies: Sequence[Anomaly], kpis: Mapping[str, Kpi], hours: float, cells: int) -> float:
    """0..100 for anomalies that make one incident over `hours` in `cells` cells.

    The size of the worst of them, the duration 1 - exp(-hours / 3), the extent 1 - exp(-cells / 4) and the certainty
    1 - exp(-(score - 1)), weighted 40 : 35 : 15 : 10, the last three only as far as there is size.
    """
    worst = max(size(a, kpis[a.kpi]) for a in anomalies)
    lasting = -math.expm1(-hours / TYPICAL_HOURS)
    extent = -math.expm1(-cells / TYPICAL_CELLS)
    certainty = -math.expm1(-max(max(a.score for a in anomalies) - 1.0, 0.0))
    rest = DURATION * lasting + EXTENT * extent + CERTAINTY * certainty
    return 100.0 * (SIZE * worst + rest * min(1.0, 2.0 * worst))
