"""Points of log odds, and the evidence that several cause classes have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.attribute import statements
from engine.attribute.facts import Facts
from engine.data import KpiKind
from engine.errors import Reason

START = -1.0
"""Where classes begin that much else may look like: without further evidence "unknown" is likelier."""

DAY_H = 24.0
MANY_OTHERS = 0.1
"""Of all other cells: what happens to as many at once happens to the network."""

MOVED_TOO = 1.25
"""Traffic of the neighbours over the expected, or its inverse: they move too, anomalous or not."""

SETTLED_DAYS = 14.0
"""After its first values: before, what is usual for a cell is hardly known."""

_OF_ONE_SITE = 3  # more cells than that, of which no place is known, are hardly all of one site


@dataclass(frozen=True)
class Point:
    """One piece of evidence: log odds for (positive) or against a class, and the fact in words.

    begin: log odds that the class begins with, which nothing in the incident speaks for or against.
    """

    points: float
    reason: Reason
    begin: float = 0.0


Rule = Callable[[Facts], Iterator[Point]]


def extent(f: Facts, one_site: float, several: float) -> Iterator[Point]:
    """How far it reaches: points for one whole site (half of them for one cell), and for several places."""
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


def shared(f: Facts, points: float) -> Iterator[Point]:
    """Points if its cells have in common what others have not: what they share may be what failed."""
    if f.shared:
        yield Point(points, statements.shared(f))


def beside(f: Facts, alone: float, together: float) -> Iterator[Point]:
    """What neighbours do: points if it is alone, and if they move together."""
    if not f.neighbours:
        return
    if not f.up and taken_over_beside(f):
        yield Point(alone, Reason("evidence_neighbours_more", {"share": statements.percent(f.neighbour_share)}))
    elif f.neighbours_too >= max(2, 0.3 * f.neighbours):
        yield Point(together, statements.neighbours_too(f))
    elif f.up == (f.neighbour_share > 1) and not 1 / MOVED_TOO < f.neighbour_share < MOVED_TOO:
        yield Point(together, statements.neighbours_moved(f))
    elif not f.neighbours_too:
        yield Point(alone, statements.alone(f))


def taken_over_beside(f: Facts) -> bool:
    """Whether the neighbours carry more than usual, and not as the whole network does."""
    return not f.alike and f.neighbour_share > 1.1 * max(1.0, f.network_share)


def onset(f: Facts, sharp: float) -> Iterator[Point]:
    """Points if it began from one period to the next."""
    if f.onset > 0.7 and abs(f.before) < 0.25:
        yield Point(sharp, Reason("evidence_sharp"))


def still_working(f: Facts, points: float) -> Iterator[Point]:
    """Counts of the same cells that go on as usual."""
    usual = [k for k in f.other_traffic if k.low > 0.6]
    if usual:
        yield Point(points, Reason("evidence_others_usual", {"kpis": statements.names(usual)}))


def together(f: Facts, points: float) -> Iterator[Point]:
    """Points if several counts rose."""
    risen = [k for k in (*f.traffic, *f.other_traffic) if k.share > 1.2]
    if len(risen) > 1:
        yield Point(points, statements.kpis_together(risen))


def loaded(f: Facts, points: float) -> Iterator[Point]:
    """Points if a gauge of load rose."""
    risen = [k for k in f.quality if k.kpi.kind is KpiKind.GAUGE and k.share > 1.1]
    if risen:
        yield Point(points, statements.rose(risen[0]))


def harm(f: Facts, points: float) -> Iterator[Point]:
    """Points if a ratio of the same cells became worse."""
    worse = [k for k in f.harm if k.worse and k.kpi.kind is KpiKind.RATIO]
    if worse:
        yield Point(points, statements.worse(worse[0]))


def festive(f: Facts, points: float) -> Iterator[Point]:
    """Holidays of all cells: the days around them are not like those of a week before either."""
    if f.holiday:
        yield Point(points, Reason("evidence_holiday", {"name": f.holiday}))
    elif f.eve:
        yield Point(points, Reason("evidence_eve"))
    elif f.after_holiday:
        yield Point(points, Reason("evidence_after_holiday"))


def after(f: Facts) -> Reason:
    """How the days after it are, against those before."""
    return Reason("evidence_after" if f.stays else "evidence_recovered", {"share": statements.percent(f.after)})


def passing(f: Facts) -> Iterator[Point]:
    """Speaks against causes that pass: the change stayed."""
    if f.stays:
        yield Point(-1.5, after(f))
