"""The nouns: everything that flows from file to report is one of these frozen records.

Conventions that hold everywhere. Arrays of a panel are (cell, time). Times are the *begin* of the granularity period,
UTC, `datetime64[s]`. NaN in `values` = not measured; NaN in a score = no opinion; neither is ever turned into 0.
Intervals of time indices are half open: [start, stop).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import Reason
from engine.review import Review
from engine.rule import Rule
from engine.settings import Settings
from engine.since import Since

FloatArray = npt.NDArray[np.float32]
DoubleArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
FlagArray = npt.NDArray[np.uint8]
TimeArray = npt.NDArray[np.datetime64]
Kept = Mapping[str, npt.NDArray[Any]]
"""What was learned of some cells, by name; the first axis of every array is the cells."""


class KpiKind(StrEnum):
    """How a KPI may be summed: counts add up, ratios are ratios of sums, gauges are averaged."""

    COUNT = "count"
    RATIO = "ratio"
    GAUGE = "gauge"


class Direction(StrEnum):
    """Which way a value deviates, or which way is bad for a KPI (`BOTH`: either)."""

    UP = "up"
    DOWN = "down"
    BOTH = "both"


class Flag(IntFlag):
    """What is known about one measured point besides its value; stored as uint8."""

    SUSPECT = 1  # the file itself marks the measurement as unreliable
    IMPUTED = 2  # filled by the gap policy, not measured
    MAINTENANCE = 4  # inside a maintenance window: shown, never alarmed, never learned from


@dataclass(frozen=True, slots=True)
class Cell:
    """An entity with a series: a cell, an area (square, LAC/TAC) or a pseudonymised subscriber.

    lat, lon: WGS84 degrees. row, col: position on a regular grid, row 0 = south, col 0 = west. area: location or
    tracking area (LAC, TAC). azimuth: where the antenna points, degrees clockwise from north.
    """

    id: str
    name: str = ""
    site: str = ""
    lat: float | None = None
    lon: float | None = None
    row: int | None = None
    col: int | None = None
    area: str = ""
    azimuth: float | None = None


@dataclass(frozen=True, slots=True)
class Kpi:
    """A measured quantity. `bad`: the direction that hurts (drop of a success rate, rise of a drop rate)."""

    id: str
    unit: str = ""
    kind: KpiKind = KpiKind.COUNT
    bad: Direction = Direction.BOTH


@dataclass(frozen=True, eq=False)
class Panel:
    """The measured data on one regular UTC grid.

    times (T,) begin of each granularity period, UTC; period_s its length in seconds; zone the IANA name of the zone
    people read times in. values[kpi.id] (C, T) float32, NaN = missing; flags[kpi.id] (C, T) uint8 of `Flag`.
    Arrays may be memory-mapped and are never written to.
    """

    times: TimeArray
    period_s: int
    zone: str
    cells: tuple[Cell, ...]
    kpis: tuple[Kpi, ...]
    values: Mapping[str, FloatArray]
    flags: Mapping[str, FlagArray]

    def __post_init__(self) -> None:
        shape = (len(self.cells), len(self.times))
        for kpi in self.kpis:
            if self.values[kpi.id].shape != shape or self.flags[kpi.id].shape != shape:
                raise ValueError(f"{kpi.id}: {self.values[kpi.id].shape} does not fit {shape}")

    @property
    def shape(self) -> tuple[int, int]:
        """(number of cells, number of periods)"""
        return len(self.cells), len(self.times)

    def kpi(self, kpi_id: str) -> Kpi:
        """The KPI of that id. Raises KeyError."""
        return {kpi.id: kpi for kpi in self.kpis}[kpi_id]


Labels = Mapping[str, npt.NDArray[np.int8]]
"""Per KPI id (C, T): 1 = anomalous, 0 = normal, -1 = not labelled. Never seen by a detector unless asked for."""


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
    """

    transform: str
    centre: FloatArray
    spread: FloatArray
    kept: Kept = field(default_factory=dict)


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
    float32, higher = stranger, NaN = no opinion. Raw from a detector; after `engine.calibrate` it is the *surprise*
    -log10(tail probability), the same unit for all detectors. reasons (C,): why the detector has no opinion on a cell,
    None where it has one. kept: what the detector scores later points of these cells by.
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


class AnomalyType(StrEnum):
    """The shape of an anomaly."""

    SPIKE = "spike"
    DIP = "dip"
    LEVEL_SHIFT = "level_shift"
    FLATLINE = "flatline"
    SILENCE = "silence"
    VOLATILITY = "volatility"


class Severity(StrEnum):
    """Perceived severity, ITU-T X.733, worst first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Consecutive strange points of one cell and KPI, time indices [start, stop).

    actual, expected, lower, upper: sums (counts) or means (ratios, gauges) over the anomaly in the KPI's unit, NaN if
    unknown. score: the largest combined score, 1.0 = threshold. margins: per detector its largest score over the
    anomaly, 1.0 = that detector's threshold, NaN = no opinion.
    """

    id: int
    cell: int
    kpi: str
    start: int
    stop: int
    type: AnomalyType
    direction: Direction
    actual: float
    expected: float
    lower: float
    upper: float
    score: float
    margins: Mapping[str, float]
    suspect_points: int = 0
    imputed_points: int = 0


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause that an incident is associated with; never more than an association.

    kind: a cause class (`engine.attribute.causes.CAUSES`). weight: 0..1, the causes of one incident sum to at most 1.
    evidence: the facts for and against it, strongest first.
    """

    kind: str
    weight: float
    evidence: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Incident:
    """Anomalies that belong together in time and space. anomalies: their ids, worst first. importance: 0..100."""

    id: int
    start: int
    stop: int
    anomalies: tuple[int, ...]
    cells: tuple[int, ...]
    kpis: tuple[str, ...]
    severity: Severity
    importance: float
    grouped_by: tuple[Reason, ...]
    causes: tuple[Cause, ...]
    sentence: Reason


@dataclass(frozen=True, slots=True)
class Association:
    """One term of the logistic regression of "anomalous" on what is known of the hour.

    coefficient: log odds per unit; odds_ratio with its 95 % interval; p_value two-sided. n: points of that level,
    events: anomalous ones among them. sentence words it; warnings say what limits it, as separation or few events.
    """

    kpi: str
    term: str
    coefficient: float
    odds_ratio: float
    low: float
    high: float
    p_value: float
    n: int
    events: int
    sentence: Reason
    warnings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows that were not used, for one reason, with the first place where it happened (file:line, value)."""

    reason: Reason
    rows: int
    example: str = ""


@dataclass(frozen=True, eq=False)
class Quality:
    """What was read and what was wrong with it. All counts are of the given files.

    completeness (C,) share of the grid measured per cell over all KPIs; duplicates: rows that repeated a cell and time;
    clock_jumps: places where time went back; gaps: runs of missing periods, per cell (C,). unknown_cells: ids of cells
    that have data and do not stand in the cell table, unused_cells: the other way round; both None without a table.
    """

    format: str
    mapping: Mapping[str, str]
    rows_read: int
    rows_kept: int
    dropped: tuple[Dropped, ...]
    notes: tuple[Reason, ...]
    duplicates: int
    clock_jumps: int
    missing_share: float
    completeness: DoubleArray
    gaps: IntArray
    unknown_cells: tuple[str, ...] | None = None
    unused_cells: tuple[str, ...] | None = None


@dataclass(frozen=True)
class RunRecord:
    """What makes a run repeatable. inputs: (name, bytes, SHA-256); versions: package -> version; learned_until: end,
    UTC, of the measurements that the models were learned from, "" where that was not noted."""

    run_id: str
    started_utc: str
    seconds: float
    inputs: tuple[tuple[str, int, str], ...]
    versions: Mapping[str, str]
    seed: int
    settings_hash: str
    learned_until: str = ""


@dataclass(frozen=True, eq=False)
class Models:
    """What a run has `learned` of so many periods, for scoring later ones (`engine.resume`); the first `periods` stand.

    labels: their digest. taught[kpi][detector], cells[kpi]["season" or detector]: arrays of two dimensions.
    """

    periods: int
    learned: int
    version: str
    labels: str
    taught: Mapping[str, Mapping[str, Kept]]
    cells: Mapping[str, Mapping[str, Kept]]


@dataclass(frozen=True, eq=False)
class Verdict:
    """What the voter says of one KPI. score (C, T) float32: 1.0 = alarm threshold, NaN = no detector had an opinion.
    alarm (C, T): the anomalous points, after hysteresis and the minimum deviation, duration and traffic.
    """

    score: FloatArray
    alarm: BoolArray


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
class Result:
    """All of a run.

    evidence[kpi][detector] holds surprises; thresholds[kpi][detector] the surprise that equals 1.0, thresholds[kpi]
    ["vote"] the combined score that raises an alarm (1.0 unless a person moved it). curves[kpi][detector]: the errors
    that labels chose a threshold by. rules hide incidents; reviews: what was said of them. since: begin of the shift.
    """

    panel: Panel
    clock: Clock
    quality: Quality
    settings: Settings
    diagnoses: Sequence[Diagnosis]
    evidence: Mapping[str, Mapping[str, Evidence]]
    thresholds: Mapping[str, Mapping[str, float]]
    verdicts: Mapping[str, Verdict]
    anomalies: Sequence[Anomaly]
    incidents: tuple[Incident, ...]
    associations: tuple[Association, ...]
    record: RunRecord
    notes: Sequence[Reason] = field(default_factory=tuple)
    curves: Mapping[str, Mapping[str, ErrorCurve]] = field(default_factory=dict)
    models: Models | None = None
    rules: Sequence[Rule] = field(default_factory=tuple)
    reviews: Sequence[Review] = field(default_factory=tuple)
    since: Since = field(default_factory=Since)
