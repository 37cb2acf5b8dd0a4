"""What is said on the command line reaches the loader."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.__main__ import parser
from engine.command_line import load_options
from engine.errors import InputError
from engine.io import LoadOptions


def _said(*words: str) -> LoadOptions:
    return load_options.of(parser().parse_args(["inspect", "a.csv", *words]))


def test_nothing_said_is_nothing_known() -> None:
    assert _said() == LoadOptions()


def test_everything_said_is_passed_on(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("0123456789abcdef")
    said = _said(
        *("--map", "cell=CELL NAME", "time=Start Time", "--dates", "day-first", "--granularity", "15min"),
        *("--first-time", "2024-03-01", "--per", "area", "--call-hours", "split", "--call-rows", "two"),
        *("--key", str(key), "--zone", "Asia/Tehran", "--kpi", "calls", "--encoding", "cp1250"),
    )
    assert said == LoadOptions(
        zone="Asia/Tehran",
        kpis=("calls",),
        period_s=900,
        day_first=True,
        key=b"0123456789abcdef",
        encoding="cp1250",
        mapping={
            "cell": "CELL NAME",
            "time": "Start Time",
            "first_time": "2024-03-01",
            "entity": "area",
            "call_hours": "split",
            "call_rows": "two",
        },
    )


@pytest.mark.parametrize(
    ("text", "seconds"), [("900", 900), ("15min", 900), ("15 m", 900), ("1h", 3600), ("1d", 86_400), ("30s", 30)]
)
def test_lengths_of_time_are_read(text: str, seconds: int) -> None:
    assert load_options.seconds(text) == seconds


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--granularity", "often"), "granularity_unreadable"),
        (("--granularity", "0"), "granularity_unreadable"),
        (("--granularity", "400d"), "granularity_unreadable"),
        (("--map", "cell"), "map_not_a_pair"),
        (("--map", "cell="), "map_not_a_pair"),
    ],
)
def test_what_cannot_be_meant_is_told(words: tuple[str, ...], code: str) -> None:
    with pytest.raises(InputError) as caught:
        _said(*words)
    assert caught.value.reason.code == code
