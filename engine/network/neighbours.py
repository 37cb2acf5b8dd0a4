"""Which cells lie beside each other: by site, by grid, or by distance; and which are alike where no place is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.data import BoolArray, Cell, Clock, DoubleArray, FloatArray, IntArray
from engine.execution.scratch import release

LARGEST_SITE = 24
NEAREST = 8
FARTHEST_M = 5_000.0
CLOSEST_M = 300.0
METRES_PER_DEGREE = 111_320.0
ROWS_AT_ONCE = 512

ALIKE = 8
FEWEST_ALIKE = 12
"""Cells without which the most similar ones need not be similar at all."""

LEAST_CORRELATION = 0.8


def same_site(cells: Sequence[Cell]) -> IntArray:
    """(P, 2) pairs of cells of one site; of a "site" with very many cells each with the next ones only."""
    members: dict[str, list[int]] = {}
    for index, cell in enumerate(cells):
        if cell.site:
            members.setdefault(cell.site, []).append(index)
    pairs = [
        (one, other)
        for site in members.values()
        for place, one in enumerate(site)
        for other in site[place + 1 : place + LARGEST_SITE]
    ]
    return np.array(pairs, np.int64).reshape(-1, 2)


def near(cells: Sequence[Cell]) -> IntArray:
    """(P, 2) pairs of neighbouring cells: the 8 around a square of a grid, or the nearest within some kilometres.

    How near is near follows the network: twice the median distance to the nearest other site, 0.3 to 5 km. Cells
    without a place have no neighbours.
    """
    on_grid = {(c.row, c.col): i for i, c in enumerate(cells) if c.row is not None and c.col is not None}
    if len(on_grid) > 1:
        pairs = [
            (i, on_grid[row + down, col + right])
            for (row, col), i in on_grid.items()
            if row is not None and col is not None
            for down, right in ((0, 1), (1, -1), (1, 0), (1, 1))
            if (row + down, col + right) in on_grid
        ]
        return np.array(pairs, np.int64).reshape(-1, 2)
    placed = np.array([i for i, c in enumerate(cells) if c.lat is not None and c.lon is not None], np.int64)
    if len(placed) < 2:
        return np.zeros((0, 2), np.int64)
    where = _metres(np.array([(cells[i].lat, cells[i].lon) for i in placed], np.float64))
    spots, spot_of = np.unique(np.round(where), axis=0, return_inverse=True)
    if len(spots) < 2:
        return np.stack([placed[:-1], placed[1:]], axis=1)
    from scipy.spatial import cKDTree

    distance, other = cKDTree(spots).query(spots, k=min(NEAREST + 1, len(spots)))
    reach = float(np.clip(2 * np.median(distance[:, 1]), CLOSEST_M, FARTHEST_M))
    members: list[list[int]] = [[] for _ in spots]
    for cell, spot in zip(placed.tolist(), np.ravel(spot_of).tolist(), strict=True):
        members[spot].append(cell)
    found = {
        (min(a, b), max(a, b))
        for i, row in enumerate(other)
        for j, d in zip(row.tolist(), distance[i].tolist(), strict=True)
        if d <= reach
        for a in members[i]
        for b in members[j]
        if a != b
    }
    return np.array(sorted(found), np.int64).reshape(-1, 2)


def around(cells: Sequence[Cell]) -> tuple[IntArray, ...]:
    """Per cell the indices of the cells of its site and of its neighbours, ascending; empty where no place is known."""
    pairs = np.concatenate([same_site(cells), near(cells)])
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = np.unique(both, axis=0)
    edges = np.searchsorted(both[:, 0], np.arange(len(cells) + 1))
    return tuple(both[edges[i] : edges[i + 1], 1] for i in range(len(cells)))


def alike(usual: FloatArray, clock: Clock) -> tuple[IntArray, ...]:
    """Per cell the `ALIKE` cells whose usual course of a working day and a day off is most similar, ascending.

    usual (C, T): what is expected, NaN = unknown. Similar means a correlation of at least `LEAST_CORRELATION` of the
    hourly courses, whatever their level (Parwez et al. 2017 compare cells by their hourly activity); empty where no
    cell is, and for all cells if there are fewer than `FEWEST_ALIKE`.
    """
    none = np.zeros(0, np.int64)
    slot = clock.hour + 24 * (clock.weekend | clock.holiday)
    slots = [np.flatnonzero(slot == s) for s in np.unique(slot)]
    course = np.empty((len(usual), len(slots)))
    for first in range(0, len(usual), ROWS_AT_ONCE):
        part = usual[first : first + ROWS_AT_ONCE]
        there = np.isfinite(part)
        known = np.where(there, part, 0.0)
        for place, at in enumerate(slots):
            total = known[:, at].sum(axis=1, dtype=np.float64)
            course[first : first + ROWS_AT_ONCE, place] = total / np.maximum(there[:, at].sum(axis=1), 1)
        release([usual])
    course -= course.mean(axis=1, keepdims=True)
    length = np.sqrt(np.square(course).sum(axis=1))
    rows = np.flatnonzero(length > 1e-9)
    if len(rows) < FEWEST_ALIKE:
        return (none,) * len(usual)
    from scipy.spatial import cKDTree

    unit = course[rows] / length[rows, None]
    distance, other = cKDTree(unit).query(unit, k=ALIKE + 1)
    reach = np.sqrt(2 * (1 - LEAST_CORRELATION))  # between vectors of length 1
    found = [none] * len(usual)
    for place, row in enumerate(rows.tolist()):
        near_enough = other[place][(distance[place] <= reach) & (other[place] != place)]
        found[row] = np.sort(rows[near_enough[:ALIKE]])
    return tuple(found)


def any_around(flags: BoolArray, neighbours: Sequence[IntArray], rows: range) -> BoolArray:
    """(len(rows), T): where any neighbour of those cells has its flag (C, T) set."""
    found = np.zeros((len(rows), flags.shape[1]), bool)
    for place, row in enumerate(rows):
        if len(neighbours[row]):
            np.any(flags[neighbours[row]], axis=0, out=found[place])
    return found


def _metres(degrees: DoubleArray) -> DoubleArray:
    """(N, 2) latitude and longitude in degrees as metres north and east."""
    scale = np.array([1.0, np.cos(np.radians(degrees[:, 0].mean()))])
    return np.asarray(degrees * METRES_PER_DEGREE * scale)
