"""The panel made ready to look up what is seen around an incident."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.attribute.afterwards import Lasted, traffic_after
from engine.attribute.clock_shift import clock_off
from engine.attribute.common_traits import Traits
from engine.attribute.days import Days, Odds, many_at_once
from engine.attribute.denominators import counts_events, denominator_of
from engine.attribute.extent import Extent, beside, extent_of
from engine.attribute.facts import Facts, KpiFacts
from engine.attribute.lifetimes import Lifetimes
from engine.attribute.takeover import TakeOver, take_over
from engine.attribute.totals import LOOKED_AT, ROWS_AT_ONCE, balance, cut, running_balance
from engine.data import (
    Anomaly,
    AnomalyType,
    Association,
    BoolArray,
    Clock,
    Direction,
    Evidence,
    Flag,
    FlagArray,
    Incident,
    IntArray,
    Kpi,
    KpiKind,
    Panel,
    Verdict,
)
from engine.execution.scratch import release
from engine.expectation import expected_of
from engine.network.neighbours import alike, around

MOST_NEIGHBOURS = 40
CLOSE_S = 2 * 3600
EVERYWHERE = 0.8
FEWEST_OTHERS = 8
NAN = float("nan")
STUCK_MARGIN_S, LEAST_STUCK = 86_400, 5.0


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
        self.panel, self.clock = panel, clock
        self.expected = {kpi.id: expected_of(evidence[kpi.id]) for kpi in panel.kpis}
        self.neighbours = around(panel.cells)
        self.counts = tuple(kpi.id for kpi in panel.kpis if kpi.kind is KpiKind.COUNT)
        self._alike = bool(self.counts) and not any(len(n) for n in self.neighbours)
        if self._alike:
            self.neighbours = alike(self.expected[self.counts[0]], clock)
        self._alarms = tuple(verdicts[kpi.id].alarm for kpi in panel.kpis)
        self._network = {kpi: running_balance(panel.values[kpi], self.expected[kpi]) for kpi in self.counts}
        self._maintenance = _maintained(panel)
        self._lifetimes = Lifetimes(panel)
        self._odds = Odds(associations, clock, verdicts)
        self._calendar = Days(clock)
        self._anomalous = np.concatenate([[0], np.cumsum(many_at_once(self._alarms))])
        self._traits = Traits(panel.cells)
        self._sites = Counter(cell.site for cell in panel.cells if cell.site)
        self._events = {kpi.id: counts_events(kpi, panel.values[kpi.id]) for kpi in panel.kpis}
        self._of = {k.id: denominator_of(k, panel.kpis) for k in panel.kpis if k.kind is KpiKind.RATIO}
        self._looked_at = 0

    def release(self) -> None:
        """Give back the memory of what was looked up so far in arrays that lie in files."""
        self._looked_at = 0
        release([*self._alarms, *self.panel.values.values(), *self.panel.flags.values(), *self.expected.values()])

    def facts(self, found: Sequence[tuple[Incident, Sequence[Anomaly]]]) -> Iterator[Facts]:
        """The facts of some incidents, each with its own anomalies, worst first."""
        seen = [self._seen(incident, anomalies) for incident, anomalies in found]
        for one, after in zip(seen, self._after(seen), strict=True):
            yield self._facts(one, after)

    def _seen(self, incident: Incident, anomalies: Sequence[Anomaly]) -> _Seen:
        """Where an incident is, and by which count it is told."""
        telling = self._telling(anomalies)
        main = next((a.kpi for a in anomalies if a.kpi in self.counts), self.counts[0] if self.counts else "")
        return _Seen(incident, anomalies, telling, extent_of(telling, self.panel.cells, self._sites), main)

    def _facts(self, seen: _Seen, after: float) -> Facts:
        """The facts of one incident. after: the traffic of the days after it, see `Facts`."""
        incident, anomalies, extent, main = seen.incident, seen.anomalies, seen.extent, seen.main
        start, stop = incident.start, incident.stop
        own: dict[str, list[Anomaly]] = {}
        for anomaly in anomalies:
            own.setdefault(anomaly.kpi, []).append(anomaly)
        cells, struck = _points(incident, seen.telling)
        all_struck = struck if seen.telling is anomalies else _points(incident, anomalies)[1]
        others = any(kpi.id not in own and kpi.kind is not KpiKind.COUNT for kpi in self.panel.kpis)
        nothing = self._empty(cells, incident) if others else np.zeros_like(struck)
        kpis = [
            self._struck(kpi, own[kpi.id], incident)
            if kpi.id in own
            else self._beside_it(kpi, cells, struck, nothing, incident)
            for kpi in self.panel.kpis
        ]
        inside = set(cells.tolist())
        harmed = {k: [a for a in found if a.cell in inside] for k, found in own.items() if k not in self.counts}
        counts = [k for k in kpis if k.kpi.kind is KpiKind.COUNT]
        loaded = any(k.struck and k.kpi.kind is KpiKind.GAUGE for k in kpis)
        telling = [k for k in counts if k.struck] or (counts if loaded else [])
        shares = sorted(k.share for k in telling if not math.isnan(k.share))
        share = 0.5 * (shares[(len(shares) - 1) // 2] + shares[len(shares) // 2]) if shares else NAN
        up = share > 1 if shares else anomalies[0].direction is Direction.UP
        around_it = beside(cells.tolist(), incident.cells, self.neighbours, MOST_NEIGHBOURS)
        self._looked_at += (len(cells) + len(around_it)) * len(self.panel.kpis)
        if self._looked_at > LOOKED_AT:
            self.release()
        course = self._course(main, cells, incident) if main else _Course()
        calendar = self._calendar
        return Facts(
            incident=incident,
            periods=stop - start,
            hours=(stop - start) * self.clock.period_s / 3600,
            cells=len(extent.cells),
            sites=extent.sites,
            site=extent.site,
            places=extent.places,
            apart=extent.apart,
            of_sites=extent.all_of_sites,
            traffic=tuple(k for k in counts if k.struck),
            other_traffic=tuple(k for k in counts if not k.struck),
            quality=tuple(k for k in kpis if k.kpi.kind is not KpiKind.COUNT),
            harm=tuple(self._struck(self.panel.kpi(k), found, incident) for k, found in harmed.items() if found),
            share=share,
            up=up,
            types=frozenset(a.type for a in anomalies),
            neighbours=len(around_it),
            alike=self._alike,
            everywhere=len(cells) > EVERYWHERE * len(self.panel.cells),
            neighbour_share=self._share(main, around_it, incident) if main else NAN,
            neighbours_too=self._alarmed(around_it, start, stop),
            network_share=course.network,
            others_too=self._others_too(incident, all_struck),
            onset=course.onset,
            before=course.before,
            steadiness=course.steadiness,
            after=after,
            to_end=stop >= len(self.panel.times),
            gap=self._gap(kpis, cells),
            suspect=sum(a.suspect_points for a in anomalies),
            imputed=sum(a.imputed_points for a in anomalies),
            maintenance=self._near_maintenance(np.array(incident.cells, np.int64), incident),
            holiday=calendar.name(start, stop, holiday=True),
            event=calendar.name(start, stop, holiday=False),
            eve=calendar.any("eve", start, stop),
            after_holiday=calendar.any("after", start, stop),
            weekend=calendar.any("weekend", start, stop),
            night=not calendar.any("day", start, stop),
            fills_holiday=calendar.fills_holiday(start, stop),
            odds=self._odds.then(incident),
            new=self._lifetimes.new(cells.tolist(), start),
            gone=self._lifetimes.gone(cells.tolist(), start, stop),
            taken_over=self._taken_over(main, cells, incident) if main and up else None,
            shared=self._traits.common(cells.tolist()),
            clock_off=self._clock_off(main, cells, incident) if main else 0.0,
        )

    def _taken_over(self, main: str, cells: IntArray, incident: Incident) -> TakeOver | None:
        """From whom the cells have their traffic, where places are known."""
        kpi = self.panel.kpi(main)
        if self._alike or kpi.bad is Direction.UP:
            return None
        window = incident.start, incident.stop
        return take_over(self.panel, kpi, self.expected[main], self._alarms, cells, self.neighbours, *window)

    def _clock_off(self, main: str, cells: IntArray, incident: Incident) -> float:
        """By how many hours the cells' clock is late."""
        window = incident.start, incident.stop
        return clock_off(self.panel.values[main], self.expected[main], cells, *window, self.clock)

    def _telling(self, anomalies: Sequence[Anomaly]) -> Sequence[Anomaly]:
        """Those of counts; of the others where no count is anomalous. Which cells lost traffic, they say alone."""
        return [a for a in anomalies if a.kpi in self.counts] or anomalies

    def _empty(self, cells: IntArray, incident: Incident) -> BoolArray:
        """(cells, periods) where a cell counted no traffic at all: then there is nothing that ratios could be of."""
        nothing = np.zeros((len(cells), incident.stop - incident.start), bool)
        for kpi in self.panel.kpis:
            if kpi.kind is KpiKind.COUNT and kpi.bad is not Direction.UP:
                nothing |= cut(self.panel.values[kpi.id], cells, incident.start, incident.stop) == 0
        return nothing

    def _gap(self, kpis: Sequence[KpiFacts], cells: IntArray) -> float:
        """The mean share of missing points of the KPIs that the cells have at all: a link has no processor load."""
        had = [k.missing for k in kpis if k.missing < 1 or np.isfinite(self.panel.values[k.kpi.id][cells]).any()]
        return sum(had) / len(had) if had else 0.0

    def _struck(self, kpi: Kpi, anomalies: Sequence[Anomaly], incident: Incident) -> KpiFacts:
        """An anomalous KPI, from its anomalies."""
        count = kpi.kind is KpiKind.COUNT
        points = missing = zero = 0
        total = wanted = 0.0
        for a in anomalies:
            length = a.stop - a.start
            points += length
            if math.isnan(a.actual):
                missing += length
            elif not math.isnan(a.expected):
                weight = 1 if count else length
                total, wanted = total + weight * a.actual, wanted + weight * a.expected
                if a.type is AnomalyType.SILENCE:
                    zero += int(np.count_nonzero(self.panel.values[kpi.id][a.cell, a.start : a.stop] == 0))
        measured = points - missing
        scale = 1 if count else max(1, measured)
        base = self._of.get(kpi.id)
        total_of, off = self._events_of(kpi, base, anomalies) if base is not None else (NAN, NAN)
        share = total / max(wanted, 0.01 * total) if total > 0 or wanted > 0 else NAN
        return KpiFacts(
            kpi=kpi,
            share=share,
            low=share,
            high=share,
            actual=total / scale,
            expected=wanted / scale,
            struck=True,
            missing=missing / points,
            zero=zero / measured if measured else 0.0,
            stuck=self._stuck(kpi.id, incident) if count else 0,
            events=self._events[kpi.id],
            base=base.id if base is not None and math.isfinite(off) else "",
            total=total_of,
            off=off,
        )

    def _events_of(self, kpi: Kpi, base: Kpi, anomalies: Sequence[Anomaly]) -> tuple[float, float]:
        """How many events an anomalous ratio is of, and how many of them it is off by; NaN if they are not known."""
        if not self._events[base.id]:
            return NAN, NAN
        scale = 100.0 if kpi.unit == "%" else 1.0
        total = off = 0.0
        for a in anomalies:
            part = a.cell, slice(a.start, a.stop)
            value, many = self.panel.values[kpi.id][part], self.panel.values[base.id][part]
            due = self.expected[kpi.id][part]
            known = np.isfinite(due + value + many)
            if not known.any():
                return NAN, NAN
            total += float(many[known].sum(dtype=np.float64))
            off += float(((value - due) * many / scale)[known].sum(dtype=np.float64))
        return total, abs(off)

    def _beside_it(
        self, kpi: Kpi, cells: IntArray, struck: BoolArray, nothing: BoolArray, incident: Incident
    ) -> KpiFacts:
        """Another KPI of the same cells, at the points where the incident is. nothing: see `_empty`."""
        actual = cut(self.panel.values[kpi.id], cells, incident.start, incident.stop)
        expected = cut(self.expected[kpi.id], cells, incident.start, incident.stop)
        count = kpi.kind is KpiKind.COUNT
        known = np.isfinite(actual + expected) & struck
        many = int(np.count_nonzero(known))
        totals, due = (np.where(known, x, 0).sum(axis=1, dtype=np.float64) for x in (actual, expected))
        some = due > 0
        shares = totals[some] / due[some]
        scale = 1 if count else max(1, many)
        total, wanted = float(totals.sum()) / scale, float(due.sum()) / scale
        missing = np.isnan(actual) & struck
        if not count:
            missing &= ~nothing
        return KpiFacts(
            kpi=kpi,
            share=total / wanted if wanted > 0 else NAN,
            low=float(shares.min()) if len(shares) else NAN,
            high=float(shares.max()) if len(shares) else NAN,
            actual=total if many else NAN,
            expected=wanted if many else NAN,
            struck=False,
            missing=float(np.count_nonzero(missing)) / int(np.count_nonzero(struck)),
            zero=0.0,
            stuck=0,
        )

    def _stuck(self, kpi: str, incident: Incident) -> int:
        """For how many periods the cell repeated the value it has all through the incident; 0 if that is no wonder."""
        if len(incident.cells) > 1:
            return 0
        row = self.panel.values[kpi][incident.cells[0]]
        inside = row[incident.start : incident.stop]
        value = inside[0]
        if not value > LEAST_STUCK or (inside != value).any():
            return 0
        margin = STUCK_MARGIN_S // self.clock.period_s
        first = max(0, incident.start - margin)
        values = row[first : incident.stop + margin]
        other = np.flatnonzero(values != value)
        begin = int(other[other < incident.start - first].max(initial=-1)) + 1
        end = int(other[other >= incident.stop - first].min(initial=len(values)))
        due = self.expected[kpi][incident.cells[0], first + begin : first + end]
        due = due[np.isfinite(due)]
        moves = due.size > 0 and float(np.ptp(due)) > 0.2 * float(np.abs(due).max())
        return end - begin if end - begin >= 4 and moves else 0

    def _alarmed(self, cells: IntArray, start: int, stop: int) -> int:
        """How many of some cells are anomalous in [start, stop), in whatever KPI."""
        if not len(cells):
            return 0
        struck = self._alarms[0][cells, start:stop].any(axis=1)
        for alarm in self._alarms[1:]:
            struck |= alarm[cells, start:stop].any(axis=1)
        return int(np.count_nonzero(struck))

    def _others_too(self, incident: Incident, struck: BoolArray) -> float:
        """The share of all other cells that is anomalous, on the average of its periods; 0 if there are but few.

        struck (cells, periods): where the incident itself is.
        """
        others = len(self.panel.cells) - len(incident.cells)
        if others < FEWEST_OTHERS:
            return 0.0
        many = float(self._anomalous[incident.stop] - self._anomalous[incident.start]) - np.count_nonzero(struck)
        return float(many / struck.shape[1] / others)

    def _share(self, kpi: str, cells: IntArray, incident: Incident) -> float:
        if not len(cells):
            return NAN
        part = cells, incident.start, incident.stop
        actual, due = balance(cut(self.panel.values[kpi], *part), cut(self.expected[kpi], *part))
        wanted = float(due.sum())
        return float(actual.sum()) / wanted if wanted > 0 else NAN

    def _course(self, kpi: str, cells: IntArray, incident: Incident) -> _Course:
        """How the deviation of one KPI over all cells of the incident went, and what the rest of the network did."""
        start, stop = incident.start, incident.stop
        first = max(0, start - 1)
        actual, due = balance(
            cut(self.panel.values[kpi], cells, first, stop), cut(self.expected[kpi], cells, first, stop)
        )
        network = NAN
        if len(cells) <= EVERYWHERE * len(self.panel.cells):
            carried, wanted = (float(all_cells[stop] - all_cells[start]) for all_cells in self._network[kpi])
            rest = wanted - float(due[start - first :].sum())
            network = (carried - float(actual[start - first :].sum())) / rest if rest > 0 else NAN
        # log1p on either side of zero: a gauge may be negative
        deviation = np.copysign(np.log1p(np.abs(actual)), actual) - np.copysign(np.log1p(np.abs(due)), due)
        inside = deviation[start - first :]
        at = int(np.abs(inside).argmax())
        largest = abs(float(inside[at]))
        if largest < 1e-6 or first == start:
            return _Course(network=network)
        side = math.copysign(1.0, inside[at])
        mean = float(inside.sum()) / len(inside)
        scatter = math.sqrt(float(((inside - mean) ** 2).sum()) / len(inside))
        steadiness = scatter / abs(mean) if mean else math.inf
        return _Course(side * float(inside[0]) / largest, side * float(deviation[0]) / largest, steadiness, network)

    def _after(self, seen: Sequence[_Seen]) -> list[float]:
        """How the days after some incidents are, in the cells that take a good part in them."""
        found = np.full(len(seen), NAN)
        for kpi in self.counts:
            chosen = [n for n, one in enumerate(seen) if one.main == kpi]
            lasted = [seen[n].lasted() for n in chosen]
            found[chosen] = traffic_after(self.panel.values[kpi], self.clock, lasted)
        told: list[float] = found.tolist()
        return told

    def _near_maintenance(self, cells: IntArray, incident: Incident) -> bool:
        margin = max(1, CLOSE_S // self.clock.period_s)
        part = cells, max(0, incident.start - margin), incident.stop + margin
        return any(bool((cut(flags, *part) & Flag.MAINTENANCE).any()) for flags in self._maintenance)


@dataclass(frozen=True, eq=False)
class _Seen:
    """An incident with its anomalies, worst first. telling: those that say which cells it struck (`_telling`).

    main: the count that it is told by, "" where none is measured.
    """

    incident: Incident
    anomalies: Sequence[Anomaly]
    telling: Sequence[Anomaly]
    extent: Extent
    main: str

    def lasted(self) -> Lasted:
        """Where and when it was, as far as a cell takes a good part in it."""
        return Lasted(np.array(self.extent.cells, np.int64), self.incident.start, self.incident.stop)


@dataclass(frozen=True)
class _Course:
    onset: float = NAN
    before: float = NAN
    steadiness: float = NAN
    network: float = NAN


def _points(incident: Incident, anomalies: Sequence[Anomaly]) -> tuple[IntArray, BoolArray]:
    """The cells of some anomalies, ascending, and (cells, periods) where one of them is."""
    cells = sorted({a.cell for a in anomalies})
    row = {cell: i for i, cell in enumerate(cells)}
    struck = np.zeros((len(row), incident.stop - incident.start), bool)
    for a in anomalies:
        struck[row[a.cell], a.start - incident.start : a.stop - incident.start] = True
    return np.array(cells, np.int64), struck


def _maintained(panel: Panel) -> tuple[FlagArray, ...]:
    """The flags (C, T) of the KPIs that are in maintenance somewhere."""
    return tuple(flags for flags in panel.flags.values() if _holds_maintenance(flags))


def _holds_maintenance(flags: FlagArray) -> bool:
    for first in range(0, len(flags), ROWS_AT_ONCE):
        if (flags[first : first + ROWS_AT_ONCE] & Flag.MAINTENANCE).any():
            return True
        release([flags])
    return False
