"""First-order linear recursions of many series at once, without a Python step per point of time.

y[t] = x[t] + factor[t] * y[t-1] is cut into about sqrt(T) stretches that advance side by side; what each stretch passes
on is settled in a second pass over the stretches. Arrays are (T, C): one row per point of time, cells side by side.
"""

from __future__ import annotations

import numpy as np

from engine.data import DoubleArray


def accumulate(x: DoubleArray, factor: DoubleArray, start: DoubleArray | float = 0.0) -> DoubleArray:
    """y (T, C) with y[t] = x[t] + factor[t] * y[t-1] and y[-1] = `start` (C,) or a number."""
    length, cells = x.shape
    if length == 0:
        return x.copy()
    stretch = max(1, int(np.sqrt(length)))
    count = -(-length // stretch)
    y = np.zeros((count * stretch, cells))
    y[:length] = x
    decay = np.zeros((count * stretch, cells))
    decay[:length] = factor
    y, decay = y.reshape(count, stretch, cells), decay.reshape(count, stretch, cells)
    for step in range(1, stretch):
        y[:, step] += decay[:, step] * y[:, step - 1]
        decay[:, step] *= decay[:, step - 1]
    carried = np.empty((count, cells))
    last = np.broadcast_to(np.asarray(start, np.float64), (cells,))
    for part in range(count):
        carried[part] = last
        last = y[part, -1] + decay[part, -1] * last
    y += decay * carried[:, None]
    return y.reshape(count * stretch, cells)[:length]


def accumulate_back(x: DoubleArray, factor: DoubleArray) -> DoubleArray:
    """y (T, C) with y[t] = x[t] + factor[t + 1] * y[t+1] and nothing beyond the end: the adjoint of `accumulate`."""
    later = np.concatenate([factor[1:], np.zeros((1, x.shape[1]))])
    return accumulate(x[::-1], later[::-1])[::-1]
