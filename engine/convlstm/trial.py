"""Whether a label model earns a vote on a KPI: tried on incidents written into the history of the very data.

Nobody has labels on the first day. But what should be found can be written into what is usual: spans of one hour to a
day, moved by one and a half to eight usual spreads up or down. A model that ranks those no better than the plain
distance from usual has nothing to add to detectors that see the distance already.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.convlstm.inference import weighed
from engine.convlstm.session import Runs
from engine.convlstm.windows import Days
from engine.data import BoolArray, Clock, FloatArray

NEEDED_GAIN = 1.03
"""How much better than distance from usual a model must rank the incidents. Chosen on the tuning halves of the labelled
sets (docs/models.md)."""

SERIES = 32
"""So many series get incidents; the same one several times where there are fewer."""

MOST_POINTS = 550_000
SMALLEST, LARGEST = 1.5, 8.0
UNEVEN = 0.2
LONGEST_H, SHORT_H = 24, 3
PER_WEEK, FEWEST = 1.0, 2
WEEK_S = 7 * 86_400


@dataclass(frozen=True)
class Trial:
    """Mean average precision over the series with incidents (1 = all of them first), of a model and of the distance."""

    model: float
    distance: float

    @property
    def passed(self) -> bool:
        """Whether the model ranks the incidents clearly better."""
        return self.model >= NEEDED_GAIN * self.distance


def trial(
    session: Runs, feed: FloatArray, clean: BoolArray, clock: Clock, steps: int, rng: np.random.Generator
) -> Trial | None:
    """Try a label model on a sample of series. None where nothing usual is long enough to write incidents into.

    feed, clean (C, T): deseasonalised values, NaN = missing, and which of them are known to be usual.
    """
    feed, clean, days = feed[:, -MOST_POINTS:], clean[:, -MOST_POINTS:], Days.of(clock)
    days = Days(days.place[-MOST_POINTS:], days.count)
    usual = np.flatnonzero((clean & np.isfinite(feed)).any(axis=1))
    if not len(usual):
        return None
    count = int(np.clip(MOST_POINTS // feed.shape[1], 1, max(SERIES, len(usual))))
    spread = np.linspace(0, len(usual) - 1, min(count, len(usual))).round().astype(np.int64)
    rows = np.resize(usual[spread], count)
    planted, wrong = _planted(feed[rows], clean[rows], clock.period_s, rng)
    found = weighed(session, planted, days, steps)
    precisions = [
        (average_precision(score[judged], bad[judged]), average_precision(np.abs(far[judged]), bad[judged]))
        for score, far, bad, judged in zip(found, planted, wrong, clean[rows] & np.isfinite(planted), strict=True)
        if bad.any()
    ]
    return Trial(*np.mean(precisions, axis=0).tolist()) if precisions else None


def average_precision(score: FloatArray, wrong: BoolArray) -> float:
    """The mean, over the points that are `wrong`, of the share of wrong ones among those that rank as high (n,)."""
    hits = wrong[np.argsort(-score, kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].mean())


def _planted(
    feed: FloatArray, clean: BoolArray, period_s: int, rng: np.random.Generator
) -> tuple[FloatArray, BoolArray]:
    """(the feed with incidents in its usual points, which points those are), both (C, T)."""
    planted, wrong = feed.copy(), np.zeros(feed.shape, np.bool_)
    periods = feed.shape[1]
    count = max(FEWEST, round(PER_WEEK * periods * period_s / WEEK_S))
    for row in range(len(feed)):
        for _ in range(count):
            hours = int(rng.integers(1, (SHORT_H if rng.random() < 0.5 else LONGEST_H) + 1))
            length = max(1, round(hours * 3600 / period_s))
            first = int(rng.integers(0, max(periods - length, 1)))
            size = rng.choice([-1.0, 1.0]) * math.exp(rng.uniform(math.log(SMALLEST), math.log(LARGEST)))
            moved = size * (1.0 + UNEVEN * rng.standard_normal(length))
            span = slice(first, first + length)
            if wrong[row, max(0, first - length) : first + 2 * length].any():
                continue
            usual = np.flatnonzero(clean[row, span] & np.isfinite(feed[row, span]))
            planted[row, first + usual] += moved[usual].astype(np.float32)
            wrong[row, first + usual] = True
    return planted, wrong
