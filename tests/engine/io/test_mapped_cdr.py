"""Tables of call detail records: one or two rows per call, numbers never shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import openpyxl
import pytest

from engine import io
from engine.io import LoadOptions
from engine.io.base import Loaded
from engine.io.call_series import pseudonym
from engine.io.preview import preview
from tests.engine.io.loaded import kept_in_scratch


def load(folder: Path, header: str, *rows: str, options: LoadOptions | None = None) -> Loaded:
    path = folder / "calls.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return io.load([path], options)


def totals(loaded: Loaded) -> dict[str, float]:
    return {kpi: round(float(np.nansum(values)), 4) for kpi, values in loaded.panel.values.items()}


def codes(loaded: Loaded) -> set[str]:
    return {note.code for note in loaded.quality.notes}


def test_one_row_per_call_counts_as_a_call_made(tmp_path: Path) -> None:
    rows = [f"2026-03-02 0{h}:30:00,120,49170111,49170222,{h % 2 + 1},55" for h in range(8)]
    loaded = load(tmp_path, "start_time,duration,caller,callee,ci,lac", *rows)
    assert loaded.quality.format == "cdr-table"
    assert [c.id for c in loaded.panel.cells] == ["55-1", "55-2"]
    assert totals(loaded) == {"calls_mo": 8, "call_minutes": 16}
    assert "cdr_one_row" in codes(loaded)


@pytest.mark.parametrize(
    "header",
    [
        "通话开始时间,通话时长(分钟),主叫号码,被叫号码,小区",
        "Inicio llamada,Duración (min),Número origen,Número destino,Celda",
        "Время вызова,Длительность (мин),Номер А,Номер Б,Сота",
        "زمان تماس,مدت (دقیقه),شماره مبدا,شماره مقصد,سلول",
    ],
)
def test_calls_are_known_by_the_names_of_their_columns_in_other_languages(tmp_path: Path, header: str) -> None:
    rows = [f"2026-03-02 0{h}:30:00,2,49170111,49170222,A" for h in range(8)]
    loaded = load(tmp_path, header, *rows)
    assert loaded.quality.format == "cdr-table"
    assert [c.id for c in loaded.panel.cells] == ["A"]
    assert totals(loaded) == {"calls_mo": 8, "call_minutes": 16}
    assert "49170" not in repr(loaded.quality) + repr(loaded.panel.cells)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_cells_have_their_names_in_whatever_encoding_and_no_copy_of_the_numbers_is_written(
    tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"2026-03-02 0{h}:30:00,120,49170111,49170222,{('望京西', '中关村')[h % 2]}" for h in range(8)]
    path = tmp_path / "calls.csv"
    path.write_bytes("\n".join(["开始时间,通话时长,主叫号码,被叫号码,小区", *rows]).encode(encoding))
    monkeypatch.setattr("engine.io.session.Session.new_file", lambda *_: pytest.fail("a copy was written"))
    loaded = io.load([path])
    assert {c.id for c in loaded.panel.cells} == {"望京西", "中关村"}
    assert totals(loaded) == {"calls_mo": 8, "call_minutes": 16}
    assert ("encoding_of_country" in codes(loaded)) == (encoding != "utf-8")


def test_mirrored_rows_count_once_per_direction(tmp_path: Path) -> None:
    rows = []
    for h in range(6):
        rows += [f"2026-03-02 0{h}:30:00,60,49170111,49170222,A", f"2026-03-02 0{h}:30:00,60,49170222,49170111,B"]
    loaded = load(tmp_path, "start_time,duration,caller,callee,cell", *rows)
    assert "cdr_two_rows_mirrored" in codes(loaded)
    assert loaded.panel.values["calls_mo"].sum(axis=1).tolist() == [6, 0]
    assert loaded.panel.values["calls_mt"].sum(axis=1).tolist() == [0, 6]


def test_the_subscriber_of_a_row_is_named_by_a_keyed_hash_alone(tmp_path: Path) -> None:
    rows = [f"2026-03-02 0{h}:30:00,60,49170111,49170222,A" for h in range(6)] + ["never,60,49170333,49170444,A"]
    options = LoadOptions(mapping={"entity": "subscriber"}, key=b"k")
    loaded = load(tmp_path, "start_time,duration,caller,callee,cell", *rows, options=options)
    assert [c.id for c in loaded.panel.cells] == [pseudonym("49170111", b"k")]
    assert "49170" not in repr(loaded.quality) + repr(loaded.panel.cells)
    assert [(d.reason.code, d.rows) for d in loaded.quality.dropped] == [("row_time", 1)]


def test_minutes_may_be_split_over_the_hours_in_which_they_were_talked(tmp_path: Path) -> None:
    # 10 min before the hour, 60 in the next one, 20 in the one after; the last call is one that was never closed.
    rows = ["2026-03-02 00:50:00,5400,49170111,49170222,A", "2026-03-02 05:00:00,60,49170111,49170222,A"]
    rows += ["2026-03-02 02:00:00,0,49170111,49170222,A", "2026-03-02 06:00:00,900000,49170111,49170222,A"]
    header = "start_time,duration,caller,callee,cell"
    whole = load(tmp_path, header, *rows)
    split = load(tmp_path, header, *rows, options=LoadOptions(mapping={"call_hours": "split"}))
    assert whole.panel.values["call_minutes"][0].tolist() == [90, 0, 0, 0, 0, 1, 15_000]
    assert split.panel.values["call_minutes"][0].tolist() == [10, 60, 20, 0, 0, 1, 15_000]
    for loaded in (whole, split):
        assert loaded.panel.values["calls_mo"][0].tolist() == [1, 0, 1, 0, 0, 1, 1]
        assert loaded.quality.rows_kept == 4
    assert "cdr_split" in codes(split)


def test_minutes_are_split_at_the_hours_of_the_zone(tmp_path: Path) -> None:
    rows = ["2026-03-02 00:20:00+00:00,1200,1,2,A", "2026-03-02 05:20:00+00:00,60,1,2,A"]
    options = LoadOptions(mapping={"call_hours": "split"}, zone="Asia/Tehran")
    loaded = load(tmp_path, "start_time,duration,caller,callee,cell", *rows, options=options)
    assert str(loaded.panel.times[0]) == "2026-03-01T23:30:00"
    assert loaded.panel.values["call_minutes"][0, :2].tolist() == [10, 10]


def test_in_how_many_rows_a_call_stands_may_be_said(tmp_path: Path) -> None:
    header = "start_time,duration,caller,callee,cell"
    rows = [f"2026-03-02 0{h}:30:00,60,49170111,49170222,A" for h in range(5)]
    rows += ["2026-03-02 00:30:00,60,49170222,49170111,A"]
    one, two = (load(tmp_path, header, *rows, options=LoadOptions(mapping={"call_rows": n})) for n in ("one", "two"))
    assert totals(one) == {"calls_mo": 6, "call_minutes": 6}
    assert totals(two) == {"calls_mo": 5, "calls_mt": 1, "call_minutes": 6}
    assert "cdr_rows_said" in codes(one) & codes(two)


def test_names_of_subscribers_are_the_same_in_every_load_with_the_same_key(tmp_path: Path) -> None:
    rows = [f"2026-03-02 0{h}:30:00,60,4917011{h % 3},49170222,A" for h in range(6)]
    said = {"entity": "subscriber"}
    first, again, other, none = (
        [c.id for c in load(tmp_path, "start,duration,caller,callee,cell", *rows, options=options).panel.cells]
        for options in (
            LoadOptions(mapping=said, key=b"a key of one's own"),
            LoadOptions(mapping=said, key=b"a key of one's own"),
            LoadOptions(mapping=said, key=b"another key of one"),
            LoadOptions(mapping=said),
        )
    )
    assert first == again
    assert len({*first, *other, *none}) == 9


def test_digits_of_the_arabic_script_are_digits(tmp_path: Path) -> None:
    persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    rows = [f"1404/12/11 0{h}:30,120,0912000{h},0935111,7".translate(persian) for h in range(6)]
    options = LoadOptions(mapping={"entity": "subscriber"}, key=b"k")
    loaded = load(tmp_path, "start,duration,caller,callee,cell", *rows, options=options)
    assert {c.id for c in loaded.panel.cells} == {pseudonym(f"0912000{h}", b"k") for h in range(6)}
    assert totals(loaded) == {"calls_mo": 6, "call_minutes": 12}
    assert str(loaded.panel.times[0]) == "2026-03-02T00:00:00"


def test_calls_of_two_encodings_are_told_for_no_copy_of_the_numbers_is_written(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    rows = [f"2024-03-01 {h:02}:10:00,60,393331234567,393337654321,Città\n" for h in range(24)]
    lines = [row.encode("utf-8" if k == 7 else "latin-1") for k, row in enumerate(rows)]
    path.write_bytes(b"start_time,duration,caller,callee,cell\n" + b"".join(lines))
    notes = io.load([path]).quality.notes
    (note,) = [n for n in notes if n.code == "encoding_mixed_in_place"]
    assert note.params == {"file": "calls.csv", "lines": 1, "line": 9}


CALLS = [
    ("call_start", "duration", "caller", "callee", "cell_id"),
    *(
        (f"2026-03-02 {h:02}:{m:02}:00", 60 + m, 49170111 + m, 49170222 + h, "AB"[m % 2])
        for h in range(24)
        for m in (5, 20, 41)
    ),
    ("yesterday", 60, 49170111, 49170222, "A"),
]


def as_text(path: Path) -> None:
    path.write_text("\n".join(",".join(map(str, row)) for row in CALLS) + "\n")


def as_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Calls of a day"])
    book.active.append([])
    for row in CALLS:
        book.active.append(row)
    book.save(path)


def as_json(path: Path) -> None:
    path.write_text("\n".join(json.dumps(dict(zip(CALLS[0], row, strict=True))) for row in CALLS[1:]))


def as_page(path: Path) -> None:
    rows = "".join(f"<tr>{''.join(f'<td>{field}</td>' for field in row)}</tr>" for row in CALLS)
    path.write_text(f"<html><body><table>{rows}</table></body></html>")


def as_parquet(path: Path) -> None:
    as_text(path.with_suffix(".csv"))
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM read_csv('{path.with_suffix('.csv')}', all_varchar=true)) TO '{path}'")
    path.with_suffix(".csv").unlink()


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("calls.csv", as_text),
        ("calls.xlsx", as_workbook),
        ("calls.jsonl", as_json),
        ("calls.xls", as_page),
        ("calls.parquet", as_parquet),
    ],
)
def test_calls_are_calls_whatever_their_table_stands_in(
    tmp_path: Path, name: str, write: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    write(path)
    written = kept_in_scratch(tmp_path, monkeypatch)
    loaded = io.load([path])
    assert loaded.quality.format == "cdr-table"
    assert [cell.id for cell in loaded.panel.cells] == ["A", "B"]
    assert totals(loaded) == {"calls_mo": 72, "call_minutes": round(sum(60 + m for m in (5, 20, 41)) * 24 / 60, 4)}
    (dropped,) = loaded.quality.dropped
    assert (dropped.reason.code, dropped.rows) == ("row_time", 1)
    assert dropped.example.startswith(f"{name}:")
    assert written == []
    assert "49170" not in repr(loaded.quality)
    assert preview([path]).format == "cdr-table"
