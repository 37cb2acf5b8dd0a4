"""`anomalies.csv`: one row per anomaly; `docs/outputs.md` is its dictionary. Columns are only ever added."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np

from engine.data import TRAITS, Anomaly, Flag, Incident, Result
from engine.execution.scratch import release
from engine.inspection.explanation import in_words, of_anomaly
from engine.inspection.summary import (
    PerPeriod,
    Stamps,
    events_in,
    incident_by_anomaly,
    judged_score,
    percent_off,
    sums,
)
from engine.monitor import Monitor
from engine.reports.base import When
from engine.writing.spreadsheet import Value, write_csv

COLUMNS = (
    "event_id",
    "incident_id",
    "start_utc",
    "end_utc",
    "start_local",
    "end_local",
    "utc_offset",
    "duration_min",
    "granularity_s",
    "cell_id",
    "cell_name",
    "site_id",
    "lat",
    "lon",
    "kpi",
    "unit",
    "direction",
    "type",
    "actual_mean",
    "expected_mean",
    "lower_mean",
    "upper_mean",
    "actual_sum",
    "expected_sum",
    "deviation_mean",
    "deviation_pct",
    "score",
    "votes_for",
    "votes_cast",
    "vote_mode",
    "severity",
    "importance",
    "cause_1",
    "cause_1_weight",
    "cause_2",
    "cause_2_weight",
    "calendar_event",
    "in_maintenance",
    "imputed_points",
    "suspect_points",
    "n_cells_in_incident",
    "settings_hash",
    "run_id",
)
"""The fixed columns; `score_<detector>` and `vote_<detector>` of the run's detectors follow them, and `LAST`."""

LAST = ("explanation", "area", *TRAITS)
"""What was added since stands behind the columns of the detectors, so that none of them moved."""

AT_ONCE = 4096
"""Anomalies explained together: as many texts are held, and the evidence is read in the order it lies in."""


class AnomaliesCsv:
    """One row per anomaly, by time and cell."""

    id: ClassVar[str] = "anomalies"
    filename: ClassVar[str] = "anomalies.csv"
    label: ClassVar[str] = "Anomalies (CSV)"
    when: ClassVar[When] = "always"

    def write(self, result: Result, path: Path, monitor: Monitor) -> None:
        """Write the table. Raises OutputError, Cancelled."""
        detectors = result.settings.detectors
        of_detectors = (f"{what}_{name}" for what in ("score", "vote") for name in detectors)
        columns = (*COLUMNS, *of_detectors, *LAST)
        write_csv(path, columns, _rows(result), monitor)


def _rows(result: Result) -> Iterator[list[Value]]:
    incidents, stamps = incident_by_anomaly(result), Stamps(result.panel)
    by_time = sorted(result.anomalies, key=lambda a: (a.start, a.cell, a.kpi, a.id))
    for first in range(0, len(by_time), AT_ONCE):
        some = by_time[first : first + AT_ONCE]
        explained = _explained(result, some)
        for anomaly in some:
            yield [
                *_where_and_when(result, stamps, anomaly, incidents.get(anomaly.id)),
                *_what(result, anomaly),
                *_why(result, anomaly, incidents.get(anomaly.id)),
                *_votes(result, anomaly),
                explained[anomaly.id],
                *(getattr(result.panel.cells[anomaly.cell], name) for name in ("area", *TRAITS)),
            ]


def _explained(result: Result, anomalies: Sequence[Anomaly]) -> dict[int, str | None]:
    """Anomaly id -> what made its score, None where nobody judged; looked up in the order in which evidence lies."""
    told = {}
    for anomaly in sorted(anomalies, key=lambda a: (a.kpi, a.cell, a.start)):
        taken = of_anomaly(result, anomaly)
        told[anomaly.id] = in_words(taken) if taken else None
    for kpi, verdict in result.verdicts.items():
        one_by_one = (array for e in result.evidence[kpi].values() for array in (e.score, e.expected))
        release([verdict.score, result.panel.values[kpi], *one_by_one])
    return told


def _where_and_when(result: Result, stamps: Stamps, anomaly: Anomaly, incident: Incident | None) -> list[Value]:
    span = stamps.span(anomaly.start, anomaly.stop)
    cell = result.panel.cells[anomaly.cell]
    return [
        anomaly.id,
        incident.id if incident else None,
        span.start_utc,
        span.end_utc,
        span.start_local,
        span.end_local,
        span.utc_offset,
        span.minutes,
        result.panel.period_s,
        cell.id,
        cell.name,
        cell.site,
        cell.lat,
        cell.lon,
    ]


def _what(result: Result, anomaly: Anomaly) -> list[Value]:
    kpi, mean = result.panel.kpi(anomaly.kpi), PerPeriod.of(result.panel, anomaly)
    margins = [anomaly.margins.get(name, math.nan) for name in result.settings.detectors]
    return [
        anomaly.kpi,
        kpi.unit,
        anomaly.direction.value,
        anomaly.type.value,
        mean.actual,
        mean.expected,
        mean.lower,
        mean.upper,
        *sums(anomaly, kpi),
        mean.actual - mean.expected,
        percent_off(anomaly, kpi),
        judged_score(anomaly),
        sum(margin >= 1 for margin in margins),
        sum(math.isfinite(margin) for margin in margins),
        result.settings.vote,
    ]


def _why(result: Result, anomaly: Anomaly, incident: Incident | None) -> list[Value]:
    causes = incident.causes if incident else ()
    flags = result.panel.flags[anomaly.kpi][anomaly.cell, anomaly.start : anomaly.stop]
    ranked: list[Value] = []
    for rank in range(2):
        ranked += [causes[rank].kind, causes[rank].weight] if rank < len(causes) else [None, None]
    return [
        incident.severity.value if incident else None,
        incident.importance if incident else None,
        *ranked,
        events_in(result.clock, anomaly.start, anomaly.stop),
        bool(np.any(flags & Flag.MAINTENANCE)),
        anomaly.imputed_points,
        anomaly.suspect_points,
        len(incident.cells) if incident else None,
        result.record.settings_hash,
        result.record.run_id,
    ]


def _votes(result: Result, anomaly: Anomaly) -> list[Value]:
    margins = [anomaly.margins.get(name, math.nan) for name in result.settings.detectors]
    return [*margins, *(int(margin >= 1) if math.isfinite(margin) else None for margin in margins)]
