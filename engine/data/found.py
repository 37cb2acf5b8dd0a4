"""What people deal with: anomalies, incidents, causes and associations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.data.measured import Direction
from engine.errors import Reason


class AnomalyType(StrEnum):
    """The shape of an anomaly."""

    SPIKE = "spike"
    DIP = "dip"
    LEVEL_SHIFT = "level_shift"
    FLATLINE = "flatline"
    SILENCE = "silence"
    VOLATILITY = "volatility"


class Severity(StrEnum):
    """Perceived severity, ITU-T X.733, worst first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Consecutive strange points of one cell and KPI, time indices [start, stop).

    actual, expected, lower, upper: sums (counts) or means (ratios, gauges) over the anomaly in the KPI's unit, NaN if
    unknown. score: the largest combined score, 1.0 = threshold. margins: per detector its largest score over the
    anomaly, 1.0 = that detector's threshold, NaN = no opinion.
    """

    id: int
    cell: int
    kpi: str
    start: int
    stop: int
    type: AnomalyType
    direction: Direction
    actual: float
    expected: float
    lower: float
    upper: float
    score: float
    margins: Mapping[str, float]
    suspect_points: int = 0
    imputed_points: int = 0


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause that an incident is associated with; never more than an association.

    kind: a cause class (`engine.attribute.causes.CAUSES`). weight: 0..1, the causes of one incident sum to at most 1.
    evidence: the facts for and against it, strongest first.
    """

    kind: str
    weight: float
    evidence: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Incident:
    """Anomalies that belong together in time and space. anomalies: their ids, worst first. importance: 0..100."""

    id: int
    start: int
    stop: int
    anomalies: tuple[int, ...]
    cells: tuple[int, ...]
    kpis: tuple[str, ...]
    severity: Severity
    importance: float
    grouped_by: tuple[Reason, ...]
    causes: tuple[Cause, ...]
    sentence: Reason


@dataclass(frozen=True, slots=True)
class Association:
    """One term of the logistic regression of "anomalous" on what is known of the hour.

    coefficient: log odds per unit; odds_ratio with its 95 % interval; p_value two-sided. n: points of that level,
    events: anomalous ones among them. sentence words it; warnings say what limits it, as separation or few events.
    """

    kpi: str
    term: str
    coefficient: float
    odds_ratio: float
    low: float
    high: float
    p_value: float
    n: int
    events: int
    sentence: Reason
    warnings: tuple[Reason, ...] = ()
