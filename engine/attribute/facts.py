"""What is seen around an incident: shares of the expected, other KPIs, neighbours, network, calendar, data quality."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.data import AnomalyType, Association, Direction, Incident, Kpi, KpiKind


@dataclass(frozen=True)
class KpiFacts:
    """One KPI at the points of an incident: where it is anomalous itself, else where any KPI of the incident is.

    share: measured over expected (sums of counts, means of others), NaN if unknown. actual, expected: those. struck:
    whether it is anomalous. missing: share of points without a measurement. zero: share of measured points that are 0
    where more was expected. stuck: for how many periods, those around the incident included, it repeated one value
    other than 0; 0 if it did not.
    """

    kpi: Kpi
    share: float
    actual: float
    expected: float
    struck: bool
    missing: float
    zero: float
    stuck: int

    @property
    def worse(self) -> bool:
        """Whether it deviates in the direction that hurts (a ratio or gauge only), and is anomalous."""
        if self.kpi.kind is KpiKind.COUNT or not self.struck or not np.isfinite(self.share):
            return False
        up = self.actual > self.expected
        return self.kpi.bad is Direction.BOTH or up == (self.kpi.bad is Direction.UP)

    @property
    def failures(self) -> float:
        """What fails over what usually fails: of a drop rate itself, of a success rate what is left to the whole.

        NaN for what is no ratio, and for one that is good or bad on either side. One failure in 10,000 is expected at
        least: of nothing, any number is infinitely many times the usual.
        """
        whole = 100.0 if self.kpi.unit == "%" else 1.0
        if self.kpi.kind is not KpiKind.RATIO or self.kpi.bad is Direction.BOTH:
            return math.nan
        rising = self.kpi.bad is Direction.UP
        actual, expected = (value if rising else whole - value for value in (self.actual, self.expected))
        return actual / max(expected, whole / 10_000)


@dataclass(frozen=True)
class Facts:
    """All that the rules for causes look at.

    periods, hours: duration. cells: how many cells are in it with a good part of the anomalous points that the worst
    has; sites: of how many sites they are (a cell without a site counts as one), site: its name if it is one.
    traffic, other_traffic, quality: counts that are anomalous, counts that are not, and ratios and gauges. share:
    median share of the expected of the anomalous counts (if only a gauge of load is anomalous, of all counts), NaN if
    none. everywhere: nearly all cells of the data are in it. neighbours: how many cells lie beside (where no place
    is known, alike: how many usually take the same course); neighbour_share:
    their traffic over the expected; neighbours_too: how many of them are anomalous at the same time. network_share:
    traffic of all other cells over the expected. onset: 0..1 how much of the largest deviation was there at once,
    before: how much already in the period before; NaN if unknown. steadiness: scatter of the deviation over its size.
    after: the traffic of the days after, over the same hours a week before, NaN if unknown; to_end: it goes on where
    the data end. gap: share of missing points over all KPIs. suspect, imputed: points so marked. odds: associations
    that hold then.
    """

    incident: Incident
    periods: int
    hours: float
    cells: int
    sites: int
    site: str
    traffic: tuple[KpiFacts, ...]
    other_traffic: tuple[KpiFacts, ...]
    quality: tuple[KpiFacts, ...]
    share: float
    up: bool
    types: frozenset[AnomalyType]
    neighbours: int
    alike: bool
    everywhere: bool
    neighbour_share: float
    neighbours_too: int
    network_share: float
    onset: float
    before: float
    steadiness: float
    after: float
    to_end: bool
    gap: float
    suspect: int
    imputed: int
    maintenance: bool
    holiday: str
    event: str
    eve: bool
    after_holiday: bool
    weekend: bool
    night: bool
    odds: tuple[Association, ...] = ()

    @property
    def stays(self) -> bool:
        """Whether a good part of the deviation is still there in the days after it."""
        if not (self.after > 0 and self.share > 0):
            return False
        moved = math.log(self.share)
        kept = math.log(self.after) * (1 if moved > 0 else -1)
        return kept > 0.25 and kept > 0.5 * min(abs(moved), 1.0)
