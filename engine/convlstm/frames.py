"""How the cells of a network become what a ConvLSTM of the grid family looks at: a map for every period.

The model sees the feed (how many usual spreads a value stands from its usual centre), cut where it stands out: an
outage that goes on for a day looks like a moderate dip in what the forecast rests on, so the forecast never follows
it down, and the difference stays as large as it was in the first hour.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.convlstm.layout import Layout
from engine.convlstm.session import Runs
from engine.convlstm.windows import squash, starts, stretch
from engine.data import FloatArray

CHANNELS = 3
"""Value, measured or not, periods per hour (as the share of an hour that a period lasts)."""

FARTHEST_SEEN = 4.0
"""Spreads at which a value is cut before the model learns from it or is judged as a forecaster."""

FARTHEST_TRUSTED = 1.0
"""Spreads at which a value is cut where the forecast is what anomalies are told by: the less of a deviation the
forecast gets to see, the less it follows it. Chosen on the tuning halves of the simulator and of Milan."""

WARM_UP = 4
"""Frames at the start of a window whose forecasts are not used unless there is nothing before them."""

POINTS_AT_ONCE = 1 << 15
"""Steps x height x width of the windows that are run together: what they need stays in the cache."""


def look(feed: FloatArray, layout: Layout, period_s: int, farthest: float = FARTHEST_SEEN) -> FloatArray:
    """(n, 3, H, W): what the model sees of the feed (C, n) of n periods, NaN = missing, cut at `farthest` spreads."""
    maps = layout.on_map(feed)
    known = np.isfinite(maps)
    seen = np.empty((len(maps), CHANNELS, layout.height, layout.width), np.float32)
    seen[:, 0] = squash(np.clip(np.where(known, maps, np.float32(0.0)), -farthest, farthest))
    seen[:, 1] = known
    seen[:, 2] = period_s / 3600.0
    return seen


def forecasts(
    session: Runs,
    feed: FloatArray,
    layout: Layout,
    period_s: int,
    steps: int,
    farthest: float = FARTHEST_SEEN,
) -> FloatArray:
    """(C, T) what a forecasting model expected of every point one period before, as a feed.

    NaN on the first period and for cells without a place. farthest: spreads at which what it sees is cut.
    """
    out = np.full(feed.shape, np.nan, np.float32)
    for first, z in _judged(session, feed, layout, period_s, steps, farthest):
        skip = WARM_UP if first else 0
        last = min(first + steps, feed.shape[1] - 1)
        out[:, first + skip + 1 : last + 1] = layout.by_cell(z[skip : last - first])
    return stretch(out)


def _judged(
    session: Runs, feed: FloatArray, layout: Layout, period_s: int, steps: int, farthest: float
) -> Iterator[tuple[int, FloatArray]]:
    """Every window's first period and its output (steps, H, W)."""
    first = starts(feed.shape[1], steps, WARM_UP)
    size = max(1, POINTS_AT_ONCE // (steps * layout.height * layout.width))
    for at in range(0, len(first), size):
        chosen = first[at : at + size]
        begin, end = int(chosen[0]), int(chosen[-1]) + steps
        seen = look(feed[:, begin:end], layout, period_s, farthest)
        if len(seen) < end - begin:
            seen = np.concatenate([seen, np.zeros((end - begin - len(seen), *seen.shape[1:]), np.float32)])
        windows = seen[(chosen - begin)[:, None] + np.arange(steps)]
        (z,) = session.run(["z"], {"x": windows})
        yield from zip(chosen.tolist(), z[:, :, 0], strict=True)
