"""Later measurements added to earlier ones: the next day's files, a corrected day, more cells."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from engine.calendar import duration_text, local_seconds
from engine.continuation.kpis_told import new_kpis, without_values
from engine.continuation.units import in_units_of
from engine.data import Cell, FlagArray, FloatArray, IntArray, Kpi, Panel
from engine.errors import InputError, Reason
from engine.execution import scratch
from engine.execution.arrays import blocks

_HOUR_S = 3600


@dataclass(frozen=True, eq=False)
class Appended:
    """What came of it. panel: both together on one grid; counts are of measured points.

    new: points that were not measured before; replaced: points whose value is another one now; same: points that were
    there already; new_cells, new_kpis: how many were not there before. notes: what was converted or assumed of units,
    which KPIs are new, and which got no values in new periods.
    """

    panel: Panel
    new: int
    replaced: int
    same: int
    new_cells: int
    new_kpis: int
    notes: tuple[Reason, ...] = ()

    @property
    def reason(self) -> Reason:
        """The same in words."""
        counts = {"new": self.new, "replaced": self.replaced, "same": self.same, "cells": self.new_cells}
        return Reason("appended", counts)


def append(old: Panel, later: Panel) -> Appended:
    """Both panels on one grid; where both were measured, the later file counts.

    A point that the later panel lacks keeps what it was, so appending twice changes nothing. Periods between the two
    are missing. Cells and KPIs are matched by id; what is known of them is kept and completed. The zone is that of
    `old`, and so are the units. Neither panel is changed. Raises InputError when the periods differ in length or do not
    lie on one grid, or when a KPI has a unit that cannot be converted; OutputError when the folder for temporary files
    has no room.
    """
    if not all(old.shape):
        points = sum(int(np.isfinite(values).sum()) for values in later.values.values())
        return Appended(later, points, 0, 0, len(later.cells), len(later.kpis))
    if not all(later.shape):
        return Appended(old, 0, 0, 0, 0, 0)
    later, notes = in_units_of(old, later)
    old_begin, later_begin = _begins(old, later)
    step = np.timedelta64(old.period_s, "s")
    start = min(old_begin, later_begin)
    in_front, first = int((old_begin - start) // step), int((later_begin - start) // step)
    count = max(in_front + len(old.times), first + len(later.times))
    times = start + np.arange(count) * step
    cells, rows = _cells(old, later)
    kpis = _kpis(old, later)
    earlier = slice(in_front, in_front + len(old.times))
    values: dict[str, FloatArray] = {}
    flags: dict[str, FlagArray] = {}
    new = replaced = same = 0
    known = {kpi.id for kpi in old.kpis}
    added = {kpi.id for kpi in later.kpis}
    for kpi in kpis:
        value = scratch.allocate((len(cells), count), np.nan)
        flag = scratch.allocate_of(np.uint8, (len(cells), count), 0)
        if kpi.id in known:
            for some in blocks(old.shape):
                value[some, earlier], flag[some, earlier] = old.values[kpi.id][some], old.flags[kpi.id][some]
                scratch.release([value, flag, old.values[kpi.id], old.flags[kpi.id]])
        if kpi.id in added:
            part = slice(first, first + len(later.times))
            for some in blocks((len(later.cells), count)):
                into, given = rows[some], later.values[kpi.id][some]
                measured, before = np.isfinite(given), value[into, part]
                had = np.isfinite(before)
                new += int((measured & ~had).sum())
                same += int((measured & (before == given)).sum())
                replaced += int((measured & had & (before != given)).sum())
                value[into, part] = np.where(measured, given, before)
                flag[into, part] = np.where(measured, later.flags[kpi.id][some], flag[into, part])
                scratch.release([value, flag, later.values[kpi.id], later.flags[kpi.id]])
        values[kpi.id], flags[kpi.id] = value, flag
    panel = Panel(times, old.period_s, old.zone, cells, kpis, values, flags)
    notes = (*notes, *new_kpis(old, later), *without_values(panel, old.times[-1] + step))
    return Appended(panel, new, replaced, same, len(cells) - len(old.cells), len(kpis) - len(old.kpis), notes)


def periods_in_front(old: Panel, both: Panel) -> int:
    """How many periods of a panel that holds `old` lie before those of `old`."""
    seconds = int((old.times[0] - both.times[0]).astype("timedelta64[s]").astype(np.int64))
    return round(seconds / both.period_s)


def _begins(old: Panel, later: Panel) -> tuple[np.datetime64, np.datetime64]:
    """When both begin, on one grid.

    Days and other long periods lie on the wall clock. Those of summer alone begin an hour earlier by UTC than those of
    winter; together they begin as in winter, so that none begins on the day before.
    """
    if old.period_s != later.period_s:
        raise InputError(
            Reason("append_period", {"old": duration_text(old.period_s), "new": duration_text(later.period_s)})
        )
    apart = int((later.times[0] - old.times[0]).astype("timedelta64[s]").astype(np.int64))
    half = old.period_s // 2
    off = (apart + half) % old.period_s - half
    if abs(off) > _put_forward(old, later):
        raise InputError(Reason("append_grid", {"old": str(old.times[0]), "new": str(later.times[0])}))
    return old.times[0] + max(off, 0), later.times[0] + max(-off, 0)


def _put_forward(old: Panel, later: Panel) -> int:
    """By how many seconds the clock that the periods lie on is put forward in the time of both; 0 if that is UTC."""
    if old.period_s <= _HOUR_S:
        return 0
    times = np.concatenate([old.times, later.times]).astype("datetime64[s]")
    ahead = local_seconds(times, old.zone) - times.astype(np.int64)
    return int(ahead.max() - ahead.min())


def _cells(old: Panel, later: Panel) -> tuple[tuple[Cell, ...], IntArray]:
    """All cells, the old ones first, and the row of each of the later panel's cells among them."""
    cells = list(old.cells)
    position = {cell.id: i for i, cell in enumerate(cells)}
    rows = []
    for cell in later.cells:
        if cell.id in position:
            row = position[cell.id]
            given = {f.name: v for f in dataclasses.fields(Cell) if (v := getattr(cell, f.name)) not in ("", None)}
            cells[row] = dataclasses.replace(cells[row], **given)
        else:
            row = position[cell.id] = len(cells)
            cells.append(cell)
        rows.append(row)
    return tuple(cells), np.array(rows, np.int64)


def _kpis(old: Panel, later: Panel) -> tuple[Kpi, ...]:
    """All KPIs, the old ones first."""
    known = {kpi.id: kpi for kpi in old.kpis}
    for kpi in later.kpis:
        known.setdefault(kpi.id, kpi)
    return tuple(known.values())
