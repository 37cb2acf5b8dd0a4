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
from engine.rule import Rule
from engine.summary import deviation


@dataclass(frozen=True, eq=False)
class Facts:
    """What rules ask of the anomalies of a result, (N,) each in their order there.

    day: local days since 1970-01-01. off: distance from what was expected in percent of it, NaN where that is not
    known. incident: the place of its incident among those of the result, -1 if it belongs to none.
    """

    cell: IntArray
    kpi: tuple[str, ...]
    type: tuple[str, ...]
    direction: tuple[str, ...]
    hour: IntArray
    weekday: IntArray
    day: IntArray
    off: DoubleArray
    incident: IntArray
    ids: tuple[int, ...]
    rows: Mapping[str, int]

    @classmethod
    def of(cls, result: Result) -> Facts:
        """Look at a result once; many rules may then be asked at once."""
        panel, clock, found = result.panel, result.clock, result.anomalies
        start = np.fromiter((one.start for one in found), np.int64, len(found))
        first = np.datetime64(iso_local(panel.times[0], panel.zone)[:10], "D").astype(np.int64) if len(start) else 0
        place = {a: n for n, incident in enumerate(result.incidents) for a in incident.anomalies}
        return cls(
            cell=np.fromiter((one.cell for one in found), np.int64, len(found)),
            kpi=tuple(one.kpi for one in found),
            type=tuple(one.type.value for one in found),
            direction=tuple(one.direction.value for one in found),
            hour=clock.hour[start],
            weekday=clock.weekday[start],
            day=first + clock.day[start],
            off=np.fromiter((100 * abs(deviation(one)[1]) for one in found), np.float64, len(found)),
            incident=np.fromiter((place.get(one.id, -1) for one in found), np.int64, len(found)),
            ids=tuple(incident.id for incident in result.incidents),
            rows={cell.id: row for row, cell in enumerate(panel.cells)},
        )

    def covered(self, rule: Rule) -> BoolArray:
        """(N,) which anomalies a rule covers."""
        with np.errstate(invalid="ignore"):
            found: BoolArray = self.off <= rule.largest
        if rule.cells:
            found = found & np.isin(self.cell, [self.rows[name] for name in rule.cells if name in self.rows])
        for wanted, have in ((rule.kpi, self.kpi), (rule.type, self.type), (rule.direction, self.direction)):
            if wanted:
                found = found & np.fromiter((one == wanted for one in have), bool, len(have))
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
        by: dict[int, list[str]] = {}
        for identity, mask in masks:
            for place in np.unique(self.incident[member & mask]).tolist():
                if not left[place]:
                    by.setdefault(self.ids[place], []).append(identity)
        return {incident: tuple(names) for incident, names in by.items()}


def hidden(result: Result) -> dict[int, tuple[str, ...]]:
    """Incident id -> the rules of the result that hide it; see `Facts.hidden`."""
    return Facts.of(result).hidden(result.rules) if result.rules else {}


def without_hidden(result: Result) -> Result:
    """The result with only the incidents that no rule hides."""
    gone = hidden(result)
    return replace(result, incidents=tuple(one for one in result.incidents if one.id not in gone)) if gone else result
