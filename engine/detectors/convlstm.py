"""Multi-scale ConvLSTMs, pretrained, bundled, and fine-tuned by the user if he likes.

A model of the *series* family looks at the deseasonalised series of any KPI, day after day, the hours side by side. One
with a label head says how likely every hour is anomalous, and that weighs how far a point stands out; one with a
forecast head says what the next day should be like, and the score is how far it was not. It looks at whole local days,
so the hours after a point count as well. A model of the *grid* family looks at the map of all cells, period after
period, and forecasts the next one: what a cell should show after what it and its neighbours have just shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from engine import season
from engine.convlstm import frames
from engine.convlstm.architecture import Architecture
from engine.convlstm.drift import drift
from engine.convlstm.inference import forecasts, weighed
from engine.convlstm.layout import FEWEST_CELLS, lay_out
from engine.convlstm.registry import Model, open_model
from engine.convlstm.windows import Days, look, squash
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
    """A ConvLSTM as a detector.

    model: its id, "" = the active one. moved: drift of its data. scope: "panel" once it is known that the model looks
    at maps.
    """

    model: str = ""
    moved: float = 0.0
    scope: Scope = "block"

    id: ClassVar[str] = "convlstm"
    label: ClassVar[str] = "ConvLSTM"
    own_cut: ClassVar[float | None] = None
    calibrated: ClassVar[bool] = False
    from_labels: ClassVar[bool] = False
    resumes: ClassVar[bool] = False

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
            open_model(self.model)
        except ModelError as error:
            return error.reason
        return None

    def learn(self, pool: Block, rng: np.random.Generator) -> Self:  # noqa: ARG002 - nothing is random
        """What the model looks at, and how far this KPI is from what it was trained on."""
        if self.applies(pool.clock, pool.kpi, pool.shape[1]) is not None:
            return self
        record, feed = open_model(self.model).record, _feed(pool)
        if record.architecture.family == "grid":
            values = squash(np.clip(feed, -frames.FARTHEST_SEEN, frames.FARTHEST_SEEN))
        else:
            seen = look(feed, Days.of(pool.clock))
            values = np.where(seen[:, :, 2] > 0, seen[:, :, 0], np.float32(np.nan))
        found = drift(values, record.edges)
        return replace(self, moved=0.0 if np.isnan(found) else found, scope=_scope(record.architecture))

    def score(self, block: Block, rng: np.random.Generator) -> Evidence:  # noqa: ARG002 - nothing is random
        """Label head: spreads from usual, weighed by likelihood. Forecast head: |error| / its usual size."""
        refused = self.applies(block.clock, block.kpi, block.shape[1])
        if refused is None and self.moved > LARGEST_DRIFT:
            refused = Reason("convlstm_drift", {"index": self.moved, "limit": LARGEST_DRIFT})
        if refused is not None:
            return _abstention(block, points_of(block), refused)
        model, known = open_model(self.model), points_of(block)
        shape, feed = model.record.architecture, _feed(block)
        feed[[reason is not None for reason in known]] = np.nan
        if shape.family == "grid":
            return self._on_map(model, block, feed, known)
        if shape.head == "label":
            score = weighed(model.session, feed, Days.of(block.clock), shape.steps)
            return Evidence(self.id, unknown(block), unknown(block), unknown(block), score, _silent(score, known))
        return self._judged(block, feed, forecasts(model.session, feed, Days.of(block.clock), shape.steps), known)

    def _on_map(self, model: Model, block: Block, feed: FloatArray, known: tuple[Reason | None, ...]) -> Evidence:
        layout = lay_out(block.cells)
        if layout is None:
            return _abstention(block, known, Reason("convlstm_no_map", {"needed": FEWEST_CELLS}))
        steps = model.record.architecture.steps
        forecast = frames.forecasts(model.session, feed, layout, block.clock.period_s, steps, frames.FARTHEST_TRUSTED)
        forecast[layout.placed, 0] = 0.0
        nowhere = Reason("convlstm_no_place")
        known = tuple(
            (reason or nowhere) if row < 0 else reason for reason, row in zip(known, layout.row.tolist(), strict=True)
        )
        return self._judged(block, feed, forecast, known)

    def _judged(
        self, block: Block, feed: FloatArray, forecast: FloatArray, known: tuple[Reason | None, ...]
    ) -> Evidence:
        """What was measured against a forecast (C, T) on the scale of the feed."""
        error = np.abs(feed - forecast)
        usual_error = np.where(block.clean & np.isfinite(feed), error, np.float32(np.nan))
        sigma = np.maximum(scale_of(*sort_with_counts(usual_error)), LEAST_SIGMA).astype(np.float32)[:, None]
        score = (error / sigma).astype(np.float32)
        usual = _season(block)
        expected, lower, upper = (season.restore(forecast + side * BAND * sigma, usual) for side in (0, -1, 1))
        return Evidence(self.id, expected, lower, upper, score, _silent(score, known))


def _scope(architecture: Architecture) -> Scope:
    return "panel" if architecture.family == "grid" else "block"


def _season(block: Block) -> Season:
    if block.season is not None:
        return block.season
    return season.fit(block.values, block.clean, block.clock, block.kpi)


def _feed(block: Block) -> FloatArray:
    """The deseasonalised values, whatever the other detectors work on; NaN = missing."""
    return season.adjust(block.values, _season(block))


def _silent(score: FloatArray, known: tuple[Reason | None, ...]) -> tuple[Reason | None, ...]:
    return silent_cells(score, Reason("no_opinion"), known)


def _abstention(block: Block, known: tuple[Reason | None, ...], reason: Reason) -> Evidence:
    nothing = unknown(block)
    return Evidence(ConvLstm.id, nothing, nothing, nothing, nothing, tuple(one or reason for one in known))
