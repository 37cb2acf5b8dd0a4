from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.attribute.associations import sentence
from engine.attribute.days import Days, Odds, many_at_once
from engine.calendar import make_clock
from engine.data import Association, Clock, Verdict
from tests.engine.attribute.scene import Network

DAYS = 28


def italy(start: str = "2025-04-07") -> Clock:
    """Four weeks with Easter Sunday and Monday, 25 April and 1 May in them."""
    times = np.datetime64(start, "s") + np.arange(DAYS * 24) * np.timedelta64(3600, "s")
    return make_clock(times, 3600, "UTC", "IT")


def odds(term: str, ratio: float) -> Association:
    worded = sentence(term, ratio, (ratio / 2, ratio * 2), 0.001, clear=True)
    return Association("calls", term, float(np.log(ratio)), ratio, ratio / 2, ratio * 2, 0.001, 100, 10, worded, ())


def evidence(term: str, struck_days: list[int], ratio: float = 30.0) -> int:
    """How many ratios are evidence on an incident of day 14, Easter Monday."""
    clock = italy()
    alarm = np.zeros((3, DAYS * 24), bool)
    for day in struck_days:
        alarm[1, day * 24 + 5] = True
    incident = Network().change(("calls",), (37,), 36, 40, 0.3).explained()[0]
    incident = replace(incident, start=14 * 24, stop=14 * 24 + 4)
    found = Odds([odds(term, ratio)], clock, {"calls": Verdict(alarm.astype(np.float32), alarm)})
    return len(found.then(incident))


def test_a_ratio_that_the_incident_itself_or_one_more_day_makes_is_no_evidence_on_it() -> None:
    assert evidence("holiday", [14]) == 0
    assert evidence("holiday", [14, 18]) == 0
    assert evidence("holiday", [14, 18, 24]) == 1
    assert evidence("weekday_0", [14, 0]) == 0
    assert evidence("weekday_0", [14, 0, 7]) == 1


def test_calm_days_of_a_kind_are_evidence_without_an_anomaly_on_them() -> None:
    assert evidence("holiday", [], ratio=0.03) == 1


def test_the_kind_of_a_day_that_an_incident_only_touches_says_nothing_of_it() -> None:
    assert evidence("weekday_1", [1, 8, 15, 22]) == 0


@pytest.mark.parametrize(
    ("first", "hours", "fills"), [(0, 24, True), (1, 24, True), (6, 18, True), (9, 4, False), (-20, 44, False)]
)
def test_what_lasts_as_long_as_the_holiday_fills_it(first: int, hours: int, fills: bool) -> None:
    start = 18 * 24 + first  # 25 April
    assert Days(italy()).fills_holiday(start, start + hours) == fills


def test_a_holiday_that_is_a_single_period_is_filled_by_anything_and_so_by_nothing() -> None:
    times = np.datetime64("2025-04-01", "s") + np.arange(60) * np.timedelta64(86_400, "s")
    assert not Days(make_clock(times, 86_400, "UTC", "IT")).fills_holiday(24, 25)


def test_a_cell_that_is_anomalous_in_several_kpis_counts_once() -> None:
    one, other = np.zeros((2, 600, 3), bool)
    one[[0, 599], 1] = other[[0, 1], 1] = True
    assert many_at_once([one, other]).tolist() == [0, 3, 0]
