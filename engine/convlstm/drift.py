"""How far data have moved away from what a model was trained on."""

from __future__ import annotations

import numpy as np

from engine.data import FloatArray

FEWEST = 200
"""Points below which nothing is said of drift."""


def drift(seen: FloatArray, edges: tuple[float, ...]) -> float:
    """Population stability index of the finite `seen` values against the deciles of the training data.

    0 = the same spread of values; above 0.25 is commonly called a major shift (Siddiqi 2006). NaN for too few points.
    """
    values = seen[np.isfinite(seen)]
    if len(values) < FEWEST:
        return float("nan")
    counts = np.bincount(np.searchsorted(np.asarray(edges), values), minlength=len(edges) + 1)
    share = np.maximum(counts / len(values), 1e-4)
    usual = 1.0 / (len(edges) + 1)
    return float(((share - usual) * np.log(share / usual)).sum())
