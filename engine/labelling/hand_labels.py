"""Labels drawn by a person: rows of single series that lie over the labels which came with the data.

A label is 1 (anomalous), 0 (normal) or -1 (nobody has said). Only the series that somebody drew in are held as rows, so
that drawing in a network of ten thousand cells costs the length of one series; `known` puts both together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from engine.data import Labels, Panel
from engine.execution import scratch
from engine.labelling.labels import ANOMALY, NORMAL, Interval
from engine.numerics.runs import find_runs

LabelRow: TypeAlias = npt.NDArray[np.int8]
"""(T,): 1, 0 or -1 per period."""
HandRows: TypeAlias = Mapping[tuple[str, int], LabelRow]
"""By KPI id and row of the panel: the labels of that series, whole."""


def known(panel: Panel, labels: Labels | None, hand: HandRows) -> Labels | None:
    """What is labelled in a panel, per KPI of it (C, T) int8; None where nobody has said anything.

    labels: what came with the data, left as it is; KPIs that it lacks are not labelled. Raises OutputError when there
    is no room for the labels of a large network.
    """
    if labels is None and not any((row >= 0).any() for row in hand.values()):
        return None
    found: dict[str, npt.NDArray[np.int8]] = {}
    for kpi in panel.kpis:
        given = None if labels is None else labels.get(kpi.id)
        drawn = {cell: row for (name, cell), row in hand.items() if name == kpi.id}
        if not drawn:
            found[kpi.id] = np.broadcast_to(np.int8(-1), panel.shape) if given is None else given
            continue
        found[kpi.id] = whole = scratch.allocate_of(np.int8, panel.shape, -1)
        if given is not None:
            whole[:] = given
        for cell, row in drawn.items():
            whole[cell] = row
    return found


def on_longer_grid(hand: HandRows, shift: int, periods: int, labels: Labels | None = None) -> HandRows:
    """The rows on a grid of so many periods that begins `shift` periods earlier.

    What is new is labelled as in `labels`, which are on that grid. Rows that have that length are handed on as they
    are.
    """
    placed = {}
    for series, row in hand.items():
        if len(row) == periods:
            placed[series] = row
            continue
        kpi, cell = series
        given = None if labels is None else labels.get(kpi)
        placed[series] = np.full(periods, -1, np.int8) if given is None else given[cell].copy()
        placed[series][shift : shift + len(row)] = row
    return placed


def all_on_longer_grid(labels: Labels, shift: int, shape: tuple[int, int]) -> Labels:
    """Labels on a grid (cells, periods) that begins `shift` periods earlier; the cells that were there come first.

    What is new is not labelled; labels of that shape are handed on as they are.
    """
    placed = {}
    for kpi, given in labels.items():
        if given.shape == shape:
            placed[kpi] = given
            continue
        placed[kpi] = np.full(shape, -1, np.int8)
        placed[kpi][: given.shape[0], shift : shift + given.shape[1]] = given
    return placed


def row_of(panel: Panel, labels: Labels | None, hand: HandRows, kpi: str, cell: int) -> LabelRow:
    """The labels of one series; not to be written to."""
    drawn = hand.get((kpi, cell))
    if drawn is not None:
        return drawn
    if labels is not None and kpi in labels:
        given: LabelRow = labels[kpi][cell]
        return given
    return np.full(panel.shape[1], -1, np.int8)


def intervals(panel: Panel, labels: Labels) -> tuple[Interval, ...]:
    """The labels of a panel as a file of labels has them, so that reading it back gives the same.

    A file without a normal stretch calls everything normal that it does not name, so where none is there the first
    row says that the rest is not to be judged.
    """
    step = np.timedelta64(panel.period_s, "s")
    edges = np.concatenate([panel.times, panel.times[-1:] + step])
    found = []
    for kpi in panel.kpis:
        if kpi.id not in labels:
            continue
        for value, kind in ((1, ANOMALY), (0, NORMAL)):
            runs = find_runs(labels[kpi.id] == value)
            places = zip(runs.cell.tolist(), runs.start.tolist(), runs.stop.tolist(), strict=True)
            found += [
                Interval(panel.cells[cell].id, kpi.id, edges[start], edges[stop], kind) for cell, start, stop in places
            ]
    found.sort(key=lambda one: (one.cell, one.kpi, one.start))
    if found and not any(one.kind == NORMAL for one in found):
        found.insert(0, Interval("*", "*", edges[0], edges[-1], "ignore"))
    return tuple(found)


def moved_edge(row: LabelRow, edge: int, to: int) -> LabelRow:
    """The row with the border between two stretches moved from `edge` to `to`.

    The stretch on either side keeps one period at least; borders of stretches that lie further away stay.
    """
    before, after = edge - 1, edge
    borders = np.concatenate([[0], np.flatnonzero(row[1:] != row[:-1]) + 1, [len(row)]])
    place = int(np.searchsorted(borders, edge))
    low = 0 if edge == 0 else int(borders[place - 1]) + (1 if row[before] >= 0 else 0)
    high = len(row) if edge == len(row) else int(borders[place + 1]) - (1 if row[after] >= 0 else 0)
    to = min(max(to, low), high)
    changed = row.copy()
    if to > edge:
        changed[edge:to] = row[before] if edge > 0 else -1
    else:
        changed[to:edge] = row[after] if edge < len(row) else -1
    return changed
