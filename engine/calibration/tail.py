"""Generalised Pareto tails fitted to the high scores of many cells at once, in spite of real anomalies among them.

Alarms come in runs, so a tail is that of the peaks of the runs above a high start (peaks over threshold with runs
declustering: Davison & Smith, J. R. Stat. Soc. B 52, 1990). Shape and scale come from quantiles of the peaks by
generalised least squares with the quantiles' own covariance, profiled over a grid of bounded shapes and averaged with
their posterior weights: closed form, the same few products for every cell.

Robust in two steps. A wary fit looks at the lower three quarters of the peaks only and holds the shape near what is
believed beforehand; runs whose peak it cannot explain are taken for anomalies and left out, but for what happens too
often for that. A second fit of what is left looks further up and leaves the shape more freedom.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.data import BoolArray, DoubleArray, FloatArray, IntArray
from engine.numerics.runs import find_runs

SHAPES: DoubleArray = np.linspace(-0.20, 0.30, 11)
BELIEVED_SHAPE = 0.2
"""What is believed of the shape before a history is seen: residuals of real traffic have rather heavy tails."""

WARY_SD, FREE_SD = 0.1, 0.2
"""How firmly it is believed (standard deviation) in the wary and in the second fit."""

WARY_SHARES = (0.25, 0.20)
"""How much of the history the wary fits call its tail; each leaves out what the one before could not explain."""

UNEXPLAINED = 0.15
"""A run is left out if fewer peaks as high as its own were to be expected in the whole history."""

FEWEST_RUNS = 6
STRAIGHT_BELOW = 1e-3


@dataclass(frozen=True, eq=False)
class Tail:
    """Per cell (C,): where the tail starts, shape and scale of its peaks' excess, number of runs."""

    start: FloatArray
    shape: DoubleArray
    scale: DoubleArray
    runs: IntArray

    def surprise(self, score: FloatArray, cell: IntArray) -> DoubleArray:
        """-log10 of the share of peaks of `cell` (P,) that reach `score` (P,), which lies above the cell's start.

        A bounded tail goes on as a straight line from where it has fallen to `STRAIGHT_BELOW`: it stays increasing.
        """
        shape = np.where(np.abs(self.shape) < 1e-6, 1e-6, self.shape)
        bent = (STRAIGHT_BELOW**-shape - 1) / shape  # excess in units of scale where the straight line begins
        end = np.where(shape < 0, bent, np.inf)[cell]
        relative = (score - self.start.astype(np.float64)[cell]) / np.maximum(self.scale, 1e-30)[cell]
        inside = np.minimum(relative, end)
        natural: DoubleArray = np.log1p(shape[cell] * inside) / shape[cell]
        natural += (relative - inside) / (1 + shape * bent)[cell]
        natural /= math.log(10)
        return natural


def fit(score: FloatArray, learn: BoolArray, most: IntArray) -> tuple[Tail, BoolArray]:
    """The tail of each row of `score` (C, T), and the points (C, T) that it was learned from.

    learn (C, T): the finite scores that may be learned from, at least a handful per row. most (C,): of how many runs
    each wary fit may say at most that they are anomalies; it says so of those that it explains least. A row's tail
    depends on nothing but the row.
    """
    explained = learn
    for share in WARY_SHARES:
        tail = _tail(score, explained, np.full(len(score), share), _WARY, WARY_SD)
        high = find_runs(score > tail.start[:, None])
        cell = np.repeat(high.cell, high.length)
        peaks = tail.runs[cell] * 10.0 ** -tail.surprise(score.ravel()[high.points], cell)
        likely = np.minimum.reduceat(peaks, high.begins) if len(high) else np.zeros(0)
        doubtful = np.flatnonzero(likely < UNEXPLAINED)  # few; all others of the cell rank behind them
        of = high.cell[doubtful]
        strange = np.zeros(len(high), bool)
        strange[doubtful] = _rank(likely[doubtful], of) < most[of]
        explained = explained & ~high.paint(strange, score.shape)
    share = np.clip(explained.sum(axis=1) ** -0.4, 0.005, WARY_SHARES[0])
    return _tail(score, explained, share, _FREER, FREE_SD), explained


def _rank(value: DoubleArray, cell: IntArray) -> IntArray:
    """(n,) how many values (n,) of the same cell are smaller, or equal and come before; `cell` (n,) ascends."""
    order = np.lexsort((value, cell))
    rank = np.empty(len(value), np.int64)
    rank[order] = np.arange(len(value))
    return rank - np.searchsorted(cell, cell)


class _View:
    """Which quantiles of the peaks a fit looks at.

    levels (L,): the quantiles. For each of `SHAPES` unit (S, L): the quantiles of scale 1, precision (S, L, L): the
    inverse of their covariance for one run, spread (S,): the log determinant of the covariance.
    """

    def __init__(self, highest: float, count: int) -> None:
        self.levels = np.linspace(0.08, highest, count)
        survive = 1 - self.levels
        bridge = np.minimum.outer(self.levels, self.levels) * (1 - np.maximum.outer(self.levels, self.levels))
        units, precisions, spreads = [], [], []
        for shape in SHAPES:
            units.append(-np.log(survive) if abs(shape) < 1e-9 else (survive**-shape - 1) / shape)
            slope = survive ** (-shape - 1)
            covariance = bridge * np.outer(slope, slope)
            precisions.append(np.linalg.inv(covariance))
            spreads.append(np.linalg.slogdet(covariance)[1])
        self.unit, self.precision, self.spread = np.array(units), np.array(precisions), np.array(spreads)


_WARY = _View(0.75, 9)
_FREER = _View(0.92, 11)


def _tail(score: FloatArray, learn: BoolArray, share: DoubleArray, view: _View, firmness: float) -> Tail:
    """The tail over about the highest `share` (C,) of the points of each row to learn from."""
    points = learn.sum(axis=1)
    history = np.sort(np.where(learn, score, np.float32(np.inf)), axis=1)  # inf: not learned from, sorted to the end
    place = np.maximum(points - 1 - np.floor(share * points).astype(np.int64), 0)
    start = np.take_along_axis(history, place[:, None], axis=1)[:, 0]
    peaks, runs = _peaks(score, learn, start)
    shape, scale = _pareto(peaks, runs, view, firmness)
    return Tail(start, shape, scale, runs)


def _peaks(score: FloatArray, learn: BoolArray, start: FloatArray) -> tuple[DoubleArray, IntArray]:
    """Excess of the highest point of every run above `start`, sorted per row, NaN behind; and the number of runs (C,).

    A run ends at the first point that is not above, or that is not to be learned from.
    """
    found = find_runs(learn & (score > start[:, None]))
    runs = np.bincount(found.cell, minlength=len(score))
    peaks = np.full((len(score), max(1, int(runs.max(initial=0)))), np.nan)
    if len(found):
        top = np.maximum.reduceat(score.ravel()[found.points], found.begins).astype(np.float64)
        place = np.arange(len(found)) - np.repeat(np.cumsum(runs) - runs, runs)
        peaks[found.cell, place] = top - start[found.cell]
    return np.sort(peaks, axis=1), runs


def _pareto(peaks: DoubleArray, runs: IntArray, view: _View, sd: float) -> tuple[DoubleArray, DoubleArray]:
    """Shape and scale from the peaks of each row; with fewer than `FEWEST_RUNS` the prior shape and the mean excess.

    The prior of the shape is normal around `BELIEVED_SHAPE` with standard deviation `sd`.
    """
    few = runs < FEWEST_RUNS
    quantiles = np.where(few[:, None], 1.0, _quantiles(peaks, runs, view.levels))
    losses, scales = [], []
    for shape, unit, precision, spread in zip(SHAPES, view.unit, view.precision, view.spread, strict=True):
        weighted = quantiles @ precision
        own = np.maximum(np.einsum("cl,cl->c", weighted, quantiles), 1e-300)
        cross = weighted @ unit
        # the inverse scale that maximises the likelihood of the quantiles under this shape
        inverse = (cross + np.sqrt(cross**2 + 4 * own * len(unit) / np.maximum(runs, 1))) / (2 * own)
        misfit = own * inverse**2 - 2 * cross * inverse + unit @ precision @ unit
        prior = ((shape - BELIEVED_SHAPE) / sd) ** 2
        losses.append(runs * misfit - 2 * len(unit) * np.log(inverse) + spread + prior)
        scales.append(1 / inverse)
    loss, scale = np.array(losses), np.array(scales)
    weight = np.exp(-0.5 * (loss - loss.min(axis=0)))
    weight /= weight.sum(axis=0)
    mean = np.nansum(peaks, axis=1) / np.maximum(runs, 1)
    return (
        np.where(few, BELIEVED_SHAPE, SHAPES @ weight),
        np.where(few, mean * (1 - BELIEVED_SHAPE), np.exp(np.sum(weight * np.log(scale), axis=0))),
    )


def _quantiles(peaks: DoubleArray, runs: IntArray, levels: DoubleArray) -> DoubleArray:
    """(C, L) quantiles of the first `runs` values of each sorted row, linear between them."""
    last = np.maximum(runs - 1, 0)[:, None]
    place = np.clip(levels[None, :] * runs[:, None] - 0.5, 0, last)
    low = np.floor(place).astype(np.int64)
    part = place - low
    at_low = np.take_along_axis(peaks, low, axis=1)
    at_high = np.take_along_axis(peaks, np.minimum(low + 1, last), axis=1)
    out: DoubleArray = (1 - part) * at_low + part * at_high
    return out
