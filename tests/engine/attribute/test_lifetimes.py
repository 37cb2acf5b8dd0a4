from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from engine.data import Cause, Cell
from tests.engine.attribute.scene import COUNTS, KPIS, Network, words

DAY = 24
END = 21 * DAY
ALL = [kpi.id for kpi in KPIS]


def empty(network: Network, cells: Sequence[int], start: int, stop: int, value: float = np.nan) -> Network:
    """Write what is not anomalous: nothing yet."""
    for kpi in ALL:
        network.values[kpi][list(cells), start:stop] = value
    return network


def cause(causes: Sequence[Cause], kind: str) -> Cause:
    return next(c for c in causes if c.kind == kind)


def weight(causes: Sequence[Cause], kind: str) -> float:
    return sum(c.weight for c in causes if c.kind == kind)


@pytest.mark.parametrize("before", [np.nan, 0.0], ids=["nothing before", "zeros before"])
def test_a_cell_with_its_first_values_is_a_new_cell(before: float) -> None:
    begin = 10 * DAY + 6
    network = empty(Network(), (37,), 0, begin, before).change(COUNTS, (37,), begin, begin + 30, 0.2)
    first = network.causes()[0]
    assert first.kind == "new_cell"
    assert words(first) == "New cell: first values on Thu 12 Jan 06:00."


def test_what_is_odd_in_the_first_days_of_a_cell_may_be_that_its_usual_is_not_known() -> None:
    begin = 10 * DAY
    network = empty(Network(), (37,), 0, begin).change(COUNTS, (37,), begin + 4 * DAY, begin + 4 * DAY + 10, 0.35)
    causes = network.causes()
    assert "first values on Thu 12 Jan 00:00, 4 d before. What is usual" in words(cause(causes, "new_cell"))
    down = empty(Network(), (37,), 0, begin).put(COUNTS, (37,), begin + 4 * DAY, begin + 4 * DAY + 10, 0.0).causes()
    assert down[0].kind == "outage"
    late = empty(Network(), (37,), 0, DAY * 3).change(COUNTS, (37,), 18 * DAY, 18 * DAY + 10, 0.35).causes()
    assert "new_cell" not in [c.kind for c in late]


def test_where_all_cells_begin_nobody_is_new() -> None:
    begin = 10 * DAY
    network = empty(Network(), range(75), 0, begin).change(COUNTS, (37,), begin, begin + 30, 0.2)
    assert "new_cell" not in [c.kind for c in network.causes()]


@pytest.mark.parametrize(
    ("days", "first"), [(2, "data_fault"), (4, "data_fault"), (12, "decommissioned")], ids=["two", "four", "twelve"]
)
def test_the_longer_nothing_comes_the_less_it_is_a_fault(days: int, first: str) -> None:
    causes = Network().put(ALL, (37,), END - days * DAY, END, np.nan).causes()
    assert causes[0].kind == first
    assert weight(causes, "outage") > weight(causes, "decommissioned") or days > 2
    if days == 2:
        assert "decommissioned" not in [c.kind for c in causes]
    else:
        told = f"to the end of the data, for {days} d, while other cells go on."
        assert told in words(cause(causes, "decommissioned"))


def test_zeros_to_the_end_are_an_outage_first() -> None:
    causes = Network().put(COUNTS, (37,), END - 10 * DAY, END, 0.0).causes()
    assert [c.kind for c in causes[:2]] == ["outage", "decommissioned"]


def test_a_cell_that_comes_back_was_not_taken_out_of_service() -> None:
    causes = Network().put(ALL, (37,), END - 10 * DAY, END - DAY, np.nan).causes()
    assert "decommissioned" not in [c.kind for c in causes]


def test_data_that_end_for_most_cells_take_nobody_out_of_service() -> None:
    network = Network().put(ALL, range(50), END - 10 * DAY, END, np.nan)
    assert "decommissioned" not in [c.kind for incident in network.explained() for c in incident.causes]


def test_another_cell_that_begins_at_the_same_site_may_be_its_new_name() -> None:
    stop = END - 4 * DAY
    network = empty(Network(), (38,), 0, stop + 5).put(ALL, (37,), stop, END, np.nan)
    first = network.causes()[0]
    assert first.kind == "decommissioned"
    assert "S12-C, at the same site, began about then: it may have been renamed to that." in words(first)
    later = empty(Network(), (38,), 0, stop + 48).put(ALL, (37,), stop, END, np.nan).causes()
    assert "renamed" not in words(cause(later, "decommissioned"))
    elsewhere = empty(Network(), (50,), 0, stop + 5).put(ALL, (37,), stop, END, np.nan).causes()
    assert "renamed" not in words(cause(elsewhere, "decommissioned"))


def test_cells_without_a_site_are_at_the_same_site_where_they_stand_at_one_place() -> None:
    stop = END - 4 * DAY
    network = empty(Network(), (38,), 0, stop + 5).put(ALL, (37,), stop, END, np.nan)
    network.cells = tuple(replace(cell, site="") for cell in network.cells)
    assert "S12-C, at the same site," in words(cause(network.causes(), "decommissioned"))
    network.cells = tuple(Cell(cell.id) for cell in network.cells)
    assert "renamed" not in words(cause(network.causes(), "decommissioned"))


def test_a_new_cell_may_be_one_that_stopped_with_a_new_name() -> None:
    begin = END - 5 * DAY
    network = empty(Network(), (38,), 0, begin).change(COUNTS, (38,), begin, begin + 30, 0.2)
    network = empty(network, (37,), begin + 3, END)
    first = network.causes()[0]
    assert first.kind == "new_cell"
    assert "S12-B, at the same site, stopped about then: it may be that with a new name." in words(first)


def test_what_a_new_cell_carries_on_top_is_hardly_taken_over() -> None:
    noon = 14 * DAY + 12
    network = empty(Network(), (36,), 0, 10 * DAY).put(COUNTS, (37,), noon, noon + 8, 0.0)
    found = network.change(COUNTS, (36,), noon, noon + 8, 1.5).explained()
    causes = next(incident.causes for incident in found if incident.cells == (36,))
    assert "Against it: New cell: first values on Thu 12 Jan 00:00" in words(cause(causes, "takeover"))
