"""What a measured series is compared with: what is usual, what one detector expects, or the same time a week before."""

from __future__ import annotations

import numpy as np

from engine.calendar import local_seconds, to_utc
from engine.data import FloatArray, Panel, Result
from engine.expectation import Expectation, expectation, of_cells

USUAL, WEEK = "", "week"
"""Beside these two the ids of the detectors."""
WEEK_S = 7 * 86_400


def choices(result: Result, kpi: str, cell: int) -> tuple[str, ...]:
    """What the series of `cell` (row of the panel) and `kpi` can be compared with: `USUAL`, the detectors that expect a
    value somewhere in it, and `WEEK` where there is more than a week. Raises KeyError for a KPI that was not judged.
    """
    evidence = of_cells(result.evidence[kpi], slice(cell, cell + 1))
    expecting = tuple(name for name, one in evidence.items() if np.isfinite(one.expected).any())
    long = result.panel.shape[1] * result.panel.period_s > WEEK_S
    return (USUAL, *expecting, *((WEEK,) if long else ()))


def expected_by(result: Result, kpi: str, cell: int, against: str) -> Expectation:
    """What one series (1, T) is compared with, for people to read: in the KPI's unit, the band within what it can be.

    against: one of `choices`; NaN where it has no value, and all of it for a detector of which there is no evidence.
    The week before has no band.
    """
    panel = result.panel
    if against == WEEK:
        before = _week_before(panel, panel.values[kpi][cell])[np.newaxis]
        nothing = np.full_like(before, np.nan)
        return Expectation(before, nothing, nothing)
    evidence = of_cells(result.evidence[kpi], slice(cell, cell + 1))
    if against == USUAL:
        return expectation(evidence).shown(panel.kpi(kpi))
    one = evidence.get(against)
    if one is None:
        nothing = np.full((1, panel.shape[1]), np.nan, np.float32)
        return Expectation(nothing, nothing, nothing)
    return Expectation(one.expected, one.lower, one.upper).shown(panel.kpi(kpi))


def _week_before(panel: Panel, measured: FloatArray) -> FloatArray:
    """What was measured (T,) a week before each period, at the same time of the local clock; NaN where nothing was."""
    local = local_seconds(panel.times, panel.zone) - WEEK_S
    begin = to_utc(local.astype("datetime64[s]"), panel.zone)
    place, beside = np.divmod((begin - panel.times[0]).astype(np.int64), panel.period_s)
    there = (place >= 0) & (beside == 0)
    out = np.full(len(measured), np.nan, np.float32)
    out[there] = measured[place[there]]
    return out
