"""What was to be expected at each point, from the detectors that have such a notion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from engine.data import BoolArray, DoubleArray, Evidence, FloatArray, Kpi, KpiKind
from engine.data.units import NEPER_DB, is_level
from engine.execution.scratch import allocate, release

TRUSTED = ("baseline", "nnar", "garch")
"""Whose expectation is taken first; the others follow in the order of the run."""


ROWS_AT_ONCE = 512


@dataclass(frozen=True, eq=False)
class Expectation:
    """Expected value and usual band (C, T), float32, in the KPI's unit; NaN where no detector expects anything."""

    expected: FloatArray
    lower: FloatArray
    upper: FloatArray

    def shown(self, kpi: Kpi) -> Expectation:
        """The same with a band that only holds what the KPI can be (`reach`), for people to read.

        A ratio without a unit may be one of 100 that nobody said so of: where the expected value lies beyond 1, the
        band may too. Scores and causes are worked out from the band as it is.
        """
        low, high = (np.float32(end) for end in reach(kpi))
        beyond = self.expected > high if kpi.unit != "%" else np.False_
        upper = np.where(beyond, self.upper, np.clip(self.upper, low, high))
        return Expectation(self.expected, np.maximum(self.lower, low), upper)


def reach(kpi: Kpi) -> tuple[float, float]:
    """The least and the most that a KPI can be: counts from 0, ratios 0 to 1, "%" 0 to 100, gauges anything."""
    if kpi.unit == "%":
        return 0.0, 100.0
    return {KpiKind.COUNT: (0.0, np.inf), KpiKind.RATIO: (0.0, 1.0), KpiKind.GAUGE: (-np.inf, np.inf)}[kpi.kind]


def possible(evidence: Evidence, kpi: Kpi) -> Evidence:
    """The evidence with nothing expected that the KPI cannot be (`reach`); a ratio without a unit may be one of 100."""
    low, high = reach(kpi)
    high = high if kpi.unit == "%" else np.inf
    with np.errstate(invalid="ignore"):
        beyond = (evidence.expected < low) | (evidence.expected > high)
    if not beyond.any():
        return evidence
    return replace(evidence, expected=np.clip(evidence.expected, np.float32(low), np.float32(high)))


def of_cells(evidence: Mapping[str, Evidence], rows: slice) -> dict[str, Evidence]:
    """What every detector says of some cells, as views; without what is kept of them."""
    return {
        name: Evidence(name, e.expected[rows], e.lower[rows], e.upper[rows], e.score[rows], e.reasons[rows])
        for name, e in evidence.items()
    }


def expectation(evidence: Mapping[str, Evidence]) -> Expectation:
    """Point by point the expectation of the first detector that has one, in the order of `TRUSTED`, then of the run."""
    order = trusted_first(evidence)
    first = evidence[order[0]]
    expected, lower, upper = first.expected, first.lower, first.upper
    for name in order[1:]:
        open_points = np.isnan(expected)
        if not open_points.any():
            break
        other = evidence[name]
        open_points &= np.isfinite(other.expected)
        if open_points.any():
            expected = np.where(open_points, other.expected, expected)
            lower = np.where(open_points, other.lower, lower)
            upper = np.where(open_points, other.upper, upper)
    return Expectation(expected, lower, upper)


def expected_of(evidence: Mapping[str, Evidence]) -> FloatArray:
    """The expected values of `expectation` (C, T), of arrays larger than memory some cells at a time."""
    found: FloatArray = evidence[trusted_first(evidence)[0]].expected
    own = found
    for first in range(0, len(own), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        piece = {
            n: Evidence(n, e.expected[rows], e.lower[rows], e.upper[rows], e.score[rows], ())
            for n, e in evidence.items()
        }
        part = expectation(piece).expected
        if part is not piece[trusted_first(piece)[0]].expected and found is own:
            found = allocate(own.shape, np.nan)
            found[: rows.start] = own[: rows.start]
        if found is not own:
            found[rows] = part
        release([found, *(array for e in evidence.values() for array in (e.expected, e.lower, e.upper))])
    return found


def trusted_first(detectors: Iterable[str]) -> list[str]:
    """Detector ids in the order in which their expectation is taken."""
    names = list(detectors)
    return [*(n for n in TRUSTED if n in names), *(n for n in names if n not in TRUSTED)]


def measure(kpi: Kpi, expected: FloatArray | DoubleArray) -> DoubleArray:
    """What a deviation is measured against, same shape: a deviation of that size counts as 100 %.

    Counts and gauges: the expected value. Ratios: the distance to the nearer end of their scale (0-100 for the unit
    "%", else 0-1), so that a success rate falling from 99 to 97 % has trebled its failures; never less than 0.5 % of
    the scale, so that a change in the last digit stays small. Levels (dB, dBm): a share of the power they stand for,
    whatever their zero is, so that 20 % is 0.9 dB at -105 dBm as at 3 dB.
    """
    size = np.abs(expected).astype(np.float64)
    if is_level(kpi.unit):
        return np.where(np.isnan(size), np.nan, NEPER_DB)
    if kpi.kind is not KpiKind.RATIO:
        return np.maximum(size, 1e-9)
    top = 100.0 if kpi.unit == "%" else 1.0
    return np.maximum(np.minimum(size, np.abs(top - size)), 0.005 * top)


def deviates(kpi: Kpi, values: FloatArray, expected: FloatArray, share: float) -> BoolArray:
    """Where |value - expected| is at least `share` of `measure`; True where nothing was expected or measured."""
    with np.errstate(invalid="ignore", over="ignore"):
        small = np.abs(values - expected) < share * measure(kpi, expected)
    out: BoolArray = ~small
    return out
