"""What was said of an incident finds it again by place and time, and stands in the tables and alarms."""

from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path

import numpy as np

from engine.data import Incident, Result
from engine.data.review import Review, meeting
from engine.monitor import Monitor
from engine.reports.alarms_json import AlarmsJson
from engine.reports.incidents_csv import IncidentsCsv
from tests.engine.result_factory import make_result


def said_of(result: Result, incident: Incident, comment: str = "ticket 4711") -> Review:
    """A review of the worst anomaly of an incident."""
    worst = next(one for one in result.anomalies if one.id == incident.anomalies[0])
    times, period = result.panel.times, np.timedelta64(result.panel.period_s, "s")
    cell = result.panel.cells[worst.cell].id
    return Review(cell, worst.kpi, times[worst.start], times[worst.stop - 1] + period, "fault", comment)


def met(result: Result, *reviews: Review) -> dict[int, Review]:
    return meeting(result.panel, result.incidents, result.anomalies, reviews)


def test_a_review_meets_the_incidents_whose_anomaly_it_overlaps_and_no_other() -> None:
    result = make_result()
    review = said_of(result, result.incidents[0])
    assert met(result, review)[result.incidents[0].id] is review
    assert len(met(result, review)) < len(result.incidents)
    assert met(result, dataclasses.replace(review, cell="gone")) == {}
    before = result.panel.times[0] - np.timedelta64(1, "D")
    assert met(result, dataclasses.replace(review, start=before, stop=result.panel.times[0])) == {}
    assert met(result) == {}


def test_the_tables_and_alarms_tell_what_was_said(tmp_path: Path) -> None:
    result = make_result()
    review = said_of(result, result.incidents[0])
    told = dataclasses.replace(result, reviews=(review,))
    IncidentsCsv().write(told, tmp_path / "incidents.csv", Monitor())
    with (tmp_path / "incidents.csv").open(encoding="utf-8", newline="") as stream:
        rows = {int(row["incident_id"]): (row["status"], row["comment"]) for row in csv.DictReader(stream)}
    assert {name for name, words in rows.items() if words == ("fault", "ticket 4711")} == set(met(result, review))
    assert {words for name, words in rows.items() if name not in met(result, review)} == {("", "")}
    AlarmsJson().write(told, tmp_path / "alarms.json", Monitor())
    alarms = json.loads((tmp_path / "alarms.json").read_text("utf-8"))["alarms"]
    named = {one["additionalInformation"]["incidentId"]: one for one in alarms}
    one = named[result.incidents[0].id]
    assert one["additionalInformation"]["status"] == "fault"
    assert one["comments"] == [{"commentText": "ticket 4711"}]
    assert any(other["comments"] == [] for other in alarms)
