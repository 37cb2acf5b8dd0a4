"""Where the cells of a network are: on its grid or on the globe. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.data import Cell, DoubleArray, IntArray


@dataclass(frozen=True, eq=False)
class Places:
    """Where the cells are: x to the east, y to the north (n,), of the panel's rows `cells` (n,).

    grid: x and y are whole squares of a grid. bearing (n,): where the antenna points, degrees clockwise from north, NaN
    where nobody said. unplaced: how many cells have no position.
    """

    cells: IntArray
    x: DoubleArray
    y: DoubleArray
    grid: bool
    bearing: DoubleArray
    unplaced: int


def places_of(cells: Sequence[Cell]) -> Places:
    """Squares of the grid if more cells have a row and column than a position, else degrees, east-west to scale."""
    squares = [i for i, c in enumerate(cells) if c.row is not None and c.col is not None]
    located = [i for i, c in enumerate(cells) if c.lat is not None and c.lon is not None]
    if squares and len(squares) >= len(located):
        rows = np.array([(cells[i].col, cells[i].row) for i in squares], float)
        nowhere = np.full(len(squares), np.nan)
        return Places(np.array(squares), rows[:, 0], rows[:, 1], True, nowhere, len(cells) - len(squares))
    degrees = np.array([(cells[i].lon, cells[i].lat) for i in located], float).reshape(-1, 2)
    shorter = np.cos(np.radians(degrees[:, 1].mean())) if located else 1.0
    bearing = np.array([np.nan if (known := cells[i].azimuth) is None else known for i in located], float)
    east, north, unplaced = degrees[:, 0] * shorter, degrees[:, 1], len(cells) - len(located)
    return Places(np.array(located, np.int64), east, north, False, bearing, unplaced)
