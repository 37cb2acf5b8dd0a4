"""Robust seasonal baseline: how many usual spreads a value stands from what is usual at that hour of that weekday.

The reference is never the previous hour, so a silence is seen at its onset and a fault that lasts a day stays
anomalous all day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from engine import season
from engine.data import Block, Clock, Evidence, FloatArray, Kept, Kpi, Season
from engine.detectors.base import BAND, Scope, judged_later, points_of, silent_cells
from engine.errors import Reason
from engine.settings import Settings


@dataclass(frozen=True)
class Baseline:
    """The seasonal model as a detector; see `engine.season`. Works on the values, whatever the feed is."""

    id: ClassVar[str] = "baseline"
    label: ClassVar[str] = "Seasonal baseline"
    scope: ClassVar[Scope] = "block"
    own_cut: ClassVar[float | None] = None
    calibrated: ClassVar[bool] = False
    from_labels: ClassVar[bool] = False
    resumes: ClassVar[bool] = True

    @classmethod
    def configured(cls, settings: Settings) -> Self:  # noqa: ARG003 - it has no setting of its own
        """The baseline has no settings."""
        return cls()

    def applies(self, clock: Clock, kpi: Kpi, points: int) -> Reason | None:  # noqa: ARG002 - same for every cadence
        """It needs a handful of measured points."""
        if points < season.MIN_POINTS:
            return Reason("not_enough_history", {"points": points, "needed": season.MIN_POINTS})
        return None

    def learn(self, pool: Block, rng: np.random.Generator) -> Self:  # noqa: ARG002
        """Nothing is shared between cells."""
        return self

    def score(self, block: Block, rng: np.random.Generator) -> Evidence:  # noqa: ARG002 - nothing is random
        """|value - usual| / usual spread; the band is `BAND` spreads wide to either side."""
        usual = block.season
        if usual is None:
            usual = season.fit(block.values, block.clean, block.clock, block.kpi)
        expected, lower, upper, score = _judged(block, usual)
        reasons = silent_cells(score, Reason("no_opinion"), points_of(block))
        return Evidence(self.id, expected, lower, upper, score, reasons)

    def taught(self) -> Kept:
        """Nothing."""
        return {}

    def recalled(self, taught: Kept) -> Self:  # noqa: ARG002
        """There is nothing to recall."""
        return self

    def resume(self, block: Block, kept: Kept) -> Evidence:  # noqa: ARG002 - all there is to know is in the season
        """The same of later points, by the season that was extended over them."""
        if block.season is None:
            raise ValueError("later points are judged by a season that is known")
        return judged_later(self.id, block, *_judged(block, block.season))


def _judged(block: Block, usual: Season) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Expected, lower, upper and score (C, T)."""
    flat = np.zeros(block.shape, np.float32)
    expected, lower, upper = (season.restore(flat + np.float32(side * BAND), usual) for side in (0, -1, 1))
    return expected, lower, upper, np.abs(season.adjust(block.values, usual))
