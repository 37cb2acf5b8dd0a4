"""The spreadsheet files against files that were written by hand."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import numpy as np
import pytest

from engine.data import Kpi, KpiKind
from engine.data.review import Review
from engine.monitor import Cancelled, Monitor
from engine.reports import anomalies_csv, associations_csv, incidents_csv
from engine.reports.anomalies_csv import AnomaliesCsv
from engine.reports.associations_csv import AssociationsCsv
from engine.reports.base import Writer
from engine.reports.incidents_csv import IncidentsCsv
from tests.engine.reports.tiny import tiny_result
from tests.engine.result_factory import make_result

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "data" / "reports"


@pytest.mark.parametrize("writer", [AnomaliesCsv(), IncidentsCsv()], ids=lambda w: w.id)
def test_file_equals_the_one_written_by_hand(writer: Writer, tmp_path: Path) -> None:
    writer.write(tiny_result(), tmp_path / writer.filename, Monitor())
    written = (tmp_path / writer.filename).read_bytes().decode("utf-8").split("\r\n")
    assert written == (GOLDEN / writer.filename).read_bytes().decode("utf-8").split("\r\n")


def test_anomalies_come_by_time_whatever_their_order(tmp_path: Path) -> None:
    result = tiny_result()
    AnomaliesCsv().write(dataclasses.replace(result, anomalies=result.anomalies[::-1]), tmp_path / "a.csv", Monitor())
    assert (tmp_path / "a.csv").read_bytes() == (GOLDEN / "anomalies.csv").read_bytes()


def test_every_anomaly_has_its_incident_and_its_votes(tmp_path: Path) -> None:
    result = make_result()
    AnomaliesCsv().write(result, tmp_path / "a.csv", Monitor())
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(result.anomalies)
    incident = {str(a): str(i.id) for i in result.incidents for a in i.anomalies}
    for row in rows:
        assert row["incident_id"] == incident[row["event_id"]]
        votes = [row[f"vote_{name}"] for name in result.settings.detectors]
        assert row["votes_for"] == str(votes.count("1"))
        assert row["votes_cast"] == str(len(votes) - votes.count(""))


def test_an_incident_says_whose_it_is_and_who_has_seen_it(tmp_path: Path) -> None:
    result = tiny_result()
    worst, at = result.anomalies[0], np.datetime64("2017-10-29T05:00:00", "s")
    times = result.panel.times
    said = Review(
        result.panel.cells[worst.cell].id, worst.kpi, times[worst.start], times[worst.stop], "", "", "noc", "ali", at
    )
    IncidentsCsv().write(dataclasses.replace(result, reviews=(said,)), tmp_path / "i.csv", Monitor())
    with (tmp_path / "i.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    told = [row[name] for name in ("status", "comment", "owner", "acknowledged_by", "acknowledged_utc")]
    assert told == ["", "", "noc", "ali", "2017-10-29T05:00:00Z"]


def test_sites_and_areas_are_told_so_that_a_ticket_finds_its_region(tmp_path: Path) -> None:
    result = tiny_result()
    where = (("Nord 4", "TAC 7"), ("Nord 5", "TAC 7"))
    cells = tuple(
        dataclasses.replace(cell, site=site, area=area)
        for cell, (site, area) in zip(result.panel.cells, where, strict=True)
    )
    result = dataclasses.replace(result, panel=dataclasses.replace(result.panel, cells=cells))
    for writer, name in ((IncidentsCsv(), "i.csv"), (AnomaliesCsv(), "a.csv")):
        writer.write(result, tmp_path / name, Monitor())
    with (tmp_path / "i.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["cells"], row["sites"], row["areas"]) == ("'=1+1;-17", "Nord 4;Nord 5", "TAC 7")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["area"] for row in csv.DictReader(stream)} == {"TAC 7"}


def test_counts_are_told_per_period_as_the_sentence_does_and_added_up_beside_it(tmp_path: Path) -> None:
    result = tiny_result()
    silence, spike, unrest = result.anomalies
    values = {"calls": np.array([[10, 11, 4, np.nan, 2, 10], [5, np.nan, 50.5, 5, 5, 6]], np.float32)}
    found = dataclasses.replace(silence, stop=5, actual=6.0, expected=20.0, lower=16.0, upper=24.0)
    panel = dataclasses.replace(result.panel, values=values)
    AnomaliesCsv().write(
        dataclasses.replace(result, panel=panel, anomalies=(found, spike, unrest)), tmp_path / "a.csv", Monitor()
    )
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
        row = next(csv.DictReader(stream))
    assert [row[name] for name in ("actual_mean", "expected_mean", "lower_mean", "upper_mean")] == [
        "3",
        "10",
        "8",
        "12",
    ]
    assert (row["actual_sum"], row["expected_sum"], row["deviation_mean"]) == ("6", "20", "-7")


def test_a_level_below_zero_has_no_percentage_and_no_sum(tmp_path: Path) -> None:
    result = tiny_result()
    panel = dataclasses.replace(result.panel, kpis=(Kpi("calls", "", KpiKind.GAUGE),))
    found = (dataclasses.replace(result.anomalies[0], actual=0.0, expected=-114.7), *result.anomalies[1:])
    IncidentsCsv().write(dataclasses.replace(result, panel=panel, anomalies=found), tmp_path / "i.csv", Monitor())
    with (tmp_path / "i.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["expected_mean"], row["expected_sum"], row["deviation_pct"]) == ("-114.7", "", "")


def test_what_was_not_reported_has_no_score(tmp_path: Path) -> None:
    result = tiny_result()
    nobody = dict.fromkeys(result.settings.detectors, np.nan)
    absent = dataclasses.replace(result.anomalies[0], actual=np.nan, score=1.0, margins=nobody)
    result = dataclasses.replace(result, anomalies=(absent, *result.anomalies[1:]))
    AnomaliesCsv().write(result, tmp_path / "a.csv", Monitor())
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
        row = next(csv.DictReader(stream))
    assert (row["actual_mean"], row["score"], row["votes_cast"]) == ("", "", "0")


def test_columns_of_the_detectors_follow_the_fixed_ones(tmp_path: Path) -> None:
    AnomaliesCsv().write(make_result(detectors=("garch",)), tmp_path / "a.csv", Monitor())
    header = (tmp_path / "a.csv").read_text("utf-8").splitlines()[0].split(",")
    assert header == [*anomalies_csv.COLUMNS, "score_garch", "vote_garch", *anomalies_csv.LAST]


def test_cancelling_leaves_the_old_file(tmp_path: Path) -> None:
    target, monitor = tmp_path / "a.csv", Monitor()
    target.write_text("old")
    monitor.cancel()
    with pytest.raises(Cancelled):
        AnomaliesCsv().write(tiny_result(), target, monitor)
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    "columns", [anomalies_csv.COLUMNS, anomalies_csv.LAST, incidents_csv.COLUMNS, associations_csv.COLUMNS]
)
def test_every_column_is_in_the_dictionary(columns: tuple[str, ...]) -> None:
    words = (ROOT / "docs" / "outputs.md").read_text("utf-8")
    assert [column for column in columns if f"`{column}`" not in words] == []


def test_odds_ratios_are_listed_with_their_words(tmp_path: Path) -> None:
    result = make_result()
    AssociationsCsv().write(result, tmp_path / "a.csv", Monitor())
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["kpi"], row["term"]) for row in rows] == [(one.kpi, one.term) for one in result.associations]
    assert float(rows[0]["odds_ratio"]) == pytest.approx(result.associations[0].odds_ratio, rel=1e-5)
    assert (rows[-1]["or_ci_high"], rows[-1]["p_value"]) == ("inf", "")


def test_tables_tell_what_cells_are(tmp_path: Path) -> None:
    result = tiny_result()
    bands = ("800", "1800")
    cells = tuple(
        dataclasses.replace(cell, technology="LTE", band=band)
        for cell, band in zip(result.panel.cells, bands, strict=True)
    )
    result = dataclasses.replace(result, panel=dataclasses.replace(result.panel, cells=cells))
    for writer, name in ((IncidentsCsv(), "i.csv"), (AnomaliesCsv(), "a.csv")):
        writer.write(result, tmp_path / name, Monitor())
    with (tmp_path / "i.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["technologies"], row["bands"], row["vendors"]) == ("LTE", "800;1800", "")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["band"] for row in csv.DictReader(stream)} == {*bands}
