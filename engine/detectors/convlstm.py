"""A multi-scale ConvLSTM over days and hours: pretrained, bundled, and fine-tuned by the user if he likes.

It looks at the deseasonalised series of any KPI, day after day, the hours side by side. A model with a label head says
how likely every hour is anomalous, and that weighs how far a point stands out; one with a forecast head says what the
next day should be like, and the score is how far it was not. It looks at whole local days, so the hours after a point
count as well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from engine import season
from engine.convlstm.drift import drift
from engine.convlstm.inference import forecasts, weighed
from engine.convlstm.registry import Model, open_model
from engine.convlstm.windows import Days, look
from engine.data import Block, Clock, Evidence, FloatArray, Kpi, Season
from engine.detectors.base import BAND, Scope, points_of, silent_cells, unknown
from engine.errors import ModelError, Reason
from engine.robust import scale_of, sort_with_counts
from engine.settings import Settings

DAYS_NEEDED = 7
COARSEST_S = 3600

LARGEST_DRIFT = 2.0
"""Stability index beyond which the model abstains; whole data sets of other networks stay below 1."""

LEAST_SIGMA = 0.05


@dataclass(frozen=True)
class ConvLstm:
    """A model of the series family as a detector. model: its id, "" = the active one. moved: drift of its data."""

    model: str = ""
    moved: float = 0.0

    id: ClassVar[str] = "convlstm"
    label: ClassVar[str] = "ConvLSTM"
    scope: ClassVar[Scope] = "block"
    own_cut: ClassVar[float | None] = None

    @classmethod
    def configured(cls, settings: Settings) -> Self:
        """Take the model."""
        return cls(model=settings.model)

    def applies(self, clock: Clock, kpi: Kpi, points: int) -> Reason | None:  # noqa: ARG002 - same for every KPI
        """It needs a usable model, periods of at most an hour and a week of history."""
        if clock.period_s > COARSEST_S:
            return Reason("convlstm_period", {"minutes": clock.period_s / 60})
        if points < DAYS_NEEDED * clock.day_slots:
            return Reason("not_enough_history", {"points": points, "needed": DAYS_NEEDED * clock.day_slots})
        try:
            model = open_model(self.model)
        except ModelError as error:
            return error.reason
        if model.record.architecture.family != "series":
            return Reason("convlstm_family", {"model": model.record.id})
        return None

    def learn(self, pool: Block, rng: np.random.Generator) -> Self:  # noqa: ARG002 - nothing is random
        """How far this KPI is from what the model was trained on."""
        if self.applies(pool.clock, pool.kpi, pool.shape[1]) is not None:
            return self
        days = Days.of(pool.clock)
        seen = look(_feed(pool), days)
        values = np.where(seen[:, :, 2] > 0, seen[:, :, 0], np.float32(np.nan))
        found = drift(values, open_model(self.model).record.edges)
        return replace(self, moved=0.0 if np.isnan(found) else found)

    def score(self, block: Block, rng: np.random.Generator) -> Evidence:  # noqa: ARG002 - nothing is random
        """Label head: spreads from usual, weighed by likelihood. Forecast head: |error| / its usual size."""
        refused = self.applies(block.clock, block.kpi, block.shape[1])
        if refused is None and self.moved > LARGEST_DRIFT:
            refused = Reason("convlstm_drift", {"index": self.moved, "limit": LARGEST_DRIFT})
        if refused is not None:
            nothing = unknown(block)
            silent = tuple(known or refused for known in points_of(block))
            return Evidence(self.id, nothing, nothing, nothing, nothing, silent)
        model = open_model(self.model)
        feed = _feed(block)
        known = points_of(block)
        feed[[reason is not None for reason in known]] = np.nan
        if model.record.architecture.head == "label":
            score = weighed(model.session, feed, Days.of(block.clock), model.record.architecture.steps)
            return Evidence(self.id, unknown(block), unknown(block), unknown(block), score, _silent(score, known))
        return self._forecast(model, block, feed, known)

    def _forecast(self, model: Model, block: Block, feed: FloatArray, known: tuple[Reason | None, ...]) -> Evidence:
        days = Days.of(block.clock)
        forecast = forecasts(model.session, feed, days, model.record.architecture.steps)
        error = np.where(block.clean & np.isfinite(feed), np.abs(feed - forecast), np.float32(np.nan))
        sigma = np.maximum(scale_of(*sort_with_counts(error)), LEAST_SIGMA).astype(np.float32)[:, None]
        score = (np.abs(feed - forecast) / sigma).astype(np.float32)
        usual = _season(block)
        expected, lower, upper = (season.restore(forecast + side * BAND * sigma, usual) for side in (0, -1, 1))
        return Evidence(self.id, expected, lower, upper, score, _silent(score, known))


def _season(block: Block) -> Season:
    if block.season is not None:
        return block.season
    return season.fit(block.values, block.clean, block.clock, block.kpi)


def _feed(block: Block) -> FloatArray:
    """The deseasonalised values, whatever the other detectors work on; NaN = missing."""
    return season.adjust(block.values, _season(block))


def _silent(score: FloatArray, known: tuple[Reason | None, ...]) -> tuple[Reason | None, ...]:
    return silent_cells(score, Reason("no_opinion"), known)
