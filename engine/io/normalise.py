"""Rows to a regular grid: the only home of time zones on the way in.

What happens to rows that do not fit, each counted and reported: a stamp off the grid is placed in the period that holds
it; of rows that repeat a cell and time the first stays (a later one may fill values that the first did not have); a
stamp far away from all others is dropped; a wall-clock stamp in the hour that spring skips is dropped, one in the hour
that autumn repeats is the summer hour at its first and the winter hour at its second occurrence. Where the files have
it once, it is the winter hour if they begin in it and go on after it, else the summer hour, and a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.calendar import check_zone, duration_text, local_seconds, offset_text, to_utc
from engine.completeness import quality
from engine.completeness.repeated_days import repeated_days
from engine.data import BoolArray, Cell, FloatArray, IntArray, Kpi, KpiKind, Panel, Quality
from engine.errors import InputError, Reason
from engine.execution.arrays import blocks
from engine.execution.scratch import release
from engine.io import date_order, kpis, occurrences, totals
from engine.io.base import Loaded, LoadOptions, Measurements, Table
from engine.io.combine import combined
from engine.io.dropped import bent, by_reader, nothing_left, on_the_way
from engine.io.fill import Filler, ToClock
from engine.io.grid import MAX_POINTS, Grid, find_grid
from engine.io.periods import choose, merged
from engine.monitor import Monitor
from engine.network.managed_objects import named_by_paths

_HOUR_S = 3600
_DAY_S = 86_400
_SHIFTS = (1800, 3600, 7200)
"""How far clocks are put back in autumn: half an hour on Lord Howe, an hour, two in the antarctic."""

_LONG_SILENCE_S = 6 * _HOUR_S
_MANY_CELLS = 30


def normalise(measured: Measurements, options: LoadOptions, monitor: Monitor) -> Loaded:
    """Put what a reader found on one regular UTC grid, and say what did not fit.

    Raises InputError where nothing usable is left, there is only one moment, or the span is too long; Cancelled.
    """
    reason = Reason("stage_normalise")
    measured.session.at(monitor, 0.0, reason)
    named = options.zone or measured.zone
    zone = check_zone(named or options.usual_zone)
    notes = list(measured.notes)
    if not named and options.usual_zone:
        notes.append(Reason("zone_usual", {"zone": zone}))
    elif not named and not all(t.utc for t in measured.tables):
        notes.append(Reason("zone_assumed"))
    if not (named or options.usual_zone) and any(measured.ahead_s):
        notes.append(Reason("clocks_ahead", {"offsets": ", ".join(map(offset_text, measured.ahead_s))}))
    cells, kpi_ids, unchosen = _axes(measured, options)
    seconds = _distinct_times(measured)
    if not len(seconds):
        raise nothing_left(measured)
    if options.day_first is None and (note := date_order.check(measured, seconds)) is not None:
        notes.append(note)
    period_s, fine_s = choose(measured, options, seconds, notes)
    measured = combined(replace(measured, notes=()), monitor.part(0.02, 0.1), options.dictionary)
    notes += measured.notes
    wall = period_s > _HOUR_S and zone != "UTC"
    clocks = {t.name: _clock(measured, t, zone, notes, wall=wall) for t in measured.tables}
    grid = _grid(measured, clocks, seconds, period_s, zone, wall=wall)
    measured.session.at(monitor, 0.1, reason)
    if len(cells) * grid.count * len(kpi_ids) > MAX_POINTS:
        raise _too_many(grid, len(cells), len(kpi_ids))
    labelled = any(t.labelled for t in measured.tables)
    filler = Filler(measured.session, grid, cells, kpi_ids, with_labels=labelled, fine_s=fine_s)
    for k, table in enumerate(measured.tables):
        share = len(measured.tables)
        filler.fill(table, clocks[table.name], monitor.part(0.1 + 0.8 * k / share, 0.1 + 0.8 * (k + 1) / share), reason)
    measured.session.at(monitor, 0.9, reason)
    if measured.sparse:
        _absent_is_zero(filler, grid, notes)
    return _loaded(measured, filler, grid, zone, cells, kpi_ids, unchosen, notes, options, wall=wall)


def _too_many(grid: Grid, cells: int, kpis: int) -> InputError:
    first, last = (str(np.datetime64(second, "s"))[:16] for second in (grid.low, grid.high))
    told: dict[str, str | int | float] = {"cells": cells, "periods": grid.count, "kpis": kpis}
    told["period"] = duration_text(grid.period_s)
    return InputError(Reason("too_many_points", {**told, "first": first, "last": last}))


def _loaded(
    measured: Measurements,
    filler: Filler,
    grid: Grid,
    zone: str,
    cells: Sequence[str],
    kpi_ids: Sequence[str],
    unchosen: int,
    notes: list[Reason],
    options: LoadOptions,
    *,
    wall: bool,
) -> Loaded:
    dropped = [*by_reader(measured), *on_the_way(filler.counts, unchosen)]
    read = filler.counts.kept + sum(d.rows for d in dropped)
    described = {k: measured.kpis.get(k) or kpis.describe(k, v) for k, v in zip(kpi_ids, filler.values, strict=True)}
    units = {k: measured.units.get(k) or measured.units.get("") for k in kpi_ids}
    described |= {k: kpis.in_unit(described[k], unit) for k, unit in units.items() if unit}
    described |= {
        k: options.dictionary[k.lower()].of(v) for k, v in described.items() if k.lower() in options.dictionary
    }
    running = {
        name
        for name, values in zip(kpi_ids, filler.values, strict=True)
        if _may_be_total(name, described[name], options) and totals.is_total(values, grid.period_s)
    }
    described |= {name: totals.counted(described[name]) for name in running}
    filler.average(
        [k for k, name in enumerate(kpi_ids) if name in running or described[name].kind is not KpiKind.COUNT]
    )
    if running:
        restarts = sum(totals.grow(v) for name, v in zip(kpi_ids, filler.values, strict=True) if name in running)
        notes.append(totals.note([name for name in kpi_ids if name in running], restarts))
    if filler.fine_s is not None:
        notes.append(
            Reason("rows_of_period_combined", {"rows": filler.counts.kept, "period": duration_text(grid.period_s)})
        )
    empty = [k for k, v in zip(kpi_ids, filler.values, strict=True) if _is_empty(v)]
    if not filler.counts.kept or len(empty) == len(kpi_ids):
        raise nothing_left(measured, dropped, read)
    if empty:
        notes.append(Reason("kpis_empty", {"kpis": ", ".join(empty)[:300]}))
    notes += bent(measured, filler.counts, grid.period_s)
    kept = [i for i, k in enumerate(kpi_ids) if k not in empty]
    times = (grid.times() - (_standard_offset(grid, zone) if wall else 0)).astype("datetime64[s]")
    known = _known(named_by_paths(cells), measured.cells)
    panel = Panel(
        times=times,
        period_s=grid.period_s,
        zone=zone,
        cells=tuple(known.get(c) or Cell(c) for c in cells),
        kpis=tuple(described[kpi_ids[i]] for i in kept),
        values={kpi_ids[i]: filler.values[i] for i in kept},
        flags={kpi_ids[i]: filler.flags[i] for i in kept},
    )
    labels = {kpi_ids[i]: filler.labels[i] for i in kept} if filler.labels is not None else None
    notes += repeated_days(panel)
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


def _may_be_total(name: str, kpi: Kpi, options: LoadOptions) -> bool:
    """Whether a KPI may be a running total: no ratio, nor what a person has said to be a level."""
    said = options.dictionary.get(name.lower())
    return kpi.kind is not KpiKind.RATIO and (said is None or said.kind in (None, KpiKind.COUNT))


def _known(paths: Mapping[str, Cell], read: Mapping[str, Cell]) -> dict[str, Cell]:
    """What the files say of cells, and where they are silent what their paths say."""
    both = {
        id_: replace(read[id_], name=read[id_].name or paths[id_].name, site=read[id_].site or paths[id_].site)
        for id_ in paths.keys() & read.keys()
    }
    return {**paths, **read, **both}


def _is_empty(values: FloatArray) -> bool:
    return not any(bool(np.isfinite(values[rows]).any()) for rows in blocks(values.shape))


def _axes(measured: Measurements, options: LoadOptions) -> tuple[list[str], list[str], int]:
    """(cell ids in natural order, KPI ids as they come, rows of KPIs that were not asked for)."""
    cells: set[str] = set()
    kpi_ids: dict[str, None] = {}
    for table in measured.tables:
        good = f"FROM {table.name} WHERE problem = 0"
        found = {row[0] for row in measured.session.rows(f"SELECT DISTINCT cell {good}")}
        cells |= found if table.cell_names is None else {table.cell_names[number] for number in found}
        kpi_ids |= dict.fromkeys(table.kpis)
        if table.tall:
            codes = [row[0] for row in measured.session.rows(f"SELECT kpi {good} GROUP BY kpi ORDER BY min(rowid)")]
            kpi_ids |= dict.fromkeys(codes if table.kpi_names is None else (table.kpi_names[code] for code in codes))
    if not options.kpis:
        return sorted(cells, key=natural), list(kpi_ids), 0
    by_name = {k.lower(): k for k in kpi_ids}
    for wanted in options.kpis:
        if wanted.lower() not in by_name:
            raise InputError(Reason("no_such_kpi", {"kpi": wanted, "kpis": ", ".join(kpi_ids)[:500]}))
    chosen = [by_name[k.lower()] for k in dict.fromkeys(options.kpis)]
    unchosen = 0
    for table in (t for t in measured.tables if t.tall):
        count = "sum(n)" if table.weighted else "count(*)"
        for kpi, rows in measured.session.rows(f"SELECT kpi, {count} FROM {table.name} WHERE problem = 0 GROUP BY kpi"):
            unchosen += 0 if (kpi if table.kpi_names is None else table.kpi_names[kpi]) in chosen else int(rows)
    return sorted(cells, key=natural), chosen, unchosen


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts cell 9 before cell 10."""
    if name.isdecimal():
        return ((0, int(name), ""),)
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in re.split(r"(\d+)", name) if p)


def _distinct_times(measured: Measurements) -> IntArray:
    """The distinct stamps of all tables as they are written, ascending."""
    found = [
        measured.session.arrays(f"SELECT DISTINCT t FROM {t.name} WHERE problem = 0")["t"] for t in measured.tables
    ]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)


def _clock(measured: Measurements, table: Table, zone: str, notes: list[Reason], *, wall: bool) -> ToClock:
    """How the stamps of a table get onto the grid's clock: UTC, or the wall clock for long periods in a zone.

    Adds to `notes` what was assumed of hours that come twice.
    """
    if table.utc == (not wall):
        return lambda seconds, _ids: (seconds, np.zeros(len(seconds), bool))
    if table.utc:
        return lambda seconds, _ids: (
            local_seconds(seconds.astype("datetime64[s]"), zone),
            np.zeros(len(seconds), bool),
        )
    winter = _second_occurrences(measured, table, zone, notes)

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


def _second_occurrences(measured: Measurements, table: Table, zone: str, notes: list[Reason]) -> IntArray:
    """Row ids of stamps in a repeated hour that are the second of their series: the winter hour."""
    if zone == "UTC":
        return np.zeros(0, np.int64)
    found = measured.session.arrays(f"SELECT DISTINCT t FROM {table.name} WHERE problem = 0")["t"]
    stamps = np.sort(found.astype(np.int64))
    shift = _repeat(to_utc(stamps.astype("datetime64[s]"), zone).astype(np.int64), stamps, zone)
    repeated = stamps[shift > 0]
    if not len(repeated):
        return np.zeros(0, np.int64)
    winter = [occurrences.second(measured.session, table, repeated)]
    twice = occurrences.stamps_of(measured.session, table, winter[0])
    for hour in np.split(repeated, np.flatnonzero(np.diff(repeated) >= _DAY_S) + 1):
        if np.isin(hour, twice).any():
            continue
        begins, goes_on = hour[0] == stamps[0], hour[-1] < stamps[-1]
        if begins and goes_on:
            winter.append(occurrences.all_of(measured.session, table, hour))
        told = {"value": str(np.datetime64(int(hour[0]), "s")).replace("T", " ")[:16], "zone": zone}
        notes.append(Reason("repeated_hour_late" if begins and goes_on else "repeated_hour_once", told))
    return np.unique(np.concatenate(winter))


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
        wall_clock, counts = found["t"].astype(np.int64), found["n"]
        on_clock, unreal = clocks[table.name](wall_clock, np.full(len(wall_clock), -1, np.int64))
        twice = np.zeros(len(wall_clock), np.bool_)
        if not (table.utc or wall or zone == "UTC"):
            twice = _repeat(on_clock, wall_clock, zone) > 0
            moments, rows = _of_repeated_hours(measured, table, clocks[table.name], wall_clock[twice])
            stamps.append(moments)
            weights.append(rows)
        stamps.append(on_clock[~unreal & ~twice])
        weights.append(counts[~unreal & ~twice])
    distinct, mass = merged(stamps, weights)
    if not len(distinct):
        raise InputError(Reason("time_never_was", {"value": str(np.datetime64(int(seconds[0]), "s")), "zone": zone}))
    midnight = 0 if wall else -_offset_at(int(np.median(distinct)), zone)
    return find_grid(distinct, mass, period_s, midnight)


def _of_repeated_hours(
    measured: Measurements, table: Table, clock: ToClock, repeated: IntArray
) -> tuple[IntArray, IntArray]:
    """The moments of the rows whose wall-clock stamp comes twice, and how many rows each has."""
    if not len(repeated):
        return repeated, repeated
    rows = measured.session.arrays(
        f"SELECT rowid AS id, t FROM {table.name} WHERE problem = 0 AND list_contains($1::BIGINT[], t)",
        [repeated.tolist()],
    )
    moments, _ = clock(rows["t"].astype(np.int64), rows["id"].astype(np.int64))
    return np.unique(moments, return_counts=True)


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
        for rows in blocks(values.shape):
            part = values[rows]
            part[np.isnan(part) & ~silent] = 0.0
            release([values])
    notes.append(Reason("absent_is_zero"))
    if silent.any():
        notes.append(Reason("periods_not_collected", {"periods": int(silent.sum())}))
