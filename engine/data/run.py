"""A whole run: its record, what it learned, and its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.data.arrays import Kept
from engine.data.event import Event
from engine.data.found import Anomaly, Association, Incident
from engine.data.judged import Clock, Diagnosis, ErrorCurve, Evidence, Verdict
from engine.data.measured import Panel, Quality
from engine.data.review import Review
from engine.data.rule import Rule
from engine.data.since import Since
from engine.errors import Reason
from engine.settings import Settings


@dataclass(frozen=True)
class RunRecord:
    """What makes a run repeatable.

    run_id: the same for the same inputs, choices (labels, calendar, what was said of files) and versions.
    started_utc: ISO 8601; seconds: how long it took. inputs: name, bytes and SHA-256 of every file. versions: by
    package. learned_until: end, UTC, of the measurements that the models were learned from, "" where that was not
    noted.
    """

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
    """What a run has learned, for scoring later periods without learning again (`engine.continuation.resume`).

    periods: so many from the start keep their scores whatever comes later. learned: how many periods were learned from.
    version: of the program that learned; another one learns anew. labels: the digest of those that were known.
    taught[kpi][detector]: what is shared by all cells. cells[kpi]["season" or detector]: what was learned of each cell;
    all arrays have two dimensions.
    """

    periods: int
    learned: int
    version: str
    labels: str
    taught: Mapping[str, Mapping[str, Kept]]
    cells: Mapping[str, Mapping[str, Kept]]


@dataclass(frozen=True, eq=False)
class Result:
    """All of a run.

    evidence[kpi][detector] holds surprises. thresholds[kpi][detector]: the surprise that equals 1.0; thresholds[kpi]
    ["vote"]: the combined score that raises an alarm (1.0 unless a person moved it). verdicts by KPI id. notes: what a
    person should know of the run as a whole. curves[kpi][detector]: the errors that labels chose a threshold by.
    models: None where nothing was kept. rules hide incidents; reviews: what was said of them.
    since: begin of the shift. events: the calendar that the run went by, beside that of the country.
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
    events: tuple[Event, ...] = ()
