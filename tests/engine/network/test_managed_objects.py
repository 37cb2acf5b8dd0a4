"""Names and sites from the paths of managed objects."""

from __future__ import annotations

import pytest

from engine.data import Cell
from engine.network.managed_objects import named_by_paths


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


@pytest.mark.parametrize("id_", ["C1", "a=1", "100/1", "Site 1, sector=A", "x=1,y"])
def test_other_names_are_left_as_they_are(id_: str) -> None:
    assert named_by_paths([id_]) == {}


def test_names_that_would_be_those_of_two_cells_are_not_taken() -> None:
    assert named_by_paths(["MeContext=A,Cell=1", "MeContext=B,Cell=1"]) == {}
    assert len(named_by_paths(["MeContext=A,Cell=1", "MeContext=A,Cell=2", "C1"])) == 2
