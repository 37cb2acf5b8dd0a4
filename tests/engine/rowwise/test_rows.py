"""Rows without a date: read as they stand, put into clusters, their labels learned and explained."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from engine import io
from engine.__main__ import main
from engine.errors import InputError
from engine.io import LoadOptions
from engine.monitor import Cancelled, Monitor
from engine.rowwise import analyse_rows, looks_rowwise, read_rows
from engine.rowwise.clusters import two_clusters
from engine.rowwise.learner import FOLDS, Learned, learn
from engine.rowwise.table import station
from engine.text import say

HEADER = "Time,CellName,PRBUsageDL,meanUE_DL,maxUE_DL,Unusual"


def write(folder: Path, *, leak: bool = False, stations: int = 8, rows: int = 1200, name: str = "rows.csv") -> Path:
    """Rows of some stations. Unusual: a high load with few users; or, if `leak`, only another rounding."""
    rng = np.random.default_rng(4)
    lines = [HEADER]
    for k in range(rows):
        unusual = rng.random() < 0.3
        load, users = rng.uniform(5, 60), rng.uniform(1, 20)
        if leak:
            load = round(load) + (0.5 if unusual else 0.0)
        elif unusual:
            load, users = rng.uniform(50, 95), rng.uniform(0, 5)
        cell = f"{1 + k % stations}{'ABC'[k % 3]}LTE"
        lines.append(f"{k % 24}:15,{cell},{load:.3f},{users:.3f},{int(users) + 1},{int(unusual)}")
    path = folder / name
    path.write_bytes("\r\n".join(lines).encode("latin-1"))
    return path


def test_the_kinds_of_damage_of_a_spreadsheet_are_missing_values_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    rows = ["10:45,3BLTE,11.6,1.1,4,1", "9:45,1BLTE,,1.3,#\u00a1VALOR!,0", "0:15,1ALTE,3.0,2.0,7,"]
    path.write_bytes("\r\n".join([HEADER, *rows]).encode("latin-1"))
    table = read_rows([path], LoadOptions(), Monitor())
    assert table.kpis == ("PRBUsageDL", "meanUE_DL", "maxUE_DL")
    np.testing.assert_allclose(table.values, [[11.6, 1.1, 4], [np.nan, 1.3, np.nan], [3, 2, 7]], rtol=1e-6)
    assert table.labels.tolist() == [1, 0, -1]
    assert table.hours.tolist() == [10, 9, 0]
    assert table.lines.tolist() == [2, 3, 4]
    assert table.unreadable == {"maxUE_DL": (1, "#\u00a1VALOR!")}
    assert table.stations().tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("cell", "of"), [("12BLTE", "12"), ("eNB7_1", "eNB7"), ("A1", "A"), ("4711", "4711"), ("", ""), ("x", "x")]
)
def test_cells_of_one_station_share_its_name(cell: str, of: str) -> None:
    assert station(cell) == of


def test_series_are_refused_and_rows_offered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path)
    assert looks_rowwise(path)
    with pytest.raises(InputError) as caught:
        io.load([path])
    assert caught.value.reason.code == "time_without_date"
    assert main(["inspect", str(path)]) == 2
    assert "cellwarden-cli rows" in capsys.readouterr().err


def test_two_groups_of_rows_are_told_apart_and_one_group_is_not() -> None:
    rng = np.random.default_rng(1)
    few = rng.normal(50, 1, (60, 3))
    apart = two_clusters(np.concatenate([rng.normal(5, 1, (400, 3)), few]), seed=1)
    assert apart.cluster.tolist() == [0] * 400 + [1] * 60
    assert apart.silhouette > 0.8
    assert (apart.score[:400] < 1).all()
    assert (apart.score[400:] > 1).all()
    assert two_clusters(rng.normal(5, 1, (400, 3)), seed=1).silhouette < 0.5
    assert np.isnan(two_clusters(np.ones((10, 2)), seed=1).silhouette)


def test_a_real_label_is_learned_and_survives_the_blur(tmp_path: Path) -> None:
    learned = learn(read_rows([write(tmp_path)], LoadOptions(), Monitor()), 1, Monitor())
    assert isinstance(learned, Learned)
    assert learned.sharp.f1 > 0.9
    assert learned.blurred.f1 > 0.85
    assert not learned.leaks


def test_a_label_that_leaks_through_the_rounding_is_found_out(tmp_path: Path) -> None:
    judged = analyse_rows([write(tmp_path, leak=True, rows=3000)], LoadOptions(), 1, Monitor())
    assert isinstance(judged.learned, Learned)
    assert judged.learned.leaks
    assert judged.learned.sharp.f1 - judged.learned.blurred.f1 > 0.2
    (note,) = [n for n in judged.notes if n.code == "rows_labels_leak"]
    assert "rounded" in say(note)


def test_no_row_is_judged_by_a_model_that_saw_its_station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier

    table = read_rows([write(tmp_path)], LoadOptions(), Monitor())
    at = {tuple(row): k for k, row in enumerate(table.values.tolist())}
    stations, seen = table.stations(), []
    fit, judge = HistGradientBoostingClassifier.fit, HistGradientBoostingClassifier.predict_proba

    def rows(x: np.ndarray) -> set[int]:
        return {int(stations[at[tuple(row)]]) for row in x.tolist() if tuple(row) in at}

    def watched_fit(self, x, y):  # type: ignore[no-untyped-def]
        seen.append(rows(x))
        return fit(self, x, y)

    def watched(self, x):  # type: ignore[no-untyped-def]
        assert not rows(x) & seen[-1]
        return judge(self, x)

    monkeypatch.setattr(HistGradientBoostingClassifier, "fit", watched_fit)
    monkeypatch.setattr(HistGradientBoostingClassifier, "predict_proba", watched)
    learn(table, 1, Monitor())
    assert len(seen) == 2 * FOLDS
    assert all(seen[:FOLDS])


@pytest.mark.parametrize(("stations", "rows", "code"), [(8, 100, "rows_few_labels"), (3, 1200, "rows_few_stations")])
def test_too_little_to_learn_from_is_said(tmp_path: Path, stations: int, rows: int, code: str) -> None:
    judged = analyse_rows([write(tmp_path, stations=stations, rows=rows)], LoadOptions(), 1, Monitor())
    assert judged.learned in judged.notes
    assert not isinstance(judged.learned, Learned)
    assert judged.learned.code == code


def test_odds_ratios_say_which_values_go_with_the_label(tmp_path: Path) -> None:
    found = {a.term: a for a in analyse_rows([write(tmp_path)], LoadOptions(), 1, Monitor()).associations}
    assert found["PRBUsageDL_high"].low > 3
    assert found["PRBUsageDL_high"].n == 300
    assert "highest quarter" in say(found["PRBUsageDL_high"].sentence)
    assert "rows_circular" in {w.code for w in found["meanUE_DL_low"].warnings}
    assert found["night"].p_value > 0.001
    assert "no clear difference" in say(found["night"].sentence)


def test_the_command_writes_rows_with_and_without_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train = write(tmp_path)
    test = tmp_path / "test.csv"
    test.write_text("\n".join(line.rpartition(",")[0] for line in train.read_text().splitlines()[:101]))
    out = tmp_path / "out"
    assert main(["rows", str(train), str(test), "--out", str(out)]) == 0
    assert "1,300 rows" in capsys.readouterr().out
    with (out / "rows.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1300
    assert all(row["learner_score"] and row["anomalous"] in ("0", "1") for row in rows)
    assert {row["label"] for row in rows[1200:]} == {""}
    assert (rows[0]["file"], rows[0]["line"], rows[1200]["file"], rows[1200]["line"]) == (
        "rows.csv",
        "2",
        "test.csv",
        "2",
    )
    told = json.loads((out / "rows.json").read_text("utf-8"))
    assert (told["rows"], told["labelled"], told["learner"]["stations"]) == (1300, 1200, 8)
    assert (out / "associations.csv").read_text("utf-8").startswith("label,term,odds_ratio")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("no table at all", "rows_no_table"),
        ("1:00,2,3\n2:00,3,4\n", "header_missing"),
        ("Time,CellName\n1:00,a\n2:00,b\n", "no_value_column"),
        ("Time,CellName,load\n1:00,a,x\n2:00,b,y\n", "no_value_column"),
    ],
)
def test_what_holds_no_rows_is_refused(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        read_rows([path], LoadOptions(), Monitor())
    assert caught.value.reason.code == code


def test_files_of_other_kpis_are_not_thrown_together(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("Time,CellName,load\n1:00,a,1\n2:00,b,2\n")
    with pytest.raises(InputError) as caught:
        read_rows([write(tmp_path), other], LoadOptions(), Monitor())
    assert caught.value.reason.code == "rows_other_kpis"


def test_learning_can_be_cancelled(tmp_path: Path) -> None:
    table = read_rows([write(tmp_path)], LoadOptions(), Monitor())
    monitor = Monitor()
    monitor.cancel()
    with pytest.raises(Cancelled):
        learn(table, 1, monitor)


@pytest.mark.shared_data
def test_the_real_set_is_read_whole_and_its_leak_found(shared_data: Path) -> None:
    paths = sorted((shared_data / "lte-kpi-labelled-mlmatt").glob("*train*.csv"))
    judged = analyse_rows(paths, LoadOptions(), 1, Monitor())
    table = judged.table
    assert (len(table.lines), int((table.labels == 1).sum()), len(set(table.cells))) == (27_861, 7727, 25)
    assert table.unreadable["maxUE_UL+DL"][1] == "#\u00a1VALOR!"
    assert isinstance(judged.learned, Learned)
    assert judged.learned.leaks


UNITS = "Time,CellName,Throughput,Availability,Users"


def rows_with_units(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_text("\n".join([UNITS, *rows]) + "\n")
    return path


def test_numbers_with_units_behind_them_are_read_as_series_are(tmp_path: Path) -> None:
    path = rows_with_units(
        tmp_path, "a.csv", "10:45,1A,12.5 Mbps,98.2 %,3", "11:45,1A,500 kbps,97 %,4", "12:45,1A,0,96 %,n/a"
    )
    table = read_rows([path], LoadOptions(), Monitor())
    assert table.kpis == ("Throughput", "Availability", "Users")
    np.testing.assert_allclose(table.values, [[12.5, 98.2, 3], [0.5, 97, 4], [0, 96, np.nan]], rtol=1e-6)
    assert {kpi: unit.symbol for kpi, unit in table.units.items()} == {"Throughput": "Mbit/s", "Availability": "%"}
    assert [note.code for note in table.notes] == ["units_converted"]
    assert table.unreadable == {}


def test_further_files_are_brought_to_the_units_of_the_first(tmp_path: Path) -> None:
    first = rows_with_units(tmp_path, "a.csv", *(f"{h}:00,1A,{h} Mbps,98 %,3" for h in range(10, 20)))
    second = rows_with_units(tmp_path, "b.csv", *(f"{h}:00,1A,{h} kbps,98,3" for h in range(10, 20)))
    table = read_rows([first, second], LoadOptions(), Monitor())
    assert table.values[10:, 0].tolist() == pytest.approx([h / 1000 for h in range(10, 20)])
    assert table.values[10:, 1].tolist() == [98] * 10
    assert [say(note) for note in table.notes] == [
        "The column Throughput of b.csv has numbers in several units (kbit/s); they were brought to Mbit/s."
    ]


@pytest.mark.parametrize(("written", "code"), [("MB", "units_of_files"), ("", "units_in_some_files")])
def test_units_that_do_not_belong_together_are_refused(tmp_path: Path, written: str, code: str) -> None:
    first = rows_with_units(tmp_path, "a.csv", *(f"{h}:00,1A,{h} {written},98 %,3" for h in range(10, 20)))
    second = rows_with_units(tmp_path, "b.csv", *(f"{h}:00,1A,{h} kbps,98 %,3" for h in range(10, 20)))
    with pytest.raises(InputError) as caught:
        read_rows([first, second], LoadOptions(), Monitor())
    assert caught.value.reason.code == code
    assert say(caught.value.reason)
