from __future__ import annotations

import numpy as np
import pytest

from engine.data import Cause, Cell, Incident
from tests.engine.attribute.scene import COUNTS, Network, words

NOON = 24 * 9 + 12
LOST, TAKING, FAR = 37, 36, 0
"""S12-B, its co-site S12-A, and a cell 1.8 km off, which is no neighbour."""


def failing(start: int, stop: int, left: float = 0.0) -> Network:
    return Network().change(COUNTS, (LOST,), start, stop, left)


def cause_of(network: Network, cell: int) -> Cause:
    """The first cause of the one incident of a cell."""
    (only,) = _of(network, cell)
    return only.causes[0]


def _of(network: Network, cell: int) -> list[Incident]:
    return [incident for incident in network.explained() if cell in incident.cells]


def test_a_rise_within_the_loss_of_a_neighbour_is_its_traffic() -> None:
    network = failing(NOON, NOON + 8, 0.1).change(COUNTS, (TAKING,), NOON + 1, NOON + 8, 1.7)
    first = cause_of(network, TAKING)
    assert first.kind == "takeover"
    assert first.weight > 0.8
    assert words(first).startswith("It takes over traffic of S12-B, which fell to 10 % of what was expected. data_mb: ")
    assert " more than expected here, " in words(first)
    assert cause_of(network, LOST).kind == "sleeping_cell"


def test_a_load_that_rises_alone_is_told_by_the_traffic_that_came() -> None:
    network = failing(NOON, NOON + 8)
    for kpi in COUNTS:
        network.values[kpi][TAKING, NOON : NOON + 8] *= np.float32(1.6)
    first = cause_of(network.change(("prb_utilisation",), (TAKING,), NOON, NOON + 8, 1.6), TAKING)
    assert first.kind == "takeover"


@pytest.mark.parametrize(
    ("start", "stop"),
    [(NOON - 1, NOON + 9), (NOON, NOON + 8), (NOON + 1, NOON + 7)],
    ids=["a period around it", "as long", "a period within it"],
)
def test_a_period_more_or_less_makes_no_difference(start: int, stop: int) -> None:
    network = failing(NOON, NOON + 8).change(COUNTS, (TAKING,), start, stop, 1.7)
    assert cause_of(network, TAKING).kind == "takeover"


@pytest.mark.parametrize(
    ("start", "stop", "rise"),
    [(NOON - 3, NOON + 8, 1.7), (NOON, NOON + 11, 1.7), (NOON, NOON + 8, 2.5)],
    ids=["begins before it", "ends after it", "more than was lost"],
)
def test_demand_of_its_own_is_not_taken_over(start: int, stop: int, rise: float) -> None:
    network = failing(NOON, NOON + 8).change(COUNTS, (TAKING,), start, stop, rise)
    assert "takeover" not in [cause.kind for cause in _of(network, TAKING)[0].causes]


def test_a_crowd_in_the_middle_of_an_outage_is_none_of_its_traffic() -> None:
    outage = slice(NOON - 12, NOON + 12)
    network = failing(outage.start, outage.stop).change(COUNTS, (TAKING,), NOON, NOON + 3, 1.7)
    assert cause_of(network, TAKING).kind == "surge"
    for kpi in COUNTS:
        network.values[kpi][TAKING, outage] = 1.7 * network.expected[kpi][TAKING, outage]
    assert cause_of(network, TAKING).kind == "takeover"


def test_what_was_there_before_the_loss_did_not_come_with_it() -> None:
    """A load that grew for days is noticed again while a neighbour is down."""
    network = failing(NOON, NOON + 8).change(COUNTS, (TAKING,), NOON, NOON + 8, 1.6)
    for kpi in COUNTS:
        network.values[kpi][TAKING, NOON - 48 : NOON] *= np.float32(1.5)
    assert "takeover" not in [cause.kind for cause in _of(network, TAKING)[0].causes]


def test_a_gauge_that_rises_with_usual_traffic_is_no_traffic_of_others() -> None:
    network = failing(NOON, NOON + 8)
    for kpi in COUNTS:
        network.values[kpi][TAKING, NOON : NOON + 8] *= np.float32(1.04)
    network.change(("prb_utilisation",), (TAKING,), NOON, NOON + 8, 1.6)
    assert "takeover" not in [cause.kind for cause in _of(network, TAKING)[0].causes]


def test_cells_that_are_no_neighbours_take_over_nothing() -> None:
    network = failing(NOON, NOON + 8).change(COUNTS, (FAR,), NOON, NOON + 8, 1.7)
    assert cause_of(network, FAR).kind == "surge"
    network = failing(NOON, NOON + 8).change(COUNTS, (TAKING,), NOON, NOON + 8, 1.7)
    network.cells = tuple(Cell(cell.id) for cell in network.cells)
    assert cause_of(network, TAKING).kind == "surge"


def test_a_neighbour_that_lost_a_third_of_its_traffic_is_not_missed() -> None:
    network = failing(NOON, NOON + 8, 0.65).change(COUNTS, (TAKING,), NOON, NOON + 8, 1.3)
    assert cause_of(network, TAKING).kind == "surge"


def test_a_neighbour_that_is_not_reported_at_all_lost_all_of_it() -> None:
    network = Network().put(COUNTS, (LOST,), NOON, NOON + 8, np.nan)
    first = cause_of(network.change(COUNTS, (TAKING,), NOON, NOON + 8, 1.7), TAKING)
    assert first.kind == "takeover"
    assert "S12-B, which fell to 0 % of" in words(first)


def test_several_cells_that_lost_their_traffic_are_named_the_worst_first() -> None:
    network = Network().change(COUNTS, (37,), NOON, NOON + 8, 0.4).change(COUNTS, (38,), NOON, NOON + 8, 0.05)
    first = cause_of(network.change(COUNTS, (TAKING,), NOON, NOON + 8, 1.7), TAKING)
    assert "It takes over traffic of S12-C, S12-B, which fell to 23 %" in words(first)


def test_neighbours_that_take_over_are_no_sign_of_a_failure_that_they_share() -> None:
    """Both co-site cells are anomalous with the one that sleeps: they carry what it lost."""
    network = failing(NOON, NOON + 20, 0.1).change(COUNTS, (36, 38), NOON, NOON + 20, 1.4)
    network.cells = tuple(Cell(cell.id, site=cell.site) for cell in network.cells)
    first = cause_of(network, LOST)
    assert first.kind == "sleeping_cell"
    assert "The neighbouring cells carry 141 % of what is expected of them: they take over." in words(first)
    assert "Against it: 2 of 2 neighbouring cells" not in words(first)
