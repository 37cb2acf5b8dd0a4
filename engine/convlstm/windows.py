"""How series become what a ConvLSTM of the series family looks at: days one after the other, 24 hours side by side.

The model sees the feed (how many usual spreads a value stands from its usual centre), so it works on any KPI. Finer
cadences are summed up by hour: the mean, and the value that stands farthest out. What was not measured is 0 and said so
in a channel of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.data import BoolArray, Clock, FloatArray, IntArray

SLOTS = 24
CHANNELS = 3
"""Mean, farthest value, measured or not."""

FARTHEST = 60.0
"""Spreads at which a value is cut before it is looked at."""

WARM_UP = 4
"""Days at the start of a window whose output is not used unless there is nothing before them."""


@dataclass(frozen=True, eq=False)
class Days:
    """A time axis cut into local days of 24 slots. place (T,): day * 24 + slot of every period; count: days."""

    place: IntArray
    count: int

    @classmethod
    def of(cls, clock: Clock) -> Days:
        """The days of a clock whose periods are at most an hour long."""
        if not len(clock.day):
            return cls(np.zeros(0, np.int64), 0)
        day = np.asarray(clock.day - clock.day.min(), np.int64)
        slot = np.minimum(clock.slot_of_day * SLOTS // clock.day_slots, SLOTS - 1)
        return cls(day * SLOTS + slot, int(day.max()) + 1)

    def spread(self, by_slot: FloatArray) -> FloatArray:
        """(C, T) from (C, days, 24): every period gets its slot's value."""
        return by_slot.reshape(len(by_slot), -1)[:, self.place]

    def any(self, points: BoolArray) -> BoolArray:
        """(C, days, 24): whether any period of a slot is True in `points` (C, T)."""
        return self._summed(points.astype(np.float32)) > 0

    def mean(self, values: FloatArray) -> FloatArray:
        """(C, days, 24) means of the finite `values` (C, T) of a slot, NaN where there is none."""
        known = np.isfinite(values)
        counts = self._summed(known.astype(np.float32))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self._summed(np.where(known, values, np.float32(0.0))) / counts, np.float32)

    def _summed(self, values: FloatArray) -> FloatArray:
        total = np.zeros((len(values), self.count * SLOTS), np.float32)
        if len(self.place):
            order = np.argsort(self.place, kind="stable")
            places, starts = np.unique(self.place[order], return_index=True)
            total[:, places] = np.add.reduceat(values[:, order], starts, axis=1)
        return total.reshape(len(values), self.count, SLOTS)


def squash(feed: FloatArray) -> FloatArray:
    """What the model sees of a feed: asinh, linear near 0 and logarithmic far out."""
    return np.arcsinh(np.clip(feed, -FARTHEST, FARTHEST), dtype=np.float32)


def stretch(squashed: FloatArray) -> FloatArray:
    """The inverse of `squash`."""
    return np.sinh(np.clip(squashed, -5.0, 5.0), dtype=np.float32)


def look(feed: FloatArray, days: Days) -> FloatArray:
    """(C, days, 3, 24): what the model sees of the feed (C, T), NaN = missing."""
    known = np.isfinite(feed)
    cut = np.where(known, np.clip(feed, -FARTHEST, FARTHEST), np.float32(np.nan))
    seen = np.zeros((len(feed), days.count, CHANNELS, SLOTS), np.float32)
    mean = days.mean(cut)
    measured = np.isfinite(mean)
    seen[:, :, 0] = np.where(measured, squash(np.where(measured, mean, 0.0)), 0.0)
    seen[:, :, 1] = squash(_farthest(cut, days))
    seen[:, :, 2] = measured
    return seen


def _farthest(cut: FloatArray, days: Days) -> FloatArray:
    """(C, days, 24) the value of each slot that stands farthest from 0; 0 where nothing is known."""
    high = np.zeros((len(cut), days.count * SLOTS), np.float32)
    low = np.zeros_like(high)
    if len(days.place):
        order = np.argsort(days.place, kind="stable")
        places, starts = np.unique(days.place[order], return_index=True)
        filled = np.where(np.isfinite(cut), cut, np.float32(0.0))[:, order]
        high[:, places] = np.maximum.reduceat(filled, starts, axis=1)
        low[:, places] = np.minimum.reduceat(filled, starts, axis=1)
    return np.where(high >= -low, high, low).reshape(len(cut), days.count, SLOTS)


def starts(days: int, steps: int, warm_up: int = WARM_UP) -> IntArray:
    """First days of the windows that together judge every day; each overlaps the one before by the warm-up."""
    if days <= steps:
        return np.zeros(1, np.int64)
    found = np.arange(0, days - steps + 1, max(1, steps - warm_up))
    return np.asarray(np.unique(np.append(found, days - steps)), np.int64)


def cut_windows(seen: FloatArray, steps: int) -> FloatArray:
    """(C * windows, steps, channels, 1, 24) of (C, days, channels, 24); days that do not exist are missing ones."""
    count, days = seen.shape[:2]
    if days < steps:
        seen = np.concatenate([seen, np.zeros((count, steps - days, *seen.shape[2:]), np.float32)], axis=1)
        days = steps
    first = starts(days, steps)
    taken = seen[:, first[:, None] + np.arange(steps)]
    return np.ascontiguousarray(taken.reshape(-1, steps, seen.shape[2], 1, seen.shape[3]))


def join_windows(z: FloatArray, count: int, days: int) -> FloatArray:
    """(C, days, 24): what the windows (C * windows, steps, 1, 1, 24) say of every day, each from its latest place."""
    steps = z.shape[1]
    first = starts(max(days, steps), steps)
    parts = z.reshape(count, len(first), steps, z.shape[-1])
    out = np.empty((count, max(days, steps), z.shape[-1]), np.float32)
    for index, start in enumerate(first.tolist()):
        skip = WARM_UP if index else 0
        out[:, start + skip : start + steps] = parts[:, index, skip:]
    return out[:, :days]
