"""Causes by which service is lost or worse: outage, sleeping cell, failure of an area or of one kind of equipment,
maintenance, degradation.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from engine.attribute import statements
from engine.attribute.facts import Facts
from engine.attribute.points import (
    MANY_OTHERS,
    MOVED_TOO,
    START,
    Point,
    beside,
    extent,
    festive,
    harm,
    onset,
    passing,
    shared,
    still_working,
    taken_over_beside,
)
from engine.data import EQUIPMENT
from engine.errors import Reason

_LASTING_H = 4.0  # a single period of this length is no blink
_AS_GOOD_AS_NOTHING = 0.1  # of the traffic of a whole site: it is down, or what connects it
_NETWORK_FELL = 0.93  # the rest of the network carries less than this of what was expected: it moved as well
_SITES_OF_A_KIND = 3  # what fewer sites share may be their place
_PART_OF_SITES = 0.9  # where more of the cells of these sites are struck, it is the sites
_HOLIDAY_LEAVES = 0.3  # a public holiday seldom takes more than the rest of a whole network's traffic


def outage(f: Facts) -> Iterator[Point]:
    """Nothing at all is carried, or reported."""
    dead = [k for k in f.traffic if k.share < 0.3 and k.zero > 0.5]
    if len(dead) < len(f.traffic):  # where others go on, a seldom one may be missing by chance for part of the time
        dead = [k for k in dead if k.share < 0.03]
    if dead:
        yield Point(2.5 + 0.5 * min(len(dead), 3), statements.fell_to_zero(dead))
        yield from still_working(f, -3.5)
    elif f.whole_site and not f.up and f.share < _AS_GOOD_AS_NOTHING:
        yield Point(3.0, statements.size(f))
        yield from still_working(f, -3.5)
    elif f.gap > 0.9:
        yield Point(2.5, Reason("evidence_silent"))
    else:
        return
    yield from extent(f, one_site=1.0, several=-1.5)
    yield from shared(f, 0.7)
    yield from onset(f, sharp=0.5)
    if taken_over_beside(f):
        yield Point(0.7, Reason("evidence_neighbours_more", {"share": statements.percent(f.neighbour_share)}))


def sleeping(f: Facts) -> Iterator[Point]:
    """A cell that is on air and carries hardly anything."""
    if f.up or not f.share < 0.6 or f.gap > 0.5:
        return
    points = -0.5 if f.share < 0.005 else 1.5 if f.share < 0.4 else 0.5  # nothing at all is an outage
    yield Point(points, statements.size(f))
    yield from extent(f, one_site=-1.5 if f.whole_site and f.share < _AS_GOOD_AS_NOTHING else 1.0, several=-3.0)
    yield from beside(f, alone=0.5, together=-2.0)
    if f.hours >= 6:
        yield Point(1.0, statements.lasted(f))
    elif f.hours < 3:
        yield Point(-0.7, statements.lasted(f))
    yield from shared(f, 0.5)
    yield from harm(f, 0.5)
    yield from still_working(f, -1.0)
    yield from passing(f)


def area_failure(f: Facts) -> Iterator[Point]:
    """Several sites lose their traffic together."""
    wide = f.spread or f.apart > 1
    fell_too = f.neighbour_share < 1 / MOVED_TOO and f.neighbours_too >= max(3, 0.5 * f.neighbours)
    if f.up or not f.share < 0.7 or not (wide or fell_too):
        return
    yield Point(2.0, statements.size(f), START)
    if wide:
        yield Point(1.0 + min(f.places, 6) / 3, statements.several(f))
    else:
        yield Point(1.0, statements.neighbours_too(f))
    yield from shared(f, 0.7)
    if f.sites > 1 and f.cells < 0.5 * f.of_sites:
        fact = Reason("evidence_part_of_sites", {"cells": f.cells, "all": f.of_sites})
        yield Point(-1.5, fact)
    yield from harm(f, 0.5)
    yield from onset(f, sharp=0.5)
    if f.network_share < _NETWORK_FELL:
        along = min(1.0, math.log(max(f.network_share, 1e-3)) / math.log(max(f.share, 1e-3)))
        yield Point(-3.0 * along, Reason("evidence_network", {"share": statements.percent(f.network_share)}))
    if f.everywhere:
        yield from festive(f, -2.5 if f.fills_holiday or f.share > _HOLIDAY_LEAVES else -1.0)
    elif f.fills_holiday and f.others_too >= MANY_OTHERS:
        yield from festive(f, -2.5)


def kind_failure(f: Facts) -> Iterator[Point]:
    """Most cells of a technology, band or vendor lose their traffic together, and others of their sites do not."""
    if f.up or not f.share < 0.7 or f.sites < _SITES_OF_A_KIND or not f.cells < _PART_OF_SITES * f.of_sites:
        return
    kind = next((reason for reason in f.incident.grouped_by if reason.code == "grouped_alike"), None)
    if kind is None or not any(trait.field in EQUIPMENT for trait in f.shared):
        return
    yield Point(2.0, statements.size(f), START)
    yield Point(1.0 + min(f.sites, 6) / 3, statements.several(f))
    yield Point(1.0, Reason("evidence_most_of_kind", {name: kind.params[name] for name in ("cells", "all", "traits")}))
    yield from shared(f, 0.5)
    yield Point(0.7, Reason("evidence_part_of_sites", {"cells": f.cells, "all": f.of_sites}))
    yield from harm(f, 0.5)
    yield from onset(f, sharp=0.5)


def maintenance(f: Facts) -> Iterator[Point]:
    """Planned work, or a loss in the hours in which such work is usual."""
    if f.maintenance:
        yield Point(4.0, Reason("evidence_maintenance"))
    elif f.night and not f.up and f.share < 0.3 and f.hours <= 5:
        yield Point(1.0, Reason("evidence_night"), START)
        yield from onset(f, sharp=0.5)
        if f.weekend or f.holiday:
            yield Point(-0.5, Reason("evidence_day_off"))


def degradation(f: Facts) -> Iterator[Point]:
    """Worse ratios or gauges while traffic goes on."""
    worse = [k for k in f.quality if k.worse]
    if not worse:
        return
    lasting = f.periods > 1 or f.hours >= _LASTING_H
    yield Point(1.5 if lasting else 0.5, statements.worse(worse[0]), START)
    most = max(worse, key=lambda k: np.nan_to_num(k.failures))
    if most.failures >= 2:
        yield Point(min(0.5 * math.log2(most.failures), 1.5 if lasting else 1.0), statements.failures(most))
    if len(worse) > 1:
        yield Point(0.7, statements.worse(worse[1]))
    yield from shared(f, 0.7)
    if any(k.worse for k in f.harm) and f.traffic:
        yield Point(-1.5, statements.size(f))
    elif f.other_traffic and all(k.usual for k in f.other_traffic):
        yield Point(1.0, Reason("evidence_traffic_usual"))
