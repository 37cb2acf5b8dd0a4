"""What is said for a cause is true of the cells, the KPIs and the hours that it is said of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from engine.attribute.extent import extent_of
from engine.attribute.statements import neighbours_too, percent
from engine.attribute.surroundings import Surroundings
from engine.data import Cause, Cell, Direction, Kpi, KpiKind
from engine.text import say
from tests.engine.attribute.scene import COUNTS, KPIS, Network, words

NOON = 24 * 9 + 12
ALL = range(75)


def cause(causes: Sequence[Cause], kind: str) -> Cause:
    return next(c for c in causes if c.kind == kind)


def holiday() -> tuple[Network, int]:
    """A network with 25 April in it, and the first hour of that."""
    return Network(country="IT", start="2025-04-14"), 24 * 11


def test_a_holiday_that_all_cells_show_is_the_calendar_and_no_failure_of_an_area() -> None:
    network, first = holiday()
    causes = network.change(COUNTS, ALL, first, first + 24, 0.55).causes()
    assert causes[0].kind == "calendar"
    assert "All of the data show it. It lasted as long as the holiday." in words(causes[0])
    usual = Network().change(COUNTS, ALL, NOON, NOON + 24, 0.55).causes()
    assert usual[0].kind == "area_failure"


def test_a_few_cells_that_fall_with_the_whole_network_on_a_holiday_are_no_failed_area() -> None:
    network, first = holiday()
    for kpi in COUNTS:
        network.values[kpi][:, first : first + 24] *= np.float32(0.7)
    causes = network.change(COUNTS, (37, 40), first, first + 1, 0.55).causes()
    assert causes[0].kind == "calendar"
    assert "The rest of the network carries 70 % of what was expected." in words(causes[0])


def test_an_area_that_fails_on_a_holiday_is_still_one() -> None:
    network, first = holiday()
    for kpi in COUNTS:
        network.values[kpi][:, first : first + 24] *= np.float32(0.75)
    causes = network.change(COUNTS, range(33, 42), first + 9, first + 12, 0.1).causes()
    assert causes[0].kind == "area_failure"


def test_single_sectors_of_two_sites_are_hardly_an_area() -> None:
    whole = Network().change(COUNTS, range(36, 42), NOON, NOON + 3, 0.3).causes()
    sectors = Network().change(COUNTS, (36, 39), NOON, NOON + 3, 0.3).causes()
    assert "Against it: These are 2 of the 6 cells of their sites." in words(cause(sectors, "area_failure"))
    assert cause(sectors, "area_failure").weight < cause(whole, "area_failure").weight


def test_a_neighbour_of_poor_quality_makes_no_area_of_the_site_that_is_down() -> None:
    network = Network().put(COUNTS, (36, 37, 38), NOON, NOON + 6, 0.0)
    causes = network.put(("drop_rate",), (39,), NOON, NOON + 6, 5.0).causes()
    assert causes[0].kind == "outage"
    assert "3 cells, all of site S12." in words(causes[0])
    assert "drop_rate" not in words(causes[0])
    assert "area_failure" not in [c.kind for c in causes]


def test_cells_of_no_known_site_are_not_told_as_sites() -> None:
    network = Network()
    network.cells = tuple(Cell(cell.id) for cell in network.cells)
    causes = network.change(COUNTS, range(12), NOON, NOON + 4, 0.3).causes()
    told = " ".join(words(c) for c in causes)
    assert "12 cells at the same time." in told
    assert "sites" not in told


def test_squares_of_a_grid_are_places_and_cells_of_no_place_are_none() -> None:
    cells = (Cell("a", row=1, col=1), Cell("b", row=1, col=2), Cell("c"), Cell("d", site="S"), Cell("e", site="S"))
    anomalies = Network().change(("calls",), range(5), NOON, NOON + 2, 0.3).result().anomalies
    extent = extent_of(anomalies, cells, {"S": 3})
    assert (extent.cells, extent.places, extent.apart, extent.sites, extent.site) == ((0, 1, 2, 3, 4), 3, 1, 1, "")
    assert extent.all_of_sites == 3


def test_traffic_is_not_usual_where_one_of_two_cells_has_hardly_any() -> None:
    both = Network().put(("drop_rate",), (36, 37), NOON, NOON + 5, 4.0)
    assert "Traffic stayed as usual." in words(both.causes()[0])
    for kpi in COUNTS:
        both.values[kpi][36, NOON : NOON + 5] *= np.float32(0.05)
        both.values[kpi][37, NOON : NOON + 5] *= np.float32(1.6)
    assert "Traffic stayed as usual." not in " ".join(words(c) for c in both.causes())


def test_ratios_of_nothing_are_not_missing() -> None:
    network = Network().put(COUNTS, (36, 37, 38), NOON, NOON + 4, 0.0)
    for kpi in ("drop_rate", "prb_utilisation"):
        network.values[kpi][36:39, NOON : NOON + 4] = np.nan
    causes = network.causes()
    assert causes[0].kind == "outage"
    assert "data_fault" not in [c.kind for c in causes]


def test_what_a_cell_never_measures_is_not_missing() -> None:
    network = Network().change(("calls", "sms"), (37,), NOON, NOON + 4, 0.1)
    for kpi in ("data_mb", "prb_utilisation", "drop_rate"):
        network.values[kpi][37] = np.nan
    assert "data_fault" not in [c.kind for c in network.causes()]


def test_a_cell_that_vanished_may_be_down_as_well_as_not_collected() -> None:
    causes = Network().put([k.id for k in KPIS], (37,), NOON, NOON + 6, np.nan).causes()
    assert [c.kind for c in causes[:2]] == ["data_fault", "outage"]
    assert words(causes[1]).startswith("Nothing at all was reported: a base station that is down reports nothing")
    site = Network().put([k.id for k in KPIS], (36, 37, 38), NOON, NOON + 6, np.nan).causes()
    assert cause(site, "outage").weight > cause(causes, "outage").weight


def test_a_whole_site_with_hardly_any_traffic_is_down_and_one_cell_of_it_sleeps() -> None:
    site = Network().change(COUNTS, (36, 37, 38), NOON, NOON + 8, 0.02).causes()
    assert site[0].kind == "outage"
    assert "calls, sms, data_mb: 2 % of what was expected. 3 cells, all of site S12." in words(site[0])
    assert Network().change(COUNTS, (36,), NOON, NOON + 8, 0.02).causes()[0].kind == "sleeping_cell"


def test_an_outage_with_an_hour_of_traffic_at_its_edge_is_still_one() -> None:
    network = (
        Network().put(COUNTS, (36, 37, 38), NOON, NOON + 5, 0.0).change(COUNTS, (36, 37, 38), NOON + 5, NOON + 6, 0.6)
    )
    first = network.causes()[0]
    assert first.kind == "outage"
    assert "calls, sms, data_mb fell to zero for most of the time." in words(first)


def burst(later: float, first: int = NOON) -> Network:
    """A cell with eight times its traffic for four hours, and `later` times of it in all other hours from then on."""
    network = Network()
    network.values["calls"][37, first + 4 :] *= np.float32(later)
    for day in (1, 2, 3):
        same = slice(first + 24 * day, first + 24 * day + 4)
        network.values["calls"][37, same] = network.expected["calls"][37, same]
    return network.change(("calls",), (37,), first, first + 4, 8.0)


def test_a_burst_that_ends_at_once_did_not_stay_whatever_other_hours_do() -> None:
    assert "level_shift" not in [c.kind for c in burst(3.0).causes()]


def test_most_of_a_change_has_to_be_there_still_for_it_to_stay() -> None:
    network = Network()
    network.values["calls"][37, NOON + 4 :] *= np.float32(1.9)
    causes = network.change(("calls",), (37,), NOON, NOON + 4, 90.0).causes()
    assert "level_shift" not in [c.kind for c in causes]


def test_one_more_burst_within_the_days_after_does_not_make_a_change_that_stayed() -> None:
    network = Network().change(("calls",), (37,), NOON, NOON + 4, 8.0)
    network.values["calls"][37, NOON + 24 : NOON + 28] *= np.float32(30.0)
    assert "level_shift" not in [c.kind for c in network.causes()]


def few(kpis: tuple[Kpi, ...], ratio: str, denominator: float) -> list[Cause]:
    """The causes of one hour of a success rate of nothing, with `denominator` attempts of every count."""
    network = Network()
    network.kpis = kpis
    shape = (len(network.cells), len(network.times))
    for kpi in kpis:
        level = 100.0 if kpi.kind is KpiKind.RATIO else 500.0 if kpi.unit == "" else 20.0
        network.expected[kpi.id] = np.full(shape, level, np.float32)
        network.values[kpi.id] = np.full(shape, level, np.float32)
        network.alarm[kpi.id] = np.zeros(shape, bool)
        network.flags[kpi.id] = np.zeros(shape, np.uint8)
    for kpi in kpis:
        if kpi.id in ("ho_att", "LTE_RACH_ATTEMPTS"):
            network.values[kpi.id][37, NOON] = denominator
    return list(network.put((ratio,), (37,), NOON, NOON + 1, 0.0).causes())


HO_SR = Kpi("ho_sr", "%", KpiKind.RATIO, Direction.DOWN)


def test_few_events_are_counted_in_what_the_ratio_is_of() -> None:
    causes = few((Kpi("rrc_conn_att"), Kpi("ho_att"), HO_SR), "ho_sr", 1.0)
    assert causes[0].kind == "few_events"
    assert words(causes[0]) == "ho_sr is off by about 1 of 1 ho_att: over so few a ratio moves by chance."


def test_without_the_count_that_a_ratio_is_of_nothing_is_said_of_events() -> None:
    alone = Kpi("UL_LOSS_RATE_QCI1%", "%", KpiKind.RATIO, Direction.DOWN)
    causes = few((Kpi("LTE_RACH_ATTEMPTS"), alone), alone.id, 1.0)
    assert "few_events" not in [c.kind for c in causes]


def test_gigabytes_do_not_fail_to_come_by_chance() -> None:
    for unit, kind in (("calls", True), ("GB", False)):
        network = Network()
        network.kpis = (Kpi("calls", unit),)
        for there in (network.values, network.expected):
            there["calls"] = np.full_like(there["calls"], 13.0)
        causes = network.put(("calls",), (37,), NOON, NOON + 1, 5.0).causes()
        assert ("few_events" in [c.kind for c in causes]) == kind


def test_what_all_neighbours_show_is_no_chance() -> None:
    def night(cells: Sequence[int], kind: str = "few_events") -> float:
        network = Network()
        network.kpis = (Kpi("calls", "calls"),)
        for there in (network.values, network.expected):
            there["calls"] = np.full_like(there["calls"], 13.0)
        for n, cell in enumerate(cells):  # hours apart, so that each is an incident of its own
            network.put(("calls",), (cell,), NOON - 2 * (n > 0), NOON + 1, 5.0)
        own = next(i for i in network.explained() if i.cells == (cells[0],))
        return next((c.weight for c in own.causes if c.kind == kind), 0.0)

    around = (37, *range(21, 30), *range(33, 36), *range(39, 42), *range(51, 60))
    assert night(around) < night((37,))
    assert night(around, "area_failure") > night((37,), "area_failure") == 0.0


@pytest.mark.parametrize(
    ("too", "beside", "text"),
    [
        (1, 15, "1 of 15 neighbouring cells is anomalous at the same time."),
        (1, 1, "1 of 1 neighbouring cell is anomalous at the same time."),
        (2, 15, "2 of 15 neighbouring cells are anomalous at the same time."),
    ],
)
def test_one_is_and_several_are(too: int, beside: int, text: str) -> None:
    from dataclasses import replace

    network = Network().change(("calls",), (37,), NOON, NOON + 2, 0.3)
    result = network.result()
    found = Surroundings(result.panel, result.clock, result.verdicts, result.evidence)
    (facts,) = found.facts([(result.incidents[0], result.anomalies)])
    assert say(neighbours_too(replace(facts, neighbours=beside, neighbours_too=too))) == text


def test_a_share_far_beyond_the_usual_is_only_said_to_be_far() -> None:
    assert percent(11_193.0) == "over 1,000 %"


def test_no_cell_is_said_to_be_the_only_one_where_a_neighbour_is_anomalous_too() -> None:
    network = Network().change(COUNTS, (37,), NOON, NOON + 20, 0.1).put(("calls",), (36,), NOON - 6, NOON + 1, 5.0)
    (own,) = (i for i in network.explained() if i.cells == (37,))
    told = " ".join(words(cause) for cause in own.causes)
    assert "1 of 32 neighbouring cells is anomalous at the same time." in told
    assert "none of its" not in told


@pytest.mark.parametrize(
    ("kpis", "factor", "times"),
    [
        (("data_mb",), 1000.0, "1,000 times"),
        (("data_mb",), 1 / 1024, "1/1,024 of"),
        (("data_mb",), 8.0, "8 times"),
        (("calls", "sms"), 1e-6, "1/1,000,000 of"),
        (("drop_rate",), 0.01, "1/100 of"),
    ],
)
def test_a_kpi_that_is_a_units_step_away_while_all_else_goes_on_is_in_another_unit(
    kpis: Sequence[str], factor: float, times: str
) -> None:
    first = Network().change(kpis, range(12), NOON, NOON + 30, factor).causes()[0]
    assert first.kind == "data_fault"
    assert f"{', '.join(kpis)}: {times} what was expected, as if the unit were another from then on." in words(first)


@pytest.mark.parametrize(
    ("factor", "hours", "beside"),
    [(500.0, 30, 1.0), (8.0, 5, 1.0), (1000.0, 2, 1.0), (1000.0, 30, 0.5), (0.0, 30, 1.0)],
)
def test_other_changes_are_no_other_unit(factor: float, hours: int, beside: float) -> None:
    """Another size, a small one that does not last, hardly a moment, traffic that moves as well, nothing at all."""
    network = Network()
    for kpi in ("calls", "sms"):
        network.values[kpi][:12, NOON : NOON + hours] *= np.float32(beside)
    causes = network.change(("data_mb",), range(12), NOON, NOON + hours, factor).causes()
    assert "as if the unit" not in " ".join(words(c) for c in causes)
