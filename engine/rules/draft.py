"""A first proposal for a rule, from an incident that a person judged to be none."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.calendar import iso_local
from engine.data import Anomaly, Incident, Result
from engine.data.rule import Rule
from engine.data.units import is_level
from engine.inspection.summary import deviation

DAYS = 30
"""How long after the last day of the data a rule holds, unless a person says otherwise."""
ROOM = 1.1
"""How much further off than the incident the next one of its kind may be."""
LEAST = 1.0
"""Percent, and dB of levels: the smallest limit that is proposed."""


def draft(result: Result, incident: Incident, members: Sequence[Anomaly], identity: str, who: str, made: str) -> Rule:
    """A rule for the cells, KPI, type and direction that the anomalies of an incident share, a little above their size.

    members: the anomalies of the incident. Those whose expected value is zero or not known have no size and are never
    covered.
    """
    levels = {kpi.id for kpi in result.panel.kpis if is_level(kpi.unit)}
    percent = [100 * abs(deviation(one)[1]) for one in members if one.kpi not in levels]
    decibels = [abs(deviation(one)[0]) for one in members if one.kpi in levels]
    kpis, types, ways = ({getattr(one, name) for one in members} for name in ("kpi", "type", "direction"))
    kpi = kpis.pop() if len(kpis) == 1 else ""
    last = np.datetime64(iso_local(result.panel.times[-1], result.panel.zone)[:10], "D")
    return Rule(
        identity,
        largest=_limit(percent),
        largest_db=_limit(decibels) if kpi in levels or (levels and not kpi) else None,
        cells=tuple(result.panel.cells[cell].id for cell in incident.cells),
        kpi=kpi,
        type=types.pop().value if len(types) == 1 else "",
        direction=ways.pop().value if len(ways) == 1 else "",
        until=str(last + np.timedelta64(DAYS, "D")),
        who=who,
        made=made,
    )


def _limit(off: Sequence[float]) -> float:
    """A little more than the largest of these distances that are known."""
    return max(LEAST, math.ceil(ROOM * max(filter(math.isfinite, off), default=0.0)))
