"""Numbers of people where none belong: no cell, and in no quote."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from engine import io
from engine.errors import InputError
from engine.io import Loaded, LoadOptions
from engine.io.disguise import shown
from engine.io.preview import preview

HEAD = "start_time,duration,caller,callee,cell,type"
CALLER, CALLEE = "4915112345678", "4917098765432"


def call(hour: int, cell: str) -> str:
    return f"2026-03-{1 + hour // 24:02} {hour % 24:02}:30:00,60,{CALLER[:-2]}{hour % 90 + 10},{CALLEE},{cell},voice"


def calls(path: Path, cells: list[str]) -> Path:
    path.write_text("\n".join([HEAD, *(call(hour, cell) for hour, cell in enumerate(cells))]) + "\n")
    return path


def said(loaded: Loaded) -> str:
    return repr(loaded.panel.cells) + repr(loaded.quality)


def dropped(loaded: Loaded) -> list[tuple[str, int, str]]:
    return [(one.reason.code, one.rows, one.example) for one in loaded.quality.dropped]


@pytest.mark.parametrize(
    "number",
    ["262011234567890", "35293411234567", "+4915112345678", "004915112345678", "4915199999999", "+49 (151) 12345678"],
    ids=["IMSI", "IMEI", "international", "with 00", "of the network", "with blanks"],
)
@pytest.mark.parametrize("at", [3, 700], ids=["in the first rows", "further on"])
def test_a_number_that_was_shifted_among_the_cells_is_no_cell(tmp_path: Path, number: str, at: int) -> None:
    cells = [f"C{k % 5}" for k in range(24 * 30)]
    cells[at] = number
    path = calls(tmp_path / "calls.csv", cells)
    loaded = io.load([path])
    assert [cell.id for cell in loaded.panel.cells] == [f"C{k}" for k in range(5)]
    assert dropped(loaded) == [("cdr_person_as_cell", 1, f"calls.csv:{at + 2}")]
    assert number not in said(loaded)
    seen = preview([path])
    assert number not in repr(seen)
    if at < 50:
        field = seen.columns[4].fields[at]
        assert (field.raw[-2:], field.problem is not None) == (number[-2:], True)


def test_it_is_so_in_a_workbook_with_areas_and_of_the_cell_of_the_called(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append([*HEAD.replace("cell", "lac,cell").split(","), "callee_cell"])
    for hour in range(24):
        start, seconds, caller, callee, cell, kind = call(hour, "17").split(",")
        lac, other = {5: ("262011234567890", "18"), 6: ("12", "+4915112345678")}.get(hour, ("12", "18"))
        book.active.append([start, seconds, caller, callee, lac, cell, kind, other])
    book.save(tmp_path / "calls.xlsx")
    for entity, cells in (("cell", {"12-17", "18"}), ("area", {"12"})):
        loaded = io.load([tmp_path / "calls.xlsx"], LoadOptions(mapping={"entity": entity}))
        assert {cell.id for cell in loaded.panel.cells} == cells
        assert [row[:2] for row in dropped(loaded)] == [("cdr_person_as_cell", 2)]


@pytest.mark.parametrize(
    "cells",
    [
        [f"26201123456{k % 7:04}" for k in range(240)],
        [f"C{k % 5}" if k < 150 else f"26201123456{k % 7:04}" for k in range(240)],
        ["4911234567" if k == 7 else f"7{k % 5}11234567" for k in range(240)],
        [f"00{k % 3}1234567" if k % 60 == 0 else f"{k % 5 + 1}551234567" for k in range(240)],
    ],
    ids=["global identities", "of one technology", "one that begins as numbers do", "filled with zeros"],
)
def test_cells_that_look_like_numbers_stay_cells(tmp_path: Path, cells: list[str]) -> None:
    loaded = io.load([calls(tmp_path / "calls.csv", cells)])
    assert {cell.id for cell in loaded.panel.cells} == set(cells)
    assert dropped(loaded) == []


def test_series_of_people_have_no_cells_to_look_at(tmp_path: Path) -> None:
    cells = ["262011234567890" if k == 3 else "C1" for k in range(48)]
    loaded = io.load([calls(tmp_path / "calls.csv", cells)], LoadOptions(mapping={"entity": "subscriber"}))
    assert dropped(loaded) == []


def test_no_quote_of_another_table_shows_a_number_of_a_person(tmp_path: Path) -> None:
    rows = [f"2024-03-01 {h:02}:00,C1,{h}" for h in range(24)] * 2
    rows[30] = "2024-03-02 06:00,C1,+49 151 12345678"
    rows[31] = "262011234567890,C1,5"
    rows[32] = "2024-03-02 08:00,C1,5,262011234567890"
    path = tmp_path / "kpi.csv"
    path.write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    loaded = io.load([path])
    told = {code: example for code, _, example in dropped(loaded)}
    assert told["row_value"] == "kpi.csv:32, '\u2022\u2022\u2022\u2022\u2022\u202278'"
    assert told["row_time"] == "kpi.csv:33, '\u2022\u2022\u2022\u2022\u2022\u202290'"
    assert told["row_long"] == "kpi.csv:34, '2024-03-02 08:00,C1,5,\u2022\u2022\u2022\u2022\u2022\u202290'"


@pytest.mark.parametrize(
    "text",
    [f"2026-03-01 00:30:00,{CALLER},7", f"{CALLER};5;7\n{CALLEE};6;8\n", f"hello\n{CALLER}\n", f"time\n{CALLER}x\n"],
)
def test_what_is_refused_is_told_without_numbers(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(InputError) as caught:
        io.load([tmp_path / "a.csv"])
    assert CALLER not in json.dumps(dict(caught.value.reason.params)) + str(caught.value)


@pytest.mark.parametrize(
    "plain",
    ["2024-03-01 12:00", "01.03.2024 12", "20240301120000", "1,234,567", "12.3456789", "C123456", "oops", "9999-99"],
)
def test_dates_and_measurements_are_quoted_as_they_are(plain: str) -> None:
    assert shown(plain) == plain
