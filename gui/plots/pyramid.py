"""Smallest and largest value per run of samples, at every scale: what a screen can show of millions of points.

NaN is a gap. A run with a gap in it still shows its spike, a run that is all gap stays a gap, and the last incomplete
run is kept, so that the newest point is never hidden. Pure NumPy, no Qt.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data import DoubleArray, FloatArray

FIRST = 16
"""Samples per run at the finest stored level; finer runs are taken from the samples themselves."""
_BLOCK = 2048


@dataclass(frozen=True, eq=False)
class Reduced:
    """A stretch of a series as drawn. Run i covers the samples [start + i * step, start + (i + 1) * step).

    low, high (n,): smallest and largest measured value of the run, NaN where nothing was measured. step 1: the samples.
    """

    start: int
    step: int
    low: FloatArray
    high: FloatArray

    @property
    def centres(self) -> DoubleArray:
        """(n,) the middle of each run, in samples: a sample i covers [i, i + 1) of the time axis."""
        return self.start + (np.arange(len(self.low), dtype=np.float64) + 0.5) * self.step

    def outline(self) -> tuple[DoubleArray, FloatArray]:
        """x (m,), y (m,) of one line through the runs: the samples at step 1, else low and high of each run in turn.

        A sample between two gaps has no neighbour to be joined to: it becomes a dash as wide as its period.
        """
        if self.step == 1:
            measured = np.isfinite(self.low)
            beside = np.concatenate([[False], measured[:-1]]) | np.concatenate([measured[1:], [False]])
            alone = measured & ~beside
            if not alone.any():
                return self.centres, self.low
            twice = np.where(alone, 2, 1)
            x = np.repeat(self.centres, twice)
            ends = np.cumsum(twice)[alone]
            x[ends - 2] -= 0.5
            x[ends - 1] += 0.5
            return x, np.repeat(self.low, twice)
        y = np.empty(2 * len(self.low), np.float32)
        y[0::2], y[1::2] = self.low, self.high
        return np.repeat(self.centres, 2), y


class Pyramid:
    """The extremes of one series `values` (T,) float32 at steps 1, 2, 4, ...; built once, asked at every pan."""

    def __init__(self, values: FloatArray) -> None:
        self._values = np.ascontiguousarray(values, np.float32)
        self._levels: list[tuple[FloatArray, FloatArray]] = []
        if len(self._values) > FIRST:
            low, high = _first_level(self._values)
            self._levels.append((low, high))
            while len(low) > FIRST:
                low, high = _halve(low, np.fmin), _halve(high, np.fmax)
                self._levels.append((low, high))

    def __len__(self) -> int:
        return len(self._values)

    def reduce(self, start: float, stop: float, runs: int) -> Reduced:
        """The samples of [start, stop) in at most about `runs` runs, with one run more on either side.

        Runs lie on multiples of their step, so that panning does not make the line shimmer; the step is a power of two.
        """
        size = len(self._values)
        first, last = max(0, int(np.floor(start))), min(size, int(np.ceil(stop)))
        if last <= first:
            return Reduced(first, 1, self._values[:0], self._values[:0])
        step = 1
        while (last - first) / step > max(1, runs):
            step *= 2
        begin = max(0, first // step - 1)
        end = min(-(-size // step), -(-last // step) + 1)
        if step < FIRST or not self._levels:
            samples = self._values[begin * step : min(size, end * step)]
            if step == 1:
                return Reduced(begin, 1, samples, samples)
            return Reduced(begin * step, step, *_extremes(samples, step))
        level = min(len(self._levels) - 1, int(step // FIRST).bit_length() - 1)
        low, high = self._levels[level]
        kept = FIRST << level
        if kept == step:
            return Reduced(begin * step, step, low[begin:end], high[begin:end])
        more = step // kept
        return Reduced(
            begin * step,
            step,
            _fold(low[begin * more : end * more], more, np.fmin),
            _fold(high[begin * more : end * more], more, np.fmax),
        )

    def extent(self, start: float, stop: float) -> tuple[float, float] | None:
        """The smallest and the largest measured value of the samples in [start, stop); None if there is none."""
        size = len(self._values)
        first, last = max(0, int(np.floor(start))), min(size, int(np.ceil(stop)))
        lows, highs = [], []
        while first < last:
            level = min(len(self._levels), max(0, ((last - first) // FIRST).bit_length()))
            while level and (first % (FIRST << (level - 1)) or first + (FIRST << (level - 1)) > last):
                level -= 1
            if level:
                low, high = self._levels[level - 1]
                run = first // (FIRST << (level - 1))
                lows.append(low[run])
                highs.append(high[run])
                first += FIRST << (level - 1)
            else:
                end = min(last, (first // FIRST + 1) * FIRST)
                lows.append(np.fmin.reduce(self._values[first:end]))
                highs.append(np.fmax.reduce(self._values[first:end]))
                first = end
        if not lows:
            return None
        smallest, largest = float(np.fmin.reduce(lows)), float(np.fmax.reduce(highs))
        return None if np.isnan(smallest) else (smallest, largest)


def _first_level(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Low and high of every `FIRST` samples, the last run possibly shorter.

    A block at a time is turned on its side, which the cache still holds: then NumPy compares long rows, not short ones.
    """
    whole = len(values) // FIRST
    runs = values[: whole * FIRST].reshape(whole, FIRST)
    low, high = np.empty((2, -(-len(values) // FIRST)), np.float32)
    for first in range(0, whole, _BLOCK):
        block = np.ascontiguousarray(runs[first : first + _BLOCK].T)
        np.fmin.reduce(block, axis=0, out=low[first : first + block.shape[1]])
        np.fmax.reduce(block, axis=0, out=high[first : first + block.shape[1]])
    if whole < len(low):
        rest = values[whole * FIRST :]
        low[whole], high[whole] = np.fmin.reduce(rest), np.fmax.reduce(rest)
    return low, high


def _halve(values: FloatArray, pick: np.ufunc) -> FloatArray:
    """The smaller or larger of every two neighbours; a single last one is kept."""
    pairs = len(values) // 2 * 2
    halved: FloatArray = pick(values[0:pairs:2], values[1:pairs:2])
    return np.append(halved, values[pairs:]) if pairs < len(values) else halved


def _extremes(values: FloatArray, step: int) -> tuple[FloatArray, FloatArray]:
    """Low and high of every `step` (a power of two) samples, the last run possibly shorter."""
    low = high = values
    while step > 1:
        low, high = _halve(low, np.fmin), _halve(high, np.fmax)
        step //= 2
    return low, high


def _fold(values: FloatArray, step: int, pick: np.ufunc) -> FloatArray:
    while step > 1:
        values = _halve(values, pick)
        step //= 2
    return values
