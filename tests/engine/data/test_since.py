"""When a shift began, as a person writes it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.data.since import Since
from engine.errors import InputError


@pytest.mark.parametrize(
    ("text", "seconds"), [("8h", 28_800), ("30min", 1800), (" 2 D ", 172_800), ("1w", 604_800), ("12 h", 43_200)]
)
def test_a_length_counts_back_from_the_end(text: str, seconds: int) -> None:
    assert Since.read(text) == Since(seconds)


def test_a_moment_is_taken_as_it_is_written() -> None:
    assert Since.read("2017-03-02T06:00") == Since(moment=datetime(2017, 3, 2, 6))
    with_offset = Since.read("2017-03-02T06:00+03:30").moment
    assert with_offset is not None
    assert with_offset.utcoffset() == timedelta(hours=3, minutes=30)


@pytest.mark.parametrize("text", ["", "8", "0h", "-2h", "yesterday", "8 hours", "2017-13-02T06:00", "25:00"])
def test_anything_else_is_refused_with_what_may_be_written(text: str) -> None:
    with pytest.raises(InputError, match="8h, 30min, 2d"):
        Since.read(text)
