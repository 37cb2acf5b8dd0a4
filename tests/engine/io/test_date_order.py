"""Dates that can be read both ways: what the dates themselves tell, and what the days that follow each other do."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from engine.errors import InputError
from engine.io import Loaded, LoadOptions, load
from engine.io.preview import preview

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


DAY = datetime(2024, 3, 4)
READ = ("03.04.2024", "03 April 2024", "04 March 2024")


def as_usual(loaded: Loaded) -> list[tuple[object, ...]]:
    """What is said of dates that were read with the day first because that is usual."""
    notes = [note.params for note in loaded.quality.notes if note.code == "dates_as_usual"]
    return [(told["value"], told["day_first"], told["month_first"]) for told in notes]


@pytest.mark.parametrize("cells", [1, 300])
@pytest.mark.parametrize("written", ["%m.%d.%Y %H:%M:%S", "%m.%d.%Y,%H:%M"], ids=["one column", "date and time apart"])
def test_a_day_with_points_that_nothing_tells_is_read_as_usual_and_that_is_said(
    tmp_path: Path, cells: int, written: str
) -> None:
    path = hourly(tmp_path / "a.csv", written, 1, cells, DAY)
    if "," in written:
        path.write_text(path.read_text().replace("time,cell", "date,time,cell", 1))
    loaded = load([path])
    assert loaded.panel.times[0] == np.datetime64("2024-04-03", "s")
    assert as_usual(loaded) == [READ]
    seen = preview([path])
    assert [note.params["month_first"] for note in seen.why if note.code == "dates_as_usual"] == ["04 March 2024"]
    for day_first, begin in ((True, "2024-04-03"), (False, "2024-03-04")):
        said = load([path], LoadOptions(day_first=day_first))
        assert said.panel.times[0] == np.datetime64(begin, "s")
        assert as_usual(said) == []


def test_a_day_in_a_workbook_and_one_of_calls_are_said_as_well(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["time", "cell", "calls"])
    for hour in range(24):
        book.active.append([f"03.04.2024 {hour:02}:00", "C1", hour])
    book.save(tmp_path / "a.xlsx")
    assert as_usual(load([tmp_path / "a.xlsx"])) == [READ]
    rows = [f"03.04.2024 {hour:02}:10:00,60,4915112345{hour},4915154321{hour},C1" for hour in range(24)]
    (tmp_path / "calls.csv").write_text("\n".join(["start_time,duration,caller,callee,cell_id", *rows]) + "\n")
    assert as_usual(load([tmp_path / "calls.csv"])) == [READ]


@pytest.mark.parametrize(
    ("written", "days", "first"),
    [
        ("%d.%m.%Y %H:%M", 2, DAY),
        ("%d.%m.%Y %H:%M", 1, datetime(2024, 4, 13)),
        ("%d.%m.%Y %H:%M", 1, datetime(2024, 4, 4)),
        ("%d %b %Y %H:%M", 1, DAY),
        ("%Y-%m-%d %H:%M", 1, DAY),
    ],
    ids=["days that follow", "the date", "the same either way", "a name", "ISO"],
)
def test_nothing_is_said_where_something_tells(tmp_path: Path, written: str, days: int, first: datetime) -> None:
    loaded = load([hourly(tmp_path / "a.csv", written, days, 1, first)])
    assert loaded.panel.times[0] == np.datetime64(first, "s")
    assert as_usual(loaded) == []


def test_months_or_days_of_january_are_said(tmp_path: Path) -> None:
    rows = [f"01.{month:02}.2024,C1,{month}" for month in range(1, 13)]
    (tmp_path / "a.csv").write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    assert as_usual(load([tmp_path / "a.csv"])) == [("01.02.2024", "01 February 2024", "02 January 2024")]


def test_months_by_their_names_are_not_taken_for_days(tmp_path: Path) -> None:
    moments = [f"01 {name} 2024 {hour:02}:00" for name in ("Feb", "Mar", "Apr") for hour in range(24)]
    rows = [f"{moment},C1,{k}" for k, moment in enumerate(moments)]
    (tmp_path / "a.csv").write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    assert load([tmp_path / "a.csv"]).panel.times[0] == np.datetime64("2024-02-01", "s")


def test_later_rows_with_points_tell_for_the_first_ones(tmp_path: Path) -> None:
    path = hourly(tmp_path / "a.csv", "%m.%d.%Y %H:%M:%S", 2, 300, datetime(2024, 4, 12))
    loaded = load([path])
    assert loaded.panel.times[0] == np.datetime64("2024-04-12", "s")
    assert loaded.quality.dropped == ()
    assert as_usual(loaded) == []


def test_another_file_tells_for_one_with_points(tmp_path: Path) -> None:
    hourly(tmp_path / "a.csv", "%m.%d.%Y %H:%M:%S", 1, 1, datetime(2024, 4, 12))
    hourly(tmp_path / "b.csv", "%m.%d.%Y %H:%M:%S", 1, 1, datetime(2024, 4, 13))
    loaded = load([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert loaded.panel.times[0] == np.datetime64("2024-04-12", "s")
    assert as_usual(loaded) == []


def test_what_is_usual_with_points_does_not_answer_for_files_without(tmp_path: Path) -> None:
    hourly(tmp_path / "a.csv", "%m.%d.%Y %H:%M:%S", 1, 1, DAY)
    hourly(tmp_path / "b.csv", "%m/%d/%Y %H:%M:%S", 1, 1, datetime(2024, 3, 5))
    with pytest.raises(InputError) as caught:
        load([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert caught.value.reason.code == "date_ambiguous"
