"""The command line as scripts use it: files in, files and exit codes out."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from engine.__main__ import main
from engine.command_line.terminal import ProgressLine
from engine.errors import Reason
from engine.monitor import Progress

OUTPUTS = {"anomalies.csv", "incidents.csv", "report.pdf", "quality.json", "run.json"}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    assert (
        main(["simulate", "--out", str(folder), "--cells", "9", "--days", "28", "--country", "IT", "--seed", "7"]) == 0
    )
    return folder


@pytest.fixture(scope="module")
def out(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out") / "made" / "on the way"
    command = ["analyse", str(city / "data.parquet"), "--cells", str(city / "cells.csv"), "--out", str(folder)]
    project = ["--project", str(folder.parent / "city.cellwarden")]
    assert (
        main([*command, *project, "--scores", "--country", "it", "--zone", "Europe/Rome", "--kpi", "calls", "sms"]) == 0
    )
    return folder


def test_analyse_writes_exactly_the_promised_files(out: Path) -> None:
    assert {p.name for p in out.iterdir()} == OUTPUTS | {"scores.parquet"}
    assert (out / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert (out.parent / "city.cellwarden").stat().st_size > 0


def test_scores_hold_one_row_for_every_point_of_the_grid(out: Path) -> None:
    table = duckdb.read_parquet(str(out / "scores.parquet"))
    fixed = ["cell", "kpi", "time_utc", "value", "expected", "lower", "upper"]
    assert table.columns[:7] == fixed
    assert table.columns[-3:] == ["score", "ranking", "anomaly"]
    assert all(name.startswith("score_") for name in table.columns[7:-3])
    assert table.count("*").fetchone() == (9 * 2 * 28 * 24,)


def test_anomalies_and_incidents_refer_to_each_other(out: Path) -> None:
    anomalies = list(csv.DictReader(io.StringIO((out / "anomalies.csv").read_text("utf-8"))))
    incidents = list(csv.DictReader(io.StringIO((out / "incidents.csv").read_text("utf-8"))))
    assert anomalies
    assert {a["incident_id"] for a in anomalies} == {i["incident_id"] for i in incidents}
    assert all(a["start_utc"].endswith("Z") and a["start_local"][-6] in "+-" for a in anomalies)


def test_the_same_run_twice_writes_the_same_numbers(city: Path, out: Path, tmp_path: Path) -> None:
    command = ["analyse", str(city / "data.parquet"), "--cells", str(city / "cells.csv"), "--out", str(tmp_path)]
    more = ["--scores", "--country", "IT", "--zone", "Europe/Rome", "--kpi", "calls", "sms", "--jobs", "1"]
    assert main([*command, *more]) == 0
    for name in ("anomalies.csv", "incidents.csv"):
        assert (tmp_path / name).read_text("utf-8") == (out / name).read_text("utf-8")


def test_the_shift_is_handed_over_in_lines(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["analyse", str(city / "data.parquet"), "--out", str(tmp_path), "--kpi", "calls", "--zone", "Europe/Rome"]
    assert main([*command, "--detectors", "baseline", "--since", "30d"]) == 0
    printed = capsys.readouterr().out.splitlines()
    (head,) = [line for line in printed if line.startswith("Shift ")]
    assert "(30 d)" in head
    with (tmp_path / "incidents.csv").open(encoding="utf-8", newline="") as stream:
        incidents = len(list(csv.DictReader(stream)))
    counted = [int(word) for word in head.split("): ")[1].replace(",", "").split() if word.isdecimal()]
    assert incidents > 0
    assert sum(counted) == incidents  # all began after the begin of a shift as long as the data


def test_evaluate_prints_one_json_object(city: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(out / "scores.parquet"), "--labels", str(city / "truth.csv"), "--json"]) == 0
    measured = json.loads(capsys.readouterr().out)
    assert 0 <= measured["false_positive_rate"] < 0.01
    assert measured["vus_pr"] > measured["prevalence"] * 10


def test_inspect_prints_the_promised_object(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(city / "data.parquet"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    promised = {"format", "rows_read", "rows_kept", "dropped", "cells", "kpis", "start_utc", "end_utc", "period_s"}
    assert promised | {"missing_share"} <= set(found)
    assert (found["rows_read"], found["cells"], found["period_s"], found["dropped"]) == (9 * 28 * 24, 9, 3600, {})


def test_inspect_speaks_to_people_too(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(city / "data.parquet")]) == 0
    said = capsys.readouterr().out
    assert "Rows used" in said
    assert "6,048 of 6,048" in said
    table = [line.split() for line in said.splitlines() if line.startswith(("KPI ", "calls "))]
    assert table[0] == ["KPI", "Missing", "Gaps", "Longest", "Suspect"]
    assert table[1][0] == "calls"


def test_what_a_ticket_system_and_a_spreadsheet_want_is_written_on_request(city: Path, tmp_path: Path) -> None:
    command = [
        "analyse",
        str(city / "data.parquet"),
        "--out",
        str(tmp_path),
        "--kpi",
        "calls",
        "--detectors",
        "baseline",
    ]
    assert main([*command, "--also", "alarms, associations.csv", "--bom"]) == 0
    assert {p.name for p in tmp_path.iterdir()} == OUTPUTS | {"alarms.json", "associations.csv"}
    incidents = list(csv.DictReader(io.StringIO((tmp_path / "incidents.csv").read_text("utf-8-sig"))))
    alarms = json.loads((tmp_path / "alarms.json").read_text("utf-8"))["alarms"]
    assert [row["severity"] for row in incidents] == [one["perceivedSeverity"].lower() for one in alarms]
    assert (tmp_path / "incidents.csv").read_bytes().startswith(b"\xef\xbb\xbfincident_id,")


@pytest.mark.parametrize("flags", [["--vote", "2"], ["--preset", "quiet"], ["--detectors", "baseline,kmeans"]])
def test_overrides_are_in_the_run_record(city: Path, tmp_path: Path, flags: list[str]) -> None:
    command = ["analyse", str(city / "data.parquet"), "--out", str(tmp_path), "--kpi", "calls", *flags]
    assert main(command) == 0
    settings = json.loads((tmp_path / "run.json").read_text("utf-8"))["settings"]
    name, given = flags[0].removeprefix("--"), flags[1]
    stored = settings[name]
    assert (",".join(stored) if isinstance(stored, list) else stored) == given


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["analyse", "gone.csv", "--out", "o"], "gone.csv"),
        (["analyse", "DATA", "--out", "o", "--vote", "most"], "most"),
        (["analyse", "DATA", "--out", "o", "--budget", "0"], "budget"),
        (["analyse", "DATA", "--out", "o", "--since", "later"], "later is no beginning"),
        (["analyse", "DATA", "--out", "o", "--detectors", "oracle"], "oracle"),
        (["analyse", "DATA", "--out", "o", "--also", "alarms,poems"], "poems"),
        (["analyse", "DATA", "--out", "o", "--kpi", "nothing"], "nothing"),
        (["analyse", "DATA", "--out", "o", "--zone", "Europe/Rom"], "Europe/Rome"),
        (["analyse", "DATA", "--out", "o", "--country", "ZZ"], "ZZ"),
        (["analyse", "DATA", "--out", "o", "--jobs", "0"], "jobs"),
        (["analyse", "DATA", "--out", "o", "--labels", "gone.csv"], "gone.csv"),
        (["analyse", "DATA", "--out", "DATA"], "data.parquet"),
        (["evaluate", "DATA", "--labels", "gone.csv"], "data.parquet"),
        (["simulate", "--out", "o", "--cells", "0", "--days", "1"], "0"),
        (["simulate", "--out", "o", "--cells", "1", "--days", "1", "--country", "QQ"], "QQ"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(
    city: Path,
    tmp_path: Path,
    arguments: list[str],
    complaint: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = (city / "data.parquet").read_bytes()
    assert main([str(city / "data.parquet") if a == "DATA" else a for a in arguments]) == 2
    said = capsys.readouterr().err
    assert complaint in said
    assert said.count("\n") == 1
    assert "Traceback" not in said
    assert (city / "data.parquet").read_bytes() == before
    assert not (tmp_path / "o" / "anomalies.csv").exists()


@pytest.mark.parametrize(
    "arguments", [[], ["analyse"], ["analyse", "x"], ["dance"], ["analyse", "x", "--out", "o", "-z"]]
)
def test_bad_usage_is_one_line_and_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_earlier_report_survives_a_failing_run(city: Path, tmp_path: Path) -> None:
    (tmp_path / "anomalies.csv").write_text("yesterday")
    assert main(["analyse", str(city / "cells.csv"), "--out", str(tmp_path)]) == 2
    assert (tmp_path / "anomalies.csv").read_text() == "yesterday"


def test_ctrl_c_ends_with_130_and_writes_nothing(city: Path, tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="signals to a child work differently there")
    command = [sys.executable, "-m", "engine", "analyse", str(city / "data.parquet"), "--out", str(tmp_path / "o")]
    screen, terminal = pty.openpty()
    with subprocess.Popen(command, cwd=Path(__file__).resolve().parents[2], stderr=terminal) as process:
        os.close(terminal)
        shown = os.read(screen, 1000)
        assert b"%" in shown, "it is at work and says how far it is"
        process.send_signal(signal.SIGINT)
        while b"cellwarden-cli" not in shown or not shown.endswith(b"\n"):
            shown += os.read(screen, 1000)
        assert process.wait(60) == 130
    os.close(screen)
    assert shown.decode().splitlines()[-1] == "cellwarden-cli: Cancelled. Nothing was written over."
    assert not list((tmp_path / "o").glob("*.csv"))


def test_progress_is_quiet_where_there_is_no_terminal(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyse", str(city / "data.parquet"), "--out", str(tmp_path), "--kpi", "sms"]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert "incidents" in shown.out


def test_a_terminal_sees_what_is_done_and_how_far() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    line = ProgressLine(screen)
    line(Progress(0.42, Reason("stage_vote"), 125.0))
    assert "42%" in screen.getvalue()
    assert "2 min" in screen.getvalue()
    line.clear()
    assert screen.getvalue().endswith("\r")


def test_dates_that_were_read_as_usual_are_said_with_the_option_that_reads_them_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"03.04.2024 {h:02}:00,C1,{h}" for h in range(24)]
    (tmp_path / "day.csv").write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    common = ["analyse", str(tmp_path / "day.csv"), "--out", str(tmp_path / "out"), "--detectors", "baseline"]
    assert main(common) == 0
    assert "If 04 March 2024 is meant, say that the month comes first. (--dates day-first or" in capsys.readouterr().out
    assert "read as 03 April 2024" in (tmp_path / "out" / "quality.json").read_text("utf-8")
    assert main([*common, "--dates", "month-first"]) == 0
    assert "is meant" not in capsys.readouterr().out
    assert main(["inspect", str(tmp_path / "day.csv"), "--json", "--dates", "month-first"]) == 0
    assert '"start_utc": "2024-03-04T00:00:00Z"' in capsys.readouterr().out
