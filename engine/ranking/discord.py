"""How rare the course of sixteen hours around each point is within its own series: the discords of a time series.

A course is strange when few others lie near it. Its distance is that to the second-nearest course of other days
(E. Keogh, J. Lin, A. Fu, "HOT SAX: efficiently finding the most unusual time series subsequence", ICDM 2005; the k-th
neighbour of Ramaswamy et al., 2000, because a fault may come twice). Courses are compared by hourly means without their
own mean, so a level that merely drifts is no course of its own, and in the unit of the series, so that a quiet night is
none either: scaled to equal size, as in a matrix profile, the noise of one night looks unlike that of every other.
"""

from __future__ import annotations

import numpy as np

from engine.data import BoolArray, DoubleArray, FloatArray

COURSE_H = 16
NEIGHBOURS = 2
STEPS_APART = 4
"""A course begins every fourth hour: a quarter of them says as much as all, in a tenth of the time."""

DAYS_COMPARED = 128
"""A longer history is compared with as many of its days, evenly spread, so that its cost grows with its length only."""

TABLE = 2**18
"""So many distances are worked out at once: they stay in the cache."""

HOUR_S, DAY_S = 3600, 86_400


def rarity(values: FloatArray | DoubleArray, period_s: int) -> DoubleArray:
    """(C, T) -log10 of the share of courses that lie as far from the others as the one around each point.

    values: in the KPI's unit, NaN = missing; a gap is bridged by a straight line, a course of which half is missing
    counts for nothing. 0 where nothing is known, throughout a constant, and throughout a history of less than five
    days. What a cell gets depends on nothing but its own row.
    """
    if not values.size:
        return np.zeros(values.shape)
    step_s = max(HOUR_S, period_s)
    step = np.arange(values.shape[1]) * period_s // step_s
    out = np.zeros(values.shape)
    for cell in range(len(values)):
        course = _rarity(*_means(values[cell], step), step_s)
        out[cell] = course[step]
    return out


def _means(row: FloatArray | DoubleArray, step: np.ndarray) -> tuple[DoubleArray, BoolArray]:
    """The mean of each step, gaps bridged, and whether anything was measured in it."""
    known = np.isfinite(row)
    counts = np.bincount(step, known)
    sums = np.bincount(step, np.where(known, row, 0.0))
    there = counts > 0
    if not there.any():
        return np.zeros(len(counts)), there
    places = np.arange(len(counts))
    return np.interp(places, places[there], sums[there] / counts[there]), there


def _rarity(means: DoubleArray, there: BoolArray, step_s: int) -> DoubleArray:
    """The rarity of every step of one cell."""
    nothing = np.zeros(len(means))
    length = max(2, round(COURSE_H * HOUR_S / step_s))
    per_day = max(1, DAY_S // (step_s * STEPS_APART))
    scatter = float(means.std())
    if scatter <= 1e-12 * float(np.abs(means).max()):
        return nothing
    standard = ((means - means.mean()) / scatter).astype(np.float32)
    begins = np.arange(0, len(means) - length + 1, STEPS_APART)
    days = len(begins) // per_day
    if days < NEIGHBOURS + 3:
        return nothing
    courses = np.lib.stride_tricks.sliding_window_view(standard, length)[begins]
    courses = courses - courses.mean(axis=1, keepdims=True)
    enough = np.convolve(there, np.ones(length), "valid")[begins] * 2 >= length
    far = _distances(courses, enough, per_day)
    order = np.argsort(-far, kind="stable")
    place = np.empty(len(far))
    place[order] = np.arange(1, len(far) + 1)
    rare = np.where(enough & np.isfinite(far), -np.log10(np.minimum(place / max(1, enough.sum()), 1.0)), 0.0)
    return np.interp(np.arange(len(means)), begins + length // 2, rare)


def _distances(courses: FloatArray, enough: BoolArray, per_day: int) -> DoubleArray:
    """(N,) squared distance of each course to the `NEIGHBOURS`-th nearest, 0 for those not `enough`.

    Of each other day the nearest one counts; the day itself and the two beside it share hours with it.
    """
    size = (courses**2).sum(axis=1)
    days = len(courses) // per_day
    chosen = np.unique(np.linspace(0, days - 1, min(days, DAYS_COMPARED)).astype(np.int64))
    # time of day first, so that the nearest of a day is a minimum over the rows of a table
    against = (np.arange(per_day)[:, None] + chosen * per_day).ravel()
    weight = np.where(enough[against], size[against], np.float32(np.inf))
    # a product with one column more is |b|^2 - 2ab, which is |a - b|^2 but for |a|^2
    left = np.column_stack([-2.0 * courses, np.ones(len(courses), np.float32)]).astype(np.float32)
    right = np.column_stack([courses[against], weight]).T
    day = np.arange(len(courses)) // per_day
    found = np.zeros(len(courses))
    rows_at_once = max(1, TABLE // len(against))
    for first in range(0, len(courses), rows_at_once):
        rows = slice(first, first + rows_at_once)
        table = left[rows] @ right
        nearest = table.reshape(len(table), per_day, len(chosen)).min(axis=1)
        nearest[np.abs(day[rows, None] - chosen) <= 1] = np.inf
        found[rows] = np.partition(nearest, NEIGHBOURS - 1, axis=1)[:, NEIGHBOURS - 1]
    return np.where(enough, np.maximum(found + size, 0.0), 0.0)
