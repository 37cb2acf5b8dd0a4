"""When alarms happen: their share by local hour and weekday, as the literature reads anomalies ("15:00 and 17:00")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.data import Clock, DoubleArray, IntArray, Result
from engine.errors import Reason
from engine.monitor import Monitor

HOURS, WEEKDAYS = 24, 7
_ROWS = 256


@dataclass(frozen=True, eq=False)
class Rhythm:
    """Alarms by weekday (0 = Monday) and local hour.

    judged (7, 24): points with a score; alarms (7, 24): those of them in alarm. Counts over cells, KPIs and weeks.
    """

    judged: IntArray
    alarms: IntArray

    @property
    def share(self) -> DoubleArray:
        """(7, 24) alarms / judged, NaN where nothing was judged."""
        return _share(self.alarms, self.judged)

    @property
    def by_hour(self) -> DoubleArray:
        """(24,) share over all weekdays."""
        return _share(self.alarms.sum(axis=0), self.judged.sum(axis=0))

    @property
    def by_weekday(self) -> DoubleArray:
        """(7,) share over all hours."""
        return _share(self.alarms.sum(axis=1), self.judged.sum(axis=1))


def rhythm(result: Result, kpis: Sequence[str] = (), cell: int | None = None, monitor: Monitor | None = None) -> Rhythm:
    """The alarms of `kpis` (none named = all) and of one cell (None = all) by weekday and hour.

    monitor: lets a look at very many points be cancelled. Raises Cancelled.
    """
    monitor = monitor or Monitor()
    cells = result.panel.shape[0]
    rows = range(cells) if cell is None else range(cell, cell + 1)
    judged, alarms = np.zeros((2, result.panel.shape[1]), np.int64)
    for kpi in kpis or tuple(result.verdicts):
        verdict = result.verdicts[kpi]
        for first in range(rows.start, rows.stop, _ROWS):
            monitor.step(0.0, Reason("stage_rhythm"))
            block = slice(first, min(first + _ROWS, rows.stop))
            known = np.isfinite(verdict.score[block]) | verdict.alarm[block]
            judged += known.sum(axis=0)
            alarms += verdict.alarm[block].sum(axis=0)
    return Rhythm(_by_slot(judged, result.clock), _by_slot(alarms, result.clock))


def cells_in_alarm(cell: IntArray, start: IntArray, stop: IntArray, periods: int) -> IntArray:
    """How many cells have an anomaly at each period, (periods,).

    cell, start, stop (N,): the anomalies, ordered by cell and then by start. A cell whose anomalies on several KPIs
    overlap counts once.
    """
    change = np.zeros(periods + 1, np.int64)
    if len(cell):
        base = cell * (periods + 1)  # laid end to end, so that one running maximum serves all cells
        reached = np.maximum.accumulate(base + stop)
        begin = np.maximum(base + start, np.concatenate([[0], reached[:-1]]))
        fresh = begin < base + stop
        np.add.at(change, (begin - base)[fresh], 1)
        np.add.at(change, stop[fresh], -1)
    counts: IntArray = np.cumsum(change[:-1])
    return counts


def _by_slot(counts: IntArray, clock: Clock) -> IntArray:
    """(T,) counts added up by weekday and hour, (7, 24)."""
    slot = clock.weekday * HOURS + clock.hour
    total = np.bincount(slot, weights=counts, minlength=WEEKDAYS * HOURS)
    return total.astype(np.int64).reshape(WEEKDAYS, HOURS)


def _share(part: IntArray, whole: IntArray) -> DoubleArray:
    share: DoubleArray = np.where(whole > 0, part / np.maximum(whole, 1), np.nan)
    return share
