"""Events of O-RAN and ONAP, from a miniature made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.data import Cell, Flag
from engine.errors import InputError
from engine.io import load
from tests.engine.io.loaded import DATA, codes, same, values

NAN = float("nan")
FILE = DATA / "pm_ves.json"
FIRST = datetime(2024, 3, 1, 9, 0)


def event(change: Callable[[Any], None] = lambda _: None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text())
    change(found["event"])
    return found


def later(minutes: int) -> dict[str, Any]:
    def change(one: Any) -> None:
        for key in ("startEpochMicrosec", "lastEpochMicrosec"):
            one["commonEventHeader"][key] += minutes * 60_000_000

    return event(change)


def test_values_stand_at_the_begin_of_their_period() -> None:
    loaded = load([FILE])
    assert loaded.quality.format == "pm-xml"
    assert loaded.panel.period_s == 900
    assert loaded.panel.times.tolist() == [FIRST]
    path = "SubNetwork=S1,ManagedElement=GNB-7,GNBDUFunction=1,NRCellDU=1"
    assert loaded.panel.cells[0] == Cell(path, name="1", site="Hill")
    same(values(loaded, "DRB.UEThpDl"), [[12.5], [NAN]])
    same(values(loaded, "RRU.PrbTotDl"), [[NAN], [40]])
    assert loaded.panel.flags["RRU.PrbTotDl"].tolist() == [[0], [Flag.SUSPECT]]
    assert "clocks_ahead" in codes(loaded)


@pytest.mark.parametrize(
    "write",
    [
        lambda events: "\n".join(map(json.dumps, events)),
        lambda events: json.dumps(events, indent=1),
        lambda events: json.dumps([one["event"] for one in events]),
    ],
    ids=["a line each", "a list", "without the envelope"],
)
def test_many_events_in_a_file(tmp_path: Path, write: Callable[[Any], str]) -> None:
    (tmp_path / "pm.json").write_text(write([later(15 * k) for k in range(8)]))
    times = load([tmp_path / "pm.json"]).panel.times
    assert times.tolist() == [FIRST + timedelta(minutes=15 * k) for k in range(8)]


def milliseconds(one: Any) -> None:
    for key in ("startEpochMicrosec", "lastEpochMicrosec"):
        one["commonEventHeader"][key] //= 1000


@pytest.mark.parametrize(
    "change",
    [
        milliseconds,
        lambda one: one["commonEventHeader"].pop("lastEpochMicrosec"),
        lambda one: one["commonEventHeader"].pop("startEpochMicrosec"),
        lambda one: one["perf3gppFields"]["measDataCollection"].pop("granularityPeriod"),
        lambda one: one["perf3gppFields"]["measDataCollection"].update(granularityPeriod=1_709_284_500_000),
    ],
)
def test_what_senders_leave_out_or_mix_up(tmp_path: Path, change: Callable[[Any], None]) -> None:
    (tmp_path / "pm.json").write_text(json.dumps(event(change)))
    loaded = load([tmp_path / "pm.json"])
    assert (loaded.panel.times.tolist(), loaded.panel.period_s) == ([FIRST], 900)


def no_time(one: Any) -> None:
    del one["commonEventHeader"]


def no_time_in_numbers(one: Any) -> None:
    one["commonEventHeader"].update(startEpochMicrosec=10**40, lastEpochMicrosec=float("nan"))


def no_period(one: Any) -> None:
    del one["commonEventHeader"]["startEpochMicrosec"]
    del one["perf3gppFields"]["measDataCollection"]["granularityPeriod"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (json.dumps(event(no_time)), "pm_no_time"),
        (json.dumps(event(no_time_in_numbers)), "pm_no_time"),
        (json.dumps(event(no_period)), "pm_no_period"),
        (json.dumps(event(lambda one: one["perf3gppFields"].pop("measDataCollection"))), "pm_no_values"),
        (json.dumps(event())[:-9], "pm_broken_json"),
        (json.dumps(event()) + "\n{broken", "pm_broken_json"),
        ('{"perf3gppFields":' + "[" * 100_000, "pm_broken_json"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "pm.json").write_text(text)
    with pytest.raises(InputError) as caught:
        load([tmp_path / "pm.json"])
    assert caught.value.reason.code == code
    assert "pm.json" in str(caught.value)


def test_times_that_cannot_be_are_not_taken(tmp_path: Path) -> None:
    (tmp_path / "pm.json").write_text(
        json.dumps(event(lambda one: one["commonEventHeader"].update(lastEpochMicrosec=151_983)))
    )
    with pytest.raises(InputError) as caught:
        load([tmp_path / "pm.json"])
    assert "impossible" in str(caught.value) or caught.value.reason.code == "nothing_left"
