"""K-means with two clusters in one dimension, solved exactly: the smaller cluster is the strange one.

In one dimension the best two clusters are a cut of the sorted values, so all cuts are tried at once by prefix sums
(Wang & Song 2011, "Ckmeans.1d.dp"). On the raw feed this is the voter of Mokhtari et al. (2022), literally: all
measured values of a cell, `score > own_cut` = "in the smaller cluster". On the adjusted feed the size of the *lasting*
deviation is clustered, dips and rises alike: the lesser of a point's own deviation and that of the last `LASTING`
periods' mean. The deviation as such would only repeat the baseline's opinion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from engine.data import Block, BoolArray, Clock, DoubleArray, Evidence, FloatArray, Kept, Kpi
from engine.detectors.base import Scope, at_border, in_unit, judged_later, points_of, silent_cells, unknown
from engine.errors import Reason
from engine.numerics.robust import median
from engine.season import MIN_POINTS
from engine.settings import Settings

LASTING = 3
"""Periods over which a deviation has to last."""


@dataclass(frozen=True, eq=False)
class Clusters:
    """The two clusters of each cell, all (C,): lower and upper mean, the cut between them, whether the upper is the
    smaller one, and the mean simplified silhouette 0..1 (distances to the two means). NaN where all values are equal.
    """

    low: DoubleArray
    high: DoubleArray
    cut: DoubleArray
    strange_above: BoolArray
    silhouette: DoubleArray


@dataclass(frozen=True)
class KMeans:
    """K-means, k = 2. raw: cluster the feed itself (paper), else its absolute value. separation: see Settings."""

    raw: bool = False
    separation: float = 0.75

    id: ClassVar[str] = "kmeans"
    label: ClassVar[str] = "K-means"
    scope: ClassVar[Scope] = "block"
    own_cut: ClassVar[float | None] = 1.0
    calibrated: ClassVar[bool] = False
    from_labels: ClassVar[bool] = False
    resumes: ClassVar[bool] = True

    @classmethod
    def configured(cls, settings: Settings) -> Self:
        """Take the feed and the separation below which it abstains."""
        return cls(raw=settings.feed == "raw", separation=settings.kmeans_separation)

    def applies(self, clock: Clock, kpi: Kpi, points: int) -> Reason | None:  # noqa: ARG002 - same for every cadence
        """It needs a handful of measured points."""
        if points < MIN_POINTS:
            return Reason("not_enough_history", {"points": points, "needed": MIN_POINTS})
        return None

    def learn(self, pool: Block, rng: np.random.Generator) -> Self:  # noqa: ARG002
        """Nothing is shared between cells."""
        return self

    def score(self, block: Block, rng: np.random.Generator) -> Evidence:  # noqa: ARG002 - the optimum is exact
        """Distance from the larger cluster's mean toward the smaller one; 1 = the cut between them (`own_cut`)."""
        x = _finite(block)
        size = self._size(x)
        known = two_means(size if self.raw else np.where(block.clean, size, np.nan))
        usual = np.where(known.strange_above, known.low, known.high)
        reasons = list(points_of(block))
        for row, silhouette in enumerate(known.silhouette.tolist()):
            if reasons[row] is None and np.isnan(silhouette):
                reasons[row] = Reason("kmeans_one_value")
            elif reasons[row] is None and silhouette < self.separation:
                reasons[row] = Reason("kmeans_not_separated", {"separation": silhouette, "needed": self.separation})
        silent = [reason is not None for reason in reasons]
        usual[silent] = known.cut[silent] = np.nan
        kept = {"clusters": np.stack([usual, known.cut, known.strange_above], axis=1)}
        if not self.raw:
            kept["before"] = at_border(block, x, LASTING - 1)
        score = _distance(size, kept["clusters"])
        band = self._band(block, kept["clusters"])
        return Evidence(self.id, *band, score, silent_cells(score, Reason("no_opinion"), reasons), kept)

    def taught(self) -> Kept:
        """Nothing."""
        return {}

    def recalled(self, taught: Kept) -> Self:  # noqa: ARG002
        """There is nothing to recall."""
        return self

    def resume(self, block: Block, kept: Kept) -> Evidence:
        """The same of later points, by the clusters that were found and the last deviations before them."""
        x = _finite(block)
        if not self.raw:
            x = np.concatenate([kept["before"], x], axis=1)
        size = self._size(x)[:, x.shape[1] - block.shape[1] :]
        clusters = kept["clusters"]
        return judged_later(self.id, block, *self._band(block, clusters), _distance(size, clusters))

    def _size(self, x: DoubleArray) -> DoubleArray:
        """(C, T) what is clustered: the feed itself, or the size of the lasting deviation."""
        return x if self.raw else np.minimum(np.abs(x), np.abs(mean_of_last(x, LASTING)))

    def _band(self, block: Block, clusters: DoubleArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The larger cluster's mean and the cut, in the KPI's unit; a side without a cut has no limit (NaN)."""
        usual, cut = clusters[:, :1], clusters[:, 1:2]
        shape, above = block.shape, clusters[:, 2] > 0
        if not self.raw:
            edge = np.broadcast_to(cut, shape).astype(np.float32)
            return in_unit(block, 0 * edge, False), in_unit(block, -edge, False), in_unit(block, edge, False)
        lower, upper = unknown(block), unknown(block)
        upper[above], lower[~above] = cut[above], cut[~above]
        return np.broadcast_to(usual, shape).astype(np.float32), lower, upper


def _finite(block: Block) -> DoubleArray:
    return np.where(np.isfinite(block.feed), block.feed, np.float32(np.nan)).astype(np.float64)


def _distance(size: DoubleArray, clusters: DoubleArray) -> FloatArray:
    """(C, T) distance from the larger cluster's mean; 1 = the cut. clusters (C, 3): mean, cut, smaller one above."""
    usual, cut = clusters[:, :1], clusters[:, 1:2]
    return ((size - usual) / (cut - usual)).astype(np.float32)


def mean_of_last(values: DoubleArray, periods: int) -> DoubleArray:
    """(C, T) the mean of what was measured in the `periods` periods up to each point; NaN where nothing was."""
    total, count = np.zeros(values.shape), np.zeros(values.shape)
    for back in range(min(periods, values.shape[1])):
        part = values[:, : values.shape[1] - back]
        total[:, back:] += np.where(np.isnan(part), 0.0, part)
        count[:, back:] += ~np.isnan(part)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def two_means(values: DoubleArray) -> Clusters:
    """The two clusters of least inner variance of each row of `values` (C, T); NaN = not there.

    The smaller cluster is the strange one; of two equally large ones the one farther from the median.
    """
    if values.shape[1] < 2:
        nothing = np.full(len(values), np.nan)
        return Clusters(nothing, nothing, nothing, np.zeros(len(values), np.bool_), nothing)
    counts = np.count_nonzero(~np.isnan(values), axis=1)
    centre = np.where(counts > 0, median(values), 0.0)
    scale = np.nanmax(np.abs(np.concatenate([values - centre[:, None], np.full((len(values), 1), 1e-300)], 1)), axis=1)
    ordered = np.sort((values - centre[:, None]) / scale[:, None], axis=1)
    sums = np.cumsum(np.where(np.isnan(ordered), 0.0, ordered), axis=1)
    left = np.arange(1, values.shape[1])
    right = counts[:, None] - left
    with np.errstate(invalid="ignore", divide="ignore"):
        gain = sums[:, :-1] ** 2 / left + (sums[:, -1:] - sums[:, :-1]) ** 2 / right
        valid = (right > 0) & (ordered[:, 1:] > ordered[:, :-1])
    gain = np.where(valid, gain, -1.0)
    at = gain.argmax(axis=1)
    rows = np.arange(len(values))
    found = gain[rows, at] >= 0.0
    below = at + 1
    above = np.maximum(counts - below, 1)
    low = np.where(found, sums[rows, at] / below, np.nan)
    high = np.where(found, (sums[:, -1] - sums[rows, at]) / above, np.nan)
    to_low, to_high = np.abs(ordered - low[:, None]), np.abs(ordered - high[:, None])
    near, far = np.minimum(to_low, to_high), np.maximum(to_low, to_high)
    with np.errstate(invalid="ignore"):
        closeness = np.where(np.isnan(near), 0.0, 1.0 - near / far)
    silhouette = np.where(found, closeness.sum(axis=1) / np.maximum(counts, 1), np.nan)
    strange_above = np.where(above == below, high > -low, above < below)
    shift = centre
    return Clusters(
        low=low * scale + shift,
        high=high * scale + shift,
        cut=0.5 * (low + high) * scale + shift,
        strange_above=strange_above.astype(np.bool_),
        silhouette=silhouette,
    )
