"""A first proposal for a rule, from an incident that a person judged to be none."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from engine.calendar import iso_local
from engine.data import Anomaly, Direction, Incident, Result
from engine.data.rule import Rule, shortest
from engine.data.units import is_level
from engine.inspection.summary import deviation

DAYS = 30
"""How long after the last day of the data a rule holds, unless a person says otherwise."""
ROOM = 1.1
"""How much further off than the incident the next one of its kind may be."""
GONE = 100.0
"""Percent: what falls to nothing is so far off, and can be no further."""
LEAST = 1.0
"""Percent, and dB of levels: the smallest limit that is proposed."""


def draft(result: Result, incident: Incident, members: Sequence[Anomaly], identity: str, who: str, made: str) -> Rule:
    """A rule for the cells, KPIs, types and directions that an incident consists of, a little above its size.

    members: the anomalies of the incident. Those whose expected value is zero or not known have no size and are never
    covered.
    """
    levels = {kpi.id for kpi in result.panel.kpis if is_level(kpi.unit)}
    percent = [100 * abs(deviation(one)[1]) for one in members if one.kpi not in levels]
    decibels = [abs(deviation(one)[0]) for one in members if one.kpi in levels]
    limit = _limit(percent)
    if all(off <= GONE for off in _known(percent)) and all(one.direction is Direction.DOWN for one in members):
        limit = min(limit, GONE)
    last = np.datetime64(iso_local(result.panel.times[-1], result.panel.zone)[:10], "D")
    return Rule(
        identity,
        largest=limit,
        largest_db=_limit(decibels) if decibels else None,
        cells=tuple(result.panel.cells[cell].id for cell in incident.cells),
        kpi=shortest(dict.fromkeys(one.kpi for one in members)),
        type=shortest(dict.fromkeys(one.type.value for one in members)),
        direction=shortest(dict.fromkeys(one.direction.value for one in members)),
        until=str(last + np.timedelta64(DAYS, "D")),
        who=who,
        made=made,
    )


def _limit(off: Iterable[float]) -> float:
    """A little more than the largest of these distances that are known."""
    return max(LEAST, math.ceil(ROOM * max(_known(off), default=0.0)))


def _known(off: Iterable[float]) -> list[float]:
    return [one for one in off if math.isfinite(one)]
