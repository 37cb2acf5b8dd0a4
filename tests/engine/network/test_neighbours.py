from __future__ import annotations

import numpy as np

from engine.calendar import make_clock
from engine.data import Cell
from engine.network.neighbours import ALIKE, alike, any_around, around


def lists(cells: list[Cell]) -> list[list[int]]:
    return [found.tolist() for found in around(cells)]


def test_a_square_of_a_grid_has_the_eight_around_it() -> None:
    cells = [Cell(str(i), row=i // 4, col=i % 4) for i in range(16)]
    found = lists(cells)
    assert found[5] == [0, 1, 2, 4, 6, 8, 9, 10]
    assert found[0] == [1, 4, 5]


def test_cells_of_a_site_are_neighbours_without_any_place() -> None:
    cells = [Cell("a", site="X"), Cell("b", site="Y"), Cell("c", site="X"), Cell("d")]
    assert lists(cells) == [[2], [], [0], []]


def test_by_distance_the_near_ones_are_neighbours_and_a_far_one_is_alone() -> None:
    cells = [Cell(str(i), lat=45.0 + 0.005 * (i % 3), lon=9.0 + 0.007 * (i // 3)) for i in range(9)]
    found = lists([*cells, Cell("far", lat=46.0, lon=9.0)])
    assert found[4] == [0, 1, 2, 3, 5, 6, 7, 8]
    assert found[9] == []


def test_neighbourhood_is_mutual() -> None:
    rng = np.random.default_rng(2)
    cells = [
        Cell(str(i), site=f"s{i // 3}", lat=float(45 + rng.normal(0, 0.05)), lon=float(9 + rng.normal(0, 0.05)))
        for i in range(60)
    ]
    found = lists(cells)
    assert all(i in found[j] for i, near in enumerate(found) for j in near)
    assert all(i not in near for i, near in enumerate(found))


def test_any_flag_around_is_seen_and_the_own_one_is_not() -> None:
    cells = [Cell(str(i), row=0, col=i) for i in range(4)]
    flags = np.zeros((4, 3), bool)
    flags[1, 2] = True
    seen = any_around(flags, around(cells), range(1, 4))
    assert np.argwhere(seen).tolist() == [[1, 2]]


def test_no_cells_have_no_neighbours() -> None:
    assert around([]) == ()


def test_where_no_place_is_known_cells_of_the_same_usual_course_are_alike_whatever_their_level() -> None:
    times = np.datetime64("2024-01-01", "s") + np.arange(24 * 14) * np.timedelta64(3600, "s")
    clock = make_clock(times, 3600, "UTC")
    office, home = (1 + np.cos(2 * np.pi * (clock.hour - peak) / 24) for peak in (11, 21))
    rng = np.random.default_rng(1)
    level = rng.uniform(10, 1000, (24, 1))
    usual = np.where(np.arange(24)[:, None] % 2, office, home) * level
    usual[5] = np.nan
    usual[6] = 40.0
    found = alike(usual.astype(np.float32), clock)
    assert len(found[0]) == ALIKE
    assert all(cell % 2 == 0 and cell not in (0, 6) for cell in found[0].tolist())
    assert len(found[5]) == len(found[6]) == 0
    assert all(len(one) == 0 for one in alike(usual[7:15].astype(np.float32), clock))
