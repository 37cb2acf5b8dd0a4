"""`incidents.csv`: one row per incident; `docs/outputs.md` is its dictionary. Columns are only ever added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np

from engine.data import Anomaly, Flag, Incident, Result
from engine.data.review import Review, meeting
from engine.inspection.summary import (
    PerPeriod,
    Stamps,
    anomalies_of,
    events_in,
    judged_score,
    percent_off,
    sums,
    worst_first,
)
from engine.monitor import Monitor
from engine.reports.base import When
from engine.rules import hidden
from engine.text import say
from engine.writing.spreadsheet import Value, write_csv

COLUMNS = (
    "incident_id",
    "severity",
    "importance",
    "start_utc",
    "end_utc",
    "start_local",
    "end_local",
    "utc_offset",
    "duration_min",
    "granularity_s",
    "sentence",
    "n_cells",
    "n_anomalies",
    "cells",
    "kpis",
    "worst_event_id",
    "worst_cell_id",
    "worst_cell_name",
    "worst_kpi",
    "unit",
    "direction",
    "type",
    "actual_mean",
    "expected_mean",
    "actual_sum",
    "expected_sum",
    "deviation_pct",
    "score",
    "cause_1",
    "cause_1_weight",
    "cause_1_evidence",
    "cause_2",
    "cause_2_weight",
    "cause_2_evidence",
    "cause_3",
    "cause_3_weight",
    "cause_3_evidence",
    "grouped_by",
    "calendar_event",
    "in_maintenance",
    "imputed_points",
    "suspect_points",
    "settings_hash",
    "run_id",
    "hidden_by",
    "status",
    "comment",
    "owner",
    "acknowledged_by",
    "acknowledged_utc",
    "sites",
    "areas",
    "technologies",
    "bands",
    "frequencies",
    "regions",
    "clusters",
    "vendors",
)

OF_CELLS = ("site", "area", "technology", "band", "frequency", "region", "cluster", "vendor")
"""What the last columns tell of the cells."""

CAUSES_LISTED = 3
CELLS_LISTED = 50
"""Cell ids in one field, so that it stays readable; `anomalies.csv` holds them all by incident_id."""


class IncidentsCsv:
    """One row per incident, worst first."""

    id: ClassVar[str] = "incidents"
    filename: ClassVar[str] = "incidents.csv"
    label: ClassVar[str] = "Incidents (CSV)"
    when: ClassVar[When] = "always"

    def write(self, result: Result, path: Path, monitor: Monitor) -> None:
        """Write the table. Raises OutputError, Cancelled."""
        write_csv(path, COLUMNS, _rows(result), monitor)


def _rows(result: Result) -> Iterator[list[Value]]:
    by_id, stamps = {anomaly.id: anomaly for anomaly in result.anomalies}, Stamps(result.panel)
    gone = hidden(result)
    said = meeting(result.panel, result.incidents, result.anomalies, result.reviews)
    for incident in worst_first(result.incidents):
        members = anomalies_of(by_id, incident)
        span = stamps.span(incident.start, incident.stop)
        yield [
            incident.id,
            incident.severity.value,
            incident.importance,
            span.start_utc,
            span.end_utc,
            span.start_local,
            span.end_local,
            span.utc_offset,
            span.minutes,
            result.panel.period_s,
            say(incident.sentence),
            len(incident.cells),
            len(incident.anomalies),
            ";".join(result.panel.cells[cell].id for cell in incident.cells[:CELLS_LISTED]),
            ";".join(incident.kpis),
            *_worst(result, members),
            *_causes(incident),
            " ".join(say(reason) for reason in incident.grouped_by),
            events_in(result.clock, incident.start, incident.stop),
            any(np.any(result.panel.flags[a.kpi][a.cell, a.start : a.stop] & Flag.MAINTENANCE) for a in members),
            sum(a.imputed_points for a in members),
            sum(a.suspect_points for a in members),
            result.record.settings_hash,
            result.record.run_id,
            ";".join(gone.get(incident.id, ())),
            *_said(said.get(incident.id)),
            *(_listed(getattr(result.panel.cells[cell], name) for cell in incident.cells) for name in OF_CELLS),
        ]


def _listed(names: Iterable[str]) -> str:
    """Each name once, in its order."""
    return ";".join(dict.fromkeys(name for name in names if name))


def _said(review: Review | None) -> list[Value]:
    if review is None:
        return [None] * 5
    return [review.tag, review.comment, review.owner, review.acknowledged_by, review.acknowledged_utc]


def _worst(result: Result, members: Sequence[Anomaly]) -> list[Value]:
    if not members:
        return [None] * 13
    worst = members[0]
    cell, kpi, mean = result.panel.cells[worst.cell], result.panel.kpi(worst.kpi), PerPeriod.of(result.panel, worst)
    return [
        worst.id,
        cell.id,
        cell.name,
        worst.kpi,
        kpi.unit,
        worst.direction.value,
        worst.type.value,
        mean.actual,
        mean.expected,
        *sums(worst, kpi),
        percent_off(worst, kpi),
        judged_score(worst),
    ]


def _causes(incident: Incident) -> list[Value]:
    fields: list[Value] = []
    for cause in incident.causes[:CAUSES_LISTED]:
        fields += [cause.kind, cause.weight, " ".join(say(reason) for reason in cause.evidence)]
    return fields + [None] * (3 * CAUSES_LISTED - len(fields))
