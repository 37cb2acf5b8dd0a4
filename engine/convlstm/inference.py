"""Running a model forward."""

from __future__ import annotations

import numpy as np

from engine.convlstm.session import Runs
from engine.convlstm.windows import Days, cut_windows, join_windows, look, stretch
from engine.data import FloatArray

POINTS_AT_ONCE = 64 * 14 * 24
"""Steps x height x width of the windows that are run together: what they need stays in the cache."""

LENIENCE = 3.0
"""Added to the logit: a network that has its doubts should not silence what stands out far. Chosen on the tuning halves
of the core-network, simulator, Milan and NAB series."""


def run_windows(session: Runs, x: FloatArray) -> FloatArray:
    """z (B, T, 1, H, W) for x (B, T, channels, H, W), a few windows at a time."""
    out = np.empty((*x.shape[:2], 1, *x.shape[3:]), np.float32)
    size = max(1, POINTS_AT_ONCE // max(1, x.shape[1] * x.shape[3] * x.shape[4]))
    for first in range(0, len(x), size):
        (out[first : first + size],) = session.run(["z"], {"x": x[first : first + size]})
    return out


def judge_days(session: Runs, seen: FloatArray, steps: int, first: int = 0) -> FloatArray:
    """(C, days, 24): what a model of the series family says at every hour of what it sees, (C, days, 3, 24).

    first: the number of the first of these days, where not all are given; NaN on those that cannot be judged then.
    """
    z = run_windows(session, cut_windows(seen, steps, first))
    return join_windows(z, len(seen), seen.shape[1], first)


def weighed(session: Runs, feed: FloatArray, days: Days, steps: int) -> FloatArray:
    """(C, T) how many usual spreads a point stands out, by how much a label model believes its hour to be anomalous.

    The likelihood alone would not do: it is near 1 for all that is clearly strange, and no longer says how strange.
    """
    return weigh(feed, days.spread(judge_days(session, look(feed, days), steps)))


def weigh(feed: FloatArray, logit: FloatArray) -> FloatArray:
    """The same of the feed and what the model said of its points, both (C, T)."""
    belief = 1.0 / (1.0 + np.exp(-(logit + LENIENCE)))
    return np.asarray(belief * (1.0 + np.abs(feed)), np.float32)


def forecasts(session: Runs, feed: FloatArray, days: Days, steps: int) -> FloatArray:
    """(C, T) what a forecasting model expected of every point the day before, as a feed; NaN on day 0."""
    return ahead(judge_days(session, look(feed, days), steps), days)


def ahead(said: FloatArray, days: Days) -> FloatArray:
    """(C, T) as a feed, of what was said every day (C, days, 24) of the next one; NaN on the first day."""
    moved = np.full_like(said, np.nan)
    moved[:, 1:] = said[:, :-1]
    return stretch(days.spread(moved))
