"""Judging rows one by one where no date puts them in order: clusters, odds ratios of a label, a supervised learner.

The detectors of series need time: they refuse such files with the reason, and nothing of this package reaches the way
from file to incident. What comes out is `rows.csv`, `associations.csv` and `rows.json`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.io.base import LoadOptions
from engine.monitor import Monitor
from engine.rowwise.judged import Judged, judge
from engine.rowwise.table import RowTable, looks_rowwise, read_rows
from engine.rowwise.writing import write_rows

__all__ = ["Judged", "RowTable", "analyse_rows", "judge", "looks_rowwise", "read_rows", "write_rows"]


def analyse_rows(paths: Sequence[Path], options: LoadOptions, seed: int, monitor: Monitor) -> Judged:
    """Read files and judge their rows. Raises InputError, Cancelled."""
    return judge(read_rows(paths, options, monitor.part(0.0, 0.2)), seed, monitor.part(0.2, 1.0))
