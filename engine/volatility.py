"""GARCH(1,1) variance around an AR(1) mean, fitted to many series side by side.

Mean and variance are fitted together by Gaussian quasi maximum likelihood (Bollerslev 1986; Bollerslev & Wooldridge
1992) with the gradient from the adjoint of the variance recursion. The start value of the variance is `arch`'s
exponentially weighted backcast, so that optimum and likelihood are those of `arch_model(mean="AR", lags=1)`. Over a
gap mean and variance go on with their expectation. Arrays over time are (T, C), cells side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.bfgs import Minimum, minimise
from engine.data import BoolArray, DoubleArray, IntArray
from engine.recursion import accumulate, accumulate_back

MIN_POINTS = 100
"""Pairs of neighbouring points below which five parameters are not worth fitting."""

BACKCAST_POINTS = 75
BACKCAST_DECAY = 0.94
CELLS_AT_ONCE = 64
EDGE = 30.0
"""Where the logits of the free parameters end."""

FINE, COARSE = (1e-7, 1e-9), (1e-4, 1e-6)
"""Largest slope and least gain of the mean log-likelihood at which a fit is done."""

WEAK = 0.05
FEW_EVALUATIONS, NEARLY = 20, 0.1
"""Another start is followed to its end only if by so many evaluations its log-likelihood comes so near the best."""

LOG_TWO_PI = float(np.log(2.0 * np.pi))


@dataclass(frozen=True, eq=False)
class Fit:
    """Parameters of each cell, all (C,): y[t] = constant + ar * y[t-1] + e[t], var[t] = omega + alpha * e[t-1]**2 +
    beta * var[t-1]; backcast: the variance before the first point; loglik: Gaussian log-likelihood; converged. NaN
    where there was too little to fit.
    """

    constant: DoubleArray
    ar: DoubleArray
    omega: DoubleArray
    alpha: DoubleArray
    beta: DoubleArray
    backcast: DoubleArray
    loglik: DoubleArray
    converged: BoolArray


def fit(y: DoubleArray, thorough: bool = True) -> Fit:
    """Quasi maximum likelihood fit of each column of y (T, C), NaN = missing.

    The likelihood is over the points whose predecessor is known too. A constant series has no variance to model and
    gets NaN, like one with fewer than `MIN_POINTS` such points. thorough: look for the highest of several maxima and go
    to its very top, as `arch` does or better; without it a series of weak volatility may end on a slightly lower one,
    several times sooner.
    """
    cells = y.shape[1]
    parameters = np.full((cells, 5), np.nan)
    backcast, loglik = np.full(cells, np.nan), np.full(cells, np.nan)
    converged = np.zeros(cells, np.bool_)
    problem = _Problem.of(y)
    able = np.flatnonzero((problem.count >= MIN_POINTS) & np.isfinite(problem.scale) & (problem.scale > 0))
    if len(able):
        problem = problem.of_cells(able)
        found = _minimum(problem, _start(problem), *(FINE if thorough else COARSE))
        point, value = found.point, found.value
        if thorough:
            point, value = _from_elsewhere(problem, point, value)
            point, value = _at_the_edge(problem, point, value)
        natural = _natural(point)
        scale, centre = problem.scale, problem.centre
        natural[:, 0] = natural[:, 0] * scale + centre * (1.0 - natural[:, 1])
        natural[:, 2] *= scale**2
        parameters[able] = natural
        backcast[able] = problem.backcast * scale**2
        loglik[able] = -value * problem.count - problem.count * np.log(scale)
        converged[able] = found.converged
    constant, ar, omega, alpha, beta = parameters.T
    return Fit(constant, ar, omega, alpha, beta, backcast, loglik, converged)


def one_step(y: DoubleArray, found: Fit, limit: float = np.inf) -> tuple[DoubleArray, DoubleArray]:
    """One-step forecasts of mean and variance (T, C) of y; the first point is forecast by the long-run mean.

    After a gap the mean has decayed toward the long-run mean and the variance is that of the longer forecast. A value
    that misses its forecast by more than `limit` standard deviations is a gap to what follows.
    """
    ar = np.clip(found.ar, -0.999, 0.999)
    long_run = found.constant / (1.0 - ar)
    away_from_mean = y - long_run
    forecast, variance = np.empty(y.shape), np.empty(y.shape)
    away, stretch = np.zeros(y.shape[1]), np.ones(y.shape[1])
    gap = np.ones(y.shape[1], np.bool_)
    momentary = square = found.backcast
    for t, value in enumerate(away_from_mean):
        away = ar * away
        stretch = 1.0 + gap * (ar**2 * stretch)
        momentary = found.omega + found.alpha * square + found.beta * momentary
        miss = np.square(value - away)
        forecast[t], variance[t] = away, momentary * stretch
        believed = miss <= limit**2 * variance[t] if np.isfinite(limit) else ~np.isnan(miss)
        square = np.where(believed & ~gap, miss, momentary)
        away = np.where(believed, value, away)
        gap = ~believed
    return forecast + long_run, variance


def _variance(
    error: DoubleArray, omega: DoubleArray, alpha: DoubleArray, beta: DoubleArray, backcast: DoubleArray
) -> tuple[DoubleArray, DoubleArray, BoolArray]:
    """Conditional variance (T, C), the recursion's factors and where the error before is missing (its square then is
    the variance expected of it).
    """
    cells = error.shape[1]
    square = np.concatenate([backcast[None], np.square(error[:-1])])
    missing = np.isnan(square)
    factor = np.where(missing, alpha + beta, beta)
    x = omega + alpha * np.where(missing, 0.0, square)
    start = np.broadcast_to(backcast, (cells,))
    return accumulate(x, factor, start), factor, missing


@dataclass(frozen=True, eq=False)
class _Problem:
    """Standardised series (T, C) with their predecessors, and what the likelihood needs of them."""

    now: DoubleArray
    before: DoubleArray
    used: BoolArray
    count: IntArray
    centre: DoubleArray
    scale: DoubleArray
    backcast: DoubleArray
    ols: DoubleArray

    @classmethod
    def of(cls, y: DoubleArray) -> _Problem:
        used = np.isfinite(y[1:]) & np.isfinite(y[:-1])
        count = np.count_nonzero(used, axis=0)
        some = np.maximum(count, 1)
        centre = np.where(used, y[1:], 0.0).sum(axis=0) / some
        off = np.where(used, y[1:] - centre, 0.0)
        size = np.maximum(np.abs(off).max(axis=0, initial=0.0), 1e-300)
        scale = size * np.sqrt(np.square(off / size).sum(axis=0) / some)
        scale = np.where(scale > 1e-12 * np.abs(centre), scale, 0.0)
        divisor = np.where(scale > 0, scale, 1.0)
        now = off / divisor
        before = np.where(used, y[:-1] - centre, 0.0) / divisor
        mean = before.sum(axis=0) / some
        lean = np.where(used, before - mean, 0.0)
        slope = (lean * now).sum(axis=0) / np.maximum(np.square(lean).sum(axis=0), 1e-300)
        ols = np.stack([-slope * mean, slope], axis=1)
        error = np.where(used, now - ols[:, 0] - slope * before, 0.0)
        scale = np.where(np.square(error).sum(axis=0) > 1e-10 * some, scale, 0.0)  # an exact line has no volatility
        order = np.cumsum(used, axis=0) - 1
        weight = np.where(used & (order < BACKCAST_POINTS), BACKCAST_DECAY ** np.clip(order, 0, BACKCAST_POINTS), 0.0)
        backcast = (weight * error**2).sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-300)
        return cls(now, before, used, count, centre, scale, np.maximum(backcast, 1e-8), ols)

    def of_cells(self, cells: IntArray) -> _Problem:
        return _Problem(
            self.now[:, cells],
            self.before[:, cells],
            self.used[:, cells],
            self.count[cells],
            self.centre[cells],
            self.scale[cells],
            self.backcast[cells],
            self.ols[cells],
        )

    def errors(self, natural: DoubleArray) -> DoubleArray:
        """(T - 1, C) residuals of the mean equation, NaN where not used."""
        return np.where(self.used, self.now - natural[:, 0] - natural[:, 1] * self.before, np.nan)

    def value(self, natural: DoubleArray) -> DoubleArray:
        """(C,) mean negative log-likelihood."""
        error = self.errors(natural)
        variance = _variance(error, natural[:, 2], natural[:, 3], natural[:, 4], self.backcast)[0]
        terms = np.where(self.used, np.log(variance) + np.square(error) / variance, 0.0)
        return np.asarray(0.5 * (terms.sum(axis=0) / self.count + LOG_TWO_PI))

    def value_and_gradient(self, point: DoubleArray, rows: IntArray) -> tuple[DoubleArray, DoubleArray]:
        """Mean negative log-likelihood (k,) and its gradient (k, 5) in the free parameters of the cells `rows`."""
        part = self if len(rows) == len(self.count) else self.of_cells(rows)
        natural = _natural(point)
        error = part.errors(natural)
        variance, factor, missing = _variance(error, natural[:, 2], natural[:, 3], natural[:, 4], part.backcast)
        error = np.where(part.used, error, 0.0)
        standard = np.square(error) / variance
        value = 0.5 * (np.where(part.used, np.log(variance) + standard, 0.0).sum(axis=0) / part.count + LOG_TWO_PI)

        per_variance = np.where(part.used, 0.5 * (1.0 - standard) / variance, 0.0)
        weight = accumulate_back(per_variance, factor)
        earlier = np.concatenate([part.backcast[None], variance[:-1]])
        square = np.where(missing, earlier, np.concatenate([part.backcast[None], np.square(error[:-1])]))
        to_omega = weight.sum(axis=0)
        to_alpha = (weight * square).sum(axis=0)
        to_beta = (weight * earlier).sum(axis=0)
        feedback = np.concatenate([weight[1:], np.zeros((1, len(rows)))]) * (2.0 * natural[:, 3])
        to_error = error * (1.0 / variance + feedback)
        to_constant = -to_error.sum(axis=0)
        to_ar = -(to_error * part.before).sum(axis=0)

        total = natural[:, 3] + natural[:, 4]
        share = natural[:, 3] / total
        to_total = to_alpha * share + to_beta * (1.0 - share)
        gradient = np.stack(
            [
                to_constant,
                to_ar,
                to_omega * natural[:, 2],
                to_total * total * (1.0 - total),
                (to_alpha - to_beta) * total * share * (1.0 - share),
            ],
            axis=1,
        )
        return value, gradient / part.count[:, None]


def _natural(point: DoubleArray) -> DoubleArray:
    """(C, 5) constant, ar, omega, alpha, beta from the free parameters: constant, ar, log omega and the logits of
    alpha + beta and of alpha's share in it.
    """
    total = 1.0 / (1.0 + np.exp(-np.clip(point[:, 3], -EDGE, EDGE)))
    share = 1.0 / (1.0 + np.exp(-np.clip(point[:, 4], -EDGE, EDGE)))
    omega = np.exp(np.clip(point[:, 2], -30.0, 5.0))
    return np.stack([point[:, 0], point[:, 1], omega, total * share, total * (1.0 - share)], axis=1)


def _start(problem: _Problem) -> DoubleArray:
    """(C, 5) free parameters: least squares for the mean, the best of a small grid for the variance."""
    error = problem.errors(np.concatenate([problem.ols, np.zeros((len(problem.ols), 3))], axis=1))
    power = np.nansum(np.square(error), axis=0) / problem.count
    power = np.maximum(power, 1e-8)
    best, lowest = np.zeros((len(power), 5)), np.full(len(power), np.inf)
    for persistence in (0.5, 0.7, 0.9, 0.98):
        for alpha in (0.01, 0.05, 0.1, 0.2):
            pair = np.broadcast_to([alpha, persistence - alpha], (len(power), 2))
            here = np.column_stack([problem.ols, power * (1.0 - persistence), pair])
            value = problem.value(here)
            better = value < lowest
            best[better], lowest[better] = here[better], value[better]
    total = best[:, 3] + best[:, 4]
    share = best[:, 3] / total
    return np.column_stack([best[:, 0], best[:, 1], np.log(best[:, 2]), _logit(total), _logit(share)])


def _minimum(problem: _Problem, start: DoubleArray, slope: float, gain: float, evaluations: int = 200) -> Minimum:
    """The minimum reached from `start` (C, 5), some cells at a time so that their series stay in the cache."""
    parts = []
    for first in range(0, len(start), CELLS_AT_ONCE):
        rows = np.arange(first, min(first + CELLS_AT_ONCE, len(start)))
        part = problem.of_cells(rows)
        metric = _metric(part, start[rows])
        parts.append(minimise(part.value_and_gradient, start[rows], metric, slope, gain, evaluations))
    return Minimum(
        np.concatenate([part.point for part in parts]),
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.converged for part in parts]),
        max(part.evaluations for part in parts),
    )


def _from_elsewhere(problem: _Problem, point: DoubleArray, value: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """`point` and its value, bettered from other starts where alpha came out small or beta vanished.

    There the likelihood has several ends, and at an edge the free parameters no longer feel a slope.
    """
    point, value = point.copy(), value.copy()
    alpha, beta = _natural(point)[:, 3:].T
    for rows, starts in (
        (np.flatnonzero(alpha < WEAK), ((0.05, 0.02), (0.02, 0.6), (0.02, 0.96), (0.005, 0.985))),
        (np.flatnonzero((alpha >= WEAK) & (beta < WEAK)), ((0.1, 0.8), (0.5, 0.4), (0.9, 0.09))),
    ):
        if not len(rows):
            continue
        part, first = problem.of_cells(rows), point[rows]
        power = np.nanmean(np.square(part.errors(_natural(first))), axis=0)
        for new_alpha, new_beta in starts:
            start = first.copy()
            start[:, 2] = np.log(power * (1.0 - new_alpha - new_beta))
            start[:, 3] = np.log((new_alpha + new_beta) / (1.0 - new_alpha - new_beta))
            start[:, 4] = np.log(new_alpha / new_beta)
            found = _minimum(part, start, *FINE, FEW_EVALUATIONS)
            near = np.flatnonzero(~found.converged & (found.value < value[rows] + NEARLY / part.count))
            if len(near):
                ended = _minimum(part.of_cells(near), found.point[near], *FINE)
                found.point[near], found.value[near] = ended.point, ended.value
            better = found.value < value[rows]
            point[rows[better]], value[rows[better]] = found.point[better], found.value[better]
    return point, value


def _at_the_edge(problem: _Problem, point: DoubleArray, value: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """`point` and its value, moved onto alpha = 0, beta = 0 or alpha + beta = 1 where that is the better end.

    The free parameters reach those edges only in the limit.
    """
    for column, edge in ((4, -EDGE), (4, EDGE), (3, EDGE)):
        moved = point.copy()
        moved[:, column] = edge
        there = problem.value(_natural(moved))
        better = there < value
        point, value = np.where(better[:, None], moved, point), np.where(better, there, value)
    return point, value


def _logit(share: DoubleArray) -> DoubleArray:
    return np.asarray(np.log(share / (1.0 - share)))


def _metric(problem: _Problem, start: DoubleArray) -> DoubleArray:
    """(C, 5, 5) a first inverse Hessian, from the expected information at the start (Fisher scoring)."""
    natural = _natural(start)
    error = problem.errors(natural)
    variance, factor, missing = _variance(error, natural[:, 2], natural[:, 3], natural[:, 4], problem.backcast)
    earlier = np.concatenate([problem.backcast[None], variance[:-1]])
    square = np.where(missing, earlier, np.concatenate([problem.backcast[None], np.square(error[:-1])]))
    total, share = natural[:, 3] + natural[:, 4], natural[:, 3] / (natural[:, 3] + natural[:, 4])
    by_omega = accumulate(np.ones(factor.shape), factor) * natural[:, 2]
    by_alpha, by_beta = accumulate(square, factor), accumulate(earlier, factor)
    by_total = (by_alpha * share + by_beta * (1.0 - share)) * total * (1.0 - total)
    by_share = (by_alpha - by_beta) * total * share * (1.0 - share)
    slopes = np.where(problem.used, np.stack([by_omega, by_total, by_share]) / variance, 0.0)
    information = np.zeros((len(start), 5, 5))
    information[:, 2:, 2:] = 0.5 * np.einsum("itc,jtc->cij", slopes, slopes) / problem.count[:, None, None]
    basis = np.where(problem.used, np.stack([np.ones(variance.shape), problem.before]) / np.sqrt(variance), 0.0)
    information[:, :2, :2] = np.einsum("itc,jtc->cij", basis, basis) / problem.count[:, None, None]
    ridge = 1e-3 * np.maximum(np.einsum("cii->ci", information), 1e-3)
    information[:, range(5), range(5)] += ridge
    return np.asarray(np.linalg.inv(information))
