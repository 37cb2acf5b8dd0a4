"""What the bundled models learn from: only data whose licence lets the weights ship, seen the way the program sees it.

Simulated cities (our own), Telecom Italia Milan (ODbL 1.0, attributed in the card), AIOps Challenge 2018 (MIT), Finland
and Taiwan grids (MIT), Kazan LTE failure rates (MIT). NAB could be used as well and is kept for evaluation.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine import io, season, simulate
from engine.calendar import make_clock
from engine.convlstm.windows import Days, look
from engine.data import Clock, FloatArray, Kpi, KpiKind, Panel
from engine.io import LoadOptions

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
HELD_SQUARES = 6
"""Milan squares that no model is trained on: they say when to stop."""


@dataclass(frozen=True, eq=False)
class Source:
    """Days of some series as the model sees them.

    seen (C, days, 3, 24); labels (C, days, 24): 1 anomalous, 0 normal, -1 unknown. held: for validation only.
    """

    name: str
    seen: FloatArray
    labels: npt.NDArray[np.int8]
    held: bool = False


def series_sources() -> Iterator[Source]:
    """Everything that there is of single series."""
    for seed, country in ((101, "IR"), (102, "IT"), (103, "IR"), (104, "DE"), (105, "IR"), (106, "IT")):
        yield from _simulated(seed, country, held=False)
    yield from _simulated(191, "IR", held=True)
    yield from _milan()
    yield from aiops()
    yield from _grids()
    yield from _kazan()


def _source(
    name: str,
    values: FloatArray,
    clock: Clock,
    kpi: Kpi,
    labels: npt.NDArray[np.int8] | None = None,
    held: bool = False,
) -> Source:
    clean = np.isfinite(values)
    feed = season.adjust(values, season.fit(values, clean, clock, kpi))
    days = Days.of(clock)
    by_slot = np.full((len(values), days.count, 24), -1, np.int8)
    if labels is not None:
        by_slot[days.any(labels == 0)] = 0
        by_slot[days.any(labels == 1)] = 1
    return Source(name, look(feed, days), by_slot, held)


def _simulated(seed: int, country: str, held: bool) -> Iterator[Source]:
    period = 900 if seed % 3 == 0 else 3600
    city = simulate.city(24, 63, period, country, start=f"20{10 + seed % 14}-0{1 + seed % 9}-03T20:00:00", seed=seed)
    panel = city.panel
    clock = make_clock(panel.times, panel.period_s, panel.zone, country)
    for kpi in panel.kpis:
        yield _source("simulator", panel.values[kpi.id], clock, kpi, city.labels[kpi.id], held)


def _milan() -> Iterator[Source]:
    file = SHARED / "telecom-italia-milan" / "cdr_10min_32squares.parquet"
    panel = io.load([file], LoadOptions(zone="Europe/Rome")).panel
    rng = np.random.default_rng(7)
    hours = panel.shape[1] // 6
    times = panel.times[: hours * 6 : 6]
    clock = make_clock(times, 3600, "Europe/Rome", "IT")
    for kpi in panel.kpis:
        fine = panel.values[kpi.id][:, : hours * 6]
        hourly = fine.reshape(len(fine), hours, 6).sum(axis=2)
        present = np.isfinite(hourly).any(axis=1)
        for held, rows in ((False, slice(0, -HELD_SQUARES)), (True, slice(-HELD_SQUARES, None))):
            values = hourly[rows][present[rows]]
            if len(values):
                disturbed, labels = inject(values, rng)
                yield _source("milan", disturbed, clock, kpi, labels, held)


def aiops() -> Iterator[Source]:
    """The preliminary series only, so that the final ones can tell how well it went; every fourth says when to stop."""
    for number, file in enumerate(sorted((SHARED / "aiops-kpi-2018" / "preliminary").glob("*.csv*"))):
        loaded = io.load([file], LoadOptions(zone="Asia/Shanghai", with_labels=True))
        panel, kpi = loaded.panel, loaded.panel.kpis[0]
        if loaded.labels is None:
            raise ValueError(f"{file.name} has no labels")
        values, labels, panel = _thinned(panel, kpi, loaded.labels[kpi.id])
        clock = make_clock(panel.times, panel.period_s, panel.zone)
        yield _source("aiops", values, clock, kpi, labels, held=number % 4 == 3)


def _thinned(panel: Panel, kpi: Kpi, labels: npt.NDArray[np.int8]) -> tuple[FloatArray, npt.NDArray[np.int8], Panel]:
    """Minutes summed up to five minutes (means), so that the season of a long series is fitted in a second."""
    values = panel.values[kpi.id]
    if panel.period_s >= 300:
        return values, labels, panel
    size = 300 // panel.period_s
    count = values.shape[1] // size
    cut = values[:, : count * size].reshape(len(values), count, size)
    known = np.isfinite(cut)
    mean = np.where(known, cut, 0).sum(axis=2) / np.where(known.any(axis=2), known.sum(axis=2), np.nan)
    worst = labels[:, : count * size].reshape(len(values), count, size).max(axis=2)
    coarse = replace(
        panel,
        times=panel.times[: count * size : size],
        period_s=300,
        values={kpi.id: mean.astype(np.float32)},
        flags={kpi.id: np.zeros(mean.shape, np.uint8)},
    )
    return mean.astype(np.float32), worst.astype(np.int8), coarse


def _grids() -> Iterator[Source]:
    kpi = Kpi("traffic", kind=KpiKind.COUNT)
    for name, period in (("finland", 600), ("taiwan", 300)):
        table = np.loadtxt(SHARED / "grid-traffic-finland-taiwan" / f"{name}_grid_data.csv", delimiter=",", ndmin=2)
        values = np.ascontiguousarray(table.T, np.float32)
        times = np.datetime64("2021-03-01T00:00:00", "s") + np.arange(values.shape[1]) * np.timedelta64(period, "s")
        yield _source(name, values, make_clock(times, period, "UTC"), kpi)


def _kazan() -> Iterator[Source]:
    for file in sorted((SHARED / "lte-oss-kpi-kazan").glob("*.xlsx")):
        panel = io.load([file], LoadOptions(zone="Europe/Moscow")).panel
        clock = make_clock(panel.times, panel.period_s, panel.zone)
        for kpi in panel.kpis:
            yield _source("kazan", panel.values[kpi.id], clock, kpi)


def inject(values: FloatArray, rng: np.random.Generator, per_cell: int = 8) -> tuple[FloatArray, npt.NDArray[np.int8]]:
    """`values` (C, T), hourly, with incidents written in, and their labels; real ones that are in it stay unlabelled.

    loss: to 0-60 % for 1-30 h; rise: x 1.4-4 for 1-12 h; stuck: one value for 6-30 h.
    """
    out, labels = values.copy(), np.zeros(values.shape, np.int8)
    for cell in range(len(values)):
        for kind in rng.choice(["loss", "rise", "stuck"], per_cell, p=[0.45, 0.4, 0.15]):
            length = int(rng.integers(*{"loss": (1, 31), "rise": (1, 13), "stuck": (6, 31)}[str(kind)]))
            start = int(rng.integers(48, values.shape[1] - length))
            span = slice(start, start + length)
            if labels[cell, max(0, start - 6) : start + length + 6].any():
                continue
            if kind == "stuck":
                out[cell, span] = out[cell, start - 1]
            else:
                factor = rng.uniform(0.0, 0.6) if kind == "loss" else rng.uniform(1.4, 4.0)
                out[cell, span] *= np.float32(factor)
            labels[cell, span] = 1
    return out, labels
