"""The JSON records: strict JSON, versioned, and the counts that they promise."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from engine.data import Diagnosis, HypothesisTest
from engine.errors import Reason
from engine.monitor import Monitor
from engine.reports.base import Writer
from engine.reports.diagnosis_json import DiagnosisJson
from engine.reports.quality_json import QualityJson
from engine.reports.run_json import RunJson
from engine.text import say
from tests.engine.reports.tiny import tiny_result
from tests.engine.result_factory import SILENT, empty_result, make_result


def read(writer: Writer, result: Any, folder: Path) -> dict[str, Any]:
    writer.write(result, folder / writer.filename, Monitor())

    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is not JSON")

    content: dict[str, Any] = json.loads((folder / writer.filename).read_text("utf-8"), parse_constant=refuse)
    return content


def test_quality_counts_rows_by_reason_and_cell(tmp_path: Path) -> None:
    result = make_result()
    quality = read(QualityJson(), result, tmp_path)
    assert quality["version"] == 1
    assert quality["rows_read"] - quality["rows_kept"] == sum(quality["dropped"].values()) == 15
    assert quality["dropped_details"][0]["example"] == "città.csv:17, 2017-13-40"
    assert [one["cell"] for one in quality["per_cell"]] == [cell.id for cell in result.panel.cells]
    assert (quality["start_utc"], quality["end_utc"]) == ("2017-03-02T00:00:00Z", "2017-03-23T00:00:00Z")


def test_what_is_not_known_is_null(tmp_path: Path) -> None:
    quality = read(QualityJson(), empty_result(), tmp_path)
    assert quality["missing_share"] is None
    assert quality["start_utc"] is None
    assert read(RunJson(), empty_result(), tmp_path)["figures"]["alarms_per_cell_week"] is None


def test_the_diagnosis_tells_every_series_in_figures_and_words(tmp_path: Path) -> None:
    result = make_result(kpis=1)
    (kpi,) = result.panel.kpis
    tests = (HypothesisTest("levene", 2.5, 0.01, Reason("levene_unequal", {"statistic": 2.5, "p": "p = 0.01"})),)
    short = Reason("not_enough_history", {"points": 50, "needed": 129})
    last = len(result.panel.cells) - 1
    suits = {"kmeans": short, "baseline": None, "nnar": None}
    found = Diagnosis(last, kpi.id, 50, 0.25, (24,), float("nan"), tests, suits)
    content = read(DiagnosisJson(), dataclasses.replace(result, diagnoses=(found,)), tmp_path)
    (one,) = content["series"]
    assert (one["cell"], one["kpi"], one["points"]) == (result.panel.cells[last].id, kpi.id, 50)
    assert one["seasons_s"] == [24 * result.clock.period_s]
    assert one["boxcox_lambda"] is None
    assert one["tests"]["levene"] == {"statistic": 2.5, "p_value": 0.01}
    assert one["detectors"] == {"kmeans": say(short), "baseline": None, "nnar": say(SILENT)}
    assert one["sentences"][-3:] == [
        f"K-means has no opinion. {say(short)}",
        "Seasonal baseline judges this series.",
        f"NNAR has no opinion. {say(SILENT)}",
    ]


def test_run_says_who_abstained_once_per_kind_of_reason(tmp_path: Path) -> None:
    run = read(RunJson(), make_result(kpis=1), tmp_path)
    (silent,) = run["abstentions"]
    assert (silent["detector"], silent["kpi"], silent["cells"], silent["reason"]) == (
        "nnar",
        "calls",
        1,
        "not_enough_history",
    )
    assert "336" in silent["text"]


def test_run_holds_what_repeats_it(tmp_path: Path) -> None:
    result = tiny_result()
    run = read(RunJson(), result, tmp_path)
    assert run["settings"] == result.settings.to_json()
    assert run["inputs"] == [{"name": "a.csv", "bytes": 5, "sha256": "cd" * 32}]
    assert run["figures"]["incidents_by_severity"] == {"critical": 1, "major": 0, "minor": 0, "warning": 0}
    assert run["figures"]["cells_affected"] == 2
    assert run["figures"]["alarms_per_cell_week"] == pytest.approx(3 / (2 * 6 * 900 / 604_800))
