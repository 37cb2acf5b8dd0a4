"""Tables with times, hours or cells across."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from engine.data import KpiKind
from engine.io import load
from engine.io.preview import preview
from tests.engine.io.loaded import codes, rows, same, values

FIRST = datetime(2024, 3, 4)
HOURS = [FIRST + timedelta(hours=h) for h in range(48)]


def write(tmp_path: Path, lines: list[list[object]], name: str = "traffic_2024-03.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(",".join(map(str, line)) for line in lines) + "\n")
    return path


@pytest.mark.parametrize("written", ["%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%d-%b-%Y %H:%M"])
def test_a_column_for_every_moment(tmp_path: Path, written: str) -> None:
    moments = [FIRST + timedelta(days=12, hours=h) for h in range(48)]
    head = ["Cell", "KPI", *(f"{t:{written}}" for t in moments)]
    lines = [
        [cell, kpi, *range(k, 48 + k)] for k, (cell, kpi) in enumerate((c, n) for c in "AB" for n in ("att", "drops"))
    ]
    loaded = load([write(tmp_path, [head, *lines])])
    assert loaded.panel.times[[0, -1]].tolist() == [moments[0], moments[-1]]
    same(values(loaded, "drops"), [list(range(1, 49)), list(range(3, 51))])
    assert rows(loaded) == {}
    assert loaded.quality.rows_read == 192
    assert "table_unfolded" in codes(loaded)


def test_a_table_that_does_not_say_what_it_measures_is_called_after_its_file(tmp_path: Path) -> None:
    lines = [["Cell", *(f"{t:%Y-%m-%d %H:%M}" for t in HOURS)], ["A", *range(48)], ["B", *range(47), ""]]
    loaded = load([write(tmp_path, lines)])
    assert [kpi.id for kpi in loaded.panel.kpis] == ["traffic"]
    assert loaded.panel.kpis[0].kind is KpiKind.COUNT
    same(values(loaded, "traffic"), [list(range(48)), [*range(47), float("nan")]])


HOUR_NAMES: dict[str, Callable[[int], str]] = {
    "clock": lambda h: f"{h:02}:00",
    "letter": lambda h: f"H{h}",
    "word": lambda h: f"Hour {h:02}",
    "span": lambda h: f"{h:02}-{h + 1:02}",
    "span of clocks": lambda h: f"{h:02}:00 - {h + 1:02}:00",
    "number": str,
    "counted from 1": lambda h: str(h + 1),
    "letter, from 1": lambda h: f"h{h + 1}",
}


@pytest.mark.parametrize("form", HOUR_NAMES)
def test_a_column_for_every_hour_of_a_day(tmp_path: Path, form: str) -> None:
    head = ["Date", "Cell", *map(HOUR_NAMES[form], range(24))]
    lines = [[f"2024-03-{4 + day:02}", cell, *range(24 * day, 24 * day + 24)] for day in range(2) for cell in "AB"]
    loaded = load([write(tmp_path, [head, *lines])])
    assert loaded.panel.times.tolist() == HOURS
    same(values(loaded, "traffic"), [list(range(48))] * 2)


def test_cells_that_are_called_0_to_23_are_cells(tmp_path: Path) -> None:
    lines = [["Date", *range(24)], *([f"2024-03-{day:02}", *range(24)] for day in range(1, 15))]
    loaded = load([write(tmp_path, lines)])
    assert loaded.panel.shape == (24, 14)


@pytest.mark.parametrize("book", [False, True])
def test_names_of_cells_above_those_of_their_kpis(tmp_path: Path, book: bool) -> None:
    lines: list[list[object]] = [
        ["Report", "", "", "", ""],
        ["", "A1", "", "B2", ""],
        ["Time", "Att", "Drop", "Att", "Drop"],
    ]
    lines += [[f"{t:%Y-%m-%d %H:%M}", h, h % 3, h + 5, h % 4] for h, t in enumerate(HOURS)]
    path = write(tmp_path, lines)
    if book:
        made = openpyxl.Workbook()
        for line in lines:
            made.active.append([None if field == "" else field for field in line])
        path = tmp_path / "a.xlsx"
        made.save(path)
    loaded = load([path])
    assert [cell.id for cell in loaded.panel.cells] == ["A1", "B2"]
    same(values(loaded, "Drop"), [[h % 3 for h in range(48)], [h % 4 for h in range(48)]])


def test_groups_of_columns_that_are_no_cells_are_passed_over(tmp_path: Path) -> None:
    lines: list[list[object]] = [["", "", "Traffic", "", "Quality"], ["Time", "Cell", "UL", "DL", "SR"]]
    lines += [[f"{t:%Y-%m-%d %H:%M}", "A", h, h, 99] for h, t in enumerate(HOURS)]
    loaded = load([write(tmp_path, lines)])
    assert [kpi.id for kpi in loaded.panel.kpis] == ["UL", "DL", "SR"]


def test_what_is_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    lines = [["Cell", *(f"{t:%Y-%m-%d %H:%M}" for t in HOURS)], ["A", *range(48)], ["B", "many", *range(47)]]
    loaded = load([write(tmp_path, lines)])
    (dropped,) = loaded.quality.dropped
    assert (dropped.reason.code, dropped.rows, dropped.example) == ("row_value", 1, "traffic_2024-03.csv:3, 'many'")


def test_the_preview_shows_the_rows_as_they_are_read(tmp_path: Path) -> None:
    lines = [["Cell", *(f"{t:%Y-%m-%d %H:%M}" for t in HOURS)], ["A", *range(48)], ["B", *range(48)]]
    seen = preview([write(tmp_path, lines)])
    assert seen.problem is None
    assert [(c.name, c.role) for c in seen.columns] == [("Cell", "cell"), ("time", "time"), ("traffic", "value")]


@pytest.mark.parametrize(
    ("form", "first"),
    [
        (lambda h: h, 0),
        (lambda h: h + 1, 0),
        (lambda h: f"H{h:02}", 0),
        (lambda h: f"{h:02}-{h + 1:02}", 0),
        (lambda h: f"{h:02}:00-{h + 1:02}:00", 0),
        (lambda h: f"{h + 1:02}:00", 0),
    ],
)
def test_an_hour_in_its_own_column_in_any_form(tmp_path: Path, form: Callable[[int], object], first: int) -> None:
    lines = [["Date", "Hour", "Cell", "Att"]]
    lines += [
        [f"{t:%d/%m/%Y}", form(t.hour), cell, k]
        for k, t in enumerate(t + timedelta(days=12) for t in HOURS)
        for cell in "AB"
    ]
    loaded = load([write(tmp_path, lines)])
    assert loaded.panel.times[0].item() == FIRST + timedelta(days=12, hours=first)
    same(values(loaded, "Att"), [list(range(48))] * 2)


def test_of_several_columns_of_time_one_that_goes_on_is_taken(tmp_path: Path) -> None:
    lines = [["start", "exported", "time", "cell", "att"]]
    lines += [["2024-03-01 00:00", "2024-03-09 07:00", f"{t:%Y-%m-%d %H:%M}", "A", h] for h, t in enumerate(HOURS)]
    assert load([write(tmp_path, lines)]).panel.times[0].item() == FIRST


def test_thousands_within_quotes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "time,cell,att\n" + "".join(f'"{t:%Y-%m-%d %H:%M}",A,"{h + 1000:,}"\n' for h, t in enumerate(HOURS))
    )
    same(values(load([path]), "att"), [list(range(1000, 1048))])


def test_comments_above_the_names(tmp_path: Path) -> None:
    lines = [["#group", "false", "true"], ["#datatype", "string", "double"], ["time", "cell", "att"]]
    lines += [[f"{t:%Y-%m-%d %H:%M}", "A", h] for h, t in enumerate(HOURS)]
    assert [kpi.id for kpi in load([write(tmp_path, lines)]).panel.kpis] == ["att"]
