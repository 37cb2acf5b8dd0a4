"""Whole local days on the wall clock, stored in UTC and shown locally again: golden by Python's own zone database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from engine.calendar import iso_locals, make_clock
from engine.continuation.append import append
from engine.io import LoadOptions, load

DAYS = [
    ("Europe/Rome", "2024-03-31", 23.0),
    ("Europe/Rome", "2024-10-27", 25.0),
    ("Europe/Rome", "2024-07-01", 24.0),
    ("Asia/Tehran", "2024-03-21", 24.0),
    ("Asia/Tehran", "2022-03-22", 23.0),
    ("Asia/Tehran", "2022-09-21", 25.0),
    ("Asia/Kathmandu", "2024-01-01", 24.0),
    ("Australia/Lord_Howe", "2024-04-07", 24.5),
    ("Australia/Lord_Howe", "2024-10-06", 23.5),
    ("America/St_Johns", "2024-11-03", 25.0),
]
"""Zone, local day, its hours. Tehran is +03:30 all year since the autumn of 2022, +04:30 in the summers before."""


def moments(zone: str, day: str, period_s: int) -> list[datetime]:
    """The begins of all periods of a local day, UTC."""
    first = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    after = (datetime.fromisoformat(day) + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    count = int((after - first).total_seconds()) // period_s
    return [first + timedelta(seconds=k * period_s) for k in range(count)]


def write(path: Path, zone: str, begins: list[datetime]) -> Path:
    rows = [f"{b.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M},A,{k}" for k, b in enumerate(begins)]
    path.write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    return path


@pytest.mark.parametrize("period_s", [900, 1800])
@pytest.mark.parametrize(("zone", "day", "hours"), DAYS)
def test_a_local_day_without_offsets_becomes_its_utc_periods(
    tmp_path: Path, zone: str, day: str, hours: float, period_s: int
) -> None:
    begins = moments(zone, day, period_s)
    assert len(begins) == hours * 3600 / period_s
    panel = load([write(tmp_path / "day.csv", zone, begins)], LoadOptions(zone=zone)).panel
    assert panel.period_s == period_s
    assert panel.times.tolist() == [b.replace(tzinfo=None) for b in begins]
    assert panel.values["calls"][0].tolist() == list(range(len(begins)))
    assert iso_locals(panel.times, zone) == [b.astimezone(ZoneInfo(zone)).isoformat() for b in begins]


@pytest.mark.parametrize(("zone", "day", "hours"), DAYS[:2])
def test_the_local_calendar_of_a_short_and_a_long_day(zone: str, day: str, hours: float) -> None:
    times = np.array([b.replace(tzinfo=None) for b in moments(zone, day, 3600)], "datetime64[s]")
    clock = make_clock(times, 3600, zone, "")
    assert len(clock.hour) == hours
    assert len(set(clock.day.tolist())) == 1
    assert clock.hour.tolist().count(2) == (0 if hours == 23 else 2)
    assert clock.hour[-1] == 23


@pytest.mark.parametrize(("zone", "day"), [("Europe/Rome", "2024-03-31"), ("Europe/Rome", "2024-10-27")])
def test_days_appended_across_a_change_of_the_clock_join_without_gap(tmp_path: Path, zone: str, day: str) -> None:
    first = (datetime.fromisoformat(day) - timedelta(days=1)).date().isoformat()
    panels = [
        load([write(tmp_path / f"{d}.csv", zone, moments(zone, d, 3600))], LoadOptions(zone=zone)).panel
        for d in (first, day)
    ]
    joined = append(*panels)
    assert not np.isnan(joined.panel.values["calls"]).any()
    assert (joined.new, joined.replaced) == (len(panels[1].times), 0)
