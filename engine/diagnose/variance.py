"""Is the mean, is the variance the same all along? Levene's and the one-way ANOVA test, for many series at once.

Sources: M. B. Brown, A. B. Forsythe, "Robust tests for the equality of variances", JASA 69 (1974) 364-367 (Levene's
test around the median, as `scipy.stats.levene(center="median")`); R. A. Fisher's one-way analysis of variance
(`scipy.stats.f_oneway`).
"""

from __future__ import annotations

import numpy as np

from engine.data import DoubleArray, IntArray
from engine.numerics.robust import median

GROUPS = 54
"""2160 hours make 54 groups of 40 hours, as in the paper."""

LEAST = 10
"""Points a group should have; shorter series make fewer groups."""


def group_edges(points: int) -> IntArray:
    """(groups + 1,) edges that cut `points` consecutive points into at most GROUPS groups of equal length (within one).

    Groups have at least LEAST points; a series of less than two such groups makes one group, which no test can use.
    """
    groups = max(1, min(GROUPS, points // LEAST))
    return np.round(np.linspace(0, points, groups + 1)).astype(np.int64)


def levene(values: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """(F statistic, p-value), (C,) each, of equal variance over the groups of `values` (C, T), NaN = missing.

    NaN for a series with less than two groups of two points, or without any variation inside its groups.
    """
    return _one_way(_grouped(values), deviations=True)


def anova(values: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """(F statistic, p-value), (C,) each, of equal means over the groups of `values` (C, T); NaN as in `levene`."""
    return _one_way(_grouped(values), deviations=False)


def _grouped(values: DoubleArray) -> DoubleArray:
    """(C, groups, longest), NaN as padding. Centred per series: that costs nothing and keeps sums of squares exact."""
    edges = group_edges(values.shape[1])
    sizes = np.diff(edges)
    places = edges[:-1, None] + np.arange(sizes.max(initial=0))
    padded = np.concatenate([values, np.full((len(values), 1), np.nan)], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        padded -= np.nansum(padded, axis=1, keepdims=True) / np.isfinite(padded).sum(axis=1, keepdims=True)
    return np.asarray(padded[:, np.where(places < edges[1:, None], places, values.shape[1])])


def _one_way(x: DoubleArray, *, deviations: bool) -> tuple[DoubleArray, DoubleArray]:
    """The F test of equal group means of `x` (C, groups, n), or of equal means of |x - group median|."""
    from scipy.special import fdtrc

    if deviations:
        x = np.abs(x - median(x)[:, :, None])
    here = np.isfinite(x)
    x = np.where(here, x, 0.0)
    n = here.sum(axis=2)
    used = n > 0
    groups, total = used.sum(axis=1), n.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(used, x.sum(axis=2) / n, 0.0)
        grand = x.sum(axis=(1, 2)) / total
        between = (n * (means - grand[:, None]) ** 2).sum(axis=1)
        residual = np.where(here, x - means[:, :, None], 0.0)
        within = (residual**2).sum(axis=(1, 2))
        possible = (groups >= 2) & (total > groups) & (within > 0)
        statistic = np.where(possible, (between / (groups - 1)) / (within / (total - groups)), np.nan)
        p_value = np.where(possible, fdtrc(groups - 1, total - groups, statistic), np.nan)
    return statistic, p_value
