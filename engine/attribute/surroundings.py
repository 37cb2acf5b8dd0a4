"""The panel made ready to look up what is seen around an incident."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.attribute.facts import Facts, KpiFacts
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
    FlagArray,
    FloatArray,
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
AFTER_S, WEEK_S = 3 * 86_400, 7 * 86_400
CLOSE_S = 2 * 3600
GOOD_PART, EVERYWHERE = 0.25, 0.8
NAN = float("nan")
ROWS_AT_ONCE = 512
LOOKED_AT = 32
"""Rows after which what was read of arrays in files is given back: a glance at one may bring in a megabyte."""

STUCK_MARGIN_S, LEAST_STUCK = 86_400, 5.0
DAYS = ("weekend", "holiday", "eve", *(f"weekday_{d}" for d in range(7)))


class Surroundings:
    """The panel with what was expected, prepared once, so that the facts of one incident cost half a millisecond."""

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
        self._network = {kpi: _sums(_network_balance(panel.values[kpi], self.expected[kpi])) for kpi in self.counts}
        self._maintenance = _maintained(panel)
        self._odds = [a for a in associations if a.term in DAYS and not a.sentence.code.endswith("_unclear")]
        self._calendar = _Calendar(clock)
        self._looked_at = 0

    def release(self) -> None:
        """Give back the memory of what was looked up so far in arrays that lie in files."""
        self._looked_at = 0
        release([*self._alarms, *self.panel.values.values(), *self.panel.flags.values(), *self.expected.values()])

    def facts(self, incident: Incident, anomalies: Sequence[Anomaly]) -> Facts:
        """The facts of one incident; `anomalies` are its own, worst first."""
        start, stop = incident.start, incident.stop
        cells = np.array(incident.cells, np.int64)
        struck, much = _points(incident, anomalies)
        own: dict[str, list[Anomaly]] = {}
        for anomaly in anomalies:
            own.setdefault(anomaly.kpi, []).append(anomaly)
        kpis = [
            self._struck(kpi, own[kpi.id], incident) if kpi.id in own else self._beside_it(kpi, cells, struck, incident)
            for kpi in self.panel.kpis
        ]
        counts = [k for k in kpis if k.kpi.kind is KpiKind.COUNT]
        loaded = any(k.struck and k.kpi.kind is KpiKind.GAUGE for k in kpis)
        telling = [k for k in counts if k.struck] or (counts if loaded else [])
        shares = sorted(k.share for k in telling if not math.isnan(k.share))
        share = 0.5 * (shares[(len(shares) - 1) // 2] + shares[len(shares) // 2]) if shares else NAN
        main = next((a.kpi for a in anomalies if a.kpi in self.counts), self.counts[0] if self.counts else "")
        beside = self._neighbours_of(incident)
        self._looked_at += (len(cells) + len(beside)) * len(self.panel.kpis)
        if self._looked_at > LOOKED_AT:
            self.release()
        course = self._course(main, cells, incident) if main else _Course()
        sites = {self.panel.cells[c].site or self.panel.cells[c].id for c in much}
        calendar = self._calendar
        return Facts(
            incident=incident,
            periods=stop - start,
            hours=(stop - start) * self.clock.period_s / 3600,
            cells=len(much),
            sites=len(sites),
            site=next(iter(sites)) if len(sites) == 1 else "",
            traffic=tuple(k for k in counts if k.struck),
            other_traffic=tuple(k for k in counts if not k.struck),
            quality=tuple(k for k in kpis if k.kpi.kind is not KpiKind.COUNT),
            share=share,
            up=share > 1 if shares else anomalies[0].direction is Direction.UP,
            types=frozenset(a.type for a in anomalies),
            neighbours=len(beside),
            alike=self._alike,
            everywhere=len(cells) > EVERYWHERE * len(self.panel.cells),
            neighbour_share=self._share(main, beside, incident) if main else NAN,
            neighbours_too=self._alarmed(beside, start, stop),
            network_share=course.network,
            onset=course.onset,
            before=course.before,
            steadiness=course.steadiness,
            after=self._after(main, cells, incident) if main else NAN,
            to_end=stop >= len(self.panel.times),
            gap=sum(k.missing for k in kpis) / len(kpis),
            suspect=sum(a.suspect_points for a in anomalies),
            imputed=sum(a.imputed_points for a in anomalies),
            maintenance=self._near_maintenance(cells, incident),
            holiday=calendar.name(start, stop, holiday=True),
            event=calendar.name(start, stop, holiday=False),
            eve=calendar.any("eve", start, stop),
            after_holiday=calendar.any("after", start, stop),
            weekend=calendar.any("weekend", start, stop),
            night=not calendar.any("day", start, stop),
            odds=self._odds_then(incident),
        )

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
                zero += length if a.type is AnomalyType.SILENCE else 0
        measured = points - missing
        scale = 1 if count else max(1, measured)
        return KpiFacts(
            kpi=kpi,
            share=total / max(wanted, 0.01 * total) if total > 0 or wanted > 0 else NAN,
            actual=total / scale,
            expected=wanted / scale,
            struck=True,
            missing=missing / points,
            zero=zero / measured if measured else 0.0,
            stuck=self._stuck(kpi.id, incident) if count else 0,
        )

    def _beside_it(self, kpi: Kpi, cells: IntArray, struck: BoolArray, incident: Incident) -> KpiFacts:
        """Another KPI of the same cells, at the points where the incident is."""
        actual = _cut(self.panel.values[kpi.id], cells, incident.start, incident.stop)
        expected = _cut(self.expected[kpi.id], cells, incident.start, incident.stop)
        if not struck.all():
            actual, expected = actual[struck], expected[struck]
        known = np.isfinite(actual + expected)
        many = int(np.count_nonzero(known))
        scale = 1 if kpi.kind is KpiKind.COUNT else max(1, many)
        total, wanted = (float(x[known].sum(dtype=np.float64)) / scale for x in (actual, expected))
        return KpiFacts(
            kpi=kpi,
            share=total / wanted if wanted > 0 else NAN,
            actual=total if many else NAN,
            expected=wanted if many else NAN,
            struck=False,
            missing=float(np.count_nonzero(np.isnan(actual))) / actual.size,
            zero=0.0,
            stuck=0,
        )

    def _stuck(self, kpi: str, incident: Incident) -> int:
        """For how many periods the cell repeated the value it has all through the incident; 0 if that is no wonder."""
        if len(incident.cells) > 1:
            return 0
        margin = STUCK_MARGIN_S // self.clock.period_s
        first, last = max(0, incident.start - margin), incident.stop + margin
        values = self.panel.values[kpi][incident.cells[0], first:last]
        inside = values[incident.start - first : incident.stop - first]
        value = inside[0]
        if not value > LEAST_STUCK or (inside != value).any():
            return 0
        other = np.flatnonzero(values != value)
        begin = int(other[other < incident.start - first].max(initial=-1)) + 1
        end = int(other[other >= incident.stop - first].min(initial=len(values)))
        due = self.expected[kpi][incident.cells[0], first + begin : first + end]
        due = due[np.isfinite(due)]
        moves = due.size > 0 and float(np.ptp(due)) > 0.2 * float(np.abs(due).max())
        return end - begin if end - begin >= 4 and moves else 0

    def _odds_then(self, incident: Incident) -> tuple[Association, ...]:
        """The clear associations of its KPIs with kinds of days, for the kinds that occur in the incident."""
        if not self._odds:
            return ()
        start, stop = incident.start, incident.stop
        then = {name for name in ("weekend", "holiday", "eve") if self._calendar.any(name, start, stop)}
        then.update(f"weekday_{d}" for d in np.unique(self.clock.weekday[start:stop]).tolist())
        return tuple(a for a in self._odds if a.term in then and a.kpi in incident.kpis)

    def _neighbours_of(self, incident: Incident) -> IntArray:
        """The cells beside those of an incident (or alike), without them."""
        if len(incident.cells) == 1:
            return self.neighbours[incident.cells[0]][:MOST_NEIGHBOURS]
        inside = set(incident.cells)
        beside = {n for c in incident.cells for n in self.neighbours[c].tolist()} - inside
        return np.array(sorted(beside)[:MOST_NEIGHBOURS], np.int64)

    def _alarmed(self, cells: IntArray, start: int, stop: int) -> int:
        """How many of some cells are anomalous in [start, stop), in whatever KPI."""
        if not len(cells):
            return 0
        struck = [alarm[cells, start:stop].any(axis=1) for alarm in self._alarms]
        return int(np.count_nonzero(np.any(struck, axis=0)))

    def _share(self, kpi: str, cells: IntArray, incident: Incident) -> float:
        if not len(cells):
            return NAN
        part = cells, incident.start, incident.stop
        actual, due = _balance(_cut(self.panel.values[kpi], *part), _cut(self.expected[kpi], *part))
        wanted = float(due.sum())
        return float(actual.sum()) / wanted if wanted > 0 else NAN

    def _course(self, kpi: str, cells: IntArray, incident: Incident) -> _Course:
        """How the deviation of one KPI over all cells of the incident went, and what the rest of the network did."""
        start, stop = incident.start, incident.stop
        first = max(0, start - 1)
        actual, due = _balance(
            _cut(self.panel.values[kpi], cells, first, stop), _cut(self.expected[kpi], cells, first, stop)
        )
        network = NAN
        if len(cells) <= EVERYWHERE * len(self.panel.cells):
            carried, wanted = (float(all_cells[stop] - all_cells[first]) for all_cells in self._network[kpi])
            rest = wanted - float(due.sum())
            network = (carried - float(actual.sum())) / rest if rest > 0 else NAN
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

    def _after(self, kpi: str, cells: IntArray, incident: Incident) -> float:
        """Traffic of up to three days after the incident over the same hours of the last week before it."""
        day, week = 86_400 // self.clock.period_s, WEEK_S // self.clock.period_s
        first, stop = incident.stop, min(incident.stop + AFTER_S // self.clock.period_s, len(self.panel.times))
        back = week * -(-(stop - incident.start) // week) if week else 0
        if not day or stop - first < day or first - back < 0:
            return NAN
        values = self.panel.values[kpi]
        now, then = _balance(_cut(values, cells, first, stop), _cut(values, cells, first - back, stop - back))
        past = float(then.sum())
        return float(now.sum()) / past if past > 0 else NAN

    def _near_maintenance(self, cells: IntArray, incident: Incident) -> bool:
        margin = max(1, CLOSE_S // self.clock.period_s)
        part = cells, max(0, incident.start - margin), incident.stop + margin
        return any(bool((_cut(flags, *part) & Flag.MAINTENANCE).any()) for flags in self._maintenance)


@dataclass(frozen=True)
class _Course:
    onset: float = NAN
    before: float = NAN
    steadiness: float = NAN
    network: float = NAN


class _Calendar:
    """Which kinds of hours occur in a span, by running counts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        kinds = {"eve": clock.eve, "weekend": clock.weekend, "holiday": clock.holiday, "day": ~is_night(clock)}
        kinds["after"] = np.isin(clock.day - 1, np.unique(clock.day[clock.holiday])) & ~clock.holiday
        kinds["named"] = np.array([bool(name) for name in clock.event], bool)
        self._counts = {kind: [0, *np.cumsum(flag).tolist()] for kind, flag in kinds.items()}

    def any(self, kind: str, start: int, stop: int) -> bool:
        """Whether some period of [start, stop) is of that kind."""
        counts = self._counts[kind]
        return bool(counts[stop] > counts[start])

    def name(self, start: int, stop: int, *, holiday: bool) -> str:
        """The commonest name of the span among holidays, or among other events; "" if there is none."""
        if not self.any("named", start, stop):
            return ""
        clock = self._clock
        names = [clock.event[i] for i in range(start, stop) if clock.event[i] and bool(clock.holiday[i]) == holiday]
        return max(set(names), key=lambda name: (names.count(name), name)) if names else ""


def _points(incident: Incident, anomalies: Sequence[Anomaly]) -> tuple[BoolArray, list[int]]:
    """(cells, periods) where some KPI is anomalous, and the cells with a good part of the points that the worst has."""
    row = {cell: i for i, cell in enumerate(incident.cells)}
    struck = np.zeros((len(row), incident.stop - incident.start), bool)
    for a in anomalies:
        struck[row[a.cell], a.start - incident.start : a.stop - incident.start] = True
    many = np.count_nonzero(struck, axis=1)
    return struck, [cell for cell, n in zip(incident.cells, many.tolist(), strict=True) if n >= GOOD_PART * many.max()]


def _cut(array: npt.NDArray[Any], cells: IntArray, first: int, stop: int) -> npt.NDArray[Any]:
    """(cells, periods) of some rows; a view, not a copy, of a single one."""
    if len(cells) == 1:
        row = int(cells[0])
        return array[row : row + 1, first:stop]
    if len(cells) <= LOOKED_AT:
        return array[cells, first:stop]
    parts = []
    for some in np.split(cells, range(LOOKED_AT, len(cells), LOOKED_AT)):
        parts.append(array[some, first:stop])
        release([array])
    return np.concatenate(parts)


def _balance(values: FloatArray, others: FloatArray) -> tuple[DoubleArray, DoubleArray]:
    """(T,) sums over the cells of two arrays where both are known."""
    known = np.isfinite(values + others)
    if len(values) == 1:
        return np.where(known[0], values[0], 0.0), np.where(known[0], others[0], 0.0)
    return (
        np.where(known, values, 0).sum(axis=0, dtype=np.float64),
        np.where(known, others, 0).sum(axis=0, dtype=np.float64),
    )


def _sums(both: tuple[DoubleArray, DoubleArray]) -> tuple[DoubleArray, DoubleArray]:
    """Running sums (T + 1,) of both."""
    first, second = (np.concatenate([[0.0], np.cumsum(x)]) for x in both)
    return first, second


def _network_balance(values: FloatArray, others: FloatArray) -> tuple[DoubleArray, DoubleArray]:
    """`_balance` over all cells, some at a time."""
    first, second = np.zeros(values.shape[1]), np.zeros(values.shape[1])
    for start in range(0, len(values), ROWS_AT_ONCE):
        part = _balance(values[start : start + ROWS_AT_ONCE], others[start : start + ROWS_AT_ONCE])
        first, second = first + part[0], second + part[1]
        release([values, others])
    return first, second


def _maintained(panel: Panel) -> tuple[FlagArray, ...]:
    """The flags (C, T) of the KPIs that are in maintenance somewhere."""
    return tuple(flags for flags in panel.flags.values() if _holds_maintenance(flags))


def _holds_maintenance(flags: FlagArray) -> bool:
    for first in range(0, len(flags), ROWS_AT_ONCE):
        if (flags[first : first + ROWS_AT_ONCE] & Flag.MAINTENANCE).any():
            return True
        release([flags])
    return False
