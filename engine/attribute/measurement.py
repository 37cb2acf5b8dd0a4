"""Causes that lie in what was measured: faults of the data, and numbers so small that chance moves them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from engine.attribute import statements
from engine.attribute.facts import Facts, KpiFacts
from engine.attribute.points import Point, beside, shared
from engine.data import AnomalyType, KpiKind
from engine.errors import Reason
from engine.text import number, tell

_HANDFUL, _FEW = 8.0, 30.0

_UNITS, _SMALL_UNITS, _PERCENT = (1000.0, 1024.0, 1e6, 1024.0**2), (8.0, 60.0), (100.0,)
"""By how much units of one kind differ, and a ratio from its percentage. Traffic may grow by the small ones too: that
has to last."""
_EXACT = 0.12
"""So far from such a step, in proportion, a KPI in another unit may be: traffic is not quite what was expected."""
_UNIT_PERIODS, _SMALL_UNIT_H, _STEADY = 3, 24.0, 0.3


def data_fault(f: Facts) -> Iterator[Point]:
    """What was written down is not what happened: repeated, in another unit, missing, marked or filled in."""
    stuck = [k for k in (*f.traffic, *f.quality) if k.stuck and k.kpi.id in f.incident.kpis]
    if stuck or AnomalyType.FLATLINE in f.types:
        if stuck:
            first = stuck[0]
            value = first.actual / first.stuck if first.kpi.kind is KpiKind.COUNT else first.actual
            yield Point(3.5, Reason("evidence_stuck", {"kpi": first.kpi.id, "value": value, "times": first.stuck}))
        else:
            yield Point(2.5, Reason("evidence_flat"))
        if len(f.incident.kpis) == 1 and (f.other_traffic or f.quality):
            yield Point(1.0, Reason("evidence_others_move"))
    step = _unit_step(f)
    if step is not None:
        kpis = ", ".join(k.kpi.id for k in (*f.traffic, *f.quality) if k.struck)
        yield Point(4.0, Reason("evidence_other_unit", {"kpis": kpis, "times": _times(step)}))
        if _beside(f):
            yield Point(1.0, Reason("evidence_others_move"))
        yield from shared(f, 0.7)
    if f.clock_off:
        yield Point(7.0, statements.clock_off(f))
        yield from shared(f, 0.7)
    if f.gap > 0.3 or any(k.missing > 0.5 for k in f.traffic):
        missing = max([f.gap, *(k.missing for k in f.traffic)])
        yield Point(4.0, Reason("evidence_missing", {"share": statements.percent(missing)}))
        yield from shared(f, 0.7)
    if f.suspect:
        yield Point(2.5, Reason("evidence_suspect", {"points": f.suspect}))
    if f.imputed:
        yield Point(1.0, Reason("evidence_imputed", {"points": f.imputed}))


def _unit_step(f: Facts) -> float | None:
    """How many times what was expected is measured, if that is the step of a unit and all that goes on is usual."""
    struck = [k for k in (*f.traffic, *f.quality) if k.struck]
    steady = f.steadiness < _STEADY or not f.traffic
    if f.periods < _UNIT_PERIODS or not steady or any(not k.usual for k in _beside(f)):
        return None
    times = [k.actual / k.expected if k.expected > 0 else math.nan for k in struck]
    if not times or not all(one > 0 for one in times):
        return None
    small = _SMALL_UNITS if f.hours >= _SMALL_UNIT_H and _beside(f) else ()
    ratios = _PERCENT if all(k.kpi.kind is KpiKind.RATIO for k in struck) else ()
    steps = [step for unit in (*_UNITS, *ratios, *small) for step in (unit, 1 / unit)]
    away = {step: max(abs(math.log(one / step)) for one in times) for step in steps}
    nearest = min(steps, key=lambda step: away[step])
    return nearest if away[nearest] < _EXACT else None


def _beside(f: Facts) -> list[KpiFacts]:
    """The KPIs of which something is known and that are not anomalous."""
    others = (*f.other_traffic, *(k for k in f.quality if not k.struck))
    return [k for k in others if not math.isnan(k.share)]


def _times(step: float) -> str:
    """Such as "1,000 times", or "1/1,000 of"."""
    return tell("times_of", factor=number(step)) if step > 1 else tell("part_of", factor=number(1 / step))


def few_events(f: Facts) -> Iterator[Point]:
    """A handful of events more or less: at low traffic that is mostly chance."""
    if f.traffic and not f.up and f.periods <= 2 and all(k.events and k.expected < _FEW for k in f.traffic):
        fewest = f.traffic[0]
        yield Point(
            2.5, Reason("evidence_few_expected", {"kpi": fewest.kpi.id, "expected": round(fewest.expected) or 1})
        )
        yield from beside(f, alone=0.0, together=-2.5)
    if f.traffic:
        return
    for k in (k for k in f.quality if k.worse and k.off < _HANDFUL):
        params: dict[str, str | int | float] = {"kpi": k.kpi.id, "events": max(1, round(k.off))}
        params |= {"total": round(k.total), "base": k.base}
        yield Point(3.0 if k.off < 0.5 * _HANDFUL else 2.0, Reason("evidence_few_events", params))
        return
