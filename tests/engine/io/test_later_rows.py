"""Columns that are empty for the first thousands of rows are read all the same."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.io import Loaded, load
from engine.writing.statement import literal
from tests.engine.io.loaded import codes, rows, same, values

NAN = float("nan")
HOURS = 800
FIRST, LAST = "abcdefghijkl", "xyz"
"""Cells that have only traffic, and cells behind them that have more."""


def table(separator: str = ",", mark: str = ".", extra: str = "") -> str:
    """prb is that of the last cells alone; nothing is never there; remark holds words there; `extra` is a last line."""
    lines = [separator.join(("time", "cell", "traffic", "prb", "nothing", "remark"))]
    for cell in FIRST + LAST:
        for hour in range(HOURS):
            stamp = f"2024-0{1 + hour // 672}-{1 + hour // 24 % 28:02} {hour % 24:02}:00"
            more = (f"{hour % 24}{mark}5", "", "a word") if cell in LAST else ("", "-", "")
            lines.append(separator.join((stamp, cell, str(hour), *more)))
    return "\n".join([*lines, extra])


def check(loaded: Loaded) -> None:
    assert [kpi.id for kpi in loaded.panel.kpis] == ["traffic", "prb"]
    here, day = sum(~(loaded.panel.values["traffic"][0] != loaded.panel.values["traffic"][0])), list(range(24))
    assert here == HOURS
    prb = loaded.panel.values["prb"][len(FIRST) :, :48].tolist()
    assert prb == [[h + 0.5 for h in day] * 2] * len(LAST)
    (note,) = [note for note in loaded.quality.notes if note.code == "columns_ignored"]
    assert note.params["columns"] == "nothing, remark"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("separator", "mark"), [(",", "."), (";", ","), ("\t", ".")])
def test_of_text(tmp_path: Path, separator: str, mark: str, packed: bool) -> None:
    path = tmp_path / ("a.csv.gz" if packed else "a.csv")
    content = table(separator, mark).encode()
    path.write_bytes(gzip.compress(content) if packed else content)
    check(load([path]))


def test_of_parquet(tmp_path: Path) -> None:
    text, path = tmp_path / "a.csv", tmp_path / "a.parquet"
    text.write_text(table())
    duckdb.sql(
        f"COPY (FROM read_csv({literal(str(text))}, nullstr=['', '-'])) TO {literal(str(path))} (FORMAT parquet)"
    )
    check(load([path]))


def test_of_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("kpis")
    for line in table().splitlines():
        sheet.append([field or None for field in line.split(",")])
    book.save(tmp_path / "a.xlsx")
    check(load([tmp_path / "a.xlsx"]))


def test_of_very_many_columns(tmp_path: Path) -> None:
    names = [f"L.Counter.{k}" for k in range(100)]
    lines = [",".join(("time", "cell", *names))]
    for cell in range(12):
        fields = [str(k) if k < 80 or cell == 11 else "" for k in range(100)]
        lines += [f"2024-01-{1 + h // 24:02} {h % 24:02}:00,c{cell:02},{','.join(fields)}" for h in range(240)]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    loaded = load([tmp_path / "a.csv"])
    assert {kpi.id for kpi in loaded.panel.kpis} == set(names)
    same(values(loaded, names[99]), [[NAN] * 240] * 11 + [[99.0] * 240])


def test_a_site_that_only_later_rows_tell(tmp_path: Path) -> None:
    lines = ["time,cell,site,calls"]
    for cell in range(20):
        site = "" if cell < 18 else f"S{cell}"
        lines += [f"2024-01-{1 + h // 24:02} {h % 24:02}:00,c{cell:02},{site},{h}" for h in range(480)]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    assert [cell.site for cell in load([tmp_path / "a.csv"]).panel.cells] == [""] * 18 + ["S18", "S19"]


def test_a_line_that_is_no_row_is_counted_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(table(extra="2024-01-01 00:00,x"))
    loaded = load([tmp_path / "a.csv"])
    check(loaded)
    assert rows(loaded) == {"row_short": 1}


def test_nothing_is_said_of_a_table_whose_columns_are_all_told_by_its_first_rows(tmp_path: Path) -> None:
    lines = ["time,cell,calls,drops", *(f"2024-01-{1 + h // 24:02} {h % 24:02}:00,a,{h},0" for h in range(480))]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    assert "columns_ignored" not in codes(load([tmp_path / "a.csv"]))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1 << 30), late=st.integers(0, 9))
def test_the_order_of_rows_changes_no_value(tmp_path_factory: pytest.TempPathFactory, seed: int, late: int) -> None:
    lines = [
        f"2024-01-{1 + h // 24:02} {h % 24:02}:00,c{cell},{h},{h * cell if cell == late else ''}"
        for cell in range(10)
        for h in range(240)
    ]
    path = tmp_path_factory.mktemp("order") / "a.csv"
    found = []
    for _ in range(2):
        path.write_text("\n".join(["time,cell,calls,drops", *lines]))
        loaded = load([path])
        found.append((loaded.panel.cells, values(loaded, "calls"), values(loaded, "drops")))
        random.Random(seed).shuffle(lines)
    assert found[0][0] == found[1][0]
    for one, other in zip(found[0][1:], found[1][1:], strict=True):
        same(one, other)
