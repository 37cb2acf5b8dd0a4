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
    def of(cls, clock: Clock, first: int | None = None) -> Days:
        """The days of a clock whose periods are at most an hour long, from its day `first` on; None: from its own."""
        if not len(clock.day):
            return cls(np.zeros(0, np.int64), 0)
        day = np.asarray(clock.day - (clock.day.min() if first is None else first), np.int64)
        slot = np.minimum(clock.slot_of_day * SLOTS // clock.day_slots, SLOTS - 1)
        return cls(day * SLOTS + slot, int(day.max()) + 1)

    def part(self, start: int, stop: int, first: int, count: int) -> Days:
        """The periods [start, stop) alone, in `count` days from the day `first` on."""
        return Days(self.place[start:stop] - first * SLOTS, count)

    def spread(self, by_slot: FloatArray) -> FloatArray:
        """(C, T) from (C, days, 24): every period gets its slot's value."""
        return by_slot.reshape(len(by_slot), -1)[:, self.place]

    def any(self, points: BoolArray) -> BoolArray:
        """(C, days, 24): whether any period of a slot is True in `points` (C, T)."""
        return self.sums(points.astype(np.float32)) > 0

    def mean(self, values: FloatArray) -> FloatArray:
        """(C, days, 24) means of the finite `values` (C, T) of a slot, NaN where there is none."""
        known = np.isfinite(values)
        counts = self.sums(known.astype(np.float32))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.sums(np.where(known, values, np.float32(0.0))) / counts, np.float32)

    def sums(self, values: FloatArray) -> FloatArray:
        """(C, days, 24) sums of the `values` (C, T) of a slot, 0 where it has no period."""
        total = np.zeros((len(values), self.count * SLOTS), np.float32)
        if len(self.place):
            order = np.argsort(self.place, kind="stable")
            places, starts = np.unique(self.place[order], return_index=True)
            total[:, places] = np.add.reduceat(values[:, order], starts, axis=1)
        return total.reshape(len(values), self.count, SLOTS)


@dataclass(frozen=True, eq=False)
class Slots:
    """A feed by days and slots, each (C, days, 24) float32, 0 where nothing was measured.

    total: the sum of what was measured; count: how many periods that are; farthest: the value that stands farthest out.
    """

    total: FloatArray
    count: FloatArray
    farthest: FloatArray

    @classmethod
    def of(cls, feed: FloatArray, days: Days) -> Slots:
        """The feed (C, T), NaN = missing, cut at `FARTHEST` spreads."""
        known = np.isfinite(feed)
        cut = np.where(known, np.clip(feed, -FARTHEST, FARTHEST), np.float32(0.0)).astype(np.float32)
        return cls(days.sums(cut), days.sums(known.astype(np.float32)), _farthest(cut, days))

    def after(self, before: Slots) -> Slots:
        """The same with what `before` knows of the first days, which may end in the middle of a slot."""
        first = slice(0, before.total.shape[1])
        total, count, farthest = self.total.copy(), self.count.copy(), self.farthest.copy()
        total[:, first] += before.total
        count[:, first] += before.count
        farther = np.abs(before.farthest) > np.abs(farthest[:, first])
        farthest[:, first] = np.where(farther, before.farthest, farthest[:, first])
        return Slots(total, count, farthest)

    def since(self, day: int) -> Slots:
        """The same without the first `day` days."""
        return Slots(self.total[:, day:], self.count[:, day:], self.farthest[:, day:])

    def pictured(self) -> FloatArray:
        """(C, days, 3, 24): what the model sees."""
        measured = self.count > 0
        mean = np.asarray(self.total / np.maximum(self.count, 1.0), np.float32)
        return np.stack([squash(mean), squash(self.farthest), measured.astype(np.float32)], axis=2)


def squash(feed: FloatArray) -> FloatArray:
    """What the model sees of a feed: asinh, linear near 0 and logarithmic far out."""
    return np.arcsinh(np.clip(feed, -FARTHEST, FARTHEST), dtype=np.float32)


def stretch(squashed: FloatArray) -> FloatArray:
    """The inverse of `squash`."""
    return np.sinh(np.clip(squashed, -5.0, 5.0), dtype=np.float32)


def look(feed: FloatArray, days: Days) -> FloatArray:
    """(C, days, 3, 24): what the model sees of the feed (C, T), NaN = missing."""
    return Slots.of(feed, days).pictured()


def _farthest(cut: FloatArray, days: Days) -> FloatArray:
    """(C, days, 24) the value of each slot that stands farthest from 0; 0 where nothing is known."""
    high = np.zeros((len(cut), days.count * SLOTS), np.float32)
    low = np.zeros_like(high)
    if len(days.place):
        order = np.argsort(days.place, kind="stable")
        places, starts = np.unique(days.place[order], return_index=True)
        ordered = cut[:, order]
        high[:, places] = np.maximum.reduceat(ordered, starts, axis=1)
        low[:, places] = np.minimum.reduceat(ordered, starts, axis=1)
    return np.where(high >= -low, high, low).reshape(len(cut), days.count, SLOTS)


def starts(count: int, steps: int, warm_up: int = WARM_UP) -> IntArray:
    """First days of the windows that together judge `count` days; each overlaps the one before by the warm-up.

    The last one may reach beyond the end: which window judges a day depends on nothing that comes after that day.
    """
    return np.arange(0, max(1, count - warm_up), max(1, steps - warm_up), dtype=np.int64)


def cut_windows(seen: FloatArray, steps: int, first: int = 0) -> FloatArray:
    """(C * windows, steps, channels, 1, 24) of (C, days, channels, 24); days that do not exist are missing ones.

    first: the number of the first day that is given, of all there are; the windows are those that begin on it or later.
    """
    count, days = seen.shape[:2]
    begin = _given(days, steps, first)
    beyond = int(begin[-1]) + steps - days
    if beyond > 0:
        seen = np.concatenate([seen, np.zeros((count, beyond, *seen.shape[2:]), np.float32)], axis=1)
    taken = seen[:, begin[:, None] + np.arange(steps)]
    return np.ascontiguousarray(taken.reshape(-1, steps, seen.shape[2], 1, seen.shape[3]))


def join_windows(z: FloatArray, count: int, days: int, first: int = 0) -> FloatArray:
    """(C, days, 24): what the windows (C * windows, steps, 1, 1, 24) say of every day, each from its latest place.

    first: as in `cut_windows`; NaN on the days that no such window judges.
    """
    steps = z.shape[1]
    begin = _given(days, steps, first)
    parts = z.reshape(count, len(begin), steps, z.shape[-1])
    out = np.full((count, int(begin[-1]) + steps, z.shape[-1]), np.nan, np.float32)
    for index, start in enumerate(begin.tolist()):
        skip = WARM_UP if start + first else 0
        out[:, start + skip : start + steps] = parts[:, index, skip:]
    return out[:, :days]


def _given(days: int, steps: int, first: int) -> IntArray:
    """First days of the windows that begin within `days` days that are given from day `first` on, counted from that."""
    begin = starts(first + days, steps) - first
    return begin[begin >= 0]
