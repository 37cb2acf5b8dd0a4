from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import check_zone, iso_local, iso_locals, local_seconds, local_text, needs_year, to_utc
from engine.errors import InputError

ZONES = ("Europe/Rome", "Asia/Tehran", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca")


def stamps(*texts: str) -> np.ndarray:
    return np.array(texts, "datetime64[s]")


@pytest.mark.parametrize("zone", ZONES)
def test_local_time_is_what_zoneinfo_says_over_years_of_clock_changes(zone: str) -> None:
    times = np.arange("2005-01-01", "2024-01-01", 86_400 * 5 + 7_013, dtype="datetime64[s]")
    expected = [t.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for t in times.tolist()]
    assert local_seconds(times, zone).astype("datetime64[s]").tolist() == expected


@pytest.mark.parametrize("zone", ZONES)
def test_local_time_is_right_at_every_minute_around_a_clock_change(zone: str) -> None:
    for around in (
        "2019-03-31",
        "2019-10-27",
        "2019-11-03",
        "2019-04-06T12:00",
        "2019-03-21T12:00",
        "2019-09-21T12:00",
    ):
        times = np.datetime64(around, "s") + np.arange(-1440, 1440) * np.timedelta64(60, "s")
        expected = [t.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for t in times.tolist()]
        assert local_seconds(times, zone).astype("datetime64[s]").tolist() == expected


@settings(deadline=None, max_examples=200)
@given(
    zone=st.sampled_from(ZONES),
    local=st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1)).map(lambda d: d.replace(microsecond=0)),
)
def test_wall_clock_goes_to_utc_as_python_takes_it(zone: str, local: datetime) -> None:
    expected = local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC).replace(tzinfo=None)
    assert to_utc(np.array([local], "datetime64[s]"), zone).tolist() == [expected]


def test_a_repeated_hour_is_taken_as_its_first_and_a_skipped_one_with_the_old_offset() -> None:
    found = to_utc(stamps("2023-10-29T02:30", "2023-03-26T02:30"), "Europe/Rome")
    assert found.tolist() == stamps("2023-10-29T00:30", "2023-03-26T01:30").tolist()


def test_going_to_utc_and_back_keeps_every_hour_that_exists_once() -> None:
    utc = np.arange("2023-03-20", "2023-04-05", 1800, dtype="datetime64[s]")
    for zone in ZONES:
        local = local_seconds(utc, zone).astype("datetime64[s]")
        once = np.array([np.count_nonzero(local == value) == 1 for value in local])
        assert once.sum() > 700
        assert (to_utc(local, zone)[once] == utc[once]).all()


def test_an_unknown_zone_names_close_ones() -> None:
    with pytest.raises(InputError, match=r"Tehran.*Asia/Tehran"):
        check_zone("Asia/Teheran".replace("Teheran", "tehran_") + "Tehran")
    with pytest.raises(InputError, match="Europe/Rome"):
        local_seconds(stamps("2020-01-01"), "Europe/Rom")
    with pytest.raises(InputError, match="IANA"):
        check_zone("qq")
    with pytest.raises(InputError):
        check_zone("../../etc/passwd")


def test_no_zone_is_utc() -> None:
    assert check_zone("") == "UTC"
    assert local_seconds(stamps("2020-06-01T05:00"), "").tolist() == stamps("2020-06-01T05:00").astype(int).tolist()


@pytest.mark.parametrize("bad", ["NaT", "0001-01-01", "9999-12-31"])
def test_stamps_that_no_calendar_holds_are_refused(bad: str) -> None:
    with pytest.raises(InputError, match="calendar"):
        local_seconds(stamps("2020-01-01", bad), "Europe/Rome")


def test_an_empty_axis_has_no_local_times() -> None:
    assert local_seconds(stamps(), "Europe/Rome").tolist() == []
    assert to_utc(stamps(), "Europe/Rome").tolist() == []
    assert iso_locals(stamps(), "Europe/Rome") == []


def test_stamps_read_as_people_write_them() -> None:
    assert local_text(np.datetime64("2017-03-02T13:30:00"), "Asia/Tehran") == "Thu 02 Mar 17:00"
    assert local_text(np.datetime64("2017-12-31T23:00:05"), "Europe/Rome") == "Mon 01 Jan 00:00:05"
    assert local_text(np.datetime64("2017-12-31T23:00"), "Europe/Rome", year=True) == "Mon 01 Jan 2018 00:00"


def test_iso_stamps_carry_the_offset_of_their_moment() -> None:
    assert iso_local(np.datetime64("2017-03-02T13:30:00"), "Asia/Tehran") == "2017-03-02T17:00:00+03:30"
    assert iso_local(np.datetime64("2017-07-02T13:30:00"), "America/New_York") == "2017-07-02T09:30:00-04:00"
    assert iso_local(np.datetime64("1880-01-01T00:00:00"), "Europe/Rome") == "1880-01-01T00:49:56+00:49:56"
    times = np.arange("2023-10-28", "2023-10-30", 1800, dtype="datetime64[s]")
    expected = [t.replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/Rome")).isoformat() for t in times.tolist()]
    assert iso_locals(times, "Europe/Rome") == expected


def test_the_year_goes_without_saying_within_a_year() -> None:
    begin = np.datetime64("2016-03-01T00:00:00", "s")
    assert not needs_year(begin + np.arange(90) * np.timedelta64(86400, "s"))
    assert needs_year(begin + np.arange(400) * np.timedelta64(86400, "s"))
    assert needs_year(begin + np.arange(358) * np.timedelta64(86400, "s"))  # "23 Oct to 15 Oct"
    assert not needs_year(begin[None])
    assert not needs_year(np.zeros(0, "datetime64[s]"))
