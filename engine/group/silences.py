"""Where a run of anomalous points is more than one anomaly: more than usual before a silence, and after it.

A cell that takes in a crowd when it is back was silent for so long and no longer. Where zeros and more than usual take
turns, they are one anomaly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.data import BoolArray, FloatArray, IntArray, Kpi, KpiKind
from engine.numerics.runs import Runs

Bits = npt.NDArray[np.uint8]


def sides_of_silence(runs: Runs, values: FloatArray, expected: FloatArray, kpi: Kpi) -> BoolArray:
    """(P,) the points before which a run is two anomalies; values, expected (P,) at the points of the runs."""
    return _turns(runs, *_silent_and_high(values, expected, kpi))


@dataclass(frozen=True, eq=False)
class Silences:
    """The silent points of some cells and those with more than usual, for runs that are not known yet.

    rows (R,): the cells that were ever silent, ascending; silent, high (R, ceil(T / 8)): one bit a point.
    """

    rows: IntArray
    silent: Bits
    high: Bits

    @classmethod
    def of(cls, values: FloatArray, expected: FloatArray, kpi: Kpi) -> Silences:
        """Of cells by what they measured and what was expected of them (C, T), NaN = missing / not known."""
        silent, high = _silent_and_high(values, expected, kpi)
        rows = np.flatnonzero(silent.any(axis=1) & high.any(axis=1))
        return cls(rows, np.packbits(silent[rows], axis=1), np.packbits(high[rows], axis=1))

    @classmethod
    def joined(cls, parts: Sequence[Silences], first_rows: Sequence[int]) -> Silences:
        """Those of consecutive cells as one; first_rows: the row at which each begins."""
        rows = np.concatenate([part.rows + first for part, first in zip(parts, first_rows, strict=True)])
        return cls(rows, np.concatenate([p.silent for p in parts]), np.concatenate([p.high for p in parts]))

    def split(self, runs: Runs, times: int) -> Runs:
        """The runs as anomalies; `times` periods per cell."""
        if not len(runs) or not len(self.rows):
            return runs
        cell, time = np.divmod(runs.points, times)
        row = np.minimum(np.searchsorted(self.rows, cell), len(self.rows) - 1)
        at = np.flatnonzero(self.rows[row] == cell)
        silent, high = np.zeros(len(cell), bool), np.zeros(len(cell), bool)
        for mask, bits in ((silent, self.silent), (high, self.high)):
            mask[at] = (bits[row[at], time[at] >> 3] >> (7 - (time[at] & 7))) & 1
        return runs.broken(_turns(runs, silent, high), times)


def _silent_and_high(values: FloatArray, expected: FloatArray, kpi: Kpi) -> tuple[BoolArray, BoolArray]:
    """Where nothing was counted though something was expected, and where more was than expected."""
    if kpi.kind is KpiKind.RATIO:
        return np.zeros(values.shape, bool), np.zeros(values.shape, bool)
    with np.errstate(invalid="ignore"):
        return (values == 0) & (expected > 0), (values > expected) & (values > 0)


def _turns(runs: Runs, silent: BoolArray, high: BoolArray) -> BoolArray:
    """(P,) the points before which a run is two anomalies."""
    before = np.zeros(len(silent), bool)
    if not (silent.any() and high.any()):
        return before
    places, far = np.arange(len(silent)), len(silent)
    first = np.repeat(np.minimum.reduceat(np.where(silent, places, far), runs.begins), runs.length)
    last = np.repeat(np.maximum.reduceat(np.where(silent, places, -1), runs.begins), runs.length)
    within = np.logical_or.reduceat(high & (places > first) & (places < last), runs.begins)
    leading = np.maximum.reduceat(np.where(high & (places < first), places, -1), runs.begins) + 1
    trailing = np.minimum.reduceat(np.where(high & (places > last), places, far), runs.begins)
    there = (first[runs.begins] < far) & ~within
    before[leading[there & (leading > 0)]] = True
    before[trailing[there & (trailing < far)]] = True
    return before
