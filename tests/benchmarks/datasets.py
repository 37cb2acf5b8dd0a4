"""Labelled series for the benchmarks: real ones from the shared folder, and the simulator with its truth.

Every case is one KPI. `half` says for what it may be used: constants and defaults were chosen on "tune", the tables
report "report" (every other series of a data set, or a part of the city that tuning never saw).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine import io, simulate
from engine.data import Cell, Direction, FloatArray, Kpi, KpiKind, Labels, Panel
from engine.io import LoadOptions

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"

APART_DAYS = 28


@dataclass(frozen=True, eq=False)
class Case:
    """One KPI of one panel with its labels (C, T): 1 anomalous, 0 normal, -1 not labelled."""

    name: str
    panel: Panel
    labels: npt.NDArray[np.int8]
    half: str
    country: str = ""

    @property
    def kpi(self) -> Kpi:
        return self.panel.kpis[0]


def _half(number: int) -> str:
    return "report" if number % 2 else "tune"


def single(panel: Panel, kpi: Kpi) -> Panel:
    """The panel of one of its KPIs."""
    return replace(panel, kpis=(kpi,), values={kpi.id: panel.values[kpi.id]}, flags={kpi.id: panel.flags[kpi.id]})


def _labelled(labels: Labels | None, kpi: str) -> npt.NDArray[np.int8]:
    if labels is None:
        raise ValueError("the file has no label column")
    return labels[kpi]


def core_network() -> Iterator[Case]:
    """14 hourly KPIs of core-network hardware, eight weeks, labelled by point."""
    loaded = io.load([SHARED / "core-network-kpi/KPI_train.csv"], LoadOptions(zone="Asia/Shanghai", with_labels=True))
    for number, kpi in enumerate(sorted(loaded.panel.kpis, key=lambda k: k.id)):
        yield Case(kpi.id[:8], single(loaded.panel, kpi), _labelled(loaded.labels, kpi.id), _half(number))


def _aiops(period_s: int) -> Iterator[Case]:
    files = sorted((SHARED / "aiops-kpi-2018").glob("*/*.csv*"))
    loads = LoadOptions(zone="Asia/Shanghai", with_labels=True)
    number = 0
    for file in files:
        small = file.suffix == ".csv"  # the six KPIs of 5 minutes are the ones that are not packed
        if small == (period_s == 300):
            loaded = io.load([file], loads)
            kpi = loaded.panel.kpis[0]
            yield Case(file.name.split(".")[0][:8], loaded.panel, _labelled(loaded.labels, kpi.id), _half(number))
            number += 1


def aiops_5min() -> Iterator[Case]:
    """Six business KPIs of 5 minutes, one to one and a half months."""
    yield from _aiops(300)


def aiops_1min() -> Iterator[Case]:
    """28 business KPIs of one minute, six weeks to three and a half months."""
    yield from _aiops(60)


def nab() -> Iterator[Case]:
    """31 real series of the Numenta benchmark; labels are its windows."""
    windows = json.loads((SHARED / "nab/labels/combined_windows.json").read_text("utf-8"))
    for number, file in enumerate(sorted((SHARED / "nab").glob("real*/*.csv"))):
        panel = io.load([file], LoadOptions()).panel
        labels = np.where(np.isnan(panel.values[panel.kpis[0].id]), -1, 0).astype(np.int8)
        for start, stop in windows[f"{file.parent.name}/{file.name}"]:
            first, last = (np.datetime64(stamp.replace(" ", "T"), "s") for stamp in (start, stop))
            labels[:, (panel.times >= first) & (panel.times <= last) & (labels[0] >= 0)] = 1
        yield Case(file.stem, panel, labels, _half(number))


def simulator() -> Iterator[Case]:
    """Two seeds of a simulated city of 36 cells, 60 days, hourly: one to tune on, one to report."""
    for seed, half in ((1, "tune"), (2, "report")):
        city = simulate.city(cells=36, days=60, seed=seed)
        for kpi in city.panel.kpis:
            yield Case(f"{kpi.id}-{seed}", single(city.panel, kpi), city.labels[kpi.id], half, "IR")


def milan_injected() -> Iterator[Case]:
    """Hourly Milan, 32 squares, three activities, with seeded incidents written into the real series."""
    panel = io.load(
        [SHARED / "telecom-italia-milan/cdr_10min_32squares.parquet"], LoadOptions(zone="Europe/Rome")
    ).panel
    for number, name in enumerate(("internet", "call_in", "sms_out")):
        whole = hourly(single(panel, panel.kpi(name)))
        for half, rows in (("tune", slice(0, None, 2)), ("report", slice(1, None, 2))):
            part = replace(
                whole,
                cells=whole.cells[rows],
                values={name: whole.values[name][rows]},
                flags={name: whole.flags[name][rows]},
            )
            values, labels = inject(part.values[name], np.random.default_rng((number, len(half))))
            yield Case(f"{name}-{half}", replace(part, values={name: values}), labels, half, "IT")


def hourly(panel: Panel) -> Panel:
    """Six periods of ten minutes as one hour; an hour with a missing part is missing."""
    kpi = panel.kpis[0].id
    cells, periods = panel.shape
    hours = periods // 6
    values = panel.values[kpi][:, : hours * 6].reshape(cells, hours, 6).sum(axis=2)
    return replace(
        panel,
        times=panel.times[: hours * 6 : 6],
        period_s=3600,
        values={kpi: values},
        flags={kpi: np.zeros(values.shape, np.uint8)},
    )


def inject(values: FloatArray, rng: np.random.Generator, per_cell: int = 7) -> tuple[FloatArray, npt.NDArray[np.int8]]:
    """`values` (C, T) with incidents of every kind written in, and their labels; hourly periods.

    outage (0 for 1-6 h), loss (to 5-30 % for 6-24 h), surge (x 2-3.5 for 1-4 h), crowd (x 1.5-2 for 3-6 h), stuck (one
    value for 8-24 h). None in the first three days, none within six hours of another.
    """
    out, labels = values.copy(), np.zeros(values.shape, np.int8)
    for cell in range(len(values)):
        for kind in rng.choice(["outage", "loss", "surge", "crowd", "stuck"], per_cell):
            low, high = {"outage": (1, 7), "loss": (6, 25), "surge": (1, 5), "crowd": (3, 7), "stuck": (8, 25)}[kind]
            length = int(rng.integers(low, high))
            start = int(rng.integers(72, values.shape[1] - length))
            if labels[cell, max(0, start - 6) : start + length + 6].any():
                continue
            span = slice(start, start + length)
            factor = {"outage": 0.0, "loss": rng.uniform(0.05, 0.3), "surge": rng.uniform(2, 3.5)}
            if kind == "stuck":
                out[cell, span] = out[cell, start - 1]
            else:
                out[cell, span] *= np.float32(factor.get(str(kind), rng.uniform(1.5, 2.0)))
            labels[cell, span] = 1
    labels[np.isnan(out)] = -1
    return out, labels


def jumpstarter() -> Iterator[Case]:
    """Four services with 19 metrics of five minutes; train and test part are one history, labels on the test part.

    The labels belong to a service, not to a metric, so the figures can only compare methods with each other. Nothing
    tells when the parts were measured, but in every service a metric jumps between them by hundreds of times what it
    moves from day to day: they stand four weeks apart, so that the one is not taken for what was usual just before the
    other.
    """
    start = np.datetime64("2020-01-06T00:00:00", "s")
    for number, file in enumerate(sorted((SHARED / "service-multikpi-jumpstarter").glob("*/train/*.csv.gz"))):
        folder, service = file.parents[1], file.name.split(".")[0]
        train, test = (np.loadtxt(folder / part / file.name, delimiter=",", ndmin=2) for part in ("train", "test"))
        truth = np.loadtxt(folder / "test_label" / f"{service}.csv", delimiter=",").astype(np.int8).ravel()
        apart = np.full((APART_DAYS * 288, train.shape[1]), np.nan)
        values = np.concatenate([train, apart, test]).T.astype(np.float32)
        labels = np.full(values.shape, -1, np.int8)
        labels[:, -len(test) :] = truth
        times = start + np.arange(values.shape[1]) * np.timedelta64(300, "s")
        kpi = Kpi("metric", "", KpiKind.GAUGE, Direction.BOTH)
        cells = tuple(Cell(f"metric {n}") for n in range(len(values)))
        flags = {kpi.id: np.zeros(values.shape, np.uint8)}
        yield Case(
            f"{folder.name}-{service}",
            Panel(times, 300, "UTC", cells, (kpi,), {kpi.id: values}, flags),
            labels,
            _half(number),
        )


SETS: Mapping[str, Callable[[], Iterator[Case]]] = {
    "core-network-kpi": core_network,
    "aiops-kpi-2018 (5 min)": aiops_5min,
    "nab": nab,
    "simulator": simulator,
    "milan, injected": milan_injected,
    "jumpstarter": jumpstarter,
    "aiops-kpi-2018 (1 min)": aiops_1min,
}
"""In the order of the tables; the last takes longest."""
