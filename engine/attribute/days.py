"""Which kinds of days an incident lies in, and which odds ratios say more of such days than it does itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.attribute.features import is_night
from engine.data import Association, BoolArray, Clock, Incident, IntArray, Verdict
from engine.execution.scratch import release

KINDS = ("weekend", "holiday", "eve", *(f"weekday_{d}" for d in range(7)))
"""Terms of the regression that are kinds of days."""

FEWEST_OTHERS = 2
"""An odds ratio that rests on fewer other days of its kind, the incident's own left out, is no evidence on it."""

MOSTLY, GOOD_PART = 0.8, 0.6
ROWS_AT_ONCE = 512


class Days:
    """The kinds of a span of periods, by running counts."""

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

    def fills_holiday(self, start: int, stop: int) -> bool:
        """Whether the span is as good as the holiday itself: hardly anything outside it, and most of its days' hours.

        False where a day has a single period: then everything fills its day.
        """
        clock = self._clock
        if clock.day_slots < 2 or not self.any("holiday", start, stop):
            return False
        _, inside = np.unique(clock.day[start:stop][clock.holiday[start:stop]], return_counts=True)
        filled = inside >= GOOD_PART * clock.day_slots
        return bool(inside[filled].sum() >= MOSTLY * (stop - start))


class Odds:
    """The clear odds ratios of kinds of days, and on which days of each kind something was anomalous."""

    def __init__(self, associations: Sequence[Association], clock: Clock, verdicts: Mapping[str, Verdict]) -> None:
        self._clock = clock
        self._odds = [a for a in associations if a.term in KINDS and not a.sentence.code.endswith("_unclear")]
        flags = {"weekend": clock.weekend, "holiday": clock.holiday, "eve": clock.eve}
        flags |= {f"weekday_{d}": clock.weekday == d for d in range(7)}
        self._days = {term: frozenset(clock.day[flags[term]].tolist()) for term in {a.term for a in self._odds}}
        self._struck = {
            kpi: frozenset(clock.day[_anywhere(verdicts[kpi].alarm)].tolist()) for kpi in {a.kpi for a in self._odds}
        }

    def then(self, incident: Incident) -> tuple[Association, ...]:
        """Those of its KPIs and of the kinds of days that most of it lies in, as far as other days bear them out.

        A ratio over 1 that all comes from the incident itself, or from it and one more day, is the incident told once
        more: counted are the other days of the kind with anomalies; for a ratio under 1, all other days of the kind.
        """
        if not self._odds:
            return ()
        days = self._clock.day[incident.start : incident.stop].tolist()
        found = []
        for odds in self._odds:
            of_kind = self._days[odds.term]
            if odds.kpi not in incident.kpis or 2 * sum(day in of_kind for day in days) <= len(days):
                continue
            others = of_kind - set(days)
            if odds.odds_ratio > 1:
                others &= self._struck[odds.kpi]
            if len(others) >= FEWEST_OTHERS:
                found.append(odds)
        return tuple(found)


def many_at_once(alarms: Sequence[BoolArray]) -> IntArray:
    """(T,) how many cells are anomalous, in whatever KPI. alarms: (C, T) per KPI."""
    cells, periods = alarms[0].shape
    found = np.zeros(periods, np.int64)
    for first in range(0, cells, ROWS_AT_ONCE):
        parts = [alarm[first : first + ROWS_AT_ONCE] for alarm in alarms]
        found += np.count_nonzero(np.any(parts, axis=0), axis=0)
        release(alarms)
    return found


def _anywhere(alarm: BoolArray) -> BoolArray:
    """(T,) where any cell is anomalous."""
    found = np.zeros(alarm.shape[1], bool)
    for first in range(0, len(alarm), ROWS_AT_ONCE):
        found |= alarm[first : first + ROWS_AT_ONCE].any(axis=0)
        release([alarm])
    return found
