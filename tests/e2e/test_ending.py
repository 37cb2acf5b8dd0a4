"""How the command line ends: at the word of the system, and where nobody takes what it prints."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import simulate
from engine.__main__ import main
from engine.monitor import Monitor

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "engine"]

of_unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals and pipes")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    simulate.write(
        simulate.city(cells=30, days=14, kpis=("calls", "drop_rate"), seed=4, country="IT"), folder, Monitor()
    )
    return folder / "data.parquet"


@pytest.fixture
def at_a_terminal() -> Iterator[None]:
    """What is started ends with its terminal, also where these tests were started by `nohup`."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@of_unix
@pytest.mark.usefixtures("at_a_terminal")
@pytest.mark.parametrize(("number", "code"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_a_run_that_is_told_to_end_leaves_nothing_behind(number: str, code: int, data: Path, tmp_path: Path) -> None:
    scratch, out = tmp_path / "scratch", tmp_path / "out"
    scratch.mkdir()
    command = [*COMMAND, "analyse", str(data), "--out", str(out), "--detectors", "baseline,nnar", "--jobs", "1"]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=environment) as process:
        deadline = time.monotonic() + 60
        while not [*scratch.iterdir()] and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(getattr(signal, number))
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode == code
    assert said.startswith("cellwarden-cli: ")
    assert len(said.splitlines()) == 1
    assert not [*scratch.iterdir()]
    assert not [*out.iterdir()]


@of_unix
def test_what_was_to_be_ignored_is_ignored(data: Path, tmp_path: Path) -> None:
    shell = 'trap "" HUP; exec "$@"'
    command = ["sh", "-c", shell, "sh", *COMMAND, "analyse", str(data), "--out", str(tmp_path / "out"), "--detectors"]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen([*command, "baseline"], cwd=ROOT, stdout=subprocess.DEVNULL, env=environment) as process:
        deadline = time.monotonic() + 60
        while not [*scratch.iterdir()] and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGHUP)
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_what_could_not_be_printed_is_said_and_is_no_success(data: Path) -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [*COMMAND, "inspect", str(data), "--json"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert run.returncode == 2
    assert "could not be written to standard output" in run.stderr
    assert len(run.stderr.splitlines()) == 1


@of_unix
def test_a_reader_who_has_seen_enough_is_no_error(data: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "inspect", str(data)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 0
    assert said == ""


@of_unix
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pipe = tmp_path / "export.csv"
    os.mkfifo(pipe)
    assert main(["inspect", str(pipe)]) == 2
    assert "export.csv is a pipe or a device" in capsys.readouterr().err


@of_unix
def test_standard_input_is_refused_with_what_to_do(data: Path) -> None:
    with data.open("rb") as stream:
        run = subprocess.run(
            [*COMMAND, "inspect", "/dev/stdin"], cwd=ROOT, input=stream.read(), capture_output=True, check=False
        )
    assert run.returncode == 2
    assert b"Save what comes from it to a file" in run.stderr
