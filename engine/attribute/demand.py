"""Causes that people are: surge, crowd, traffic of another cell, flood of messages, the calendar."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from engine.attribute import statements
from engine.attribute.facts import Facts
from engine.attribute.points import (
    DAY_H,
    MANY_OTHERS,
    MOVED_TOO,
    SETTLED_DAYS,
    START,
    Point,
    beside,
    harm,
    loaded,
    passing,
    together,
)
from engine.errors import Reason

_MESSAGES = re.compile(r"sms|mms|message|signal|attach|paging|ussd|tau|lau|registration|rrc_att|handover_att", re.I)


def surge(f: Facts) -> Iterator[Point]:
    """One cell that more people want at once."""
    if not f.up or not f.share > 1.1:
        return
    yield Point(2.0, statements.size(f), START)
    yield from together(f, 1.0)
    yield from loaded(f, 0.5)
    if f.cells == 1:
        yield from beside(f, alone=1.0, together=-1.0)
    else:
        yield Point(-2.0, statements.several(f))
    if f.hours <= 12:
        yield Point(0.5, statements.lasted(f))
    yield from _overnight(f)
    yield from _of_its_own(f)
    yield from passing(f)


def crowd(f: Facts) -> Iterator[Point]:
    """Many people in one place: several cells beside each other, or an event in the calendar."""
    if not f.up or not f.share > 1.1:
        return
    yield Point(1.0, statements.size(f), START)
    if f.event:
        yield Point(2.0, Reason("evidence_event", {"name": f.event}))
    if f.cells > 1:
        yield Point(2.5, statements.several(f))
    elif f.neighbours_too and f.neighbour_share > 1:
        yield Point(1.5, statements.neighbours_too(f))
    elif f.neighbour_share > MOVED_TOO:
        yield Point(2.0, statements.neighbours_moved(f))
    elif f.neighbours and not f.neighbours_too:
        yield Point(-1.5, statements.alone(f))
    yield from together(f, 0.5)
    yield from loaded(f, 0.3)
    yield from harm(f, 0.5)
    if 2 <= f.hours <= 12:
        yield Point(0.5, statements.lasted(f))
    yield from _overnight(f)
    yield from _of_its_own(f)
    yield from passing(f)


def takeover(f: Facts) -> Iterator[Point]:
    """Demand that a failed neighbour left behind."""
    if f.taken_over:
        yield Point(4.5, statements.takes_over(f.taken_over))
        yield Point(1.0, statements.taken_over(f.taken_over))
        if f.new and f.new.days <= SETTLED_DAYS:
            yield Point(-3.0, statements.first_values(f.new))


def flood(f: Facts) -> Iterator[Point]:
    """Messages rise and nothing else does."""
    if not f.up or not f.share > 1.5:
        return
    messages = [k for k in f.traffic if _MESSAGES.search(k.kpi.id)]
    if not messages:
        return
    yield Point(2.0 if f.share > 3 else 1.5, statements.size(f), START)
    others = [k for k in (*f.traffic, *f.other_traffic) if k not in messages and np.isfinite(k.share)]
    usual = [k for k in others if k.share < 1.6]
    if usual and len(usual) == len(others):
        yield Point(2.5, Reason("evidence_others_usual", {"kpis": statements.names(usual)}))
    elif others:
        yield Point(-2.5, statements.kpis_together([*messages, *others]))


def calendar(f: Facts) -> Iterator[Point]:
    """The day was special: a holiday, the days around it, an event, the weekend."""
    if f.holiday:
        yield Point(2.0, Reason("evidence_holiday", {"name": f.holiday}), START)
    elif f.eve:
        yield Point(1.2, Reason("evidence_eve"), START)
    elif f.after_holiday:
        yield Point(1.2, Reason("evidence_after_holiday"), START)
    elif f.event:
        yield Point(1.0, Reason("evidence_event", {"name": f.event}), START)
    elif f.weekend:
        yield Point(0.5, Reason("evidence_weekend"), START - 1.0)  # what is usual at weekends is expected
    else:
        return
    still = False
    if np.isfinite(f.network_share) and np.isfinite(f.share):
        still = abs(np.log(max(f.network_share, 1e-3))) <= 0.07 and f.others_too < MANY_OTHERS
        same = (f.network_share > 1) == f.up and not still
        fact = Reason("evidence_network", {"share": statements.percent(f.network_share)})
        if same or f.others_too < MANY_OTHERS:
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


def _overnight(f: Facts) -> Iterator[Point]:
    """Speaks against people who came for something: they go home."""
    if f.hours > DAY_H:
        yield Point(-1.0, statements.lasted(f))


def _of_its_own(f: Facts) -> Iterator[Point]:
    """Speaks against demand of its own: it was taken over from somewhere else."""
    if f.taken_over:
        yield Point(-2.0, statements.takes_over(f.taken_over))
