"""What the bundled model of the grid family learns from: maps of networks, seen the way the program sees them.

Simulated cities (our own), Telecom Italia Milan (ODbL 1.0, attributed in the card): the 5 x 5 block and the full-grid
frames, Finland and Taiwan grids (MIT). The last fifth of every source's time is never learned from.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import duckdb

from engine import season, simulate
from engine.calendar import make_clock
from engine.convlstm.layout import Layout, lay_out
from engine.data import Cell, FloatArray, Kpi, KpiKind, TimeArray

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
TRAIN_SHARE = 0.8
CITIES = ((201, 3600), (202, 900), (203, 3600), (204, 900))
"""Seed and period of the simulated cities that the bundled model learns from."""


@dataclass(frozen=True, eq=False)
class Map:
    """One KPI of one network: feed (C, T) with its season fitted on the first `learned` periods only."""

    name: str
    feed: FloatArray
    layout: Layout
    period_s: int
    learned: int


def grid_sources() -> Iterator[Map]:
    """Everything the grid family learns from."""
    for seed, period in CITIES:
        yield from simulated(seed, period)
    yield from milan_block()
    yield from milan_frames()
    yield from finland()
    yield from taiwan()


def as_map(
    name: str,
    values: FloatArray,
    times: TimeArray,
    period_s: int,
    zone: str,
    cells: tuple[Cell, ...],
    kpi: Kpi,
    share: float = TRAIN_SHARE,
) -> Map:
    """The feed of some cells, with what is usual learned from the first `share` of the time."""
    learned = round(values.shape[1] * share)
    clean = np.isfinite(values)
    clean[:, learned:] = False
    clock = make_clock(times, period_s, zone)
    layout = lay_out(cells)
    if layout is None:
        raise ValueError(f"{name} has no map")
    return Map(name, season.adjust(values, season.fit(values, clean, clock, kpi)), layout, period_s, learned)


def simulated(seed: int, period_s: int) -> Iterator[Map]:
    """Three KPIs of a simulated city of 25 sites."""
    days = 56 if period_s == 3600 else 28
    city = simulate.city(75, days, period_s, "IR", seed=seed, kpis=("calls", "data_mb", "prb_utilisation"))
    panel = city.panel
    for kpi in panel.kpis:
        yield as_map("simulator", panel.values[kpi.id], panel.times, period_s, panel.zone, panel.cells, kpi)


Table = tuple[FloatArray, TimeArray, tuple[Cell, ...]]
"""Values (C, T), the begin of every period, the cells."""


def milan_block_of() -> Table:
    """The 5 x 5 block of Milan, November 2013, by ten minutes."""
    file = SHARED / "telecom-italia-milan" / "internet_10min_grid5x5.parquet"
    table = duckdb.read_parquet(str(file)).df().set_index("time_ms").sort_index()
    times = table.index.to_numpy().astype("datetime64[ms]").astype("datetime64[s]")
    squares = [int(name) - 1 for name in table.columns]
    return table.to_numpy(np.float32).T, times, tuple(Cell(str(s + 1), row=s // 100, col=s % 100) for s in squares)


def milan_block() -> Iterator[Map]:
    """The block by ten minutes and by the hour."""
    values, times, cells = milan_block_of()
    yield from _two_cadences("milan", values, times, 600, 6, "Europe/Rome", cells)


def milan_frames_of() -> Iterator[Table]:
    """The two runs of frames of all 10,000 squares, 51 and 28 of ten minutes."""
    for file in sorted((SHARED / "telecom-italia-milan").glob("internet_10min_fullgrid_*.parquet")):
        table = duckdb.read_parquet(str(file)).df().pivot(index="square_id", columns="time_ms", values="internet")
        times = table.columns.to_numpy().astype("datetime64[ms]").astype("datetime64[s]")
        cells = tuple(Cell(str(s), row=(s - 1) // 100, col=(s - 1) % 100) for s in table.index)
        yield table.to_numpy(np.float32), times, cells


def milan_frames() -> Iterator[Map]:
    """Too short for a season, so only a level is known. The first run is learned from whole, the second not at all."""
    for number, (values, times, cells) in enumerate(milan_frames_of()):
        whole = as_map("milan frames", values, times, 600, "Europe/Rome", cells, KPI, 1.0)
        yield replace(whole, learned=whole.learned if number == 0 else 0)


def finland() -> Iterator[Map]:
    """Urban Wi-Fi traffic on 8 x 9 squares, by ten minutes and by the hour."""
    yield from _grid("finland", 600, 1, 6, 9)


def taiwan() -> Iterator[Map]:
    """Vehicles counted from signalling on 3 x 7 squares, by a quarter of an hour and by the hour."""
    yield from _grid("taiwan", 300, 3, 4, 7)


KPI = Kpi("traffic", kind=KpiKind.COUNT)


def _grid(name: str, period_s: int, summed_first: int, together: int, width: int) -> Iterator[Map]:
    values, times, cells = grid_of(name, period_s, summed_first, width)
    yield from _two_cadences(name, values, times, period_s * summed_first, together, "UTC", cells)


def grid_of(name: str, period_s: int, together: int, width: int) -> Table:
    """The grid of Finland or Taiwan with so many of its periods put together; the publisher names no start date."""
    file = SHARED / "grid-traffic-finland-taiwan" / f"{name}_grid_data.csv"
    values = summed(np.loadtxt(file, delimiter=",", ndmin=2).T.astype(np.float32), together)
    cells = tuple(Cell(str(n), row=n // width, col=n % width) for n in range(len(values)))
    step = np.timedelta64(period_s * together, "s")
    return values, np.datetime64("2021-03-01T00:00:00", "s") + np.arange(values.shape[1]) * step, cells


def _two_cadences(
    name: str, values: FloatArray, times: TimeArray, period_s: int, together: int, zone: str, cells: tuple[Cell, ...]
) -> Iterator[Map]:
    yield as_map(name, values, times, period_s, zone, cells, KPI)
    hourly = summed(values, together)
    yield as_map(name, hourly, times[: hourly.shape[1] * together : together], 3600, zone, cells, KPI)


def summed(values: FloatArray, together: int) -> FloatArray:
    """(C, T // together) sums of so many periods."""
    count = values.shape[1] // together
    return values[:, : count * together].reshape(len(values), count, together).sum(axis=2)
