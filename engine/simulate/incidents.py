"""What goes wrong, where and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.data import Cell, Clock, DoubleArray
from engine.simulate.places import metres

KINDS = ("outage", "sleeping", "surge", "crowd", "level_shift", "stuck", "missing", "sms_flood", "area")
TRAFFIC = ("calls", "sms", "data_mb")
ALL = (*TRAFFIC, "prb_utilisation", "drop_rate", "rrc_success_rate")
NEWS_H = 7 * 24
"""How long a change that stays is an incident; after a week it is how the cell runs."""


@dataclass(frozen=True)
class Happening:
    """One injected incident: its kind (one of KINDS), cells, KPIs it shows in, and time indices [start, stop)."""

    kind: str
    cells: tuple[int, ...]
    kpis: tuple[str, ...]
    start: int
    stop: int


def draw(places: Sequence[Cell], clock: Clock, per_cell_week: float, rng: np.random.Generator) -> tuple[Happening, ...]:
    """Incidents of every kind in turn, none in the first tenth of the time, none touching another on the same cell."""
    count, steps = len(places), len(clock.hour)
    per_hour = 3600 / clock.period_s
    wanted = round(per_cell_week * count * steps * clock.period_s / (7 * 86_400))
    where = metres(places)
    busy = np.zeros((count, steps), bool)
    drawn: list[Happening] = []
    first = steps // 10
    margin = max(1, round(6 * per_hour))
    for n in range(wanted):
        kind = KINDS[n % len(KINDS)]
        for _ in range(30):
            hours = _duration_h(kind, rng)
            length = max(1, round(hours * per_hour))
            if steps - length - 2 <= first:
                break
            start = int(rng.integers(first, steps - length - 1))
            if kind in ("surge", "crowd", "sms_flood") and not 9 <= clock.hour[start] <= 20:
                continue
            if kind in ("outage", "sleeping", "stuck") and not 6 <= clock.hour[start] <= 21:
                continue
            cells = _struck(kind, places, where, rng)
            around = slice(max(0, start - margin), start + length + margin)
            if busy[cells, around].any():
                continue
            busy[cells, around] = True
            stop = min(start + round(NEWS_H * per_hour), steps) if kind == "level_shift" else start + length
            drawn.append(Happening(kind, tuple(int(c) for c in cells), _shows_in(kind, rng), start, stop))
            break
    return tuple(sorted(drawn, key=lambda h: (h.start, h.cells)))


def _duration_h(kind: str, rng: np.random.Generator) -> float:
    low, high = {
        "outage": (1, 7),
        "sleeping": (8, 36),
        "surge": (1, 4),
        "crowd": (3, 6),
        "level_shift": (48, 49),
        "stuck": (8, 24),
        "missing": (3, 24),
        "sms_flood": (2, 6),
        "area": (1, 5),
    }[kind]
    return float(rng.uniform(low, high))


def _struck(kind: str, places: Sequence[Cell], where: DoubleArray, rng: np.random.Generator) -> np.ndarray:
    """Which cells an incident of this kind hits: one, its site, or all within a radius."""
    centre = int(rng.integers(len(places)))
    if kind == "outage":
        return np.flatnonzero([p.site == places[centre].site for p in places])
    if kind in ("crowd", "area"):
        radius = 700.0 if kind == "crowd" else 1100.0
        return np.flatnonzero(np.hypot(*(where - where[centre]).T) <= radius)
    return np.array([centre])


def _shows_in(kind: str, rng: np.random.Generator) -> tuple[str, ...]:
    return {
        "outage": TRAFFIC,
        "area": (*TRAFFIC, "rrc_success_rate"),
        "sleeping": (*TRAFFIC, "rrc_success_rate"),
        "surge": (*TRAFFIC, "prb_utilisation"),
        "crowd": (*TRAFFIC, "prb_utilisation", "drop_rate"),
        "level_shift": (*TRAFFIC, "prb_utilisation"),
        "stuck": (str(rng.choice(TRAFFIC)),),
        "missing": ALL,
        "sms_flood": ("sms",),
    }[kind]
