"""Ticks stand on round local times and round numbers."""

from __future__ import annotations

import math
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gui.plots.ticks import TimeScale, compact, time_ticks, value_ticks


def scale(begin: str = "2017-03-02T00:00", period_s: int = 3600, zone: str = "UTC") -> TimeScale:
    return TimeScale(np.datetime64(begin, "s"), period_s, zone)


def wall(s: TimeScale, sample: float) -> datetime:
    utc = s.utc(sample).astype(datetime).replace(tzinfo=ZoneInfo("UTC"))
    return utc.astimezone(ZoneInfo(s.zone))


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(["UTC", "Europe/Rome", "Asia/Tehran", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    st.sampled_from([60, 900, 3600, 86_400]),
    st.floats(0, 20_000),
    st.floats(8, 30_000),
    st.integers(2, 6),
)
def test_ticks_stand_on_the_wall_clock_in_sight_and_are_few(
    zone: str, period_s: int, start: float, span: float, most: int
) -> None:
    s = scale(period_s=period_s, zone=zone)
    ticks = time_ticks(s, start, start + span, most)
    assert len(ticks) <= most + 1
    places = [tick.at for tick in ticks]
    assert places == sorted(set(places))
    for tick in ticks:
        assert start <= tick.at <= start + span
        local = wall(s, tick.at)
        assert local.second == 0
        assert local.minute % 5 == 0 or period_s == 60


def test_days_read_weekday_day_month() -> None:
    labels = [tick.label for tick in time_ticks(scale(), 0, 24 * 5, 5)]
    assert labels == ["Thu 02 Mar", "Fri 03 Mar", "Sat 04 Mar", "Sun 05 Mar", "Mon 06 Mar", "Tue 07 Mar"]


def test_weeks_begin_on_mondays() -> None:
    labels = [tick.label for tick in time_ticks(scale(), 0, 24 * 28, 5)]
    assert [label[:3] for label in labels] == ["Mon"] * 4


def test_a_day_without_midnight_in_sight_carries_its_date_once() -> None:
    labels = [tick.label for tick in time_ticks(scale(period_s=900), 20, 60, 5)]
    assert labels[0] == "Thu 02 Mar 06:00"
    assert labels[1:] == ["08:00", "10:00", "12:00", "14:00"]


def test_midnights_of_a_day_of_23_hours_are_23_apart() -> None:
    s = scale("2017-03-24T23:00", zone="Europe/Rome")
    ticks = time_ticks(s, 0, 72, 5)
    days = {tick.label: tick.at for tick in ticks}
    assert days["Mon 27 Mar"] - days["Sun 26 Mar"] == 23


def test_midnights_of_a_day_of_25_hours_are_25_apart() -> None:
    s = scale("2017-10-27T22:00", zone="Europe/Rome")
    days = {tick.label: tick.at for tick in time_ticks(s, 0, 80, 5)}
    assert days["Mon 30 Oct"] - days["Sun 29 Oct"] == 25


def test_an_hour_that_does_not_occur_has_no_tick() -> None:
    s = scale("2017-03-25T23:00", zone="Europe/Rome")
    labels = [tick.label for tick in time_ticks(s, 0, 5, 6)]
    assert labels == ["Sun 26 Mar", "01:00", "03:00", "04:00", "05:00", "06:00"]


def test_years_and_months_of_long_spans() -> None:
    assert [t.label for t in time_ticks(scale(period_s=86_400), 0, 365, 5)] == [
        "Apr 2017",
        "Jul 2017",
        "Oct 2017",
        "Jan 2018",
    ]
    assert [t.label for t in time_ticks(scale(period_s=86_400), 0, 3650, 5)] == ["2018", "2020", "2022", "2024", "2026"]
    assert len(time_ticks(scale(period_s=86_400), 0, 365_000, 5)) in range(3, 7)


@example(low=0.5e-9, span=2 - 1.5e-9, most=2)
@settings(max_examples=200, deadline=None)
@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12), st.integers(2, 6))
def test_value_ticks_are_few_round_and_told_apart(low: float, span: float, most: int) -> None:
    high = low + span
    if high - low < 1e-9 * max(abs(low), abs(high)):
        return
    ticks = value_ticks(low, high, most)
    assert 1 <= len(ticks) <= most
    assert len({tick.label for tick in ticks}) == len(ticks)
    assert all(low - 1e-6 * span <= tick.at <= high + 1e-6 * span for tick in ticks)


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0, 1, ["0", "0.25", "0.50", "0.75", "1.00"]),
        (0, 15_000, ["0", "5k", "10k", "15k"]),
        (97.2, 99.9, ["97.5", "98.0", "98.5", "99.0", "99.5"]),
        (-3, 8, ["-2.5", "0", "2.5", "5.0", "7.5"]),
        (0, 2.4e9, ["0", "0.5G", "1.0G", "1.5G", "2.0G"]),
    ],
)
def test_value_ticks_by_hand(low: float, high: float, labels: list[str]) -> None:
    assert [tick.label for tick in value_ticks(low, high, 6 if high == 99.9 else 5)] == labels


@pytest.mark.parametrize(("low", "high"), [(0, 0), (1, 0), (0, math.inf), (math.nan, 1)])
def test_a_range_that_is_none_has_no_ticks(low: float, high: float) -> None:
    assert value_ticks(low, high) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (412, "412"),
        (12_345, "12.3k"),
        (3_214_567, "3.21M"),
        (math.nan, "–"),
        (-4.0, "-4"),
        (0.001234, "0.00123"),
    ],
)
def test_compact_numbers(value: float, text: str) -> None:
    assert compact(value) == text


def test_a_place_and_its_time_are_each_others_inverse() -> None:
    s = scale(period_s=900)
    assert s.sample(s.utc(123)) == 123
    assert s.text(4.9) == "Thu 02 Mar 01:00"
