"""The same blocks on a real dask cluster of two worker processes on this machine."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from engine import blocks, record, simulate
from engine.__main__ import main
from engine.monitor import Monitor

Client = pytest.importorskip("distributed", reason="the extra `cluster` is not installed").Client

ROOT = Path(__file__).resolve().parents[2]


class Cluster:
    """A scheduler and two workers in processes of their own, on the loopback address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__ADMIN__LOG_LENGTH": "0"}
        self._environment = environment
        ready = folder / "scheduler.json"
        command = ["--host", "127.0.0.1", "--port", "0", "--dashboard-address", ":0", "--no-dashboard"]
        self.scheduler = self._start("scheduler", *command, "--scheduler-file", str(ready))
        self.address = self._address(ready)
        self.workers = [
            self._start("worker", self.address, "--nworkers", "1", "--nthreads", "1", "--no-dashboard", "--no-nanny")
            for _ in range(2)
        ]
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)

    def _address(self, ready: Path) -> str:
        """Where the scheduler listens, once its file is whole: it is there before anything stands in it."""
        deadline = time.monotonic() + 60
        while True:
            try:
                return str(json.loads(ready.read_text())["address"])
            except (FileNotFoundError, json.JSONDecodeError):
                assert time.monotonic() < deadline, "the scheduler did not start"
                time.sleep(0.1)

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
        return subprocess.Popen(
            command, cwd=self._folder, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with closing(Cluster(tmp_path)) as running:
        yield running


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    simulate.write(simulate.city(cells=8, days=21, kpis=("calls", "sms"), seed=9), folder, Monitor())
    return folder / "data.parquet"


def analyse(data: Path, out: Path, *more: str) -> int:
    command = ["analyse", str(data), "--out", str(out), "--detectors", "baseline,garch,kmeans,nnar", "--scores", *more]
    return main(command)


def rows(out: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((out / "anomalies.csv").read_text("utf-8"))))


def test_a_cluster_gives_what_this_machine_gives_to_the_last_bit(
    cluster: Cluster, city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.blocks.POINTS_PER_BLOCK", 1100)
    assert analyse(city, tmp_path / "there", "--scheduler", cluster.address) == 0
    assert analyse(city, tmp_path / "here", "--jobs", "1") == 0
    assert rows(tmp_path / "there") == rows(tmp_path / "here")
    assert (tmp_path / "there" / "scores.parquet").read_bytes() == (tmp_path / "here" / "scores.parquet").read_bytes()


def test_a_worker_that_dies_costs_only_its_blocks(
    cluster: Cluster, city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.blocks.POINTS_PER_BLOCK", 550)
    run, seen = blocks.run_tasks, []

    def dying(*arguments: Any, **named: Any) -> Iterator[Any]:
        for finished in run(*arguments, **named):
            seen.append(finished)
            if len(seen) == 2:
                os.kill(cluster.workers[0].pid, signal.SIGKILL)
            yield finished

    monkeypatch.setattr(blocks, "run_tasks", dying)
    assert analyse(city, tmp_path / "there", "--scheduler", cluster.address) == 0
    monkeypatch.setattr(blocks, "run_tasks", run)
    assert len(seen) == 16
    assert cluster.workers[0].poll() is not None
    assert analyse(city, tmp_path / "here", "--jobs", "1") == 0
    assert rows(tmp_path / "there") == rows(tmp_path / "here")


def test_an_address_where_nobody_answers_is_said_in_one_line(city: Path, tmp_path: Path) -> None:
    code = (
        "import sys, engine.execution.cluster as c; c.PATIENCE_S = 2; from engine.__main__ import main; "
        "sys.exit(main())"
    )
    arguments = ["analyse", str(city), "--out", str(tmp_path), "--scheduler", "tcp://127.0.0.1:9"]
    command = [sys.executable, "-c", code, *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "127.0.0.1:9" in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_worker_of_another_version_is_refused_by_name(
    cluster: Cluster, city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = record.versions()
    monkeypatch.setattr(record, "versions", lambda: {**known, "numpy": "1.0"})
    assert analyse(city, tmp_path / "out", "--scheduler", cluster.address) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "numpy" in told
    assert "1.0" in told
    assert known["numpy"] in told
    assert "tcp://" in told


def test_a_scheduler_without_workers_is_said_in_one_line(
    cluster: Cluster, city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for worker in cluster.workers:
        worker.kill()
        worker.wait()
    with Client(cluster.address, set_as_default=False) as client:
        deadline = time.monotonic() + 60
        while client.nthreads():
            assert time.monotonic() < deadline, "the scheduler did not notice"
            time.sleep(0.1)
    monkeypatch.setattr("engine.execution.cluster.PATIENCE_S", 2)
    assert analyse(city, tmp_path / "out", "--scheduler", cluster.address) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert cluster.address in told
