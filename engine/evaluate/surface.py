"""Threshold-free accuracy: the area under the precision-recall curve, and the volume under the surface (VUS-PR)."""

from __future__ import annotations

import numpy as np

from engine.data import BoolArray, DoubleArray, IntArray
from engine.numerics.runs import find_runs

THRESHOLDS = 250
"""How many thresholds, spread evenly over the ranks of the scores, VUS-PR is summed over (the reference's number)."""


def auc_pr(score: DoubleArray, truth: BoolArray) -> float:
    """Area under the precision-recall curve by the trapezium rule, as scikit-learn's `auc` of its curve.

    score (T,) finite; truth (T,). NaN without a single anomaly.
    """
    positives = int(truth.sum())
    if not positives:
        return float("nan")
    order = np.argsort(-score, kind="stable")
    last = np.r_[np.flatnonzero(np.diff(score[order]) != 0), len(score) - 1]  # the last of each group of equal scores
    hits = np.cumsum(truth[order])[last]
    precision = np.r_[1.0, hits / (last + 1)]
    recall = np.r_[0.0, hits / positives]
    full = int(np.argmax(recall == recall[-1])) + 1  # the curve ends where everything is found
    return float(np.trapezoid(precision[:full], recall[:full]))


def vus_pr(score: DoubleArray, truth: BoolArray, buffer: int) -> float:
    """Volume under the precision-recall surface (Paparrizos et al., PVLDB 15(11), 2022): no threshold, soft edges.

    score (T,) finite, truth (T,) bool. For every width 0..`buffer` in periods the labels get slopes of half that width
    on both sides; recall counts slopes and rewards every found event alike. Equal to the authors' reference
    `RangeAUC_volume_opt` (package `vus` 0.0.6, also in TSB-AD), in O(T log T + buffer * anomalous points) instead of
    O(T * thresholds * buffer). NaN without a single anomaly.
    """
    events = find_runs(truth[None, :])
    if not len(events):
        return float("nan")
    length = len(score)
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    chosen = np.linspace(0, length - 1, THRESHOLDS).astype(np.int64)
    # how many points reach each threshold; `>=`, so the whole group of equal scores
    called = np.searchsorted(-ranked, -ranked[chosen], side="right")
    rank = np.empty(length, np.int64)
    rank[order] = np.arange(length)

    positives = int(truth.sum())
    inside = np.cumsum(truth[order])[called - 1].astype(np.float64)
    areas = [
        _area(width, events.start, events.stop, truth, rank, called, inside, positives) for width in range(buffer + 1)
    ]
    return float(np.mean(areas))


def _area(
    width: int,
    start: IntArray,
    stop: IntArray,
    truth: BoolArray,
    rank: IntArray,
    called: IntArray,
    inside: DoubleArray,
    positives: int,
) -> float:
    """Area under the precision-recall curve with slopes of `width` // 2 periods on both sides of each event."""
    half = width // 2
    reached, slope = _slopes(half, width, start, stop, truth)
    on_slope = np.zeros(len(called))
    if len(reached):
        by_rank = np.argsort(rank[reached])
        gained = np.r_[0.0, np.cumsum(slope[by_rank])]
        on_slope = gained[np.searchsorted(rank[reached][by_rank], called, side="left")]
    hits = inside + on_slope
    found = _found(half, start, stop, rank, called)
    recall = np.minimum(hits / ((positives + positives + on_slope) / 2), 1.0) * found
    precision = hits / called
    return float(np.sum(np.diff(np.r_[0.0, recall]) * precision))


def _slopes(half: int, width: int, start: IntArray, stop: IntArray, truth: BoolArray) -> tuple[IntArray, DoubleArray]:
    """Points outside the events that lie on a slope, and the height there: slopes add up, to 1 at most."""
    if half == 0:
        return np.zeros(0, np.int64), np.zeros(0)
    away = np.arange(1, half + 1)
    height = np.sqrt(1 - away / width)
    after = (stop - 1)[:, None] + away[None, :]
    before = start[:, None] - away[None, :]
    places = np.concatenate([after.ravel(), before.ravel()])
    heights = np.tile(height, 2 * len(start))
    keep = (places >= 0) & (places < len(truth))
    keep[keep] = ~truth[places[keep]]
    points, which = np.unique(places[keep], return_inverse=True)
    return points, np.minimum(np.bincount(which, heights[keep], minlength=len(points)), 1.0)


def _found(half: int, start: IntArray, stop: IntArray, rank: IntArray, called: IntArray) -> DoubleArray:
    """Share of the widened events, touching ones joined, with a called point, per threshold."""
    apart = np.r_[True, stop[:-1] - 1 + half < start[1:] - half]
    first = np.maximum(start[apart] - half, 0)
    last = np.minimum(stop[np.r_[apart[1:], True]] - 1 + half, len(rank) - 1)
    bounds = np.stack([first, last + 1], axis=1).ravel()
    padded = np.r_[rank, len(rank)]
    best = np.minimum.reduceat(padded, bounds)[::2]
    found: DoubleArray = np.searchsorted(np.sort(best), called, side="left") / len(best)
    return found
