"""Running a model forward."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.convlstm.windows import Days, cut_windows, join_windows, look
from engine.data import FloatArray

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

POINTS_AT_ONCE = 64 * 14 * 24
"""Steps x height x width of the windows that are run together: what they need stays in the cache."""


def run_windows(session: InferenceSession, x: FloatArray) -> FloatArray:
    """z (B, T, 1, H, W) for x (B, T, channels, H, W), a few windows at a time."""
    out = np.empty((*x.shape[:2], 1, *x.shape[3:]), np.float32)
    size = max(1, POINTS_AT_ONCE // max(1, x.shape[1] * x.shape[3] * x.shape[4]))
    for first in range(0, len(x), size):
        (out[first : first + size],) = session.run(["z"], {"x": x[first : first + size]})
    return out


def judge_days(session: InferenceSession, feed: FloatArray, days: Days, steps: int) -> FloatArray:
    """(C, days, 24): what a model of the series family says at every hour of the feed (C, T)."""
    seen = look(feed, days)
    z = run_windows(session, cut_windows(seen, steps))
    return join_windows(z, len(feed), days.count)
