"""Multi-scale ConvLSTMs, pretrained, bundled, and fine-tuned by the user if he likes.

A model of the *series* family looks at the deseasonalised series of any KPI, day after day, the hours side by side. One
with a label head says how likely every hour is anomalous, and that weighs how far a point stands out; one with a
forecast head says what the next day should be like, and the score is how far it was not. It looks at whole local days,
so the hours after a point count as well. A model of the *grid* family looks at the map of all cells, period after
period, and forecasts the next one: what a cell should show after what it and its neighbours have just shown.

A label model that ships votes on a KPI only where it shows on that KPI's own history that it is worth it
(`engine.convlstm.trial`). One that was fine-tuned has shown that on held-out days before it was put to use.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from engine import season
from engine.convlstm import frames
from engine.convlstm.architecture import Architecture
from engine.convlstm.drift import drift
from engine.convlstm.inference import ahead, judge_days, weigh
from engine.convlstm.layout import FEWEST_CELLS, lay_out
from engine.convlstm.registry import Model, open_model
from engine.convlstm.trial import Trial, trial
from engine.convlstm.windows import SLOTS, Days, Slots, look, squash
from engine.data import Block, Clock, Evidence, FloatArray, Kept, Kpi, Season
from engine.detectors.base import BAND, Scope, judged_later, points_of, silent_cells, unknown
from engine.errors import ModelError, Reason
from engine.numerics.robust import scale_of, sort_with_counts
from engine.settings import Settings

DAYS_NEEDED = 7
COARSEST_S = 3600

LARGEST_DRIFT = 2.0
"""Stability index beyond which the model abstains; whole data sets of other networks stay below 1."""

LEAST_SIGMA = 0.05

BEFORE = ("total", "count", "farthest")
"""What `Slots` are made of: kept of the days before the border."""


@dataclass(frozen=True)
class ConvLstm:
    """A ConvLSTM as a detector.

    model: its id, "" = the active one. moved: drift of its data. tried: how it did on incidents written into the data,
    None where it was not tried. scope: "panel" once it is known that the model looks at maps. weights: by which ones
    it has learned, "" before.
    """

    model: str = ""
    moved: float = 0.0
    tried: Trial | None = None
    scope: Scope = "block"
    weights: str = ""

    id: ClassVar[str] = "convlstm"
    label: ClassVar[str] = "ConvLSTM"
    own_cut: ClassVar[float | None] = None
    calibrated: ClassVar[bool] = False
    from_labels: ClassVar[bool] = False

    @classmethod
    def configured(cls, settings: Settings) -> Self:
        """Take the model."""
        return cls(model=settings.model)

    @property
    def resumes(self) -> bool:
        """Models of single series do, as long as the model is the same."""
        try:
            record = open_model(self.model).record
        except ModelError:
            return not self.weights
        return record.architecture.family == "series" and self.weights in ("", record.weights)

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

    def learn(self, pool: Block, rng: np.random.Generator) -> Self:
        """What the model looks at, how far this KPI is from what it was trained on, and what it is worth on it."""
        if self.applies(pool.clock, pool.kpi, pool.shape[1]) is not None:
            return self
        model, feed = open_model(self.model), _feed(pool)
        shape = model.record.architecture
        if shape.family == "grid":
            values = squash(np.clip(feed, -frames.FARTHEST_SEEN, frames.FARTHEST_SEEN))
        else:
            seen = look(feed, Days.of(pool.clock))
            values = np.where(seen[:, :, 2] > 0, seen[:, :, 0], np.float32(np.nan))
        found = drift(values, model.record.edges)
        moved = 0.0 if np.isnan(found) else found
        tried = None
        if shape.head == "label" and model.bundled and moved <= LARGEST_DRIFT:
            tried = trial(model.session, feed, pool.clean, pool.clock, shape.steps, rng)
        return replace(self, moved=moved, tried=tried, scope=_scope(shape), weights=model.record.weights)

    def score(self, block: Block, rng: np.random.Generator) -> Evidence:  # noqa: ARG002 - nothing is random
        """Label head: spreads from usual, weighed by likelihood. Forecast head: |error| / its usual size."""
        refused = self.applies(block.clock, block.kpi, block.shape[1]) or self._unfit()
        if refused is not None:
            return _abstention(block, points_of(block), refused)
        model, known = open_model(self.model), points_of(block)
        shape, feed = model.record.architecture, _feed(block)
        feed[[reason is not None for reason in known]] = np.nan
        if shape.family == "grid":
            return self._on_map(model, block, feed, known)
        days = Days.of(block.clock)
        said = judge_days(model.session, look(feed, days), shape.steps)
        kept = _before_border(block, feed, days, shape.steps)
        if shape.head == "label":
            score = weigh(feed, days.spread(said))
            nothing = unknown(block)
            return Evidence(self.id, nothing, nothing, nothing, score, _silent(score, known), kept)
        return self._judged(block, feed, ahead(said, days), known, kept)

    def _unfit(self) -> Reason | None:
        """Why the model is not for this KPI."""
        if self.moved > LARGEST_DRIFT:
            return Reason("convlstm_drift", {"index": self.moved, "limit": LARGEST_DRIFT})
        if self.tried is not None and not self.tried.passed:
            return Reason("convlstm_no_gain", {"model": self.tried.model, "distance": self.tried.distance})
        return None

    def taught(self) -> Kept:
        """By which weights it has learned."""
        return {"weights": np.frombuffer(bytes.fromhex(self.weights), np.uint8).astype(np.float32)[None]}

    def recalled(self, taught: Kept) -> Self:
        """This detector as the one that has learned."""
        known = taught.get("weights", np.zeros((1, 0), np.float32))
        return replace(self, weights=known[0].astype(np.uint8).tobytes().hex())

    def resume(self, block: Block, kept: Kept) -> Evidence:
        """The same of later points: by the days before them, as far back as the model looks."""
        nothing = unknown(block)
        if "day" not in kept or not np.isfinite(kept["day"]).any():
            return judged_later(self.id, block, nothing)
        model, feed = open_model(self.model), _feed(block)
        shape = model.record.architecture
        silent = ~np.isfinite(kept["day"][:, 0])
        feed[silent] = np.nan
        first = int(np.nanmax(kept["day"])) - shape.steps
        before = Slots(*(np.nan_to_num(kept[name]).reshape(len(feed), -1, SLOTS) for name in BEFORE))
        if first < 0:
            before, first = before.since(-first), 0
        days = Days.of(block.clock, first)
        said = judge_days(model.session, Slots.of(feed, days).after(before).pictured(), shape.steps, first)
        if shape.head == "label":
            return judged_later(self.id, block, weigh(feed, days.spread(said)))
        return judged_later(self.id, block, *_against(block, feed, ahead(said, days), kept["sigma"]))

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
        return self._judged(block, feed, forecast, known, {})

    def _judged(
        self, block: Block, feed: FloatArray, forecast: FloatArray, known: tuple[Reason | None, ...], kept: Kept
    ) -> Evidence:
        """What was measured against a forecast (C, T) on the scale of the feed."""
        error = np.where(block.clean & np.isfinite(feed), np.abs(feed - forecast), np.float32(np.nan))
        sigma = np.maximum(scale_of(*sort_with_counts(error)), LEAST_SIGMA).astype(np.float32)[:, None]
        expected, lower, upper, score = _against(block, feed, forecast, sigma)
        kept = {**kept, "sigma": sigma} if kept else kept
        return Evidence(self.id, expected, lower, upper, score, _silent(score, known), kept)


def _against(block: Block, feed: FloatArray, forecast: FloatArray, sigma: FloatArray) -> tuple[FloatArray, ...]:
    """Expected value, band and score of a forecast (C, T) whose error has the usual size sigma (C, 1)."""
    score = (np.abs(feed - forecast) / sigma).astype(np.float32)
    usual = _season(block)
    expected, lower, upper = (season.restore(forecast + side * BAND * sigma, usual) for side in (0, -1, 1))
    return expected, lower, upper, score


def _before_border(block: Block, feed: FloatArray, days: Days, steps: int) -> Kept:
    """What later points are judged by: the day before the border and `steps` days before it, by slots.

    "day" is the number of the last of these days; NaN for a cell that is not judged.
    """
    border = feed.shape[1] if block.border is None else block.border
    last = int(block.clock.day[border - 1]) if border else 0
    since = int(np.searchsorted(block.clock.day, last - steps))
    part = days.part(since, border, last - steps, steps + 1)
    slots = Slots.of(feed[:, since:border], part)
    judged = np.isfinite(feed).any(axis=1, keepdims=True)
    kept = {name: getattr(slots, name).reshape(len(feed), -1) for name in BEFORE}
    return {**kept, "day": np.where(judged, np.float32(last), np.float32(np.nan))}


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
