"""How bad an incident is: 0..100 by the service that it cost, in cell hours, and the X.733 severity to it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from engine.data import Anomaly, AnomalyType, Direction, Kpi, KpiKind, Severity
from engine.data.units import is_level
from engine.expectation import measure

CRITICAL, MAJOR, MINOR = 75.0, 50.0, 25.0

PER_DECADE = math.log10(3.0)
"""Ten times the cell hours are three times the odds: 0.1, 1 and 10 of them are 25, 50 and 75 of 100, 1,000 are 96."""

FAILING = 5.0
"""Where every fifth attempt fails a cell is of no use: failures weigh so much more than traffic that stays away."""

DEMAND = 0.25
"""A rise of traffic weighs this much of an equal fall: it is demand, not loss of service."""

INDICATION = 0.5
"""Gauges (a level, a load, a delay) say that service suffers, not that it is lost."""

FIRST_HOURS = 24.0
"""Hours beyond these count less and less: after a day it is known, and a new level is no growing harm."""


DOUBT = 0.1
"""So much less counts an anomaly that barely reached the threshold: what is surer comes first of two alike."""


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
    """0..1: how much of the service was lost while it lasted; silence is 1.

    A fall is the share that was missing, a rise the share that was too much. Ratios and percentages count by their
    points, `FAILING` times where they are failures; levels by the power; a rise that harms nobody and gauges less.
    """
    if anomaly.type is AnomalyType.SILENCE or not math.isfinite(anomaly.actual):
        return 1.0
    off = deviation(anomaly, kpi)
    rises = anomaly.actual > anomaly.expected
    if off and (kpi.kind is KpiKind.RATIO or kpi.unit == "%"):
        top = 100.0 if kpi.unit == "%" else 1.0
        failing = FAILING if kpi.kind is KpiKind.RATIO and kpi.bad is not Direction.BOTH else 1.0
        lost = min(1.0, failing * abs(anomaly.actual - anomaly.expected) / top)
    elif is_level(kpi.unit):
        lost = -math.expm1(-off)
    else:
        lost = off / (1.0 + off) if rises else min(1.0, off)
    if kpi.kind is KpiKind.GAUGE:
        return INDICATION * lost
    return DEMAND * lost if rises and kpi.bad is Direction.BOTH else lost


def importance(anomalies: Sequence[Anomaly], sizes: Sequence[float], period_s: int) -> float:
    """0..100 for anomalies that make one incident, each with its `size`.

    Lost cell hours are, per cell, those of the KPI that lost most: the size of its anomalies times the hours that they
    lasted, days beyond the first counting by their logarithm; an anomaly barely at the threshold counts a
    tenth less. The cells add up. L of them are 100 L^p / (1 + L^p) with p = `PER_DECADE`.
    """
    lost: dict[tuple[int, str], float] = defaultdict(float)
    for one, of_it in zip(anomalies, sizes, strict=True):
        certain = 1.0 - DOUBT * math.exp(1.0 - max(one.score, 1.0))
        hours = _weighed((one.stop - one.start) * period_s / 3600)
        lost[one.cell, one.kpi] += certain * of_it * hours
    of_cells: dict[int, float] = defaultdict(float)
    for (cell, _kpi), hours in lost.items():
        of_cells[cell] = max(of_cells[cell], hours)
    odds: float = math.fsum(of_cells.values()) ** PER_DECADE
    return 100.0 * odds / (1.0 + odds)


def _weighed(hours: float) -> float:
    """Hours as they count: the first day as they are, beyond it by their logarithm."""
    return hours if hours <= FIRST_HOURS else FIRST_HOURS * (1.0 + math.log(hours / FIRST_HOURS))
