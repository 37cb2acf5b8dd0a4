"""Incidents as alarms for a ticket system."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from engine.data import Result
from engine.data.review import Review
from engine.monitor import Monitor
from engine.reports.alarms_json import AlarmsJson
from tests.engine.reports.tiny import tiny_result
from tests.engine.result_factory import make_result


def alarms(result: Result, folder: Path) -> list[dict[str, Any]]:
    AlarmsJson().write(result, folder / "alarms.json", Monitor())
    found: list[dict[str, Any]] = json.loads((folder / "alarms.json").read_text("utf-8"))["alarms"]
    return found


def test_an_alarm_says_what_where_when_and_how_bad(tmp_path: Path) -> None:
    (alarm,) = alarms(tiny_result(), tmp_path)
    assert alarm["alarmType"] == "QUALITY_OF_SERVICE_ALARM"
    assert alarm["perceivedSeverity"] == "CRITICAL"
    assert alarm["specificProblem"] == "silence: calls"
    assert (alarm["alarmRaisedTime"], alarm["alarmClearedTime"]) == ("2017-10-29T00:30:00Z", "2017-10-29T01:00:00Z")
    assert alarm["objectInstance"] == "=1+1"
    assert alarm["affectedObjects"] == ["=1+1", "-17"]
    assert alarm["thresholdInfo"]["observedValue"] == 0
    assert alarm["proposedRepairActions"][0] == "Alarms and power of the site"
    assert alarm["additionalText"].startswith("calls fell to zero")
    assert alarm["rootCauseIndicator"] is False
    assert (alarm["site"], alarm["area"]) == ("S1", None)


def test_every_incident_is_one_alarm_with_an_id_of_its_own(tmp_path: Path) -> None:
    result = make_result(anomalies=40)
    found = alarms(result, tmp_path)
    assert len({alarm["alarmId"] for alarm in found}) == len(found) == len(result.incidents)
    severities = [alarm["perceivedSeverity"] for alarm in found]
    assert severities == sorted(severities, key=["CRITICAL", "MAJOR", "MINOR", "WARNING"].index)
    assert all(datetime.fromisoformat(alarm["eventTime"]) for alarm in found)


def test_the_same_incident_has_the_same_id_in_another_run(tmp_path: Path) -> None:
    result = tiny_result()
    later = dataclasses.replace(
        result,
        record=dataclasses.replace(result.record, run_id="other"),
        incidents=(dataclasses.replace(result.incidents[0], id=99),),
    )
    assert alarms(result, tmp_path)[0]["alarmId"] == alarms(later, tmp_path)[0]["alarmId"]


def test_an_alarm_says_who_has_acknowledged_it_and_whose_it_is(tmp_path: Path) -> None:
    result = tiny_result()
    (alarm,) = alarms(result, tmp_path)
    assert (alarm["ackState"], alarm["ackUserId"], alarm["ackTime"]) == ("UNACKNOWLEDGED", None, None)
    assert alarm["additionalInformation"]["owner"] is None
    worst, at = result.anomalies[0], np.datetime64("2017-10-29T05:00:00", "s")
    times = result.panel.times
    seen = Review(
        result.panel.cells[worst.cell].id, worst.kpi, times[worst.start], times[worst.stop], "", "", "noc", "ali", at
    )
    (alarm,) = alarms(dataclasses.replace(result, reviews=(seen,)), tmp_path)
    assert (alarm["ackState"], alarm["ackUserId"]) == ("ACKNOWLEDGED", "ali")
    assert alarm["ackTime"] == "2017-10-29T05:00:00Z"
    assert alarm["additionalInformation"]["owner"] == "noc"
    assert alarm["additionalInformation"]["status"] is None


def test_an_incident_that_lasts_to_the_end_of_the_data_is_not_cleared(tmp_path: Path) -> None:
    result = tiny_result()
    lasting = dataclasses.replace(result.incidents[0], stop=6)
    assert alarms(dataclasses.replace(result, incidents=(lasting,)), tmp_path)[0]["alarmClearedTime"] is None


def test_an_alarm_tells_what_its_cell_is(tmp_path: Path) -> None:
    result = tiny_result()
    first, *others = result.panel.cells
    cells = (dataclasses.replace(first, technology="LTE", band="20"), *others)
    told = dataclasses.replace(result, panel=dataclasses.replace(result.panel, cells=cells))
    (alarm,) = alarms(told, tmp_path)
    assert (alarm["technology"], alarm["band"], alarm["vendor"]) == ("LTE", "20", None)
