"""Tables of all layouts and kinds from miniatures made by hand: each number is known."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from engine.errors import InputError
from engine.io import LoadOptions, load
from tests.engine.io.loaded import DATA, codes, late, rows, same, values

NAN = float("nan")


def test_long_csv() -> None:
    loaded = load([DATA / "long.csv"])
    assert loaded.quality.format == "csv-long"
    same(values(loaded, "calls"), [[10, 12], [7, NAN]])
    same(values(loaded, "ERAB_Success_Rate"), [[99.5, 99.1], [98, 97.5]])


def test_semicolons_decimal_commas_and_date_and_clock_apart() -> None:
    loaded = load([DATA / "german.csv"], LoadOptions(zone="Europe/Berlin"))
    assert loaded.panel.period_s == 1800
    assert loaded.panel.times[0] == np.datetime64("2024-03-30T23:00", "s")
    same(values(loaded, "Erlang"), [[1.5, 2.25, 1024.5]])


def test_wide_csv_of_squares() -> None:
    loaded = load([DATA / "internet_wide.csv"])
    assert loaded.quality.format == "csv-wide"
    assert [c.id for c in loaded.panel.cells] == ["4142", "4143"]
    assert (loaded.panel.cells[0].row, loaded.panel.cells[0].col) == (41, 41)
    assert loaded.panel.zone == "Europe/Rome"
    same(values(loaded, "internet"), [[1.5, NAN], [2, 3]])
    assert loaded.quality.rows_read == 2


def test_a_wide_line_that_does_not_fit_is_dropped_whole(tmp_path: Path) -> None:
    path = tmp_path / "internet.csv"
    path.write_text(
        "time_ms,1,2,3\n1383260400000,1,2,3\n1383261000000,1,2\n1383261600000,1,2,3,4\nlater,1,2,3\n\n,,,\n"
        "1383262200000,4,x,\n1383260400000,7,7,7\n"
    )
    loaded = load([path])
    same(values(loaded, "internet"), [[1, 4], [2, NAN], [3, NAN]])
    assert rows(loaded) == {"row_blank": 1, "row_time": 1, "row_short": 1, "row_long": 1, "row_duplicate": 1}
    assert loaded.quality.rows_read == 7
    first = {d.reason.code: d.example for d in loaded.quality.dropped}
    assert first["row_time"] == "internet.csv:5, 'later'"
    (note,) = [n for n in loaded.quality.notes if n.code == "values_unreadable"]
    assert note.params == {"values": 1, "example": "internet.csv:8, 'x'"}


def test_a_wide_table_may_have_thousands_of_cells(tmp_path: Path) -> None:
    path = tmp_path / "internet.csv"
    lines = [",".join(["time_ms", *(str(k + 1) for k in range(3000))])]
    lines += [
        ",".join([str(1383260400000 + 600_000 * t), *(str(t * 10 + k % 7) for k in range(3000))]) for t in range(3)
    ]
    path.write_text("\n".join([*lines, "1383262800000,1,2", "never" + "," * 3000, lines[1]]))
    loaded = load([path])
    assert rows(loaded) == {"row_fields": 1, "row_time": 1, "row_duplicate": 1}
    assert {d.reason.code: d.example for d in loaded.quality.dropped}["row_time"] == "internet.csv:6, 'never'"
    expected = np.arange(3)[None, :] * 10 + (np.arange(3000) % 7)[:, None]
    np.testing.assert_array_equal(loaded.panel.values["internet"], expected)
    assert loaded.quality.rows_kept == 3


def test_a_wide_table_with_quoted_fields(tmp_path: Path) -> None:
    path = tmp_path / "cpu.csv"
    path.write_text('time,"node, one",node-2\n"2024-03-01 00:00","1",2\n"2024-03-01 01:00","3",4\n')
    loaded = load([path])
    assert [c.id for c in loaded.panel.cells] == ["node, one", "node-2"]
    same(values(loaded, "cpu"), [[1, 3], [2, 4]])


def test_a_table_may_have_hundreds_of_kpis(tmp_path: Path) -> None:
    path = tmp_path / "counters.csv"
    names = [f"counter{k}" for k in range(1500)]
    lines = [",".join(["time", "cell", *names])]
    lines += [",".join([f"2024-03-01 0{t}:00", "A", *(str(k + t) for k in range(1500))]) for t in range(3)]
    path.write_text("\n".join(lines))
    loaded = load([path])
    assert [k.id for k in loaded.panel.kpis] == names
    assert loaded.panel.values["counter1499"].tolist() == [[1499, 1500, 1501]]


def test_a_missing_value_of_one_kpi_is_no_repetition_of_another(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("time,cell,calls\n2024-03-01 00:00,A,1\n2024-03-01 01:00,A,2\n")
    (tmp_path / "drops.csv").write_text("time,cell,drops\n2024-03-01 00:00,A,\n2024-03-01 01:00,A,2\n")
    loaded = load([tmp_path])
    assert rows(loaded) == {}
    assert loaded.quality.rows_kept == 4


def test_one_series_per_file_named_by_the_file(tmp_path: Path) -> None:
    packed = tmp_path / "other.csv.gz"
    packed.write_bytes(gzip.compress(b"timestamp,value,label\n1469376000,5,0\n1469376300,6,0\n"))
    loaded = load([DATA / "kpi_series.csv", packed], LoadOptions(with_labels=True))
    assert loaded.quality.format == "csv-series"
    assert [c.id for c in loaded.panel.cells] == ["kpi_series", "other"]
    same(values(loaded, "value"), [[0.5, 0.75, NAN, -1], [5, 6, NAN, NAN]])
    assert loaded.labels is not None
    assert loaded.labels["value"].tolist() == [[0, 1, -1, 0], [0, 0, -1, -1]]


def test_intervals_are_kpis_of_one_network() -> None:
    loaded = load([DATA / "intervals.csv"], LoadOptions(with_labels=True))
    assert loaded.quality.format == "csv-intervals"
    assert [c.id for c in loaded.panel.cells] == ["network"]
    same(values(loaded, "k1"), [[730, 395]])
    same(values(loaded, "k2"), [[0.5, 0.25]])
    assert loaded.labels is not None
    assert {k: v.tolist() for k, v in loaded.labels.items()} == {"k1": [[0, 1]], "k2": [[0, 0]]}
    assert rows(load([DATA / "intervals.csv"], LoadOptions(kpis=("k2",)))) == {"row_kpi_not_chosen": 2}


def as_parquet(sql: str, path: Path) -> Path:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
    return path


def test_long_parquet_with_missing_values(tmp_path: Path) -> None:
    sql = """SELECT * FROM (VALUES (1383260400000, 251, 'nan'::DOUBLE, 3.0), (1383261000000, 251, 2.0, NULL))
             t(time_ms, square_id, sms_in, internet)"""
    loaded = load([as_parquet(sql, tmp_path / "cdr.parquet")])
    assert loaded.quality.format == "parquet-long"
    assert (loaded.panel.cells[0].row, loaded.panel.cells[0].col) == (2, 50)
    same(values(loaded, "sms_in"), [[NAN, 2]])
    same(values(loaded, "internet"), [[3, NAN]])
    assert (loaded.quality.rows_read, loaded.quality.rows_kept) == (2, 2)


@pytest.mark.parametrize("left", [0.5, 0.99])
def test_a_parquet_file_that_breaks_off_is_said_to_be_incomplete(tmp_path: Path, left: float) -> None:
    sql = "SELECT TIMESTAMP '2024-01-01' + INTERVAL 1 HOUR * i AS time, 'A' AS cell, i AS calls FROM range(99) t(i)"
    path = as_parquet(sql, tmp_path / "cut.parquet")
    whole = path.read_bytes()
    path.write_bytes(whole[: round(left * len(whole))])
    with pytest.raises(InputError, match="is not complete") as caught:
        load([path])
    assert "Copy or export it again" in str(caught.value)
    assert "magic" not in str(caught.value)


def test_a_damaged_parquet_file_is_told_without_names_of_errors(tmp_path: Path) -> None:
    path = tmp_path / "damaged.parquet"
    path.write_bytes(b"PAR1" + bytes(400) + b"\x40\x00\x00\x00PAR1")
    with pytest.raises(InputError, match="could not be read") as caught:
        load([path])
    assert "Error:" not in str(caught.value)


def test_wide_parquet(tmp_path: Path) -> None:
    sql = 'SELECT 1383260400000 + i * 600000 AS time_ms, i + 0.5 AS "1", i * 2 AS "10000" FROM range(3) r(i)'
    loaded = load([as_parquet(sql, tmp_path / "internet_grid.parquet")])
    assert loaded.quality.format == "parquet-wide"
    same(values(loaded, "internet"), [[0.5, 1.5, 2.5], [0, 2, 4]])


@pytest.mark.parametrize("kind", ["TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_NS", "DATE"])
def test_parquet_time_types(tmp_path: Path, kind: str) -> None:
    sql = f"SELECT CAST('2024-03-0' || (i + 1) AS {kind}) AS time, 'A' AS cell, i AS calls FROM range(3) r(i)"
    import duckdb

    path = tmp_path / "t.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone='UTC'")
        connection.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
    loaded = load([path])
    assert loaded.panel.times.tolist() == [datetime(2024, 3, d) for d in (1, 2, 3)]
    same(values(loaded, "calls"), [[0, 1, 2]])


@pytest.mark.parametrize("order", [("Cells", "Network", "Days"), ("Days", "Network", "Cells")])
def test_of_a_workbook_the_sheets_of_cells_with_the_shortest_periods_are_read(
    tmp_path: Path, order: tuple[str, ...]
) -> None:
    hours = [datetime(2024, 3, 1) + timedelta(hours=h) for h in range(72)]
    contents: dict[str, list[list[object]]] = {
        "Cells": [["time", "cell", "calls"], *([t, cell, t.hour] for t in hours for cell in "AB")],
        "Network": [["time", "calls"], *([t, 2 * t.hour] for t in hours)],
        "Days": [["date", "cell", "calls"], *([t, cell, 276] for t in hours[::24] for cell in "AB")],
    }
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in order:
        sheet = book.create_sheet(name)
        for row in contents[name]:
            sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    loaded = load([tmp_path / "a.xlsx"])
    same(values(loaded, "calls"), [[t.hour for t in hours]] * 2)
    left_out = {note.code: note.params["sheet"] for note in loaded.quality.notes if note.code.startswith("sheet_")}
    assert left_out == {"sheet_other_kind": "a.xlsx [Network]", "sheet_other_period": "a.xlsx [Days]"}
    assert loaded.quality.duplicates == 0


def test_workbook_sheets_are_parts_of_one_data_set(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for title, day in (("2023", 1), ("2024", 2)):
        sheet = book.create_sheet(title)
        sheet.append(["DT", "E_RAB_DR"])
        for hour in range(3):
            sheet.append([datetime(2024, 3, day, hour), 0.5 * hour if hour != 1 else None])
    book["Sheet"].append(["just a remark"])
    path = tmp_path / "E_RAB_DR_LTE.xlsx"
    book.save(path)
    loaded = load([path])
    assert loaded.quality.format == "workbook-series"
    assert [c.id for c in loaded.panel.cells] == ["E_RAB_DR_LTE"]
    assert loaded.panel.shape == (1, 27)
    same(values(loaded, "E_RAB_DR")[0:1], [[0, NAN, 1, *[NAN] * 21, 0, NAN, 1]])
    assert loaded.quality.rows_read == 6


def test_files_that_each_hold_other_kpis_are_one_entity(tmp_path: Path) -> None:
    for name in ("E_RAB_DR", "E_RAB_SETUP_FR"):
        (tmp_path / f"{name}_LTE.csv").write_text(f"DT,{name}\n2024-03-01 00:00,1\n2024-03-01 01:00,2\n")
    loaded = load([tmp_path])
    assert [c.id for c in loaded.panel.cells] == ["network"]
    assert loaded.quality.missing_share == 0
    assert "files_are_kpis" in codes(loaded)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("packed", [False, True])
def test_encodings(tmp_path: Path, encoding: str, packed: bool) -> None:
    text = "time,cell,calls\n2024-03-01 00:00,Zürich,1\n2024-03-01 01:00,Zürich,2\n"
    content = text.encode(encoding)
    path = tmp_path / ("t.csv.gz" if packed else "t.csv")
    path.write_bytes(gzip.compress(content) if packed else content)
    loaded = load([path])
    assert [c.id for c in loaded.panel.cells] == ["Zürich"]
    same(values(loaded, "calls"), [[1, 2]])


@pytest.mark.parametrize("packed", [False, True])
def test_lines_of_two_encodings_are_the_same_cell_and_that_is_told(tmp_path: Path, packed: bool) -> None:
    rows = [f"2024-03-01 {h:02}:00,{cell},{h}\n" for h in range(24) for cell in ("Città", "Zürich")]
    lines = [row.encode("utf-8" if k in (10, 30) else "latin-1") for k, row in enumerate(rows)]
    content = b"time,cell,calls\n" + b"".join(lines)
    path = tmp_path / "t.csv"
    path.write_bytes(gzip.compress(content) if packed else content)
    loaded = load([path])
    assert [c.id for c in loaded.panel.cells] == ["Città", "Zürich"]
    same(values(loaded, "calls"), [list(range(24))] * 2)
    (note,) = [n for n in loaded.quality.notes if n.code == "encoding_mixed"]
    assert note.params == {"file": "t.csv", "lines": 2, "line": 12}


@pytest.mark.parametrize("packed", [False, True])
def test_latin_1_that_begins_late_in_a_file_is_read_all_the_same(tmp_path: Path, packed: bool) -> None:
    loaded = load([late(tmp_path, ["Città".encode("latin-1"), "Zürich".encode("latin-1")], packed)])
    assert [c.id for c in loaded.panel.cells] == ["A", "Città", "Zürich"]
    assert loaded.quality.rows_read == loaded.quality.rows_kept == 100_002
    assert not any(code.startswith("encoding") for code in codes(loaded))


def test_late_lines_of_two_encodings_are_told(tmp_path: Path) -> None:
    loaded = load([late(tmp_path, ["Città".encode(), "Zürich".encode("latin-1"), "Zürich".encode()])])
    assert [c.id for c in loaded.panel.cells] == ["A", "Città", "Zürich"]
    (note,) = [n for n in loaded.quality.notes if n.code == "encoding_stray_lines"]
    assert note.params == {"file": "late.csv", "lines": 1, "line": 100_003}


def test_a_file_of_one_encoding_tells_nothing_of_encodings(tmp_path: Path) -> None:
    rows = [f"2024-03-01 {h:02}:00,Zürich,{h}\n".encode("latin-1") for h in range(24)]
    (tmp_path / "t.csv").write_bytes(b"time,cell,calls\n" + b"".join(rows))
    assert not any(code.startswith("encoding") for code in codes(load([tmp_path / "t.csv"])))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(end.join(["time,cell,calls", "2024-03-01 00:00,A,1", "2024-03-01 01:00,A,2"]).encode())
    same(values(load([path]), "calls"), [[1, 2]])


def test_line_ends_that_change_within_a_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"timestamp,value,label\n1469376000,1,0\r\n1469376300,2,0\r\n1469376600,3,0\n")
    same(values(load([path]), "value"), [[1, 2, 3]])


def test_quoted_fields_may_hold_separators_and_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('time,cell,calls\n2024-03-01 00:00,"A, north\nside",1\n2024-03-01 01:00,"A, north\nside",2\n')
    loaded = load([path])
    assert [c.id for c in loaded.panel.cells] == ["A, north\nside"]
    same(values(loaded, "calls"), [[1, 2]])


def test_a_quote_that_is_not_closed_loses_no_row_silently(tmp_path: Path) -> None:
    good = "".join(f"2024-03-01 {h:02}:00,A,{h}\n" for h in range(10))
    path = tmp_path / "t.csv"
    path.write_text(f'time,cell,calls\n{good}2024-03-01 10:00,"A,10\n2024-03-01 11:00,A,11\n2024-03-01 12:00,A,12\n')
    loaded = load([path])
    assert loaded.quality.rows_read == 13
    assert sum(rows(loaded).values()) == 3


def test_trailing_lines_of_separators_are_blank(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("SDATE,CGI,RACH_ATTEMPTS,CQI\n9/13/2018,#,370,9\n9/13/2018 0:15,#,396,9\n,,,\n,,,\n")
    loaded = load([path])
    same(values(loaded, "RACH_ATTEMPTS"), [[370, 396]])
    assert rows(loaded) == {"row_blank": 2}


def test_several_rows_per_entity_and_day_are_put_together_by_kind(tmp_path: Path) -> None:
    days = "".join(
        f"2024-03-{d:02},{e},{99 + s / 4},{10 * s + d}\n" for d in range(1, 6) for e in (7, 8) for s in range(3)
    )
    path = tmp_path / "t.csv"
    path.write_text(f"Date,eNodeB ID,RRC_Success_Rate,calls\n{days}")
    loaded = load([path])
    same(values(loaded, "RRC_Success_Rate"), [[99.25] * 5] * 2)
    same(values(loaded, "calls"), [[30 + 3 * d for d in range(1, 6)]] * 2)
    assert rows(loaded) == {}
    assert loaded.quality.rows_kept == 30
    assert "rows_of_entity_combined" in codes(loaded)


def test_finer_rows_are_put_together_in_the_period_that_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    text = "".join(f"2024-03-01 {m // 60:02}:{m % 60:02},A,{m},50\n" for m in range(0, 180, 15))
    path.write_text(f"time,cell,calls,PRB_usage\n{text}")
    loaded = load([path], LoadOptions(period_s=3600))
    same(values(loaded, "calls"), [[0 + 15 + 30 + 45, 60 + 75 + 90 + 105, 120 + 135 + 150 + 165]])
    same(values(loaded, "PRB_usage"), [[50, 50, 50]])
    twice = tmp_path / "copy.csv"
    shutil.copy(path, twice)
    again = load([path, twice], LoadOptions(period_s=3600))
    same(values(again, "calls"), values(loaded, "calls"))
    assert rows(again) == {"row_duplicate": 12}
    milan = load([DATA / "milan_raw.txt"], LoadOptions(period_s=3600))
    same(values(milan, "internet"), [[13.5], [1]])


def test_subscriber_numbers_become_keyed_hashes(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    number = "393331234567"
    path.write_text(
        f'time,msisdn,calls\n2024-03-01 00:00,{number},1\n2024-03-01 01:00,{number},2\n2024-03-01,"{number},3\n'
    )
    loaded = load([path], LoadOptions(key=b"mine"))
    assert [c.id for c in loaded.panel.cells] == [hmac.new(b"mine", number.encode(), hashlib.sha256).hexdigest()[:16]]
    assert number not in repr(loaded.quality)
    assert load([path]).panel.cells != loaded.panel.cells


def test_a_pattern_means_the_files_that_match_it(tmp_path: Path) -> None:
    for day in (1, 2):
        rows = "".join(f"2024-03-0{day} {h:02d}:00,a,{h}\n" for h in range(24))
        (tmp_path / f"kpi_{day}.csv").write_text(f"time,cell,calls\n{rows}")
    (tmp_path / "notes.md").write_text("nothing")
    assert load([tmp_path / "kpi_*.csv"]).panel.shape == (1, 48)
    with pytest.raises(InputError) as caught:
        load([tmp_path / "kpi_*.txt"])
    assert caught.value.reason.code == "pattern_empty"
    odd = tmp_path / "kpi_[1].csv"
    odd.write_text((tmp_path / "kpi_1.csv").read_text())
    assert load([odd]).panel.shape == (1, 24)


@pytest.mark.parametrize(
    ("encoding", "script"),
    [("utf-16", "0123456789"), ("latin-1", "0123456789"), ("utf-8", "۰۱۲۳۴۵۶۷۸۹"), ("gb18030", "0123456789")],
)
def test_no_copy_of_a_file_with_numbers_of_people_is_written(
    tmp_path: Path, encoding: str, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"2024-03-0{1 + h // 24} {h % 24:02d}:00,0912{n},{h}" for h in range(48) for n in (1, 2)]
    path = tmp_path / "usage.csv"
    header = {"utf-8": "time,msisdn,mb", "gb18030": "时间,手机号码,流量"}.get(encoding, "time,msisdn,d\u00e9bit")
    text = "\n".join([header, *lines])
    path.write_bytes(text.translate(str.maketrans("0123456789", script)).encode(encoding))
    monkeypatch.setattr("engine.io.session.Session.new_file", lambda *_: pytest.fail("a copy was written"))
    loaded = load([path], LoadOptions(key=b"k"))
    named = {hmac.new(b"k", f"0912{n}".encode(), hashlib.sha256).hexdigest()[:16] for n in (1, 2)}
    assert {c.id for c in loaded.panel.cells} == named
    assert loaded.quality.rows_kept == 96
