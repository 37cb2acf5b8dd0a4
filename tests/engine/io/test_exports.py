"""Tables as network managers and spreadsheets of many countries and vendors write them."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from engine.io import LoadOptions, load
from tests.engine.io.loaded import DATA, codes, late, rows, same, values

COUNTRIES = {
    "gb18030": ("开始时间", "小区名称", "朝阳区-望京西-1", "下行流量(MB)"),
    "big5": ("時間", "小區名稱", "台北市-信義-1", "下行流量(MB)"),
    "cp932": ("日時", "セル名", "東京都渋谷区1", "トラフィック(MB)"),
    "cp949": ("시간", "셀이름", "서울강남구1", "트래픽(MB)"),
    "cp1251": ("Время", "Сота", "Москва-12-1", "Трафик (MB)"),
}


@pytest.mark.parametrize("encoding", COUNTRIES)
@pytest.mark.parametrize("packed", [False, True])
def test_an_export_in_the_encoding_of_its_country_reads_as_in_utf_8(
    tmp_path: Path, encoding: str, packed: bool
) -> None:
    time, cell, name, kpi = COUNTRIES[encoding]
    text = f"{time},{cell},{kpi}\n" + "".join(f"2024-03-01 {h:02}:00,{name},{h}\n" for h in range(24))
    path = tmp_path / "t.csv"
    path.write_bytes(gzip.compress(text.encode(encoding)) if packed else text.encode(encoding))
    loaded = load([path])
    assert [c.id for c in loaded.panel.cells] == [name]
    assert (loaded.panel.kpis[0].id, loaded.panel.kpis[0].unit) == (kpi, "MB")
    same(values(loaded, kpi), [list(range(24))])
    assert [code for code in codes(loaded) if code.startswith("encoding")] == ["encoding_of_country"]
    path.write_text(text, encoding="utf-8")
    assert load([path]).panel.cells == loaded.panel.cells


def test_names_of_cells_alone_tell_the_encoding_of_a_file() -> None:
    loaded = load([DATA / "long_gb18030.csv"])
    assert [c.id for c in loaded.panel.cells] == ["朝阳区-望京西-1", "海淀区-中关村-2"]
    same(values(loaded, "calls"), [[0, 1, 2, 3], [1, 2, 3, 4]])


@pytest.mark.parametrize("packed", [False, True])
def test_an_encoding_that_is_said_is_the_one(tmp_path: Path, packed: bool) -> None:
    text = "czas,kom\u00f3rka,ruch\n" + "".join(f"2024-03-01 {h:02}:00,Łódź-{h % 2},{h}\n" for h in range(24))
    path = tmp_path / "t.csv"
    path.write_bytes(gzip.compress(text.encode("cp1250")) if packed else text.encode("cp1250"))
    loaded = load([path], LoadOptions(encoding="cp1250"))
    assert [c.id for c in loaded.panel.cells] == ["Łódź-0", "Łódź-1"]
    assert not any(code.startswith("encoding") for code in codes(loaded))
    path.write_text(text, encoding="utf-8")
    assert load([path], LoadOptions(encoding="cp1250")).panel.cells == loaded.panel.cells


def test_an_encoding_that_is_said_holds_for_letters_that_come_late(tmp_path: Path) -> None:
    loaded = load([late(tmp_path, ["Łódź".encode("cp1250")])], LoadOptions(encoding="cp1250"))
    assert {c.id for c in loaded.panel.cells} == {"A", "Łódź"}


def test_an_export_with_lines_before_and_behind_the_table_is_read(tmp_path: Path) -> None:
    """As a network manager in China writes it: a title, the table, a sum; ratios of nothing as errors."""
    lines = ['"查询名称","LTE小区性能"', "", '"开始时间","周期(分钟)","网元名称","小区","下行流量(GB)","掉线率(%)"']
    lines += [f'"2024-03-01 {h:02}:00","60","朝阳基站","小区标识={c}","{h}.5","0.1"' for h in range(24) for c in (1, 2)]
    lines[5] = lines[5].replace('"0.1"', '"/0"')
    lines[6] = lines[6].replace('"0.1"', '"#DIV/0!"')
    path = tmp_path / "export.csv"
    path.write_bytes(("\r\n".join([*lines, '"合计","","","","552.0",""']) + "\r\n").encode("gb18030"))
    loaded = load([path])
    assert [c.id for c in loaded.panel.cells] == ["小区标识=1", "小区标识=2"]
    assert [k.id for k in loaded.panel.kpis] == ["下行流量(GB)", "掉线率(%)"]
    assert np.isnan(loaded.panel.values["掉线率(%)"]).sum() == 2
    assert "values_unreadable" not in codes(loaded)
    assert rows(loaded) == {"row_time": 1}


HOURS = [f"2024-03-01 {h:02}:00" for h in range(24)]


def test_an_export_with_the_hour_beside_the_date_by_its_vendors_names(tmp_path: Path) -> None:
    lines = ["DATE_ID,HOUR_ID,ERBS,EUTRANCELL_ID,DL_VOLUME_GB"]
    lines += [f"2024-03-01,{h},E{c // 2},C{c},{h + c}" for h in range(24) for c in range(3)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines))
    loaded = load([path])
    assert [c.id for c in loaded.panel.cells] == ["C0", "C1", "C2"]
    assert [k.id for k in loaded.panel.kpis] == ["DL_VOLUME_GB"]
    same(values(loaded, "DL_VOLUME_GB"), [[h + c for h in range(24)] for c in range(3)])


def test_cells_that_are_numbered_anew_in_every_base_station_are_named_by_both(tmp_path: Path) -> None:
    lines = ["Time,Region,eNB ID,Cell Number,DL Throughput"]
    lines += [f"{time},North,{100 + e},{c},{10 * e + c}" for time in HOURS for e in range(3) for c in (0, 1)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines))
    loaded = load([path])
    assert [c.id for c in loaded.panel.cells] == ["100/0", "100/1", "101/0", "101/1", "102/0", "102/1"]
    assert [c.site for c in loaded.panel.cells] == ["100", "100", "101", "101", "102", "102"]
    same(values(loaded, "DL Throughput"), [[10 * e + c] * 24 for e in range(3) for c in (0, 1)])
    assert "cells_named_within" in codes(loaded)
    assert loaded.quality.mapping["within"] == "eNB ID"
    told = load([path], LoadOptions(mapping={"cell": "Cell Number", "within": "eNB ID"}))
    assert told.panel.cells == loaded.panel.cells
    alone = load([path], LoadOptions(mapping={"cell": "eNB ID"}))
    assert [c.id for c in alone.panel.cells] == ["100", "101", "102"]


def test_cells_of_a_file_for_each_base_station_are_not_put_together(tmp_path: Path) -> None:
    for station in ("A", "B"):
        lines = ["time,eNodeB Name,Local Cell ID,calls", *(f"{time},{station},{c},1" for time in HOURS for c in (1, 2))]
        (tmp_path / f"{station}.csv").write_text("\n".join(lines))
    loaded = load([tmp_path])
    assert [(c.id, c.site) for c in loaded.panel.cells] == [("A/1", "A"), ("A/2", "A"), ("B/1", "B"), ("B/2", "B")]
    assert "rows_of_period_combined" not in codes(loaded)


def test_files_of_the_same_columns_tell_their_cells_apart_alike(tmp_path: Path) -> None:
    for day, stations in (("01", ("A", "B")), ("02", ("A",))):
        lines = ["time,eNodeB,Cell ID,calls"]
        lines += [f"2024-03-{day} {h:02}:00,{s},{c},1" for h in range(24) for s in stations for c in (1, 2)]
        (tmp_path / f"{day}.csv").write_text("\n".join(lines))
    loaded = load([tmp_path])
    assert [c.id for c in loaded.panel.cells] == ["A/1", "A/2", "B/1", "B/2"]


def test_cells_whose_names_tell_them_apart_keep_them(tmp_path: Path) -> None:
    lines = ["Start Time,ManagedElement ID,Cell ID,Cell Name,Throughput(Mbps)"]
    lines += [f"{time},{c // 2},{c},Cell {c},{c}" for time in HOURS for c in range(4)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines))
    loaded = load([path])
    assert [c.id for c in loaded.panel.cells] == ["0", "1", "2", "3"]
    assert [c.name for c in loaded.panel.cells] == ["Cell 0", "Cell 1", "Cell 2", "Cell 3"]
    assert [k.id for k in loaded.panel.kpis] == ["Throughput(Mbps)"]
    assert loaded.quality.mapping["name"] == "Cell Name"


def test_a_name_that_two_cells_have_or_that_changes_is_none(tmp_path: Path) -> None:
    names = {0: "A", 1: "A", 2: "B", 3: "C"}
    lines = ["time,cell_id,cell_name,calls"]
    lines += [f"{time},{c},{'D' if c == 2 and time == HOURS[9] else n},1" for time in HOURS for c, n in names.items()]
    path = tmp_path / "t.csv"
    path.write_text("\n".join([*lines, "too,short"]))
    loaded = load([path])
    assert [(c.id, c.name) for c in loaded.panel.cells] == [("0", ""), ("1", ""), ("2", ""), ("3", "C")]
    assert rows(loaded) == {"row_short": 1}


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"cell": "msisdn", "name": "msisdn"},
        {"cell": "cell_id", "name": "msisdn"},
        {"cell": "cell_id", "within": "msisdn"},
        {"cell": "msisdn", "name": "customer"},
        {"cell": "msisdn", "within": "cell_id"},
    ],
)
def test_no_role_shows_whose_number_it_is(tmp_path: Path, said: dict[str, str]) -> None:
    lines = ["time,cell_id,msisdn,customer,mb", *(f"{time},7,0912000111,Jane Doe,{h}" for h, time in enumerate(HOURS))]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines))
    loaded = load([path], LoadOptions(mapping=said))
    assert "0912000111" not in repr(loaded.panel.cells) + repr(loaded.quality)
    assert "Jane" not in repr(loaded.panel.cells) + repr(loaded.quality)


def test_names_are_those_of_cells_within_their_station(tmp_path: Path) -> None:
    lines = ["time,eNodeB,Cell Number,Name,calls"]
    lines += [f"{time},{s},{c},{s}-{c} street,1" for time in HOURS for s in "AB" for c in (1, 2)]
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    first = load([path]).panel.cells[0]
    assert (first.id, first.name, first.site) == ("A/1", "A-1 street", "A")


def test_a_row_of_units_below_the_header_is_no_measurement(tmp_path: Path) -> None:
    lines = ["Result Time,Granularity Period,Object Name,L.Thrp.bits.DL (bit)", ",Minutes,,bit"]
    names = [f"NE{c}/Cell:eNodeB Function Name=NE{c}, Local Cell ID=1, Cell Name=C{c}" for c in (0, 1)]
    lines += [f'{time},60,"{name}",{k}' for time in HOURS for k, name in enumerate(names)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines))
    loaded = load([path])
    assert [k.id for k in loaded.panel.kpis] == ["L.Thrp.bits.DL (bit)"]
    assert [(c.id, c.name, c.site) for c in loaded.panel.cells] == [(names[0], "C0", "NE0"), (names[1], "C1", "NE1")]
    assert rows(loaded) == {"row_time": 1}


def test_lines_that_are_no_text_of_the_encoding_are_counted_and_told(tmp_path: Path) -> None:
    time, cell, name, kpi = COUNTRIES["gb18030"]
    rows = [f"2024-03-01 {h:02}:00,{name},{h}\n".encode("gb18030") for h in range(24)]
    rows += [b"2024-03-02 %02d:00,A\xff-1,1\n" % h for h in range(2)]
    filler = [f"2024-03-{d:02} 00:00,{name},1\n".encode("gb18030") * 400 for d in range(3, 29)]
    path = tmp_path / "t.csv"
    path.write_bytes(f"{time},{cell},{kpi}\n".encode("gb18030") + b"".join(rows[:24] + filler + rows[24:]))
    loaded = load([path])
    (note,) = [n for n in loaded.quality.notes if n.code == "encoding_broken_lines"]
    assert (note.params["lines"], note.params["line"]) == (2, 1 + 24 + 26 * 400 + 1)
    assert {c.id for c in loaded.panel.cells} == {name, "A\ufffd-1"}


def test_names_of_another_country_that_begin_late_in_a_file_are_read(tmp_path: Path) -> None:
    names = [COUNTRIES["gb18030"][2], "海淀区-中关村-2"]
    loaded = load([late(tmp_path, [name.encode("gb18030") for name in names])])
    assert {c.id for c in loaded.panel.cells} == {"A", *names}
    assert "encoding_of_country" in codes(loaded)
