"""Which KPIs came with later files, and which have no values in the days that are new."""

from __future__ import annotations

from pathlib import Path

from engine.continuation.later import Later, add_files
from engine.io import load
from engine.text import say
from tests.engine.continuation.test_renamed import day


def told(found: Later) -> str:
    return " ".join(say(note) for note in found.told[1:])


def test_a_column_that_is_gone_is_named_until_its_values_come(tmp_path: Path) -> None:
    first = load([day(tmp_path, 1, {"calls": 1, "drops": 2})])
    found = add_files(first.panel, first.quality, None, [day(tmp_path, 2, {"calls": 1})])
    assert "1 KPI has no values from Tue 02 Jan 2024 00:00 on" in told(found)
    assert "drops" in told(found)
    again = add_files(found.appended.panel, found.quality, None, [day(tmp_path, 3, {"calls": 1})])
    assert told(again) == "", "it was said the day before"
    held = [note for note in again.quality.notes if note.code == "append_kpis_without"]
    assert [note.params["utc"] for note in held] == ["2024-01-02T00:00:00"], "the report goes on saying it"
    there = add_files(again.appended.panel, again.quality, None, [day(tmp_path, 2, {"drops": 2})])
    assert not [note for note in there.quality.notes if note.code == "append_kpis_without"]


def test_files_of_some_of_the_cells_say_nothing_of_the_kpis_of_others(tmp_path: Path) -> None:
    lte, nr = day(tmp_path, 1, {"erab": 1}, "AB"), tmp_path / "nr.csv"
    nr.write_text(lte.read_text().replace(",A,", ",N,").replace(",B,", ",M,").replace("erab", "qos"))
    first = load([lte, nr])
    found = add_files(first.panel, first.quality, None, [day(tmp_path, 2, {"erab": 1}, "AB")])
    assert told(found) == ""


def test_a_corrected_day_says_nothing_of_what_it_does_not_hold(tmp_path: Path) -> None:
    first = load([day(tmp_path, 1, {"calls": 1, "drops": 2})])
    assert told(add_files(first.panel, first.quality, None, [day(tmp_path, 1, {"calls": 3})])) == ""


def test_many_names_are_cut_short(tmp_path: Path) -> None:
    first = load([day(tmp_path, 1, {"calls": 1})])
    columns = {"calls": 1.0} | {f"counter {k}": 1.0 for k in range(12)}
    found = add_files(first.panel, first.quality, None, [day(tmp_path, 2, columns)])
    assert told(found).startswith("12 KPIs were not there before: counter 0, ")
    assert "counter 7 ..." in told(found)
