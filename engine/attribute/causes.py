"""The cause classes: what speaks for each and what against it, in points of log odds, from the facts of an incident.

Rules rather than a trained model: a person must be able to read why. Points were set on simulated incidents of some
seeds and are reported on others by `tests/benchmarks/causes.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.attribute import demand, lasting, losses, measurement, statements
from engine.attribute.facts import Facts
from engine.attribute.points import Point, Rule
from engine.data import Cause
from engine.errors import Reason

UNKNOWN = "unknown"
LEAST_WEIGHT = 0.08
MOST_CAUSES = 4
UNKNOWN_POINTS = 1.0

CAUSES: Mapping[str, Rule] = {
    "outage": losses.outage,
    "sleeping_cell": losses.sleeping,
    "surge": demand.surge,
    "crowd": demand.crowd,
    "takeover": demand.takeover,
    "calendar": demand.calendar,
    "maintenance": losses.maintenance,
    "level_shift": lasting.level_shift,
    "new_cell": lasting.new_cell,
    "decommissioned": lasting.decommissioned,
    "data_fault": measurement.data_fault,
    "flood": demand.flood,
    "area_failure": losses.area_failure,
    "kind_failure": losses.kind_failure,
    "degradation": losses.degradation,
    "few_events": measurement.few_events,
}
"""Class -> its rule; a rule that yields nothing does not come into question. Beside them there is "unknown"."""


def rank(facts: Facts) -> tuple[Cause, ...]:
    """The causes an incident may be associated with, likeliest first; their weights sum to at most 1.

    Weights are the softmax of the points of all classes, "unknown" among them. Classes under LEAST_WEIGHT are left out.
    """
    points = {kind: list(rule(facts)) for kind, rule in CAUSES.items()}
    score = {kind: sum(p.begin + p.points for p in found) for kind, found in points.items() if found}
    score[UNKNOWN] = UNKNOWN_POINTS
    top = max(score.values())
    odds = {kind: np.exp(s - top) for kind, s in score.items()}
    total = sum(odds.values())
    weight = {kind: float(o / total) for kind, o in odds.items()}
    order = sorted(weight, key=lambda kind: (-weight[kind], kind))
    return tuple(
        Cause(kind, round(weight[kind], 4), _evidence(points[kind]) if kind in points else _plain_facts(facts))
        for kind in order[:MOST_CAUSES]
        if weight[kind] >= LEAST_WEIGHT
    )


def _evidence(points: list[Point]) -> tuple[Reason, ...]:
    """What speaks for it, strongest first, then what speaks against it, said so."""
    ordered = sorted((p for p in points if p.points != 0), key=lambda p: -p.points)
    return tuple(dict.fromkeys(p.reason if p.points > 0 else _against(p.reason) for p in ordered))


def _against(reason: Reason) -> Reason:
    """The same fact, said to speak against a cause."""
    return Reason(f"against_{reason.code.removeprefix('evidence_')}", reason.params)


def _plain_facts(f: Facts) -> tuple[Reason, ...]:
    """That nothing fits, and what there is to know all the same."""
    found = [Reason("evidence_nothing_fits")]
    if f.traffic and np.isfinite(f.share):
        found.append(statements.size(f))
    found += [statements.worse(k) for k in f.quality if k.worse][:1]
    if f.shared:
        found.append(statements.shared(f))
    if f.neighbours_too:
        found.append(statements.neighbours_too(f))
    elif f.neighbours:
        found.append(statements.alone(f))
    return tuple(found)
