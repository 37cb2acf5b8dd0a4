"""What the network counts of the demand, incidents included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.data import Clock, Direction, DoubleArray, FloatArray, Kpi, KpiKind
from engine.simulate.demand import bump
from engine.simulate.incidents import TRAFFIC, Happening

KPIS: tuple[Kpi, ...] = (
    Kpi("calls", "calls", KpiKind.COUNT, Direction.BOTH),
    Kpi("sms", "messages", KpiKind.COUNT, Direction.BOTH),
    Kpi("data_mb", "MB", KpiKind.COUNT, Direction.BOTH),
    Kpi("prb_utilisation", "%", KpiKind.GAUGE, Direction.UP),
    Kpi("drop_rate", "%", KpiKind.RATIO, Direction.UP),
    Kpi("rrc_success_rate", "%", KpiKind.RATIO, Direction.DOWN),
)


def measure(
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
    sms_mean = 0.45 * demand * hours * load["sms"] * (0.7 + 0.6 * bump(hour, 21.0, 4.0))
    data_mean = 38.0 * demand * hours * load["data_mb"] * (0.6 + 0.8 * bump(hour, 21.5, 5.0))
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
