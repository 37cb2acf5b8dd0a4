"""The Gaussian likelihood of an AR(1) mean with GARCH(1,1) variance, and its gradient, for many series side by side.

The start value of the variance is `arch`'s exponentially weighted backcast; over a gap the variance goes on with its
expectation. The gradient comes from the adjoint of the variance recursion. Series are standardised first. All arrays
over time are (C, T - 1): one row per series, from its second point on.

Where a C compiler built it, the kernel in `engine/garch/kernel/` does the work in one pass per series, some seven times
faster. What stands here in NumPy is its twin and its oracle: the same values up to rounding, some rows at a time in
buffers that stay in the cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.data import DoubleArray, IntArray
from engine.garch.bfgs import Minimum, minimise
from engine.garch.recursion import Recursion
from engine.monitor import heed

try:
    from engine.garch import _likelihood
except ImportError:  # built without a compiler
    _likelihood = None  # type: ignore[assignment]

BACKCAST_POINTS = 75
BACKCAST_DECAY = 0.94
ROWS_AT_ONCE = 16
EDGE = 30.0
"""Where the logits of the free parameters end."""

LOG_TWO_PI = float(np.log(2.0 * np.pi))


def compiled() -> bool:
    """Whether the compiled kernel does the work (`engine/garch/kernel/`), or its twin in NumPy."""
    return _likelihood is not None


def natural(point: DoubleArray) -> DoubleArray:
    """(C, 5) constant, ar, omega, alpha, beta from the free parameters: constant, ar, log omega and the logits of
    alpha + beta and of alpha's share in it.
    """
    total = 1.0 / (1.0 + np.exp(-np.clip(point[:, 3], -EDGE, EDGE)))
    share = 1.0 / (1.0 + np.exp(-np.clip(point[:, 4], -EDGE, EDGE)))
    omega = np.exp(np.clip(point[:, 2], -30.0, 5.0))
    return np.stack([point[:, 0], point[:, 1], omega, total * share, total * (1.0 - share)], axis=1)


@dataclass(frozen=True, eq=False)
class Problem:
    """Standardised series with their predecessors, both 0 where not used; used: 1.0 where both are known, else 0.0.

    Per series (C,): count of used points, centre and scale that standardised it, backcast; ols (C, 2): constant and
    slope of the mean by least squares.
    """

    now: DoubleArray
    before: DoubleArray
    used: DoubleArray
    count: DoubleArray
    centre: DoubleArray
    scale: DoubleArray
    backcast: DoubleArray
    ols: DoubleArray

    @classmethod
    def of(cls, y: DoubleArray) -> Problem:
        """The problem of series y (C, T), NaN = missing. scale is 0 where there is nothing to fit."""
        parts = [_standardised(y[first : first + ROWS_AT_ONCE]) for first in range(0, len(y), ROWS_AT_ONCE)]
        if not parts:
            parts = [_standardised(y)]
        return cls(*(np.concatenate(part) for part in zip(*parts, strict=True)))

    def of_cells(self, cells: IntArray) -> Problem:
        """Some of the series."""
        return Problem(*(getattr(self, name)[cells] for name in self.__dataclass_fields__))

    def errors(self, found: DoubleArray) -> DoubleArray:
        """(C, T - 1) residuals of the mean equation with the natural parameters, 0 where not used."""
        error = self.before * -found[:, 1:2]
        error += self.now
        error -= found[:, :1]
        error *= self.used
        return error

    def value(self, found: DoubleArray) -> DoubleArray:
        """(C,) mean negative log-likelihood of the natural parameters `found` (C, 5)."""
        total, _ = self._value_and_slope(np.arange(len(found)), found)
        return total / self.count + 0.5 * LOG_TWO_PI

    def value_and_gradient(self, point: DoubleArray, rows: IntArray) -> tuple[DoubleArray, DoubleArray]:
        """Mean negative log-likelihood (k,) and its gradient (k, 5) in the free parameters of the cells `rows`."""
        found, count = natural(point), self.count[rows]
        total, slope = self._value_and_slope(rows, found)
        return total / count + 0.5 * LOG_TWO_PI, _to_free(slope, found) / count[:, None]

    def information(self, point: DoubleArray, rows: IntArray) -> DoubleArray:
        """(k, 5, 5) the expected information per point in the free parameters of the cells `rows` (Fisher scoring)."""
        found = natural(point)
        whole = self._information(rows, found)
        for _ in range(2):  # by rows, then by columns
            whole = np.stack([_to_free(whole[:, i], found) for i in range(5)], axis=2)
        return whole / self.count[rows, None, None]

    def minimum(self, start: DoubleArray, rows: IntArray, slope: float, gain: float, evaluations: int) -> Minimum:
        """What BFGS reaches from the free parameters `start` (k, 5) of the cells `rows` (k,), the same ones or not.

        slope, gain: largest slope and least gain of the mean log-likelihood at which it is done.
        """
        heed()
        information = self.information(start, rows)
        ridge = 1e-3 * np.maximum(np.einsum("cii->ci", information), 1e-3)
        information[:, range(5), range(5)] += ridge
        metric = np.asarray(np.linalg.inv(information), np.float64)
        if not compiled():
            return minimise(lambda x, k: self.value_and_gradient(x, rows[k]), start, metric, slope, gain, evaluations)
        found = Minimum(np.empty_like(start), np.empty(len(rows)), np.empty(len(rows), np.bool_))
        _likelihood.minimise(
            *self._arrays,
            self.count,
            rows,
            start,
            metric,
            slope,
            gain,
            evaluations,
            found.point,
            found.value,
            found.converged,
        )
        return found

    def _value_and_slope(self, rows: IntArray, found: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
        """Half the sum (k,) of log variance + squared error / variance, and its slope (k, 5) by `found`."""
        heed()
        value, slope = np.empty(len(rows)), np.empty((len(rows), 5))
        if compiled():
            _likelihood.value_and_slope(*self._arrays, rows, found, value, slope)
            return value, slope
        for part in self._chunks(len(rows)):
            here = self._work.at(self, rows[part], found[part])
            value[part] = here.value()
            slope[part] = here.slope()
        return value, slope

    def _information(self, rows: IntArray, found: DoubleArray) -> DoubleArray:
        """(k, 5, 5) the expected information of that sum in `found`."""
        out = np.empty((len(rows), 5, 5))
        if compiled():
            _likelihood.information(*self._arrays, rows, found, out)
            return out
        for part in self._chunks(len(rows)):
            out[part] = self._work.at(self, rows[part], found[part]).information()
        return out

    @property
    def _arrays(self) -> tuple[DoubleArray, DoubleArray, DoubleArray, DoubleArray]:
        return self.now, self.before, self.used, self.backcast

    def _chunks(self, rows: int) -> Iterator[slice]:
        size = min(ROWS_AT_ONCE, len(self.now))
        return (slice(first, first + size) for first in range(0, rows, size))

    @cached_property
    def _work(self) -> _Work:
        return _Work(min(ROWS_AT_ONCE, len(self.now)), self.now.shape[1])


def _standardised(y: DoubleArray) -> tuple[DoubleArray, ...]:
    """The fields of a Problem for a few series y (C, T)."""
    known = np.isfinite(y)
    together = known[:, 1:] & known[:, :-1]
    used = together.astype(np.float64)
    count = np.count_nonzero(together, axis=1).astype(np.float64)
    some = np.maximum(count, 1)
    now, before = np.where(together, y[:, 1:], 0.0), np.where(together, y[:, :-1], 0.0)
    centre = now.sum(axis=1) / some
    now -= centre[:, None]
    now *= used
    size = np.maximum(np.abs(now).max(axis=1, initial=0.0), 1e-300)
    scale = size * np.sqrt(np.square(now / size[:, None]).sum(axis=1) / some)
    scale = np.where(scale > 1e-12 * np.abs(centre), scale, 0.0)
    divisor = np.where(scale > 0, scale, 1.0)[:, None]
    now /= divisor
    before -= centre[:, None]
    before /= divisor
    before *= used
    mean = before.sum(axis=1) / some
    lean = (before - mean[:, None]) * used
    slope = np.einsum("ct,ct->c", lean, now) / np.maximum(np.einsum("ct,ct->c", lean, lean), 1e-300)
    ols = np.stack([-slope * mean, slope], axis=1)
    error = (now - ols[:, :1] - slope[:, None] * before) * used
    square = np.square(error, out=error)
    scale = np.where(square.sum(axis=1) > 1e-10 * some, scale, 0.0)  # an exact line has no volatility
    order = np.cumsum(together, axis=1) - 1
    weight = np.where(together & (order < BACKCAST_POINTS), BACKCAST_DECAY ** np.clip(order, 0, BACKCAST_POINTS), 0.0)
    backcast = np.einsum("ct,ct->c", weight, square) / np.maximum(weight.sum(axis=1), 1e-300)
    return now, before, used, count, centre, scale, np.maximum(backcast, 1e-8), ols


class _Work:
    """Buffers for a few rows of a Problem, and what one evaluation at given parameters leaves in them."""

    def __init__(self, rows: int, length: int) -> None:
        self._error, self._before, self._used, self._variance, self._inverse, self._other = np.empty((6, rows, length))
        self._square = np.empty((rows, length + 1))
        self._chain = Recursion(rows, length)

    def at(self, problem: Problem, rows: IntArray, found: DoubleArray) -> _Here:
        """Errors and variances of the cells `rows` (k,) with the natural parameters `found` (k, 5)."""
        k = len(rows)
        error, before, used, variance = (
            buffer[:k] for buffer in (self._error, self._before, self._used, self._variance)
        )
        np.take(problem.before, rows, axis=0, out=before, mode="clip")
        np.take(problem.used, rows, axis=0, out=used, mode="clip")
        np.multiply(before, -found[:, 1:2], out=error)
        np.take(problem.now, rows, axis=0, out=variance, mode="clip")
        error += variance
        error -= found[:, :1]
        error *= used
        omega, alpha, beta = (found[:, i : i + 1] for i in (2, 3, 4))
        square = self._square[:k]
        square[:, 0] = problem.backcast[rows]
        np.square(error, out=square[:, 1:])
        chain = self._chain.first(k)
        # where the error before is missing, its square is the variance expected of it
        np.multiply(used[:, :-1], alpha, out=chain.band[:, :-1, 1])
        chain.band[:, :-1, 1] -= alpha + beta
        np.multiply(square[:, :-1], alpha, out=variance)
        variance += omega
        variance[:, :1] += beta * square[:, :1]
        variance = chain.forward(variance)
        np.divide(1.0, variance, out=self._inverse[:k])
        return _Here(error, before, used, square, variance, self._inverse[:k], self._other[:k], chain, found)


@dataclass(frozen=True, eq=False)
class _Here:
    """One evaluation of k rows; the arrays are buffers of `_Work`. square[:, t] is the squared error before point t."""

    error: DoubleArray
    before: DoubleArray
    used: DoubleArray
    square: DoubleArray
    variance: DoubleArray
    inverse: DoubleArray
    other: DoubleArray
    chain: Recursion
    found: DoubleArray

    def value(self) -> DoubleArray:
        """(k,) half the sum of log variance + squared error / variance. Leaves the latter in `other`."""
        np.log(self.variance, out=self.other)
        total = np.einsum("ct,ct->c", self.other, self.used)
        np.multiply(self.square[:, 1:], self.inverse, out=self.other)
        total += self.other.sum(axis=1)
        return np.asarray(0.5 * total)

    def slope(self) -> DoubleArray:
        """(k, 5) the gradient of the sum in the natural parameters; to be called after `value`, once."""
        weight = self.other
        np.subtract(self.used, weight, out=weight)
        weight *= self.inverse
        weight *= 0.5
        weight = self.chain.backward(weight)
        to_omega = weight.sum(axis=1)
        to_alpha = np.einsum("ct,ct->c", weight, self.square[:, :-1])
        to_error = self.inverse
        to_error[:, :-1] += weight[:, 1:] * (2.0 * self.found[:, 3:4])
        to_error *= self.error
        to_constant, to_ar = -to_error.sum(axis=1), -np.einsum("ct,ct->c", to_error, self.before)
        to_beta = weight[:, 0] * self.square[:, 0]
        weight[:, 1:] *= self.variance[:, :-1]
        whole = weight[:, 1:].sum(axis=1)
        to_beta += whole
        to_alpha += whole - np.einsum("ct,ct->c", weight[:, 1:], self.used[:, :-1])
        return np.stack([to_constant, to_ar, to_omega, to_alpha, to_beta], axis=1)

    def information(self) -> DoubleArray:
        """(k, 5, 5) the expected information of the sum in the natural parameters."""
        variance, used, square = self.variance, self.used, self.square
        earlier = np.concatenate([square[:, :1], variance[:, :-1]], axis=1)
        expected = square[:, :-1].copy()
        expected[:, 1:] += (1.0 - used[:, :-1]) * earlier[:, 1:]
        parts = [self.chain.forward(x) for x in (np.ones(variance.shape), expected, earlier)]
        slopes = np.stack(parts, axis=1) * (used * self.inverse)[:, None]
        basis = np.stack([np.ones(variance.shape), self.before], axis=1) * (used * np.sqrt(self.inverse))[:, None]
        out = np.zeros((len(variance), 5, 5))
        out[:, 2:, 2:] = 0.5 * (slopes @ slopes.transpose(0, 2, 1))
        out[:, :2, :2] = basis @ basis.transpose(0, 2, 1)
        return out


def _to_free(slope: DoubleArray, found: DoubleArray) -> DoubleArray:
    """(k, 5) slopes by the free parameters from those by the natural ones, at the natural ones `found` (k, 5)."""
    omega, alpha, beta = found[:, 2:].T
    total = alpha + beta
    share = alpha / total
    out = slope.copy()
    out[:, 2] *= omega
    out[:, 3] = (slope[:, 3] * share + slope[:, 4] * (1.0 - share)) * total * (1.0 - total)
    out[:, 4] = (slope[:, 3] - slope[:, 4]) * total * share * (1.0 - share)
    return out
