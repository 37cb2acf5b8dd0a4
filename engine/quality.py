"""How complete a panel is, and the quality report as plain values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from engine.data import BoolArray, DoubleArray, IntArray, Panel, Quality
from engine.text import say

BLOCK_POINTS = 1 << 21


def measure(panel: Panel) -> tuple[float, DoubleArray, IntArray]:
    """What is missing of a panel.

    Returns the share of all points that is missing, the share measured per cell over all KPIs (C,), and the runs of
    periods per cell (C,) in which no KPI was measured.
    """
    cells, periods = panel.shape
    measured = np.zeros(cells, np.int64)
    gaps = np.zeros(cells, np.int64)
    for first in range(0, cells, step := max(1, BLOCK_POINTS // max(periods, 1))):
        rows = slice(first, first + step)
        some: BoolArray | None = None
        for values in panel.values.values():
            there = np.isfinite(values[rows])
            measured[rows] += np.count_nonzero(there, axis=1)
            some = there if some is None else some | there
        if some is not None:
            begins = ~some[:, 1:] & some[:, :-1]
            gaps[rows] = np.count_nonzero(begins, axis=1) + ~some[:, 0]
    points = max(len(panel.kpis) * periods, 1)
    completeness = measured / points
    return float(1.0 - completeness.mean()) if cells else 1.0, completeness, gaps


def measured_again(quality: Quality, panel: Panel) -> Quality:
    """The quality report with completeness and gaps of a panel that holds more than the files that were read."""
    missing, completeness, gaps = measure(panel)
    return replace(quality, missing_share=missing, completeness=completeness, gaps=gaps)


def as_json(quality: Quality, panel: Panel) -> dict[str, Any]:
    """The quality report of a data set: the object that `inspect --json` prints.

    `dropped` counts rows by reason code, `first_dropped` says where each happened first; times are UTC, ISO 8601.
    """
    return {
        "format": quality.format,
        "rows_read": quality.rows_read,
        "rows_kept": quality.rows_kept,
        "dropped": {d.reason.code: d.rows for d in quality.dropped},
        "first_dropped": {d.reason.code: d.example for d in quality.dropped},
        "cells": panel.shape[0],
        "kpis": [k.id for k in panel.kpis],
        "start_utc": f"{panel.times[0]}Z",
        "end_utc": f"{panel.times[-1] + np.timedelta64(panel.period_s, 's')}Z",
        "period_s": panel.period_s,
        "missing_share": round(quality.missing_share, 6),
        "zone": panel.zone,
        "duplicates": quality.duplicates,
        "clock_jumps": quality.clock_jumps,
        "mapping": dict(quality.mapping),
        "notes": [say(note) for note in quality.notes],
    }
