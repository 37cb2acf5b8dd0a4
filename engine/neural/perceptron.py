"""Networks with one logistic hidden layer and a linear output, many of them trained side by side on the same inputs.

The model, the starts (uniform between -0.7 and 0.7), the sum-of-squares loss and the optimiser (BFGS, at most 100
iterations) are those of R's `nnet` (Venables & Ripley 2002), which `nnetar` averages over. The logistic function is
taken as (1 + tanh(x / 2)) / 2, rows are worked through in pieces that stay in the cache, all in single precision.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data import DoubleArray, FloatArray, IntArray
from engine.monitor import heed

START = 0.7
ROWS_AT_ONCE, COLUMNS_AT_ONCE = 512, 256
HALF = np.float32(0.5)
FULL_METRIC = 1000
"""Weights of a network up to which every update of its inverse Hessian is kept; 100 of 20 networks take 16 MB."""

MEMORY = 40


@dataclass(frozen=True, eq=False)
class Networks:
    """N networks of k hidden nodes on p inputs. into (N, k, p + 1): weights into the hidden layer, the last column
    their intercepts; out (N, k + 1): output weights, the last one the intercept.
    """

    into: FloatArray
    out: FloatArray

    def outputs(self, inputs: FloatArray) -> FloatArray:
        """(N, n) what each network gives for `inputs` (p, n)."""
        count, nodes, width = self.into.shape
        flat = np.ascontiguousarray(self.into.reshape(count * nodes, width) * HALF)
        onto = np.ascontiguousarray(self.out[:, None, :-1] * HALF)
        n = inputs.shape[1]
        result = np.empty((count, n), np.float32)
        most = min(COLUMNS_AT_ONCE, n)
        columns, hidden = np.ones((width, most), np.float32), np.empty(count * nodes * most, np.float32)
        for first in range(0, n, COLUMNS_AT_ONCE):
            heed()
            some = min(COLUMNS_AT_ONCE, n - first)
            columns[:-1, :some] = inputs[:, first : first + some]
            layer = hidden[: count * nodes * some].reshape(count * nodes, some)
            np.matmul(flat, columns[:, :some], out=layer)
            np.tanh(layer, out=layer)
            np.matmul(onto, layer.reshape(count, nodes, some), out=result[:, None, first : first + some])
        result += (self.out[:, -1] + onto.sum(axis=(1, 2)))[:, None]
        return result


def train(
    inputs: FloatArray, targets: FloatArray, networks: int, nodes: int, rng: np.random.Generator, iterations: int = 100
) -> Networks:
    """`networks` networks of `nodes` hidden nodes fitted to targets (n,) from inputs (n, p), both of about unit scale.

    Each starts at random and takes at most `iterations` BFGS steps down the sum of squared errors.
    """
    loss = _Loss(inputs, targets, nodes)
    start = rng.uniform(-START, START, (networks, nodes * (inputs.shape[1] + 2) + 1)).astype(np.float32)
    weights = _descend(loss, start, iterations)
    into, out = loss.parts(weights)
    return Networks(np.ascontiguousarray(into), np.ascontiguousarray(out))


class _Loss:
    """Sum of squared errors of N networks and its gradient, for weights (N, (p + 1) k + k + 1)."""

    def __init__(self, inputs: FloatArray, targets: FloatArray, nodes: int) -> None:
        width = inputs.shape[1] + 1
        self.nodes, self.width = nodes, width
        self.pieces: list[tuple[FloatArray, FloatArray, FloatArray]] = []
        for first in range(0, len(inputs), ROWS_AT_ONCE):
            part = inputs[first : first + ROWS_AT_ONCE]
            rows = np.concatenate([part, np.ones((len(part), 1))], axis=1).astype(np.float32)
            aims = np.asarray(targets[first : first + ROWS_AT_ONCE], np.float32)
            self.pieces.append((rows, np.ascontiguousarray(rows.T), aims))

    def parts(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Views of weights into the hidden layer (N, k, p + 1) and out of it (N, k + 1)."""
        split = self.nodes * self.width
        return weights[:, :split].reshape(-1, self.nodes, self.width), weights[:, split:]

    def __call__(self, weights: FloatArray) -> tuple[DoubleArray, FloatArray]:
        count, nodes = len(weights), self.nodes
        into, out = self.parts(weights)
        flat = np.ascontiguousarray(into.reshape(count * nodes, self.width) * HALF)
        onto = np.ascontiguousarray(out[:, None, :-1] * HALF)
        base = out[:, -1] + onto[:, 0].sum(axis=1)
        value = np.zeros(count, np.float64)
        slope = np.zeros(weights.shape, np.float32)
        slope_into, slope_out = self.parts(slope)
        for rows, columns, aims in self.pieces:
            layer = flat @ columns
            np.tanh(layer, out=layer)
            by_network = layer.reshape(count, nodes, len(rows))
            error = np.matmul(onto, by_network)[:, 0]
            error += base[:, None] - aims
            value += np.einsum("cn,cn->c", error, error)
            total = error.sum(axis=1)
            slope_out[:, :-1] += np.matmul(by_network, error[:, :, None])[..., 0] + total[:, None]
            slope_out[:, -1] += 2 * total
            np.multiply(layer, layer, out=layer)
            np.subtract(1, layer, out=layer)
            by_network *= error[:, None, :]
            slope_into += (layer @ rows).reshape(count, nodes, self.width) * onto.transpose(0, 2, 1)
        return value, slope


def _descend(loss: _Loss, start: FloatArray, iterations: int) -> FloatArray:
    """BFGS of every network by itself, all of them evaluated together; backtracking like R's `vmmin`.

    The first inverse Hessian is the identity, as there: scaled to the gradient it would take far more steps.
    """
    x = start.copy()
    value, slope = loss(x)
    metric = _Full(slope, iterations) if start.shape[1] <= FULL_METRIC else _Limited()
    direction = -slope
    gain = 0.5 * np.linalg.norm(slope, axis=1)
    for _ in range(iterations):
        heed()
        tried, new_value, new_slope = _backtracked(loss, x, value, slope, direction, gain)
        gain = value - new_value
        move, change = tried - x, new_slope - slope
        x, value, slope = tried, new_value, new_slope
        direction = metric.downhill(move, change, slope)
        settled = ~move.any(axis=1)
        if settled.all():
            break
        direction[settled] = 0
    return x


class _Full:
    """The inverse Hessian of every network, as the identity and the rank-two updates that were made to it.

    With a hundred updates of five hundred weights they are a tenth of the matrix and are read, never rewritten.
    kept (N, 2, m, n): of each update the move and what goes with it; H = I + sum of their two outer products.
    """

    def __init__(self, slope: FloatArray, updates: int) -> None:
        count, size = slope.shape
        self._kept = np.zeros((count, 2, updates, size), np.float32)
        self._made = 0
        self._steepest = slope.copy()

    def downhill(self, move: FloatArray, change: FloatArray, slope: FloatArray) -> FloatArray:
        """The direction (N, n) at `slope` once the last `move` and the `change` of slope are taken in."""
        steepest = self._times(slope)
        along = steepest - self._steepest  # the inverse times `change`
        curvature = np.einsum("cn,cn->c", move, change)
        usable = curvature > 0.0
        share = np.where(usable, 1.0 / np.where(usable, curvature, 1.0), 0.0).astype(np.float32)
        weight = (1.0 + share * np.einsum("cn,cn->c", along, change)) * share
        mixed = (0.5 * weight)[:, None] * move - share[:, None] * along
        self._kept[:, 0, self._made], self._kept[:, 1, self._made] = move, mixed
        self._made += 1
        steepest += move * np.einsum("cn,cn->c", mixed, slope)[:, None]
        steepest += mixed * np.einsum("cn,cn->c", move, slope)[:, None]
        self._steepest = steepest
        return -steepest

    def _times(self, vectors: FloatArray) -> FloatArray:
        """(N, n) the inverse Hessian of each network times its vector."""
        out = vectors.copy()
        for row, (moves, mixed) in enumerate(self._kept[:, :, : self._made]):
            vector = vectors[row]
            out[row] += (mixed @ vector) @ moves + (moves @ vector) @ mixed
        return out


class _Limited:
    """The last `MEMORY` moves of every network in place of a matrix too large to keep (L-BFGS, Liu & Nocedal 1989)."""

    def __init__(self) -> None:
        self._kept: list[tuple[FloatArray, FloatArray, FloatArray]] = []

    def downhill(self, move: FloatArray, change: FloatArray, slope: FloatArray) -> FloatArray:
        """The direction (N, n) at `slope` once the last `move` and the `change` of slope are taken in."""
        curvature = np.einsum("cn,cn->c", move, change)
        usable = curvature > 0
        self._kept.append((move, change, np.where(usable, 1 / np.where(usable, curvature, 1), 0).astype(np.float32)))
        del self._kept[:-MEMORY]
        direction = slope.copy()
        shares = []
        for step, bend, scale in reversed(self._kept):
            shares.append(scale * np.einsum("cn,cn->c", step, direction))
            direction -= shares[-1][:, None] * bend
        length = np.maximum(np.einsum("cn,cn->c", change, change), 1e-30)
        direction *= np.where(usable, curvature / length, 1e-3).astype(np.float32)[:, None]
        for (step, bend, scale), share in zip(self._kept, reversed(shares), strict=True):
            direction += (share - scale * np.einsum("cn,cn->c", bend, direction))[:, None] * step
        return -direction


def _backtracked(
    loss: _Loss, x: FloatArray, value: DoubleArray, slope: FloatArray, direction: FloatArray, gain: DoubleArray
) -> tuple[FloatArray, DoubleArray, FloatArray]:
    """The point, value and gradient after a step of every network that went down enough; where none does, no step."""
    promised = np.einsum("cn,cn->c", direction, slope)
    step = np.minimum(1.0, 2.02 * gain / np.maximum(-promised, 1e-30))
    step = np.where(step > 0, step, 1.0)
    tried = x + step[:, None].astype(np.float32) * direction
    new_value, new_slope = loss(tried)
    bad: IntArray = np.flatnonzero(~(new_value <= value + 1e-4 * step * promised))
    for _ in range(10):
        if not len(bad):
            return tried, new_value, new_slope
        step[bad] *= 0.2
        tried[bad] = x[bad] + step[bad, None].astype(np.float32) * direction[bad]
        new_value[bad], new_slope[bad] = loss(tried[bad])
        bad = bad[~(new_value[bad] <= value[bad] + 1e-4 * step[bad] * promised[bad])]
    tried[bad], new_value[bad], new_slope[bad] = x[bad], value[bad], slope[bad]
    return tried, new_value, new_slope
