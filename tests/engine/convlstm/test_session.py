"""Graphs are run on this computer, and nobody hears of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
OPEN = "from engine.convlstm.registry import open_model; open_model('series-label')"


@pytest.mark.skipif(sys.platform == "win32", reason="the library writes elsewhere there")
def test_the_library_that_runs_models_keeps_no_account_of_its_use(tmp_path: Path) -> None:
    """What it has to send it first keeps in the cache folder of the user, beside an id for the computer."""
    places = {name: str(tmp_path) for name in ("HOME", "XDG_CACHE_HOME", "TMPDIR")}
    asked = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    subprocess.run([sys.executable, "-c", OPEN], cwd=ROOT, env={**asked, **places}, check=True, timeout=120)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == []
