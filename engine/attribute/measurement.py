"""Causes that lie in what was measured: faults of the data, and numbers so small that chance moves them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.attribute import statements
from engine.attribute.facts import Facts
from engine.attribute.points import Point, beside, shared
from engine.data import AnomalyType, KpiKind
from engine.errors import Reason

_HANDFUL, _FEW = 8.0, 30.0


def data_fault(f: Facts) -> Iterator[Point]:
    """What was written down is not what happened: repeated, missing, marked or filled in."""
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
    if f.gap > 0.3 or any(k.missing > 0.5 for k in f.traffic):
        missing = max([f.gap, *(k.missing for k in f.traffic)])
        yield Point(4.0, Reason("evidence_missing", {"share": statements.percent(missing)}))
        yield from shared(f, 0.7)
    if f.suspect:
        yield Point(2.5, Reason("evidence_suspect", {"points": f.suspect}))
    if f.imputed:
        yield Point(1.0, Reason("evidence_imputed", {"points": f.imputed}))


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
