"""What is seen around an incident: shares of the expected, other KPIs, neighbours, network, calendar, data quality."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.attribute.common_traits import Trait
from engine.attribute.lifetimes import Gone, New
from engine.attribute.takeover import TakeOver
from engine.data import AnomalyType, Association, Direction, Incident, Kpi, KpiKind


@dataclass(frozen=True)
class KpiFacts:
    """One KPI at the points of an incident: where it is anomalous itself, else where any KPI of the incident is.

    share: measured over expected (sums of counts, means of others), NaN if unknown. actual, expected: those. struck:
    whether it is anomalous. missing: share of points without a measurement, those left out where a ratio or gauge had
    nothing to be of. zero: share of measured points that are 0 where more was expected. stuck: for how many periods,
    those around the incident included, it repeated one value other than 0; 0 if it did not. low, high: share of the
    cell that has the least, and the most (where it is anomalous: of all). events: whether it counts what happens one
    by one. base: the count that an anomalous ratio is of, "" if none is known; total: how many of these there were at
    its anomalous points, off: how many more or fewer of them than expected made the ratio.
    """

    kpi: Kpi
    share: float
    actual: float
    expected: float
    struck: bool
    missing: float
    zero: float
    stuck: int
    low: float = math.nan
    high: float = math.nan
    events: bool = False
    base: str = ""
    total: float = math.nan
    off: float = math.nan

    @property
    def usual(self) -> bool:
        """Whether none of the cells has much less or more of it than expected."""
        return self.low > 0.7 and self.high < 1.4

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
    has; where counts are anomalous, points of counts alone: a neighbour of poor quality lost no traffic. sites: of how
    many known sites they are, site: its name if all are of one, of_sites: how many cells these sites have in all;
    places: of how many places that are known, sites or not; apart: cells of which no place is known.
    traffic, other_traffic, quality: counts that are anomalous, counts that are not (of the same cells), and ratios and
    gauges; harm: what ratios and gauges are anomalous in the cells whose counts are. share:
    median share of the expected of the anomalous counts (if only a gauge of load is anomalous, of all counts), NaN if
    none. everywhere: nearly all cells of the data are in it. neighbours: how many cells lie beside (where no place
    is known, alike: how many usually take the same course); neighbour_share:
    their traffic over the expected; neighbours_too: how many of them are anomalous at the same time. network_share:
    traffic of all other cells over the expected; others_too: share of all other cells that is anomalous meanwhile,
    whichever way. onset: 0..1 how much of the largest deviation was there at once,
    before: how much already in the period before; NaN if unknown. steadiness: scatter of the deviation over its size.
    after: the traffic of the days after, over that of a week earlier (the same hours, if it lasted less than a day; of
    the day that is most as before), NaN if unknown; to_end: it goes on where the data end. gap: share of missing points
    over all KPIs. suspect, imputed: points so marked. fills_holiday: it lasted as long as a holiday. odds: associations
    that hold then, and that other days bear out. new: that its cells had their first values shortly before or with it.
    gone: that they have none from then to the end of the data. taken_over: from whom its traffic was taken over, if it
    rose by that. shared: what all its cells have in common and others have not. clock_off: by how many hours the clock
    of its cells seems to be late (early: below 0), 0 if it does not.
    """

    incident: Incident
    periods: int
    hours: float
    cells: int
    sites: int
    site: str
    places: int
    apart: int
    of_sites: int
    traffic: tuple[KpiFacts, ...]
    other_traffic: tuple[KpiFacts, ...]
    quality: tuple[KpiFacts, ...]
    harm: tuple[KpiFacts, ...]
    share: float
    up: bool
    types: frozenset[AnomalyType]
    neighbours: int
    alike: bool
    everywhere: bool
    neighbour_share: float
    neighbours_too: int
    network_share: float
    others_too: float
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
    fills_holiday: bool
    odds: tuple[Association, ...] = ()
    new: New | None = None
    gone: Gone | None = None
    taken_over: TakeOver | None = None
    shared: tuple[Trait, ...] = ()
    clock_off: float = 0.0

    @property
    def stays(self) -> bool:
        """Whether most of what came on top, or of what was lost, is still there in the days after it."""
        if not (self.after > 0 and self.share > 0):
            return False
        side = 1 if self.share > 1 else -1
        return side * math.log(self.after) > 0.25 and side * (self.after - 1) > 0.5 * abs(self.share - 1)

    @property
    def spread(self) -> bool:
        """Whether it is known to reach over more than one place."""
        return self.places > 1

    @property
    def whole_site(self) -> bool:
        """Whether all cells of one site, and there are several, are in it and no others."""
        return bool(self.site) and self.cells == self.of_sites > 1
