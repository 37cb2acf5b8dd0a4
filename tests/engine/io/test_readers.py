"""Every format from a miniature made by hand: each number is known."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import shutil
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from engine.data import Cell, Flag, KpiKind
from engine.errors import InputError
from engine.io import Loaded, LoadOptions, load

DATA = Path(__file__).resolve().parents[2] / "data" / "io"
NAN = float("nan")


def rows(loaded: Loaded) -> dict[str, int]:
    return {d.reason.code: d.rows for d in loaded.quality.dropped}


def codes(loaded: Loaded) -> list[str]:
    return [note.code for note in loaded.quality.notes]


def values(loaded: Loaded, kpi: str) -> list[list[float]]:
    return np.round(loaded.panel.values[kpi].astype(float), 4).tolist()


def same(found: list[list[float]], expected: list[list[float]]) -> None:
    np.testing.assert_array_equal(np.array(found), np.array(expected))


# --- Milan -----------------------------------------------------------------------------------------------------------


def test_milan_rows_are_summed_over_country_codes_and_absence_is_zero() -> None:
    loaded = load([DATA / "milan_raw.txt"])
    assert loaded.quality.format == "milan-raw"
    assert (loaded.panel.period_s, loaded.panel.zone) == (600, "Europe/Rome")
    assert [(c.id, c.row, c.col) for c in loaded.panel.cells] == [("1", 0, 0), ("102", 1, 1)]
    assert loaded.panel.times[0] == np.datetime64("2013-10-31T23:00", "s")
    same(values(loaded, "sms_in"), [[2.0, 0, 0], [1, 0, 0]])
    same(values(loaded, "internet"), [[10, 3.5, 0], [1, 0, 0]])
    same(values(loaded, "call_out"), [[0, 0, 0], [1, 0, 0.5]])
    assert (loaded.quality.rows_read, loaded.quality.rows_kept) == (5, 5)
    assert "absent_is_zero" in codes(loaded)
    assert all(k.kind is KpiKind.COUNT for k in loaded.panel.kpis)


def test_milan_rows_that_are_broken_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "sms.txt"
    broken = (
        "1\tnow\t39\t1\t1\t1\t1\t1\nx\t1383260400000\t39\t1\t1\t1\t1\t1\n1\t1383260400000\t39\toops\t\t\t\t\n1\t13\t0\n"
    )
    path.write_text((DATA / "milan_raw.txt").read_text() * 2 + broken)
    loaded = load([path])
    assert rows(loaded) == {"row_time": 1, "row_time_impossible": 1, "row_cell": 1, "row_value": 1}
    first = {d.reason.code: d.example for d in loaded.quality.dropped}
    assert first["row_time"] == "sms.txt:11, 'now'"
    assert first["row_value"] == "sms.txt:13, 'oops'"
    assert loaded.quality.rows_read == 14


def test_a_milan_day_given_twice_is_not_counted_twice(tmp_path: Path) -> None:
    packed = tmp_path / "milan_raw.txt.gz"
    packed.write_bytes(gzip.compress((DATA / "milan_raw.txt").read_bytes()))
    loaded = load([DATA / "milan_raw.txt", packed])
    same(values(loaded, "internet"), [[10, 3.5, 0], [1, 0, 0]])
    assert rows(loaded) == {"row_duplicate": 5}


def test_a_long_silence_of_all_squares_is_missing_and_not_zero(tmp_path: Path) -> None:
    path = tmp_path / "sms.txt"
    line = "1\t{}\t39\t1\t1\t1\t1\t1\n"
    begin, step = 1383260400000, 600_000
    path.write_text("".join(line.format(begin + k * step) for k in (*range(10), *range(12, 20), *range(100, 110))))
    internet = load([path]).panel.values["internet"][0]
    assert internet[10:12].tolist() == [0, 0]
    assert np.isnan(internet[20:100]).all()
    assert np.isfinite(internet[100:]).all()


# --- tables ----------------------------------------------------------------------------------------------------------


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
    assert loaded.quality.format == "xlsx-series"
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


# --- performance files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
def test_ts_32435(tmp_path: Path, packed: bool) -> None:
    path = DATA / "pm_32435.xml"
    if packed:
        path = tmp_path / "A20240301.xml.gz"
        path.write_bytes(gzip.compress((DATA / "pm_32435.xml").read_bytes()))
    loaded = load([path])
    assert loaded.quality.format == "pm-xml"
    assert loaded.panel.period_s == 900
    assert loaded.panel.times.tolist() == [datetime(2024, 3, 1, 9, 0), datetime(2024, 3, 1, 9, 15)]
    assert loaded.panel.cells[0] == Cell("ManagedElement=ENB-1,EUtranCell=C1", name="C1", site="North tower")
    same(values(loaded, "RRC.ConnEstabAtt"), [[20, 22], [NAN, NAN], [5, NAN]])
    same(values(loaded, "RRC.ConnEstabSucc"), [[18, NAN], [NAN, NAN], [NAN, NAN]])
    same(values(loaded, "RRC.Hist[1]"), [[2, NAN], [NAN, NAN], [NAN, NAN]])
    assert loaded.panel.flags["RRC.ConnEstabAtt"].tolist() == [[0, 0], [0, 0], [Flag.SUSPECT, 0]]
    assert rows(loaded) == {"row_value": 1}
    assert "pm_lists" in codes(loaded)


def test_ts_28532_without_namespace() -> None:
    loaded = load([DATA / "pm_28532.xml"])
    assert loaded.panel.period_s == 3600
    assert [c.name for c in loaded.panel.cells] == ["1", "2"]
    same(values(loaded, "DRB.UEThpDl"), [[12.5], [7.5]])
    same(values(loaded, "RRU.PrbTotDl"), [[NAN], [40]])


def test_of_many_performance_files_a_broken_one_is_left_out_whole(tmp_path: Path) -> None:
    text = (DATA / "pm_28532.xml").read_text()
    for hour in range(3):
        (tmp_path / f"C{hour}.xml").write_text(text.replace("T11:00:00Z", f"T1{hour}:00:00Z"))
    (tmp_path / "C3.xml").write_text(text.replace("T11:00:00Z", "T13:00:00Z")[: text.index("NRCellDU=2") + 40])
    loaded = load([tmp_path])
    assert loaded.panel.shape == (2, 3)
    (note,) = [n for n in loaded.quality.notes if n.code == "file_left_out"]
    assert "C3.xml" in str(note.params["reason"])


def test_values_of_another_granularity_are_set_aside(tmp_path: Path) -> None:
    text = (DATA / "pm_28532.xml").read_text()
    (tmp_path / "a.xml").write_text(text)
    (tmp_path / "b.xml").write_text(text.replace("T11:00:00Z", "T12:00:00Z"))
    (tmp_path / "c.xml").write_text(text.replace("PT1H", "PT900S").replace("T11:00:00Z", "T13:00:00Z"))
    loaded = load([tmp_path])
    assert loaded.panel.period_s == 3600
    assert rows(loaded) == {"row_other_period": 4}


def test_performance_files_are_put_together_in_a_longer_period(tmp_path: Path) -> None:
    text = (DATA / "pm_28532.xml").read_text().replace("PT1H", "PT900S")
    for k in range(8):
        stamp = f"T{11 + (k + 1) // 4}:{(k + 1) % 4 * 15:02}:00Z"
        (tmp_path / f"C{k}.xml").write_text(text.replace("T11:00:00Z", stamp))
    (tmp_path / "copy.xml").write_text(text.replace("T11:00:00Z", "T11:15:00Z"))
    loaded = load([tmp_path], LoadOptions(period_s=3600))
    assert loaded.panel.period_s == 3600
    same(values(loaded, "DRB.UEThpDl"), [[12.5, 12.5], [7.5, 7.5]])
    same(values(loaded, "RRU.PrbTotDl"), [[NAN, NAN], [40, 40]])
    assert rows(loaded) == {"row_duplicate": 4}


def test_of_performance_files_only_the_chosen_counters_are_kept() -> None:
    loaded = load([DATA / "pm_32435.xml"], LoadOptions(kpis=("rrc.connestabatt",)))
    assert [k.id for k in loaded.panel.kpis] == ["RRC.ConnEstabAtt"]
    assert rows(loaded) == {"row_kpi_not_chosen": 6}
    with pytest.raises(InputError) as caught:
        load([DATA / "pm_32435.xml"], LoadOptions(kpis=("Nothing",)))
    assert caught.value.reason.code == "no_such_kpi"
    assert "RRC.ConnEstabAtt" in str(caught.value)


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>
<measCollecFile><measData><measInfo>&lol2;</measInfo></measData></measCollecFile>"""
EXTERNAL = """<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><measCollecFile/>"""


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda _: BOMB, "pm_entities"),
        (lambda _: EXTERNAL, "pm_entities"),
        (lambda t: t[: len(t) // 2], "pm_broken"),
        (lambda _: "<measCollecFile><fileHeader/></measCollecFile>", "pm_no_data"),
        (lambda _: "<measCollecFile><measData><measInfo/></measData></measCollecFile>", "pm_no_values"),
        (lambda t: t.replace("PT900S", "often").replace("PT15M", "often").replace("beginTime", "x"), "pm_no_period"),
        (lambda t: t.replace("endTime", "x").replace("beginTime", "x"), "pm_no_time"),
    ],
)
def test_performance_files_that_cannot_be_used(tmp_path: Path, change: Callable[[str], str], code: str) -> None:
    path = tmp_path / "A.xml"
    path.write_text(change((DATA / "pm_32435.xml").read_text()))
    with pytest.raises(InputError) as caught:
        load([path])
    assert caught.value.reason.code == code
    assert "A.xml" in str(caught.value)


# --- call detail records ---------------------------------------------------------------------------------------------


def test_asterisk_records_become_calls_per_hour_and_context() -> None:
    loaded = load([DATA / "cdr_asterisk.csv"], LoadOptions(zone="UTC"))
    assert loaded.quality.format == "cdr-asterisk"
    assert loaded.panel.period_s == 3600
    assert [c.id for c in loaded.panel.cells] == ["hq", "production"]
    same(values(loaded, "calls"), [[2, 0, 0], [0, 0, 1]])
    same(values(loaded, "answered"), [[2, 0, 0], [0, 0, 0]])
    same(values(loaded, "talk_seconds"), [[574, 0, 0], [0, 0, 0]])
    (note,) = [n for n in loaded.quality.notes if n.code == "cdr_legs"]
    assert note.params == {"rows": 4, "calls": 3}
    assert loaded.quality.rows_read == 4


def test_no_subscriber_number_of_a_call_record_gets_out(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    text = (DATA / "cdr_asterisk.csv").read_text()
    path.write_text(
        text * 3 + text.splitlines()[0].replace("2017-06-20 09:49:22", "someday") + '\n"","039888","too few"\n'
    )
    loaded = load([path])
    assert rows(loaded) == {"row_short": 1, "row_time": 1}
    assert not [n for n in ("0391112222", "0393334444", "039888") if n in repr(loaded.quality)]


# --- folders and archives --------------------------------------------------------------------------------------------


def test_a_folder_is_its_files_and_says_what_it_left_out(tmp_path: Path) -> None:
    for day in (1, 2):
        (tmp_path / f"day{day}.csv").write_text(
            f"time,cell,calls\n2024-03-0{day} 00:00,A,1\n2024-03-0{day} 01:00,A,2\n"
        )
    (tmp_path / "README.md").write_text("# Measurements\n")
    (tmp_path / ".hidden.csv").write_text("junk")
    loaded = load([tmp_path])
    assert loaded.panel.shape == (1, 26)
    (note,) = [n for n in loaded.quality.notes if n.code == "files_left_out"]
    assert note.params["files"] == "README.md"


def test_an_archive_is_its_files_without_the_junk(tmp_path: Path) -> None:
    archive = tmp_path / "drive.zip"
    inner = tmp_path / "inner.zip"
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("b.csv", "timestamp,value\n1469376000,3\n1469376300,4\n")
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("set/a.csv", "timestamp,value\n1469376000,1\n1469376300,2\n")
        file.writestr("__MACOSX/set/._a.csv", b"\x00\x05\x16\x07")
        file.writestr("set/.DS_Store", b"\x00\x00\x00\x01Bud1")
        file.writestr("../../escape.txt", "outside")
        file.write(inner, "set/inner.zip")
    loaded = load([archive])
    assert [c.id for c in loaded.panel.cells] == ["a", "b"]
    same(values(loaded, "value"), [[1, 2], [3, 4]])
    assert not list(tmp_path.parent.glob("escape.txt"))


def test_files_of_the_same_name_in_two_folders_are_two_cells(tmp_path: Path) -> None:
    for site in ("north", "south"):
        (tmp_path / site).mkdir()
        (tmp_path / site / "kpi.csv").write_text("timestamp,value\n1469376000,1\n1469376300,2\n")
    assert [c.id for c in load([tmp_path]).panel.cells] == ["kpi", "south/kpi"]


def test_one_file_decides_the_order_of_day_and_month_for_all(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("DateTime,Traffic\n3/4/2024 0:00,1\n3/4/2024 1:00,2\n")
    (tmp_path / "b.csv").write_text("DateTime,Traffic\n3/13/2024 0:00,1\n3/13/2024 1:00,2\n")
    loaded = load([tmp_path])
    assert loaded.panel.times[0] == np.datetime64("2024-03-04", "s")


def test_a_row_far_down_decides_the_order_of_day_and_month(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    lines = [
        f"{d}/4/2024 {h:02}:{m:02}:{s:02},1"
        for d in (1, 2)
        for h in range(24)
        for m in range(60)
        for s in range(0, 60, 15)
    ]
    path.write_text("time,value\n" + "\n".join([*lines, "13/4/2024 00:00:00,1"]) + "\n")
    loaded = load([path])
    assert loaded.panel.times[0] == np.datetime64("2024-04-01", "s")


def test_what_is_said_of_many_files_is_said_once(tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / f"day{day}.csv").write_text(
            f"time,cell,vendor,calls\n2024-03-0{day} 00:00,A,acme,1\n2024-03-0{day} 01:00,A,acme,2\n"
        )
    (note,) = [n for n in load([tmp_path]).quality.notes if n.code == "columns_ignored"]
    assert note.params == {"file": "day1.csv (and 4 more files)", "columns": "vendor"}


def test_mixed_formats_are_refused_with_what_was_found(tmp_path: Path) -> None:
    shutil.copy(DATA / "long.csv", tmp_path)
    shutil.copy(DATA / "milan_raw.txt", tmp_path)
    with pytest.raises(InputError) as caught:
        load([tmp_path])
    assert caught.value.reason.code == "mixed_formats"
    assert "csv-long: long.csv" in str(caught.value)
    assert "milan-raw: milan_raw.txt" in str(caught.value)
