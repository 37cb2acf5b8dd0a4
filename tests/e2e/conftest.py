"""A small simulated city as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import simulate
from engine.monitor import Monitor


@pytest.fixture(scope="session")
def city_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six cells over three weeks with known incidents."""
    folder = tmp_path_factory.mktemp("city")
    simulate.write(simulate.city(6, 21, 3600, "IT", seed=3), folder, Monitor())
    return folder / "data.parquet"
