"""A believable city with known incidents: sample data, truth for tests, ground for benchmarks.

Sites of three sectors lie on a jittered grid. Each has a mix of land uses with its own day and week; demand grows,
breathes with its neighbours (a smooth field in space, persistent in time) and carries GARCH-like noise of its own, so
that quiet and nervous hours alternate. Counts are Poisson, ratios come from binomial attempts. Holidays and weekends
are those of the country. Incidents are written into the demand before counting, so their noise is right too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.calendar import make_clock
from engine.data import Cell, Clock, DoubleArray, FloatArray, Kpi, KpiKind, Labels, Panel
from engine.data import Direction as Bad

KPIS: tuple[Kpi, ...] = (
    Kpi("calls", "calls", KpiKind.COUNT, Bad.BOTH),
    Kpi("sms", "messages", KpiKind.COUNT, Bad.BOTH),
    Kpi("data_mb", "MB", KpiKind.COUNT, Bad.BOTH),
    Kpi("prb_utilisation", "%", KpiKind.GAUGE, Bad.UP),
    Kpi("drop_rate", "%", KpiKind.RATIO, Bad.UP),
    Kpi("rrc_success_rate", "%", KpiKind.RATIO, Bad.DOWN),
)
TRAFFIC = ("calls", "sms", "data_mb")
KINDS = ("outage", "sleeping", "surge", "crowd", "level_shift", "stuck", "missing", "sms_flood", "area")

ZONES: Mapping[str, tuple[str, float, float]] = {
    "IR": ("Asia/Tehran", 35.70, 51.40),
    "IT": ("Europe/Rome", 45.46, 9.19),
    "DE": ("Europe/Berlin", 52.52, 13.40),
    "GB": ("Europe/London", 51.51, -0.13),
    "US": ("America/New_York", 40.73, -73.99),
    "IN": ("Asia/Kolkata", 19.08, 72.88),
    "SA": ("Asia/Riyadh", 24.71, 46.68),
}
"""Country -> zone and city centre (degrees) of the simulated network; other countries get UTC and 0, 0."""

_SPACING_M = 600.0
_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Happening:
    """One injected incident: its kind (one of KINDS), cells, KPIs it shows in, and time indices [start, stop)."""

    kind: str
    cells: tuple[int, ...]
    kpis: tuple[str, ...]
    start: int
    stop: int


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
    kpis: Sequence[str] = tuple(k.id for k in KPIS),
) -> Simulated:
    """Simulate `cells` cells for `days` days from `start` (UTC; the default is the paper's first local midnight).

    The same arguments give the same numbers. period_s must divide a day. Raises ValueError for a size below one.
    """
    if cells < 1 or days < 1 or 86_400 % period_s:
        raise ValueError("cells and days must be at least 1 and period_s must divide a day")
    rng = np.random.default_rng(seed)
    zone, lat, lon = ZONES.get(country, ("UTC", 0.0, 0.0))
    steps = days * 86_400 // period_s
    times = np.datetime64(start, "s") + np.arange(steps) * np.timedelta64(period_s, "s")
    clock = make_clock(times, period_s, zone, country if country in ZONES else "")
    places = _places(cells, lat, lon, rng)
    demand = _demand(places, clock, rng)
    happenings = _draw_happenings(places, clock, incidents_per_cell_week, rng)
    values, labels = _measure(demand, happenings, clock, kpis, rng)
    chosen = tuple(k for k in KPIS if k.id in kpis)
    panel = Panel(
        times,
        period_s,
        zone,
        places,
        chosen,
        {k.id: values[k.id] for k in chosen},
        {k.id: np.zeros((cells, steps), np.uint8) for k in chosen},
    )
    return Simulated(panel, {k.id: labels[k.id] for k in chosen}, happenings)


def _places(cells: int, lat: float, lon: float, rng: np.random.Generator) -> tuple[Cell, ...]:
    """Sites on a jittered square grid around the centre, three sectors each, 120 degrees apart."""
    sites = -(-cells // 3)
    side = int(np.ceil(np.sqrt(sites)))
    metres_per_degree_lon = _METRES_PER_DEGREE * np.cos(np.radians(lat))
    placed = []
    for n in range(cells):
        site, sector = divmod(n, 3)
        if sector == 0:
            row, col = divmod(site, side)
            north = (row - side / 2) * _SPACING_M + rng.normal(0, 80)
            east = (col - side / 2) * _SPACING_M + rng.normal(0, 80)
        bearing = np.radians(30 + 120 * sector)
        placed.append(
            Cell(
                id=f"S{site + 1:03d}-{'ABC'[sector]}",
                name=f"Site {site + 1} sector {'ABC'[sector]}",
                site=f"S{site + 1:03d}",
                lat=float(lat + (north + 150 * np.cos(bearing)) / _METRES_PER_DEGREE),
                lon=float(lon + (east + 150 * np.sin(bearing)) / metres_per_degree_lon),
            )
        )
    return tuple(placed)


def _bump(hour: DoubleArray, centre: float, width: float) -> DoubleArray:
    """A bell over the hours of the day that wraps at midnight."""
    distance = np.minimum((hour - centre) % 24, (centre - hour) % 24)
    return np.exp(-0.5 * (distance / width) ** 2)


def _profiles(hour: DoubleArray) -> DoubleArray:
    """(use, day type, T): offices, homes, transport, nightlife on working days, weekends and holidays."""
    offices = 0.05 + _bump(hour, 10.5, 2.2) + 0.9 * _bump(hour, 15.5, 2.4)
    homes = 0.10 + 0.45 * _bump(hour, 12.5, 2.8) + _bump(hour, 20.5, 2.6)
    roads = 0.06 + _bump(hour, 8.0, 1.4) + 1.1 * _bump(hour, 17.8, 1.7)
    night = 0.08 + 0.35 * _bump(hour, 14.0, 3.0) + 1.1 * _bump(hour, 22.0, 2.2)
    late = 0.10 + 0.6 * _bump(hour, 13.0, 3.2) + 0.9 * _bump(hour, 20.5, 2.8)
    return np.stack(
        [
            np.stack([offices, 0.25 * offices + 0.08, 0.18 * offices + 0.07]),
            np.stack([homes, 1.10 * late, 1.15 * late]),
            np.stack([roads, 0.60 * late, 0.50 * late]),
            np.stack([night, 1.45 * night, 1.25 * night]),
        ]
    )


def _demand(places: Sequence[Cell], clock: Clock, rng: np.random.Generator) -> DoubleArray:
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
    where = _metres(places)
    span = max(float(np.ptp(where[:, 0])), float(np.ptp(where[:, 1])), _SPACING_M)
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


def _metres(places: Sequence[Cell]) -> DoubleArray:
    """(C, 2) north, east in metres."""
    lat = np.array([p.lat or 0.0 for p in places])
    lon = np.array([p.lon or 0.0 for p in places])
    return np.stack([lat, lon * np.cos(np.radians(lat.mean()))], 1) * _METRES_PER_DEGREE


def _draw_happenings(
    places: Sequence[Cell], clock: Clock, per_cell_week: float, rng: np.random.Generator
) -> tuple[Happening, ...]:
    """Incidents of every kind in turn, none in the first tenth of the time, none touching another on the same cell."""
    count, steps = len(places), len(clock.hour)
    per_hour = 3600 / clock.period_s
    wanted = round(per_cell_week * count * steps * clock.period_s / (7 * 86_400))
    where = _metres(places)
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
            drawn.append(Happening(kind, tuple(int(c) for c in cells), _shows_in(kind, rng), start, start + length))
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
        "missing": tuple(k.id for k in KPIS),
        "sms_flood": ("sms",),
    }[kind]


def _measure(
    demand: DoubleArray,
    happenings: Sequence[Happening],
    clock: Clock,
    kpis: Sequence[str],
    rng: np.random.Generator,
) -> tuple[dict[str, FloatArray], dict[str, np.ndarray]]:
    """Count what the network would have counted, incidents included; labels (C, T) int8 per KPI."""
    hours = clock.period_s / 3600
    load = {name: np.ones_like(demand) for name in TRAFFIC}
    failing = np.zeros_like(demand)
    dropping = np.ones_like(demand)
    labels = {k.id: np.zeros(demand.shape, np.int8) for k in KPIS}
    for h in happenings:
        _apply(h, load, failing, dropping, rng)
        for name in h.kpis:
            labels[name][np.array(h.cells), h.start : h.stop] = -1 if h.kind == "missing" else 1

    hour = clock.slot_of_day * (24 / clock.day_slots)
    calls_mean = demand * hours * load["calls"]
    sms_mean = 0.45 * demand * hours * load["sms"] * (0.7 + 0.6 * _bump(hour, 21.0, 4.0))
    data_mean = 38.0 * demand * hours * load["data_mb"] * (0.6 + 0.8 * _bump(hour, 21.5, 5.0))
    calls = rng.poisson(calls_mean)
    capacity = np.quantile(38.0 * demand * hours, 0.98, axis=1, keepdims=True) * 1.6
    attempts = rng.poisson(6.0 * calls_mean + 2.0)
    success = rng.binomial(attempts, np.clip(0.996 - failing, 0, 1))
    drops = rng.binomial(calls, np.clip(0.004 * dropping, 0, 1))
    data = rng.gamma(np.maximum(data_mean / 60.0, 1e-9)) * 60.0
    with np.errstate(invalid="ignore", divide="ignore"):
        raw = {
            "calls": calls,
            "sms": rng.poisson(sms_mean),
            "data_mb": np.round(data, 1),
            "prb_utilisation": np.round(np.clip(100 * (1 - np.exp(-1.6 * data / capacity)), 0, 100), 1),
            "drop_rate": np.round(np.where(calls > 0, 100 * drops / calls, np.nan), 3),
            "rrc_success_rate": np.round(np.where(attempts > 0, 100 * success / attempts, np.nan), 3),
        }
    values = {name: raw[name].astype(np.float32) for name in raw if name in kpis}
    for h in happenings:
        cells = np.array(h.cells)
        for name in h.kpis:
            if name not in values:
                continue
            if h.kind == "missing":
                values[name][cells, h.start : h.stop] = np.nan
            elif h.kind == "stuck":
                values[name][cells, h.start : h.stop] = values[name][cells, h.start - 1][:, None]
    for name, array in values.items():
        silent = (labels[name] == 1) & ~np.isfinite(array)
        labels[name][silent] = -1
    return values, labels


def _apply(
    h: Happening,
    load: Mapping[str, DoubleArray],
    failing: DoubleArray,
    dropping: DoubleArray,
    rng: np.random.Generator,
) -> None:
    """Write one incident into the demand factors, the failing share and the drop factor (all (C, T), in place)."""
    cells, span = np.array(h.cells), slice(h.start, h.stop)
    length = h.stop - h.start
    ramp = np.minimum(1.0, np.minimum(np.arange(1, length + 1), np.arange(length, 0, -1)) / max(1.0, 0.2 * length))

    def scale(names: Sequence[str], factor: float | DoubleArray) -> None:
        for name in names:
            load[name][cells, span] *= factor

    if h.kind == "outage":
        scale(TRAFFIC, 0.0)
    elif h.kind == "area":
        scale(TRAFFIC, float(rng.uniform(0.0, 0.25)))
        failing[cells, span] += 0.25
    elif h.kind == "sleeping":
        scale(TRAFFIC, float(rng.uniform(0.03, 0.2)))
        failing[cells, span] += 0.08
    elif h.kind == "surge":
        scale(TRAFFIC, float(rng.uniform(2.2, 3.5)))
    elif h.kind == "crowd":
        scale(TRAFFIC, 1 + float(rng.uniform(0.8, 1.6)) * ramp)
        dropping[cells, span] *= 1 + 7 * ramp
    elif h.kind == "level_shift":
        factor = float(rng.choice([0.5, 1.8]))
        for name in TRAFFIC:
            load[name][cells, h.start :] *= factor
    elif h.kind == "sms_flood":
        scale(("sms",), float(rng.uniform(5, 12)))
