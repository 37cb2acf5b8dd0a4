"""Simulated incidents in what a label model learns from, so that few labels do not make it forget the other kinds.

A window gets one or two spans of 1 to 24 hours moved up or down by 2.5 to 20 usual spreads. Only hours that are known
to be usual are moved; from then on they count as anomalous. The share of windows that get some is large where there are
few windows to learn from.
"""

from __future__ import annotations

import math

import numpy as np

from engine.convlstm.windows import FARTHEST, SLOTS, WARM_UP, squash, stretch
from engine.data import FloatArray
from engine.finetuning.training import Batch

MOST_SHARE, LEAST_SHARE = 0.5, 0.1
WINDOWS_WITH_INCIDENTS = 8
"""About so many windows of a pass get some, within the shares above. Chosen on the first three quarters of the
core-network days, cut into three once more, and on those of NAB."""

LONGEST_H = 24
SMALLEST, LARGEST = 2.5, 20.0
UNEVEN = 0.2


def share_of(windows: int) -> float:
    """The share of windows that get incidents where a pass has so many."""
    return float(np.clip(WINDOWS_WITH_INCIDENTS / max(windows, 1), LEAST_SHARE, MOST_SHARE))


def with_incidents(batch: Batch, share: float, weight: float, rng: np.random.Generator) -> Batch:
    """The windows, about `share` of them with incidents that count `weight`; the given arrays stay as they are.

    x (B, T, 3, 1, 24), y and w (B, T, 1, 1, 24), as `windows.look` and the examples of the series family make them.
    """
    x, y, w = (array.copy() for array in batch)
    for index in np.flatnonzero(rng.random(len(x)) < share):
        for _ in range(int(rng.integers(1, 3))):
            length = int(rng.integers(1, LONGEST_H + 1))
            first = int(rng.integers(WARM_UP * SLOTS, max(x.shape[1] * SLOTS - length, WARM_UP * SLOTS) + 1))
            size = rng.choice([-1.0, 1.0]) * math.exp(rng.uniform(math.log(SMALLEST), math.log(LARGEST)))
            moved = size * (1.0 + UNEVEN * rng.standard_normal(length))
            _write(x[index], y[index], w[index], first, moved.astype(np.float32), weight)
    return x, y, w


def _write(x: FloatArray, y: FloatArray, w: FloatArray, first: int, moved: FloatArray, weight: float) -> None:
    """Move the hours from `first` on of one window by so many spreads, unless a labelled anomaly is among them."""
    hours = np.arange(first, min(first + len(moved), x.shape[0] * SLOTS))
    day, slot = hours // SLOTS, hours % SLOTS
    if (y[day, 0, 0, slot] > 0).any():
        return
    usual = (w[day, 0, 0, slot] > 0) & (x[day, 2, 0, slot] > 0)
    day, slot, by = day[usual], slot[usual], moved[: len(hours)][usual]
    for channel in (0, 1):
        x[day, channel, 0, slot] = squash(np.clip(stretch(x[day, channel, 0, slot]) + by, -FARTHEST, FARTHEST))
    y[day, 0, 0, slot], w[day, 0, 0, slot] = 1.0, weight
