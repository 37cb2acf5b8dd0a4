"""Counters that are never set back: what they grew by in each period is what was counted in it.

Some nodes and monitoring systems write what was counted since the node was started. Such a series rises by day and by
night and falls only at a restart, as no traffic does. Taken as it stands it would be judged as a level that grows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.data import DoubleArray, FloatArray, Kpi, KpiKind, Panel, Quality
from engine.errors import Reason
from engine.execution.arrays import blocks
from engine.execution.scratch import release

RUNNING = "running_totals"
"""Code of the note that says which KPIs were read so."""

LONGEST_S = 3600
"""By the day a number of subscribers may never fall for weeks either."""
FEWEST_S, FEWEST_RISES, RISING = 2 * 86_400, 24, 0.2
"""A cell tells only by the steps of two days, nights among them, of which so many rise, and that share."""
UNEVEN = 1.1
"""By how much the large steps of what is counted (nine tenths lie below) exceed its small ones (a tenth does)."""
RESTARTS = 0.01
"""At most so many of the steps of a total fall, one at least."""
AGREE, SAMPLE = 0.9, 50
_WRAP, _NEAR = 2.0**32, 0.9
"""Where a counter of 32 bits begins anew, and from which share of that on a fall is taken for it."""


def is_total(values: FloatArray, period_s: int) -> bool:
    """Whether values (C, T) of a KPI, NaN where not measured, are running totals, by a sample of its cells."""
    if period_s > LONGEST_S or not len(values):
        return False
    told: list[bool] = []
    for row in np.unique(np.linspace(0, len(values) - 1, SAMPLE).astype(np.int64)).tolist():
        known = values[row][np.isfinite(values[row])]
        steps = np.diff(known.astype(np.float64))
        rises = np.count_nonzero(steps > 0)
        if len(steps) < FEWEST_S // period_s - 1 or rises < FEWEST_RISES:
            continue
        falls = np.count_nonzero(steps < 0)
        seldom = falls <= max(1.0, RESTARTS * len(steps))
        told.append(bool(seldom and rises >= RISING * len(steps) and known.min() >= 0 and _varies(steps[steps > 0])))
    return bool(told) and float(np.mean(told)) >= AGREE


def _varies(rises: DoubleArray) -> bool:
    """Whether it rises by more at one time than at another; a clock, such as the time since a start, does not."""
    low, high = np.quantile(rises, [0.1, 0.9])
    return bool(high > UNEVEN * low)


def grow(values: FloatArray) -> int:
    """Put what a total grew by in the place of totals (C, T), in place; how often it began anew.

    NaN in the first period, after a gap, and where it began anew: what was counted since is part of the period only. A
    fall from close below 2^32 is taken for a counter of 32 bits that ran over, and its growth is known.
    """
    restarts = 0
    for rows in blocks(values.shape):
        part = values[rows].astype(np.float64)
        steps = np.full(part.shape, np.nan)
        steps[:, 1:] = np.diff(part, axis=1)
        fallen = steps < 0
        before = np.full(part.shape, np.nan)
        before[:, 1:] = part[:, :-1]
        over = fallen & (before > _NEAR * _WRAP) & (before < _WRAP)
        steps[over] += _WRAP
        steps[fallen & ~over] = np.nan
        restarts += int(np.count_nonzero(fallen & ~over))
        values[rows] = steps
        release([values])
    return restarts


def note(kpis: list[str], restarts: int) -> Reason:
    """That these KPIs were running totals."""
    return Reason(RUNNING, {"kpis": ", ".join(kpis), "restarts": restarts})


def said_in(quality: Quality) -> set[str]:
    """The KPIs that were read as running totals."""
    notes = (str(one.params["kpis"]) for one in quality.notes if one.code == RUNNING)
    return {kpi for kpis in notes for kpi in kpis.split(", ")}


def grown(panel: Panel, kpis: set[str]) -> Panel:
    """The panel with what these KPIs grew by."""
    values = dict(panel.values)
    for kpi in kpis & values.keys():
        values[kpi] = values[kpi].copy()
        grow(values[kpi])
    return replace(panel, values=values, kpis=tuple(counted(k) if k.id in kpis else k for k in panel.kpis))


def counted(kpi: Kpi) -> Kpi:
    """The KPI as a count, which the growth of a total is."""
    return kpi if kpi.kind is KpiKind.COUNT else replace(kpi, kind=KpiKind.COUNT)
