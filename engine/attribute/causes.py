"""The cause classes: what speaks for each and what against it, in points of log odds, from the facts of an incident.

Rules rather than a trained model: a person must be able to read why. Points were set on simulated incidents of one seed
and are reported on others by `tests/benchmarks/causes.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from engine.attribute import statements
from engine.attribute.facts import Facts
from engine.data import AnomalyType, Cause, KpiKind
from engine.errors import Reason

UNKNOWN = "unknown"
LEAST_WEIGHT = 0.08
MOST_CAUSES = 4
_MESSAGES = re.compile(r"sms|mms|message|signal|attach|paging|ussd|tau|lau|registration|rrc_att|handover_att", re.I)


@dataclass(frozen=True)
class Point:
    """One piece of evidence: log odds for (positive) or against a class, and the fact in words.

    begin: log odds that the class begins with, which nothing in the incident speaks for or against.
    """

    points: float
    reason: Reason
    begin: float = 0.0


Rule = Callable[[Facts], Iterator[Point]]


def rank(facts: Facts) -> tuple[Cause, ...]:
    """The causes an incident may be associated with, likeliest first; their weights sum to at most 1.

    Weights are the softmax of the points of all classes, "unknown" among them. Classes under LEAST_WEIGHT are left out.
    """
    points = {kind: list(rule(facts)) for kind, rule in CAUSES.items()}
    score = {kind: sum(p.begin + p.points for p in found) for kind, found in points.items() if found}
    score[UNKNOWN] = _UNKNOWN_POINTS
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
    if f.neighbours_too:
        found.append(statements.neighbours_too(f))
    elif f.neighbours:
        found.append(statements.alone(f))
    return tuple(found)


_UNKNOWN_POINTS = 1.0
_START = -1.0
"""Where classes begin that much else may look like: without further evidence "unknown" is likelier."""


def _outage(f: Facts) -> Iterator[Point]:
    dead = [k for k in f.traffic if k.share < 0.3 and k.zero > 0.5]
    if len(dead) < len(f.traffic):  # where others go on, a seldom one may be missing by chance for part of the time
        dead = [k for k in dead if k.share < 0.03]
    if dead:
        yield Point(2.5 + 0.5 * min(len(dead), 3), statements.fell_to_zero(dead))
        yield from _still_working(f, -3.5)
    elif f.whole_site and not f.up and f.share < _AS_GOOD_AS_NOTHING:
        yield Point(3.0, statements.size(f))
        yield from _still_working(f, -3.5)
    elif f.gap > 0.9:
        yield Point(2.5, Reason("evidence_silent"))
    else:
        return
    yield from _extent(f, one_site=1.0, several=-1.5)
    yield from _onset(f, sharp=0.5)
    if _taken_over_beside(f):
        yield Point(0.7, Reason("evidence_neighbours_more", {"share": statements.percent(f.neighbour_share)}))


def _sleeping(f: Facts) -> Iterator[Point]:
    if f.up or not f.share < 0.6 or f.gap > 0.5:
        return
    points = -0.5 if f.share < 0.005 else 1.5 if f.share < 0.4 else 0.5  # nothing at all is an outage
    yield Point(points, statements.size(f))
    yield from _extent(f, one_site=-1.5 if f.whole_site and f.share < _AS_GOOD_AS_NOTHING else 1.0, several=-3.0)
    yield from _beside(f, alone=0.5, together=-2.0)
    if f.hours >= 6:
        yield Point(1.0, statements.lasted(f))
    elif f.hours < 3:
        yield Point(-0.7, statements.lasted(f))
    yield from _harm(f, 0.5)
    yield from _still_working(f, -1.0)
    yield from _passing(f)


def _surge(f: Facts) -> Iterator[Point]:
    if not f.up or not f.share > 1.1:
        return
    yield Point(2.0, statements.size(f), _START)
    yield from _together(f, 1.0)
    yield from _loaded(f, 0.5)
    if f.cells == 1:
        yield from _beside(f, alone=1.0, together=-1.0)
    else:
        yield Point(-2.0, statements.several(f))
    if f.hours <= 12:
        yield Point(0.5, statements.lasted(f))
    yield from _overnight(f)
    yield from _of_its_own(f)
    yield from _passing(f)


def _crowd(f: Facts) -> Iterator[Point]:
    if not f.up or not f.share > 1.1:
        return
    yield Point(1.0, statements.size(f), _START)
    if f.event:
        yield Point(2.0, Reason("evidence_event", {"name": f.event}))
    if f.cells > 1:
        yield Point(2.5, statements.several(f))
    elif f.neighbours_too and f.neighbour_share > 1:
        yield Point(1.5, statements.neighbours_too(f))
    elif f.neighbour_share > _MOVED_TOO:
        yield Point(2.0, statements.neighbours_moved(f))
    elif f.neighbours and not f.neighbours_too:
        yield Point(-1.5, statements.alone(f))
    yield from _together(f, 0.5)
    yield from _loaded(f, 0.3)
    yield from _harm(f, 0.5)
    if 2 <= f.hours <= 12:
        yield Point(0.5, statements.lasted(f))
    yield from _overnight(f)
    yield from _of_its_own(f)
    yield from _passing(f)


def _takeover(f: Facts) -> Iterator[Point]:
    if f.taken_over:
        yield Point(4.5, statements.takes_over(f.taken_over))
        yield Point(1.0, statements.taken_over(f.taken_over))


def _calendar(f: Facts) -> Iterator[Point]:
    if f.holiday:
        yield Point(2.0, Reason("evidence_holiday", {"name": f.holiday}), _START)
    elif f.eve:
        yield Point(1.2, Reason("evidence_eve"), _START)
    elif f.after_holiday:
        yield Point(1.2, Reason("evidence_after_holiday"), _START)
    elif f.event:
        yield Point(1.0, Reason("evidence_event", {"name": f.event}), _START)
    elif f.weekend:
        yield Point(0.5, Reason("evidence_weekend"), _START - 1.0)  # what is usual at weekends is expected
    else:
        return
    still = False
    if np.isfinite(f.network_share) and np.isfinite(f.share):
        still = abs(np.log(max(f.network_share, 1e-3))) <= 0.07 and f.others_too < _MANY_OTHERS
        same = (f.network_share > 1) == f.up and not still
        fact = Reason("evidence_network", {"share": statements.percent(f.network_share)})
        if same or f.others_too < _MANY_OTHERS:
            yield Point(1.5 if same else -1.0, fact)
        else:  # on a day off homes and offices move against each other
            yield Point(1.5, Reason("evidence_others_too", {"share": statements.percent(f.others_too)}))
    elif f.everywhere and f.hours >= 3:
        yield Point(1.5, Reason("evidence_everywhere"))
    if f.fills_holiday and not still:
        yield Point(1.5, Reason("evidence_fills_holiday"))
    moved = f.share / f.network_share if f.network_share > 0 else f.share
    if np.isfinite(moved) and not 0.4 < moved < 2.5:
        yield Point(-2.0, statements.size(f))
    for association in f.odds[:1]:
        again = f.holiday and association.term == "holiday"  # it is not the first holiday that this happened on
        yield Point((1.5 if again else 0.7) if association.odds_ratio > 1 else -0.7, association.sentence)


def _maintenance(f: Facts) -> Iterator[Point]:
    if f.maintenance:
        yield Point(4.0, Reason("evidence_maintenance"))
    elif f.night and not f.up and f.share < 0.3 and f.hours <= 5:
        yield Point(1.0, Reason("evidence_night"), _START)
        yield from _onset(f, sharp=0.5)
        if f.weekend or f.holiday:
            yield Point(-0.5, Reason("evidence_day_off"))


def _level_shift(f: Facts) -> Iterator[Point]:
    if not np.isfinite(f.share) or f.share < 0.02:
        return
    if f.hours >= _DAY_H:
        yield Point(1.0 + 0.5 * math.log2(f.hours / _DAY_H), statements.lasted(f), _START)
        if f.steadiness < 0.5:
            yield Point(1.0, Reason("evidence_steady"))
        if f.to_end:
            yield Point(1.0, Reason("evidence_to_end"))
    if f.stays:
        yield Point(4.0, _after(f), 0.0 if f.hours >= _DAY_H else _START)
    elif f.hours >= _DAY_H and np.isfinite(f.after):
        yield Point(-1.5, _after(f))
    if (f.everywhere or (f.fills_holiday and f.others_too >= _MANY_OTHERS)) and (f.hours >= _DAY_H or f.stays):
        yield from _festive(f, -3.0 if f.stays else -1.5)


def _festive(f: Facts, points: float) -> Iterator[Point]:
    """Holidays of all cells: the days around them are not like those of a week before either."""
    if f.holiday:
        yield Point(points, Reason("evidence_holiday", {"name": f.holiday}))
    elif f.eve:
        yield Point(points, Reason("evidence_eve"))
    elif f.after_holiday:
        yield Point(points, Reason("evidence_after_holiday"))


def _after(f: Facts) -> Reason:
    return Reason("evidence_after" if f.stays else "evidence_recovered", {"share": statements.percent(f.after)})


def _overnight(f: Facts) -> Iterator[Point]:
    """Speaks against people who came for something: they go home."""
    if f.hours > _DAY_H:
        yield Point(-1.0, statements.lasted(f))


def _of_its_own(f: Facts) -> Iterator[Point]:
    """Speaks against demand of its own: it was taken over from somewhere else."""
    if f.taken_over:
        yield Point(-2.0, statements.takes_over(f.taken_over))


def _passing(f: Facts) -> Iterator[Point]:
    """Speaks against causes that pass: the change stayed."""
    if f.stays:
        yield Point(-1.5, _after(f))


def _data_fault(f: Facts) -> Iterator[Point]:
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
    if f.suspect:
        yield Point(2.5, Reason("evidence_suspect", {"points": f.suspect}))
    if f.imputed:
        yield Point(1.0, Reason("evidence_imputed", {"points": f.imputed}))


def _flood(f: Facts) -> Iterator[Point]:
    if not f.up or not f.share > 1.5:
        return
    messages = [k for k in f.traffic if _MESSAGES.search(k.kpi.id)]
    if not messages:
        return
    yield Point(2.0 if f.share > 3 else 1.5, statements.size(f), _START)
    others = [k for k in (*f.traffic, *f.other_traffic) if k not in messages and np.isfinite(k.share)]
    usual = [k for k in others if k.share < 1.6]
    if usual and len(usual) == len(others):
        yield Point(2.5, Reason("evidence_others_usual", {"kpis": statements.names(usual)}))
    elif others:
        yield Point(-2.5, statements.kpis_together([*messages, *others]))


def _area_failure(f: Facts) -> Iterator[Point]:
    wide = f.spread or f.apart > 1
    fell_too = f.neighbour_share < 1 / _MOVED_TOO and f.neighbours_too >= max(3, 0.5 * f.neighbours)
    if f.up or not f.share < 0.7 or not (wide or fell_too):
        return
    yield Point(2.0, statements.size(f), _START)
    if wide:
        yield Point(1.0 + min(f.places, 6) / 3, statements.several(f))
    else:
        yield Point(1.0, statements.neighbours_too(f))
    if f.sites > 1 and f.cells < 0.5 * f.of_sites:
        fact = Reason("evidence_part_of_sites", {"cells": f.cells, "all": f.of_sites})
        yield Point(-1.5, fact)
    yield from _harm(f, 0.5)
    yield from _onset(f, sharp=0.5)
    if f.network_share < _NETWORK_FELL:
        along = min(1.0, math.log(max(f.network_share, 1e-3)) / math.log(max(f.share, 1e-3)))
        yield Point(-3.0 * along, Reason("evidence_network", {"share": statements.percent(f.network_share)}))
    if f.everywhere:
        yield from _festive(f, -2.5 if f.fills_holiday or f.share > _HOLIDAY_LEAVES else -1.0)
    elif f.fills_holiday and f.others_too >= _MANY_OTHERS:
        yield from _festive(f, -2.5)


def _degradation(f: Facts) -> Iterator[Point]:
    worse = [k for k in f.quality if k.worse]
    if not worse:
        return
    lasting = f.periods > 1 or f.hours >= _LASTING_H
    yield Point(1.5 if lasting else 0.5, statements.worse(worse[0]), _START)
    most = max(worse, key=lambda k: np.nan_to_num(k.failures))
    if most.failures >= 2:
        yield Point(min(0.5 * math.log2(most.failures), 1.5 if lasting else 1.0), statements.failures(most))
    if len(worse) > 1:
        yield Point(0.7, statements.worse(worse[1]))
    if any(k.worse for k in f.harm) and f.traffic:
        yield Point(-1.5, statements.size(f))
    elif f.other_traffic and all(k.usual for k in f.other_traffic):
        yield Point(1.0, Reason("evidence_traffic_usual"))


def _few_events(f: Facts) -> Iterator[Point]:
    """A handful of events more or less: at low traffic that is mostly chance."""
    if f.traffic and not f.up and f.periods <= 2 and all(k.events and k.expected < _FEW for k in f.traffic):
        fewest = f.traffic[0]
        yield Point(
            2.5, Reason("evidence_few_expected", {"kpi": fewest.kpi.id, "expected": round(fewest.expected) or 1})
        )
        yield from _beside(f, alone=0.0, together=-2.5)
    if f.traffic:
        return
    for k in (k for k in f.quality if k.worse and k.off < _HANDFUL):
        params: dict[str, str | int | float] = {"kpi": k.kpi.id, "events": max(1, round(k.off))}
        params |= {"total": round(k.total), "base": k.base}
        yield Point(3.0 if k.off < 0.5 * _HANDFUL else 2.0, Reason("evidence_few_events", params))
        return


_HANDFUL, _FEW = 8.0, 30.0
_OF_ONE_SITE = 3  # more cells than that, of which no place is known, are hardly all of one site
_DAY_H = 24.0
_LASTING_H = 4.0  # a single period of this length is no blink
_MANY_OTHERS = 0.1  # of all other cells: what happens to as many at once happens to the network
_AS_GOOD_AS_NOTHING = 0.1  # of the traffic of a whole site: it is down, or what connects it
_NETWORK_FELL = 0.93  # the rest of the network carries less than this of what was expected: it moved as well
_HOLIDAY_LEAVES = 0.3  # a public holiday seldom takes more than the rest of a whole network's traffic
_MOVED_TOO = 1.25  # traffic of the neighbours over the expected, or its inverse: they move too, anomalous or not

CAUSES: Mapping[str, Rule] = {
    "outage": _outage,
    "sleeping_cell": _sleeping,
    "surge": _surge,
    "crowd": _crowd,
    "takeover": _takeover,
    "calendar": _calendar,
    "maintenance": _maintenance,
    "level_shift": _level_shift,
    "data_fault": _data_fault,
    "flood": _flood,
    "area_failure": _area_failure,
    "degradation": _degradation,
    "few_events": _few_events,
}
"""Class -> its rule; a rule that yields nothing does not come into question. Beside them there is "unknown"."""


def _still_working(f: Facts, points: float) -> Iterator[Point]:
    """Counts of the same cells that go on as usual."""
    usual = [k for k in f.other_traffic if k.low > 0.6]
    if usual:
        yield Point(points, Reason("evidence_others_usual", {"kpis": statements.names(usual)}))


def _extent(f: Facts, one_site: float, several: float) -> Iterator[Point]:
    if f.spread or f.apart > _OF_ONE_SITE:
        yield Point(several, statements.several(f))
    elif f.cells > 1:
        if f.site:
            yield Point(one_site, Reason("evidence_one_site", {"cells": f.cells, "site": f.site}))
    elif f.neighbours:
        yield Point(0.5 * one_site, statements.neighbours_too(f) if f.neighbours_too else statements.alone(f))
    elif not f.everywhere:
        yield Point(0.5 * one_site, Reason("evidence_one_cell"))
    else:
        yield Point(-one_site, Reason("evidence_nothing_beside"))


def _beside(f: Facts, alone: float, together: float) -> Iterator[Point]:
    if not f.neighbours:
        return
    if not f.up and _taken_over_beside(f):
        yield Point(alone, Reason("evidence_neighbours_more", {"share": statements.percent(f.neighbour_share)}))
    elif f.neighbours_too >= max(2, 0.3 * f.neighbours):
        yield Point(together, statements.neighbours_too(f))
    elif f.up == (f.neighbour_share > 1) and not 1 / _MOVED_TOO < f.neighbour_share < _MOVED_TOO:
        yield Point(together, statements.neighbours_moved(f))
    elif not f.neighbours_too:
        yield Point(alone, statements.alone(f))


def _taken_over_beside(f: Facts) -> bool:
    """Whether the neighbours carry more than usual, and not as the whole network does."""
    return not f.alike and f.neighbour_share > 1.1 * max(1.0, f.network_share)


def _onset(f: Facts, sharp: float) -> Iterator[Point]:
    if f.onset > 0.7 and abs(f.before) < 0.25:
        yield Point(sharp, Reason("evidence_sharp"))


def _together(f: Facts, points: float) -> Iterator[Point]:
    risen = [k for k in (*f.traffic, *f.other_traffic) if k.share > 1.2]
    if len(risen) > 1:
        yield Point(points, statements.kpis_together(risen))


def _loaded(f: Facts, points: float) -> Iterator[Point]:
    loaded = [k for k in f.quality if k.kpi.kind is KpiKind.GAUGE and k.share > 1.1]
    if loaded:
        yield Point(points, statements.rose(loaded[0]))


def _harm(f: Facts, points: float) -> Iterator[Point]:
    worse = [k for k in f.harm if k.worse and k.kpi.kind is KpiKind.RATIO]
    if worse:
        yield Point(points, statements.worse(worse[0]))
