"""Whether cells with more traffic took it over from cells nearby that lost theirs at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.attribute.extent import beside
from engine.attribute.totals import cut
from engine.data import BoolArray, DoubleArray, FloatArray, IntArray, Kpi, Panel

MOST_BESIDE = 64

MOST_LEFT = 0.55
"""Of its traffic, that a cell may still carry: one that lost less is hardly missed by anybody."""

MISSING = 0.75
"""Less than this share of what is expected in a period, and the period belongs to the loss."""

ALL_ALONG = 0.9
"""Share of the periods of the rise in which traffic has to be missing."""

NO_MORE = 1.1
"""So many times what was lost may come in addition: the rest is demand of its own."""

LEAST_RISE = 0.1
"""Of the usual, that has to come in addition."""

WEEK_S, DAY_S = 7 * 86_400, 86_400
"""So far around the rise the rest of the loss is looked at, after which it is what is expected; so long around the loss
what there was without it."""

WITHOUT = 0.5
"""What came in addition may be there the day before and after the loss to half of its share: it came with the loss."""

STEADY, TELLING = 1 / 3, 0.25
"""What part of the rest of the loss has to be taken over as well, against the time of the rise; and from what share of
that loss on one can tell. A crowd that comes in the middle of an outage takes over nothing before and after."""


@dataclass(frozen=True)
class TakeOver:
    """kpi: the count by which it is told. cells: names of those that lost traffic, most first.

    share: what they still carried of the expected, 0..1. lost, more: how much they were missing, and how much came in
    addition here, in the unit of the KPI, while it rose.
    """

    kpi: Kpi
    cells: tuple[str, ...]
    share: float
    lost: float
    more: float


def take_over(
    panel: Panel,
    kpi: Kpi,
    expected: FloatArray,
    alarms: Sequence[BoolArray],
    cells: IntArray,
    neighbours: Sequence[IntArray],
    start: int,
    stop: int,
) -> TakeOver | None:
    """From whom `cells`, which have more than usual in the periods [start, stop), took it over; None if from nobody.

    kpi: a count of traffic; expected (C, T) of it, NaN = unknown; a cell that is absent and anomalous carries nothing.
    alarms (C, T) per KPI. neighbours: per cell those beside it. The rise has to begin and end within the loss, give or
    take a period, to be no more than what was lost, to lie beside it with all its cells, and to be there in the rest of
    the loss as well, and less so on the day before and after it.
    """
    values = panel.values[kpi.id]
    inside = set(cells.tolist())
    near = beside(sorted(inside), sorted(inside), neighbours, MOST_BESIDE)
    losing = near[_losing(values, expected, alarms, near, start, stop)]
    if not all(np.isin(neighbours[c], losing).any() for c in inside):
        return None
    known = [*inside, *near.tolist()]
    further = beside(losing.tolist(), known, neighbours, MOST_BESIDE)  # of the same site, or area
    losing = np.concatenate([losing, further[_losing(values, expected, alarms, further, start, stop)]])
    week, day = (max(1, span // panel.period_s) for span in (WEEK_S, DAY_S))
    first, last = max(0, start - week - day), min(values.shape[1], stop + week + day)
    carried, due = _traffic(values, expected, alarms, losing, first, last)
    here, usual = (part.sum(axis=0) for part in _traffic(values, expected, alarms, cells, first, last))
    missing, more = (due - carried).sum(axis=0), here - usual
    rise = slice(start - first, stop - first)
    lost, added, base = (float(x[rise].sum()) for x in (missing, more, usual))
    if not LEAST_RISE * base < added <= NO_MORE * lost:
        return None
    loss = _stretch(carried.sum(axis=0) < MISSING * due.sum(axis=0), rise)
    if not _came_with(loss, rise, day, missing, more, usual):
        return None
    left, whole = carried[:, rise].sum(axis=1), due[:, rise].sum(axis=1)
    worst_first = losing[np.argsort(left - whole, kind="stable")].tolist()
    names = tuple(panel.cells[c].name or panel.cells[c].id for c in worst_first)
    return TakeOver(kpi, names, float(left.sum() / whole.sum()), lost, added)


def _came_with(loss: slice, rise: slice, day: int, missing: DoubleArray, more: DoubleArray, usual: DoubleArray) -> bool:
    """Whether what came in addition is there in the rest of the loss, and less so in the `day` before and after it.

    missing (T,): from the cells that lost it; more, usual (T,): in addition to what is usual, of those that rose.
    """
    lost, added, base = (float(x[rise].sum()) for x in (missing, more, usual))
    for side in (slice(max(0, loss.start - day), loss.start), slice(loss.stop, loss.stop + day)):
        if more[side].sum() * base > WITHOUT * added * usual[side].sum():
            return False
    rest = np.r_[loss.start : max(loss.start, rise.start - 1), min(loss.stop, rise.stop + 1) : loss.stop]
    told = missing[rest].sum() >= TELLING * lost
    return not told or more[rest].sum() * lost >= STEADY * added * missing[rest].sum()


def _losing(
    values: FloatArray, expected: FloatArray, alarms: Sequence[BoolArray], cells: IntArray, start: int, stop: int
) -> BoolArray:
    """(len(cells),) which are anomalous and carry little all through [start, stop), its first and last period aside."""
    anomalous: BoolArray = np.any([cut(alarm, cells, start, stop).any(axis=1) for alarm in alarms], axis=0)
    if not anomalous.any():
        return anomalous
    carried, due = _traffic(values, expected, alarms, cells, start, stop)
    little = carried.sum(axis=1) <= MOST_LEFT * due.sum(axis=1)
    inner = slice(1, -1) if stop - start > 2 else slice(None)
    known = due[:, inner] > 0
    gone = known & (carried[:, inner] < MISSING * due[:, inner])
    through = gone.sum(axis=1) >= ALL_ALONG * np.maximum(known.sum(axis=1), 1)
    found: BoolArray = anomalous & little & through & gone[:, 0] & gone[:, -1]
    return found


def _traffic(
    values: FloatArray, expected: FloatArray, alarms: Sequence[BoolArray], cells: IntArray, first: int, stop: int
) -> tuple[DoubleArray, DoubleArray]:
    """(cells, periods) what was carried and what was expected, both 0 where one of them is not known."""
    part = cells, first, stop
    carried, due = cut(values, *part).astype(np.float64), cut(expected, *part).astype(np.float64)
    absent = np.isnan(carried)
    if absent.any():
        carried[absent & np.any([cut(alarm, *part) for alarm in alarms], axis=0)] = 0.0
    known = np.isfinite(carried + due)
    return np.where(known, carried, 0.0), np.where(known, due, 0.0)


def _stretch(mask: BoolArray, around: slice) -> slice:
    """The part of a mask (T,) that is True without a break up to `around` and from it on, with `around` itself."""
    before, after = np.flatnonzero(~mask[: around.start]), np.flatnonzero(~mask[around.stop :])
    begin = int(before[-1]) + 1 if len(before) else 0
    return slice(begin, around.stop + int(after[0]) if len(after) else len(mask))
