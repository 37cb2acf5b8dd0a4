"""BFGS for many small problems side by side, each with its own point, metric and step (Nocedal & Wright 2006)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.data import BoolArray, DoubleArray, IntArray

Objective = Callable[[DoubleArray, IntArray], tuple[DoubleArray, DoubleArray]]
"""(points (k, n), which cells (k,)) -> (values (k,), gradients (k, n))"""

LONGEST = 4.0


@dataclass(frozen=True, eq=False)
class Minimum:
    """point (C, n), value (C,), converged (C,)."""

    point: DoubleArray
    value: DoubleArray
    converged: BoolArray


def minimise(
    objective: Objective,
    start: DoubleArray,
    metric: DoubleArray | None = None,
    gradient_tolerance: float = 1e-6,
    value_tolerance: float = 1e-10,
    evaluations: int = 200,
) -> Minimum:
    """The local minima that BFGS reaches from `start` (C, n) with `metric` (C, n, n), a first inverse Hessian.

    A cell is done when its largest gradient falls below `gradient_tolerance` or an accepted step gains less than
    `value_tolerance` three times in a row; cells that are done are not evaluated again. No step changes a parameter
    by more than `LONGEST`. Values that are not finite count as uphill.
    """
    cells, size = start.shape
    x = start.astype(np.float64).copy()
    value, gradient = objective(x, np.arange(cells))
    inverse = np.broadcast_to(np.eye(size), (cells, size, size)).copy() if metric is None else metric.copy()
    step = np.ones(cells)
    direction = _downhill(inverse, gradient)
    idle = np.zeros(cells, np.int64)
    converged = np.abs(gradient).max(axis=1, initial=0.0) < gradient_tolerance
    left = np.isfinite(value) & ~converged
    count = 1
    while count < evaluations and left.any():
        rows = np.flatnonzero(left)
        move = step[rows, None] * direction[rows]
        tried, slope = objective(x[rows] + move, rows)
        count += 1
        promised = np.einsum("cn,cn->c", move, gradient[rows])
        with np.errstate(invalid="ignore"):
            good = np.isfinite(tried) & np.isfinite(slope).all(axis=1) & (tried <= value[rows] + 1e-4 * promised)
        bad = rows[~good]
        curvature = np.where(np.isfinite(tried[~good]), tried[~good] - value[bad] - promised[~good], np.inf)
        with np.errstate(divide="ignore", invalid="ignore"):
            shorter = -0.5 * promised[~good] / curvature
        step[bad] *= np.clip(np.nan_to_num(shorter, nan=0.1), 0.1, 0.5)
        stuck = bad[step[bad] < 1e-10]

        done = rows[good]
        change = slope[good] - gradient[done]
        gain = value[done] - tried[good]
        inverse[done] = _updated(inverse[done], move[good], change)
        x[done] += move[good]
        value[done], gradient[done] = tried[good], slope[good]
        step[done] = 1.0
        direction[done] = _downhill(inverse[done], gradient[done])
        idle[done] = np.where(gain < value_tolerance, idle[done] + 1, 0)
        flat = np.abs(gradient[done]).max(axis=1, initial=0.0) < gradient_tolerance
        finished = done[flat | (idle[done] >= 3)]
        converged[finished] = True
        left[finished] = False
        again = stuck[idle[stuck] < 100]
        inverse[again] = np.eye(size) * 1e-3
        direction[again] = _downhill(inverse[again], gradient[again])
        step[again] = 1.0
        idle[again] = 100
        hopeless = np.setdiff1d(stuck, again)
        converged[hopeless] = True
        left[hopeless] = False
    return Minimum(x, value, converged)


def _downhill(inverse: DoubleArray, gradient: DoubleArray) -> DoubleArray:
    """The quasi-Newton direction, steepest descent where that points uphill, cut to `LONGEST` in each parameter."""
    direction = -np.einsum("cij,cj->ci", inverse, gradient)
    uphill = np.einsum("cn,cn->c", direction, gradient) >= 0.0
    direction[uphill] = -gradient[uphill]
    size = np.abs(direction).max(axis=1, keepdims=True, initial=0.0)
    return np.asarray(direction * np.minimum(1.0, LONGEST / np.maximum(size, 1e-300)))


def _updated(inverse: DoubleArray, move: DoubleArray, change: DoubleArray) -> DoubleArray:
    """The BFGS update of inverse Hessians; unchanged where the curvature along the move is not positive."""
    curvature = np.einsum("cn,cn->c", move, change)
    strength = np.linalg.norm(move, axis=1) * np.linalg.norm(change, axis=1)
    usable = curvature > 1e-10 * strength
    scale = np.where(usable, 1.0 / np.where(usable, curvature, 1.0), 0.0)
    along = np.einsum("cij,cj->ci", inverse, change)
    weight = (1.0 + scale * np.einsum("ci,ci->c", change, along)) * scale
    cross = np.einsum("ci,cj->cij", move, along) * scale[:, None, None]
    outer = np.einsum("ci,cj->cij", move, move) * weight[:, None, None]
    return np.asarray(inverse + outer - cross - cross.transpose(0, 2, 1))
