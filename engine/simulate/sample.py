"""The bundled sample: a simulated city that shows the program at work before anybody has a file at hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import resources
from engine import io
from engine.io import Loaded, LoadOptions
from engine.monitor import Monitor
from engine.network import cells

COUNTRY = "IR"
ZONE = "Asia/Tehran"


def data_file() -> Path:
    """The measurements."""
    return resources.path(resources.SAMPLE)


def cells_file() -> Path:
    """The cell reference table that belongs to them."""
    return resources.path("sample/cells.csv")


def load(monitor: Monitor) -> Loaded:
    """The sample with its cells in place, times read in Tehran. Raises Cancelled."""
    loaded = io.load([data_file()], LoadOptions(zone=ZONE), monitor)
    panel, quality = cells.join(loaded.panel, loaded.quality, cells.read_cells(cells_file()))
    return replace(loaded, panel=panel, quality=quality)
