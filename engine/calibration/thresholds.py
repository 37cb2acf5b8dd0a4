"""Which surprise equals 1.0 for each detector: by the alarm budget, or at the minimum of the paper's error curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.calibration.calibrate import minimum_error, threshold
from engine.data import BoolArray, Clock, ErrorCurve, Evidence, Labels
from engine.detectors.base import Detector
from engine.errors import Reason
from engine.settings import Settings

VOTE = "vote"
"""Key of the combined score's own threshold, 1.0 unless a person moved it."""

LEAST = 1e-6
"""A surprise cannot be divided by zero: an error curve that is lowest at "everything is anomalous" ends here."""

Levels = dict[str, dict[str, float]]
Curves = dict[str, dict[str, ErrorCurve]]


def by_tails(budget: float, clock: Clock, kpis: int) -> float:
    """The surprise that keeps a budget per *cell* and week, shared out evenly over its KPIs, by the tails alone."""
    return threshold(budget / max(kpis, 1), clock)


def choose(
    by_budget: Levels,
    evidence: Mapping[str, Mapping[str, Evidence]],
    detectors: Sequence[Detector],
    settings: Settings,
    labels: Labels | None,
    training: BoolArray,
) -> tuple[Levels, Curves, tuple[Reason, ...]]:
    """Per KPI and detector the surprise that equals 1.0, the errors it was chosen by, and what a person should know.

    by_budget: the thresholds that keep the alarm budget (`engine.budget.budget_levels`). training (T,): the
    periods that labels may be used of. With `settings.threshold == "min_error"` each detector takes the threshold
    with the fewest errors there (Mokhtari et al. 2022); a detector that decides by itself keeps its own decision;
    where labels say nothing, the budget decides and a note says so.
    """
    levels = {kpi: dict(of_kpi) for kpi, of_kpi in by_budget.items()}
    if settings.threshold != "min_error":
        return levels, {}, ()
    notes: list[Reason] = []
    curves: Curves = {}
    for kpi, of_kpi in evidence.items():
        for detector in detectors:
            if decides_itself(detector, settings):
                levels[kpi][detector.id] = 1.0
            elif labels is not None:
                part = np.broadcast_to(training, labels[kpi].shape)
                curve = minimum_error(of_kpi[detector.id].score, labels[kpi], part)
                if curve is None:
                    notes.append(Reason("threshold_no_labelled", {"detector": detector.label, "kpi": kpi}))
                else:
                    levels[kpi][detector.id] = max(curve.best, LEAST)
                    curves.setdefault(kpi, {})[detector.id] = curve
    if labels is None:
        notes.append(Reason("threshold_without_labels", {"budget": settings.budget}))
    return levels, curves, tuple(notes)


def decides_itself(detector: Detector | type[Detector], settings: Settings) -> bool:
    """Whether the detector's own decision stands, as in the paper, instead of a calibrated score."""
    return settings.threshold == "min_error" and detector.own_cut is not None
