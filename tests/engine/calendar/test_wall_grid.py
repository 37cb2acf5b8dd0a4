"""Days of a panel are 24 hours apart; what is said of them is when they really begin."""

from __future__ import annotations

import numpy as np
import pytest

from engine.calendar import WallGrid, iso_local
from engine.data import Kpi, Panel

CALLS = Kpi("calls")


def panel(first: str, periods: int, period_s: int, zone: str = "Europe/Rome") -> Panel:
    times = np.datetime64(first, "s") + np.arange(periods) * np.timedelta64(period_s, "s")
    values, flags = np.zeros((0, periods), np.float32), np.zeros((0, periods), np.uint8)
    return Panel(times, period_s, zone, (), (CALLS,), {"calls": values}, {"calls": flags})


def begins(of: Panel) -> list[str]:
    return [iso_local(time, of.zone) for time in WallGrid.of(of).moments(of.times)]


def test_a_day_of_summer_begins_at_its_midnight_though_the_grid_is_that_of_winter() -> None:
    days = panel("2025-03-27T23:00", 5, 86_400)
    assert begins(days) == [
        "2025-03-28T00:00:00+01:00",
        "2025-03-29T00:00:00+01:00",
        "2025-03-30T00:00:00+01:00",
        "2025-03-31T00:00:00+02:00",
        "2025-04-01T00:00:00+02:00",
    ]
    assert str(WallGrid.of(days).moments(days.times)[3]) == "2025-03-30T22:00:00"


def test_a_panel_of_summer_alone_is_real_time() -> None:
    assert begins(panel("2025-06-30T22:00", 2, 86_400)) == ["2025-07-01T00:00:00+02:00", "2025-07-02T00:00:00+02:00"]


def test_quarters_of_a_day_stay_on_the_wall_clock() -> None:
    last = begins(panel("2025-03-29T23:00", 8, 6 * 3600))[-4:]
    assert last == [f"2025-03-31T{hour:02d}:00:00+02:00" for hour in (0, 6, 12, 18)]


@pytest.mark.parametrize(("period_s", "zone"), [(3600, "Europe/Rome"), (86_400, "UTC")])
def test_hours_and_utc_are_left_alone(period_s: int, zone: str) -> None:
    some = panel("2025-03-29T23:00", 60, period_s, zone)
    assert WallGrid.of(some).moments(some.times) is some.times


def test_a_real_moment_has_its_place_on_the_grid() -> None:
    grid = WallGrid.of(panel("2025-03-27T23:00", 5, 86_400))
    for moment in ("2025-03-29T23:00", "2025-03-30T22:00"):
        time = np.datetime64(moment, "s")
        assert grid.moment(grid.place(time)) == time
