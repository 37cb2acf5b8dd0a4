"""Evidence and clocks for tests of what comes after detection: given scores, nothing else."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.calendar import make_clock
from engine.data import Clock, Evidence, FloatArray


def hourly(periods: int, period_s: int = 3600) -> Clock:
    """A clock from Monday 2017-03-06 00:00 UTC on, without holidays."""
    times = np.datetime64("2017-03-06T00:00:00", "s") + np.arange(periods) * np.timedelta64(period_s, "s")
    return make_clock(times, period_s, "UTC")


def scored(score: npt.ArrayLike, detector: str = "baseline", expected: FloatArray | None = None) -> Evidence:
    """Evidence with this score (C, T) and, if given, this expectation with a band of a quarter to either side."""
    scores = np.asarray(score, np.float32)
    nothing = np.full(scores.shape, np.nan, np.float32)
    if expected is None:
        return Evidence(detector, nothing, nothing, nothing, scores, (None,) * len(scores))
    usual = np.broadcast_to(np.asarray(expected, np.float32), scores.shape)
    return Evidence(detector, usual, usual * np.float32(0.75), usual * np.float32(1.25), scores, (None,) * len(scores))
