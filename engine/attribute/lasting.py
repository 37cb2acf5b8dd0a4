"""Causes that last: a change of level."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from engine.attribute import statements
from engine.attribute.facts import Facts
from engine.attribute.points import DAY_H, MANY_OTHERS, START, Point, after, festive
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
