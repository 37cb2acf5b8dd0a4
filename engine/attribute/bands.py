"""How far values stand from the expected, in one unit for all KPIs: half widths of the usual band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.data import DoubleArray, Evidence, Panel
from engine.expectation import expectation


def deviation_in_bands(
    panel: Panel, evidence: Mapping[str, Evidence], kpi: str, rows: Sequence[int], first: int, last: int
) -> DoubleArray:
    """(len(rows), last - first): (value - expected) over the half width of the usual band on its side; 1.0 = its edge.

    evidence: of that KPI, per detector. NaN where nothing was measured or no detector has a band of some width.
    """
    chosen = slice(rows.start, rows.stop) if isinstance(rows, range) and rows.step == 1 else np.asarray(rows, np.int64)

    def cut(array: np.ndarray) -> DoubleArray:
        return np.asarray(array[chosen, first:last], np.float64)

    usual = expectation(
        {
            name: Evidence(name, cut(e.expected), cut(e.lower), cut(e.upper), cut(e.score), ())  # type: ignore[arg-type]
            for name, e in evidence.items()
        }
    )
    deviation = cut(panel.values[kpi]) - usual.expected
    half = np.where(deviation >= 0, usual.upper - usual.expected, usual.expected - usual.lower)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(half > 0, deviation / half, np.nan)
