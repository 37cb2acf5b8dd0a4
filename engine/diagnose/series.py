"""The diagnosis of many series at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from engine.data import Clock, Diagnosis, DoubleArray, FloatArray, Kpi, KpiKind
from engine.detectors.base import Detector
from engine.diagnose import arch_effect, boxcox, seasons, unit_root, variance, verdicts
from engine.errors import Reason

_CHUNK_POINTS = 1 << 17


def diagnose(
    values: FloatArray,
    clock: Clock,
    kpi: Kpi,
    rows: Sequence[int],
    detectors: Sequence[Detector],
) -> tuple[Diagnosis, ...]:
    """One diagnosis per series of `values` (C, T), in the KPI's unit, NaN = missing.

    rows: which cells of the panel they are, C of them. detectors: whose fitness is to be judged. 1.4 ms of one core
    per series of 2160 points. Infinite values count as missing. See `engine.diagnose.arima` for the fits that are too
    slow for every series.
    """
    step = max(1, _CHUNK_POINTS // max(1, values.shape[1]))
    found: list[Diagnosis] = []
    for first in range(0, len(values), step):
        part = np.asarray(values[first : first + step], np.float64)
        part = np.where(np.isfinite(part), part, np.nan)
        found += _chunk(part, clock, kpi, [int(r) for r in rows[first : first + step]], detectors)
    return tuple(found)


def stable_scale(values: DoubleArray, kpi: Kpi) -> DoubleArray:
    """`values` on the scale on which rhythms add up: log(1 + x) for counts (odd in sign), else as they are."""
    return np.copysign(np.log1p(np.abs(values)), values) if kpi.kind is KpiKind.COUNT else values


def _chunk(
    values: DoubleArray, clock: Clock, kpi: Kpi, rows: Sequence[int], detectors: Sequence[Detector]
) -> Iterator[Diagnosis]:
    points = np.isfinite(values).sum(axis=1)
    steady = stable_scale(values, kpi)
    slots = seasons.profile_slots(clock)
    left = steady if slots is None else seasons.without_profile(steady, slots)
    shift = boxcox.shift_of(values, counts=kpi.kind is KpiKind.COUNT)
    exponent = boxcox.likelihood_lambda(values + shift[:, None])
    powered = boxcox.transform(values, exponent, shift)
    tests = {
        "levene": variance.levene(values),
        "anova": variance.anova(values),
        "levene_boxcox": variance.levene(powered),
        "arch_lm": arch_effect.arch_lm(arch_effect.whitened(left)),
        "adf": unit_root.adf(values),
        "kpss": unit_root.kpss(values),
    }
    rhythms = seasons.find_seasons(steady, clock)
    suits: dict[int, Mapping[str, Reason | None]] = {}
    for i, row in enumerate(rows):
        measured = int(points[i])
        if measured not in suits:
            suits[measured] = {d.id: d.applies(clock, kpi, measured) for d in detectors}
        yield Diagnosis(
            cell=row,
            kpi=kpi.id,
            points=measured,
            missing_share=1.0 - measured / max(1, values.shape[1]),
            seasons=rhythms[i],
            boxcox_lambda=float(exponent[i]),
            tests=verdicts.worded({name: (float(s[i]), float(p[i])) for name, (s, p) in tests.items()}, exponent[i]),
            suits=suits[measured],
        )
