"""What a result comes to: the counts and shares that report, export and window all show."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.calendar import WallGrid, iso_locals
from engine.data import (
    Anomaly,
    BoolArray,
    Clock,
    DoubleArray,
    Flag,
    Incident,
    Kpi,
    KpiKind,
    Panel,
    Result,
    Severity,
)
from engine.data.units import is_level
from engine.errors import Reason
from engine.execution.scratch import release
from engine.text import MESSAGES, say, tell

WEEK_S = 604_800
RANK: Mapping[Severity, int] = {severity: rank for rank, severity in enumerate(Severity)}
"""0 = worst."""

ROWS_AT_ONCE = 512


def worst_first(incidents: Sequence[Incident]) -> list[Incident]:
    """Incidents by severity, then importance, then time, so that equal ones keep a fixed order."""
    return sorted(incidents, key=lambda i: (RANK[i.severity], -i.importance, i.start, i.id))


def severity_counts(result: Result) -> dict[Severity, int]:
    """How many incidents there are of each severity, worst first, those without any included."""
    found = Counter(incident.severity for incident in result.incidents)
    return {severity: found[severity] for severity in Severity}


def cells_affected(result: Result) -> int:
    """How many cells have at least one anomaly."""
    return len({anomaly.cell for anomaly in result.anomalies})


def alarms_per_cell_week(result: Result) -> float:
    """Anomalies per cell and week of the panel, over all KPIs; NaN for a panel without cells or periods."""
    cells, periods = result.panel.shape
    weeks = periods * result.panel.period_s / WEEK_S
    return len(result.anomalies) / (cells * weeks) if cells and weeks else math.nan


def incident_by_anomaly(result: Result) -> dict[int, Incident]:
    """Anomaly id -> the incident that it belongs to."""
    return {anomaly: incident for incident in result.incidents for anomaly in incident.anomalies}


def anomalies_of(by_id: Mapping[int, Anomaly], incident: Incident) -> list[Anomaly]:
    """The anomalies of an incident, worst first; ids that `by_id` does not hold are skipped."""
    return [by_id[i] for i in incident.anomalies if i in by_id]


def events_in(clock: Clock, start: int, stop: int) -> str:
    """The holidays and custom events of the periods [start, stop), each once: "Easter Monday; Derby"."""
    return "; ".join(dict.fromkeys(name for name in clock.event[start:stop] if name))


@dataclass(frozen=True)
class Span:
    """A stretch of time as it stands in tables; the end is exclusive. Stamps are ISO 8601, local ones with offset."""

    start_utc: str
    end_utc: str
    start_local: str
    end_local: str
    utc_offset: str
    minutes: float


class Stamps:
    """The begin of every period of a panel and the end of the last, as text."""

    def __init__(self, panel: Panel) -> None:
        step = np.timedelta64(panel.period_s, "s")
        edges = WallGrid.of(panel).moments(np.concatenate([panel.times, panel.times[-1:] + step]))
        edges = edges.astype("datetime64[s]")
        self.utc: list[str] = [f"{stamp}Z" for stamp in np.datetime_as_string(edges).tolist()]
        self.local: list[str] = iso_locals(edges, panel.zone)
        self._period_s = panel.period_s

    def span(self, start: int, stop: int) -> Span:
        """The periods [start, stop) as text; the offset is that of the begin."""
        return Span(
            start_utc=self.utc[start],
            end_utc=self.utc[stop],
            start_local=self.local[start],
            end_local=self.local[stop],
            utc_offset="UTC" + self.local[start][len("2017-03-02T17:00:00") :],
            minutes=(stop - start) * self._period_s / 60,
        )


@dataclass(frozen=True)
class PerPeriod:
    """An anomaly's numbers per measured period, in the KPI's unit; those of ratios and gauges are that from the start.

    Over different durations only these can be compared, and sentences and pictures tell them.
    """

    actual: float
    expected: float
    lower: float
    upper: float

    @classmethod
    def of(cls, panel: Panel, anomaly: Anomaly) -> Self:
        """The numbers of an anomaly of a panel; where nothing was measured every period counts."""
        numbers = (anomaly.actual, anomaly.expected, anomaly.lower, anomaly.upper)
        if panel.kpi(anomaly.kpi).kind is not KpiKind.COUNT:
            return cls(*numbers)
        values = panel.values[anomaly.kpi][anomaly.cell, anomaly.start : anomaly.stop]
        periods = int(np.isfinite(values).sum()) or anomaly.stop - anomaly.start
        return cls(*(value / periods for value in numbers))


def sums(anomaly: Anomaly, kpi: Kpi) -> tuple[float, float]:
    """(actual, expected) added up over the measured periods of an anomaly of a count; NaN for ratios and gauges."""
    return (anomaly.actual, anomaly.expected) if kpi.kind is KpiKind.COUNT else (math.nan, math.nan)


def judged_score(anomaly: Anomaly) -> float:
    """The score of an anomaly; NaN for one that no detector could judge, such as a cell that was not reported."""
    return anomaly.score if any(map(math.isfinite, anomaly.margins.values())) else math.nan


def deviation(anomaly: Anomaly) -> tuple[float, float]:
    """(actual - expected in the KPI's unit, the same as a share of expected); NaN where it cannot be said."""
    absolute = anomaly.actual - anomaly.expected
    return absolute, absolute / abs(anomaly.expected) if anomaly.expected else math.nan


def percent_off(anomaly: Anomaly, kpi: Kpi) -> float:
    """The deviation in percent of what was expected; NaN where that says nothing: of 0 or less, of levels (dB, dBm)."""
    if is_level(kpi.unit) or anomaly.expected <= 0:
        return math.nan
    return 100 * deviation(anomaly)[1]


def anomalous_share(result: Result) -> DoubleArray:
    """Share of the cells that are in alarm at each period on any KPI, (T,) 0..1; NaN where no cell was judged."""
    cells, periods = result.panel.shape
    struck, counted = np.zeros(periods, np.int64), np.zeros(periods, np.int64)
    for first in range(0, cells, ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        alarmed = np.zeros((len(result.panel.cells[rows]), periods), bool)
        judged = alarmed.copy()
        for verdict in result.verdicts.values():
            alarmed |= verdict.alarm[rows]
            judged |= np.isfinite(verdict.score[rows])
            release([verdict.score, verdict.alarm])
        struck += alarmed.sum(axis=0)
        counted += (judged | alarmed).sum(axis=0)
    share: DoubleArray = np.where(counted > 0, struck / np.maximum(counted, 1), np.nan)
    return share


def severity_lanes(result: Result, rows: Sequence[int], edges: Sequence[int]) -> np.ndarray:
    """The worst severity per cell of `rows` and bucket of time, (rows, buckets) int8: 0 critical .. 3 warning, 4 none.

    edges (buckets + 1,) time indices: bucket b is [edges[b], edges[b + 1]).
    """
    none = len(RANK)
    lanes = np.full((len(rows), len(edges) - 1), none, np.int8)
    where = {cell: i for i, cell in enumerate(rows)}
    incidents = incident_by_anomaly(result)
    for anomaly in result.anomalies:
        lane = where.get(anomaly.cell)
        if lane is None or anomaly.id not in incidents:
            continue
        first = int(np.searchsorted(edges, anomaly.start, side="right")) - 1
        last = int(np.searchsorted(edges, anomaly.stop, side="left"))
        span = lanes[lane, max(first, 0) : last]
        np.minimum(span, RANK[incidents[anomaly.id].severity], out=span)
    return lanes


def worst_cells(result: Result, count: int) -> list[int]:
    """The cells with the gravest incidents, worst first, at most `count`; cells without an anomaly are left out."""
    weight: dict[int, tuple[int, float]] = {}
    incidents = incident_by_anomaly(result)
    for anomaly in result.anomalies:
        incident = incidents.get(anomaly.id)
        rank = RANK[incident.severity] if incident else len(RANK)
        best, points = weight.get(anomaly.cell, (len(RANK), 0.0))
        weight[anomaly.cell] = (min(best, rank), points + anomaly.stop - anomaly.start)
    return sorted(weight, key=lambda cell: (weight[cell][0], -weight[cell][1], cell))[:count]


def measured(result: Result, cells: Sequence[int]) -> BoolArray:
    """Where at least one KPI of these cells was measured, (len(cells), T)."""
    rows = list(cells)
    known = np.zeros((len(rows), result.panel.shape[1]), bool)
    for values in result.panel.values.values():
        known |= np.isfinite(values[rows])
    return known


def cell_name(panel: Panel, cell: int) -> str:
    """What a person calls a cell: its name, or its id where it has none."""
    return panel.cells[cell].name or panel.cells[cell].id


def where_and_what(panel: Panel, incident: Incident) -> str:
    """The sentence of an incident with its cell in front, where it has only one and the sentence does not name it."""
    sentence = say(incident.sentence)
    return f"{cell_name(panel, incident.cells[0])}: {sentence}" if len(incident.cells) == 1 else sentence


def in_brief(incident: Incident, lasted: str = "") -> str:
    """The sentence of an incident without its cell, KPI, begin and duration, for where those stand beside it.

    lasted: the duration that stands beside it. The sentence is about the worst of the anomalies: for how long that one
    lasted is told where it is not the same.
    """
    told = incident.sentence
    what = told.code.removeprefix("incident_").removesuffix("_many")
    own = str(told.params.get("duration", ""))
    lasting = f" {tell('brief_lasting', duration=own)}" if own and lasted not in ("", own) else ""
    return say(Reason(f"brief_{what}", {**told.params, "lasting": lasting}))


def where_in_brief(incident: Incident, shortened: Callable[[str], str] = str, lasted: str = "") -> str:
    """Worst cell, KPI and what happened, for where begin and duration stand beside it.

    shortened: the name of the cell as it has room; lasted: as in `in_brief`.
    """
    worst = incident.sentence.params
    return f"{shortened(str(worst['cell']))}: {worst['kpi']} {in_brief(incident, lasted)}"


def counted(count: int, noun: str) -> str:
    """A number with its noun: "1 cell", "24 cells". noun: "cell", "kpi", "anomaly" or "incident"."""
    several = f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"
    return tell(f"count_{noun}" if count == 1 else f"count_{several}", count=count)


def cause_name(kind: str) -> str:
    """What a person calls a cause class; one that a later version wrote into a project keeps its id."""
    code = f"cause_{kind}"
    return tell(code) if code in MESSAGES else kind


def flagged(result: Result) -> dict[Flag, int]:
    """How many points of the panel, over all KPIs, carry each flag."""
    counts = dict.fromkeys(Flag, 0)
    for flags in result.panel.flags.values():
        for first in range(0, len(flags), ROWS_AT_ONCE):
            part = flags[first : first + ROWS_AT_ONCE]
            for flag in Flag:
                counts[flag] += int(np.count_nonzero(part & flag))
        release([flags])
    return counts
