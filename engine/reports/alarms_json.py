"""`alarms.json`: incidents as alarms that a ticket or fault-management system takes; `docs/outputs.md` explains it.

Field names and values follow 3GPP TS 28.532 (fault supervision) and TS 32.111-2, which take theirs from ITU-T X.733.
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import ClassVar

from engine.attribute.advice import checks
from engine.data import TRAITS, Anomaly, Incident, Result
from engine.data.review import Review, meeting
from engine.errors import Reason
from engine.inspection.summary import PerPeriod, Stamps, anomalies_of, judged_score, worst_first
from engine.monitor import Monitor
from engine.reports.base import When
from engine.rules import hidden
from engine.text import say
from engine.writing.plain import write_json

VERSION = 1


class AlarmsJson:
    """One alarm per incident, worst first."""

    id: ClassVar[str] = "alarms"
    filename: ClassVar[str] = "alarms.json"
    label: ClassVar[str] = "Alarms (X.733, JSON)"
    when: ClassVar[When] = "asked"

    def write(self, result: Result, path: Path, monitor: Monitor) -> None:
        """Write the object. Raises OutputError, Cancelled."""
        monitor.step(0.0, Reason("stage_report", {"name": self.filename}))
        gone = hidden(result)
        said = meeting(result.panel, result.incidents, result.anomalies, result.reviews)
        by_id, stamps = {anomaly.id: anomaly for anomaly in result.anomalies}, Stamps(result.panel)
        alarms = [
            _alarm(result, stamps, incident, members, gone.get(incident.id, ()), said.get(incident.id))
            for incident in worst_first(result.incidents)
            if (members := anomalies_of(by_id, incident))
        ]
        write_json(path, {"version": VERSION, "run_id": result.record.run_id, "alarms": alarms})


def _alarm(
    result: Result,
    stamps: Stamps,
    incident: Incident,
    members: list[Anomaly],
    by: tuple[str, ...],
    review: Review | None,
) -> dict[str, object]:
    worst, span = members[0], stamps.span(incident.start, incident.stop)
    cell, mean = result.panel.cells[worst.cell], PerPeriod.of(result.panel, worst)
    return {
        "alarmId": alarm_id(cell.id, worst.kpi, stamps.utc[worst.start]),
        "alarmType": "QUALITY_OF_SERVICE_ALARM",
        "probableCause": "THRESHOLD_CROSSED",
        "specificProblem": f"{worst.type.value}: {worst.kpi}",
        "perceivedSeverity": incident.severity.value.upper(),
        "eventTime": span.start_utc,
        "alarmRaisedTime": span.start_utc,
        "alarmClearedTime": span.end_utc if incident.stop < result.panel.shape[1] else None,
        "objectInstance": cell.id,
        "site": cell.site or None,
        "area": cell.area or None,
        **{trait: getattr(cell, trait) or None for trait in TRAITS},
        "affectedObjects": [result.panel.cells[i].id for i in incident.cells],
        "monitoredAttributes": list(incident.kpis),
        "thresholdInfo": {
            "observedMeasurement": worst.kpi,
            "observedValue": mean.actual,
            "expectedValue": mean.expected,
            "thresholdLow": mean.lower,
            "thresholdHigh": mean.upper,
            "unit": result.panel.kpi(worst.kpi).unit or None,
            "thresholdsExceeded": score if math.isfinite(score := judged_score(worst)) else None,
        },
        "rootCauseIndicator": False,
        "proposedRepairActions": checks(incident),
        **_seen(review),
        "comments": [{"commentText": review.comment}] if review and review.comment else [],
        "additionalText": say(incident.sentence),
        "additionalInformation": {
            "incidentId": incident.id,
            "importance": incident.importance,
            "hiddenBy": list(by),
            "status": review.tag or None if review else None,
            "owner": review.owner or None if review else None,
            "associatedWith": [{"kind": cause.kind, "weight": cause.weight} for cause in incident.causes],
        },
    }


def _seen(review: Review | None) -> dict[str, object]:
    """Whether somebody has acknowledged the alarm, who and when."""
    if review is None or review.acknowledged is None:
        return {"ackState": "UNACKNOWLEDGED", "ackUserId": None, "ackTime": None}
    return {
        "ackState": "ACKNOWLEDGED",
        "ackUserId": review.acknowledged_by,
        "ackTime": review.acknowledged_utc,
    }


def alarm_id(cell: str, kpi: str, start_utc: str) -> str:
    """The same incident has the same id in every run that finds it again, so that importing twice does no harm."""
    return hashlib.sha256("\n".join((cell, kpi, start_utc)).encode()).hexdigest()[:16]
