"""How many anomalies every vote would raise: what the vote switch shows beside each rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.data import BoolArray, Clock, DoubleArray, Evidence, FlagArray, FloatArray, Kpi
from engine.group.alarms import ROWS_AT_ONCE, alarms_on, lay_ground, reporting
from engine.settings import Settings
from engine.thresholds import VOTE
from engine.vote import vote


def count_alarms(
    rules: Sequence[str],
    evidence: Mapping[str, Evidence],
    thresholds: Mapping[str, float],
    values: FloatArray,
    expected: FloatArray,
    kpi: Kpi,
    settings: Settings,
    flags: FlagArray,
    clock: Clock,
    others: DoubleArray | None = None,
) -> dict[str, int]:
    """Per rule the number of anomalies of one KPI, in one pass over the cells.

    The same numbers as `find_alarms` on `vote(...)` would give; see there for the arguments.
    """
    if others is None:
        others = reporting(values)
    counts = dict.fromkeys(rules, 0)
    for first in range(0, len(values), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        ground = lay_ground(values[rows], expected[rows], others, kpi, settings, flags[rows], clock)
        part = {name: _rows(one, rows) for name, one in evidence.items()}
        for rule in rules:
            score = vote(part, thresholds, rule) / np.float32(thresholds.get(VOTE, 1.0))
            counts[rule] += _beginnings(alarms_on(score, ground, settings, clock))
    return counts


def _rows(evidence: Evidence, rows: slice) -> Evidence:
    """The evidence on some cells."""
    return Evidence(
        evidence.detector,
        evidence.expected[rows],
        evidence.lower[rows],
        evidence.upper[rows],
        evidence.score[rows],
        evidence.reasons[rows],
    )


def _beginnings(alarm: BoolArray) -> int:
    """How many runs of True there are over all rows."""
    return int(np.count_nonzero(alarm[:, 0]) + np.count_nonzero(alarm[:, 1:] & ~alarm[:, :-1])) if alarm.size else 0
