"""The city put together: places, demand, incidents, measurement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.calendar import make_clock
from engine.data import Labels, Panel
from engine.simulate.demand import demand
from engine.simulate.incidents import ALL, Happening, draw
from engine.simulate.measure import KPIS, measure
from engine.simulate.places import ZONES, places


@dataclass(frozen=True, eq=False)
class Simulated:
    """A panel, its per-point labels (missing hours are -1: nothing to judge) and the incidents behind them."""

    panel: Panel
    labels: Labels
    incidents: tuple[Happening, ...]


def city(
    cells: int = 36,
    days: int = 90,
    period_s: int = 3600,
    country: str = "IR",
    start: str = "2016-12-20T20:30:00",
    incidents_per_cell_week: float = 0.06,
    seed: int = 1,
    kpis: Sequence[str] = ALL,
) -> Simulated:
    """Simulate `cells` cells for `days` days from `start` (UTC; the default is the paper's first local midnight).

    The same arguments give the same numbers. period_s must divide a day. A country that is not in ZONES has its
    holidays and weekend, and lies at 0° N 0° E in UTC. Raises InputError for an unknown country, ValueError for a size
    below one.
    """
    if cells < 1 or days < 1 or 86_400 % period_s:
        raise ValueError("cells and days must be at least 1 and period_s must divide a day")
    rng = np.random.default_rng(seed)
    zone, lat, lon = ZONES.get(country, ("UTC", 0.0, 0.0))
    steps = days * 86_400 // period_s
    times = np.datetime64(start, "s") + np.arange(steps) * np.timedelta64(period_s, "s")
    clock = make_clock(times, period_s, zone, country)
    sites = places(cells, lat, lon, rng)
    undisturbed = demand(sites, clock, rng)
    happenings = draw(sites, clock, incidents_per_cell_week, rng)
    values, labels = measure(undisturbed, happenings, clock, kpis, rng)
    chosen = tuple(k for k in KPIS if k.id in kpis)
    panel = Panel(
        times,
        period_s,
        zone,
        sites,
        chosen,
        {k.id: values[k.id] for k in chosen},
        {k.id: np.zeros((cells, steps), np.uint8) for k in chosen},
    )
    return Simulated(panel, {k.id: labels[k.id] for k in chosen}, happenings)
