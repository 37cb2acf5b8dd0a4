"""Rows to a regular grid: the only home of time zones on the way in.

What happens to rows that do not fit, each counted and reported: a stamp off the grid is placed in the period that holds
it; of rows that repeat a cell and time the first stays (a later one may fill values that the first did not have); a
stamp far away from all others is dropped; a wall-clock stamp in the hour that spring skips is dropped, one in the hour
that autumn repeats is the summer hour at its first and the winter hour at its second occurrence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine import quality
from engine.calendar.zones import check_zone, local_seconds, to_utc
from engine.data import BoolArray, Cell, Dropped, IntArray, Panel, Quality
from engine.errors import InputError, Reason
from engine.io import kpis
from engine.io.base import Loaded, LoadOptions, Measurements, Table
from engine.io.combine import combined
from engine.io.fill import Count, Filler, ToClock
from engine.io.grid import MAX_POINTS, Grid, find_grid, usual_step
from engine.io.places import place
from engine.io.rows import Problem
from engine.monitor import Monitor
from engine.text import say

_HOUR_S = 3600
_SHIFTS = (1800, 3600, 7200)
"""How far clocks are put back in autumn: half an hour on Lord Howe, an hour, two in the antarctic."""

_SAMPLE_CELLS = 200
_UNCERTAIN = 0.5
_LONG_SILENCE_S = 6 * _HOUR_S
_MANY_CELLS = 30
_PROBLEMS = {
    Problem.BLANK: "row_blank",
    Problem.TIME: "row_time",
    Problem.RANGE: "row_time_impossible",
    Problem.CELL: "row_cell",
    Problem.VALUE: "row_value",
    Problem.PERIOD: "row_other_period",
}


def normalise(measured: Measurements, options: LoadOptions, monitor: Monitor) -> Loaded:
    """Put what a reader found on one regular UTC grid, and say what did not fit.

    Raises InputError where nothing usable is left, there is only one moment, or the span is too long; Cancelled.
    """
    reason = Reason("stage_normalise")
    monitor.step(0.0, reason)
    zone = check_zone(options.zone or measured.zone)
    notes = list(measured.notes)
    if not (options.zone or measured.zone) and not all(t.utc for t in measured.tables):
        notes.append(Reason("zone_assumed"))
    cells, kpi_ids, unchosen = _axes(measured, options)
    seconds = _distinct_times(measured)
    if not len(seconds):
        raise _nothing_left(measured)
    natural_s = _natural_period(measured, seconds, notes)
    period_s = options.period_s or measured.period_s or natural_s or _one_moment(seconds)
    finer = natural_s is not None and 2 * natural_s <= period_s
    measured = combined(replace(measured, notes=()), period_s, finer, monitor.part(0.02, 0.1))
    notes += measured.notes
    wall = period_s > _HOUR_S and zone != "UTC"
    clocks = {t.name: _clock(measured, t, zone, wall=wall) for t in measured.tables}
    grid = _grid(measured, clocks, seconds, period_s, zone, wall=wall)
    monitor.step(0.1, reason)
    if len(cells) * grid.count * len(kpi_ids) > MAX_POINTS:
        raise InputError(Reason("too_many_points", {"cells": len(cells), "periods": grid.count, "kpis": len(kpi_ids)}))
    filler = Filler(measured.session, grid, cells, kpi_ids, with_labels=any(t.labelled for t in measured.tables))
    for k, table in enumerate(measured.tables):
        share = len(measured.tables)
        filler.fill(table, clocks[table.name], monitor.part(0.1 + 0.8 * k / share, 0.1 + 0.8 * (k + 1) / share), reason)
    monitor.step(0.9, reason)
    if measured.sparse:
        _absent_is_zero(filler, grid, notes)
    return _loaded(measured, filler, grid, zone, cells, kpi_ids, unchosen, notes, wall=wall)


def _loaded(
    measured: Measurements,
    filler: Filler,
    grid: Grid,
    zone: str,
    cells: Sequence[str],
    kpi_ids: Sequence[str],
    unchosen: int,
    notes: list[Reason],
    *,
    wall: bool,
) -> Loaded:
    dropped = [*_dropped_by_reader(measured), *_dropped_on_the_way(filler, unchosen)]
    read = filler.counts.kept + sum(d.rows for d in dropped)
    described = {k: measured.kpis.get(k) or kpis.describe(k, v) for k, v in zip(kpi_ids, filler.values, strict=True)}
    empty = [k for k, v in zip(kpi_ids, filler.values, strict=True) if not np.isfinite(v).any()]
    if not filler.counts.kept or len(empty) == len(kpi_ids):
        raise _nothing_left(measured, dropped, read)
    if empty:
        notes.append(Reason("kpis_empty", {"kpis": ", ".join(empty)[:300]}))
    notes += _notes(measured, filler, grid)
    kept = [i for i, k in enumerate(kpi_ids) if k not in empty]
    times = (grid.times() - (_standard_offset(grid, zone) if wall else 0)).astype("datetime64[s]")
    panel = Panel(
        times=times,
        period_s=grid.period_s,
        zone=zone,
        cells=tuple(measured.cells.get(c) or Cell(c) for c in cells),
        kpis=tuple(described[kpi_ids[i]] for i in kept),
        values={kpi_ids[i]: filler.values[i] for i in kept},
        flags={kpi_ids[i]: filler.flags[i] for i in kept},
    )
    labels = {kpi_ids[i]: filler.labels[i] for i in kept} if filler.labels is not None else None
    missing, completeness, gaps = quality.measure(panel)
    found = Quality(
        format=measured.format,
        mapping=measured.mapping,
        rows_read=read,
        rows_kept=filler.counts.kept,
        dropped=tuple(dropped),
        notes=tuple(notes),
        duplicates=filler.counts.duplicate.rows,
        clock_jumps=filler.counts.clock_jumps,
        missing_share=missing,
        completeness=completeness,
        gaps=gaps,
    )
    return Loaded(panel, labels, found)


def _axes(measured: Measurements, options: LoadOptions) -> tuple[list[str], list[str], int]:
    """(cell ids in natural order, KPI ids as they come, rows of KPIs that were not asked for)."""
    cells: set[str] = set()
    kpi_ids: dict[str, None] = {}
    for table in measured.tables:
        good = f"FROM {table.name} WHERE problem = 0"
        cells |= {t.cell for t in table.targets if t.cell is not None}
        if any(t.cell is None for t in table.targets):
            cells |= {row[0] for row in measured.session.rows(f"SELECT DISTINCT cell {good}")}
        kpi_ids |= dict.fromkeys(t.kpi for t in table.targets if t.kpi is not None)
        if any(t.kpi is None for t in table.targets):
            found = measured.session.rows(f"SELECT kpi, min(rowid) {good} GROUP BY kpi ORDER BY 2")
            kpi_ids |= dict.fromkeys(row[0] for row in found)
    if not options.kpis:
        return sorted(cells, key=natural), list(kpi_ids), 0
    by_name = {k.lower(): k for k in kpi_ids}
    for wanted in options.kpis:
        if wanted.lower() not in by_name:
            raise InputError(Reason("no_such_kpi", {"kpi": wanted, "kpis": ", ".join(kpi_ids)[:500]}))
    chosen = [by_name[k.lower()] for k in dict.fromkeys(options.kpis)]
    unchosen = 0
    for table in measured.tables:
        if any(t.kpi is None for t in table.targets):
            (row,) = measured.session.rows(
                f"SELECT count(*) FROM {table.name} WHERE problem = 0 AND NOT list_contains($1::VARCHAR[], kpi)",
                [chosen],
            )
            unchosen += int(row[0])
    return sorted(cells, key=natural), chosen, unchosen


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts cell 9 before cell 10."""
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in re.split(r"(\d+)", name) if p)


def _distinct_times(measured: Measurements) -> IntArray:
    """The distinct stamps of all tables as they are written, ascending."""
    found = [
        measured.session.arrays(f"SELECT DISTINCT t FROM {t.name} WHERE problem = 0")["t"] for t in measured.tables
    ]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)


def _merged(stamps: Sequence[IntArray], counts: Sequence[IntArray]) -> tuple[IntArray, IntArray]:
    if not stamps:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    distinct, where = np.unique(np.concatenate(stamps), return_inverse=True)
    return distinct.astype(np.int64), np.bincount(where, weights=np.concatenate(counts)).astype(np.int64)


def _one_moment(seconds: IntArray) -> int:
    raise InputError(Reason("one_moment", {"time": str(np.datetime64(int(seconds[0]), "s"))}))


def _natural_period(measured: Measurements, seconds: IntArray, notes: list[Reason]) -> int | None:
    """The granularity period that the steps between rows speak for; None where there is only one moment."""
    if measured.period_s:
        return measured.period_s
    if len(seconds) < 2:
        return None
    found = [measured.session.arrays(_steps(t)) for t in measured.tables]
    steps, counts = _merged([f["step"] for f in found], [f["n"] for f in found])
    if not len(steps):
        steps, counts = np.diff(seconds), np.ones(len(seconds) - 1, np.int64)
    period_s, share = usual_step(steps, counts)
    if share < _UNCERTAIN:
        notes.append(Reason("period_uncertain", {"period": period_s, "share": round(100 * share)}))
    return period_s


def _steps(table: Table) -> str:
    """SQL of the steps between the stamps of a series, with how often each occurs, over a sample of cells."""
    good = f"FROM {table.name} WHERE problem = 0"
    if all(t.cell is not None for t in table.targets):
        step = f"SELECT t - lag(t) OVER (ORDER BY t) AS step FROM (SELECT DISTINCT t {good})"
    else:
        some = f"SELECT cell {good} GROUP BY cell ORDER BY hash(cell), cell LIMIT {_SAMPLE_CELLS}"
        step = (
            "SELECT t - lag(t) OVER (PARTITION BY cell ORDER BY t) AS step FROM"
            f" (SELECT DISTINCT cell, t {good} AND cell IN ({some}))"
        )
    return f"SELECT step, count(*) AS n FROM ({step}) WHERE step > 0 GROUP BY step"


def _clock(measured: Measurements, table: Table, zone: str, *, wall: bool) -> ToClock:
    """How the stamps of a table get onto the grid's clock: UTC, or the wall clock for long periods in a zone."""
    if table.utc == (not wall):
        return lambda seconds, _ids: (seconds, np.zeros(len(seconds), bool))
    if table.utc:
        return lambda seconds, _ids: (
            local_seconds(seconds.astype("datetime64[s]"), zone),
            np.zeros(len(seconds), bool),
        )
    winter = _second_occurrences(measured, table, zone)

    def to_clock(seconds: IntArray, ids: IntArray) -> tuple[IntArray, BoolArray]:
        utc = to_utc(seconds.astype("datetime64[s]"), zone)
        unreal: BoolArray = local_seconds(utc, zone) != seconds
        result = utc.astype(np.int64)
        if len(winter):
            later = np.isin(ids, winter)
            result[later] += _repeat(result[later], seconds[later], zone)
        return result, unreal

    return to_clock


def _repeat(utc: IntArray, wall: IntArray, zone: str) -> IntArray:
    """By how much later each wall-clock stamp occurs a second time, 0 where it does not."""
    shift = np.zeros(len(utc), np.int64)
    for seconds in _SHIFTS:
        again = local_seconds((utc + seconds).astype("datetime64[s]"), zone) == wall
        shift[again & (shift == 0)] = seconds
    return shift


def _second_occurrences(measured: Measurements, table: Table, zone: str) -> IntArray:
    """Row ids of stamps in a repeated hour that are the second of their series in the file: the winter hour."""
    if zone == "UTC":
        return np.zeros(0, np.int64)
    stamps = measured.session.arrays(f"SELECT DISTINCT t FROM {table.name} WHERE problem = 0")["t"]
    utc = to_utc(stamps.astype("datetime64[s]"), zone).astype(np.int64)
    repeated = stamps[_repeat(utc, stamps, zone) > 0]
    if not len(repeated):
        return np.zeros(0, np.int64)
    series = [c for c, has in (("cell", any(t.cell is None for t in table.targets)),
                               ("kpi", any(t.kpi is None for t in table.targets))) if has]  # fmt: skip
    return measured.session.arrays(
        "SELECT id FROM (SELECT rowid AS id,"
        f" row_number() OVER (PARTITION BY {', '.join([*series, 't'])} ORDER BY rowid) AS occurrence"
        f" FROM {table.name} WHERE problem = 0 AND list_contains($1::BIGINT[], t)) WHERE occurrence = 2"
        " ORDER BY id",
        [repeated.tolist()],
    )["id"].astype(np.int64)


def _grid(
    measured: Measurements,
    clocks: dict[str, ToClock],
    seconds: IntArray,
    period_s: int,
    zone: str,
    *,
    wall: bool,
) -> Grid:
    """The grid on the clock of the period: UTC, or the wall clock."""
    stamps, weights = [], []
    for table in measured.tables:
        found = measured.session.arrays(f"SELECT t, count(*) AS n FROM {table.name} WHERE problem = 0 GROUP BY t")
        on_clock, unreal = clocks[table.name](found["t"].astype(np.int64), np.full(len(found["t"]), -1, np.int64))
        stamps.append(on_clock[~unreal])
        weights.append(found["n"][~unreal])
    distinct, mass = _merged(stamps, weights)
    if not len(distinct):
        raise InputError(Reason("time_never_was", {"value": str(np.datetime64(int(seconds[0]), "s")), "zone": zone}))
    midnight = 0 if wall else -_offset_at(int(np.median(distinct)), zone)
    return find_grid(distinct, mass, period_s, midnight)


def _offset_at(second: int, zone: str) -> int:
    return int(local_seconds(np.array([second]).astype("datetime64[s]"), zone)[0]) - second


def _standard_offset(grid: Grid, zone: str) -> int:
    """What the zone's clock is ahead of UTC in winter: so a day of a wall-clock grid never begins on the day before."""
    days = np.arange(grid.first, grid.first + grid.period_s * grid.count + 1, 86_400, dtype=np.int64)
    return int((local_seconds(days.astype("datetime64[s]"), zone) - days).min())


def _absent_is_zero(filler: Filler, grid: Grid, notes: list[Reason]) -> None:
    """Give 0 to what no row speaks of, except in periods that were not collected at all.

    A period without a row of any cell is taken as not collected where there are many cells; with few, only a silence
    of hours is.
    """
    silent = ~filler.periods_seen
    if filler.shape[0] < _MANY_CELLS:
        edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]])))
        for first, stop in zip(edges[::2], edges[1::2], strict=True):
            if (stop - first) * grid.period_s < _LONG_SILENCE_S:
                silent[first:stop] = False
    for values in filler.values:
        for cell in range(values.shape[0]):
            row = values[cell]
            row[np.isnan(row) & ~silent] = 0.0
    notes.append(Reason("absent_is_zero"))
    if silent.any():
        notes.append(Reason("periods_not_collected", {"periods": int(silent.sum())}))


def _dropped_by_reader(measured: Measurements) -> list[Dropped]:
    dropped: dict[str, Dropped] = {}
    for refused in measured.refused:
        _count(dropped, refused.reason, refused.rows, refused.example)
    for table in measured.tables:
        weight = "sum(n)" if table.weighted else "count(*)"
        found = measured.session.rows(
            f"SELECT problem, {weight}, min(rowid), arg_min(coalesce(offending, ''), rowid) FROM {table.name}"
            " WHERE problem > 0 GROUP BY problem ORDER BY problem"
        )
        for problem, rows, row, text in found:
            _count(dropped, Reason(_PROBLEMS[Problem(problem)]), int(rows), place(table, int(row), str(text)))
    return list(dropped.values())


def _dropped_on_the_way(filler: Filler, unchosen: int) -> list[Dropped]:
    counts = filler.counts
    dropped: dict[str, Dropped] = {}
    for code, count in (
        ("row_duplicate", counts.duplicate),
        ("row_stray_time", counts.stray),
        ("row_skipped_hour", counts.skipped_hour),
    ):
        _count(dropped, Reason(code), count.rows, _example(count))
    _count(dropped, Reason("row_kpi_not_chosen"), unchosen, "")
    return list(dropped.values())


def _count(dropped: dict[str, Dropped], reason: Reason, rows: int, example: str) -> None:
    if rows:
        before = dropped.get(reason.code)
        dropped[reason.code] = replace(before, rows=before.rows + rows) if before else Dropped(reason, rows, example)


def _example(count: Count) -> str:
    return place(count.table, count.row, "") if count.table is not None else ""


def _notes(measured: Measurements, filler: Filler, grid: Grid) -> list[Reason]:
    """What was bent to fit, with numbers."""
    notes = []
    off = filler.counts.off_grid
    if off.rows:
        notes.append(Reason("rows_off_grid", {"rows": off.rows, "period": grid.period_s, "example": _example(off)}))
    for table in measured.tables:
        found = measured.session.rows(
            f"SELECT sum(unreadable), min(rowid), arg_min(offending, rowid) FROM {table.name}"
            " WHERE problem = 0 AND unreadable > 0"
        )
        if found and found[0][0]:
            values, row, text = found[0]
            notes.append(
                Reason("values_unreadable", {"values": int(values), "example": place(table, int(row), str(text))})
            )
    return notes


def _nothing_left(measured: Measurements, dropped: Sequence[Dropped] = (), read: int = 0) -> InputError:
    """No row could be used: the commonest reason says why."""
    dropped = dropped or _dropped_by_reader(measured)
    read = read or sum(d.rows for d in dropped)
    names = ", ".join(dict.fromkeys(p.name for t in measured.tables for p in t.parts))[:200]
    if not dropped:
        return InputError(Reason("no_values_at_all" if read else "no_rows", {"files": names, "rows": read}))
    worst = max(dropped, key=lambda d: d.rows)
    return InputError(
        Reason("nothing_left", {"files": names, "rows": read, "reason": say(worst.reason), "example": worst.example})
    )
