"""What is known of every point besides its value, summed up by pattern so that any number of cells fits in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd

import numpy as np

from engine.data import BoolArray, Clock, Direction, Flag, FloatArray, IntArray, Kpi, KpiKind, Panel, Verdict
from engine.execution.scratch import release
from engine.network.neighbours import any_around
from engine.numerics.robust import pick_quantile, sort_with_counts

NIGHT_HOURS = 6
"""Night is from midnight to this local hour."""

LOW_SHARE, HIGH_SHARE = 0.2, 0.8
"""Traffic is low in the lowest fifth of a cell's own values, high in the highest fifth."""

LOW, MIDDLE, HIGH, UNKNOWN = range(4)

_CHUNK_POINTS = 1 << 21
_QUANTILE_POINTS = 800


@dataclass(frozen=True, eq=False)
class Tally:
    """Points with an opinion and anomalous points among them, by period, level of traffic and neighbours.

    points, events (G, 4, 2): level is LOW, MIDDLE, HIGH or UNKNOWN; the last index is 1 where a neighbour is anomalous
    in the same KPI and period. example (G,): a period of each group; a group is the periods of one hour that the
    calendar calls alike. traffic: the KPI whose level it is, "" where none tells how much traffic there is, and the
    level is UNKNOWN. has_neighbours: some cell's neighbours are known.
    """

    example: IntArray
    points: IntArray
    events: IntArray
    traffic: str
    has_neighbours: bool


def tally(panel: Panel, clock: Clock, verdict: Verdict, kpi: Kpi, neighbours: Sequence[IntArray]) -> Tally:
    """Count the points of one KPI by what is known of them. Missing points and maintenance are left out.

    neighbours: per cell the rows of the cells beside it.
    """
    traffic = traffic_kpi(panel, kpi)
    cells, periods = panel.shape
    hour = clock.day * 24 + clock.hour
    kind = ((hour * 2 + clock.weekend) * 2 + clock.holiday) * 2 + clock.eve
    _, example, group = np.unique(kind, return_index=True, return_inverse=True)
    size = len(example) * 8
    points, events = np.zeros(size, np.int64), np.zeros(size, np.int64)
    step = max(1, _CHUNK_POINTS // max(1, periods))
    place = group * 8
    for first in range(0, cells, step):
        rows = range(first, min(first + step, cells))
        part = slice(rows.start, rows.stop)
        alarm = verdict.alarm[part]
        judged = (np.isfinite(verdict.score[part]) | alarm) & ((panel.flags[kpi.id][part] & Flag.MAINTENANCE) == 0)
        level = traffic_level(panel.values[traffic][part], clock) if traffic else np.array(UNKNOWN)
        key = place + 2 * level + any_around(verdict.alarm, neighbours, rows)
        points += np.bincount(key[judged], minlength=size)
        events += np.bincount(key[judged & alarm], minlength=size)
        release([verdict.alarm, verdict.score, panel.flags[kpi.id]])
        if traffic:
            release([panel.values[traffic]])
    shape = (len(example), 4, 2)
    return Tally(example, points.reshape(shape), events.reshape(shape), traffic, any(len(n) for n in neighbours))


def traffic_kpi(panel: Panel, kpi: Kpi) -> str:
    """The KPI that tells how much traffic there is: a count itself, else the first one of the panel; "" without one.

    A count that is bad when it rises counts failures, not traffic.
    """
    counts = [k.id for k in panel.kpis if k.kind is KpiKind.COUNT and k.bad is not Direction.UP]
    return kpi.id if kpi.id in counts else next(iter(counts), "")


def traffic_level(values: FloatArray, clock: Clock) -> IntArray:
    """LOW, MIDDLE, HIGH or (missing) UNKNOWN of each point of `values` (C, T) among the values of its own cell."""
    stride = max(1, values.shape[1] // _QUANTILE_POINTS)
    while gcd(stride, clock.day_slots) > 1 and stride > 1:  # never the same hours of the day only
        stride += 1
    ordered, counts = sort_with_counts(values[:, ::stride])
    low, high = (pick_quantile(ordered, counts, share)[:, None] for share in (LOW_SHARE, HIGH_SHARE))
    with np.errstate(invalid="ignore"):
        level = np.where(values <= low, LOW, np.where(values > high, HIGH, MIDDLE))
    return np.where(np.isfinite(values) & np.isfinite(low), level, UNKNOWN).astype(np.int64)


def is_night(clock: Clock) -> BoolArray:
    """Which periods (T,) begin at night, by local hour."""
    night: BoolArray = clock.hour < NIGHT_HOURS
    return night
