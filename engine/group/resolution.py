"""How much one event moves a ratio: a drop rate over thirty calls is 0 or 3.3 %, and the latter means nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data import Clock, Direction, DoubleArray, FloatArray, Kpi

REACH = 1
"""Neighbouring slots of the day on either side that are taken together."""

FEWEST = 12
"""Fewer values than this around a time of day tell nothing."""


def event_size(values: FloatArray, kpi: Kpi, clock: Clock) -> FloatArray:
    """(C, T) what about one event more or less changes a ratio by, in its unit; 0 where that cannot be told.

    values (C, T) of a KPI of kind ratio, NaN = missing. The numbers of attempts are not known, but the distances of the
    values from the good end of the scale (0 for a KPI whose rise is bad, 100 % for one whose fall is, the nearer one
    else) tell them, cell by cell and time of day by time of day: the smallest distance ever is at least one event, and
    the variance of a count of events over its mean is one event (Poisson). The smaller of the two is taken, because
    events are rarely so few that the first is exact, and real anomalies raise the second.
    """
    top = np.float32(100.0 if kpi.unit == "%" else 1.0)
    below, above = np.abs(values), np.abs(top - values)
    distance = {Direction.UP: below, Direction.DOWN: above}.get(kpi.bad, np.minimum(below, above))
    known = np.isfinite(distance)
    away = known & (distance > 1e-6 * top)

    slots = _Slots(clock)
    smallest = slots.pooled(np.where(away, distance, np.float32(np.inf)), np.minimum)
    filled = np.where(known, distance, np.float32(0)).astype(np.float64)
    count = np.maximum(slots.pooled(known.astype(np.float64), np.add), 1.0)
    mean = slots.pooled(filled, np.add) / count
    variance = np.maximum(slots.pooled(filled**2, np.add) / count - mean**2, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        dispersion = np.where(mean > 0, variance / mean, np.inf)
    size = np.minimum(smallest, dispersion)
    size[~np.isfinite(size) | (count < FEWEST)] = 0.0
    return size.astype(np.float32)[:, clock.slot_of_day]


class _Slots:
    """Sums and minima over the same time of day, each slot pooled with its neighbours."""

    def __init__(self, clock: Clock) -> None:
        self._order = np.argsort(clock.slot_of_day, kind="stable")
        self._present, self._begins = np.unique(clock.slot_of_day[self._order], return_index=True)
        self._count = clock.day_slots

    def pooled(self, values: npt.NDArray[Any], how: np.ufunc) -> DoubleArray:
        """(C, T) -> (C, slots of the day); `how` is `np.add` or `np.minimum`."""
        empty = np.inf if how is np.minimum else 0.0
        alone = np.full((len(values), self._count), empty)
        alone[:, self._present] = how.reduceat(values[:, self._order], self._begins, axis=1)
        out = alone.copy()
        for shift in range(1, REACH + 1):
            for side in (shift, -shift):
                how(out, np.roll(alone, side, axis=1), out=out)
        return out
