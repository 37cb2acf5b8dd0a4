"""K-means on single rows: two clusters over all KPIs, the smaller of which is the strange one, and how far apart.

The paper's K-means has k = 2 on one series; here a row is a point with one coordinate per KPI. KPIs that are never
negative are put on a logarithmic scale, all are centred on their median and divided by their quartile range, so that
none counts more for its unit. A missing value stands at the median: it speaks for neither cluster.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data import DoubleArray, IntArray

CLEAR = 0.5
"""Below this silhouette the clusters run into each other: the smaller one is no group of strange rows."""

_MOST_JUDGED = 5_000
_STARTS = 10


@dataclass(frozen=True, eq=False)
class RowClusters:
    """cluster (N,) 0 the usual, 1 the strange one. score (N,): 1.0 = halfway between the two centres, more = stranger.

    silhouette: mean over a sample of rows, 1 = far apart, 0 = no clusters; NaN where all rows are alike.
    """

    cluster: IntArray
    score: DoubleArray
    silhouette: float


def scaled(values: DoubleArray) -> DoubleArray:
    """(N, K) without units: see above. A KPI that never varies is 0."""
    result = np.zeros(values.shape)
    for k in range(values.shape[1]):
        x = values[:, k]
        known = np.isfinite(x)
        if not known.any():
            continue
        if (x[known] >= 0).all():
            x = np.log1p(x)
        low, middle, high = np.quantile(x[known], (0.25, 0.5, 0.75))
        spread = (high - low) or float(np.std(x[known]))
        if spread > 0:
            result[known, k] = (x[known] - middle) / spread
    return np.clip(result, -10.0, 10.0)


def two_clusters(values: DoubleArray, seed: int) -> RowClusters:
    """Part rows into two clusters. values (N, K), NaN = missing."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    x = scaled(values)
    if len(np.unique(x[: 10 * _MOST_JUDGED], axis=0)) < 2:
        return RowClusters(np.zeros(len(x), np.int64), np.full(len(x), np.nan), float("nan"))
    model = KMeans(2, n_init=_STARTS, random_state=seed).fit(x)
    sizes = np.bincount(model.labels_, minlength=2)
    strange = int(np.argmin(sizes))
    usual_at, strange_at = model.cluster_centers_[1 - strange], model.cluster_centers_[strange]
    axis = strange_at - usual_at
    score = 2 * ((x - usual_at) @ axis) / float(axis @ axis)
    some = np.random.default_rng(seed).permutation(len(x))[:_MOST_JUDGED]
    both = len(np.unique(model.labels_[some])) == 2
    silhouette = float(silhouette_score(x[some], model.labels_[some])) if both and len(some) > 2 else float("nan")
    return RowClusters((model.labels_ == strange).astype(np.int64), score, silhouette)
