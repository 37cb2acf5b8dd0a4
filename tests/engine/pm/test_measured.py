"""Stamps, periods and names as every dialect tells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.pm.measured import ended, joined, moment, seconds

MOMENT = int(datetime(2020, 5, 18, 16, 0, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("stamp", "told"),
    [
        ("2020-05-18T16:00:00Z", (MOMENT, 0)),
        ("2020-05-18T18:00:00+0200", (MOMENT, 7200)),
        ("2020-05-18T12:00:00.000-04:00:00", (MOMENT, -14_400)),
        ("20200518160000Z", (MOMENT, 0)),
        ("202005181600Z", (MOMENT, 0)),
        ("20200518160000.0Z", (MOMENT, 0)),
        ("20200518193000+0330", (MOMENT, 12_600)),
        (" 20200518160000 ", (MOMENT, None)),
        ("20201318160000Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_stamps(stamp: str, told: tuple[int, int | None] | None) -> None:
    assert moment(stamp) == told


@given(some.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), some.integers(-56, 56))
def test_every_moment_is_the_same_in_every_notation(when: datetime, quarters: int) -> None:
    there = when.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=15 * quarters)))
    expected = (int(there.timestamp()), 900 * quarters)
    assert moment(there.isoformat()) == moment(there.strftime("%Y%m%d%H%M%S%z")) == expected


@pytest.mark.parametrize(
    ("names", "path"),
    [
        (("SubNetwork=1", "ManagedElement=1", "Cell=2"), "SubNetwork=1,ManagedElement=1,Cell=2"),
        (("", "GNB-7", ""), "GNB-7"),
        (("SubNetwork=1", "SubNetwork=1,ManagedElement=1", ""), "SubNetwork=1,ManagedElement=1"),
        (("S=1,M=1", "M=1,C=2"), "S=1,M=1,C=2"),
        (("S=1,M=1", "M=2,C=2"), "S=1,M=1,M=2,C=2"),
        (("", ""), ""),
    ],
)
def test_what_two_names_both_say_counts_once(names: tuple[str, ...], path: str) -> None:
    assert joined(*names) == path


@pytest.mark.parametrize(
    ("end", "begin", "length", "period"),
    [
        ((900, 60), None, 900, (0, 60, 900)),
        (None, (0, None), 900, (0, None, 900)),
        ((900, 60), (0, 0), 0, (0, 60, 900)),
        ((900, 60), (0, None), 0, None),
        ((900, 60), None, 0, None),
        (None, None, 900, None),
    ],
)
def test_two_of_end_begin_and_length_tell_the_period(
    end: tuple[int, int | None] | None,
    begin: tuple[int, int | None] | None,
    length: int,
    period: tuple[int, int | None, int] | None,
) -> None:
    assert ended(end, begin, length) == period


@pytest.mark.parametrize(("said", "length"), [("PT900S", 900), ("PT15M", 900), ("P1D", 86_400), ("900", 0), ("", 0)])
def test_durations(said: str, length: int) -> None:
    assert seconds(said) == length
