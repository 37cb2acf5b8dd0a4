from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from engine.calendar import make_clock, weekend_of
from engine.data.event import Event
from engine.errors import InputError


def axis(first: str, last: str, period_s: int = 3600) -> np.ndarray:
    return np.arange(first, last, period_s, dtype="datetime64[s]")


def test_a_week_starts_on_monday_at_local_midnight() -> None:
    clock = make_clock(axis("2023-01-01T23:00", "2023-01-08T23:00"), 3600, "Europe/Rome")
    assert clock.day_slots == 24
    assert clock.week_slots == 168
    assert clock.slot_of_week.tolist() == list(range(168))
    assert clock.weekday.tolist() == np.repeat(range(7), 24).tolist()
    assert clock.hour.tolist() == list(range(24)) * 7
    assert clock.weekend.tolist() == [False] * 120 + [True] * 48
    assert clock.day_type.tolist() == [0] * 120 + [1] * 48


def test_the_day_of_the_spring_change_leaves_a_slot_out_and_that_of_autumn_uses_one_twice() -> None:
    spring = make_clock(axis("2023-03-25T23:00", "2023-03-26T22:00"), 3600, "Europe/Rome")
    assert len(set(spring.day.tolist())) == 1
    assert spring.hour.tolist() == [0, 1, *range(3, 24)]
    autumn = make_clock(axis("2023-10-28T22:00", "2023-10-29T23:00"), 3600, "Europe/Rome")
    assert len(set(autumn.day.tolist())) == 1
    assert autumn.hour.tolist() == [0, 1, 2, 2, *range(3, 24)]


def test_slots_fit_periods_of_all_lengths_and_zones_of_half_an_hour() -> None:
    for period_s, day_slots, week_slots in ((600, 144, 1008), (900, 96, 672), (86_400, 1, 7), (604_800, 1, 1)):
        clock = make_clock(axis("2023-01-01", "2023-03-01", period_s), period_s, "Asia/Tehran")
        assert (clock.day_slots, clock.week_slots) == (day_slots, week_slots)
        assert 0 <= clock.slot_of_day.min() <= clock.slot_of_day.max() < day_slots
        assert 0 <= clock.slot_of_week.min() <= clock.slot_of_week.max() < week_slots
    clock = make_clock(axis("2023-01-01T20:00", "2023-01-02T20:00"), 3600, "Asia/Tehran")
    assert clock.hour.tolist() == [23, *range(23)]


def test_a_period_that_does_not_divide_the_day_keeps_its_slots_within_the_day() -> None:
    clock = make_clock(axis("2023-01-01", "2023-01-05", 25_000), 25_000, "UTC")
    assert clock.day_slots == 3
    assert clock.slot_of_day.max() == 2


@pytest.mark.parametrize(
    ("country", "zone", "weekend"),
    [("", "UTC", {5, 6}), ("IR", "Asia/Tehran", {4}), ("SA", "Asia/Riyadh", {4, 5}), ("IL", "Asia/Jerusalem", {4, 5})],
)
def test_every_country_has_its_own_weekend(country: str, zone: str, weekend: set[int]) -> None:
    clock = make_clock(axis("2023-02-01", "2023-03-01"), 3600, zone, country)
    assert set(clock.weekday[clock.weekend].tolist()) == weekend


def test_the_weekend_is_the_one_in_force_at_the_time() -> None:
    clock = make_clock(axis("2013-06-01", "2013-08-01"), 3600, "Asia/Riyadh", "SA")
    june, august = clock.day < 20, clock.day > 40
    assert set(clock.weekday[clock.weekend & june].tolist()) == {3, 4}
    assert set(clock.weekday[clock.weekend & august].tolist()) == {4, 5}


@pytest.mark.parametrize("country", ["", "IR", "IT"])
def test_a_weekend_that_is_said_takes_the_place_of_that_of_the_country(country: str) -> None:
    times = np.datetime64("2023-03-01", "s") + np.arange(28 * 24) * np.timedelta64(3600, "s")
    clock = make_clock(times, 3600, "UTC", country, weekend={3, 4})
    assert set(clock.weekday[clock.weekend].tolist()) == {3, 4}
    assert weekend_of(clock) == (3, 4)
    assert not make_clock(times, 3600, "UTC", country, weekend=()).weekend.any()
    same = make_clock(times, 3600, "UTC", country)
    assert (clock.holiday == same.holiday).all()


def test_holidays_and_their_eves_follow_local_midnight() -> None:
    times = axis("2013-12-05T23:00", "2013-12-08T23:00")
    clock = make_clock(times, 3600, "Europe/Rome", "IT-MI")
    assert clock.eve.tolist() == [True] * 24 + [False] * 48
    assert clock.holiday.tolist() == [False] * 24 + [True] * 48
    assert clock.event[0] == ""
    assert clock.event[24] == "Saint Ambrose's Day"
    assert clock.day_type.tolist() == [0] * 24 + [2] * 48
    assert not make_clock(times, 3600, "Europe/Rome", "IT").holiday[24:48].any()


def test_nowruz_makes_holidays_in_iran() -> None:
    clock = make_clock(axis("2017-03-17T20:30", "2017-03-26T20:30"), 3600, "Asia/Tehran", "IR")
    named = {name for name in clock.event if name}
    assert any("Nowruz" in name for name in named)


@pytest.mark.parametrize(
    ("country", "words"),
    [
        ("Iran", r"IR \(Iran\)"),
        ("Itly", r"IT \(Italy\)"),
        ("ZZ", "two-letter ISO code"),
        ("IT-ZZ", "no part ZZ"),
        ("IR-1", "give IR alone"),
    ],
)
def test_an_unknown_country_is_refused_with_what_may_be_meant(country: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        make_clock(axis("2023-01-01", "2023-01-02"), 3600, "UTC", country)


def test_custom_holidays_working_days_and_events_change_only_their_own_time() -> None:
    times = axis("2023-01-01", "2023-01-15")
    events = (
        Event(datetime(2023, 1, 4), datetime(2023, 1, 5), "Foundation day", "holiday"),
        Event(datetime(2023, 1, 7), datetime(2023, 1, 8), "Bridge day worked", "working"),
        Event(datetime(2023, 1, 10, 18), datetime(2023, 1, 10, 21), "Match"),
        Event(datetime(2023, 1, 11), datetime(2023, 1, 12), "Only one cell", "maintenance", ("A",)),
    )
    clock = make_clock(times, 3600, "UTC", "", events)
    days = {name: sorted(set(clock.day[np.array(flag)].tolist())) for name, flag in
            (("holiday", clock.holiday), ("eve", clock.eve), ("weekend", clock.weekend))}  # fmt: skip
    assert days == {"holiday": [3], "eve": [2], "weekend": [0, 7, 13]}
    assert [i for i, name in enumerate(clock.event) if name == "Match"] == [234, 235, 236]
    assert "Only one cell" not in clock.event


def test_two_names_at_one_time_are_both_kept() -> None:
    event = Event(datetime(2013, 12, 25), datetime(2013, 12, 26), "Concert")
    clock = make_clock(axis("2013-12-25", "2013-12-26"), 3600, "Europe/Rome", "IT", (event,))
    assert clock.event[5] == "Christmas Day; Concert"


def test_an_event_in_local_time_starts_at_the_local_hour() -> None:
    event = Event(datetime(2023, 7, 1, 20), datetime(2023, 7, 1, 22), "Concert")
    times = axis("2023-07-01", "2023-07-02")
    clock = make_clock(times, 3600, "Europe/Rome", "", (event,))
    assert times[next(i for i, name in enumerate(clock.event) if name)] == np.datetime64("2023-07-01T18:00")


def test_an_event_shorter_than_a_period_marks_the_period_it_falls_into() -> None:
    event = Event(datetime(2023, 7, 1, 20, 10), datetime(2023, 7, 1, 20, 20), "Fireworks")
    clock = make_clock(axis("2023-07-01", "2023-07-02"), 3600, "UTC", "", (event,))
    assert [i for i, name in enumerate(clock.event) if name] == [20]


def test_an_empty_axis_has_an_empty_clock() -> None:
    clock = make_clock(axis("2023-01-01", "2023-01-01"), 3600, "Europe/Rome", "IT")
    assert len(clock.hour) == len(clock.event) == len(clock.weekend) == 0
