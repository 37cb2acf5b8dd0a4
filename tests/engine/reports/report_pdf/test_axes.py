"""Ticks stand at round numbers and round local times."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import make_clock
from engine.data import Panel
from engine.reports.report_pdf.axes import Scale, round_ticks, short_number, time_ticks
from tests.engine.result_factory import make_panel


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 100, [0, 25, 50, 75, 100]),
        (0, 1, [0, 0.25, 0.5, 0.75, 1]),
        (98.2, 100.1, [98.5, 99, 99.5, 100]),
        (-3, 3, [-2, 0, 2]),
    ],
)
def test_ticks_are_round(low: float, high: float, ticks: list[float]) -> None:
    assert round_ticks(low, high) == pytest.approx(ticks)


@settings(deadline=None)
@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9))
def test_ticks_are_few_and_inside(low: float, span: float) -> None:
    high = low + span
    ticks = round_ticks(low, high)
    assert len(ticks) <= 7
    slack = 1e-6 * max(abs(low), abs(high), span)
    assert all(low - slack <= tick <= high + slack for tick in ticks)


def test_no_span_has_one_tick_and_no_number_none() -> None:
    assert round_ticks(5, 5) == [5]
    assert round_ticks(float("nan"), 5) == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (0.25, "0.25"), (5000, "5,000"), (12_500, "12.5 k"), (3_000_000, "3 M"), (-20_000, "-20 k")],
)
def test_tick_labels_are_short(value: float, shown: str) -> None:
    assert short_number(value) == shown


def panel(hours: int, zone: str = "Europe/Rome", period_s: int = 3600, begin: str = "2017-03-20T23:00:00") -> Panel:
    base = make_panel(1, 4, 1)
    count = hours * 3600 // period_s
    times = np.datetime64(begin, "s") + np.arange(count) * np.timedelta64(period_s, "s")
    nothing = np.zeros((1, count), np.float32)
    flags = np.zeros((1, count), np.uint8)
    return dataclasses.replace(
        base, times=times, period_s=period_s, zone=zone, values={"calls": nothing}, flags={"calls": flags}
    )


def labels(p: Panel, count: int = 8) -> list[str]:
    clock = make_clock(p.times, p.period_s, p.zone)
    return [tick.label for tick in time_ticks(p, clock, 0, len(p.times), count)]


def test_days_are_marked_at_local_midnight_through_the_change_of_the_clock() -> None:
    p = panel(24 * 7)
    clock = make_clock(p.times, p.period_s, p.zone)
    ticks = time_ticks(p, clock, 0, len(p.times), 8)
    assert [tick.label for tick in ticks] == [
        "21 Mar",
        "22 Mar",
        "23 Mar",
        "24 Mar",
        "25 Mar",
        "26 Mar",
        "27 Mar",
        "28 Mar",
    ]
    assert [tick.index for tick in ticks] == [0, 24, 48, 72, 96, 120, 143, 167]


def test_weeks_are_marked_on_mondays() -> None:
    weeks = ["27 Mar", "03 Apr", "10 Apr", "17 Apr", "24 Apr", "01 May", "08 May", "15 May"]
    assert labels(panel(24 * 60), 9) == weeks
    assert labels(panel(24 * 60), 6) == weeks[::2]


def test_a_short_stretch_is_marked_by_hours() -> None:
    assert labels(panel(24, period_s=900)) == ["21 Mar", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]


def test_half_hour_zones_and_daily_data_have_ticks() -> None:
    assert labels(panel(24 * 5, zone="Asia/Tehran", begin="2017-03-20T20:30:00"))[0] == "21 Mar"
    assert len(labels(panel(24 * 400, period_s=86_400))) >= 4
    assert labels(panel(0)) == []


def test_a_scale_is_linear() -> None:
    scale = Scale(10, 20, 100, 300)
    assert [scale(10), scale(15), scale(20)] == [100, 200, 300]
