"""Boosted trees as plain arrays: what scikit-learn has fitted, kept in a file and asked again without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from engine.data import DoubleArray, FloatArray

VALUE, FEATURE, THRESHOLD, MISSING_LEFT, LEFT, RIGHT, LEAF = range(7)
FIELDS = ("value", "feature_idx", "num_threshold", "missing_go_to_left", "left", "right", "is_leaf")


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees of numbers for two classes. base: the log odds before any tree. roots (trees,): where each begins in nodes
    (N, 7), whose columns are `FIELDS`; left and right count from the root."""

    base: float
    roots: DoubleArray
    nodes: DoubleArray

    @classmethod
    def of(cls, fitted: Any) -> Self:  # noqa: ANN401 - scikit-learn has no types
        """Those of a fitted `HistGradientBoostingClassifier` without categories."""
        tables = [stage[0].nodes for stage in fitted._predictors]
        sizes = [len(table) for table in tables]
        nodes = np.concatenate([np.stack([table[f].astype(np.float64) for f in FIELDS], axis=1) for table in tables])
        roots = (np.cumsum(sizes) - sizes).astype(np.float64)
        return cls(float(fitted._baseline_prediction.item()), roots, nodes)

    def decision_function(self, rows: FloatArray) -> DoubleArray:
        """(n,) log odds of the second class for features (n, F), NaN = missing."""
        found = np.full(len(rows), self.base)
        along = np.arange(len(rows))
        for root in self.roots.astype(np.int64).tolist():
            at = np.full(len(rows), root)
            going = along[self.nodes[at, LEAF] == 0]
            while len(going):
                node = self.nodes[at[going]]
                seen = rows[going, node[:, FEATURE].astype(np.int64)].astype(np.float64)
                left = np.where(np.isnan(seen), node[:, MISSING_LEFT] > 0, seen <= node[:, THRESHOLD])
                at[going] = root + np.where(left, node[:, LEFT], node[:, RIGHT]).astype(np.int64)
                going = going[self.nodes[at[going], LEAF] == 0]
            found += self.nodes[at, VALUE]
        return found
