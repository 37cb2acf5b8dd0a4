"""Causes that last: a change of level, a cell that is new, one that is no more."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from engine.attribute import statements
from engine.attribute.facts import Facts
from engine.attribute.points import DAY_H, MANY_OTHERS, SETTLED_DAYS, START, Point, after, festive
from engine.calendar import duration_text
from engine.errors import Reason


def level_shift(f: Facts) -> Iterator[Point]:
    """Another level, to which traffic keeps."""
    if not np.isfinite(f.share) or f.share < 0.02:
        return
    if f.hours >= DAY_H:
        yield Point(1.0 + 0.5 * math.log2(f.hours / DAY_H), statements.lasted(f), START)
        if f.steadiness < 0.5:
            yield Point(1.0, Reason("evidence_steady"))
        if f.to_end:
            yield Point(1.0, Reason("evidence_to_end"))
    if f.stays:
        yield Point(4.0, after(f), 0.0 if f.hours >= DAY_H else START)
    elif f.hours >= DAY_H and np.isfinite(f.after):
        yield Point(-1.5, after(f))
    if (f.everywhere or (f.fills_holiday and f.others_too >= MANY_OTHERS)) and (f.hours >= DAY_H or f.stays):
        yield from festive(f, -3.0 if f.stays else -1.5)


def new_cell(f: Facts) -> Iterator[Point]:
    """A cell that went on air shortly before: what is usual for it is not known yet."""
    if not f.new or f.new.days > SETTLED_DAYS:
        return
    if f.new.days < 1:
        yield Point(6.0, statements.first_values(f.new))
    else:
        yield Point(3.5 if f.traffic else 2.0, statements.first_values(f.new))
    if f.new.instead_of:
        yield Point(0.5, statements.renamed("evidence_renamed_from", f.new.instead_of))


def decommissioned(f: Facts) -> Iterator[Point]:
    """A cell that stops for good: the longer nothing comes, the less it is a fault that somebody mends."""
    if not f.gone or f.gone.days < (_A_FEW_DAYS if not f.gone.succeeded_by else 1.0):
        return
    lasting = _AFTER_A_WEEK + 1.4 * math.log2(f.gone.days / 7.0)
    until_the_end = {"time": f.gone.since, "duration": duration_text(86_400 * f.gone.days)}
    zeros = 0.0 if f.gone.absent else -1.0
    yield Point(min(lasting, _AT_MOST) + zeros, Reason("evidence_gone", until_the_end))
    if f.gone.succeeded_by:
        yield Point(2.5, statements.renamed("evidence_renamed", f.gone.succeeded_by))


_A_FEW_DAYS = 3.0
_AFTER_A_WEEK, _AT_MOST = 4.0, 5.5  # a week of nothing is as likely a matter of the inventory as of the collection
