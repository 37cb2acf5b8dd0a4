"""What the command line prints arrives on any console."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from engine.__main__ import main

NAME = "تهران–A"


def run(encoding: str, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    """What a command prints on a console of that encoding."""
    printed = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", printed)
    assert main(arguments) == 0
    printed.flush()
    return printed.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / f"{NAME}.csv"
    rows = [f"2024-01-{day:02} {hour:02}:00,{NAME},{10 + hour}" for day in range(1, 5) for hour in range(24)]
    path.write_text(f"time,cell,{NAME}\n" + "\n".join(rows) + "\n", "utf-8")
    return path


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_names_that_a_console_cannot_show_end_no_command(
    encoding: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ("analyse", str(file), "--out", str(tmp_path / NAME), "--detectors", "baseline", "--jobs", "1")
    assert "\\u062a" in run(encoding, monkeypatch, *given)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_json_stays_json_on_any_console(encoding: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = run(encoding, monkeypatch, "inspect", str(file), "--json")
    assert NAME in json.dumps(json.loads(printed), ensure_ascii=False)
