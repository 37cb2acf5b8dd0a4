from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import read_events, write_events
from engine.calendar.event import covers
from engine.data.event import Event
from engine.errors import InputError


def write(folder: Path, text: str | bytes, name: str = "calendar.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_all_columns_of_a_csv_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "start,end,name,kind,cells\n"
        "2024-03-20,2024-03-24,Nowruz,holiday,\n"
        "2024-03-22 18:30,2024-03-22 21:00,Derby,,A B C\n"
        "2024-03-22 22:30,2024-03-22 23:00,Feast,,A B|C\n"
        "2024-03-23T01:00:00Z,2024-03-23T03:00:00Z,Software,maintenance,A\n"
        "2024-03-25T00:00+03:30,2024-03-25T06:00+03:30,Power,Maintenance,\n",
    )
    assert read_events(path) == (
        Event(datetime(2024, 3, 20), datetime(2024, 3, 25), "Nowruz", "holiday"),
        Event(datetime(2024, 3, 22, 18, 30), datetime(2024, 3, 22, 21), "Derby", "event", ("A", "B", "C")),
        Event(datetime(2024, 3, 22, 22, 30), datetime(2024, 3, 22, 23), "Feast", "event", ("A B", "C")),
        Event(datetime(2024, 3, 23, 1), datetime(2024, 3, 23, 3), "Software", "maintenance", ("A",), utc=True),
        Event(datetime(2024, 3, 24, 20, 30), datetime(2024, 3, 25, 2, 30), "Power", "maintenance", (), utc=True),
    )


def test_semicolons_upper_case_headers_a_byte_order_mark_and_blank_lines_are_no_obstacle(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbfName;START;End\r\n\r\nF\xc3\xaate;2024/03/20;\r\n;;\r\n")
    assert read_events(path) == (Event(datetime(2024, 3, 20), datetime(2024, 3, 21), "Fête"),)


def test_jalali_dates_are_known_by_their_year(tmp_path: Path) -> None:
    path = write(tmp_path, "start,end,name\n1403-01-01,1403-01-04,Nowruz\n1403/01/05 10:00,1403/01/05 11:00,Talk\n")
    nowruz, talk = read_events(path)
    assert (nowruz.start, nowruz.stop) == (datetime(2024, 3, 20), datetime(2024, 3, 24))
    assert talk.start == datetime(2024, 3, 24, 10)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("start,name\n2024-01-01,x\n", "lacks the column end; it has start, name"),
        ("", "lacks the column"),
        ("start,end,name\n", "holds no event"),
        ("start,end,name\n20.03.2024,,x\n", r"line 2: 20.03.2024 is not a date"),
        ("start,end,name\n12:30,13:30,x\n", "line 2: 12:30 is not a date"),
        ("start,end,name\n2024-02-30,,x\n", "2024-02-30 is not a date"),
        ("start,end,name\n1403-13-01,,x\n", "1403-13-01 is not a date"),
        ("start,end,name\n2024-03-20,,x\n2024-03-20 10:00,,x\n", "line 3: .* has no end"),
        ("start,end,name\n2024-03-20,2024-03-19,x\n", r"ends \(2024-03-19\) before it starts \(2024-03-20\)"),
        ("start,end,name\n2024-03-20T10:00Z,2024-03-20 12:00,x\n", "both with an offset"),
        ("start,end,name,kind\n2024-03-20,,x,party\n", "party is not one of: event, holiday, maintenance, working"),
        (b"start,end,name\n2024-03-20,,F\xeate\n", "not UTF-8 text"),
        ('start,end,name\n2024-03-20,,"x\n', "not readable as CSV"),
    ],
)
def test_a_calendar_that_cannot_be_used_says_what_where_and_what_to_do(
    tmp_path: Path, text: str | bytes, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        read_events(write(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing.csv cannot be read"):
        read_events(tmp_path / "missing.csv")


def test_an_event_covers_every_period_it_overlaps() -> None:
    event = Event(datetime(2024, 1, 1, 10, 30), datetime(2024, 1, 1, 12), "x")
    times = np.arange("2024-01-01T09", "2024-01-01T14", 3600, dtype="datetime64[s]")
    assert covers(event, times, 3600, "UTC").tolist() == [False, True, True, False, False]
    assert covers(event, times, 3600, "Europe/Rome").tolist() == [True, True, False, False, False]


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    events = (
        Event(datetime(2024, 3, 1, 1), datetime(2024, 3, 1, 4, 30), "Upgrade, phase 2", "maintenance", ("Site 1 A",)),
        Event(datetime(2024, 3, 2), datetime(2024, 3, 3), "=party", "event", ("A", "=B", "C D"), utc=True),
        Event(datetime(2024, 3, 20), datetime(2024, 3, 21), "Nowruz", "holiday"),
    )
    write_events(tmp_path / "calendar.csv", events)
    assert read_events(tmp_path / "calendar.csv") == events
    assert tuple(Event.from_json(event.to_json()) for event in events) == events


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "calendar"


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=300).map(str.encode),
        st.text(alphabet='0123456789-/:TZ ,;\n"+', max_size=200).map(lambda t: b"start,end,name\n" + t.encode()),
        st.text(alphabet="BEGINVNTUR:;=\n0123456789TZ-PDLEFQ,", max_size=300).map(
            lambda t: b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20240101T000000Z\n" + t.encode()
        ),
    )
)
def test_no_content_does_anything_but_give_events_or_a_reason(fuzzed: Path, content: bytes) -> None:
    fuzzed.write_bytes(content)
    try:
        events = read_events(fuzzed)
    except InputError as error:
        outcome = str(error)
    else:
        outcome = "events" if events and all(event.stop > event.start for event in events) else ""
    assert outcome
