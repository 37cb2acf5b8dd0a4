"""The regular time grid behind a heap of time stamps: granularity period, phase, span; stray stamps set apart.

Everything here is whole seconds on one clock; zones are the business of `engine.io.normalise`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.calendar import duration_text
from engine.data import BoolArray, IntArray
from engine.errors import InputError, Reason

USUAL_PERIODS = (
    1, 5, 10, 15, 20, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200, 86_400,
    604_800,
)  # fmt: skip
"""Granularity periods that systems use, in seconds; a measured one within 2 % of such a period is that period."""

MAX_PERIODS = 5_000_000
MAX_POINTS = 2_000_000_000
_DAY_S = 86_400
_APART_DAYS = 92
"""Stretches of data further apart than this are looked at one by one: a stray date, or two recordings?"""

_STRAY_SHARE = 0.01


@dataclass(frozen=True)
class Grid:
    """count periods of period_s seconds, the first beginning at `first`. low, high: stamps outside are strays."""

    first: int
    period_s: int
    count: int
    low: int
    high: int

    def indices(self, seconds: IntArray) -> IntArray:
        """Which period each stamp lies in; may be outside 0 .. count for strays."""
        return (seconds - self.first) // self.period_s

    def times(self) -> IntArray:
        """Begin of every period, (count,) seconds."""
        return self.first + self.period_s * np.arange(self.count, dtype=np.int64)


def usual_step(steps: IntArray, counts: IntArray) -> tuple[int, float]:
    """The granularity period that steps between stamps of a series speak for, and the share of the steps that do.

    steps: distinct positive differences in seconds, counts: how often each occurs.
    """
    total = float(counts.sum())
    best, mass = int(steps[counts == counts.max()].min()), float(counts.max())
    for period in USUAL_PERIODS:
        near = float(counts[np.abs(steps - period) <= 0.02 * period].sum())
        if near > mass or (near == mass and abs(best - period) <= 0.02 * period):
            best, mass = period, near
    return best, mass / total


def find_grid(seconds: IntArray, counts: IntArray, period_s: int, midnight_s: int) -> Grid:
    """The grid that holds the stamps.

    seconds: distinct stamps, ascending; counts: rows of each; midnight_s: where a period begins if the stamps
    themselves do not say (local midnight). Raises InputError where the span is too long for the period.
    """
    core = _core(seconds, counts)
    inside, weights = seconds[core], counts[core]
    phases, where = np.unique(inside % period_s, return_inverse=True)
    mass = np.bincount(where, weights=weights)
    clear = mass.max() >= 0.6 * mass.sum()
    phase = int(phases[np.argmax(mass)]) if clear else midnight_s % period_s
    first = (int(inside[0]) - phase) // period_s * period_s + phase
    count = (int(inside[-1]) - first) // period_s + 1
    if count > MAX_PERIODS:
        raise InputError(
            Reason(
                "span_too_long",
                {
                    "first": str(np.datetime64(int(inside[0]), "s")),
                    "last": str(np.datetime64(int(inside[-1]), "s")),
                    "period": duration_text(period_s),
                    "periods": count,
                },
            )
        )
    return Grid(first, period_s, count, int(inside[0]), int(inside[-1]))


def _core(seconds: IntArray, counts: IntArray) -> BoolArray:
    """Which stamps belong to the recording; the others are strays: a few rows far away."""
    core = np.ones(len(seconds), bool)
    while True:
        inside = np.flatnonzero(core)
        days = seconds[inside] // _DAY_S
        stretch = np.concatenate([[0], np.cumsum(np.diff(days) > _APART_DAYS)])
        mass = np.bincount(stretch, weights=counts[inside])
        if mass.size == 1:
            return core
        main = inside[stretch == np.argmax(mass)]
        span = int(seconds[main[-1]] - seconds[main[0]])
        strays = [
            inside[stretch == k]
            for k in range(mass.size)
            if mass[k] < _STRAY_SHARE * mass.sum() and _distance(seconds, inside[stretch == k], main) > 3 * span
        ]
        if not strays:
            return core
        core[np.concatenate(strays)] = False


def _distance(seconds: IntArray, stretch: IntArray, main: IntArray) -> int:
    return int(max(seconds[stretch[0]] - seconds[main[-1]], seconds[main[0]] - seconds[stretch[-1]]))
