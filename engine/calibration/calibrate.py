"""From raw detector scores to one unit that a person can set: expected false alarms per cell and week.

A score becomes a *surprise*: -log10 of the probability, per granularity period, that an alarm event at least this
high begins on a clean history of that very cell. The body of the history counts as it is; above a high quantile a
tail is fitted to the peaks of the runs (`engine.calibration.tail`), because alarms come in runs and a person counts
events.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.calibration import tail
from engine.data import BoolArray, Clock, DoubleArray, ErrorCurve, Evidence, FloatArray, IntArray, Kept
from engine.detectors.base import silent_cells
from engine.errors import Reason

FEWEST, ENOUGH = 20, 288
"""A cell needs one day of clean scores to be calibrated, but never fewer than the one nor more than the other."""

MOST_PER_WEEK, FEWEST_LEFT_OUT = 5.0, 3
"""So many anomalies a week, and never fewer than the other, may be left out of what a cell's tail is learned from. What
happens more often is how the cell behaves. Chosen on the tuning halves of the labelled sets (docs/accuracy.md)."""

WORTHWHILE = 2.5
"""Points closer to usual than this many times the root mean square of all scores count less, in proportion."""

CURVE_POINTS = 201
"""An error curve of as many thresholds as there are points would be larger than what it is about."""

KNOTS = 64
"""So many of a cell's clean scores are kept, evenly spread over the surprise below its tail; later ones lie between."""

ROWS_AT_ONCE = 128
"""Cells worked on together: what is known of them stays in the cache."""


def threshold(budget: float, clock: Clock) -> float:
    """The surprise at which score = 1.0, for `budget` expected false alarm events per cell and week.

    Never below 0.05, so that even a budget of more than one alarm per period asks for some surprise.
    """
    return max(math.log10(clock.week_slots / budget), 0.05)


def most_anomalies(measured: IntArray, clock: Clock) -> IntArray:
    """How many runs of a history of so many measured periods may be anomalies; more are how the cell behaves."""
    return np.maximum(FEWEST_LEFT_OUT, np.ceil(MOST_PER_WEEK * measured / clock.week_slots)).astype(np.int64)


def surprise(evidence: Evidence, clean: BoolArray, clock: Clock) -> Evidence:
    """`evidence` with its score turned into surprise, cell by cell, float32; NaN stays NaN.

    clean (C, T): points of the history that may be learned from. Monotone in the score; 0 for a score that every clean
    point reaches; a history of equal scores gives 0 throughout. A cell with less than a day of clean scores loses its
    opinion (NaN and a Reason). What a cell gets depends on nothing but its own row. What `resume` needs is added to
    `kept`.
    """
    score = np.where(np.isfinite(evidence.score), evidence.score, np.float32(np.nan)).astype(np.float32, copy=False)
    learn = np.isfinite(score) & clean
    points = learn.sum(axis=1)
    needed = min(max(clock.day_slots, FEWEST), ENOUGH)
    out = np.full(score.shape, np.nan, np.float32)
    marks = np.full((len(score), len(dataclasses.fields(_History))), np.nan)
    body = np.full((len(score), KNOTS), np.nan, np.float32)
    most = most_anomalies(np.isfinite(score).sum(axis=1), clock)
    judged = np.flatnonzero(points >= needed)
    for first in range(0, len(judged), ROWS_AT_ONCE):
        rows = judged[first : first + ROWS_AT_ONCE]
        out[rows], history, body[rows] = _surprise(score[rows], learn[rows], most[rows])
        marks[rows] = history.table()
    reasons = list(evidence.reasons)
    for cell in np.flatnonzero((points < needed) & (points > 0)):
        reasons[cell] = Reason("calibrate_short", {"points": int(points[cell]), "needed": needed})
    reasons_now = silent_cells(out, Reason("no_scores"), reasons)
    return dataclasses.replace(
        evidence, score=out, reasons=reasons_now, kept={**evidence.kept, "history": marks, "body": body}
    )


def resume(evidence: Evidence, kept: Kept) -> Evidence:
    """`evidence` on later points with its score turned into surprise by the history that `surprise` has kept.

    Exact from the start of the tail on, which is where alarms are; below, the surprise lies between those of `KNOTS`
    scores of the history. Gives no reasons.
    """
    score = np.where(np.isfinite(evidence.score), evidence.score, np.float32(np.nan)).astype(np.float32, copy=False)
    out = np.full(score.shape, np.nan, np.float32)
    judged = np.flatnonzero(np.isfinite(kept["history"][:, 0]))
    for first in range(0, len(judged), ROWS_AT_ONCE):
        rows = judged[first : first + ROWS_AT_ONCE]
        history = _History(*kept["history"][rows].T)
        out[rows] = history.surprise(score[rows], _between(score[rows], kept["body"][rows], history))
    return dataclasses.replace(evidence, score=out)


@dataclass(frozen=True, eq=False)
class _History:
    """What is known of the clean scores of each cell, all (C,).

    start, shape, scale, runs: of the tail; points: how many were learned from; joint: the surprise of the body where
    the tail starts, begins: that of the tail there; lowest: the smallest score; bound: how far above it a score counts
    in full.
    """

    start: DoubleArray
    shape: DoubleArray
    scale: DoubleArray
    runs: DoubleArray
    points: DoubleArray
    joint: DoubleArray
    begins: DoubleArray
    lowest: DoubleArray
    bound: DoubleArray

    def table(self) -> DoubleArray:
        """(C, 9) the same as one array."""
        return np.stack([getattr(self, field.name) for field in dataclasses.fields(self)], axis=1)

    def surprise(self, score: FloatArray, reached: DoubleArray) -> FloatArray:
        """Surprise of `score` (C, T), NaN where that is; reached (C, T): -log10 of the share of clean ones as high."""
        begins = self.begins[:, None]
        out = np.minimum(reached * (self.begins / np.maximum(self.joint, 1e-9))[:, None], begins)
        high = np.flatnonzero(score > self.start[:, None].astype(np.float32))
        cell = high // score.shape[1]
        fitted = tail.Tail(self.start.astype(np.float32), self.shape, self.scale, self.runs.astype(np.int64))
        out.ravel()[high] = self.begins[cell] + fitted.surprise(score.ravel()[high], cell)
        out *= np.clip((score - self.lowest[:, None]) / np.maximum(self.bound, 1e-30)[:, None], 0.0, 1.0)
        return np.where(np.isnan(score), np.nan, out).astype(np.float32)


def _surprise(score: FloatArray, learn: BoolArray, most: IntArray) -> tuple[FloatArray, _History, FloatArray]:
    """Surprise of every finite score, the history, and some of its scores (C, `KNOTS`).

    Each row has at least `FEWEST` points to learn from, and at most about `most` (C,) anomalies.
    """
    fitted, explained = tail.fit(score, learn, most)
    points = explained.sum(axis=1)
    reached = -np.log10(np.maximum(_reached(score, explained), 1) / points[:, None])
    above = (explained & (score > fitted.start[:, None])).sum(axis=1)
    joint = -np.log10(np.maximum(above, 1) / points)
    # the tail counts runs, the body points: the body is stretched so that both meet where the tail starts
    begins = np.maximum(-np.log10(np.maximum(fitted.runs, 0.5) / points), joint)
    lowest, bound = _worthwhile(score, learn)
    start, runs = fitted.start.astype(np.float64), fitted.runs.astype(np.float64)
    history = _History(start, fitted.shape, fitted.scale, runs, points.astype(np.float64), joint, begins, lowest, bound)
    ordered = np.sort(np.where(explained, score, np.float32(np.inf)), axis=1)  # inf: sorted to the end
    place = points[:, None] - _ranks(history)
    return history.surprise(score, reached), history, np.take_along_axis(ordered, place.astype(np.int64), axis=1)


def _ranks(history: _History) -> DoubleArray:
    """(C, KNOTS) how many clean scores reach each of those kept: all of them for the first, ever fewer."""
    share = 10.0 ** -(history.joint[:, None] * np.linspace(0.0, 1.0, KNOTS))
    return np.clip(np.rint(history.points[:, None] * share), 1, history.points[:, None])


def _between(score: FloatArray, body: FloatArray, history: _History) -> DoubleArray:
    """(C, T) -log10 of about the share of clean scores that are as high, from those that are kept."""
    known = -np.log10(_ranks(history) / history.points[:, None])
    above = np.zeros(score.shape, np.int64)  # the first kept one that is not below
    for knot in body.T:
        above += knot[:, None] < score
    above = np.minimum(above, KNOTS - 1)
    below = np.maximum(above - 1, 0)
    low, high = (np.take_along_axis(body, place, axis=1).astype(np.float64) for place in (below, above))
    part = np.clip((score - low) / np.where(high > low, high - low, 1.0), 0.0, 1.0)
    part = np.where(high > low, part, 1.0)
    at_low, at_high = (np.take_along_axis(known, place, axis=1) for place in (below, above))
    return np.asarray(at_low + (at_high - at_low) * part)


def _worthwhile(score: FloatArray, learn: BoolArray) -> tuple[DoubleArray, DoubleArray]:
    """Per cell the smallest score, and how far above it one counts in full: `WORTHWHILE` times the usual scatter.

    The scatter is the root mean square of the scores, anomalies included, measured from the smallest one. On a quiet
    history this changes nothing. Where a few per cent of the points lie far out the tail alone cannot say which of them
    are anomalies; then those count that are far out even for such a cell.
    """
    lowest = np.min(np.where(learn, score, np.float32(np.inf)), axis=1, keepdims=True).astype(np.float64)
    excess = score - lowest
    square = np.where(learn, excess, 0.0) ** 2
    scatter = np.sqrt(square.sum(axis=1) / learn.sum(axis=1))
    return lowest[:, 0], WORTHWHILE * scatter


def _reached(score: FloatArray, learn: BoolArray) -> IntArray:
    """Per point, how many points of its row that may be learned from have a score at least as high (equal ones too)."""
    order = np.argsort(score, axis=1)  # NaN last
    ranked = np.take_along_axis(score, order, axis=1)
    below = np.cumsum(np.take_along_axis(learn, order, axis=1), axis=1, dtype=np.int32)
    below = np.concatenate([np.zeros((len(score), 1), np.int32), below[:, :-1]], axis=1)  # those ranked before
    first = np.ones(score.shape, bool)
    first[:, 1:] = ranked[:, 1:] != ranked[:, :-1]
    # `below` never falls along a row, so the running maximum over first members gives each tie its first member's count
    below = np.maximum.accumulate(np.where(first, below, 0), axis=1)
    out = np.empty_like(below)
    np.put_along_axis(out, order, learn.sum(axis=1, dtype=np.int32)[:, None] - below, axis=1)
    return out.astype(np.int64)


def minimum_error(score: FloatArray, labels: npt.NDArray[np.int8], part: BoolArray | None = None) -> ErrorCurve | None:
    """The threshold with the fewest errors over the labelled points of `part` (the training part; all if None).

    score and labels (C, T) or (T,); labels 1 anomalous, 0 normal, -1 unlabelled. A point is called anomalous when its
    score is at least the threshold; thresholds lie halfway between neighbouring scores. Unlabelled points and NaN
    scores do not count; the curve is thinned to at most `CURVE_POINTS`, its lowest one among them. None if there is no
    labelled anomaly with a score to learn from, or nothing but anomalies.
    """
    used = np.isfinite(score) & (labels >= 0)
    if part is not None:
        used &= part
    values = score[used].astype(np.float64)
    truth = labels[used] == 1
    if not truth.any() or truth.all():
        return None
    order = np.argsort(values, kind="stable")
    values, truth = values[order], truth[order]
    # calling everything from position i upwards anomalous: missed ones lie before i, false alarms from i on
    missed = np.r_[0, np.cumsum(truth)]
    false = np.r_[np.cumsum((~truth)[::-1])[::-1], 0]
    cut = np.r_[0, np.flatnonzero(np.diff(values) > 0) + 1, len(values)]
    gap = max(float(values[-1] - values[0]), 1.0) * 1e-3
    padded = np.r_[values[0] - gap, values, values[-1] + gap]
    thresholds = (padded[cut] + padded[cut + 1]) / 2
    errors = (missed + false)[cut] / len(values)
    lowest = int(np.argmin(errors))
    kept = np.unique(np.r_[np.linspace(0, len(errors) - 1, min(CURVE_POINTS - 1, len(errors))).astype(int), lowest])
    best = float(thresholds[lowest])
    return ErrorCurve(thresholds[kept], errors[kept], best, len(values), int(truth.sum()))
