"""What tests of readers ask of a load, and the miniatures that they read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.io import Loaded

DATA = Path(__file__).resolve().parents[2] / "data" / "io"


def rows(loaded: Loaded) -> dict[str, int]:
    """Dropped rows by the code of their reason."""
    return {d.reason.code: d.rows for d in loaded.quality.dropped}


def codes(loaded: Loaded) -> list[str]:
    """The codes of all notes of the load."""
    return [note.code for note in loaded.quality.notes]


def values(loaded: Loaded, kpi: str) -> list[list[float]]:
    """The values of one KPI, (cell, time), to four digits."""
    return np.round(loaded.panel.values[kpi].astype(float), 4).tolist()


def same(found: list[list[float]], expected: list[list[float]]) -> None:
    """Equal everywhere, missing values included."""
    np.testing.assert_array_equal(np.array(found), np.array(expected))
