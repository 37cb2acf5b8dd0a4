from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from engine.calendar import read_events
from engine.data.event import Event
from engine.errors import InputError

OUTLOOK_ZONE = """BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def read(folder: Path, *events: str, zones: str = "") -> tuple[Event, ...]:
    body = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    path = folder / "calendar.ics"
    path.write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{zones}{body}END:VCALENDAR\n", newline="\r\n")
    return read_events(path)


def starts(events: tuple[Event, ...]) -> list[str]:
    return [event.start.isoformat(" ", "minutes") for event in events]


def test_a_single_event_keeps_its_name_kind_and_end(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "SUMMARY:Upgrade\\, phase 2\nCATEGORIES:Network,MAINTENANCE\nDTSTART:20240301T010000Z\nDTEND:20240301T040000Z",
    )
    assert found == (
        Event(datetime(2024, 3, 1, 1), datetime(2024, 3, 1, 4), "Upgrade, phase 2", "maintenance", (), utc=True),
    )


def test_a_whole_day_stays_local_and_its_end_is_exclusive(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "SUMMARY:Fair\nDTSTART;VALUE=DATE:20240301\nDTEND;VALUE=DATE:20240303",
        "SUMMARY:Day\nDTSTART;VALUE=DATE:20240305",
    )
    assert found == (
        Event(datetime(2024, 3, 1), datetime(2024, 3, 3), "Fair"),
        Event(datetime(2024, 3, 5), datetime(2024, 3, 6), "Day"),
    )


def test_folded_lines_and_durations_are_understood(tmp_path: Path) -> None:
    found = read(tmp_path, "SUMMARY:Long na\n me\nDTSTART:20240301T100000\nDURATION:P1DT2H30M")
    assert found == (Event(datetime(2024, 3, 1, 10), datetime(2024, 3, 2, 12, 30), "Long name"),)


def test_a_weekly_event_keeps_its_wall_clock_hour_over_the_change_of_clocks(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "SUMMARY:Match\nDTSTART;TZID=Europe/Rome:20240323T200000\nDTEND;TZID=Europe/Rome:20240323T220000\n"
        "RRULE:FREQ=WEEKLY;COUNT=3",
    )
    assert starts(found) == ["2024-03-23 19:00", "2024-03-30 19:00", "2024-04-06 18:00"]
    assert all(event.utc for event in found)


def test_a_zone_that_only_the_file_describes_is_used(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "SUMMARY:Meeting\nDTSTART;TZID=W. Europe Standard Time:20240630T100000\n"
        "DTEND;TZID=W. Europe Standard Time:20240630T110000",
        zones=OUTLOOK_ZONE,
    )
    assert found == (Event(datetime(2024, 6, 30, 8), datetime(2024, 6, 30, 9), "Meeting", utc=True),)


def test_until_in_utc_ends_a_rule_in_local_time(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "SUMMARY:x\nDTSTART;TZID=Asia/Tehran:20240101T200000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20240103T163000Z",
    )
    assert starts(found) == ["2024-01-01 16:30", "2024-01-02 16:30", "2024-01-03 16:30"]


def test_exceptions_added_dates_and_moved_occurrences_count(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "UID:m\nSUMMARY:Market\nDTSTART:20240101T080000Z\nDURATION:PT4H\nRRULE:FREQ=DAILY;COUNT=4\n"
        "EXDATE:20240102T080000Z\nRDATE:20240110T080000Z",
        "UID:m\nSUMMARY:Market\nRECURRENCE-ID:20240103T080000Z\nDTSTART:20240103T120000Z\nDURATION:PT4H",
        "UID:n\nSUMMARY:Off\nSTATUS:CANCELLED\nDTSTART:20240105T080000Z",
    )
    assert starts(found) == ["2024-01-01 08:00", "2024-01-03 12:00", "2024-01-04 08:00", "2024-01-10 08:00"]


@pytest.mark.parametrize("named", [":20240610T000000Z", ";TZID=Europe/Rome:20240610T020000", ":20240610T020000"])
def test_a_moved_occurrence_counts_once_whatever_the_zone_it_is_named_in(named: str, tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "UID:w\nSUMMARY:Works\nDTSTART;TZID=Europe/Rome:20240603T020000\nDURATION:PT2H\nRRULE:FREQ=WEEKLY;COUNT=3",
        f"UID:w\nSUMMARY:Works\nRECURRENCE-ID{named}\nDTSTART;TZID=Europe/Rome:20240611T020000\nDURATION:PT2H",
    )
    assert starts(found) == ["2024-06-03 00:00", "2024-06-11 00:00", "2024-06-17 00:00"]


def test_an_endless_rule_ends_and_a_rule_by_the_second_is_refused(tmp_path: Path) -> None:
    assert len(read(tmp_path, "SUMMARY:x\nDTSTART;VALUE=DATE:20240101\nRRULE:FREQ=YEARLY")) == 36
    with pytest.raises(InputError, match="more than 100,000 events"):
        read(tmp_path, "SUMMARY:x\nDTSTART:20240101T000000Z\nRRULE:FREQ=MINUTELY")


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("SUMMARY:x", "line 3: an event without DTSTART"),
        ("DTSTART:2024-01-01", "line 4: 2024-01-01 is not a date"),
        ("DTSTART:20240101T000000Z\nRRULE:FREQ=SOMETIMES", "recurrence rule FREQ=SOMETIMES"),
        ("DTSTART:20240101T000000Z\nDTEND:20231231T000000Z\nSUMMARY:Back", "the event Back ends before it starts"),
        ("DTSTART:20240101T000000Z\nDURATION:soon", "soon is not a date, time or duration"),
        ("DTSTART;TZID=Mars/Olympus:20240101T000000", "time zone Mars/Olympus is neither known nor described"),
        ("nonsense", "line 4: not a line of an iCalendar file: nonsense"),
    ],
)
def test_a_broken_event_is_refused_with_its_line(tmp_path: Path, event: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(tmp_path, event)


def test_a_file_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.ics"
    path.write_text("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20240101T000000Z\n")
    with pytest.raises(InputError, match="ends inside VEVENT"):
        read_events(path)
