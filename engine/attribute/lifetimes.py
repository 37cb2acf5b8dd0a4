"""Since when and until when a cell is there at all, and which cell came or went with it at the same place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.attribute.extent import place_of
from engine.calendar import local_text, needs_year
from engine.data import BoolArray, IntArray, KpiKind, Panel
from engine.execution.scratch import release

LATER_S = 2 * 86_400
"""So long after the first values of most cells a cell is new, and so long before the last ones of most it has gone."""

SOON_S = 36 * 3600
"""What begins or ends within a day or so of each other may be one change of names."""

MOST = 0.5
"""Of all cells: where more than these begin or end together, it is the data that do."""

ROWS_AT_ONCE = 512


@dataclass(frozen=True)
class New:
    """since: the local time of the first values, in words. days: how long before the incident that was.

    instead_of: names of cells of the same place whose last values are of about that time.
    """

    since: str
    days: float
    instead_of: tuple[str, ...]


@dataclass(frozen=True)
class Gone:
    """since: the local time from which on there are no values, in words. days: from then to the end of the data.

    absent: nothing was reported, not even zeros. succeeded_by: names of cells of the same place whose first values are
    of about that time.
    """

    since: str
    days: float
    absent: bool
    succeeded_by: tuple[str, ...]


class Lifetimes:
    """The first and the last period of each cell in which anything was counted; without counts, measured."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        counts = tuple(kpi.id for kpi in panel.kpis if kpi.kind is KpiKind.COUNT)
        self._kpis = counts or tuple(kpi.id for kpi in panel.kpis)
        self._counting = bool(counts)
        self._length = len(panel.times)
        self._first = np.full(len(panel.cells), self._length, np.int64)
        self._stop = np.zeros(len(panel.cells), np.int64)
        for first in range(0, len(panel.cells), ROWS_AT_ONCE):
            rows = slice(first, first + ROWS_AT_ONCE)
            alive = self._alive(rows)
            some = alive.any(axis=1)
            self._first[rows][some] = alive.argmax(axis=1)[some]
            self._stop[rows][some] = self._length - alive[:, ::-1].argmax(axis=1)[some]
        later, self._soon = (max(1, span // panel.period_s) for span in (LATER_S, SOON_S))
        begin, end = int(np.median(self._first)), int(np.median(self._stop))
        self._new = self._first >= begin + later
        self._gone = self._stop + later <= end
        self._year = needs_year(panel.times)

    def new(self, cells: Sequence[int], start: int) -> New | None:
        """What is known of `cells` that are all new when an incident of theirs begins in period `start`, else None."""
        chosen = np.asarray(cells, np.int64)
        first = int(self._first[chosen].min())
        if not self._new[chosen].all() or start < first - 1 or self._together(self._first, first):
            return None
        before = self._gone & (np.abs(self._stop - first) <= self._soon)
        days = max(0, start - first) * self._panel.period_s / 86_400
        return New(self._told(first), days, tuple(self._at_places_of(cells, before)))

    def gone(self, cells: Sequence[int], start: int, stop: int) -> Gone | None:
        """What is known of `cells` that stop for good with an incident of theirs in the periods [start, stop).

        None if one of them does not, or if so many others stop then that it is the data that end.
        """
        chosen = np.asarray(cells, np.int64)
        last = int(self._stop[chosen].max())
        stops = self._gone[chosen].all() and start <= last + 1 and last <= start + self._soon
        if not stops or stop < self._length - 1 or self._together(self._stop, last):
            return None
        absent = all(np.isnan(self._panel.values[kpi][chosen, last:]).all() for kpi in self._kpis)
        after = self._new & (np.abs(self._first - last) <= self._soon)
        days = (self._length - last) * self._panel.period_s / 86_400
        return Gone(self._told(last), days, absent, tuple(self._at_places_of(cells, after)))

    def _alive(self, rows: slice) -> BoolArray:
        """(cells, T) where anything was counted, or measured where nothing is counted."""
        alive = np.zeros(self._panel.values[self._kpis[0]][rows].shape, bool)
        for kpi in self._kpis:
            values = self._panel.values[kpi]
            alive |= np.isfinite(values[rows]) & ((values[rows] != 0) | np.bool_(not self._counting))
            release([values])
        return alive

    def _together(self, edges: IntArray, at: int) -> bool:
        return bool(np.mean(np.abs(edges - at) <= self._soon) > MOST)

    def _at_places_of(self, cells: Sequence[int], others: BoolArray) -> Iterator[str]:
        """Names of those `others` (C,) that are of the same site, or stand at the same place, as one of `cells`."""
        known = self._panel.cells
        places = {place_of(known[c]) for c in cells} - {None}
        for other in np.flatnonzero(others).tolist():
            if other not in cells and place_of(known[other]) in places:
                yield known[other].name or known[other].id

    def _told(self, index: int) -> str:
        return local_text(self._panel.times[index], self._panel.zone, year=self._year)
