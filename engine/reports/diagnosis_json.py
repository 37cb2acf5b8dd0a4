"""`diagnosis.json`: what every series is like, in figures and in sentences; `docs/outputs.md` explains each key."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from engine.data import Diagnosis, Result
from engine.detectors import DETECTORS
from engine.diagnose import abstentions, describe, opinions
from engine.errors import Reason
from engine.monitor import Monitor
from engine.reports.base import When
from engine.text import say
from engine.writing.plain import write_json

VERSION = 1


class DiagnosisJson:
    """One object per cell and KPI."""

    id: ClassVar[str] = "diagnosis"
    filename: ClassVar[str] = "diagnosis.json"
    label: ClassVar[str] = "Diagnosis of every series (JSON)"
    when: ClassVar[When] = "asked"

    def write(self, result: Result, path: Path, monitor: Monitor) -> None:
        """Write the object. Raises OutputError, Cancelled."""
        monitor.step(0.0, Reason("stage_report", {"name": self.filename}))
        series = []
        for number, one in enumerate(result.diagnoses):
            monitor.step(number / len(result.diagnoses), Reason("stage_report", {"name": self.filename}))
            series.append(_series(result, one))
        write_json(path, {"version": VERSION, "run_id": result.record.run_id, "series": series})


def _series(result: Result, one: Diagnosis) -> dict[str, object]:
    silent = abstentions(one, result.evidence.get(one.kpi, {}))
    sentences = describe(one, result.clock) + opinions(silent, {d.id: d.label for d in DETECTORS})
    return {
        "cell": result.panel.cells[one.cell].id,
        "kpi": one.kpi,
        "points": one.points,
        "missing_share": one.missing_share,
        "seasons_s": [season * result.clock.period_s for season in one.seasons],
        "boxcox_lambda": one.boxcox_lambda,
        "tests": {test.test: {"statistic": test.statistic, "p_value": test.p_value} for test in one.tests},
        "detectors": {name: None if why is None else say(why) for name, why in silent.items()},
        "sentences": [say(reason) for reason in sentences],
    }
