"""How complete a panel is, and the quality report as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from engine.calendar import WallGrid, duration_text, local_text, needs_year
from engine.completeness.coverage import Coverage, Stretch, cover
from engine.data import BoolArray, DoubleArray, IntArray, Panel, Quality
from engine.execution.scratch import release
from engine.settings.gap_policy import GapPolicy, policy_of
from engine.text import say, tell

CELL_NOTES = ("cells_unmatched", "cells_unused")
"""Notes that say in short what `unmatched_cells` says in full."""

BLOCK_POINTS = 1 << 21
NAMES = 20
"""How many names of unmatched cells stand in a sentence."""


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
        release(panel.values.values())
    points = max(len(panel.kpis) * periods, 1)
    completeness = measured / points
    return float(1.0 - completeness.mean()) if cells else 1.0, completeness, gaps


def measured_again(quality: Quality, panel: Panel) -> Quality:
    """The quality report with completeness and gaps of a panel that holds more than the files that were read."""
    missing, completeness, gaps = measure(panel)
    return replace(quality, missing_share=missing, completeness=completeness, gaps=gaps)


def percent(share: float) -> str:
    """A share as a person reads it; what is not quite none or all is never rounded to it, and NaN is a dash."""
    if share != share:
        return "\u2013"
    text = f"{100 * share:.1f} %"
    if share < 1 and text == "100.0 %":
        return "99.9 %"
    if share > 0 and text == "0.0 %":
        return "< 0.1 %"
    return text.replace(".0 %", " %")


def span_text(panel: Panel) -> str:
    """From when to when a panel reaches, in local time with the year, and its granularity; "" for an empty one."""
    if not len(panel.times):
        return ""
    stop = panel.times[-1] + np.timedelta64(panel.period_s, "s")
    start_text, stop_text = _told(panel, panel.times[0], stop, year=True)
    return tell("quality_span_value", start=start_text, stop=stop_text, period=duration_text(panel.period_s))


def told(policy: GapPolicy, period_s: int) -> str:
    """A gap policy in words."""
    return tell(f"gaps_told_{policy.kind}", longest=duration_text(policy.longest * period_s))


def stretch_text(stretch: Stretch, panel: Panel) -> str:
    """A stretch of suspect periods in words, in local time."""
    stop = panel.times[stretch.stop - 1] + np.timedelta64(panel.period_s, "s")
    cells = tell("count_cell" if stretch.cells == 1 else "count_cells", count=stretch.cells)
    year = needs_year(panel.times)
    start_text, stop_text = _told(panel, panel.times[stretch.start], stop, year=year)
    return tell("quality_suspect_one", start=start_text, stop=stop_text, points=stretch.points, cells=cells)


def _told(panel: Panel, start: np.datetime64, stop: np.datetime64, *, year: bool) -> list[str]:
    """Times of the panel's grid in local time."""
    grid = WallGrid.of(panel)
    return [local_text(grid.moment(time), panel.zone, year=year) for time in (start, stop)]


def unmatched_cells(quality: Quality) -> list[str]:
    """What data and cell table do not share, in words; nothing where there was no table."""
    if quality.unknown_cells is None or quality.unused_cells is None:
        return []
    sides = (("unknown", quality.unknown_cells), ("unused", quality.unused_cells))
    lines = [tell(f"quality_cells_{side}", count=len(ids), names=_names(ids)) for side, ids in sides if ids]
    return lines or [tell("quality_cells_match")]


def _names(ids: Sequence[str]) -> str:
    shown = ", ".join(ids[:NAMES])
    return tell("quality_names_more", names=shown, more=len(ids) - NAMES) if len(ids) > NAMES else shown


def by_kpi_json(coverage: Coverage, policies: Sequence[str] = ()) -> list[dict[str, Any]]:
    """What there is of each KPI as plain values; longest gap in periods."""
    return [
        {
            "kpi": one.kpi,
            "missing_share": round(one.missing_share, 6) if one.points else None,
            "gaps": one.gaps,
            "longest_gap_periods": one.longest,
            "suspect_points": one.suspect,
            "imputed_points": one.imputed,
            "maintenance_points": one.maintenance,
            "gap_policy": policy_of(one.kpi, policies).text,
        }
        for one in coverage.kpis
    ]


def suspect_json(coverage: Coverage, panel: Panel) -> list[dict[str, Any]]:
    """The stretches of suspect periods as plain values, UTC."""
    period = np.timedelta64(panel.period_s, "s")
    return [
        {
            "start_utc": f"{panel.times[one.start]}Z",
            "end_utc": f"{panel.times[one.stop - 1] + period}Z",
            "cells": one.cells,
            "points": one.points,
        }
        for one in coverage.suspect
    ]


def as_json(quality: Quality, panel: Panel) -> dict[str, Any]:
    """The quality report of a data set: the object that `inspect --json` prints.

    `dropped` counts rows by reason code, `first_dropped` says where each happened first; times are UTC, ISO 8601.
    """
    coverage = cover(panel)
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
        "excluded_share": round(coverage.excluded_share, 6) if coverage.kpis else None,
        "by_kpi": by_kpi_json(coverage),
        "suspect_periods": suspect_json(coverage, panel),
        "mapping": dict(quality.mapping),
        "notes": [say(note) for note in quality.notes],
    }
