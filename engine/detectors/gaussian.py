"""Semi-supervised Gaussian: how far the last hours together lie from a normal distribution fitted to clean history.

Each point is described by its own deviation, the one before it and the mean of the last `LASTING` periods; a cell's
clean points give mean and covariance, twice: the second time without the outermost ones, so that unlabelled anomalies
in the history do not widen it. The score is the Mahalanobis distance (Rousseeuw & van Driessen 1999 trim likewise;
Hussain et al. 2019 fit a Gaussian to anomaly-free call detail records). Unlike a single deviation it sees a
combination that is rare though no part of it is: a deviation that lasts, or a fall right after a rise.

The distance stays large for some periods after a fault, for they remember it. It counts by how much of what lasts is
the point's own deviation, so the recovery is not blamed for the fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from engine.data import Block, BoolArray, Clock, DoubleArray, Evidence, Kpi
from engine.detectors.base import Scope, points_of, silent_cells, unknown
from engine.errors import Reason
from engine.robust import median, pick_quantile, scale_of, sort_with_counts
from engine.settings import Settings

LASTING = 6
MIN_POINTS = 48
FARTHEST = 8.0
"""Spreads at which a deviation is cut, so that one huge value does not stand for everything around it."""

TRIMMED = 0.02
RIDGE = 1e-3
CELLS_AT_ONCE = 64


@dataclass(frozen=True)
class Gaussian:
    """A Gaussian of three local features. raw: the feed is the values themselves, scaled here per cell."""

    raw: bool = False

    id: ClassVar[str] = "gaussian"
    label: ClassVar[str] = "Gaussian"
    scope: ClassVar[Scope] = "block"
    own_cut: ClassVar[float | None] = None
    calibrated: ClassVar[bool] = False
    from_labels: ClassVar[bool] = False

    @classmethod
    def configured(cls, settings: Settings) -> Self:
        """Take the kind of feed."""
        return cls(raw=settings.feed == "raw")

    def applies(self, clock: Clock, kpi: Kpi, points: int) -> Reason | None:  # noqa: ARG002 - same for every cadence
        """It needs enough points for a covariance."""
        if points < MIN_POINTS:
            return Reason("not_enough_history", {"points": points, "needed": MIN_POINTS})
        return None

    def learn(self, pool: Block, rng: np.random.Generator) -> Self:  # noqa: ARG002
        """Nothing is shared between cells."""
        return self

    def score(self, block: Block, rng: np.random.Generator) -> Evidence:  # noqa: ARG002 - nothing is random
        """The Mahalanobis distance of each point's features, less where only the hours before it stand out."""
        score, reasons = unknown(block), list(points_of(block))
        for first in range(0, len(score), CELLS_AT_ONCE):
            rows = slice(first, first + CELLS_AT_ONCE)
            self._score_rows(block, rows, score, reasons)
        nothing = unknown(block)
        return Evidence(
            self.id, nothing, nothing, nothing, score, silent_cells(score, Reason("no_opinion"), tuple(reasons))
        )

    def _score_rows(self, block: Block, rows: slice, score: np.ndarray, reasons: list[Reason | None]) -> None:
        known = np.isfinite(block.feed[rows])
        clean = block.clean[rows] & known
        x = np.where(known, block.feed[rows], np.nan).astype(np.float64)
        if self.raw:
            x = _scaled(x, clean)
        varies = np.array([len(np.unique(row[used])) > 1 for row, used in zip(x, clean, strict=True)])
        x = np.clip(np.where(np.isnan(x), 0.0, x), -FARTHEST, FARTHEST)  # a gap is taken for usual
        seen = features(x)
        distance = mahalanobis(seen, clean)
        distance *= np.minimum(np.abs(x) / np.maximum(np.abs(seen[:, :, 2]), 1e-9), 1.0)
        for place, (points, fine) in enumerate(zip(clean.sum(axis=1).tolist(), varies.tolist(), strict=True)):
            row = rows.start + place
            if reasons[row] is None and points < MIN_POINTS:
                reasons[row] = Reason("not_enough_history", {"points": points, "needed": MIN_POINTS})
            elif reasons[row] is None and not fine:
                reasons[row] = Reason("gaussian_constant")
            if reasons[row] is None:
                score[row] = np.where(known[place], distance[place], np.nan)


def features(x: DoubleArray) -> DoubleArray:
    """(C, T, 3): each value of `x` (C, T), the one before it, and the mean of the last `LASTING` ones with itself."""
    periods = x.shape[1]
    before = np.concatenate([np.zeros((len(x), 1)), x[:, :-1]], axis=1)
    sums = np.concatenate([np.zeros((len(x), 1)), np.cumsum(x, axis=1)], axis=1)
    upto = np.arange(1, periods + 1)
    begin = np.maximum(upto - LASTING, 0)
    return np.stack([x, before, (sums[:, upto] - sums[:, begin]) / (upto - begin)], axis=2)


def mahalanobis(rows: DoubleArray, clean: BoolArray) -> DoubleArray:
    """(C, T) distance of `rows` (C, T, F) from each cell's trimmed Gaussian, in standard deviations."""
    used = clean
    square = np.zeros(clean.shape)
    for _ in range(2):
        count = np.maximum(used.sum(axis=1), 1)[:, None]
        centre = np.einsum("ctf,ct->cf", rows, used) / count
        off = rows - centre[:, None]
        weighted = off * used[:, :, None]
        spread = np.matmul(weighted.transpose(0, 2, 1), off) / count[:, :, None]
        spread[:, range(rows.shape[2]), range(rows.shape[2])] += RIDGE
        square = np.einsum("ctf,ctf->ct", np.matmul(off, np.linalg.inv(spread)), off)
        ordered, counts = sort_with_counts(np.where(clean, square, np.nan))
        used = clean & (square <= pick_quantile(ordered, counts, 1.0 - TRIMMED)[:, None])
    return np.sqrt(np.maximum(square, 0.0))


def _scaled(x: DoubleArray, clean: BoolArray) -> DoubleArray:
    """`x` (C, T) in robust standard deviations from the median of its clean points."""
    learnt = np.where(clean, x, np.nan)
    centre = median(learnt)[:, None]
    size = scale_of(*sort_with_counts(np.abs(learnt - centre)))[:, None].astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray((x - centre) / np.where(size > 0, size, 1.0))
