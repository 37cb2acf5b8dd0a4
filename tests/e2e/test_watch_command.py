"""A watched folder: what appears there is judged as it comes; broken files wait until they are whole."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import numpy as np
import pytest

from engine import project, simulate
from engine.__main__ import main, parser
from engine.command_line.watch import STATE_FILE, watch
from engine.monitor import Cancelled, Monitor
from engine.text import tell

ROOT = Path(__file__).resolve().parents[2]
DAYS = 20


@pytest.fixture(scope="module")
def days() -> list[str]:
    """A small city, one CSV text per day."""
    panel = simulate.city(cells=3, days=DAYS + 2, kpis=("calls",), seed=4, country="IT").panel
    texts: dict[str, list[str]] = {}
    for column, stamp in enumerate(panel.times.astype("datetime64[s]").astype(str)):
        lines = texts.setdefault(stamp[:10], ["time,cell,calls"])
        lines += [
            f"{stamp}Z,{c.id},{v:.0f}" for c, v in zip(panel.cells, panel.values["calls"][:, column], strict=True)
        ]
    return ["\n".join(lines) + "\n" for lines in texts.values()]


@pytest.fixture
def spool(tmp_path: Path, days: list[str]) -> Path:
    """A folder with the history in two files, and what is no data: an unfinished copy and a hidden file."""
    folder = tmp_path / "spool"
    (folder / "old").mkdir(parents=True)
    (folder / "old" / "first.csv").write_text("".join(_joined(days[: DAYS // 2])))
    (folder / "second.csv").write_text("".join(_joined(days[DAYS // 2 : DAYS])))
    (folder / "third.csv.part").write_text("time,ce")
    (folder / ".hidden").write_text("x")
    return folder


def _joined(days: list[str]) -> list[str]:
    header, _ = days[0].split("\n", 1)
    return [header + "\n", *(day.split("\n", 1)[1] for day in days)]


def arguments(spool: Path, tmp_path: Path, *more: str) -> list[str]:
    out, saved = str(tmp_path / "out"), str(tmp_path / "network.cellwarden")
    return [
        "watch",
        str(spool),
        "--project",
        saved,
        "--out",
        out,
        "--detectors",
        "baseline,kmeans",
        "--jobs",
        "1",
        *more,
    ]


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.command_line.watch.SETTLE_S", 0.05)


def test_one_pass_takes_what_is_there_and_the_next_what_is_new(
    spool: Path, tmp_path: Path, days: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    command = arguments(spool, tmp_path, "--once")
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "Taking 2 files: old/first.csv, second.csv" in said
    assert (tmp_path / "out" / "report.pdf").is_file()
    hours = project.open_project(tmp_path / "network.cellwarden").panel.shape[1]

    assert main(command) == 0
    assert "Taking" not in capsys.readouterr().out, "nothing is new"

    (spool / "third.csv").write_text(days[DAYS])
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "Taking 1 file: third.csv" in said
    assert "measurements are new" in said
    panel = project.open_project(tmp_path / "network.cellwarden").panel
    assert hours < panel.shape[1] <= hours + 25


def test_a_broken_file_is_said_once_keeps_no_other_out_and_is_tried_again_when_it_changes(
    spool: Path, tmp_path: Path, days: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (spool / "broken.csv").write_text("this is\nno table of measurements\n")
    command = arguments(spool, tmp_path, "--once")
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "broken.csv was left out: " in said
    assert "Taking 2 files: old/first.csv, second.csv" in said
    assert {*json.loads((tmp_path / "out" / STATE_FILE).read_text("utf-8"))["taken"]} == {"old/first.csv", "second.csv"}

    assert main(command) == 0
    assert "broken.csv" not in capsys.readouterr().out

    (spool / "broken.csv").write_text(days[DAYS])
    assert main(command) == 0
    assert "Taking 1 file: broken.csv" in capsys.readouterr().out
    assert json.loads((tmp_path / "out" / STATE_FILE).read_text("utf-8"))["refused"] == {}


def test_a_file_that_needs_an_answer_is_tried_again_once_it_is_given(
    spool: Path, tmp_path: Path, days: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    row = days[DAYS].splitlines()[1]
    year, month, day = row[:10].split("-")
    assert int(day) <= 12, "a day that could be a month"
    slashed = days[DAYS].replace(row[:10] + "T", f"{day}/{month}/{year} ").replace("Z,", ",")
    (spool / "slashed.csv").write_text(slashed)
    assert main(arguments(spool, tmp_path, "--once")) == 0
    assert "(--dates day-first or --dates month-first)" in capsys.readouterr().out
    assert main(arguments(spool, tmp_path, "--once")) == 0
    assert "slashed.csv" not in capsys.readouterr().out
    assert main(arguments(spool, tmp_path, "--once", "--dates", "day-first")) == 0
    said = capsys.readouterr().out
    assert "Taking 1 file: slashed.csv" in said
    assert "left out" not in said


def test_a_project_that_is_open_elsewhere_blames_no_file(
    spool: Path, tmp_path: Path, days: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    command = arguments(spool, tmp_path, "--once")
    assert main(command) == 0
    (spool / "third.csv").write_text(days[DAYS])
    with closing(duckdb.connect(str(tmp_path / "network.cellwarden"))):
        other = [sys.executable, "-m", "engine", *command]
        held = subprocess.run(other, cwd=ROOT, capture_output=True, text=True, check=False)
    assert held.returncode in (0, 2), held.stderr
    assert "open in another" in held.stdout + held.stderr
    assert "left out" not in held.stdout
    capsys.readouterr()
    assert main(command) == 0
    assert "Taking 1 file: third.csv" in capsys.readouterr().out


def measured(saved: Path) -> int:
    """How many hours a project holds measurements of."""
    values = project.open_project(saved).panel.values["calls"]
    return int(np.isfinite(values).any(axis=0).sum())


def hours(days: list[str]) -> int:
    """How many hours there are in files of days."""
    return len({line.split(",")[0] for day in days for line in day.splitlines()[1:]})


def test_a_project_that_is_away_is_waited_for_and_gets_the_days_that_came_meanwhile(
    spool: Path, tmp_path: Path, days: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    drive, saved = tmp_path / "drive", tmp_path / "drive" / "network.cellwarden"
    drive.mkdir()
    command = [*arguments(spool, tmp_path, "--once"), "--project", str(saved)]
    assert main(command) == 0
    before = (tmp_path / "out" / "run.json").read_bytes()
    drive.rename(tmp_path / "away")
    drive.mkdir()  # where it was mounted
    (spool / "third.csv").write_text(days[DAYS])
    assert main(command) == 2
    assert "is not there, and 2 files were taken into it" in capsys.readouterr().err
    assert not saved.exists()
    assert (tmp_path / "out" / "run.json").read_bytes() == before

    drive.rmdir()
    (tmp_path / "away").rename(drive)
    assert main(command) == 0
    assert "Taking 1 file: third.csv" in capsys.readouterr().out
    assert measured(saved) == hours(days[: DAYS + 1])


def test_a_project_back_from_a_backup_gets_the_days_that_it_lacks(
    spool: Path, tmp_path: Path, days: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    saved, command = tmp_path / "network.cellwarden", arguments(spool, tmp_path, "--once")
    assert main(command) == 0
    shutil.copy(saved, tmp_path / "backup")
    (spool / "third.csv").write_text(days[DAYS])
    assert main(command) == 0
    shutil.copy(tmp_path / "backup", saved)
    capsys.readouterr()
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "is not as this watch left it" in said
    assert "Taking 3 files: old/first.csv, second.csv, third.csv" in said
    assert measured(saved) == hours(days[: DAYS + 1])
    assert main(command) == 0
    assert "Taking" not in capsys.readouterr().out


def test_another_project_gets_all_files_though_its_results_go_where_those_of_the_first_went(
    spool: Path, tmp_path: Path, days: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    command = arguments(spool, tmp_path, "--once")
    assert main(command) == 0
    capsys.readouterr()
    assert main([*command, "--project", str(tmp_path / "other.cellwarden")]) == 0
    assert "Taking 2 files" in capsys.readouterr().out
    assert measured(tmp_path / "other.cellwarden") == hours(days[:DAYS])


def test_a_table_of_cells_that_went_blames_no_file(
    spool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = tmp_path / "cells.csv"
    cells.write_text("id,site\nx,y\n")
    given = parser().parse_args(arguments(spool, tmp_path, "--every", "1", "--cells", str(cells)))
    with running(given, tmp_path / "out" / STATE_FILE) as state:
        assert until(state.is_file)
        cells.rename(tmp_path / "renamed")
        shutil.copy(spool / "second.csv", spool / "again.csv")
        said: list[str] = []

        def tells(sentence: str) -> bool:
            said.append(capsys.readouterr().out)
            return sentence in "".join(said)

        assert until(lambda: tells("did not work now")), said
        (tmp_path / "renamed").rename(cells)
        assert until(lambda: "again.csv" in json.loads(state.read_text("utf-8"))["taken"])


@contextmanager
def running(given: Namespace, state: Path) -> Iterator[Path]:
    """A watch under way; it must be so until the end."""
    monitor, ended = Monitor(), []

    def run() -> None:
        try:
            watch(given, monitor)
        except Cancelled as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield state
    finally:
        monitor.cancel()
        thread.join(60)
    assert len(ended) == 1


def test_a_watch_goes_on_when_nobody_reads_what_it_prints_and_ends_at_the_word_of_the_system(
    spool: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "engine", *arguments(spool, tmp_path, "--every", "1")]
    state = tmp_path / "out" / STATE_FILE
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "Watching" in process.stdout.readline()
        process.stdout.close()
        assert until(lambda: state.is_file() or process.poll() is not None)
        assert process.poll() is None
        process.terminate()
        said = process.stderr.read()
        code = process.wait(60)
    if sys.platform != "win32":
        assert code == 143
        assert said == "cellwarden-cli: " + tell("ended_by", signal="SIGTERM") + "\n"


def test_a_damaged_note_of_what_was_taken_changes_no_number(spool: Path, tmp_path: Path) -> None:
    command = arguments(spool, tmp_path, "--once")
    assert main(command) == 0
    before = (tmp_path / "out" / "anomalies.csv").read_text("utf-8-sig")
    (tmp_path / "out" / STATE_FILE).write_text("{")
    assert main(command) == 0
    assert _without_run((tmp_path / "out" / "anomalies.csv").read_text("utf-8-sig")) == _without_run(before)


def _without_run(table: str) -> list[str]:
    """The lines of a table that has an id of its run in it."""
    header, *lines = table.splitlines()
    skip = header.split(",").index("run_id")
    return [",".join(cell for n, cell in enumerate(line.split(",")) if n != skip) for line in lines]


def until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def test_a_watch_takes_files_when_they_stop_growing_and_ends_when_it_is_told_to(
    spool: Path, tmp_path: Path, days: list[str]
) -> None:
    given = parser().parse_args(arguments(spool, tmp_path, "--every", "1"))
    monitor, ended = Monitor(), []
    saved, state = tmp_path / "network.cellwarden", tmp_path / "out" / STATE_FILE

    def run() -> None:
        try:
            watch(given, monitor)
        except Cancelled as error:
            ended.append(error)

    running = threading.Thread(target=run)
    running.start()
    try:
        assert until(state.is_file)
        hours = project.open_project(saved).panel.shape[1]
        with (spool / "growing.csv").open("w") as stream:
            for line in days[DAYS].splitlines(keepends=True):
                stream.write(line)
                stream.flush()
                time.sleep(0.02)
        assert until(lambda: "growing.csv" in json.loads(state.read_text("utf-8"))["taken"])
        assert project.open_project(saved).panel.shape[1] > hours
    finally:
        monitor.cancel()
        running.join(60)
    assert not running.is_alive()
    assert len(ended) == 1


def test_a_result_that_cannot_be_written_is_written_when_it_can_be_again(
    spool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    given = parser().parse_args(arguments(spool, tmp_path, "--every", "1"))
    monitor, ended = Monitor(), []

    def run() -> None:
        try:
            watch(given, monitor)
        except Cancelled as error:
            ended.append(error)

    said: list[str] = []

    def tells(sentence: str) -> bool:
        said.append(capsys.readouterr().out)
        return sentence in "".join(said)

    running = threading.Thread(target=run)
    running.start()
    try:
        assert until(out.is_dir)
        out.rmdir()
        out.write_text("in the way")
        assert until(lambda: tells("did not work now"))
        time.sleep(1.5)
        assert running.is_alive(), "it goes on"
        out.unlink()
        assert until((out / STATE_FILE).is_file)
        assert (out / "report.pdf").is_file()
    finally:
        monitor.cancel()
        running.join(60)
    assert len(ended) == 1


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--every", "0.1"), "every is 0.1"),
        (("--detectors", "nothing"), "nothing"),
        (("--calendar", "absent.csv"), "absent.csv"),
        (("--also", "poems"), "poems"),
        (("--roll-up", "site"), "site"),
        (("--project", __file__), "is not a Cellwarden project"),
    ],
)
def test_what_cannot_be_meant_ends_the_watch_before_it_begins(
    more: tuple[str, ...], sentence: str, spool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments(spool, tmp_path, *more)) == 2
    assert sentence in capsys.readouterr().err


def test_a_file_is_no_folder_to_watch(spool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments(spool / "second.csv", tmp_path)) == 2
    assert "is no folder" in capsys.readouterr().err
