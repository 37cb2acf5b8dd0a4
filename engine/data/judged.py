"""What is worked out from the measurements: the calendar, what is usual, and what detectors and voter say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from engine.data.arrays import BoolArray, DoubleArray, FloatArray, IntArray, Kept
from engine.data.measured import Cell, Kpi
from engine.errors import Reason


@dataclass(frozen=True, eq=False)
class Clock:
    """The local calendar of a panel's time axis; every array is (T,).

    period_s: granularity in seconds. day_slots / week_slots: periods per local day / week (at least 1).
    slot_of_day, slot_of_week: which of them (week starts Monday 00:00 local). hour: local hour 0..23.
    weekday: 0 = Monday. day: running number of the local day. weekend, holiday, eve: flags by the country's calendar
    (eve = the day before a holiday). event: name of the holiday or custom event, "" where none.
    day_type: 0 working day, 1 weekend, 2 holiday.
    """

    period_s: int
    day_slots: int
    week_slots: int
    slot_of_day: IntArray
    slot_of_week: IntArray
    hour: IntArray
    weekday: IntArray
    day: IntArray
    weekend: BoolArray
    holiday: BoolArray
    eve: BoolArray
    event: tuple[str, ...]
    day_type: IntArray


@dataclass(frozen=True, eq=False)
class Season:
    """A robust seasonal model of a block: what is usual at each point, on a variance-stable scale.

    transform: "log1p" (counts), "identity". centre (C, T) the usual value and spread (C, T) its robust standard
    deviation, both on the transformed scale, NaN where the history is too short to say. kept: see `season.extend`.
    news (C, T): True in the first week of a change that lasts, which is no part of what is usual; None = nowhere.
    """

    transform: str
    centre: FloatArray
    spread: FloatArray
    kept: Kept = field(default_factory=dict)
    news: BoolArray | None = None


@dataclass(frozen=True, eq=False)
class Block:
    """Some hundreds of cells of one KPI: the unit of work, progress and cancelling.

    rows: which cells of the panel. values (C, T) in the KPI's unit, NaN = missing. feed (C, T): what the detectors
    work on, either `values` themselves (preset paper) or (transformed value - centre) / spread of `season`.
    clean (C, T): True where a point may be learned from (measured, in the training part, not suspect, imputed, in
    maintenance, or labelled anomalous). cells: who they are and where, one per row, empty where that does not matter.
    labels (C, T): 1, 0 or -1 in the training part, -1 after it; None if there are none. border: where `resume` goes on.
    """

    kpi: Kpi
    rows: range
    values: FloatArray
    feed: FloatArray
    clean: BoolArray
    clock: Clock
    season: Season | None
    cells: tuple[Cell, ...] = ()
    labels: npt.NDArray[np.int8] | None = None
    border: int | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """(cells of the block, periods)"""
        return self.values.shape[0], self.values.shape[1]


@dataclass(frozen=True, eq=False)
class Evidence:
    """What one detector says of a block or of a whole KPI.

    expected, lower, upper (C, T) float32 in the KPI's unit, NaN where the detector has no such notion. score (C, T)
    float32, higher = stranger, NaN = no opinion. Raw from a detector; after `engine.calibration.calibrate` it is the
    *surprise* -log10(tail probability), the same unit for all detectors. reasons (C,): why the detector has no
    opinion on a cell, None where it has one. kept: what the detector scores later points of these cells by.
    """

    detector: str
    expected: FloatArray
    lower: FloatArray
    upper: FloatArray
    score: FloatArray
    reasons: tuple[Reason | None, ...]
    kept: Kept = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HypothesisTest:
    """One statistical test in words. statistic and p_value are NaN when the test could not be made."""

    test: str
    statistic: float
    p_value: float
    verdict: Reason


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the series of one cell and KPI is like, before any detector runs.

    seasons: periods in samples that were found, longest last. boxcox_lambda: maximum-likelihood lambda, NaN if
    undefined. suits: per detector id None (it applies) or the Reason why not.
    """

    cell: int
    kpi: str
    points: int
    missing_share: float
    seasons: tuple[int, ...]
    boxcox_lambda: float
    tests: tuple[HypothesisTest, ...]
    suits: Mapping[str, Reason | None]


@dataclass(frozen=True, eq=False)
class ErrorCurve:
    """Share of wrongly judged points against the threshold: what the paper chooses its threshold from.

    thresholds (K,) ascending, errors (K,): share of labelled points on the wrong side; best: the threshold with the
    fewest errors, the lowest of equals. points and anomalous: how many labelled points it rests on.
    """

    thresholds: DoubleArray
    errors: DoubleArray
    best: float
    points: int
    anomalous: int


@dataclass(frozen=True, eq=False)
class Verdict:
    """What the voter says of one KPI. score (C, T) float32: 1.0 = alarm threshold, NaN = no detector had an opinion.
    alarm (C, T): the anomalous points, after hysteresis and the minimum deviation, duration and traffic.
    """

    score: FloatArray
    alarm: BoolArray
