"""Later files in other units than the data that they join."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.continuation.later import Later, add_files
from engine.data.units import factor
from engine.errors import InputError
from engine.io import load
from engine.text import say


def day(folder: Path, number: int, unit: str, size: float = 1.0) -> Path:
    path = folder / f"{number}.csv"
    rows = [f"2024-01-{number:02} {h:02}:00,A,{(h + 1) * size:g} {unit}".strip() for h in range(24)]
    path.write_text("time,cell,rate\n" + "\n".join(rows) + "\n")
    return path


def later(folder: Path, before: str, after: str, size: float = 1.0) -> Later:
    first = load([day(folder, 1, before)])
    return add_files(first.panel, first.quality, None, [day(folder, 2, after, size)])


@pytest.mark.parametrize(
    ("given", "wanted", "times"),
    [
        ("kbit/s", "Mbit/s", 1e-3),
        ("MB", "GB", 1e-3),
        ("B", "MB", 1e-6),
        ("Mbit", "MB", 1 / 8),
        ("MB/s", "Mbit/s", 8.0),
        ("KiB", "kB", 1.024),
        ("s", "ms", 1e3),
        ("%", "%", 1.0),
        ("MB", "MB/s", None),
        ("dBm", "W", None),
        ("kb", "kbit", None),
        ("calls", "sms", None),
    ],
)
def test_units_of_one_quantity_differ_by_a_factor(given: str, wanted: str, times: float | None) -> None:
    assert factor(given, wanted) == (times if times is None else pytest.approx(times))


@pytest.mark.parametrize(
    ("before", "after", "size"), [("Mbps", "kbps", 1000), ("GB", "MB", 1000), ("MB", "B", 1e6), ("MB/s", "Mbps", 8)]
)
def test_they_are_converted_and_a_note_says_so(tmp_path: Path, before: str, after: str, size: float) -> None:
    found = later(tmp_path, before, after, size)
    values = found.appended.panel.values["rate"][0]
    assert values[24:].tolist() == pytest.approx(values[:24].tolist(), rel=1e-6)
    (note,) = [n for n in found.quality.notes if n.code == "append_unit_converted"]
    assert say(note).startswith("rate is in ")


@pytest.mark.parametrize(
    ("after", "why"), [("ms", "not the same quantity"), ("dB", "not the same quantity"), ("kb", "it is not known")]
)
def test_what_cannot_be_converted_is_refused_with_the_reason(tmp_path: Path, after: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        later(tmp_path, "Mbps", after)


@pytest.mark.parametrize(("before", "after"), [("Mbps", ""), ("", "Mbps")])
def test_a_unit_that_only_one_of_them_states_is_taken_for_both_and_a_note_says_so(
    tmp_path: Path, before: str, after: str
) -> None:
    found = later(tmp_path, before, after)
    values = found.appended.panel.values["rate"][0]
    assert values[24:].tolist() == values[:24].tolist()
    assert {n.code for n in found.quality.notes} & {"append_unit_left_out", "append_unit_unknown"}
