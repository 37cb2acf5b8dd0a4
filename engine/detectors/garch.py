"""AR(1) mean with GARCH(p, q) variance: by how many of its momentary standard deviations a value misses its forecast.

A GARCH model forecasts the variance, so the level needs a mean equation (an intercept and the previous value); see
`engine.garch.volatility` for the fit of order (1, 1), `engine.garch.volatility_orders` for the others. Over a gap
mean and variance go on with their expectation.

On the adjusted feed extreme values are not learned from, and a value that misses its forecast by more than `EXTREME`
standard deviations is a gap to what follows: so a fault neither bends the parameters, nor becomes the new normal, nor
hides the hours after it behind a swollen variance. On the raw feed (paper) the model is the literal one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from engine.data import Block, Clock, DoubleArray, Evidence, FloatArray, Kept, Kpi
from engine.detectors.base import BAND, Scope, in_unit, judged_later, points_of, silent_cells
from engine.errors import Reason
from engine.garch import volatility_orders
from engine.garch.volatility import MIN_POINTS, Fit, State, fit, one_step
from engine.settings import Settings

EXTREME = 3.0


@dataclass(frozen=True)
class Garch:
    """GARCH(p, q) with an AR(1) mean, p past squared errors and q past variances. raw: fit the feed as it is (paper),
    else cut extreme values first.
    """

    raw: bool = False
    p: int = 1
    q: int = 1

    id: ClassVar[str] = "garch"
    label: ClassVar[str] = "GARCH"
    scope: ClassVar[Scope] = "block"
    own_cut: ClassVar[float | None] = None
    calibrated: ClassVar[bool] = False
    from_labels: ClassVar[bool] = False

    @property
    def resumes(self) -> bool:
        """Whether later points can be scored by what is kept: with one past square and one past variance."""
        return (self.p, self.q) == (1, 1)

    @classmethod
    def configured(cls, settings: Settings) -> Self:
        """Take the kind of feed and the order."""
        return cls(settings.feed == "raw", settings.garch_p, settings.garch_q)

    def applies(self, clock: Clock, kpi: Kpi, points: int) -> Reason | None:  # noqa: ARG002 - same for every cadence
        """It needs enough points for its parameters."""
        if points < MIN_POINTS:
            return Reason("not_enough_history", {"points": points, "needed": MIN_POINTS})
        return None

    def learn(self, pool: Block, rng: np.random.Generator) -> Self:  # noqa: ARG002
        """Nothing is shared between cells."""
        return self

    def score(self, block: Block, rng: np.random.Generator) -> Evidence:  # noqa: ARG002 - nothing is random
        """|value - one-step forecast| / its standard deviation; the band of `BAND` of them widens with volatility."""
        feed = np.where(np.isfinite(block.feed), block.feed, np.float32(np.nan)).T.astype(np.float64)
        believed = feed if self.raw else np.where(np.abs(feed) <= EXTREME, feed, np.nan)
        learnt = np.where(block.clean.T, believed, np.nan)
        forecast, variance, kept = self._forecast(feed, learnt, block.border)
        pairs = np.count_nonzero(np.isfinite(learnt[1:]) & np.isfinite(learnt[:-1]), axis=0)
        expected, lower, upper, score = self._judged(block, feed, forecast, variance)
        reasons = [
            known if known is not None else _why(count)
            for known, count in zip(points_of(block), pairs.tolist(), strict=True)
        ]
        silent = silent_cells(score, Reason("garch_no_variance"), reasons)
        return Evidence(self.id, expected, lower, upper, score, silent, kept)

    def taught(self) -> Kept:
        """Nothing."""
        return {}

    def recalled(self, taught: Kept) -> Self:  # noqa: ARG002
        """There is nothing to recall."""
        return self

    def resume(self, block: Block, kept: Kept) -> Evidence:
        """The same of later points, by the parameters that were fitted, from the state that the last point left."""
        feed = np.where(np.isfinite(block.feed), block.feed, np.float32(np.nan)).T.astype(np.float64)
        found = Fit.of(kept["fit"])
        forecast, variance, _ = one_step(feed, found, self._limit, State.of(kept["state"]))
        return judged_later(self.id, block, *self._judged(block, feed, forecast, variance))

    @property
    def _limit(self) -> float:
        return np.inf if self.raw else EXTREME

    def _forecast(
        self, feed: DoubleArray, learnt: DoubleArray, border: int | None
    ) -> tuple[DoubleArray, DoubleArray, Kept]:
        """Mean and variance (T, C) of the next value, by the parameters of `learnt`, and what is kept at the border."""
        if self.resumes:
            border = len(feed) if border is None else border
            found = fit(learnt)
            *first, state = one_step(feed[:border], found, self._limit)
            *rest, _ = one_step(feed[border:], found, self._limit, state)
            forecast, variance = (np.concatenate(parts) for parts in zip(first, rest, strict=True))
            return forecast, variance, {"fit": found.table(), "state": state.table()}
        orders = volatility_orders.fit_orders(learnt, self.p, self.q)
        return *volatility_orders.one_step(feed, orders, self._limit), {}

    def _judged(
        self, block: Block, feed: DoubleArray, forecast: DoubleArray, variance: DoubleArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Expected, lower, upper and score (C, T) from feed, mean and variance (T, C)."""
        mean, sigma, limit = forecast.T, np.sqrt(variance).T, np.finfo(np.float32).max
        with np.errstate(over="ignore"):
            score = np.minimum(np.abs(feed.T - mean) / sigma, limit).astype(np.float32)
            expected, lower, upper = (
                in_unit(block, np.clip(mean + side * BAND * sigma, -limit, limit).astype(np.float32), self.raw)
                for side in (0, -1, 1)
            )
        return expected, lower, upper, score


def _why(pairs: int) -> Reason | None:
    if pairs < MIN_POINTS:
        return Reason("garch_few_pairs", {"points": pairs, "needed": MIN_POINTS})
    return None
