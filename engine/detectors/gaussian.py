"""Semi-supervised Gaussian: how far the last hours together lie from a normal distribution fitted to clean history.

Each point is described by its own deviation, the one before it and the mean of the last `LASTING` periods; a cell's
clean points give mean and covariance, twice: the second time without the outermost ones, so that unlabelled anomalies
in the history do not widen it. The score is the Mahalanobis distance (Rousseeuw & van Driessen 1999 trim likewise;
Hussain et al. 2019 fit a Gaussian to anomaly-free call detail records). Unlike a single deviation it sees a
combination that is rare though no part of it is: a deviation that lasts, or a fall right after a rise.

The distance stays large for some periods after a fault, for they remember it. What it is beyond the distance that the
point would have after usual periods counts by the square of how large the point's own deviation is beside what is
remembered, so the recovery is not blamed for the fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from engine.data import Block, BoolArray, Clock, DoubleArray, Evidence, FloatArray, Kept, Kpi
from engine.detectors.base import Scope, at_border, judged_later, points_of, silent_cells, unknown
from engine.errors import Reason
from engine.numerics.robust import median, pick_quantile, scale_of, sort_with_counts
from engine.settings import Settings

LASTING = 6
FEATURES = 3
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
    resumes: ClassVar[bool] = True

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
        kept = {
            "scale": np.tile([0.0, 1.0], (len(score), 1)),
            "normal": np.full((len(score), FEATURES + FEATURES**2), np.nan),
            "before": np.zeros((len(score), LASTING - 1)),
        }
        for first in range(0, len(score), CELLS_AT_ONCE):
            rows = slice(first, first + CELLS_AT_ONCE)
            self._score_rows(block, rows, score, reasons, {name: part[rows] for name, part in kept.items()})
        nothing = unknown(block)
        silent = silent_cells(score, Reason("no_opinion"), tuple(reasons))
        return Evidence(self.id, nothing, nothing, nothing, score, silent, kept)

    def taught(self) -> Kept:
        """Nothing."""
        return {}

    def recalled(self, taught: Kept) -> Self:  # noqa: ARG002
        """There is nothing to recall."""
        return self

    def resume(self, block: Block, kept: Kept) -> Evidence:
        """The same of later points, by the Gaussians that were fitted and the last deviations before them."""
        known = np.isfinite(block.feed)
        x = _cut(np.where(known, block.feed, np.nan).astype(np.float64), kept["scale"])
        before = kept["before"]
        seen = features(np.concatenate([before, x], axis=1))[:, before.shape[1] :]
        score = np.where(known, _distance(seen, x, kept["normal"]), np.nan).astype(np.float32)
        return judged_later(self.id, block, score)

    def _score_rows(
        self, block: Block, rows: slice, score: FloatArray, reasons: list[Reason | None], kept: Kept
    ) -> None:
        """Score some cells; what is kept of them is written into `kept`, which has rows for them alone."""
        known = np.isfinite(block.feed[rows])
        clean = block.clean[rows] & known
        x = np.where(known, block.feed[rows], np.nan).astype(np.float64)
        if self.raw:
            kept["scale"][:] = _scale(x, clean)
        varies = np.array([len(np.unique(row[used])) > 1 for row, used in zip(x, clean, strict=True)])
        x = _cut(x, kept["scale"])
        seen = features(x)
        normal = trimmed_normal(seen, clean)
        distance = _distance(seen, x, normal)
        kept["before"][:] = at_border(block, x, LASTING - 1)
        for place, (points, fine) in enumerate(zip(clean.sum(axis=1).tolist(), varies.tolist(), strict=True)):
            row = rows.start + place
            if reasons[row] is None and points < MIN_POINTS:
                reasons[row] = Reason("not_enough_history", {"points": points, "needed": MIN_POINTS})
            elif reasons[row] is None and not fine:
                reasons[row] = Reason("gaussian_constant")
            if reasons[row] is None:
                score[row] = np.where(known[place], distance[place], np.nan)
                kept["normal"][place] = normal[place]


def features(x: DoubleArray) -> DoubleArray:
    """(C, T, 3): each value of `x` (C, T), the one before it, and the mean of the last `LASTING` ones with itself."""
    periods = x.shape[1]
    before = np.concatenate([np.zeros((len(x), 1)), x[:, :-1]], axis=1)
    sums = np.concatenate([np.zeros((len(x), 1)), np.cumsum(x, axis=1)], axis=1)
    upto = np.arange(1, periods + 1)
    begin = np.maximum(upto - LASTING, 0)
    return np.stack([x, before, (sums[:, upto] - sums[:, begin]) / (upto - begin)], axis=2)


def trimmed_normal(rows: DoubleArray, clean: BoolArray) -> DoubleArray:
    """(C, F + F F) mean and inverse covariance of each cell's Gaussian of the clean `rows` (C, T, F), trimmed."""
    used, size = clean, rows.shape[2]
    for turn in range(2):
        count = np.maximum(used.sum(axis=1), 1)[:, None]
        centre = np.einsum("ctf,ct->cf", rows, used) / count
        off = rows - centre[:, None]
        weighted = off * used[:, :, None]
        spread = np.matmul(weighted.transpose(0, 2, 1), off) / count[:, :, None]
        spread[:, range(size), range(size)] += RIDGE
        normal = np.concatenate([centre, np.linalg.inv(spread).reshape(-1, size * size)], axis=1)
        if turn == 0:
            square = mahalanobis(rows, normal)
            ordered, counts = sort_with_counts(np.where(clean, square, np.nan))
            used = clean & (square <= pick_quantile(ordered, counts, 1.0 - TRIMMED)[:, None])
    return normal


def mahalanobis(rows: DoubleArray, normal: DoubleArray) -> DoubleArray:
    """(C, T) squared distance of `rows` (C, T, F) from each cell's Gaussian, in variances; see `trimmed_normal`."""
    size = rows.shape[2]
    off = rows - normal[:, None, :size]
    square: DoubleArray = np.einsum("ctf,ctf->ct", np.matmul(off, normal[:, size:].reshape(-1, size, size)), off)
    return square


def _distance(seen: DoubleArray, x: DoubleArray, normal: DoubleArray) -> DoubleArray:
    """(C, T) the score: the distance of what is seen of each point, by how much of it is the point's own."""
    distance = np.sqrt(np.maximum(mahalanobis(seen, normal), 0.0))
    alone = seen.copy()
    alone[:, :, 1] = 0.0
    alone[:, :, 2] = x / LASTING
    own = np.sqrt(np.maximum(mahalanobis(alone, normal), 0.0))
    remembered = np.maximum(np.abs(seen[:, :, 1]), np.abs(seen[:, :, 2]))
    share = np.minimum(np.abs(x) / np.maximum(remembered, 1e-9), 1.0)
    return np.where(distance > own, own + (distance - own) * share**2, distance)


def _cut(x: DoubleArray, scale: DoubleArray) -> DoubleArray:
    """`x` (C, T) in deviations by `scale` (C, 2), centre and size; cut where huge, a gap taken for usual."""
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = (x - scale[:, :1]) / scale[:, 1:]
    return np.clip(np.where(np.isnan(scaled), 0.0, scaled), -FARTHEST, FARTHEST)


def _scale(x: DoubleArray, clean: BoolArray) -> DoubleArray:
    """(C, 2) the median of the clean points of `x` (C, T) and their robust standard deviation."""
    learnt = np.where(clean, x, np.nan)
    centre = median(learnt)[:, None]
    size = scale_of(*sort_with_counts(np.abs(learnt - centre)))[:, None].astype(np.float64)
    return np.concatenate([centre, np.where(size > 0, size, 1.0)], axis=1)
