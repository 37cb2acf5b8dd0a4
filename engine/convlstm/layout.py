"""Where cells lie on the map that a ConvLSTM of the grid family looks at: a square each, neighbours beside each other.

Squares of a regular grid stay where they are. Anything else (sites with coordinates, sectors that share a mast, squares
picked from all over a city) is laid out so that every cell has a square of its own: cut into strips from south to
north, each strip sorted from west to east. Distances are lost by that, who lies near whom is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.data import Cell, DoubleArray, FloatArray, IntArray

FEWEST_CELLS = 9
"""Cells with a known place below which there is no map to speak of."""

LEAST_FILLED = 0.5
"""Share of the squares of a regular grid that must hold a cell for its rows and columns to be taken as they are."""


@dataclass(frozen=True, eq=False)
class Layout:
    """The square of every cell. row, col (C,): -1 where the place is unknown; height, width: the size of the map."""

    row: IntArray
    col: IntArray
    height: int
    width: int

    @property
    def placed(self) -> IntArray:
        """The indices of the cells that have a square."""
        return np.flatnonzero(self.row >= 0)

    def on_map(self, values: FloatArray) -> FloatArray:
        """(n, H, W) of values (C, n): NaN where there is no cell."""
        out = np.full((values.shape[1], self.height, self.width), np.nan, np.float32)
        placed = self.placed
        out[:, self.row[placed], self.col[placed]] = values[placed].T
        return out

    def by_cell(self, maps: FloatArray) -> FloatArray:
        """(C, n) of maps (n, H, W): NaN for cells without a square."""
        out = np.full((len(self.row), len(maps)), np.nan, np.float32)
        placed = self.placed
        out[placed] = maps[:, self.row[placed], self.col[placed]].T
        return out


def lay_out(cells: Sequence[Cell]) -> Layout | None:
    """The map of some cells; None when fewer than `FEWEST_CELLS` of them have a known place."""
    on_grid = [i for i, c in enumerate(cells) if c.row is not None and c.col is not None]
    on_globe = [i for i, c in enumerate(cells) if c.lat is not None and c.lon is not None]
    chosen = on_grid if len(on_grid) >= len(on_globe) else on_globe
    if len(chosen) < FEWEST_CELLS:
        return None
    row, col = np.full((2, len(cells)), -1, np.int64)
    if chosen is on_grid:
        where = np.array([(cells[i].row, cells[i].col) for i in chosen], np.float64)
        squares = (where - where.min(axis=0)).astype(np.int64)
        height, width = (squares.max(axis=0) + 1).tolist()
        if len(np.unique(squares, axis=0)) == len(chosen) >= LEAST_FILLED * height * width:
            row[chosen], col[chosen] = squares.T
            return Layout(row, col, height, width)
    else:
        degrees = np.array([(cells[i].lat, cells[i].lon) for i in chosen], np.float64)
        where = degrees * [1.0, np.cos(np.radians(degrees[:, 0].mean()))]
    strips = _strips(where, [cells[i].id for i in chosen])
    for number, strip in enumerate(strips):
        for place, member in enumerate(strip):
            row[chosen[member]], col[chosen[member]] = number, place
    return Layout(row, col, len(strips), max(len(strip) for strip in strips))


def _strips(where: DoubleArray, names: Sequence[str]) -> list[list[int]]:
    """The places (N, 2), north and east, cut into strips of equal numbers from south to north, each west to east."""
    count = len(where)
    north, east = np.maximum(np.ptp(where, axis=0), 1e-12)
    number = int(np.clip(round(np.sqrt(count * min(max(north / east, 0.25), 4.0))), 1, count))
    upward = sorted(range(count), key=lambda i: (where[i, 0], where[i, 1], names[i]))
    return [
        sorted(map(int, strip), key=lambda i: (where[i, 1], where[i, 0], names[i]))
        for strip in np.array_split(np.array(upward), number)
    ]
