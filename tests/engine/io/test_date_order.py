"""Dates that can be read both ways: what the dates themselves tell, and what the days that follow each other do."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from engine.errors import InputError
from engine.io import LoadOptions, load

FIRST = datetime(2024, 4, 1)


def hourly(path: Path, written: str, days: int, cells: int, first: datetime = FIRST) -> Path:
    moments = [first + timedelta(hours=h) for h in range(24 * days)]
    rows = [f"{moment:{written}},C{k},{moment.hour + k}" for moment in moments for k in range(cells)]
    path.write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    return path


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        load([path])
    return caught.value


@pytest.mark.parametrize("cells", [1, 300], ids=["days in the first rows", "a day in the first rows"])
def test_dates_with_points_that_follow_each_other_month_first_only_are_asked_about(tmp_path: Path, cells: int) -> None:
    path = hourly(tmp_path / "a.csv", "%m.%d.%Y %H:%M:%S", 6, cells)
    reason = refused(path).reason
    assert reason.code == "date_ambiguous_likely"
    assert str(reason.params["likely"]).endswith("April 2024")
    assert reason.params["file"] == "a.csv"
    assert reason.params["column"] == "time"
    loaded = load([path], LoadOptions(day_first=False))
    assert loaded.panel.shape == (cells, 144)
    assert loaded.panel.times[0] == np.datetime64(FIRST, "s")


@pytest.mark.parametrize("cells", [1, 300])
def test_dates_with_points_have_the_day_first_otherwise(tmp_path: Path, cells: int) -> None:
    loaded = load([hourly(tmp_path / "a.csv", "%d.%m.%Y %H:%M", 6, cells)])
    assert loaded.panel.times[0] == np.datetime64(FIRST, "s")
    assert loaded.panel.shape == (cells, 144)


def test_dates_with_points_that_tell_the_month_first_are_taken_at_their_word(tmp_path: Path) -> None:
    loaded = load([hourly(tmp_path / "a.csv", "%m.%d.%Y %H:%M", 3, 1, datetime(2024, 4, 12))])
    assert loaded.panel.times[0] == np.datetime64("2024-04-12", "s")


def test_months_with_points_are_months(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"01.{month:02}.2024,C1,{month}" for month in range(1, 13)]
    path.write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    times = load([path]).panel.times
    assert times[-1] - times[0] > np.timedelta64(300, "D")
