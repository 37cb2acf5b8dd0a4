"""Later files extend a data set; the same files again change nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine import io
from engine.continuation.append import periods_in_front
from engine.continuation.later import add_files
from engine.errors import InputError
from engine.io import LoadOptions


def day(folder: Path, number: int, calls: int = 5, cell: str = "A") -> Path:
    """One day of hourly rows of one cell, by the wall clock; one row cannot be read."""
    path = folder / f"{cell}-{number:02}.csv"
    rows = [f"2024-01-{number:02} {hour:02}:00,{cell},{calls}" for hour in range(24)]
    path.write_text("\n".join(["time,cell,calls", *rows, "never,A,1"]) + "\n")
    return path


@pytest.fixture
def first(tmp_path: Path) -> io.Loaded:
    return io.load([day(tmp_path, 1)], LoadOptions(zone="Asia/Tehran"))


def test_the_next_day_is_put_behind_and_read_in_the_zone_of_the_first(first: io.Loaded, tmp_path: Path) -> None:
    later = add_files(first.panel, first.quality, None, [day(tmp_path, 2)])
    assert later.changes
    assert (later.appended.new, later.appended.replaced, later.appended.same) == (24, 0, 0)
    assert later.appended.panel.zone == "Asia/Tehran"
    assert np.array_equal(np.diff(later.appended.panel.times), np.full(47, np.timedelta64(3600, "s")))


def test_a_file_of_one_moment_has_the_granularity_of_the_data_it_joins(first: io.Loaded, tmp_path: Path) -> None:
    hour = tmp_path / "hour.csv"
    hour.write_text("time,cell,calls\n2024-01-02 00:00,A,7\n")
    later = add_files(first.panel, first.quality, None, [hour])
    assert (later.appended.new, later.appended.replaced) == (1, 0)
    assert later.appended.panel.shape == (1, 25)
    off = tmp_path / "off.csv"
    off.write_text("time,cell,calls\n2024-01-02 00:20,A,7\n")
    with pytest.raises(InputError) as caught:
        add_files(first.panel, first.quality, None, [off])
    assert caught.value.reason.code == "append_grid"


def test_hours_with_holes_between_them_have_the_granularity_of_the_data_they_join(
    first: io.Loaded, tmp_path: Path
) -> None:
    """Two steps of two hours are two missing hours, not a file of two-hourly sums."""
    holes = tmp_path / "holes.csv"
    holes.write_text("time,cell,calls\n" + "".join(f"2024-01-02 {hour:02}:00,A,{hour}\n" for hour in (0, 2, 4)))
    later = add_files(first.panel, first.quality, None, [holes])
    assert later.appended.panel.period_s == 3600
    assert later.appended.panel.values["calls"][0, 24:].tolist() == pytest.approx(
        [0, np.nan, 2, np.nan, 4], nan_ok=True
    )


def days(path: Path, *dates: str) -> Path:
    path.write_text("time,cell,calls\n" + "".join(f"{date},A,{int(date[-2:])}\n" for date in dates))
    return path


@pytest.mark.parametrize(("hours", "period_s"), [((0, 2, 4, 6, 7, 9, 12), 3600), ((0, 2, 4, 6, 10, 12, 14), 7200)])
def test_many_moments_on_a_longer_grid_are_of_a_longer_period(
    hours: tuple[int, ...], period_s: int, first: io.Loaded, tmp_path: Path
) -> None:
    path = tmp_path / "some.csv"
    path.write_text("time,cell,calls\n" + "".join(f"2024-01-02 {hour:02}:00,A,{hour}\n" for hour in hours))
    loaded = io.load([path], LoadOptions(zone="Asia/Tehran", joins_s=first.panel.period_s))
    assert loaded.panel.period_s == period_s


@pytest.mark.parametrize("turned", [False, True], ids=["winter comes", "summer comes"])
def test_days_are_added_over_a_change_of_the_clock_holes_or_not(turned: bool, tmp_path: Path) -> None:
    """Days lie on the wall clock, which one part of the files alone does not show."""
    summer = days(tmp_path / "summer.csv", *(f"2024-10-{day:02}" for day in range(1, 25)))
    winter = days(tmp_path / "winter.csv", "2024-10-28", "2024-10-30", "2024-11-01")
    options = LoadOptions(zone="Europe/Rome", period_s=86_400)
    first, second = (winter, summer) if turned else (summer, winter)
    once = io.load([first], options)
    later = add_files(once.panel, once.quality, None, [second])
    whole = io.load([summer, winter], options).panel
    assert later.appended.new == (24 if turned else 3)
    assert np.array_equal(later.appended.panel.times, whole.times)
    np.testing.assert_array_equal(later.appended.panel.values["calls"], whole.values["calls"])
    again = add_files(later.appended.panel, later.quality, None, [summer])
    assert not again.changes
    assert periods_in_front(once.panel, later.appended.panel) == (27 if turned else 0)


def test_the_report_counts_both_files(first: io.Loaded, tmp_path: Path) -> None:
    later = add_files(first.panel, first.quality, None, [day(tmp_path, 2, cell="B")])
    assert (later.quality.rows_read, later.quality.rows_kept) == (50, 48)
    assert {d.reason.code: d.rows for d in later.quality.dropped} == {"row_time": 2}
    assert later.quality.missing_share == 0.5
    assert later.appended.reason in later.quality.notes


def test_the_same_file_again_changes_nothing(first: io.Loaded, tmp_path: Path) -> None:
    again = add_files(first.panel, first.quality, None, [day(tmp_path, 1)])
    assert not again.changes
    assert again.appended.same == 24
    assert np.array_equal(again.appended.panel.values["calls"], first.panel.values["calls"])


def test_a_corrected_day_replaces(first: io.Loaded, tmp_path: Path) -> None:
    corrected = add_files(first.panel, first.quality, None, [day(tmp_path, 1, calls=7)])
    assert corrected.changes
    assert corrected.appended.replaced == 24


def test_labels_stay_where_they_were(first: io.Loaded, tmp_path: Path) -> None:
    labels = {"calls": np.ones(first.panel.shape, np.int8)}
    later = add_files(first.panel, first.quality, labels, [day(tmp_path, 3, cell="B")])
    assert later.labels is not None
    placed = later.labels["calls"]
    assert placed.shape == later.appended.panel.shape
    assert (placed[0, :24] == 1).all()
    assert (placed[0, 24:] == -1).all()
    assert (placed[1] == -1).all()


def test_files_of_another_period_are_refused(first: io.Loaded, tmp_path: Path) -> None:
    path = tmp_path / "fine.csv"
    path.write_text("time,cell,calls\n" + "".join(f"2024-01-02 00:{m:02},A,1\n" for m in range(0, 60, 15)))
    with pytest.raises(InputError) as refused:
        add_files(first.panel, first.quality, None, [path])
    assert refused.value.reason.code == "append_period"


def test_a_day_with_a_repeated_hour_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "autumn.csv"
    walls = [f"{h:02}:00" for h in (0, 1, 2, 2, *range(3, 24))]
    path.write_text("\n".join(["time,cell,calls", *(f"2024-10-27 {w},A,{k}" for k, w in enumerate(walls))]) + "\n")
    once = io.load([path], LoadOptions(zone="Europe/Rome"))
    assert once.panel.values["calls"][0].tolist() == list(range(25))
    again = add_files(once.panel, once.quality, None, [path])
    assert not again.changes
    assert np.array_equal(again.appended.panel.values["calls"], once.panel.values["calls"])


def test_labels_of_later_files_are_put_to_those_that_are_there(first: io.Loaded, tmp_path: Path) -> None:
    labelled = tmp_path / "labelled.csv"
    rows = [f"2024-01-{d:02} {h:02}:00,A,5,{int(h == 4)}" for d in (1, 2) for h in range(24)]
    labelled.write_text("\n".join(["time,cell,calls,label", *rows]) + "\n")
    held = {"calls": np.full(first.panel.shape, -1, np.int8)}
    held["calls"][0, 4] = 0
    later = add_files(first.panel, first.quality, held, [labelled], LoadOptions(with_labels=True))
    assert later.labels is not None
    assert np.flatnonzero(later.labels["calls"][0] == 1).tolist() == [28], "what was said before stays"
    assert add_files(first.panel, first.quality, None, [labelled]).labels is None
