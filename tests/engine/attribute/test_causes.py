from __future__ import annotations

import numpy as np
import pytest

from engine.attribute.causes import CAUSES, UNKNOWN
from engine.attribute.facts import KpiFacts
from engine.attribute.statements import percent
from engine.data import Cell, Direction, Flag, Kpi, KpiKind
from engine.text import tell
from tests.engine.attribute.scene import COUNTS, KPIS, Network, words

NOON = 24 * 9 + 12


def test_a_site_that_falls_to_zero_is_an_outage() -> None:
    first = Network().put(COUNTS, (36, 37, 38), NOON, NOON + 4, 0.0).causes()[0]
    assert first.kind == "outage"
    assert first.weight > 0.8
    assert "calls, sms, data_mb fell to zero." in words(first)
    assert "3 cells, all of site S12." in words(first)
    assert "It began from one period to the next." in words(first)


def test_without_places_the_cells_of_the_same_course_tell_one_cell_from_all() -> None:
    def nowhere() -> Network:
        network = Network()
        network.cells = tuple(Cell(cell.id) for cell in network.cells)
        return network

    alone = nowhere().change(COUNTS, (36,), NOON, NOON + 4, 0.3).causes()
    assert any("none of the 8 cells that usually take the same course is anomalous" in words(c) for c in alone)
    network = nowhere().change(COUNTS, (36,), NOON, NOON + 4, 2.5)
    for kpi in COUNTS:
        network.values[kpi][:, NOON : NOON + 4] = 2.5 * network.expected[kpi][:, NOON : NOON + 4]
    assert any("move the same way" in words(cause) for cause in network.causes())


def test_neighbours_that_take_over_speak_for_an_outage() -> None:
    plain = Network().put(COUNTS, (37,), NOON, NOON + 4, 0.0).causes()[0]
    network = Network()
    for cell in (36, 38, *range(33, 36), *range(39, 42), *range(18, 27)):
        network.values["calls"][cell, NOON : NOON + 4] *= 1.8
    helped = network.put(COUNTS, (37,), NOON, NOON + 4, 0.0).causes()[0]
    assert helped.kind == plain.kind == "outage"
    assert helped.weight > plain.weight
    assert "they take over" in words(helped)


def test_one_cell_with_little_traffic_for_long_sleeps() -> None:
    network = Network().change(COUNTS, (37,), NOON, NOON + 20, 0.1).put(("drop_rate",), (37,), NOON, NOON + 20, 3.0)
    first = network.causes()[0]
    assert first.kind == "sleeping_cell"
    assert "calls, sms, data_mb: 10 % of what was expected." in words(first)
    assert "none of its" in words(first)
    assert "drop_rate was 3 % where 0.4 % was expected." in words(first)


def test_one_cell_with_much_more_traffic_is_a_surge() -> None:
    first = Network().change((*COUNTS, "prb_utilisation"), (37,), NOON, NOON + 3, 2.5).causes()[0]
    assert first.kind == "surge"
    assert "calls, sms, data_mb rose together." in words(first)
    assert "Only this cell: none of its" in words(first)


def test_many_neighbouring_cells_with_more_traffic_are_a_crowd() -> None:
    network = Network().change((*COUNTS, "prb_utilisation"), range(33, 42), NOON, NOON + 4, 2.0)
    first = network.put(("drop_rate",), range(33, 42), NOON, NOON + 4, 2.0).causes()[0]
    assert first.kind == "crowd"
    assert "9 cells of 3 sites at the same time." in words(first)


def test_many_sites_with_hardly_any_traffic_are_the_failure_of_an_area() -> None:
    first = Network().change(COUNTS, range(33, 42), NOON, NOON + 3, 0.15).causes()[0]
    assert first.kind == "area_failure"
    assert first.weight > 0.6


def test_messages_alone_are_a_flood_and_with_everything_else_they_are_not() -> None:
    first = Network().change(("sms",), (37,), NOON, NOON + 4, 8.0).causes()[0]
    assert first.kind == "flood"
    assert "calls, data_mb stayed as usual." in words(first)
    assert Network().change(COUNTS, (37,), NOON, NOON + 4, 8.0).causes()[0].kind == "surge"


def test_a_value_that_does_not_move_is_a_fault_of_the_data() -> None:
    first = Network().put(("calls",), (37,), NOON, NOON + 12, 77.0).causes()[0]
    assert first.kind == "data_fault"
    assert "calls repeats the value 77 for 12 periods." in words(first)
    assert "Everything else of the cell went on as usual." in words(first)


def test_a_stuck_counter_is_known_by_the_hours_before_it_was_noticed() -> None:
    network = Network().put(("calls",), (37,), NOON, NOON + 12, 77.0)
    network.alarm["calls"][37, NOON : NOON + 9] = False
    first = network.causes()[0]
    assert first.kind == "data_fault"
    assert "for 12 periods" in words(first)


def test_missing_measurements_are_a_fault_of_the_data_and_zeros_are_not() -> None:
    first = Network().put([k.id for k in KPIS], (37,), NOON, NOON + 6, np.nan).causes()[0]
    assert first.kind == "data_fault"
    assert "100 % of the measurements are missing." in words(first)
    assert Network().put(COUNTS, (37,), NOON, NOON + 6, 0.0).causes()[0].kind == "outage"


def test_suspect_points_speak_for_a_fault_of_the_data() -> None:
    network = Network().change(("calls",), (37,), NOON, NOON + 2, 0.3).flag((37,), NOON, NOON + 2, Flag.SUSPECT)
    first = network.causes()[0]
    assert first.kind == "data_fault"
    assert "2 points are marked as suspect by the file." in words(first)


def test_a_change_that_stays_is_a_shift_of_the_level() -> None:
    network = Network()
    for kpi in COUNTS:
        network.values[kpi][37, NOON:] *= 1.8
    first = network.change(COUNTS, (37,), NOON, NOON + 30, 1.0).causes()[0]
    assert first.kind == "level_shift"
    assert "On the days after it the same hours carry 1" in words(first)
    assert "the change stayed" in words(first)


def test_a_rise_that_goes_on_for_days_to_the_end_of_the_data_is_a_shift_and_no_surge() -> None:
    causes = Network().change(COUNTS, (37,), 24 * 16, 24 * 21, 1.8).causes()
    assert causes[0].kind == "level_shift"
    assert "Against it: It lasted 5 d." in words(next(c for c in causes if c.kind == "surge"))
    assert Network().change(COUNTS, (37,), 24 * 20, 24 * 20 + 6, 1.8).causes()[0].kind == "surge"


def test_a_whole_network_that_moves_on_a_holiday_is_the_calendar() -> None:
    network = Network(country="IT", start="2022-12-20")
    christmas = 24 * 5
    for kpi in COUNTS:
        network.values[kpi][:, christmas : christmas + 24] *= 0.7
    first = network.change(COUNTS, (37,), christmas + 8, christmas + 14, 0.9).causes()[0]
    assert first.kind == "calendar"
    assert "Public holiday: Christmas Day." in words(first)
    assert "The rest of the network carries 7" in words(first)


def test_planned_work_explains_what_stands_beside_its_window() -> None:
    network = Network().put(COUNTS, (37,), NOON, NOON + 2, 0.0).flag((37,), NOON + 2, NOON + 4, Flag.MAINTENANCE)
    causes = network.causes()
    assert "maintenance" in [c.kind for c in causes[:2]]
    assert Network().put(COUNTS, (37,), NOON, NOON + 2, 0.0).causes()[0].kind == "outage"


def test_quiet_days_after_a_holiday_do_not_make_a_change_of_level_of_it() -> None:
    """A network of which nothing but the whole is known: Christmas is quiet, and so are the days between the years."""
    network = Network(country="IT", start="2022-12-12")
    network.cells = network.cells[:1]
    for there in (network.values, network.expected, network.alarm, network.flags):
        there.update({kpi: rows[:1] for kpi, rows in there.items()})
    christmas = 24 * 13
    for kpi in COUNTS:
        network.values[kpi][:, christmas:] *= 0.6
    first = network.change(COUNTS, (0,), christmas + 6, christmas + 15, 0.8).causes()[0]
    assert first.kind == "calendar"
    assert "Public holiday: Christmas Day." in words(first)


def test_worse_quality_with_usual_traffic_is_degradation() -> None:
    first = Network().put(("drop_rate",), (37,), NOON, NOON + 5, 4.0).causes()[0]
    assert first.kind == "degradation"
    assert "Traffic stayed as usual." in words(first)


@pytest.mark.parametrize(("hours", "rate", "kind"), [(5, 4.0, "degradation"), (1, 1.0, "unknown")])
def test_where_traffic_is_not_measured_much_worse_quality_is_degradation(hours: int, rate: float, kind: str) -> None:
    network = Network()
    network.kpis = tuple(kpi for kpi in network.kpis if kpi.id == "drop_rate")
    first = network.put(("drop_rate",), (37,), NOON, NOON + hours, rate).causes()[0]
    assert first.kind == kind
    assert ("drop_rate: 10 times as many failures as usual." in words(first)) == (kind == "degradation")


@pytest.mark.parametrize(
    ("unit", "bad", "actual", "expected", "times"),
    [
        ("%", Direction.UP, 4.0, 0.4, 10.0),
        ("%", Direction.DOWN, 92.6, 99.9, 74.0),
        ("", Direction.DOWN, 0.9, 0.95, 2.0),
        ("%", Direction.UP, 0.5, 0.0, 50.0),
        ("%", Direction.BOTH, 4.0, 0.4, float("nan")),
    ],
)
def test_failures_are_counted_from_the_end_of_the_scale_where_nothing_fails(
    unit: str, bad: Direction, actual: float, expected: float, times: float
) -> None:
    ratio = Kpi("ratio", unit, KpiKind.RATIO, bad)
    facts = KpiFacts(ratio, actual / max(expected, 0.1), actual, expected, struck=True, missing=0.0, zero=0.0, stuck=0)
    assert facts.failures == pytest.approx(times, rel=1e-6, nan_ok=True)


def test_what_a_cause_is_associated_by_never_stands_against_it() -> None:
    """One hour of worse quality is little to go by, but it does not speak for good quality."""
    causes = Network().put(("drop_rate",), (37,), NOON, NOON + 1, 4.0).causes()
    degradation = next(cause for cause in causes if cause.kind == "degradation")
    assert "drop_rate was 4 % where 0.4 % was expected." in words(degradation)
    assert "Against it: drop_rate" not in words(degradation)


def test_a_ratio_over_few_events_is_chance() -> None:
    network = Network()
    network.expected["calls"] *= np.float32(0.1)
    network.values["calls"] = np.round(network.values["calls"] * np.float32(0.1))
    first = network.put(("drop_rate",), (37,), NOON, NOON + 1, 12.0).causes()[0]
    assert first.kind == "few_events"
    assert "drop_rate is off by about 3 of 2" in words(first)
    assert Network().put(("drop_rate",), (37,), NOON, NOON + 1, 12.0).causes()[0].kind != "few_events"


def test_load_with_more_traffic_that_is_not_anomalous_by_itself_is_still_demand() -> None:
    network = Network().change(("prb_utilisation",), (37,), NOON, NOON + 3, 2.0)
    for kpi in COUNTS:
        network.values[kpi][37, NOON : NOON + 3] *= 1.7
    assert network.causes()[0].kind == "surge"


def test_a_small_dip_of_one_hour_has_no_known_cause() -> None:
    causes = Network().change(("calls",), (37,), NOON, NOON + 1, 0.7).causes()
    assert causes[0].kind == UNKNOWN
    assert words(causes[0]).startswith(
        "No known pattern fits well. calls: 68 % of what was expected. Only this cell: none"
    )


def test_facts_that_speak_against_a_cause_say_so_and_come_last() -> None:
    causes = Network().put(("calls",), (37,), NOON, NOON + 6, 0.0).causes()
    outage = next(c for c in causes if c.kind == "outage")
    assert words(outage).startswith("calls fell to zero.")
    assert words(outage).endswith("Against it: sms, data_mb stayed as usual.")


def test_weights_are_ranked_and_share_at_most_one() -> None:
    causes = Network().change(COUNTS, (36, 37), NOON, NOON + 1, 1.4).causes()
    weights = [c.weight for c in causes]
    assert weights == sorted(weights, reverse=True)
    assert 0.5 < sum(weights) <= 1.0
    assert len(causes) > 1
    assert all(len(set(c.evidence)) == len(c.evidence) > 0 for c in causes)


def test_two_incidents_are_explained_each_by_its_own_surroundings() -> None:
    network = Network().put(COUNTS, (0, 1, 2), NOON, NOON + 4, 0.0).change(COUNTS, (74,), NOON + 48, NOON + 51, 3.0)
    assert [i.causes[0].kind for i in network.explained()] == ["outage", "surge"]


def test_nothing_is_written_to_the_panel() -> None:
    network = Network().put(COUNTS, (37,), NOON, NOON + 4, 0.0)
    before = {k: v.copy() for k, v in network.values.items()}
    network.explained()
    assert all((network.values[k] == v).all() for k, v in before.items())


@pytest.mark.parametrize("kind", [*CAUSES, UNKNOWN])
def test_every_class_has_a_name(kind: str) -> None:
    assert tell(f"cause_{kind}")


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0 %"), (0.004, "under 1 %"), (0.125, "12 %"), (1.0, "100 %"), (np.nan, "unknown")]
)
def test_shares_are_rounded_for_a_person(share: float, text: str) -> None:
    assert percent(share) == text
