"""The cell reference table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.data import Cell, Kpi, Panel, Quality
from engine.errors import InputError, Reason
from engine.network.cells import CellTable, join, read_cells
from engine.text import say

QUALITY = Quality("csv", {}, 4, 4, (), (), 0, 0, 0.0, np.ones(2), np.zeros(2, np.int64))


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "cells.csv"
    path.write_text(text, encoding="utf-8")
    return path


def panel(*cells: Cell) -> Panel:
    values = np.zeros((len(cells), 2), np.float32)
    times = np.array(["2024-01-01T00", "2024-01-01T01"], "datetime64[s]")
    return Panel(times, 3600, "UTC", cells, (Kpi("x"),), {"x": values}, {"x": values.astype(np.uint8)})


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_common_header_names_and_separators_are_understood(tmp_path: Path, separator: str) -> None:
    rows = [["CellID", "eNodeB", "Latitude", "Lng"], ["c1", "S1", "45.5", "9.2"], ["c2", "", "", ""]]
    cells = read_cells(table(tmp_path, "\n".join(separator.join(row) for row in rows)))
    assert cells.cells == {"c1": Cell("c1", site="S1", lat=45.5, lon=9.2), "c2": Cell("c2")}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_cell_table_in_the_language_and_encoding_of_its_country_is_understood(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "cells.csv"
    path.write_bytes(
        "小区标识,小区名称,基站名称,经度,纬度,方位角\nc1,望京西-1,望京西,116.4,39.9,120\n".encode(encoding)
    )
    cells = read_cells(path).cells
    assert cells == {"c1": Cell("c1", name="望京西-1", site="望京西", lat=39.9, lon=116.4, azimuth=120.0)}


def test_unmatched_cells_are_reported_both_ways(tmp_path: Path) -> None:
    known = read_cells(table(tmp_path, "cell,site\na,S1\nz,S9\n"))
    quality = replace(QUALITY, notes=(Reason("zone_assumed"),))
    joined, report = join(panel(Cell("a", name="kept"), Cell("b")), quality, known)
    assert joined.cells == (Cell("a", name="kept", site="S1"), Cell("b"))
    assert (report.unknown_cells, report.unused_cells) == (("b",), ("z",))
    again = join(joined, report, CellTable({"a": Cell("a"), "b": Cell("b")}))[1]
    assert (again.unknown_cells, again.unused_cells) == ((), ())
    assert [n.code for n in again.notes] == ["zone_assumed"]
    assert [say(n) for n in report.notes[1:]] == [
        "1 of 2 cells are not in the cell table, e.g. b.",
        "1 cell of the cell table has no data, e.g. z.",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("site,lat\nS1,1\n", "no column id"),
        ("cell,lat\na,95\n", "line 2: lat is 95; it can be: a number from -90 to 90"),
        ("cell,lon\na,1\nb,east\n", "line 3: lon is east"),
        ("cell,lat\n", "no rows below its header"),
        ("", "no column"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_the_place(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        read_cells(table(tmp_path, text))


def test_an_absent_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.csv"):
        read_cells(tmp_path / "gone.csv")


def test_area_antenna_and_other_names_are_read(tmp_path: Path) -> None:
    text = "Cell Name,Site,TAC,CI,ECGI,Azimuth\nN1A,N1,42,7,228-01-1799,120\nN1B,N1,42,8,228-01-1800,\n"
    known = read_cells(table(tmp_path, text))
    assert known.cells["N1A"] == Cell("N1A", site="N1", area="42", azimuth=120.0)
    assert known.aliases == {"42-7": "N1A", "228-01-1799": "N1A", "42-8": "N1B", "228-01-1800": "N1B"}


@pytest.mark.parametrize("name", ["N1A", "42-7", "228-01-1799"])
def test_a_cell_of_the_data_is_found_by_any_name_of_its_row_and_keeps_its_own(tmp_path: Path, name: str) -> None:
    known = read_cells(table(tmp_path, "cell_name,site,tac,ci,ecgi\nN1A,N1,42,7,228-01-1799\n"))
    joined, report = join(panel(Cell(name)), QUALITY, known)
    assert joined.cells == (Cell(name, site="N1", area="42"),)
    assert report.notes == ()


def test_a_name_that_two_rows_share_finds_neither(tmp_path: Path) -> None:
    known = read_cells(table(tmp_path, "id,name,site\na,north,S1\nb,north,S2\n"))
    joined, report = join(panel(Cell("north")), QUALITY, known)
    assert joined.cells == (Cell("north"),)
    assert [n.code for n in report.notes] == ["cells_unmatched", "cells_unused"]


def test_a_field_that_never_ends_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_cells(table(tmp_path, 'cell,site\na,"' + "x" * 200_000))
    assert caught.value.reason.code == "file_not_read"


INVENTORY = [
    "Cell Name;Site ID;Sector;Technology;Frequency Band;DL EARFCN;Market;Cluster;Vendor;TAC;Azimuth;PCI;Antenna",
    "NO1-1;NO1;1;LTE;B20 (800);6300;North;N-West;acme;70;120;17;A-33",
]
WHAT = {
    "sector": "1",
    "technology": "LTE",
    "band": "B20 (800)",
    "frequency": "6300",
    "region": "North",
    "cluster": "N-West",
    "vendor": "acme",
}


def test_an_inventory_tells_what_the_cells_are(tmp_path: Path) -> None:
    cells = read_cells(table(tmp_path, "\n".join(INVENTORY)))
    assert cells.cells == {"NO1-1": Cell("NO1-1", site="NO1", area="70", azimuth=120.0, **WHAT)}


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("小区名称,制式,频段,地市,厂家", "c,LTE,20,北京,acme"),
        ("Сота,Технология,Диапазон,Регион,Вендор", "c,LTE,20,北京,acme"),
        ("celda,tecnología,banda,región,proveedor", "c,LTE,20,北京,acme"),
        ("سلول,فناوری,باند,استان,سازنده", "c,LTE,20,北京,acme"),
        ("cell_id,RAT,frequency band,province,manufacturer", "c,LTE,20,北京,acme"),
    ],
)
def test_it_does_so_in_other_languages(tmp_path: Path, header: str, row: str) -> None:
    (cell,) = read_cells(table(tmp_path, f"{header}\n{row}\n")).cells.values()
    assert (cell.technology, cell.band, cell.region, cell.vendor) == ("LTE", "20", "北京", "acme")


def test_columns_that_nobody_knows_are_told(tmp_path: Path) -> None:
    known = read_cells(table(tmp_path, "\n".join(INVENTORY)))
    _, report = join(panel(Cell("NO1-1")), QUALITY, known)
    assert [say(n) for n in report.notes] == [
        "Not used of the cell table, as it is not known what they tell: PCI, Antenna."
    ]
    assert [n.code for n in join(panel(Cell("NO1-1")), report, CellTable(known.cells))[1].notes] == []


@pytest.mark.parametrize(
    ("kind", "technology"), [("LTE", "LTE"), ("umts", "umts"), ("5G NR", "5G NR"), ("NB-IoT", "NB-IoT"), ("macro", "")]
)
def test_a_type_that_is_a_technology_is_taken_as_that(tmp_path: Path, kind: str, technology: str) -> None:
    known = read_cells(table(tmp_path, f"cell,type\na,{kind}\n"))
    assert known.cells["a"].technology == technology
    assert known.unread == (() if technology else ("type",))
