"""Forecast transfer: a model of maps that learned from one network, on the maps of others.

The periods of a target are cut in time order, 60 % to train on, 15 % to choose the epoch by, 25 % to be judged by; the
season is fitted on the training periods only. Forecasts are one period ahead. Errors are in the target's own unit:
mean absolute error, and root mean square error as a share of the mean of what was measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine import season
from engine.calendar import make_clock
from engine.convlstm.frames import WARM_UP, forecasts, look
from engine.convlstm.layout import Layout, lay_out
from engine.data import Cell, FloatArray, Kpi, Season, TimeArray
from engine.finetuning.training import Batch
from tests.benchmarks.transfer_fit import SCRATCH_RATE, Graphs, Split, learn, worded

TRAIN_SHARE, STOP_SHARE = 0.6, 0.15
PATCH = 6
MOST_WINDOWS, MOST_BATCHES = 2000, 8
"""Windows of a target that are kept in memory, and steps of an epoch: 16 windows each."""

COLUMNS = ("MAE", "NRMSE", "CPU s")
DIGITS = (2, 3, 1)


@dataclass(frozen=True, eq=False)
class Network:
    """One KPI of a network on its map: values (C, T), and the feed with the season that it was made by."""

    name: str
    values: FloatArray
    feed: FloatArray
    usual: Season
    layout: Layout
    period_s: int

    @property
    def cuts(self) -> tuple[int, int]:
        """The first period to choose the epoch by and the first to be judged by."""
        periods = self.values.shape[1]
        return round(periods * TRAIN_SHARE), round(periods * (TRAIN_SHARE + STOP_SHARE))

    @classmethod
    def of(
        cls,
        name: str,
        values: FloatArray,
        times: TimeArray,
        period_s: int,
        zone: str,
        cells: tuple[Cell, ...],
        kpi: Kpi,
    ) -> Network:
        """A network with what is usual learned from the training part of its time."""
        clean = np.isfinite(values)
        clean[:, round(values.shape[1] * TRAIN_SHARE) :] = False
        usual = season.fit(values, clean, make_clock(times, period_s, zone), kpi)
        layout = lay_out(cells)
        if layout is None:
            raise ValueError(f"{name} has no map")
        return cls(name, values, season.adjust(values, usual), usual, layout, period_s)


def split_of(network: Network, steps: int, seed: int = 1) -> Split:
    """Windows of patches drawn at random from the three parts of the time; those to be judged by are not used."""
    rng = np.random.default_rng(seed)
    stop, held = network.cuts
    train = windows(network, 0, stop, steps, rng)
    chosen = windows(network, max(0, stop - WARM_UP), held, steps, rng, 64)
    return Split(train, chosen, chosen)


def windows(
    network: Network, first: int, last: int, steps: int, rng: np.random.Generator, most: int = MOST_WINDOWS
) -> Batch:
    """As many windows of patches as cover the periods first..last about once, at most `most`, evenly drawn.

    Where fewer periods are there than a window takes, the periods before them do not exist.
    """
    layout = network.layout
    seen = look(network.feed[:, first:last], layout, network.period_s)
    if len(seen) <= steps:
        lacking = np.zeros((steps + 1 - len(seen), *seen.shape[1:]), np.float32)
        seen = np.concatenate([lacking, seen])
    tall, wide = min(PATCH, layout.height), min(PATCH, layout.width)
    places = -(-layout.height // tall) * -(-layout.width // wide)
    count = int(min(most, max(16, places * (len(seen) - steps) // (steps // 2))))
    cut = []
    for _ in range(count):
        at = int(rng.integers(len(seen) - steps))
        up, left = int(rng.integers(layout.height - tall + 1)), int(rng.integers(layout.width - wide + 1))
        cut.append(seen[at : at + steps + 1, :, up : up + tall, left : left + wide])
    whole = np.stack(cut)
    w = whole[:, 1:, 1:2].copy()
    w[:, : WARM_UP - 1] = 0.0
    return np.ascontiguousarray(whole[:, :-1]), whole[:, 1:, :1].copy(), w


def errors(network: Network, expected: FloatArray) -> tuple[float, float]:
    """MAE and NRMSE of forecasts (C, T) in the KPI's unit on the periods that are judged."""
    held = network.cuts[1]
    true, said = network.values[:, held:].astype(np.float64), expected[:, held:].astype(np.float64)
    known = np.isfinite(true) & np.isfinite(said)
    error = (said - true)[known]
    return float(np.abs(error).mean()), float(np.sqrt((error**2).mean()) / true[known].mean())


def forecast(network: Network, graphs: Graphs, theta: FloatArray) -> FloatArray:
    """(C, T) in the KPI's unit."""
    feed = forecasts(graphs.session(theta), network.feed, network.layout, network.period_s, graphs.architecture.steps)
    return season.restore(feed, network.usual)


def yardsticks(network: Network) -> Iterator[tuple[str, FloatArray]]:
    """What needs no model: the last value, the value a week (or a day) before, the usual value of that time."""
    values, week, day = network.values, 7 * 86_400 // network.period_s, 86_400 // network.period_s
    nothing = np.full_like(values, np.nan)
    last = nothing.copy()
    last[:, 1:] = values[:, :-1]
    yield "persistence (last value)", last
    back = week if network.cuts[1] >= week else day
    if network.cuts[1] >= back:
        naive = nothing.copy()
        naive[:, back:] = values[:, :-back]
        yield "seasonal naive (a week before)" if back == week else "seasonal naive (a day before)", naive
    mean = nothing.copy()
    stop = network.cuts[0]
    slot = np.arange(values.shape[1]) % (back if network.cuts[0] >= back else 1)
    for place in np.unique(slot):
        mean[:, slot == place] = np.nanmean(values[:, :stop][:, slot[:stop] == place], axis=1, keepdims=True)
    yield "historical mean (of that hour of the week)" if slot.any() else "historical mean", mean
    yield "the program's own season", season.restore(np.zeros_like(network.feed), network.usual)


def table(source: str, network: Network, graphs: Graphs, bases: Mapping[int, FloatArray]) -> str:
    """One target's table: per seed another base model (seed -> its parameters), other windows, and another order of
    them; the mean, and the least and largest error.
    """
    found: dict[str, list[tuple[float, ...]]] = {}

    def note(name: str, *values: float) -> None:
        found.setdefault(name, []).append(values)
        print(source, network.name, name, values, flush=True)

    for name, expected in yardsticks(network):
        note(name, *errors(network, expected), 0.0)
    for seed, theta in bases.items():
        split = split_of(network, graphs.architecture.steps, seed)
        note("pretrained, 0 epochs", *errors(network, forecast(network, graphs, theta)), 0.0)
        for name, begin, epochs in (
            ("fine-tuned, 5 epochs", theta, 5),
            ("fine-tuned, 20 epochs", theta, 20),
            ("from scratch, 20 epochs", None, 20),
            ("from scratch, 100 epochs", None, 100),
        ):
            start = graphs.fresh(seed) if begin is None else begin
            rate = SCRATCH_RATE if begin is None else None
            tuned, seconds = learn(graphs, start, split, epochs, seed, rate=rate, most_batches=MOST_BATCHES)
            note(name, *errors(network, forecast(network, graphs, tuned)), seconds)
    facts = f"{network.layout.height} x {network.layout.width} squares, {network.period_s // 60} min, judged: the last"
    rows = {name: tuple(map(_spread, zip(*made, strict=True), DIGITS)) for name, made in found.items()}
    return (
        f"### {source} -> {network.name}\n\n{facts} {network.values.shape[1] - network.cuts[1]:,} periods. Seeds"
        f" {', '.join(map(str, bases))}: mean (least to largest).\n\n{worded(COLUMNS, rows)}\n"
    )


def _spread(values: Sequence[float], digits: int) -> str:
    mean = f"{np.mean(values):.{digits}f}"
    return mean if min(values) == max(values) else f"{mean} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def networks() -> dict[str, Callable[[], Network]]:
    """The targets by name. Finland and Taiwan by ten minutes and a quarter of an hour, three weeks of each."""
    from grid_sources import KPI, grid_of, milan_block_of, milan_frames_of

    def grid(name: str, period_s: int, together: int, width: int) -> Network:
        values, times, cells = grid_of(name, period_s, together, width)
        period_s *= together
        periods = 21 * 86_400 // period_s
        return Network.of(name, values[:, :periods], times[:periods], period_s, "UTC", cells, KPI)

    def milan() -> Network:
        values, times, cells = milan_block_of()
        return Network.of("milan block", values, times, 600, "Europe/Rome", cells, KPI)

    def frames() -> Network:
        values, times, cells = next(iter(milan_frames_of()))
        return Network.of("milan, full-grid frames", values, times, 600, "Europe/Rome", cells, KPI)

    return {
        "milan, full-grid frames": frames,
        "finland": lambda: grid("finland", 600, 1, 9),
        "taiwan": lambda: grid("taiwan", 300, 3, 7),
        "milan block": milan,
    }
