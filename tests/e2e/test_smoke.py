"""`cellwarden --smoke` as a program of its own: pictures and `ready`, or a sentence and a code that is not 0."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from gui.views import VIEWS

ROOT = Path(__file__).resolve().parents[2]


def smoke(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gui.app", "--smoke", *arguments],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def test_it_draws_every_view_light_and_dark_and_says_ready(tmp_path: Path, city_file: Path) -> None:
    done = smoke(str(tmp_path / "out"), str(city_file))
    assert done.returncode == 0, done.stderr
    assert done.stderr.rstrip().endswith("ready")
    assert "ERROR" not in done.stderr
    names = {"window", *(view.id for view in VIEWS)}
    pictures = {path.stem: path.stat().st_size for path in (tmp_path / "out").glob("*.png")}
    assert pictures.keys() == {f"{name}-{scheme}" for name in names for scheme in ("light", "dark")}
    assert min(pictures.values()) > 1000


def test_a_file_that_cannot_be_read_ends_it_with_the_sentence(tmp_path: Path) -> None:
    done = smoke(str(tmp_path / "out"), str(tmp_path / "gone.csv"))
    assert done.returncode == 1
    assert "gone.csv" in done.stderr
    assert "Traceback" not in done.stderr
    assert "ready" not in done.stderr
