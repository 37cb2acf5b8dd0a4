"""What people would do if nothing happened: calls per hour of every cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.data import Cell, Clock, DoubleArray
from engine.simulate.places import SPACING_M, metres


def bump(hour: npt.NDArray[np.floating], centre: float, width: float) -> DoubleArray:
    """A bell over the hours of the day that wraps at midnight."""
    distance = np.minimum((hour - centre) % 24, (centre - hour) % 24)
    return np.asarray(np.exp(-0.5 * (distance / width) ** 2), np.float64)


def _profiles(hour: npt.NDArray[np.floating]) -> DoubleArray:
    """(use, day type, T): offices, homes, transport, nightlife on working days, weekends and holidays."""
    offices = 0.05 + bump(hour, 10.5, 2.2) + 0.9 * bump(hour, 15.5, 2.4)
    homes = 0.10 + 0.45 * bump(hour, 12.5, 2.8) + bump(hour, 20.5, 2.6)
    roads = 0.06 + bump(hour, 8.0, 1.4) + 1.1 * bump(hour, 17.8, 1.7)
    night = 0.08 + 0.35 * bump(hour, 14.0, 3.0) + 1.1 * bump(hour, 22.0, 2.2)
    late = 0.10 + 0.6 * bump(hour, 13.0, 3.2) + 0.9 * bump(hour, 20.5, 2.8)
    return np.stack(
        [
            np.stack([offices, 0.25 * offices + 0.08, 0.18 * offices + 0.07]),
            np.stack([homes, 1.10 * late, 1.15 * late]),
            np.stack([roads, 0.60 * late, 0.50 * late]),
            np.stack([night, 1.45 * night, 1.25 * night]),
        ]
    )


def demand(places: Sequence[Cell], clock: Clock, rng: np.random.Generator) -> DoubleArray:
    """(C, T) expected calls per hour before any incident."""
    count, steps = len(places), len(clock.hour)
    per_hour = 3600 / clock.period_s
    hour = clock.slot_of_day * (24 / clock.day_slots) + 12 / clock.day_slots
    usage = _profiles(hour)[:, clock.day_type, np.arange(steps)]
    site_mix = {p.site: rng.dirichlet((1.2, 1.2, 0.6, 0.4)) for p in places}
    mix = np.stack([site_mix[p.site] for p in places])
    base = np.exp(rng.normal(5.4, 0.7, (count, 1)))
    growth = np.exp(rng.normal(0.10, 0.08, (count, 1)) * np.arange(steps) / max(steps, 1))
    weekday = np.exp(rng.normal(0, 0.03, (count, 7)))[:, clock.weekday]
    eve = np.where(clock.eve, 1.08, 1.0)
    shared = _field(places, steps, per_hour, rng)
    own = _nervous_noise(count, steps, per_hour, rng)
    return base * (mix @ usage) * growth * weekday * eve * np.exp(shared + own)


def _field(places: Sequence[Cell], steps: int, per_hour: float, rng: np.random.Generator) -> DoubleArray:
    """(C, T) log noise that neighbours share: sixteen smooth bumps in space, each an AR(1) of about ten hours."""
    where = metres(places)
    span = max(float(np.ptp(where[:, 0])), float(np.ptp(where[:, 1])), SPACING_M)
    centres = where.mean(0) + rng.uniform(-0.6, 0.6, (16, 2)) * span
    weight = np.exp(-0.5 * ((where[:, None] - centres[None]) ** 2).sum(-1) / (0.35 * span) ** 2)
    weight /= np.sqrt((weight**2).sum(1, keepdims=True)) + 1e-9
    keep = 0.9 ** (1 / per_hour)
    shocks = rng.normal(0, 0.05 * np.sqrt(1 - keep**2), (16, steps))
    return np.asarray(weight @ _autoregress(shocks, keep))


def _autoregress(shocks: DoubleArray, keep: float) -> DoubleArray:
    """x_t = keep x_{t-1} + shock_t along the last axis."""
    from scipy.signal import lfilter

    return np.asarray(lfilter([1.0], [1.0, -keep], shocks, axis=-1))


def _nervous_noise(count: int, steps: int, per_hour: float, rng: np.random.Generator) -> DoubleArray:
    """(C, T) AR(1) log noise with GARCH(1,1) innovations, Student-t tails, about 6 % an hour."""
    tail = rng.standard_t(8, (steps, count)) / np.sqrt(8 / 6)
    alpha, beta, level = 0.12, 0.80, 0.055**2 / per_hour
    variance = np.full(count, level)
    shocks = np.empty((steps, count))
    for t in range(steps):
        shocks[t] = np.sqrt(variance) * tail[t]
        variance = level * (1 - alpha - beta) + alpha * shocks[t] ** 2 + beta * variance
    return _autoregress(shocks.T, float(rng.uniform(0.45, 0.7)) ** (1 / per_hour))
