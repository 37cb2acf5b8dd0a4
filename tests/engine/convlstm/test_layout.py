from __future__ import annotations

from itertools import pairwise

import numpy as np

from engine import simulate
from engine.convlstm.layout import FEWEST_CELLS, lay_out
from engine.data import Cell


def test_squares_of_a_regular_grid_stay_where_they_are():
    cells = [Cell(f"{r}-{c}", row=40 + r, col=7 + c) for r in range(4) for c in range(5) if (r, c) != (1, 2)]
    layout = lay_out(cells)
    assert (layout.height, layout.width) == (4, 5)
    for cell, row, col in zip(cells, layout.row, layout.col, strict=True):
        assert (row, col) == (cell.row - 40, cell.col - 7)


def test_squares_picked_from_all_over_a_city_move_together_in_order():
    cells = [Cell(str(n), row=n // 100, col=n % 100) for n in range(0, 10_000, 311)]
    layout = lay_out(cells)
    assert layout.height * layout.width <= 2 * len(cells)
    order = np.argsort(layout.row, kind="stable")
    strips = [{cells[i].row for i in order if layout.row[i] == row} for row in range(layout.height)]
    assert all(max(low) <= min(high) for low, high in pairwise(strips))


def test_every_sector_of_every_site_has_a_square_of_its_own_beside_its_site():
    cells = simulate.city(cells=75, days=1, seed=3, kpis=("calls",)).panel.cells
    layout = lay_out(cells)
    squares = set(zip(layout.row.tolist(), layout.col.tolist(), strict=True))
    assert len(squares) == len(cells)
    apart = [
        abs(layout.row[i] - layout.row[j]) + abs(layout.col[i] - layout.col[j])
        for i in range(len(cells))
        for j in range(i)
        if cells[i].site == cells[j].site
    ]
    anyone = [
        abs(layout.row[i] - layout.row[j]) + abs(layout.col[i] - layout.col[j])
        for i in range(len(cells))
        for j in range(i)
    ]
    assert np.mean(apart) < 0.5 * np.mean(anyone)


def test_the_order_of_the_cells_does_not_matter():
    cells = simulate.city(cells=30, days=1, seed=4, kpis=("calls",)).panel.cells
    there, back = lay_out(cells), lay_out(cells[::-1])
    np.testing.assert_array_equal(there.row, back.row[::-1])
    np.testing.assert_array_equal(there.col, back.col[::-1])


def test_cells_without_a_place_are_on_no_map_and_too_few_make_none():
    placed = [Cell(str(n), lat=45.0 + n * 0.01, lon=9.0) for n in range(FEWEST_CELLS)]
    layout = lay_out([Cell("nowhere"), *placed])
    assert layout.row[0] == -1
    assert lay_out(placed[1:]) is None
    values = np.arange(2 * (FEWEST_CELLS + 1), dtype=np.float32).reshape(-1, 2)
    back = layout.by_cell(layout.on_map(values))
    assert np.isnan(back[0]).all()
    np.testing.assert_array_equal(back[1:], values[1:])
