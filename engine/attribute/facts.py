"""What is seen around an incident: shares of the expected, other KPIs, neighbours, network, calendar, data quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.attribute.features import is_night
from engine.data import (
    Anomaly,
    AnomalyType,
    Association,
    BoolArray,
    Clock,
    Direction,
    DoubleArray,
    Evidence,
    Flag,
    FloatArray,
    Incident,
    IntArray,
    Kpi,
    KpiKind,
    Panel,
    Verdict,
)
from engine.expectation import expectation
from engine.neighbours import around

MOST_NEIGHBOURS = 40
AFTER_S, WEEK_S = 3 * 86_400, 7 * 86_400
CLOSE_S = 2 * 3600
_DAYS = ("weekend", "holiday", "eve", *(f"weekday_{d}" for d in range(7)))


@dataclass(frozen=True)
class KpiFacts:
    """One KPI in the cells and periods of an incident.

    share: measured over expected (sums of counts, means of others), NaN if unknown. actual, expected: those. struck:
    share of points that are anomalous. missing: share of points without a measurement. zero: share of measured points
    that are 0 where more was expected. stuck: periods for which it repeated one value other than 0, 0 if it did not.
    """

    kpi: Kpi
    share: float
    actual: float
    expected: float
    struck: float
    missing: float
    zero: float
    stuck: int

    @property
    def worse(self) -> bool:
        """Whether it deviates in the direction that hurts (a ratio or gauge only), and is anomalous."""
        if self.kpi.kind is KpiKind.COUNT or self.struck == 0 or not np.isfinite(self.share):
            return False
        up = self.actual > self.expected
        return self.kpi.bad is Direction.BOTH or up == (self.kpi.bad is Direction.UP)


@dataclass(frozen=True)
class Facts:
    """All that the rules for causes look at.

    hours: duration. sites: how many different sites (cells without a site count one each). traffic, other_traffic,
    quality: counts that are anomalous, counts that are not, and ratios and gauges. share: median share of the expected
    of the anomalous counts, NaN if none. neighbours: how many cells lie beside; neighbour_share: their traffic over the
    expected; neighbours_too: how many of them are anomalous at the same time. network_share: traffic of all other cells
    over the expected. onset: 0..1 how much of the largest deviation was there at once, before: how much already in the
    period before; NaN if unknown. steadiness: scatter of the deviation over its size. after: the traffic of the days
    after, over the same hours a week before, NaN if unknown; to_end: it goes on where the data end. gap: share of
    missing points over all KPIs. suspect, imputed: points so marked. odds: associations that hold at that time.
    """

    incident: Incident
    hours: float
    sites: int
    site: str
    traffic: tuple[KpiFacts, ...]
    other_traffic: tuple[KpiFacts, ...]
    quality: tuple[KpiFacts, ...]
    share: float
    up: bool
    types: frozenset[AnomalyType]
    neighbours: int
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
    weekend: bool
    night: bool
    odds: tuple[Association, ...] = ()


class Surroundings:
    """The panel with what was expected, prepared once, so that the facts of one incident cost about a millisecond."""

    def __init__(
        self,
        panel: Panel,
        clock: Clock,
        verdicts: Mapping[str, Verdict],
        evidence: Mapping[str, Mapping[str, Evidence]],
        associations: Sequence[Association] = (),
    ) -> None:
        self.panel, self.clock, self.verdicts = panel, clock, verdicts
        self.expected = {kpi.id: expectation(evidence[kpi.id]).expected for kpi in panel.kpis}
        self.neighbours = around(panel.cells)
        self.counts = tuple(kpi.id for kpi in panel.kpis if kpi.kind is KpiKind.COUNT)
        self._totals = {kpi: _totals(panel.values[kpi], self.expected[kpi]) for kpi in self.counts}
        self._maintenance = _maintained(panel)
        self._odds = [a for a in associations if a.term in _DAYS and not a.sentence.code.endswith("_unclear")]

    def facts(self, incident: Incident, anomalies: Sequence[Anomaly]) -> Facts:
        """The facts of one incident; `anomalies` are its own, worst first."""
        panel, clock = self.panel, self.clock
        cells = np.array(incident.cells, np.int64)
        span = slice(incident.start, incident.stop)
        kpis = [self._kpi(kpi, cells, span) for kpi in panel.kpis]
        counts = [k for k in kpis if k.kpi.kind is KpiKind.COUNT]
        traffic = tuple(k for k in counts if k.kpi.id in incident.kpis)
        shares = [k.share for k in traffic if np.isfinite(k.share)]
        share = float(np.median(shares)) if shares else float("nan")
        main = next((a.kpi for a in anomalies if a.kpi in self.counts), self.counts[0] if self.counts else "")
        around_it = self._beside(cells)
        onset, before, steadiness = self._course(main, cells, incident) if main else (float("nan"),) * 3
        sites = {panel.cells[c].site or panel.cells[c].id for c in incident.cells}
        return Facts(
            incident=incident,
            hours=(incident.stop - incident.start) * clock.period_s / 3600,
            sites=len(sites),
            site=next(iter(sites)) if len(sites) == 1 else "",
            traffic=traffic,
            other_traffic=tuple(k for k in counts if k.kpi.id not in incident.kpis),
            quality=tuple(k for k in kpis if k.kpi.kind is not KpiKind.COUNT),
            share=share,
            up=share > 1 if np.isfinite(share) else anomalies[0].direction is Direction.UP,
            types=frozenset(a.type for a in anomalies),
            neighbours=len(around_it),
            neighbour_share=self._share(main, around_it, span) if main else float("nan"),
            neighbours_too=self._struck(incident, around_it),
            network_share=self._network(main, cells, span) if main else float("nan"),
            onset=onset,
            before=before,
            steadiness=steadiness,
            after=self._after(main, cells, incident) if main else float("nan"),
            to_end=incident.stop >= len(panel.times),
            gap=float(np.mean([k.missing for k in kpis])),
            suspect=sum(a.suspect_points for a in anomalies),
            imputed=sum(a.imputed_points for a in anomalies),
            maintenance=self._near_maintenance(cells, incident),
            holiday=_common(clock.event, clock.holiday, span),
            event=_common(clock.event, ~clock.holiday, span),
            eve=bool(clock.eve[span].any()),
            weekend=bool(clock.weekend[span].any()),
            night=bool(is_night(clock)[span].all()),
            odds=self._odds_then(incident),
        )

    def _kpi(self, kpi: Kpi, cells: IntArray, span: slice) -> KpiFacts:
        actual = self.panel.values[kpi.id][cells, span]
        expected = self.expected[kpi.id][cells, span]
        here = np.isfinite(actual)
        both = here & np.isfinite(expected)
        measured, due = actual[both], expected[both]
        count = kpi.kind is KpiKind.COUNT
        total, wanted = (float(x.sum() if count else x.mean()) if x.size else float("nan") for x in (measured, due))
        with np.errstate(divide="ignore", invalid="ignore"):
            zero = float(np.mean(measured[due > 1] == 0)) if count and (due > 1).any() else 0.0
        return KpiFacts(
            kpi=kpi,
            share=total / wanted if np.isfinite(wanted) and wanted > 0 else float("nan"),
            actual=total,
            expected=wanted,
            struck=float(self.verdicts[kpi.id].alarm[cells, span].mean()),
            missing=1.0 - float(here.mean()),
            zero=zero,
            stuck=_stuck(actual, expected) if len(cells) <= 3 else 0,
        )

    def _odds_then(self, incident: Incident) -> tuple[Association, ...]:
        """The clear associations of its KPIs with kinds of days, for the kinds that occur in the incident."""
        if not self._odds:
            return ()
        clock, span = self.clock, slice(incident.start, incident.stop)
        then = {f"weekday_{d}" for d in np.unique(clock.weekday[span]).tolist()}
        for name, flag in (("weekend", clock.weekend), ("holiday", clock.holiday), ("eve", clock.eve)):
            if flag[span].any():
                then.add(name)
        return tuple(a for a in self._odds if a.term in then and a.kpi in incident.kpis)

    def _beside(self, cells: IntArray) -> IntArray:
        """The cells beside those of an incident, without them."""
        if len(cells) == 1:
            found = self.neighbours[int(cells[0])]
        else:
            found = np.unique(np.concatenate([self.neighbours[c] for c in cells.tolist()]))
            found = found[~np.isin(found, cells)]
        return found[:MOST_NEIGHBOURS]

    def _share(self, kpi: str, cells: IntArray, span: slice) -> float:
        if not len(cells):
            return float("nan")
        actual, due = _totals(self.panel.values[kpi][cells, span], self.expected[kpi][cells, span])
        return float(actual.sum() / due.sum()) if due.sum() > 0 else float("nan")

    def _struck(self, incident: Incident, cells: IntArray) -> int:
        if not len(cells):
            return 0
        span = slice(incident.start, incident.stop)
        struck = np.zeros(len(cells), bool)
        for kpi in incident.kpis:
            struck |= self.verdicts[kpi].alarm[cells, span].any(axis=1)
        return int(struck.sum())

    def _network(self, kpi: str, cells: IntArray, span: slice) -> float:
        """Traffic of all cells but these over the expected; NaN where nearly all are concerned."""
        if len(cells) > 0.8 * len(self.panel.cells):
            return float("nan")
        all_actual, all_due = self._totals[kpi]
        actual, due = _totals(self.panel.values[kpi][cells, span], self.expected[kpi][cells, span])
        rest = float(all_due[span].sum() - due.sum())
        return float(all_actual[span].sum() - actual.sum()) / rest if rest > 0 else float("nan")

    def _course(self, kpi: str, cells: IntArray, incident: Incident) -> tuple[float, float, float]:
        """(onset, before, steadiness) of the deviation of one KPI over all cells of the incident."""
        first = max(0, incident.start - 1)
        part = slice(first, incident.stop)
        actual, due = _totals(self.panel.values[kpi][cells, part], self.expected[kpi][cells, part])
        deviation = np.log((actual + 1) / (due + 1))
        inside = deviation[incident.start - first :]
        largest = float(np.abs(inside).max())
        if largest < 1e-6 or first == incident.start:
            return float("nan"), float("nan"), float("nan")
        side = np.sign(inside[np.abs(inside).argmax()])
        size = abs(float(inside.mean()))
        steadiness = float(inside.std()) / size if size > 0 else float("inf")
        return float(side * inside[0]) / largest, float(side * deviation[0]) / largest, steadiness

    def _after(self, kpi: str, cells: IntArray, incident: Incident) -> float:
        """Traffic of up to three days after the incident over the same hours of the last week before it."""
        day, week = 86_400 // self.clock.period_s, WEEK_S // self.clock.period_s
        stop = min(incident.stop + AFTER_S // self.clock.period_s, len(self.panel.times))
        weeks = -(-(stop - incident.start) // week) if week else 0
        if not day or stop - incident.stop < day or incident.stop - weeks * week < 0:
            return float("nan")
        values = self.panel.values[kpi][cells]
        now, then = values[:, incident.stop : stop], values[:, incident.stop - weeks * week : stop - weeks * week]
        both = np.isfinite(now) & np.isfinite(then)
        past = float(then[both].sum())
        return float(now[both].sum()) / past if past > 0 else float("nan")

    def _near_maintenance(self, cells: IntArray, incident: Incident) -> bool:
        if self._maintenance is None:
            return False
        margin = max(1, CLOSE_S // self.clock.period_s)
        span = slice(max(0, incident.start - margin), incident.stop + margin)
        return bool(self._maintenance[cells, span].any())


def _totals(values: FloatArray, expected: FloatArray) -> tuple[DoubleArray, DoubleArray]:
    """(T,) sums over the cells of what was measured and of what was expected, where both are known."""
    known = np.isfinite(values) & np.isfinite(expected)
    return (
        np.where(known, values, 0).sum(axis=0, dtype=np.float64),
        np.where(known, expected, 0).sum(axis=0, dtype=np.float64),
    )


def _stuck(actual: FloatArray, expected: FloatArray) -> int:
    """For how many periods the first cell repeated one value other than 0 while something else was expected."""
    values = actual[0]
    if len(values) < 4 or not np.isfinite(values).all() or values[0] == 0 or (values != values[0]).any():
        return 0
    due = expected[0][np.isfinite(expected[0])]
    return len(values) if due.size and np.ptp(due) > 0.05 * abs(float(due.max())) else 0


def _maintained(panel: Panel) -> BoolArray | None:
    """(C, T) where any KPI is in maintenance; None if nowhere."""
    found = None
    for flags in panel.flags.values():
        marked = (flags & Flag.MAINTENANCE) != 0
        if marked.any():
            found = marked if found is None else found | marked
    return found


def _common(names: Sequence[str], where: BoolArray, span: slice) -> str:
    """The name that most of the periods of a span carry where `where` holds; "" if none does."""
    present = [names[i] for i in range(span.start, span.stop) if names[i] and where[i]]
    return max(set(present), key=lambda name: (present.count(name), name)) if present else ""
