"""From raw detector scores to one unit that a person can set: expected false alarms per cell and week.

A score becomes a *surprise*: -log10 of the probability, per granularity period, that an alarm event at least this
high begins on a clean history of that very cell. Because alarms come in runs, the tail counts runs and not points
(peaks over threshold with runs declustering: Davison & Smith, J. R. Stat. Soc. B 52, 1990). The body is empirical.
Above a high quantile a generalised Pareto tail is fitted to the peaks of the runs, robustly, because a real history
holds a few real anomalies: only the lower quantiles of the peaks are fitted (generalised least squares with the
quantiles' covariance, profiled over a grid of shapes), the shape is bounded and pulled towards the exponential's, and
runs whose peak the fitted tail cannot explain are left out before it is fitted again.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from engine.data import BoolArray, Clock, DoubleArray, Evidence, FloatArray, IntArray
from engine.detectors.base import silent_cells
from engine.errors import Reason
from engine.runs import find_runs

FEWEST, ENOUGH = 20, 288
"""A cell needs one day of clean scores to be calibrated, but never fewer than the one nor more than the other."""

SHAPES: DoubleArray = np.arange(-0.20, 0.405, 0.05)
PRIOR_SHAPE, PRIOR_SD = 0.05, 0.15
LEVELS: DoubleArray = np.array([0.08, 0.16, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85])
FEWEST_RUNS = 6
COARSE_SHARES = (0.25, 0.2)
UNEXPLAINED = 0.1
STRAIGHT_BELOW = 1e-3


def threshold(budget: float, clock: Clock) -> float:
    """The surprise at which score = 1.0, for `budget` expected false alarm events per cell and week.

    Never below 0.05, so that even a budget of more than one alarm per period asks for some surprise.
    """
    return max(math.log10(clock.week_slots / budget), 0.05)


def surprise(evidence: Evidence, clean: BoolArray, clock: Clock) -> Evidence:
    """`evidence` with its score turned into surprise, cell by cell, float32; NaN stays NaN.

    clean (C, T): points of the history that may be learned from. Monotone in the score; 0 for a score that every clean
    point reaches; a history of equal scores gives 0 throughout. A cell with less than a day of clean scores loses its
    opinion (NaN and a Reason). What a cell gets depends on nothing but its own row.
    """
    score = np.where(np.isfinite(evidence.score), evidence.score, np.float32(np.nan)).astype(np.float32, copy=False)
    learn = np.isfinite(score) & clean
    points = learn.sum(axis=1)
    needed = min(max(clock.day_slots, FEWEST), ENOUGH)
    out = np.full(score.shape, np.nan, np.float32)
    judged = np.flatnonzero(points >= needed)
    if judged.size:
        out[judged] = _surprise(score[judged], learn[judged])
    reasons = list(evidence.reasons)
    for cell in np.flatnonzero((points < needed) & (points > 0)):
        reasons[cell] = Reason("calibrate_short", {"points": int(points[cell]), "needed": needed})
    return dataclasses.replace(evidence, score=out, reasons=silent_cells(out, Reason("no_scores"), reasons))


def _surprise(score: FloatArray, learn: BoolArray) -> FloatArray:
    """Surprise of every finite score; each row has at least `FEWEST` points to learn from."""
    explained = learn
    for share in COARSE_SHARES:
        tail = _fit(score, explained, np.full(len(score), share))
        high = find_runs(score > tail.start[:, None])
        explained = explained & ~high.paint(high.any_of(tail.unexplained(score)), score.shape)
    tail = _fit(score, explained, np.clip(explained.sum(axis=1) ** -0.4, 0.005, COARSE_SHARES[0]))

    points = explained.sum(axis=1)
    reached = -np.log10(np.maximum(_reached(score, explained), 1) / points[:, None])
    joint = -np.log10(np.maximum((explained & (score > tail.start[:, None])).sum(axis=1), 1) / points)
    begins = np.maximum(-np.log10(tail.rate), joint)
    body = np.minimum(reached * (begins / np.maximum(joint, 1e-9))[:, None], begins[:, None])
    with np.errstate(invalid="ignore"):
        excess = score - tail.start[:, None]
        beyond = excess > 0
    out = np.where(beyond, begins[:, None] + tail.surprise(np.where(beyond, excess, 0.0)), body)
    return np.where(np.isnan(score), np.nan, out).astype(np.float32)


@dataclass(frozen=True, eq=False)
class _Tail:
    """Per cell (C,): where the tail starts, shape and scale of its peaks' excess, runs, and runs per period."""

    start: FloatArray
    shape: DoubleArray
    scale: DoubleArray
    runs: IntArray
    rate: DoubleArray

    def surprise(self, excess: DoubleArray) -> DoubleArray:
        """-log10 of the share of peaks that exceed `excess` (C, T) >= 0.

        A bounded tail goes on as a straight line from where it has fallen to `STRAIGHT_BELOW`: it stays increasing.
        """
        shape = np.where(np.abs(self.shape) < 1e-6, 1e-6, self.shape)[:, None]
        bent = (STRAIGHT_BELOW**-shape - 1) / shape  # excess in units of scale where the straight line begins
        relative = excess / np.maximum(self.scale, 1e-30)[:, None]
        inside = np.where(shape < 0, np.minimum(relative, bent), relative)
        natural: DoubleArray = np.log1p(shape * inside) / shape + (relative - inside) / (1 + shape * bent)
        return natural / math.log(10)

    def unexplained(self, score: FloatArray) -> BoolArray:
        """Points so high that the tail expects fewer than `UNEXPLAINED` peaks like them in the whole history."""
        with np.errstate(invalid="ignore"):
            excess = np.where(score > self.start[:, None], score - self.start[:, None], 0.0)
        expected = self.runs[:, None] * 10.0 ** -self.surprise(excess)
        out: BoolArray = (excess > 0) & (expected < UNEXPLAINED)
        return out


def _at(rows: FloatArray, index: IntArray) -> FloatArray:
    """rows[i, index[i]] for every row."""
    return np.take_along_axis(rows, index[:, None], axis=1)[:, 0]


def _reached(score: FloatArray, learn: BoolArray) -> IntArray:
    """Per point, how many points of its row that may be learned from have a score at least as high (equal ones too)."""
    order = np.argsort(score, axis=1)  # NaN last
    ranked = np.take_along_axis(score, order, axis=1)
    below = np.cumsum(np.take_along_axis(learn, order, axis=1), axis=1, dtype=np.int32)
    below = np.concatenate([np.zeros((len(score), 1), np.int32), below[:, :-1]], axis=1)  # clean ones ranked before
    first = np.ones(score.shape, bool)
    first[:, 1:] = ranked[:, 1:] != ranked[:, :-1]
    # `below` never falls along a row, so the running maximum over first members gives each tie its first member's count
    below = np.maximum.accumulate(np.where(first, below, 0), axis=1)
    out = np.empty_like(below)
    np.put_along_axis(out, order, learn.sum(axis=1, dtype=np.int32)[:, None] - below, axis=1)
    return out.astype(np.int64)


def _peaks(score: FloatArray, learn: BoolArray, start: FloatArray) -> tuple[DoubleArray, IntArray]:
    """Excess of the highest point of every run above `start`, sorted per row, NaN behind; and the number of runs (C,).

    A run ends at the first point that is not above; points not learned from end it too.
    """
    with np.errstate(invalid="ignore"):
        high = learn & (score > start[:, None])
    found = find_runs(high)
    if not len(found):
        return np.full((len(score), 1), np.nan), np.zeros(len(score), np.int64)
    top = np.maximum.reduceat(score.ravel()[found.points], found.begins).astype(np.float64) - start[found.cell]
    owner = found.cell
    runs = np.bincount(owner, minlength=len(score))
    padded = np.full((len(score), int(runs.max())), np.nan)
    padded[owner, np.arange(len(top)) - np.repeat(np.cumsum(runs) - runs, runs)] = top
    return np.sort(padded, axis=1), runs


def _fit(score: FloatArray, learn: BoolArray, share: DoubleArray) -> _Tail:
    """A generalised Pareto tail over about the highest `share` (C,) of the points of each row to learn from."""
    points = learn.sum(axis=1)
    history = np.sort(np.where(learn, score, np.float32(np.inf)), axis=1)  # inf: not learned from, sorted to the end
    start = _at(history, points - 1 - np.floor(share * points).astype(np.int64))
    peaks, runs = _peaks(score, learn, start)
    shape, scale = _pareto(peaks, runs)
    return _Tail(start, shape, scale, runs, np.maximum(runs, 0.5) / points)


def _pareto(peaks: DoubleArray, runs: IntArray) -> tuple[DoubleArray, DoubleArray]:
    """Shape and scale from the lowest `runs` peaks of each row (sorted, NaN behind).

    With fewer than `FEWEST_RUNS` the shape is the prior's and the scale the mean excess; 0 runs give scale 0.
    """
    few = runs < FEWEST_RUNS
    place = np.clip(LEVELS[None, :] * runs[:, None] - 0.5, 0, np.maximum(runs - 1, 0)[:, None])
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, np.maximum(runs - 1, 0)[:, None])
    part = place - low
    quantiles = (1 - part) * np.take_along_axis(peaks, low, axis=1) + part * np.take_along_axis(peaks, high, axis=1)
    quantiles = np.where(few[:, None], 1.0, quantiles)
    losses, scales = [], []
    for shape, (unit, precision, spread) in zip(SHAPES, _GRID, strict=True):
        weighted = quantiles @ precision
        own = np.maximum(np.einsum("cl,cl->c", weighted, quantiles), 1e-300)
        cross = weighted @ unit
        free = len(LEVELS) / np.maximum(runs, 1)
        inverse = (cross + np.sqrt(cross**2 + 4 * own * free)) / (2 * own)
        misfit = own * inverse**2 - 2 * cross * inverse + unit @ precision @ unit
        losses.append(
            runs * misfit - 2 * len(LEVELS) * np.log(inverse) + spread + ((shape - PRIOR_SHAPE) / PRIOR_SD) ** 2
        )
        scales.append(1 / inverse)
    loss, scale = np.array(losses), np.array(scales)
    weight = np.exp(-0.5 * (loss - loss.min(axis=0)))
    weight /= weight.sum(axis=0)
    count = np.arange(peaks.shape[1])[None, :] < runs[:, None]
    mean = np.where(count, np.nan_to_num(peaks), 0.0).sum(axis=1) / np.maximum(runs, 1)
    return (
        np.where(few, PRIOR_SHAPE, SHAPES @ weight),
        np.where(few, mean * (1 - PRIOR_SHAPE), np.exp(np.sum(weight * np.log(scale), axis=0))),
    )


def _grid() -> list[tuple[DoubleArray, DoubleArray, float]]:
    """Per shape: quantiles at `LEVELS` for scale 1, their inverse covariance for one run, its log determinant."""
    out = []
    for shape in SHAPES:
        survive = 1 - LEVELS
        unit = -np.log(survive) if abs(shape) < 1e-9 else (survive**-shape - 1) / shape
        slope = survive ** (-shape - 1)
        covariance = np.minimum.outer(LEVELS, LEVELS) * (1 - np.maximum.outer(LEVELS, LEVELS)) * np.outer(slope, slope)
        out.append((unit, np.linalg.inv(covariance), float(np.linalg.slogdet(covariance)[1])))
    return out


_GRID = _grid()


@dataclass(frozen=True, eq=False)
class ErrorCurve:
    """Share of wrongly judged points against the threshold: what the paper chooses its threshold from.

    thresholds (K,) ascending, errors (K,): share of labelled points on the wrong side; best: the threshold with the
    fewest errors, the lowest of equals. points and anomalous: how many labelled points it rests on.
    """

    thresholds: DoubleArray
    errors: DoubleArray
    best: float
    points: int
    anomalous: int


def minimum_error(score: FloatArray, labels: np.ndarray, part: BoolArray | None = None) -> ErrorCurve | None:
    """The threshold with the fewest errors over the labelled points of `part` (the training part; all if None).

    score and labels (C, T) or (T,); labels 1 anomalous, 0 normal, -1 unlabelled. A point is called anomalous when its
    score is at least the threshold; thresholds lie halfway between neighbouring scores. Unlabelled points and NaN
    scores do not count. None if there is no labelled anomaly with a score to learn from, or nothing but anomalies.
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
    best = float(thresholds[int(np.argmin(errors))])
    return ErrorCurve(thresholds, errors, best, len(values), int(truth.sum()))
