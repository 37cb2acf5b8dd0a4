"""Which incidents of a result the rules of its user hide.

An incident is hidden when every one of its anomalies is covered by a rule that may cover it, so an outage that takes
a noisy cell along stays. Hidden incidents are marked, never deleted. Everything but the measurements decides by the
local begin of an anomaly, also whether a rule has expired, so the same data and rules hide the same on every day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from engine.calendar import iso_local
from engine.data import BoolArray, DoubleArray, IntArray, Result
from engine.data.rule import Rule, several
from engine.data.units import is_level
from engine.inspection.summary import deviation


@dataclass(frozen=True, eq=False)
class Facts:
    """What rules ask of the anomalies of a result, (N,) each in their order there.

    kpi, type, direction: numbers that `codes` has by name. day: local days since 1970-01-01. off: distance from what
    was expected in percent of it, NaN where that is not known; off_db: the same of levels in dB, of others NaN;
    level: which are of levels. incident: the place of its incident among those of the result, whose numbers are `ids`;
    -1 if it belongs to none. rows: of the panel by cell id.
    """

    cell: IntArray
    kpi: IntArray
    type: IntArray
    direction: IntArray
    hour: IntArray
    weekday: IntArray
    day: IntArray
    off: DoubleArray
    off_db: DoubleArray
    level: BoolArray
    incident: IntArray
    codes: Mapping[str, int]
    ids: tuple[int, ...]
    rows: Mapping[str, int]

    @classmethod
    def of(cls, result: Result) -> Facts:
        """Look at a result once; many rules may then be asked at once."""
        panel, clock = result.panel, result.clock
        place = {a: n for n, incident in enumerate(result.incidents) for a in incident.anomalies}
        codes: dict[str, int] = {}
        count = len(result.anomalies)
        whole, off, off_db = np.empty((6, count), np.int64), np.empty(count), np.full(count, np.nan)
        levels = {one.id for one in panel.kpis if is_level(one.unit)}
        for n, one in enumerate(result.anomalies):
            named = (codes.setdefault(name, len(codes)) for name in (one.kpi, one.type.value, one.direction.value))
            whole[:, n] = (one.cell, *named, one.start, place.get(one.id, -1))
            absolute, share = deviation(one)
            off[n] = 100 * abs(share)
            if one.kpi in levels:
                off_db[n] = abs(absolute)
        cell, kpi, shape, direction, start, incident = whole
        first = np.datetime64(iso_local(panel.times[0], panel.zone)[:10], "D").astype(np.int64) if count else 0
        return cls(
            cell=cell,
            kpi=kpi,
            type=shape,
            direction=direction,
            hour=clock.hour[start],
            weekday=clock.weekday[start],
            day=first + clock.day[start],
            off=off,
            off_db=off_db,
            level=np.array([one.kpi in levels for one in result.anomalies], bool),
            incident=incident,
            codes=codes,
            ids=tuple(incident.id for incident in result.incidents),
            rows={cell.id: row for row, cell in enumerate(panel.cells)},
        )

    def covered(self, rule: Rule) -> BoolArray:
        """(N,) which anomalies a rule covers."""
        with np.errstate(invalid="ignore"):
            found: BoolArray = self.off <= rule.largest
            if rule.largest_db is not None:
                found = np.where(self.level, self.off_db <= rule.largest_db, found)
        if rule.cells:
            found = found & np.isin(self.cell, [self.rows[name] for name in rule.cells if name in self.rows])
        for wanted, have in ((rule.kpi, self.kpi), (rule.type, self.type), (rule.direction, self.direction)):
            if wanted:
                found = found & np.isin(have, [self.codes.get(name, -1) for name in several(wanted)])
        if rule.hours is not None:
            first, last = rule.hours
            inside = (self.hour >= first, self.hour < last)
            found = found & (inside[0] & inside[1] if first < last else inside[0] | inside[1])
        if rule.weekdays:
            found = found & np.isin(self.weekday, rule.weekdays)
        if rule.until:
            found = found & (self.day <= np.datetime64(rule.until, "D").astype(np.int64))
        return found

    def hidden(self, rules: Iterable[Rule]) -> dict[int, tuple[str, ...]]:
        """Incident id -> the rules that hide it, by their identities; incidents that stay are not in it."""
        masks = [(rule.identity, self.covered(rule)) for rule in rules]
        if not masks or not self.ids:
            return {}
        member = self.incident >= 0
        left = np.zeros(len(self.ids), bool)
        covered = np.logical_or.reduce([mask for _, mask in masks])
        left[self.incident[member & ~covered]] = True
        touched = np.zeros((len(self.ids), len(masks)), bool)
        for column, (_, mask) in enumerate(masks):
            touched[self.incident[member & mask], column] = True
        touched[left] = False
        gone = np.flatnonzero(touched.any(axis=1))
        # most incidents are hidden by the same few rules: their names are put together once
        names: dict[bytes, tuple[str, ...]] = {}
        found: dict[int, tuple[str, ...]] = {}
        for place in gone.tolist():
            row = touched[place]
            key = row.tobytes()
            if key not in names:
                names[key] = tuple(masks[column][0] for column in np.flatnonzero(row).tolist())
            found[self.ids[place]] = names[key]
        return found


def hidden(result: Result) -> dict[int, tuple[str, ...]]:
    """Incident id -> the rules of the result that hide it; see `Facts.hidden`."""
    return Facts.of(result).hidden(result.rules) if result.rules else {}


def without_hidden(result: Result) -> Result:
    """The result with only the incidents that no rule hides."""
    gone = hidden(result)
    return replace(result, incidents=tuple(one for one in result.incidents if one.id not in gone)) if gone else result
