"""Incidents: what belongs together and why, how bad it is, and how a person says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from engine.data import Anomaly, AnomalyType, Cell, Direction, Kpi, KpiKind, Panel, Severity
from engine.group import incidents
from engine.group.importance import importance, severity_of, size
from engine.group.sentence import sentence
from engine.inspection.summary import in_brief
from engine.text import say
from tests.engine.evidence_factory import hourly

CALLS = Kpi("calls", "calls", KpiKind.COUNT)
DROPS = Kpi("drop_rate", "%", KpiKind.RATIO, Direction.UP)
LOAD = Kpi("prb_utilisation", "%", KpiKind.GAUGE, Direction.UP)
KPIS = (CALLS, DROPS, LOAD)
PERIODS = 24 * 21
NAN = float("nan")


def panel(cells: tuple[Cell, ...], zone: str = "UTC") -> Panel:
    times = np.datetime64("2017-03-06T00:00:00", "s") + np.arange(PERIODS) * np.timedelta64(3600, "s")
    shape = (len(cells), PERIODS)
    values = {kpi.id: np.zeros(shape, np.float32) for kpi in KPIS}
    return Panel(times, 3600, zone, cells, KPIS, values, {kpi.id: np.zeros(shape, np.uint8) for kpi in KPIS})


def dip(cell: int, start: int, stop: int, kpi: Kpi = CALLS, direction: Direction = Direction.DOWN) -> Anomaly:
    hours = stop - start
    actual = 40.0 * hours if direction is Direction.DOWN else 200.0 * hours
    band = (75.0 * hours, 125.0 * hours)
    if kpi is DROPS:
        actual, band, hours = 3.0, (0.2, 0.8), 0.005
    kind = AnomalyType.DIP if direction is Direction.DOWN else AnomalyType.SPIKE
    return Anomaly(0, cell, kpi.id, start, stop, kind, direction, actual, 100.0 * hours, *band, 2.0, {"baseline": 2.0})


def grouped(cells: tuple[Cell, ...], *found: Anomaly) -> list[set[int]]:
    """Which anomalies share an incident."""
    numbered = [replace(anomaly, id=n) for n, anomaly in enumerate(found)]
    made = incidents(panel(cells), numbered, hourly(PERIODS))
    assert sorted(a for incident in made for a in incident.anomalies) == list(range(len(found)))
    assert [incident.id for incident in made] == list(range(len(made)))
    return [set(incident.anomalies) for incident in made]


def why(cells: tuple[Cell, ...], *found: Anomaly) -> set[str]:
    (only,) = incidents(panel(cells), [replace(a, id=n) for n, a in enumerate(found)], hourly(PERIODS))
    return {reason.code for reason in only.grouped_by}


ALONE = (Cell("a"),)
SITE = (Cell("a1", site="A"), Cell("a2", site="A"), Cell("a3", site="A"), Cell("b1", site="B"))
GRID = tuple(Cell(f"{row}-{col}", row=row, col=col) for row in range(4) for col in range(4))
TOWN = (*(Cell(str(i), lat=45.0 + i * 0.005, lon=9.0) for i in range(4)), Cell("far", lat=46.0, lon=9.0))
UNPLACED = tuple(Cell(str(i)) for i in range(30))


def test_nothing_found_makes_no_incident() -> None:
    assert incidents(panel(ALONE), [], hourly(PERIODS)) == ()


def test_anomalies_of_one_cell_that_overlap_are_one_incident() -> None:
    together = (dip(0, 10, 16), dip(0, 12, 15, DROPS, Direction.UP))
    assert grouped(ALONE, *together) == [{0, 1}]
    assert why(ALONE, *together) == {"grouped_one_cell"}
    assert grouped(ALONE, dip(0, 10, 13), dip(0, 16, 18)) == [{0}, {1}]


def test_what_goes_on_after_a_short_pause_is_the_same_incident() -> None:
    assert grouped(ALONE, dip(0, 10, 13), dip(0, 14, 16)) == [{0, 1}]
    assert grouped(ALONE, dip(0, 10, 13), dip(0, 14, 16, CALLS, Direction.UP)) == [{0}, {1}]


def test_a_fault_that_shows_in_busy_hours_only_is_one_incident() -> None:
    days = [dip(0, day * 24 + 9, day * 24 + 23) for day in range(4)]
    assert grouped(ALONE, *days) == [{0, 1, 2, 3}]
    assert grouped(ALONE, dip(0, 9, 11), dip(0, 21, 23), dip(0, 33, 35)) == [{0}, {1}, {2}]
    beside = dip(0, 20, 40, DROPS, Direction.UP)
    assert grouped(ALONE, *days, beside) == [{0, 1, 2, 3, 4}]
    other = dip(0, 33, 47, direction=Direction.UP)
    assert grouped(ALONE, dip(0, 9, 23), other) == [{0}, {1}]
    assert grouped(ALONE, dip(0, 0, 50), dip(0, 75, 125)) == [{0}, {1}]


def test_what_only_goes_on_after_a_pause_begins_with_no_neighbour() -> None:
    flickering = (dip(0, 0, 6), dip(0, 9, 12), dip(0, 14, 16))
    assert grouped(GRID, *flickering, dip(1, 14, 16)) == [{0, 1, 2}, {3}]
    outage = dip(0, 8, 20)  # longer than what was before it: a beginning
    assert grouped(GRID, dip(0, 4, 7), outage, dip(1, 8, 20)) == [{0, 1, 2}]


def test_a_long_shift_does_not_swallow_every_spike_inside_it() -> None:
    assert grouped(ALONE, dip(0, 10, 200), dip(0, 100, 102, DROPS, Direction.UP)) == [{0}, {1}]
    assert grouped(ALONE, dip(0, 10, 200), dip(0, 10, 12, DROPS, Direction.UP)) == [{0, 1}]


def test_an_anomaly_inside_an_earlier_longer_one_is_found_behind_a_short_one() -> None:
    assert grouped(ALONE, dip(0, 10, 30), dip(0, 12, 14, DROPS, Direction.UP), dip(0, 20, 28)) == [{0, 2}, {1}]


def test_cells_of_a_site_that_begin_together_are_one_incident() -> None:
    assert grouped(SITE, dip(0, 10, 14), dip(2, 11, 12), dip(3, 10, 14)) == [{0, 1}, {2}]
    assert "grouped_same_site" in why(SITE, dip(0, 10, 14), dip(2, 11, 12))


def test_neighbours_on_the_grid_chain_into_one_incident() -> None:
    chain = (dip(0, 10, 14), dip(5, 11, 14), dip(10, 12, 14), dip(3, 10, 14))
    assert grouped(GRID, *chain) == [{0, 1, 2}, {3}]
    assert why(GRID, *chain[:3]) == {"grouped_neighbours"}


def test_neighbours_by_kilometres() -> None:
    assert grouped(TOWN, dip(0, 10, 14), dip(1, 10, 14), dip(4, 10, 14)) == [{0, 1}, {2}]


def test_neighbours_that_deviate_to_different_sides_are_different_incidents() -> None:
    assert grouped(GRID, dip(0, 10, 14), dip(1, 10, 14, CALLS, Direction.UP)) == [{0}, {1}]


def test_a_rising_drop_rate_goes_with_a_neighbours_falling_traffic() -> None:
    assert grouped(GRID, dip(0, 10, 14), dip(1, 10, 14, DROPS, Direction.UP)) == [{0, 1}]


def test_a_rising_load_goes_with_a_neighbours_rising_traffic_and_not_with_its_fall() -> None:
    load = dip(1, 10, 14, LOAD, Direction.UP)
    assert grouped(SITE, dip(0, 10, 14, CALLS, Direction.UP), load) == [{0, 1}]
    assert grouped(SITE, dip(0, 10, 14), load) == [{0}, {1}]


def test_neighbours_of_different_sites_in_different_kpis_belong_together_only_if_they_end_together_too() -> None:
    drops = dip(2, 101, 103, kpi=DROPS, direction=Direction.UP)
    assert grouped(TOWN, dip(1, 100, 106), drops) == [{0}, {1}]
    assert grouped(TOWN, dip(1, 100, 106), dip(2, 101, 103)) == [{0, 1}]
    assert grouped(SITE, dip(1, 100, 106), drops) == [{0, 1}]


def test_without_places_many_beginnings_at_once_are_one_incident_and_a_few_are_chance() -> None:
    crowd = [dip(cell, 100, 104) for cell in range(8)]
    chance = [dip(cell, 20 + 9 * cell, 24 + 9 * cell) for cell in range(20)]
    assert grouped(UNPLACED, *crowd, *chance)[:1] != [set(range(8))]
    assert set(range(8)) in grouped(UNPLACED, *crowd, *chance)
    assert why(UNPLACED, *crowd) == {"grouped_together"}
    assert grouped(UNPLACED, dip(0, 100, 104), dip(1, 100, 104)) == [{0}, {1}]


@pytest.mark.parametrize(
    ("score", "severity"), [(75, "critical"), (74.9, "major"), (50, "major"), (25, "minor"), (0, "warning")]
)
def test_severity_by_importance(score: float, severity: str) -> None:
    assert severity_of(score) is Severity(severity)


KNOWN = {kpi.id: kpi for kpi in KPIS}
SUCCESS = Kpi("success", "%", KpiKind.RATIO, Direction.DOWN)


def weighed(*found: Anomaly, period_s: int = 3600) -> float:
    kpis = {**KNOWN, SUCCESS.id: SUCCESS}
    return importance(found, [size(one, kpis[one.kpi]) for one in found], period_s)


def success(measured: float, days: int, score: float = 2.0) -> Anomaly:
    kind, side = AnomalyType.DIP, Direction.DOWN
    return Anomaly(0, 0, SUCCESS.id, 0, days, kind, side, measured, 99.9, 99.5, 100.0, score, {})


def test_importance_grows_with_size_duration_extent_and_certainty() -> None:
    usual = weighed(dip(0, 10, 14))
    assert 0 < usual < 100
    assert weighed(replace(dip(0, 10, 14), actual=100.0)) > usual
    assert weighed(dip(0, 10, 22)) > usual
    assert weighed(*(dip(cell, 10, 14) for cell in range(5))) > usual
    assert weighed(replace(dip(0, 10, 14), score=5.0)) > usual
    assert weighed(replace(dip(0, 10, 14), type=AnomalyType.SILENCE)) > usual
    rise = replace(dip(0, 10, 14), actual=640.0, direction=Direction.UP, type=AnomalyType.SPIKE)
    assert weighed(rise) < usual


def test_several_kpis_of_a_cell_lose_its_hours_once() -> None:
    assert weighed(dip(0, 10, 14), dip(0, 10, 14, DROPS, Direction.UP)) == weighed(dip(0, 10, 14))


@pytest.mark.parametrize(("cells", "hours", "least"), [(1, 1, 40), (1, 11, 75), (3, 4, 75), (30, 24, 95)])
def test_ten_cell_hours_of_silence_are_critical_and_more_is_worse(cells: int, hours: int, least: float) -> None:
    silence = [replace(dip(c, 10, 10 + hours), type=AnomalyType.SILENCE, actual=0.0, score=9.0) for c in range(cells)]
    assert least <= weighed(*silence) < min(100.0, least + 10)


def test_a_slight_dip_of_an_hour_is_minor_at_most() -> None:
    assert severity_of(weighed(replace(dip(0, 10, 11), actual=80.0, score=1.1))) in (Severity.MINOR, Severity.WARNING)


def test_how_much_is_lost_goes_before_how_sure_it_is() -> None:
    days = {"period_s": 86_400}
    order = [success(90.9, 3), success(90.9, 1, 1.0), success(92.6, 1, 9.0), success(98.2, 1, 30.0), success(99.2, 1)]
    weights = [weighed(one, **days) for one in order]
    assert weights == sorted(weights, reverse=True)
    assert severity_of(weighed(success(99.7, 1, 30.0), **days)) in (Severity.MINOR, Severity.WARNING)


def test_much_lost_in_many_cells_goes_before_all_lost_in_one() -> None:
    wide = weighed(*(dip(cell, 10, 14) for cell in range(33)))
    assert wide > weighed(replace(dip(0, 10, 34), type=AnomalyType.SILENCE, actual=0.0, score=30.0))
    assert severity_of(wide) is Severity.CRITICAL


def said(anomaly: Anomaly, zone: str = "UTC", cells: tuple[Cell, ...] = ALONE, measured: Sequence[float] = ()) -> str:
    """The sentence for an anomaly; measured: the values from its begin on, otherwise zeros."""
    whole = panel(cells, zone)
    whole.values[anomaly.kpi][anomaly.cell, anomaly.start : anomaly.start + len(measured)] = measured
    (only,) = incidents(whole, [anomaly], hourly(PERIODS))
    return say(only.sentence)


def test_a_silence_in_the_words_of_a_shift() -> None:
    silence = replace(dip(0, 26, 29), type=AnomalyType.SILENCE, actual=0.0, lower=1260.0, upper=1680.0)
    text = "calls fell to zero at Tue 07 Mar 02:00 and stayed there for 3 h. Expected 420–560."
    assert said(silence) == text
    assert "05:30" in said(silence, "Asia/Tehran")


@pytest.mark.parametrize(
    ("measured", "text"),
    [
        ((0, 27), "calls fell to zero for 1 h of the 2 h from Tue 07 Mar 02:00 on, 13.5 on average. Expected 75–125."),
        ((9, 0, 0, 0, 3), "calls fell to zero for 3 h of the 5 h from Tue 07 Mar 02:00 on, 2.4 on average."),
        ((0, NAN, 0), "calls was zero or not reported from Tue 07 Mar 02:00 on for 3 h, zero for 2 h of it."),
        ((NAN, 0, 0, 6), "calls fell to zero for 2 h of the 4 h from Tue 07 Mar 02:00 on, 2 on average."),
    ],
)
def test_a_silence_with_more_than_zeros_in_it_says_how_long_it_was_zero(measured: tuple[float, ...], text: str) -> None:
    silence = replace(dip(0, 26, 26 + len(measured)), type=AnomalyType.SILENCE, actual=float(np.nansum(measured)))
    there = int(np.isfinite(measured).sum())
    silence = replace(silence, lower=75.0 * there, upper=125.0 * there)
    assert said(silence, measured=measured).startswith(text)


def test_the_worst_cell_of_a_partly_silent_incident_is_named() -> None:
    whole = panel(GRID)
    whole.values["calls"][:2, 11] = 5
    found = [
        replace(dip(cell, 10, 12), id=cell, type=AnomalyType.SILENCE, actual=5.0, score=6.0 - cell) for cell in (0, 1)
    ]
    (only,) = incidents(whole, found, hourly(PERIODS))
    told = say(only.sentence)
    assert told.startswith("calls fell to zero for 1 h of the 2 h from ")
    assert told.endswith("Worst in 0-0; 1 more took part.")


def test_a_mean_is_told_as_one_with_the_extreme_beside_it() -> None:
    fall = said(dip(0, 26, 29), measured=(70, 20, 30))
    assert " to 40 on average (at least 20) for 3 h, 60 % less than usual." in fall
    rise = replace(dip(0, 26, 29, DROPS, Direction.UP), actual=3.0)
    assert " to 3 % on average (at most 5.5 %) for 3 h, 6 times the usual." in said(rise, measured=(2, 5.5, 1.5))
    both = replace(dip(0, 26, 29), direction=Direction.BOTH, type=AnomalyType.SPIKE)
    assert "for 3 h: 40 on average." in said(both, measured=(70, 20, 30))
    assert "on average" not in said(dip(0, 26, 29), measured=(40, NAN, 40))
    flat = replace(dip(0, 26, 29), type=AnomalyType.FLATLINE)
    assert "on average" not in said(flat, measured=(39, 40, 41))


def test_other_sentences_name_size_and_expectation() -> None:
    assert said(dip(0, 26, 28)) == (
        "calls fell at Tue 07 Mar 02:00 to 40 for 2 h, 60 % less than usual. Expected 75–125."
    )
    rise = said(dip(0, 26, 28, DROPS, Direction.UP))
    assert rise.startswith("drop_rate rose at Tue 07 Mar 02:00 to 3 % for 2 h, 6 times the usual.")
    surge = replace(dip(0, 26, 28, CALLS, Direction.UP), actual=2500.0)
    assert "to 1,250 for 2 h, 12.5 times the usual." in said(surge)
    assert "150 % more than usual" in said(replace(surge, actual=500.0))
    assert "99 % less than usual" in said(replace(dip(0, 26, 28), actual=0.1))
    assert rise.endswith("Expected 0.2–0.8 %.")
    little = said(replace(dip(0, 26, 28, DROPS, Direction.UP), actual=0.9, expected=0.5))
    assert "to 0.9 % for 2 h, 0.4 percentage points more than usual." in little
    assert "0.4 % more than usual" in said(replace(surge, actual=200.8))
    vanished = replace(dip(0, 26, 29), type=AnomalyType.SILENCE, actual=NAN)
    assert "was not reported from Tue 07 Mar 02:00 on for 3 h" in said(vanished, measured=(NAN, NAN, NAN))


def test_an_incident_of_many_cells_names_the_worst_one() -> None:
    cells = tuple(replace(cell, name=f"Square {cell.id}") for cell in GRID)
    found = [dip(0, 10, 14), replace(dip(1, 10, 14), id=1, actual=0.0, type=AnomalyType.SILENCE, score=6.0)]
    (only,) = incidents(panel(cells), found, hourly(PERIODS))
    assert only.anomalies == (1, 0)
    assert only.cells == (0, 1)
    assert "Worst in Square 0-1; 1 more took part." in say(only.sentence)


def test_every_incident_can_be_worded() -> None:
    values = panel(GRID)
    values.values["calls"][:, 20] = 50
    for kind in AnomalyType:
        for direction in Direction:
            for actual in (float("nan"), 0.0, 50.0, 1e6):
                for expected in (float("nan"), 0.0, 80.0):
                    odd = replace(
                        dip(0, 10, 40), type=kind, direction=direction, actual=actual, expected=expected, lower=expected
                    )
                    for found in ([odd], [odd, replace(odd, id=1, cell=1)]):
                        for incident in incidents(values, found, hourly(PERIODS)):
                            assert say(incident.sentence)
                            assert in_brief(incident)
                            assert all(say(reason) for reason in incident.grouped_by)


def test_many_sites_are_counted_beyond_those_that_are_named() -> None:
    cells = tuple(Cell(f"{site}{sector}", site=f"S{site}", lat=45.0, lon=9.0) for site in range(7) for sector in "ab")
    found = [replace(dip(row, 10, 14), id=row) for row in range(len(cells))]
    (only,) = incidents(panel(cells), found, hourly(PERIODS))
    told = [say(reason) for reason in only.grouped_by]
    assert "14 cells of S0, S1, S2, S3, S4 and 2 more sites began together." in told


def test_a_cell_that_is_alone_at_its_site_did_not_begin_together_with_it() -> None:
    cells = tuple(Cell(name, site=name[0], lat=45.0, lon=9.0) for name in ("A1", "A2", "A3", "B1"))
    (only,) = incidents(panel(cells), [replace(dip(n, 10, 14), id=n) for n in range(4)], hourly(PERIODS))
    assert "3 cells of A began together." in [say(reason) for reason in only.grouped_by]


def test_in_brief_it_says_for_how_long_where_that_is_not_the_incident() -> None:
    found = [dip(0, 10, 14), replace(dip(0, 13, 20, DROPS, Direction.UP), id=1, actual=0.6)]
    (only,) = incidents(panel(ALONE), found, hourly(PERIODS))
    assert in_brief(only, "4 h") == in_brief(only) == "fell to 40, 60 % less than usual. Expected 75–125."
    assert in_brief(only, "10 h") == "fell to 40 for 4 h, 60 % less than usual. Expected 75–125."


def test_chance_does_not_chain_a_city_into_one_incident() -> None:
    rng = np.random.default_rng(0)
    cells = tuple(Cell(str(i), row=i // 100, col=i % 100) for i in range(10_000))
    found = [
        replace(dip(int(cell), int(start), int(start) + 2), id=n)
        for n, (cell, start) in enumerate(
            zip(rng.integers(0, 10_000, 20_000), rng.integers(0, PERIODS - 2, 20_000), strict=True)
        )
    ]
    made = incidents(panel(cells), found, hourly(PERIODS))
    assert sum(len(incident.anomalies) for incident in made) == len(found)
    assert len(made) > len(found) / 3


def test_traffic_is_told_before_what_follows_from_it() -> None:
    drops = replace(dip(0, 10, 16, DROPS, Direction.UP), id=1)
    (only,) = incidents(panel(ALONE), [replace(dip(0, 10, 16), actual=60.0), drops], hourly(PERIODS))
    assert say(only.sentence).startswith("calls fell")


def test_lost_traffic_is_told_before_a_ratio_that_is_surer_of_itself() -> None:
    """A sleeping cell: four fifths of the calls are gone, and what is left fails eight times as often."""
    calls = replace(dip(0, 10, 40), actual=300.0 / 2, score=1.9)
    rate = replace(dip(0, 10, 40, DROPS, Direction.UP), id=1, actual=8.0, expected=1.0, score=7.9)
    (only,) = incidents(panel(ALONE), [calls, rate], hourly(PERIODS))
    assert say(only.sentence).startswith("calls")


@pytest.mark.parametrize(
    ("kpi", "unit"),
    [(Kpi("volume", "MB"), " MB"), (Kpi("LOSS%", "%", KpiKind.RATIO), " %"), (Kpi("calls_mo", "calls"), "")],
    ids=lambda given: given.id if isinstance(given, Kpi) else None,
)
def test_an_amount_has_its_unit_unless_the_name_says_what_is_counted(kpi: Kpi, unit: str) -> None:
    whole = panel(ALONE)
    only_it = replace(whole, kpis=(kpi,), values={kpi.id: whole.values["calls"]}, flags={kpi.id: whole.flags["calls"]})
    (only,) = incidents(only_it, [replace(dip(0, 10, 12), kpi=kpi.id)], hourly(PERIODS))
    told = say(only.sentence)
    assert f"{unit} for 2 h" in told
    assert told.endswith(f"125{unit}." if kpi.kind is KpiKind.COUNT else f"{unit}.")


def test_a_share_is_never_expected_below_zero_or_above_a_hundred() -> None:
    prb = Kpi("prb", "%", KpiKind.GAUGE, Direction.UP)
    busy = replace(dip(0, 10, 12), kpi="prb", type=AnomalyType.FLATLINE, actual=99.0, lower=-8.0, upper=130.0)
    calls = panel(ALONE)
    with_prb = replace(calls, kpis=(prb,), values={"prb": calls.values["calls"]}, flags={"prb": calls.flags["calls"]})
    (only,) = incidents(with_prb, [busy], hourly(PERIODS))
    assert say(only.sentence).endswith("Expected 0–100 %.")


def test_a_change_within_a_wide_band_is_told_against_its_middle() -> None:
    assert said(replace(dip(0, 26, 28), lower=20.0, upper=400.0)).endswith("60 % less than usual. Expected 100.")
    flat = replace(dip(0, 26, 28), type=AnomalyType.FLATLINE, lower=20.0, upper=400.0)
    assert said(flat).endswith("Expected 10–200.")


def test_a_band_below_zero_can_be_read() -> None:
    below = replace(dip(0, 26, 28, DROPS), kpi="level", actual=-9.0, expected=-1.5, lower=-2.0, upper=-1.0)
    level = Kpi("level", "", KpiKind.GAUGE)
    whole = panel(ALONE)
    with_level = replace(
        whole, kpis=(level,), values={"level": whole.values["calls"]}, flags={"level": whole.flags["calls"]}
    )
    (only,) = incidents(with_level, [below], hourly(PERIODS))
    assert say(only.sentence).endswith("Expected -2 to -1.")


def test_a_history_of_more_than_a_year_says_the_year() -> None:
    days = replace(
        panel(ALONE), times=np.datetime64("2016-03-01", "s") + np.arange(PERIODS) * np.timedelta64(86400, "s")
    )
    anomaly = replace(dip(0, 400, 403), id=0)
    for one, year in ((days, True), (panel(ALONE), False)):
        (incident,) = incidents(one, [anomaly], hourly(PERIODS))
        assert ("2017" in say(incident.sentence)) is year


@pytest.mark.parametrize(("usual", "measured"), [(-104.0, -89.0), (0.5, 15.5), (-3.0, 12.0)])
def test_a_level_is_told_in_decibels(usual: float, measured: float) -> None:
    level = Kpi("rtwp", "dBm", KpiKind.GAUGE, Direction.UP)
    one = Anomaly(0, 0, "rtwp", 3, 9, AnomalyType.SPIKE, Direction.UP, measured, usual, usual - 1, usual + 1, 7.0, {})
    assert "15 dB more than usual" in say(sentence(_of_level(level), level, one, 1, str))
    assert "15 dB less than usual" in say(sentence(_of_level(level), level, replace(one, actual=usual - 15), 1, str))


def _of_level(level: Kpi) -> Panel:
    times = np.datetime64("2017-03-06T00:00:00", "s") + np.arange(20) * np.timedelta64(3600, "s")
    values, flags = np.zeros((1, 20), np.float32), np.zeros((1, 20), np.uint8)
    return Panel(times, 3600, "UTC", ALONE, (level,), {level.id: values}, {level.id: flags})
