"""Silences beyond doubt: nothing is counted where a cell is never anywhere near it.

What is usual is learned from a history in spite of the faults in it, and faults that come back look like a heavy tail.
Of most of them nobody can say, but a cell of two thousand calls an hour that has none for an hour was down, however
often that happens. So nothing is learned from such a point, as from a labelled anomaly, and it surprises every detector
that has an opinion on it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.calibration.calibrate import most_anomalies
from engine.data import BoolArray, Clock, Evidence, FloatArray, Kpi, KpiKind, Season
from engine.numerics.runs import find_runs

BELOW_USUAL = 8.0
"""Usual spreads between zero and what is usual, from which on a zero is no chance (chosen on the tuning halves; from 4
to 12 they hardly differ)."""

SURPRISE = np.float32(7.0)
"""More than any budget asks for, at any granularity."""

FALLS_SILENT = "falls_silent"


def learnt(values: FloatArray, usual: Season, kpi: Kpi, clock: Clock) -> Season:
    """`usual` with what its cells are known for: 1.0 (C, 1) in `kept` for one that falls silent by nature, else 0.0.

    values (C, T): in the KPI's unit, NaN = missing. A cell does so by nature if it falls silent more often than a
    history may hold anomalies (`calibrate.most_anomalies`).
    """
    often = np.bincount(find_runs(_zeros(values, usual, kpi)).cell, minlength=len(values))
    by_nature = often > most_anomalies(np.isfinite(values).sum(axis=1), clock)
    return replace(usual, kept={**usual.kept, FALLS_SILENT: by_nature[:, None].astype(np.float32)})


def silences(values: FloatArray, usual: Season, kpi: Kpi) -> BoolArray:
    """(C, T) True where a cell is silent beyond doubt; `usual` from `learnt`, or extended from such a one.

    values: in the KPI's unit, NaN = missing. Ratios are never silent: none of no attempts is no news.
    """
    found: BoolArray = _zeros(values, usual, kpi) & (usual.kept[FALLS_SILENT] == 0)
    return found


def heard(evidence: Evidence, certain: BoolArray, surprise: np.float32 = SURPRISE) -> Evidence:
    """Calibrated `evidence` with at least `surprise` at the points (C, T) that are `certain`; NaN stays NaN."""
    if not certain.any():
        return evidence
    return replace(evidence, score=np.where(certain, np.maximum(evidence.score, surprise), evidence.score))


def _zeros(values: FloatArray, usual: Season, kpi: Kpi) -> BoolArray:
    if kpi.kind is KpiKind.RATIO:
        return np.zeros(values.shape, bool)
    with np.errstate(invalid="ignore"):
        far: BoolArray = (values == 0) & (usual.centre >= BELOW_USUAL * usual.spread)
    return far
