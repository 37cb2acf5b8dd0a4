"""GARCH(1,1) variance around an AR(1) mean, fitted to many series side by side.

Mean and variance are fitted together by Gaussian quasi maximum likelihood (Bollerslev 1986; Bollerslev & Wooldridge
1992); see `engine.garch.likelihood`. Optimum and likelihood are those of `arch_model(mean="AR", lags=1)`. Over a gap
mean and variance go on with their expectation. Arrays over time are (T, C), cells side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data import BoolArray, DoubleArray, IntArray
from engine.garch.likelihood import EDGE, Problem, natural
from engine.garch.recursion import Recursion
from engine.monitor import heed

MIN_POINTS = 100
"""Pairs of neighbouring points below which five parameters are not worth fitting."""

_HEEDS = 1 << 13

LIVELY, LASTING = (0.0, 0.25, 0.5, 0.7, 0.85), (0.93, 0.97, 0.985)
START_ALPHAS = (0.005, 0.02, 0.06, 0.15, 0.35)
"""Betas and alphas of the starts: volatility that is soon over, and such that goes on and on."""

START_ROWS = 16
START_EVERY = 4
"""The starts are compared on every so many points."""

FINE = (1e-7, 1e-9)
"""Largest slope and least gain of the mean log-likelihood at which a fit is done."""

WEAK = 0.05
IF_WEAK = ((0.05, 0.02), (0.02, 0.6), (0.02, 0.96), (0.005, 0.985))
IF_BRIEF = ((0.1, 0.8), (0.5, 0.4), (0.9, 0.09))
"""Alphas and betas to start again from where alpha came out below `WEAK`, and where only beta did."""

MANY_EVALUATIONS, FEW_EVALUATIONS, NEARLY = 200, 20, 0.1
"""Another start is followed to its end only if after few evaluations its log-likelihood comes so near the best."""


@dataclass(frozen=True, eq=False)
class Fit:
    """Parameters of each cell, all (C,): y[t] = constant + ar * y[t-1] + e[t], var[t] = omega + alpha * e[t-1]**2 +
    beta * var[t-1]; backcast: the variance before the first point; loglik: Gaussian log-likelihood. NaN where there was
    too little to fit.
    """

    constant: DoubleArray
    ar: DoubleArray
    omega: DoubleArray
    alpha: DoubleArray
    beta: DoubleArray
    backcast: DoubleArray
    loglik: DoubleArray

    def table(self) -> DoubleArray:
        """(C, 6) what forecasts need: the parameters and the backcast."""
        return np.stack([self.constant, self.ar, self.omega, self.alpha, self.beta, self.backcast], axis=1)

    @classmethod
    def of(cls, table: DoubleArray) -> Fit:
        """The fit of such a table; its likelihood is no longer known (NaN)."""
        unknown = np.full(len(table), np.nan)
        constant, ar, omega, alpha, beta, backcast = table.T
        return cls(constant, ar, omega, alpha, beta, backcast, unknown)


@dataclass(frozen=True, eq=False)
class State:
    """Where forecasts of each cell have got to, all (C,): how far the mean is away from the long-run one, how much
    wider than momentary the variance is because of a gap, momentary variance, last squared error, and whether the last
    value was missing or not believed.
    """

    away: DoubleArray
    stretch: DoubleArray
    momentary: DoubleArray
    square: DoubleArray
    gap: BoolArray

    def table(self) -> DoubleArray:
        """(C, 5) the same as one array."""
        return np.stack([self.away, self.stretch, self.momentary, self.square, self.gap], axis=1)

    @classmethod
    def of(cls, table: DoubleArray) -> State:
        """The state of such a table."""
        away, stretch, momentary, square, gap = table.T
        return cls(away, stretch, momentary, square, gap > 0)

    @classmethod
    def before(cls, found: Fit) -> State:
        """That before the first point: the long-run mean, the backcast."""
        cells = len(found.ar)
        gap = np.ones(cells, np.bool_)
        return cls(np.zeros(cells), np.ones(cells), found.backcast, found.backcast, gap)


def fit(y: DoubleArray) -> Fit:
    """Quasi maximum likelihood fit of each column of y (T, C), NaN = missing.

    The likelihood is over the points whose predecessor is known too. A constant series has no variance to model and
    gets NaN, like one with fewer than `MIN_POINTS` such points. Of several maxima the highest that is found counts.
    """
    parameters = np.full((y.shape[1], 5), np.nan)
    backcast, loglik = np.full((2, y.shape[1]), np.nan)
    problem = Problem.of(np.ascontiguousarray(y.T))
    able = np.flatnonzero((problem.count >= MIN_POINTS) & np.isfinite(problem.scale) & (problem.scale > 0))
    if len(able):
        problem = problem.of_cells(able)
        cells = np.arange(len(able))
        first, second = _starts(problem)
        found = problem.minimum(first, cells, *FINE, MANY_EVALUATIONS)
        point, value = _bettered(problem, found.point, found.value, cells, second)
        point, value = _bettered(problem, point, value, *_elsewhere(problem, point))
        point, value = _at_the_edge(problem, point, value)
        last = natural(point)
        scale, centre = problem.scale, problem.centre
        last[:, 0] = last[:, 0] * scale + centre * (1.0 - last[:, 1])
        last[:, 2] *= scale**2
        parameters[able] = last
        backcast[able] = problem.backcast * scale**2
        loglik[able] = -value * problem.count - problem.count * np.log(scale)
    constant, ar, omega, alpha, beta = parameters.T
    return Fit(constant, ar, omega, alpha, beta, backcast, loglik)


def one_step(
    y: DoubleArray, found: Fit, limit: float = np.inf, after: State | None = None
) -> tuple[DoubleArray, DoubleArray, State]:
    """One-step forecasts of mean and variance (T, C) of y, and the state that its last point leaves.

    after: the state before its first point; without one that is forecast by the long-run mean.

    After a gap the mean has decayed toward the long-run mean and the variance is that of the longer forecast. A value
    that misses its forecast by more than `limit` standard deviations is a gap to what follows.
    """
    ar = np.clip(found.ar, -0.999, 0.999)
    long_run = found.constant / (1.0 - ar)
    away_from_mean = y - long_run
    forecast, variance = np.empty(y.shape), np.empty(y.shape)
    state = after or State.before(found)
    away, stretch, momentary, square, gap = state.away, state.stretch, state.momentary, state.square, state.gap
    for t, value in enumerate(away_from_mean):
        if not t % _HEEDS:
            heed()
        away = ar * away
        stretch = 1.0 + gap * (ar**2 * stretch)
        momentary = found.omega + found.alpha * square + found.beta * momentary
        miss = np.square(value - away)
        forecast[t], variance[t] = away, momentary * stretch
        believed = miss <= limit**2 * variance[t] if np.isfinite(limit) else ~np.isnan(miss)
        square = np.where(believed & ~gap, miss, momentary)
        away = np.where(believed, value, away)
        gap = ~believed
    return forecast + long_run, variance, State(away, stretch, momentary, square, gap)


def _starts(problem: Problem) -> DoubleArray:
    """(2, C, 5) free parameters to start from, the better first.

    Least squares for the mean; for the variance the best points of a grid, among lively and among lasting volatility.
    They are compared by the likelihood of every `START_EVERY`-th point; over a gap the grid takes the square for 0.
    """
    chunks = np.array_split(np.arange(len(problem.ols)), max(1, len(problem.ols) // START_ROWS))
    parts = [_best_of_grid(problem.of_cells(rows)) for rows in chunks]
    found = np.concatenate(parts, axis=2)
    value, power, alpha, beta = found.transpose(1, 0, 2)
    total = alpha + beta
    share = alpha / total
    mean = np.broadcast_to(problem.ols.T[:, None], (2, *value.shape))
    points = np.stack([*mean, np.log(power * (1.0 - total)), _logit(total), _logit(share)], axis=2)
    order = np.argsort(value, axis=0, kind="stable")
    return np.take_along_axis(points, order[:, :, None], axis=0)


def _best_of_grid(problem: Problem) -> DoubleArray:
    """(2, 4, C) for lively and lasting volatility of a few series: negative log-likelihood, mean square of the errors,
    alpha and beta of the best point of the grid.
    """
    square = np.square(problem.errors(problem.ols))
    power = np.maximum(square.sum(axis=1) / problem.count, 1e-8)
    seen = square[:, ::START_EVERY].astype(np.float32)
    used = problem.used[:, ::START_EVERY].astype(np.float32)
    chain = Recursion(*square.shape)
    best = np.zeros((2, 4, len(power)))
    best[:, 0], best[:, 1] = np.inf, power
    for kind, betas in enumerate((LIVELY, LASTING)):
        for beta in betas:
            chain.band[:, :-1, 1] = -beta
            recent = np.empty(square.shape)
            recent[:, 1:] = square[:, :-1]
            recent[:, 0] = power / (1.0 - beta)
            recent = chain.forward(recent)[:, ::START_EVERY].astype(np.float32)
            for alpha in START_ALPHAS:
                if alpha + beta >= 0.999:
                    continue
                variance = recent * np.float32(alpha)
                variance += (power * (1.0 - alpha - beta) / (1.0 - beta)).astype(np.float32)[:, None]
                value = np.einsum("ct,ct->c", np.log(variance), used) + (seen / variance).sum(axis=1)
                value *= 0.5 * START_EVERY
                better = value < best[kind, 0]
                best[kind, 0][better], best[kind, 2][better], best[kind, 3][better] = value[better], alpha, beta
    best[:, 3] = np.maximum(best[:, 3], 0.01)
    return best


def _bettered(
    problem: Problem, point: DoubleArray, value: DoubleArray, cells: IntArray, start: DoubleArray
) -> tuple[DoubleArray, DoubleArray]:
    """`point` (C, 5) and its value, replaced where one of the starts (k, 5) of the cells `cells` (k,) ends lower."""
    found = problem.minimum(start, cells, *FINE, FEW_EVALUATIONS)
    near = np.flatnonzero(~found.converged & (found.value < value[cells] + NEARLY / problem.count[cells]))
    ended = problem.minimum(found.point[near], cells[near], *FINE, MANY_EVALUATIONS)
    found.point[near], found.value[near] = ended.point, ended.value
    point, value = point.copy(), value.copy()
    for row in np.argsort(-found.value, kind="stable"):  # the lowest of a cell is written last
        if found.value[row] < value[cells[row]]:
            point[cells[row]], value[cells[row]] = found.point[row], found.value[row]
    return point, value


def _elsewhere(problem: Problem, point: DoubleArray) -> tuple[IntArray, DoubleArray]:
    """Cells (k,) and starts (k, 5) to try where at `point` alpha came out small or beta vanished.

    There the likelihood has several ends, and at an edge the free parameters no longer feel a slope.
    """
    alpha, beta = natural(point)[:, 3:].T
    weak, brief = np.flatnonzero(alpha < WEAK), np.flatnonzero((alpha >= WEAK) & (beta < WEAK))
    tried = [(rows, *pair) for rows, pairs in ((weak, IF_WEAK), (brief, IF_BRIEF)) for pair in pairs]
    power = np.square(problem.errors(natural(point))).sum(axis=1) / problem.count
    starts = []
    for rows, new_alpha, new_beta in tried:
        start = point[rows]
        start[:, 2] = np.log(power[rows] * (1.0 - new_alpha - new_beta))
        start[:, 3], start[:, 4] = _logit(new_alpha + new_beta), _logit(new_alpha / (new_alpha + new_beta))
        starts.append(start)
    return np.concatenate([rows for rows, _, _ in tried]), np.concatenate(starts)


def _at_the_edge(problem: Problem, point: DoubleArray, value: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """`point` and its value, moved onto alpha = 0, beta = 0 or alpha + beta = 1 where that is the better end.

    The free parameters reach those edges only in the limit; on an edge the others are fitted again.
    """
    moved = np.zeros(len(point), np.bool_)
    for column, edge in ((4, -EDGE), (4, EDGE), (3, EDGE)):
        there = point.copy()
        there[:, column] = edge
        at_edge = problem.value(natural(there))
        better = at_edge < value
        point, value, moved = np.where(better[:, None], there, point), np.where(better, at_edge, value), moved | better
    rows = np.flatnonzero(moved)
    return _bettered(problem, point, value, rows, point[rows])


def _logit(share: DoubleArray | float) -> DoubleArray:
    return np.asarray(np.log(share / (1.0 - share)))
