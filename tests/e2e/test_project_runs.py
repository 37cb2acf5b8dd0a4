"""A project over days: later files join it, a killed run goes on where it was."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from engine import pipeline, project
from engine.__main__ import main
from engine.data import Result

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city in two files that overlap by a day, and one file with all of it."""
    folder = tmp_path_factory.mktemp("days")
    assert main(["simulate", "--out", str(folder), "--cells", "6", "--days", "21", "--seed", "3"]) == 0
    begin = "(select min(time_utc) from data)"
    with duckdb.connect() as connection:
        connection.execute(f"create table data as from '{folder / 'data.parquet'}'")
        for name, low, high in (("early", 0, 14), ("late", 13, 21), ("whole", 0, 21)):
            part = f"time_utc >= {begin} + interval {low} day and time_utc < {begin} + interval {high} day"
            target = folder / f"{name}.parquet"
            connection.execute(
                f"copy (select time_utc, cell, calls, sms from data where {part}) to '{target}' (format parquet)"
            )
    return folder


def analyse(data: Path, out: Path, *more: str) -> int:
    return main(["analyse", str(data), "--out", str(out), "--detectors", "baseline,kmeans", "--zone", "UTC", *more])


def anomalies(out: Path) -> list[dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO((out / "anomalies.csv").read_text("utf-8"))))
    return [{k: v for k, v in row.items() if k != "run_id"} for row in rows]


def test_later_days_join_a_project_and_give_what_all_days_together_give(days: Path, tmp_path: Path) -> None:
    city = tmp_path / "city.cellwarden"
    assert analyse(days / "early.parquet", tmp_path / "early", "--project", str(city)) == 0
    assert analyse(days / "late.parquet", tmp_path / "late", "--project", str(city)) == 0
    assert analyse(days / "whole.parquet", tmp_path / "whole") == 0
    assert anomalies(tmp_path / "late") == anomalies(tmp_path / "whole")
    assert project.open_project(city).panel.shape == (6, 21 * 24)


def test_a_later_day_is_read_in_the_zone_of_the_project_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for day in (1, 2):
        rows = [f"2024-03-{d:02} {h:02}:00,A,{d + h}" for d in range(2 * day - 1, 2 * day + 1) for h in range(24)]
        (tmp_path / f"{day}.csv").write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    common = ["--out", str(tmp_path / "out"), "--detectors", "baseline", "--project", str(tmp_path / "p.cellwarden")]
    assert main(["analyse", str(tmp_path / "1.csv"), *common, "--zone", "Asia/Tehran"]) == 0
    capsys.readouterr()
    assert main(["analyse", str(tmp_path / "2.csv"), *common]) == 0
    assert "48 measurements are new, 0 replaced" in capsys.readouterr().out
    report = json.loads((tmp_path / "out" / "quality.json").read_text("utf-8"))
    assert (report["missing_share"], report["rows_read"], report["zone"]) == (0, 96, "Asia/Tehran")
    assert (report["start_utc"], report["end_utc"]) == ("2024-02-29T20:30:00Z", "2024-03-04T20:30:00Z")


def test_a_project_keeps_its_kpi_dictionary_for_later_days(tmp_path: Path) -> None:
    for day in (1, 2):
        rows = [f"2024-03-{d:02} {h:02}:00,A,{h},{d + 50}" for d in range(2 * day - 1, 2 * day + 1) for h in range(24)]
        (tmp_path / f"{day}.csv").write_text("\n".join(["time,cell,drops,calls", *rows]) + "\n")
    (tmp_path / "kpis.csv").write_text("kpi,unit,bad,numerator,denominator\ndrop rate,%,up,drops,calls\n")
    (tmp_path / "more.csv").write_text("kpi,unit\ncalls,1/h\n")
    kept = tmp_path / "p.cellwarden"
    common = ["--out", str(tmp_path / "out"), "--detectors", "baseline", "--zone", "UTC", "--project", str(kept)]
    assert main(["analyse", str(tmp_path / "1.csv"), *common, "--kpi-table", str(tmp_path / "kpis.csv")]) == 0
    assert main(["analyse", str(tmp_path / "2.csv"), *common]) == 0
    panel = project.open_project(kept).panel
    wanted = [[100.0 * h / (d + 50) for d in range(1, 5) for h in range(24)]]
    np.testing.assert_allclose(panel.values["drop rate"], wanted, rtol=1e-6)
    assert main(["analyse", str(tmp_path / "2.csv"), *common, "--kpi-table", str(tmp_path / "more.csv")]) == 0
    assert [k.unit for k in project.open_project(kept).panel.kpis if k.id == "calls"] == ["1/h"]
    assert list(project.read_dictionary(kept)) == ["drop rate", "calls"]


def test_a_project_keeps_its_calendar_until_another_one_is_given(days: Path, tmp_path: Path) -> None:
    city = str(tmp_path / "city.cellwarden")
    begin = duckdb.sql(f"select min(time_utc) from '{days / 'whole.parquet'}'").fetchall()[0][0]
    work = f"{begin + timedelta(days=9)},{begin + timedelta(days=10)},Core upgrade,maintenance"
    (tmp_path / "calendar.csv").write_text(f"start,end,name,kind\n{work}\n")
    (tmp_path / "other.csv").write_text("start,end,name,kind\n2000-01-01,,Feast,event\n")

    def marked(data: str, name: str, *more: str) -> tuple[int, list[str]]:
        assert analyse(days / f"{data}.parquet", tmp_path / name, "--project", city, *more) == 0
        report = json.loads((tmp_path / name / "quality.json").read_text("utf-8"))
        calendar = json.loads((tmp_path / name / "run.json").read_text("utf-8"))["calendar"]
        return report["flagged_points"]["maintenance"], [event["name"] for event in calendar]

    points = 2 * 6 * 24
    assert marked("early", "early", "--calendar", str(tmp_path / "calendar.csv")) == (points, ["Core upgrade"])
    assert marked("late", "late") == (points, ["Core upgrade"])
    assert marked("late", "other", "--calendar", str(tmp_path / "other.csv")) == (0, ["Feast"])


def test_gaps_are_filled_as_said_and_marked_in_every_output(tmp_path: Path) -> None:
    rows = [f"2024-03-{d:02} {h:02}:00,A,{d + h}" for d in range(1, 8) for h in range(24) if (d, h) != (5, 9)]
    (tmp_path / "a.csv").write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    more = ["--scores", "--gaps", "calls=interpolate:2", "--project", str(tmp_path / "p.cellwarden")]
    assert analyse(tmp_path / "a.csv", tmp_path / "out", *more) == 0
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select value from '{tmp_path / 'out' / 'scores.parquet'}' where imputed"
        ).fetchall()
    assert found == [(14.0,)]
    report = json.loads((tmp_path / "out" / "quality.json").read_text("utf-8"))
    assert report["by_kpi"][0] | {"gap_policy": "interpolate:2", "imputed_points": 1, "gaps": 1} == report["by_kpi"][0]
    assert report["missing_share"] == pytest.approx(1 / 168)
    panel, _ = project.read_data(tmp_path / "p.cellwarden")
    assert int(np.isnan(panel.values["calls"]).sum()) == 1


@pytest.mark.parametrize(("policy", "complaint"), [("cals=zero", "no KPI called cals"), ("calls=often", "no policy")])
def test_a_policy_that_cannot_be_is_bad_input(
    days: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], policy: str, complaint: str
) -> None:
    assert analyse(days / "early.parquet", tmp_path / "out", "--gaps", policy) == 2
    assert complaint in capsys.readouterr().err


def test_the_same_day_twice_changes_nothing_and_says_so(days: Path, tmp_path: Path) -> None:
    city = tmp_path / "city.cellwarden"
    for turn in ("one", "two"):
        assert analyse(days / "early.parquet", tmp_path / turn, "--project", str(city)) == 0
    assert anomalies(tmp_path / "one") == anomalies(tmp_path / "two")
    notes = project.open_project(city).quality.notes
    assert [(n.params["new"], n.params["replaced"]) for n in notes if n.code == "appended"] == [(0, 0)]


def test_a_killed_run_goes_on_at_the_first_missing_block(days: Path, tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("signals to a child work differently there")
    city = tmp_path / "city.cellwarden"
    code = (
        "import sys, time, engine.blocks as b\n"
        "b.POINTS_PER_BLOCK = 600\n"
        "judge = b.judge_block\n"
        "def slow(task):\n"
        "    print(task.block.kpi.id, task.block.rows.start, flush=True)\n"
        "    if task.block.kpi.id == 'sms' and task.block.rows.start >= 2 and 'wait' in sys.argv:\n"
        "        time.sleep(60)\n"
        "    return judge(task)\n"
        "b.judge_block = slow\n"
        "from engine.__main__ import main\n"
        "sys.exit(main(sys.argv[2:]))\n"
    )
    arguments = ["analyse", str(days / "whole.parquet"), "--project", str(city), "--zone", "UTC"]
    arguments += ["--detectors", "baseline,kmeans", "--jobs", "1", "--out"]
    command = [sys.executable, "-c", code, "wait", *arguments, str(tmp_path / "killed")]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    begun = [process.stdout.readline().strip() for _ in range(9)]
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert begun[-1] == "sms 2"
    command = [sys.executable, "-c", code, "go", *arguments, str(tmp_path / "resumed")]
    resumed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    made = [line for line in resumed.stdout.splitlines() if line.startswith(("calls ", "sms "))]
    assert made == ["sms 2", "sms 3", "sms 4", "sms 5"]
    assert analyse(days / "whole.parquet", tmp_path / "at once") == 0
    assert anomalies(tmp_path / "resumed") == anomalies(tmp_path / "at once")


def test_what_another_program_saved_during_a_run_is_left_as_it_is(
    days: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    city = tmp_path / "city.cellwarden"
    assert analyse(days / "early.parquet", tmp_path / "early", "--project", str(city)) == 0
    others = project.open_project(city)
    judge = pipeline.analyse

    def overtaken(*given: Any, **more: Any) -> Result:
        result = judge(*given, **more)
        project.save(others, city)
        return result

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "analyse", overtaken)
        assert analyse(days / "late.parquet", tmp_path / "late", "--project", str(city)) == 2
    assert not (tmp_path / "late" / "report.pdf").exists()
    assert "city.cellwarden was changed by another window or program" in capsys.readouterr().err
    assert project.open_project(city).panel.shape == others.panel.shape
    assert analyse(days / "late.parquet", tmp_path / "late", "--project", str(city)) == 0
    assert project.open_project(city).panel.shape == (6, 21 * 24)


def test_a_day_that_was_put_to_a_project_is_scored_by_its_models_unless_all_is_to_be_learned_anew(
    days: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city, day = tmp_path / "city.cellwarden", tmp_path / "day.parquet"
    with duckdb.connect() as connection:
        part = "select * from '{0}' where time_utc < (select min(time_utc) from '{0}') + interval {1} day"
        for days_long, target in ((20, tmp_path / "before.parquet"), (21, day)):
            connection.execute(
                f"copy ({part.format(days / 'whole.parquet', days_long)}) to '{target}' (format parquet)"
            )
    assert analyse(tmp_path / "before.parquet", tmp_path / "before", "--project", str(city)) == 0
    capsys.readouterr()
    assert analyse(day, tmp_path / "day", "--project", str(city)) == 0
    assert "24 periods" in capsys.readouterr().out
    record = json.loads((tmp_path / "day" / "run.json").read_text("utf-8"))
    before = json.loads((tmp_path / "before" / "run.json").read_text("utf-8"))
    assert record["learned_until"] == before["learned_until"] < project.open_project(city).panel.times[-1].astype(str)
    assert "--refit" in record["notes"][0]["text"]
    assert analyse(day, tmp_path / "anew", "--project", str(city), "--refit") == 0
    assert analyse(days / "whole.parquet", tmp_path / "whole") == 0
    assert anomalies(tmp_path / "anew") == anomalies(tmp_path / "whole")
    assert analyse(day, tmp_path / "other", "--project", str(city), "--preset", "paper") == 0
    assert "All periods were judged anew" in capsys.readouterr().out


def test_rules_hide_what_they_are_made_for_and_stay_in_the_project(
    days: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city, rules = tmp_path / "city.cellwarden", tmp_path / "rules.json"
    rules.write_text(json.dumps({"version": 1, "rules": [{"identity": "all", "largest": 1e9}]}), "utf-8")
    assert analyse(days / "whole.parquet", tmp_path / "a", "--project", str(city), "--rules", str(rules)) == 0
    found = json.loads((tmp_path / "a" / "run.json").read_text("utf-8"))["figures"]
    assert 0 < found["incidents_hidden"] <= found["incidents"]
    assert f"{found['incidents_hidden']} incident" in capsys.readouterr().out
    assert analyse(days / "late.parquet", tmp_path / "b", "--project", str(city)) == 0
    again = json.loads((tmp_path / "b" / "run.json").read_text("utf-8"))
    assert [rule["identity"] for rule in again["rules"]] == ["all"]
    assert again["figures"]["incidents_hidden"] > 0


def test_a_file_of_rules_that_cannot_be_ends_the_run_before_it_begins(
    days: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps({"version": 1, "rules": [{"identity": "all"}]}), "utf-8")
    assert analyse(days / "whole.parquet", tmp_path / "out", "--rules", str(rules)) == 2
    assert "largest" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_labels_that_a_project_holds_are_what_boosting_learns_from(days: Path, tmp_path: Path) -> None:
    city = tmp_path / "city.cellwarden"
    assert analyse(days / "whole.parquet", tmp_path / "a", "--project", str(city)) == 0
    panel = project.read_data(city)[0]
    row = np.zeros(panel.shape[1], np.int8)
    for incident in range(7):
        row[40 + 40 * incident : 44 + 40 * incident] = 1
    project.change_label_rows(city, panel, {("calls", 0): (np.full_like(row, -1), row)})
    told = []
    for detectors in ("baseline,boosting", "baseline,kmeans"):
        data, out = str(days / "late.parquet"), tmp_path / detectors
        arguments = ["--out", str(out), "--detectors", detectors, "--zone", "UTC", "--project", str(city), "--refit"]
        assert main(["analyse", data, *arguments]) == 0
        told.append(json.loads((out / "run.json").read_text("utf-8"))["abstentions"])
    silent = [one for one in told[0] if one["detector"] == "boosting"]
    assert [one["kpi"] for one in silent] == ["sms"]


def test_the_zone_of_a_project_need_not_be_said_again(
    days: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city, before = tmp_path / "city.cellwarden", tmp_path / "before.csv"
    with duckdb.connect() as connection:
        whole = f"'{days / 'whole.parquet'}'"
        early = f"select * from {whole} where time_utc < (select max(time_utc) from {whole}) - interval 1 day"
        connection.execute(f"copy ({early}) to '{before}'")
    said = ["--detectors", "baseline", "--project", str(city), "--out", str(tmp_path / "out")]
    assert main(["analyse", str(before), "--zone", "Asia/Tehran", *said]) == 0
    capsys.readouterr()
    assert main(["analyse", str(days / "whole.parquet"), *said]) == 0
    assert "were scored by what was learned" in capsys.readouterr().out
    assert project.open_project(city).panel.zone == "Asia/Tehran"
