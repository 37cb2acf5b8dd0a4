"""Which rhythms a series has: the day and the week by local slots, or whatever repeats most strongly."""

from __future__ import annotations

import numpy as np

from engine.data import Clock, DoubleArray, IntArray

LEAST_SHARE = 0.10
"""A rhythm counts when its profile explains at least this share of the (remaining) variance, adjusted for its size."""

LEAST_CORRELATION = 0.4
"""A rhythm other than day and week counts when the series correlates at least so much with itself one period later."""

NEAR = 0.05
"""A peak this close to a day or a week, in shares of it, is that day or week: noise moves the peaks."""

_DAYS_FOR_DAY, _WEEKS_FOR_WEEK = 3, 3


def slot_means(values: DoubleArray, slots: IntArray) -> tuple[DoubleArray, IntArray]:
    """Per slot (C, S) mean of `values` (C, T) without NaN and number of points; slots (T,) number them 0..S-1."""
    count = int(slots.max(initial=-1)) + 1
    order = np.argsort(slots, kind="stable")
    present, starts = np.unique(slots[order], return_index=True)
    here = np.isfinite(values)[:, order]
    sums, numbers = np.zeros((len(values), count)), np.zeros((len(values), count), np.int64)
    if len(starts):
        sums[:, present] = np.add.reduceat(np.where(here, values[:, order], 0.0), starts, axis=1)
        numbers[:, present] = np.add.reduceat(here, starts, axis=1, dtype=np.int64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums / numbers, numbers


def without_profile(values: DoubleArray, slots: IntArray) -> DoubleArray:
    """`values` (C, T) less the mean of their slot; NaN = missing."""
    return values - slot_means(values, slots)[0][:, slots]


def explained(values: DoubleArray, slots: IntArray) -> DoubleArray:
    """The share of variance (C,) that the slot means explain, adjusted for their number; NaN if it cannot be said."""
    means, numbers = slot_means(values, slots)
    here = np.isfinite(values)
    n, used = here.sum(axis=1), (numbers > 0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = (np.where(here, values - np.nansum(values, axis=1, keepdims=True) / n[:, None], 0.0) ** 2).sum(axis=1)
        rest = (np.where(here, values - means[:, slots], 0.0) ** 2).sum(axis=1)
        return np.where((n > used) & (total > 0), 1 - (rest / (n - used)) / (total / (n - 1)), np.nan)


def profile_slots(clock: Clock) -> IntArray | None:
    """The finest slots (T,) that a history of this length fills several times: of the week, of the day, or none."""
    days = len(clock.hour) * clock.period_s / 86_400
    if days >= 7 * _WEEKS_FOR_WEEK:
        return clock.slot_of_week
    return clock.slot_of_day if days >= _DAYS_FOR_DAY else None


def find_seasons(values: DoubleArray, clock: Clock) -> tuple[tuple[int, ...], ...]:
    """Per series the rhythms in periods, shortest first, of `values` (C, T) on a variance-stable scale, NaN = missing.

    The day and the week are judged by local slots, so that a change of clocks does not blur them. Without either the
    strongest other one is reported if it is strong.
    """
    days = len(clock.hour) * clock.period_s / 86_400
    daily = weekly = np.zeros(len(values), bool)
    if days >= _DAYS_FOR_DAY and clock.day_slots > 1:
        with np.errstate(invalid="ignore"):
            daily = explained(values, clock.slot_of_day) >= LEAST_SHARE
    if days >= 7 * _WEEKS_FOR_WEEK and clock.week_slots > 1:
        left = without_profile(values, clock.slot_of_day) if clock.day_slots > 1 else values
        with np.errstate(invalid="ignore"):
            weekly = explained(left, clock.slot_of_week) >= LEAST_SHARE
    rows = np.flatnonzero(~(daily | weekly))
    other = {row: _named(found, clock) for row, found in zip(rows.tolist(), _strongest(values[rows]), strict=True)}
    return tuple(
        tuple([clock.day_slots] * bool(day) + [clock.week_slots] * bool(week)) or other.get(i, ())
        for i, (day, week) in enumerate(zip(daily, weekly, strict=True))
    )


def _named(found: tuple[int, ...], clock: Clock) -> tuple[int, ...]:
    """The day or the week in place of a rhythm that is one but for noise."""
    for whole in (clock.day_slots, clock.week_slots):
        if whole > 1 and any(abs(lag - whole) <= NEAR * whole for lag in found):
            return (whole,)
    return found


def _strongest(values: DoubleArray) -> list[tuple[int, ...]]:
    """The lag of the highest peak of the autocorrelation between 4 periods and a third of the history, if it is high.

    A peak must also stand out of the valley before it: a slow decline with ripples is no rhythm.
    """
    points = values.shape[1]
    longest = points // 3
    if longest < 5 or not len(values):
        return [()] * len(values)
    here = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = np.where(here, values, 0.0).sum(axis=1, keepdims=True) / here.sum(axis=1, keepdims=True)
        x = np.where(here, values - centre, 0.0)
        size = 1 << int(np.ceil(np.log2(2 * points)))
        product = np.fft.irfft(np.abs(np.fft.rfft(x, size)) ** 2, size)[:, : longest + 1]
        pairs = np.fft.irfft(np.abs(np.fft.rfft(here.astype(float), size)) ** 2, size)[:, : longest + 1]
        correlation = (product / np.maximum(pairs, 1.0)) / (product[:, :1] / pairs[:, :1])
    inner = correlation[:, 3:-1]
    peak = (inner > correlation[:, 2:-2]) & (inner >= correlation[:, 4:]) if longest > 5 else inner > 2
    valley = np.minimum.accumulate(correlation[:, :-1], axis=1)[:, 3:]
    height = np.where(peak & (inner - valley >= LEAST_CORRELATION), inner, -1.0)
    best = height.argmax(axis=1)
    top = np.take_along_axis(height, best[:, None], axis=1)[:, 0]
    return [(int(lag) + 3,) if high >= LEAST_CORRELATION else () for lag, high in zip(best, top, strict=True)]
