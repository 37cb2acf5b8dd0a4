"""GARCH(p, q) variance of any order around an AR(1) mean, fitted to some series side by side.

The same likelihood, backcast and treatment of gaps as in `engine.garch.volatility`, which is many times faster for
the usual order (1, 1) and gives the start here. p counts past squared errors, q past variances, as in `arch`. The
gradient comes from the sensitivities of the variance recursion. Likelihoods of higher orders have many maxima and
often end on an edge, so each series is climbed from several starts. Arrays over time are (T, C), cells side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data import BoolArray, DoubleArray, IntArray
from engine.garch.bfgs import minimise
from engine.garch.volatility import fit

CELLS_AT_ONCE = 32
EDGE = 30.0
FINE = (1e-7, 1e-9)
"""Largest slope and least gain of the mean log-likelihood at which a fit is done."""

NEARLY_NOTHING = 0.1
"""A coefficient below this share of all of them is tried at 0."""

_TRIED: tuple[tuple[str, float | None, float | None], ...] = (
    ("near", None, None),
    ("even", None, None),
    ("far", None, None),
    ("even", 0.3, None),
    ("even", 0.97, None),
    ("even", 0.75, 0.3),
    ("near", 0.75, 0.12),
    ("far", 0.75, 0.12),
)
"""Starts: on which lags the coefficients lie, their sum, the share of past errors in it; None = as in order (1, 1)."""

MEAN = 4
"""Free parameters before the logits of the shares: constant, ar, log omega, logit of the sum of all coefficients."""

LOG_TWO_PI = float(np.log(2.0 * np.pi))


@dataclass(frozen=True, eq=False)
class OrderFit:
    """Parameters of each cell: y[t] = constant + ar * y[t-1] + e[t], var[t] = omega + sum of alpha[i] * e[t-1-i]**2 +
    sum of beta[j] * var[t-1-j]. alpha (C, p), beta (C, q), the others (C,); backcast: squared error and variance before
    the first point; loglik: Gaussian log-likelihood. NaN where there was too little to fit.
    """

    constant: DoubleArray
    ar: DoubleArray
    omega: DoubleArray
    alpha: DoubleArray
    beta: DoubleArray
    backcast: DoubleArray
    loglik: DoubleArray


def fit_orders(y: DoubleArray, p: int, q: int) -> OrderFit:
    """Quasi maximum likelihood fit of each column of y (T, C), NaN = missing; p at least 1, q at least 0.

    A series that is constant or shorter than `engine.garch.volatility` wants gets NaN.
    """
    cells, width = y.shape[1], p + q
    first = fit(y)
    natural = np.full((cells, 3 + width), np.nan)
    loglik = np.full(cells, np.nan)
    able = np.flatnonzero(np.isfinite(first.loglik))
    for begin in range(0, len(able), CELLS_AT_ONCE):
        rows = able[begin : begin + CELLS_AT_ONCE]
        problem = _Problem.of(y[:, rows], first.backcast[rows], p, q)
        usual = np.stack([first.constant, first.ar, first.omega, first.alpha, first.beta], axis=1)[rows]
        point, value = _climbed(problem, problem.scaled(usual))
        natural[rows] = problem.unscaled(_natural(point))
        loglik[rows] = -value * problem.count - problem.count * np.log(problem.scale)
    constant, ar, omega = natural[:, :3].T
    return OrderFit(constant, ar, omega, natural[:, 3 : 3 + p], natural[:, 3 + p :], first.backcast, loglik)


def one_step(y: DoubleArray, found: OrderFit, limit: float = np.inf) -> tuple[DoubleArray, DoubleArray]:
    """One-step forecasts of mean and variance (T, C) of y; gaps and limit as in `engine.garch.volatility.one_step`."""
    ar = np.clip(found.ar, -0.999, 0.999)
    long_run = found.constant / (1.0 - ar)
    forecast, variance = np.empty(y.shape), np.empty(y.shape)
    away, stretch = np.zeros(y.shape[1]), np.ones(y.shape[1])
    gap = np.ones(y.shape[1], np.bool_)
    squares = [found.backcast] * found.alpha.shape[1]
    variances = [found.backcast] * found.beta.shape[1]
    for t, value in enumerate(y - long_run):
        away = ar * away
        stretch = 1.0 + gap * (ar**2 * stretch)
        momentary = found.omega + sum(a * s for a, s in zip(found.alpha.T, squares, strict=True))
        momentary = momentary + sum(b * v for b, v in zip(found.beta.T, variances, strict=True))
        miss = np.square(value - away)
        forecast[t], variance[t] = away, momentary * stretch
        believed = miss <= limit**2 * variance[t] if np.isfinite(limit) else ~np.isnan(miss)
        squares = [np.where(believed & ~gap, miss, momentary), *squares[:-1]]
        variances = [momentary, *variances[:-1]] if variances else []
        away = np.where(believed, value, away)
        gap = ~believed
    return forecast + long_run, variance


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
    p: int
    q: int

    @classmethod
    def of(cls, y: DoubleArray, backcast: DoubleArray, p: int, q: int) -> _Problem:
        used = np.isfinite(y[1:]) & np.isfinite(y[:-1])
        count = np.count_nonzero(used, axis=0)
        centre = np.where(used, y[1:], 0.0).sum(axis=0) / count
        now = np.where(used, y[1:] - centre, 0.0)
        scale = np.sqrt(np.square(now).sum(axis=0) / count)
        before = np.where(used, y[:-1] - centre, 0.0)
        return cls(now / scale, before / scale, used, count, centre, scale, backcast / scale**2, p, q)

    def of_cells(self, cells: IntArray) -> _Problem:
        parts = (self.now[:, cells], self.before[:, cells], self.used[:, cells])
        return _Problem(
            *parts, self.count[cells], self.centre[cells], self.scale[cells], self.backcast[cells], self.p, self.q
        )

    def scaled(self, natural: DoubleArray) -> DoubleArray:
        """Natural parameters (C, n) of the series as they are, for the standardised ones."""
        out = natural.copy()
        out[:, 0] = (natural[:, 0] - self.centre * (1.0 - natural[:, 1])) / self.scale
        out[:, 2] /= self.scale**2
        return out

    def unscaled(self, natural: DoubleArray) -> DoubleArray:
        out = natural.copy()
        out[:, 0] = natural[:, 0] * self.scale + self.centre * (1.0 - natural[:, 1])
        out[:, 2] *= self.scale**2
        return out

    def value_and_gradient(self, point: DoubleArray, rows: IntArray) -> tuple[DoubleArray, DoubleArray]:
        """Mean negative log-likelihood (k,) and its gradient (k, n) in the free parameters of the cells `rows`."""
        part = self.of_cells(rows)
        natural = _natural(point)
        error, variance, slopes = part.course(natural)
        standard = np.square(error) / variance
        value = 0.5 * (np.where(part.used, np.log(variance) + standard, 0.0).sum(axis=0) / part.count + LOG_TWO_PI)
        per_variance = np.where(part.used, 0.5 * (1.0 - standard) / variance, 0.0)
        gradient = np.einsum("tc,tnc->cn", per_variance, slopes)
        to_error = np.where(part.used, error / variance, 0.0)
        gradient[:, 0] -= to_error.sum(axis=0)
        gradient[:, 1] -= (to_error * part.before).sum(axis=0)
        return value, _to_free(gradient, natural) / part.count[:, None]

    def information(self, point: DoubleArray) -> DoubleArray:
        """(C, n, n) the expected information of one point in the free parameters."""
        natural = _natural(point)
        _, variance, slopes = self.course(natural)
        relative = np.where(self.used[:, None], slopes / variance[:, None], 0.0)
        found = 0.5 * np.einsum("tic,tjc->cij", relative, relative)
        basis = np.where(self.used, np.stack([np.ones(variance.shape), self.before]) / np.sqrt(variance), 0.0)
        found[:, :2, :2] += np.einsum("itc,jtc->cij", basis, basis)
        found /= self.count[:, None, None]
        half = np.stack([_to_free(found[:, row], natural) for row in range(found.shape[1])], axis=1)
        return np.stack([_to_free(half[:, :, column], natural) for column in range(half.shape[2])], axis=2)

    def course(self, natural: DoubleArray) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
        """Errors (T, C), 0 where not used; conditional variance (T, C); its slopes (T, n, C) by the natural ones."""
        length, cells = self.now.shape
        longest = max(self.p, self.q)
        alpha, beta = np.zeros((longest, cells)), np.zeros((longest, cells))
        alpha[: self.p], beta[: self.q] = natural[:, 3 : 3 + self.p].T, natural[:, 3 + self.p :].T
        error = np.where(self.used, self.now - natural[:, 0] - natural[:, 1] * self.before, 0.0)
        square = np.concatenate([np.broadcast_to(self.backcast, (longest, cells)), np.square(error)])
        missing = np.concatenate([np.zeros((longest, cells), bool), ~self.used])
        lagged = [square[longest - lag : longest - lag + length] for lag in range(1, longest + 1)]
        absent = [missing[longest - lag : longest - lag + length] for lag in range(1, longest + 1)]
        # where the error is missing its square is the variance expected of it
        factor = np.stack([b + a * gone for a, b, gone in zip(alpha, beta, absent, strict=True)], axis=1)
        x = natural[:, 2] + sum(a * s for a, s in zip(alpha, lagged, strict=True))
        variance = _recursion(x[:, None], factor, self.backcast)[:, 0]
        padded = np.concatenate([np.broadcast_to(self.backcast, (longest, cells)), variance])
        earlier = [padded[longest - lag : longest - lag + length] for lag in range(1, longest + 1)]
        to_mean = np.concatenate([np.zeros((longest, 2, cells)), -2.0 * error[:, None] * self._basis()])
        by_error = sum(
            a * to_mean[longest - lag : longest - lag + length]
            for lag, a in zip(range(1, longest + 1), alpha, strict=True)
        )
        columns = [np.ones((length, cells))]
        columns += [np.where(absent[i], earlier[i], lagged[i]) for i in range(self.p)]
        columns += [earlier[j] for j in range(self.q)]
        slopes = _recursion(np.concatenate([by_error, np.stack(columns, axis=1)], axis=1), factor, 0.0)
        return error, variance, slopes

    def _basis(self) -> DoubleArray:
        return np.where(self.used, np.stack([np.ones(self.now.shape), self.before]), 0.0).transpose(1, 0, 2)


def _recursion(x: DoubleArray, factor: DoubleArray, start: DoubleArray | float) -> DoubleArray:
    """y (T, n, C) with y[t] = x[t] + sum over lags of factor[t, lag] * y[t-1-lag]; before the beginning `start`."""
    length, longest = len(x), factor.shape[1]
    y = np.empty((longest + length, *x.shape[1:]))
    y[:longest] = start
    y[longest:] = x
    for t in range(length):
        here = y[longest + t]
        for lag in range(longest):
            here += factor[t, lag] * y[longest + t - 1 - lag]
    return y[longest:]


def _natural(point: DoubleArray) -> DoubleArray:
    """(C, n - 1) constant, ar, omega, coefficients from the free parameters."""
    total = 1.0 / (1.0 + np.exp(-np.clip(point[:, 3], -EDGE, EDGE)))
    omega = np.exp(np.clip(point[:, 2], -30.0, 5.0))
    return np.column_stack([point[:, :2], omega, total[:, None] * _shares(point)])


def _shares(point: DoubleArray) -> DoubleArray:
    logits = point[:, MEAN:]
    weight = np.exp(np.clip(logits - logits.max(axis=1, keepdims=True), -EDGE, 0.0))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def _to_free(gradient: DoubleArray, natural: DoubleArray) -> DoubleArray:
    """(C, n) slopes by the free parameters from those by the natural ones (C, n - 1)."""
    total = natural[:, 3:].sum(axis=1)
    share = natural[:, 3:] / total[:, None]
    common = (gradient[:, 3:] * share).sum(axis=1)
    to_omega, to_total = gradient[:, 2] * natural[:, 2], common * total * (1.0 - total)
    to_shares = total[:, None] * share * (gradient[:, 3:] - common[:, None])
    return np.column_stack([gradient[:, :2], to_omega, to_total, to_shares])


def _climbed(problem: _Problem, usual: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """Free parameters (C, n) of the highest likelihood found, and its mean negative logarithm (C,).

    usual (C, 5): the natural parameters of order (1, 1), standardised.
    """
    starts = _starts(problem, usual)
    cells = np.arange(len(usual))
    many = problem.of_cells(np.tile(cells, len(starts)))
    found = minimise(many.value_and_gradient, np.concatenate(starts), _metric(many, np.concatenate(starts)), *FINE, 120)
    values = found.value.reshape(len(starts), -1)
    best = np.where(np.isfinite(values), values, np.inf).argmin(axis=0)
    point, value = found.point.reshape(len(starts), len(cells), -1)[best, cells], values[best, cells]
    moved, there = _at_the_edges(problem, point, value)
    ended = minimise(problem.value_and_gradient, moved, _metric(problem, moved), *FINE)
    better = ended.value < there
    return np.where(better[:, None], ended.point, moved), np.where(better, ended.value, there)


def _starts(problem: _Problem, usual: DoubleArray) -> list[DoubleArray]:
    """Free parameters (C, n) of each start: on the nearest lags, evenly over all, or on the farthest."""
    p, q = problem.p, problem.q
    own = np.clip(usual[:, 3] + usual[:, 4], 0.02, 0.995)
    of_errors = (
        np.clip(usual[:, 3] / np.maximum(usual[:, 3] + usual[:, 4], 1e-9), 0.02, 0.98) if q else np.ones(len(own))
    )
    power = np.square(problem.now - usual[:, 0] - usual[:, 1] * problem.before)
    power = np.where(problem.used, power, 0.0).sum(axis=0) / problem.count
    shapes = {name: np.full(p + q, 1.0 if name == "even" else 0.02) for name in ("near", "even", "far")}
    shapes["near"][[0, *([p] if q else [])]] = 1.0
    shapes["far"][[p - 1, *([p + q - 1] if q else [])]] = 1.0
    starts = []
    for shape, total, errors in _TRIED:
        sums = own if total is None else np.full(len(own), total)
        to_errors = of_errors if errors is None or not q else np.full(len(own), errors)
        weight = np.tile(shapes[shape], (len(own), 1))
        weight[:, :p] *= (to_errors / shapes[shape][:p].sum())[:, None]
        if q:
            weight[:, p:] *= ((1.0 - to_errors) / shapes[shape][p:].sum())[:, None]
        log_omega = np.log(np.maximum(power * (1.0 - sums), 1e-12))
        starts.append(np.column_stack([usual[:, :2], log_omega, np.log(sums / (1.0 - sums)), np.log(weight)]))
    return starts


def _metric(problem: _Problem, point: DoubleArray) -> DoubleArray:
    """(C, n, n) a first inverse Hessian: of the expected information at `point`, kept away from singular."""
    information = problem.information(point)
    places = range(information.shape[1])
    ridge = 1e-3 * np.maximum(np.einsum("cii->ci", information), 1e-2)
    information[:, places, places] += ridge
    return np.asarray(np.linalg.inv(information))


def _at_the_edges(problem: _Problem, point: DoubleArray, value: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """`point` and its value with every small coefficient at 0, and their sum at 1, where that is the better end.

    The free parameters reach those edges only in the limit.
    """
    rows = np.arange(len(value))
    for column in range(MEAN - 1, point.shape[1]):
        moved = point.copy()
        if column == MEAN - 1:
            moved[:, column] = EDGE
        else:
            small = _shares(point)[:, column - MEAN] < NEARLY_NOTHING
            moved[small, column] = point[small, MEAN:].max(axis=1) - EDGE
        there, _ = problem.value_and_gradient(moved, rows)
        better = there < value
        point, value = np.where(better[:, None], moved, point), np.where(better, there, value)
    return point, value
