"""What tables say of their cells beside measurements: name, site, area and place."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.data import Cell
from engine.io import LoadOptions, load
from engine.io.preview import preview
from tests.engine.io.loaded import codes

PEOPLE = LoadOptions(mapping={"cell": "msisdn"})


def table(tmp_path: Path, header: str, cells: list[str], name: str = "t.csv", day: int = 1) -> Path:
    path = tmp_path / name
    rows = [f"2024-03-{day:02} {h:02}:00{sep}{cell}{sep}{h}" for h in range(24) for cell in cells for sep in header[4]]
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def cells_of(tmp_path: Path, header: str, cells: list[str], options: LoadOptions | None = None) -> tuple[Cell, ...]:
    return load([table(tmp_path, header, cells)], options).panel.cells


def test_everything_a_table_says_of_a_cell(tmp_path: Path) -> None:
    header = "time,cell_id,cell_name,site_name,tac,latitude,longitude,calls"
    found = cells_of(tmp_path, header, ["1,Hill A,Hill,900,45.1,9.2", "2,Lake A,Lake,901,45.3,9.4"])
    assert found == (
        Cell("1", name="Hill A", site="Hill", area="900", lat=45.1, lon=9.2),
        Cell("2", name="Lake A", site="Lake", area="901", lat=45.3, lon=9.4),
    )
    seen = preview([tmp_path / "t.csv"])
    assert {c.name: c.role for c in seen.columns} == {
        "time": "time",
        "cell_id": "cell",
        "cell_name": "name",
        "site_name": "site",
        "tac": "area",
        "latitude": "",
        "longitude": "",
        "calls": "value",
    }


def test_decimal_commas_in_places(tmp_path: Path) -> None:
    header = "time;cell;lat;lon;calls"
    (found,) = cells_of(tmp_path, header, ["A;45,125;9,25"])
    assert (found.lat, found.lon) == (45.125, 9.25)


@pytest.mark.parametrize("place", ["0,0", "91,9", "45,181", "45,", ",9", "n/a,n/a"])
def test_places_that_are_none(tmp_path: Path, place: str) -> None:
    found = cells_of(tmp_path, "time,cell,lat,lon,calls", [f"A,{place}", "B,45.5,9.5"])
    assert (found[0].lat, found[0].lon) == (None, None)
    assert (found[1].lat, found[1].lon) == (45.5, 9.5)


def test_a_site_by_its_name_rather_than_its_number(tmp_path: Path) -> None:
    found = cells_of(tmp_path, "time,eNodeB ID,eNodeB Name,EUtranCell Id,calls", ["77,Hill,A", "78,Lake,B"])
    assert [cell.site for cell in found] == ["Hill", "Lake"]
    found = cells_of(tmp_path, "time,eNodeB ID,EUtranCell Id,calls", ["77,A", "78,B"])
    assert [cell.site for cell in found] == ["77", "78"]


def test_what_differs_from_row_to_row_is_not_that_of_the_cell(tmp_path: Path) -> None:
    path = tmp_path / "drive.csv"
    rows = [f"2024-03-01 {h:02}:00,A,S{h % 2},{45 + h / 100},9.2,{h}" for h in range(24)]
    path.write_text("\n".join(["time,cell,site,lat,lon,rsrp", *rows]) + "\n")
    assert load([path]).panel.cells == (Cell("A"),)


def test_a_table_of_sites_has_no_sites_of_sites(tmp_path: Path) -> None:
    assert cells_of(tmp_path, "time,site,node,calls", ["Hill,N1"])[0].site == ""


def test_roles_that_are_said(tmp_path: Path) -> None:
    said = LoadOptions(mapping={"site": "tower", "area": "district"})
    found = cells_of(tmp_path, "time,cell,tower,district,calls", ["A,Hill,North"], said)
    assert found == (Cell("A", site="Hill", area="North"),)
    assert "columns_ignored" not in codes(load([tmp_path / "t.csv"], said))


def test_of_people_nothing_is_said(tmp_path: Path) -> None:
    found = cells_of(tmp_path, "time,msisdn,cell_name,lat,lon,calls", ["393331234567,Hill,45.1,9.2"], PEOPLE)
    assert (found[0].name, found[0].lat) == ("", None)
    said = LoadOptions(mapping={"cell": "cell", "site": "msisdn"})
    assert cells_of(tmp_path, "time,cell,msisdn,calls", ["A,393331234567"], said) == (Cell("A"),)


def test_several_files_say_more_together(tmp_path: Path) -> None:
    header = "time,cell,site,calls"
    table(tmp_path, header, ["A,Hill"], "a.csv", 1)
    table(tmp_path, header, ["B,Lake"], "b.csv", 1)
    assert [cell.site for cell in load([tmp_path]).panel.cells] == ["Hill", "Lake"]


def test_what_the_file_says_stands_before_what_the_path_does(tmp_path: Path) -> None:
    header = "time;DN;LNCEL name;MRBTS name;calls"
    found = cells_of(
        tmp_path, header, ["PLMN-PLMN/MRBTS-1/LNBTS-1/LNCEL-1;Hill A;Hill", "PLMN-PLMN/MRBTS-2/LNBTS-2/LNCEL-1;;"]
    )
    assert [(cell.name, cell.site) for cell in found] == [("Hill A", "Hill"), ("MRBTS-2/LNCEL-1", "MRBTS-2")]


def test_columns_of_what_cells_are_do_not_become_kpis(tmp_path: Path) -> None:
    rows = ["A,LTE,800,North,acme", "B,NR,3500,North,acme"]
    found = cells_of(tmp_path, "time,cell,technology,band,region,vendor,calls", rows)
    assert found == (
        Cell("A", technology="LTE", band="800", region="North", vendor="acme"),
        Cell("B", technology="NR", band="3500", region="North", vendor="acme"),
    )


def test_what_changes_with_time_is_measured_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("time,cell,frequency\n" + "".join(f"2024-03-01 {h:02d}:00,A,{50 + h % 3}\n" for h in range(24)))
    loaded = load([path])
    assert [kpi.id for kpi in loaded.panel.kpis] == ["frequency"]
    assert loaded.panel.cells == (Cell("A"),)
