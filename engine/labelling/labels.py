"""Labels as intervals: one row per cell, KPI and span that a person (or the simulator) calls anomalous.

The form is a CSV with the columns `cell, kpi, start_utc, end_utc, kind` (end exclusive, ISO 8601, UTC). `*` as cell
or KPI means all of them. `kind` is free text and means anomalous, but for `missing` and `ignore` (not to be judged, -1)
and `normal` (looked at and found normal). A file without a `normal` row calls everything normal that it does not name;
one with such rows says nothing (-1) of the rest. Where rows overlap the later one counts. Text that a spreadsheet would
run has an apostrophe in front, which is no part of it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.data import Labels, Panel, TimeArray
from engine.errors import InputError, Reason
from engine.monitor import Monitor
from engine.network import side_table
from engine.writing.spreadsheet import text, without_guards

COLUMNS = ("cell", "kpi", "start_utc", "end_utc", "kind")
NOT_JUDGED = ("missing", "ignore")
ANOMALY, NORMAL = "anomaly", "normal"


@dataclass(frozen=True)
class Interval:
    """One labelled span of one cell and KPI, UTC, end exclusive."""

    cell: str
    kpi: str
    start: np.datetime64
    end: np.datetime64
    kind: str


def is_interval_file(path: Path) -> bool:
    """Whether the first line of the file is the header of this form."""
    try:
        with path.open(encoding="utf-8-sig") as stream:
            return next(csv.reader(stream), [])[:4] == list(COLUMNS[:4])
    except (OSError, UnicodeDecodeError, csv.Error):
        return False


def read_labels(path: Path, panel: Panel, monitor: Monitor) -> Labels:
    """The labels of a file on the grid of a panel: intervals, or a data file with a label column.

    Per KPI (C, T) int8: 1 anomalous, 0 normal, -1 not labelled. Raises InputError when nothing in the file fits.
    """
    if is_interval_file(path):
        names = [cell.id for cell in panel.cells]
        return spread(read_intervals(path), names, [k.id for k in panel.kpis], panel.times, panel.period_s)
    from engine import io

    loaded = io.load([path], io.LoadOptions(zone=panel.zone, with_labels=True), monitor)
    if loaded.labels is None:
        raise InputError(Reason("labels_none_in_file", {"file": path.name}))
    labels = aligned(loaded.labels, loaded.panel, panel)
    if not any((of_kpi >= 0).any() for of_kpi in labels.values()):
        raise InputError(Reason("labels_none_in_file", {"file": path.name}))
    return labels


def aligned(labels: Labels, source: Panel, target: Panel) -> Labels:
    """Labels of one panel on the cells, KPIs and times of another; -1 where the source has no such point."""
    rows = {cell.id: i for i, cell in enumerate(source.cells)}
    pairs = [(i, rows[cell.id]) for i, cell in enumerate(target.cells) if cell.id in rows]
    _, to_columns, from_columns = np.intersect1d(target.times, source.times, return_indices=True)
    moved = {}
    for kpi in target.kpis:
        moved[kpi.id] = np.full(target.shape, -1, np.int8)
        if kpi.id in labels:
            for to_row, from_row in pairs:
                moved[kpi.id][to_row, to_columns] = labels[kpi.id][from_row, from_columns]
    return moved


def read_intervals(path: Path) -> tuple[Interval, ...]:
    """The rows of a label file. Raises InputError with line and value for a row that cannot be read."""
    roles = {name: (name,) for name in COLUMNS}
    return tuple(_interval(row, path, line) for line, row in side_table.read(path, roles, "cell"))


def _interval(row: Mapping[str, str], path: Path, line: int) -> Interval:
    try:
        start, end = (np.datetime64(row[name].removesuffix("Z"), "s") for name in ("start_utc", "end_utc"))
    except ValueError as error:
        told = ", ".join(row.values())[:80]
        raise InputError(Reason("labels_row", {"file": path.name, "line": line, "value": told})) from error
    if np.isnat(start) or np.isnat(end) or end <= start:
        raise InputError(Reason("labels_row", {"file": path.name, "line": line, "value": f"{start}..{end}"}))
    cell, kpi, kind = (without_guards(row[name]) for name in ("cell", "kpi", "kind"))
    return Interval(cell, kpi, start, end, kind)


def write_intervals(path: Path, intervals: Iterable[Interval]) -> None:
    """Write a label file that `read_intervals` reads back, and that runs nothing in a spreadsheet."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for i in intervals:
            writer.writerow((text(i.cell), text(i.kpi), f"{i.start}Z", f"{i.end}Z", text(i.kind)))


def spread(
    intervals: Sequence[Interval], cells: Sequence[str], kpis: Sequence[str], times: TimeArray, period_s: int
) -> Labels:
    """Intervals on the grid of a panel: per KPI (C, T) int8, 1 inside an interval, -1 where not to be judged, else 0.

    Where some intervals are called normal, what no interval names is not to be judged. A period is inside when it
    overlaps the interval. Raises InputError when no interval names a known cell and KPI.
    """
    rows = {name: i for i, name in enumerate(cells)}
    rest = -1 if any(interval.kind == NORMAL for interval in intervals) else 0
    labels = {kpi: np.full((len(cells), len(times)), rest, np.int8) for kpi in kpis}
    period = np.timedelta64(period_s, "s")
    matched = 0
    for interval in intervals:
        hit_cells = slice(None) if interval.cell == "*" else rows.get(interval.cell)
        hit_kpis = kpis if interval.kpi == "*" else [k for k in kpis if k == interval.kpi]
        if hit_cells is None:
            continue
        first = int(np.searchsorted(times + period, interval.start, side="right"))
        last = int(np.searchsorted(times, interval.end, side="left"))
        for kpi in hit_kpis:
            matched += 1
            labels[kpi][hit_cells, first:last] = _value(interval.kind)
    if not matched:
        raise InputError(Reason("labels_match_nothing", {"count": len(intervals)}))
    return labels


def _value(kind: str) -> int:
    return -1 if kind in NOT_JUDGED else 0 if kind == NORMAL else 1
