"""Fine-tuning and choosing models by command: stopped cleanly, gone on with, put to use, moved to another machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from engine import simulate
from engine.__main__ import main
from engine.command_line.model_commands import STATE_FILE
from engine.convlstm import registry
from engine.monitor import Monitor


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    simulate.write(
        simulate.city(3, 24, 3600, "IT", seed=3, kpis=("calls",), incidents_per_cell_week=1.0), folder, Monitor()
    )
    return folder


def command(city: Path, out: Path, epochs: int, model: str = "series-forecast") -> list[str]:
    return [
        *("finetune", str(city / "data.parquet"), "--model", model, "--out", str(out), "--train", "head"),
        *("--epochs", str(epochs), "--early", "0", "--labels", str(city / "truth.csv")),
    ]


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to another process there")
def test_stopping_writes_no_model_and_the_same_command_goes_on(city: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "out"
    program = [sys.executable, "-m", "engine"]
    with subprocess.Popen([*program, *command(city, out, 400)], stderr=subprocess.PIPE, text=True) as running:
        deadline = time.monotonic() + 120
        while not (out / STATE_FILE).exists() and running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=120)
    assert running.returncode == 130, said
    assert "goes on from there" in said
    assert {p.name for p in out.iterdir()} == {STATE_FILE}
    assert registry.list_models() == tuple(m for m in registry.list_models() if m.bundled)
    begun = int(said.split("after epoch ")[1].split(";")[0])
    assert main(command(city, out, begun + 1)) == 0
    assert f"Going on after epoch {begun}." in capsys.readouterr().err
    report = json.loads((out / "finetune.json").read_text("utf-8"))
    assert [e["epoch"] for e in report["epochs"]] == list(range(begun + 2))
    assert not (out / STATE_FILE).exists()


def test_a_model_is_tuned_put_to_use_moved_and_deleted(city: Path, tmp_path: Path, capsys) -> None:
    assert main(command(city, tmp_path, 1, "series-label")) == 0
    report = json.loads((tmp_path / "finetune.json").read_text("utf-8"))
    model, said = report["model"], capsys.readouterr().out
    assert "Learned from" in said
    assert "VUS-PR" in said
    capsys.readouterr()
    assert main(["models", "--activate", model, "--worse-too"]) == 0
    assert main(["models"]) == 0
    listing = capsys.readouterr().out
    assert f"{model} (own, in use)" in listing
    assert "tuned from series-label" in listing
    assert "Open Database License" in listing
    assert main(["models", "--export", model, str(tmp_path / "model.zip")]) == 0
    assert main(["models", "--revert"]) == 0
    assert main(["models", "--delete", model]) == 0
    assert main(["models", "--import", str(tmp_path / "model.zip")]) == 0
    assert registry.active() == registry.DEFAULT
    assert model in {listed.id for listed in registry.list_models()}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["models", "--activate", "nothing"], "no model nothing"),
        (["models", "--delete", "series-label"], "none of your own"),
        (["models", "--import", __file__], "no model file"),
        (["models", "--export", "nothing", "x.zip"], "no model nothing"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(arguments: list[str], sentence: str, capsys) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_what_days_are_like_and_planned_work_are_taken_as_analyse_takes_them(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def excluded(name: str, *more: str) -> tuple[dict[str, int], float]:
        assert main([*command(city, tmp_path / name, 1), *more]) == 0
        report = json.loads((tmp_path / name / "finetune.json").read_text("utf-8"))
        return report["excluded"], report["epochs"][0]["held_out"]

    plain, before = excluded("plain")
    start = simulate.city(1, 2, 3600, "IT", kpis=("calls",)).panel.times[0].astype("datetime64[m]")
    first, last = (str(start + np.timedelta64(days, "D")).replace("T", " ") for days in (5, 6))
    (tmp_path / "days.csv").write_text(f"start,end,kind,name\n{first},{last},maintenance,Work\n")
    planned, _ = excluded("planned", "--calendar", str(tmp_path / "days.csv"))
    assert planned["maintenance"] > plain["maintenance"] == 0
    _, other = excluded("weekend", "--country", "IT", "--weekend", "tue,wed")
    assert other != before
    capsys.readouterr()
    assert main([*command(city, tmp_path / "no", 1), "--gaps", "nothing=zero"]) == 2
    assert "nothing" in capsys.readouterr().err
    assert main([*command(city, tmp_path / "no", 1), "--weekend", "someday"]) == 2
    assert "someday" in capsys.readouterr().err
