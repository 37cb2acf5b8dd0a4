"""Names and sites from the paths of managed objects."""

from __future__ import annotations

import pytest

from engine.data import Cell
from engine.network.managed_objects import managed_object, named, named_by_paths, object_in_file


@pytest.mark.parametrize(
    ("path", "name", "site"),
    [
        ("SubNetwork=ONRM,MeContext=ERBS1,ManagedElement=1,ENodeBFunction=1,EUtranCellFDD=C1", "C1", "ERBS1"),
        ("SubNetwork=ONRM,ManagedElement=gNB7,GNBDUFunction=1,NRCellDU=7-2", "7-2", "gNB7"),
        ("ENodeBFunction=1,EUtranCellTDD=41", "41", ""),
        ("望京/Cell:eNodeB Function Name=望京, Local Cell ID=1, Cell Name=望京-1, eNodeB ID=7", "望京-1", "望京"),
    ],
)
def test_a_cell_is_called_by_the_last_name_and_stands_at_its_element(path: str, name: str, site: str) -> None:
    assert named_by_paths([path]) == {path: Cell(path, name=name, site=site)}


@pytest.mark.parametrize("id_", ["C1", "a=1", "100/1", "Site 1, sector=A", "x=1,y", "A-1/B-2", "100-1"])
def test_other_names_are_left_as_they_are(id_: str) -> None:
    assert named_by_paths([id_]) == {}


def names(*paths: str) -> list[str]:
    cells = named({path: object_in_file(path) for path in paths})
    return [cells[path].name for path in paths]


def test_cells_that_are_numbered_anew_in_every_element_are_called_by_both() -> None:
    assert names("MeContext=A,Cell=1", "MeContext=B,Cell=1", "MeContext=B,Cell=2") == ["A/1", "B/1", "B/2"]
    assert len(named_by_paths(["MeContext=A,Cell=1", "MeContext=A,Cell=2", "C1"])) == 2


def test_of_two_kinds_with_the_same_numbers_both_say_their_kind() -> None:
    paths = ("MeContext=A,Cell=1", "MeContext=A,Sector=1", "MeContext=A,Port=7")
    assert names(*paths) == ["A/Cell=1", "A/Sector=1", "7"]
    assert names(*reversed(paths)) == ["7", "A/Sector=1", "A/Cell=1"]


def test_names_of_no_use_are_left_out() -> None:
    assert names("MeContext=A,Rack=1,Slot=1,Port=1", "MeContext=A,Rack=2,Slot=1,Port=1", "MeContext=A,Port=9") == [
        "",
        "",
        "",
    ]


def test_what_is_in_a_performance_file_stands_at_what_it_is_in_however_that_is_written() -> None:
    assert object_in_file("Dublin,object 7").site == "Dublin"
    assert object_in_file("ENodeBFunction=3,EUtranCellTDD=41").site == "3"
    assert object_in_file("GNB-7").site == "GNB-7"
    assert object_in_file("MeContext=A,Cell=1", "Hill").site == "Hill"


@pytest.mark.parametrize(
    ("path", "site", "calls"),
    [
        ("PLMN-PLMN/MRBTS-7/LNBTS-7/LNCEL-1", "MRBTS-7", ("LNCEL-1", "MRBTS-7/LNCEL-1", "MRBTS-7/LNBTS-7/LNCEL-1")),
        ("MRBTS-7/NRBTS-7/NRCELL-2", "MRBTS-7", ("NRCELL-2", "MRBTS-7/NRCELL-2", "MRBTS-7/NRBTS-7/NRCELL-2")),
        ("PLMN-PLMN/RNC-3/WBTS-20/WCEL-4", "RNC-3/WBTS-20", ("WCEL-4", "RNC-3/WBTS-20/WCEL-4", "RNC-3/WBTS-20/WCEL-4")),
        ("PLMN-PLMN/BSC-3/BCF-20/BTS-4", "BSC-3/BCF-20", ("BTS-4", "BSC-3/BCF-20/BTS-4", "BSC-3/BCF-20/BTS-4")),
        ("PLMN-PLMN/MRBTS-7", "MRBTS-7", ("MRBTS-7", "MRBTS-7", "MRBTS-7")),
        (
            "PLMN-PLMN/MRBTS-7/LNBTS-7/LNCEL-1/MCC-244/MNC-5",
            "MRBTS-7",
            ("LNCEL-1", "MRBTS-7/LNCEL-1", "MRBTS-7/LNBTS-7/LNCEL-1/MCC-244/MNC-5"),
        ),
        (
            "PLMN-PLMN/RNC-3/WBTS-20/WCEL-4 + PLMN-PLMN/MCC-334/MNC-3",
            "RNC-3/WBTS-20",
            ("WCEL-4", "RNC-3/WBTS-20/WCEL-4", "RNC-3/WBTS-20/WCEL-4", "RNC-3/WBTS-20/WCEL-4 + MCC-334/MNC-3"),
        ),
    ],
)
def test_classes_with_numbers(path: str, site: str, calls: tuple[str, ...]) -> None:
    told = managed_object(path)
    assert told is not None
    assert (told.site, told.names) == (site, calls)
