"""Robust seasonal baseline: how many usual spreads a value stands from what is usual at that hour of that weekday.

The reference is never the previous hour, so a silence is seen at its onset and a fault that lasts a day stays
anomalous all day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from engine import season
from engine.data import Block, Clock, Evidence, Kpi
from engine.detectors.base import BAND, Scope, points_of, silent_cells
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
        score = np.abs(season.adjust(block.values, usual))
        flat = np.zeros(block.shape, np.float32)
        return Evidence(
            detector=self.id,
            expected=season.restore(flat, usual),
            lower=season.restore(flat - np.float32(BAND), usual),
            upper=season.restore(flat + np.float32(BAND), usual),
            score=score,
            reasons=silent_cells(score, Reason("no_opinion"), points_of(block)),
        )
