"""One cell and KPI of a result, row by row: what a plot of it shows, and what another threshold would do to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.data import BoolArray, FlagArray, FloatArray, Result
from engine.errors import Reason
from engine.expectation import expectation, of_cells
from engine.group import find_alarms
from engine.inspection.against import USUAL, expected_by
from engine.numerics.runs import find_runs


@dataclass(frozen=True, eq=False)
class CloseUp:
    """One series and all that is known of it; arrays are (T,).

    measured, expected, lower, upper: in the KPI's unit, NaN = missing / no expectation. score: the combined score,
    margins: per detector its score, both with 1.0 = alarm threshold and NaN = no opinion. silent: per detector why it
    has no opinion on the whole series, None where it has one.
    """

    measured: FloatArray
    expected: FloatArray
    lower: FloatArray
    upper: FloatArray
    flags: FlagArray
    score: FloatArray
    alarm: BoolArray
    margins: Mapping[str, FloatArray]
    silent: Mapping[str, Reason | None]


def close_up(result: Result, kpi: str, cell: int, against: str = USUAL) -> CloseUp:
    """The series of `cell` (row of the panel) and `kpi`. Raises KeyError for a KPI that was not judged.

    against: what is taken as expected, one of `engine.inspection.against.choices`.
    """
    evidence = of_cells(result.evidence[kpi], slice(cell, cell + 1))
    usual = expected_by(result, kpi, cell, against)
    verdict = result.verdicts[kpi]
    levels = result.thresholds[kpi]
    return CloseUp(
        measured=result.panel.values[kpi][cell],
        expected=usual.expected[0],
        lower=usual.lower[0],
        upper=usual.upper[0],
        flags=result.panel.flags[kpi][cell],
        score=verdict.score[cell],
        alarm=verdict.alarm[cell],
        margins={name: one.score[0] / np.float32(levels[name]) for name, one in evidence.items()},
        silent={name: one.reasons[0] for name, one in evidence.items()},
    )


def alarms_at(result: Result, kpi: str, cell: int, factor: float) -> int:
    """How many anomalies the cell would have on that KPI if the threshold of the combined score were `factor` times it.

    The same rules as in the run (hysteresis, smallest deviation, duration and traffic) on this cell alone.
    """
    row = slice(cell, cell + 1)
    usual = expectation(of_cells(result.evidence[kpi], row))
    alarm = find_alarms(
        result.verdicts[kpi].score[row] / np.float32(factor),
        result.panel.values[kpi][row],
        usual.expected,
        result.panel.kpi(kpi),
        result.settings,
        result.panel.flags[kpi][row],
        result.clock,
    )
    return len(find_runs(alarm))


def strangest(start: int, stop: int, score: FloatArray) -> int:
    """The time index in [start, stop) whose combined `score` (T,) is highest; the first where none has a score."""
    inside = score[start:stop]
    return start + (int(np.nanargmax(inside)) if np.isfinite(inside).any() else 0)
