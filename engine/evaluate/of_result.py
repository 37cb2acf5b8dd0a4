"""A result against labels: how good the vote is, and each detector by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from engine.data import BoolArray, FloatArray, Labels, Result
from engine.errors import Reason
from engine.evaluate.measures import Evaluation, Judged, evaluate
from engine.monitor import Monitor
from engine.ranking.unrest import ranking

VOTE = "vote"
"""The name under which the figures of the vote stand."""


def evaluate_result(result: Result, labels: Labels, monitor: Monitor | None = None) -> Mapping[str, Evaluation]:
    """The figures of the vote (`VOTE`) as `evaluate_files` has them of its scores, then those of every detector.

    labels: per KPI (C, T); series without a label do not count. A detector's alarms are its points at or above its
    threshold; the minimum deviation, duration and traffic and what holds alarms together are the vote's alone. Empty
    where no series that was judged has a label. Raises Cancelled.
    """
    monitor = monitor or Monitor()
    known = {kpi: rows for kpi in result.evidence if len(rows := _labelled(labels, kpi))}
    if not known:
        return {}
    detectors = list(dict.fromkeys(name for of_kpi in result.evidence.values() for name in of_kpi))
    found = {}
    for place, name in enumerate((VOTE, *detectors)):
        low, high = place / (1 + len(detectors)), (place + 1) / (1 + len(detectors))
        found[name] = evaluate(_judged(result, name, labels, known, monitor.part(low, high)))
    return found


def _labelled(labels: Labels, kpi: str) -> list[int]:
    """The cells with a label on a KPI."""
    return np.flatnonzero((labels[kpi] >= 0).any(axis=1)).tolist() if kpi in labels else []


def _judged(
    result: Result, name: str, labels: Labels, known: Mapping[str, list[int]], monitor: Monitor
) -> Iterator[Judged]:
    for place, (kpi, rows) in enumerate(known.items()):
        if name != VOTE and name not in result.evidence[kpi]:
            continue
        score, alarm = _said(result, name, kpi)
        for done, row in enumerate(rows):
            monitor.step((place + done / len(rows)) / len(known), Reason("stage_measure"))
            raised = score[row] >= 1.0 if alarm is None else alarm[row]
            yield Judged(score[row], raised, labels[kpi][row], result.panel.period_s)


def _said(result: Result, name: str, kpi: str) -> tuple[FloatArray, BoolArray | None]:
    """The score of all points of a KPI, 1.0 = the threshold, and the alarms unless they follow from it."""
    if name == VOTE:
        return ranking(result, kpi), result.verdicts[kpi].alarm
    return result.evidence[kpi][name].score * np.float32(1.0 / result.thresholds[kpi][name]), None
