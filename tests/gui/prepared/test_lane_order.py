"""The order of the lanes, and which are shown."""

from __future__ import annotations

import re

import numpy as np
import pytest

from engine.data import Cell
from gui.prepared.lane_order import ORDERS, LaneNames, count_incidents, endless, order_lanes
from gui.prepared.lane_rows import LaneRows
from tests.engine.result_factory import make_result

CELLS = (
    Cell("c0", "Delta", "S2"),
    Cell("c1", "", "S1"),
    Cell("c2", "alpha", ""),
    Cell("c3", "Bravo", "s1"),
    Cell("c4", "charlie", "S2"),
)
NAMES = LaneNames.of(CELLS)

# (cell, start, stop, rank): 0 = critical; c0 long ago, c3 and c4 at 50, c1 never
ANOMALIES = [(0, 0, 10, 0), (2, 30, 31, 3), (3, 50, 60, 2), (4, 48, 52, 1)]


def rows() -> LaneRows:
    table = np.array([(*a, n) for n, a in enumerate(ANOMALIES)], np.int64)
    cell, start, stop, rank, ids = table.T
    return LaneRows(np.searchsorted(cell, np.arange(len(CELLS) + 1)), cell, start, stop, rank, ids, start, stop)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("worst", [0, 4, 3, 2, 1]),
        ("view", [4, 3, 0, 2, 1]),
        ("moment", [2, 0, 4, 3, 1]),
        ("incidents", [3, 0, 4, 2, 1]),
        ("name", [2, 3, 1, 4, 0]),
        ("site", [3, 1, 4, 0, 2]),
    ],
)
def test_orders(name: str, wanted: list[int]) -> None:
    counts = np.array([2, 0, 1, 5, 2])
    assert order_lanes(name, rows(), NAMES, (45, 70), (30, 31), counts).tolist() == wanted


@pytest.mark.parametrize(
    ("text", "place"),
    [("(a+)+$", 0), (r"x(\w*b){3}", 1), ("^(a|b+)*$", 1), ("(ab)+c*", None), (r"(\d+)$", None), (r"\(a+\)+", None)],
)
def test_a_repeat_within_a_repeat_is_known_before_it_is_looked_for(text: str, place: int | None) -> None:
    assert endless(text) == place


def test_numbers_in_names_sort_as_numbers() -> None:
    cells = [Cell(name, name, "") for name in ("Site 10 B", "site 2 A", "Site 2 B", "Site 1")]
    assert np.argsort(LaneNames.of(cells).names, kind="stable").tolist() == [3, 1, 2, 0]


@pytest.mark.parametrize("name", ORDERS)
def test_every_order_has_every_lane_once_even_with_nothing_selected_or_found(name: str) -> None:
    nothing = LaneRows.of((), (), len(CELLS))
    for found in (rows(), nothing):
        order = order_lanes(name, found, NAMES, (0, 0), None, np.zeros(len(CELLS), np.int64))
        assert sorted(order.tolist()) == [0, 1, 2, 3, 4]
    assert order_lanes("moment", rows(), NAMES, (0, 1), None).tolist() == [0, 4, 3, 2, 1]


def test_an_expression_is_looked_for_in_name_id_and_site() -> None:
    def found(expression: str) -> list[int]:
        return np.flatnonzero(NAMES.matching(re.compile(expression, re.IGNORECASE | re.MULTILINE))).tolist()

    assert found("^s1$") == [1, 3]
    assert found("^b") == [3]
    assert found("alpha|c4") == [2, 4]
    assert found("c") == [0, 1, 2, 3, 4]


def test_incidents_are_counted_by_severity_and_kpi() -> None:
    result = make_result(cells=6, anomalies=30)
    of_cell = [[i for i in result.incidents if cell in i.cells] for cell in range(6)]
    everything = count_incidents(of_cell, frozenset(range(4)), "")
    assert everything.tolist() == [len(mine) for mine in of_cell]
    critical = count_incidents(of_cell, frozenset({0}), "calls")
    assert critical.tolist() == [sum(i.severity == "critical" and "calls" in i.kpis for i in mine) for mine in of_cell]


def test_only_some_severities_leave_all_cells() -> None:
    grave = rows().only(frozenset({0, 1}))
    assert grave.cell.tolist() == [0, 4]
    assert len(grave.first) == len(CELLS) + 1
    assert grave.at(4, 48, 49) == 3
    assert grave.at(3, 50, 51) is None
