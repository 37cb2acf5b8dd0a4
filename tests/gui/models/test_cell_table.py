"""The rows of sites and cells without a window."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.data import Cell, Severity
from engine.inspection.summary import RANK
from gui.models.cell_table import BRANCH_ROLE, CELL_ROLE, INCIDENTS, NAME, Branch, CellTable
from gui.prepared.cell_list import CALM, CellList

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder

NOTHING = (None, 0)
SITES = ("north", "north", "south", "south", "")
FOUND = (NOTHING, (Severity.MINOR, 4), (Severity.CRITICAL, 1), (Severity.MAJOR, 2), NOTHING)


def cells(sites: tuple[str, ...], found: tuple[tuple[Severity | None, int], ...] | None = None) -> CellList:
    found = found or (NOTHING,) * len(sites)
    names = tuple(dict.fromkeys(sites))
    return CellList(
        labels=tuple(f"Cell {i}" for i in range(len(sites))),
        ids=tuple(f"c{i}" for i in range(len(sites))),
        sites=names,
        site=np.array([names.index(site) for site in sites], np.int64),
        rank=np.array([CALM if severity is None else RANK[severity] for severity, _ in found], np.int64),
        takes_part=np.array(
            [(c, 10 * c + n) for c, (_, many) in enumerate(found) for n in range(many)], np.int64
        ).reshape(-1, 2),
        about=tuple(Cell(f"c{i}", site=site, technology="LTE") for i, site in enumerate(sites)),
    )


def table(listed: CellList) -> CellTable:
    made = CellTable(lambda severity: severity)
    made.set_cells(listed)
    return made


@pytest.fixture
def sites() -> CellTable:
    return table(cells(SITES, FOUND))


def texts(made: CellTable) -> list[str]:
    return [made.index(i, NAME).data() for i in range(made.rowCount())]


def row(made: CellTable, text: str) -> int:
    return texts(made).index(text)


def test_sites_stand_alone_until_they_are_opened(sites: CellTable) -> None:
    assert texts(sites) == ["north", "south", "No site"]
    sites.open_site(1)
    assert texts(sites) == ["north", "south", "Cell 2", "Cell 3", "No site"]
    assert [sites.branch(i) for i in (0, 1, 2)] == [Branch.SHUT, Branch.OPEN, Branch.LEAF]
    sites.shut_site(1)
    assert texts(sites) == ["north", "south", "No site"]


def test_all_sites_are_opened_and_shut_at_once(sites: CellTable) -> None:
    sites.open_all()
    assert texts(sites) == ["north", "Cell 0", "Cell 1", "south", "Cell 2", "Cell 3", "No site", "Cell 4"]
    sites.shut_all()
    assert texts(sites) == ["north", "south", "No site"]


def test_cells_and_sites_that_are_as_asked_stay_so(sites: CellTable) -> None:
    sites.shut_site(0)
    sites.open_site(1)
    before = texts(sites)
    sites.open_site(1)
    sites.open_site(2)  # a cell
    sites.open_site(99)
    assert texts(sites) == before


def test_a_network_without_sites_is_one_list() -> None:
    made = table(cells(("", "", "")))
    assert made.flat
    assert texts(made) == ["Cell 0", "Cell 1", "Cell 2"]
    assert made.branch(0) is Branch.NONE
    assert made.site_of(1) == -1
    assert made.rowCount(made.index(0, NAME)) == 0


def test_the_only_site_is_open() -> None:
    assert texts(table(cells(("north", "north")))) == ["north", "Cell 0", "Cell 1"]


def test_a_site_is_as_bad_as_its_worst_cell_and_counts_them_all(sites: CellTable) -> None:
    assert sites.index(1, NAME).data(Qt.ItemDataRole.DecorationRole) == Severity.CRITICAL
    assert sites.index(1, INCIDENTS).data() == "3"
    assert sites.index(2, NAME).data(Qt.ItemDataRole.DecorationRole) is None
    assert sites.index(2, INCIDENTS).data() == ""


def test_sorting_by_incidents_puts_the_worst_on_top(sites: CellTable) -> None:
    sites.open_all()
    sites.sort(INCIDENTS, UP)
    assert texts(sites) == ["south", "Cell 2", "Cell 3", "north", "Cell 1", "Cell 0", "No site", "Cell 4"]
    sites.sort(INCIDENTS, DOWN)
    assert texts(sites) == ["No site", "Cell 4", "north", "Cell 0", "Cell 1", "south", "Cell 3", "Cell 2"]


def test_sorting_by_name_keeps_the_networks_own_order(sites: CellTable) -> None:
    sites.open_site(0)
    sites.sort(NAME, DOWN)
    assert texts(sites) == ["No site", "south", "north", "Cell 1", "Cell 0"]
    sites.sort(NAME, UP)
    assert texts(sites) == ["north", "Cell 0", "Cell 1", "south", "No site"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cell 3", ["south", "Cell 3"]),
        ("NORTH", ["north", "Cell 0", "Cell 1"]),
        (" C4 ", ["No site", "Cell 4"]),
        ("c9", []),
    ],
)
def test_a_filter_opens_what_it_finds_by_name_id_and_site(sites: CellTable, text: str, expected: list[str]) -> None:
    sites.set_filter(text)
    assert texts(sites) == expected
    assert sites.matching == sum(name.startswith("Cell") for name in expected)
    assert sites.total == len(SITES)


def test_a_filter_that_is_off_leaves_open_what_was(sites: CellTable) -> None:
    sites.open_site(1)
    sites.set_filter("cell")
    sites.shut_site(row(sites, "south"))
    assert texts(sites) == ["north", "Cell 0", "Cell 1", "south", "No site", "Cell 4"]
    sites.set_filter("")
    assert texts(sites) == ["north", "south", "Cell 2", "Cell 3", "No site"]


def test_a_filter_that_finds_many_cells_opens_nothing() -> None:
    made = table(cells(tuple(f"site {i % 2}" for i in range(600))))
    made.set_filter("site")
    assert texts(made) == ["site 0", "site 1"]


def test_a_cell_is_found_by_its_row_in_the_panel(sites: CellTable) -> None:
    assert (sites.row_of(3), sites.site_of(3)) == (-1, 1)
    sites.open_site(1)
    assert texts(sites)[sites.row_of(3)] == "Cell 3"
    assert sites.index(sites.row_of(3), NAME).data(CELL_ROLE) == 3
    assert sites.row_of(None) == -1
    sites.set_filter("north")
    assert (sites.row_of(3), sites.site_of(3)) == (-1, -1)
    assert sites.first_cell() == 0


def test_a_cell_that_is_filtered_out_has_no_site_though_others_of_it_are_left(sites: CellTable) -> None:
    sites.set_filter("cell 2")
    assert sites.site_of(2) == 0
    assert sites.site_of(3) == -1


def test_roles_other_than_text(sites: CellTable) -> None:
    south = sites.index(1, NAME)
    assert south.data(CELL_ROLE) is None
    assert south.data(BRANCH_ROLE) is Branch.SHUT
    assert "2 cells" in south.data(Qt.ItemDataRole.ToolTipRole)
    assert south.data(Qt.ItemDataRole.AccessibleTextRole).endswith("closed")
    sites.open_site(1)
    assert sites.index(1, NAME).data(Qt.ItemDataRole.AccessibleTextRole).endswith("open")
    tip = sites.index(sites.row_of(2), NAME).data(Qt.ItemDataRole.ToolTipRole)
    assert "c2" in tip
    assert "Critical" in tip
    sites.open_site(0)
    assert "technology LTE" in tip
    assert "nothing unusual" in sites.index(sites.row_of(0), NAME).data(Qt.ItemDataRole.ToolTipRole)
    assert sites.index(1, INCIDENTS).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight


@pytest.mark.parametrize("listed", [cells(SITES, FOUND), cells(("", "")), cells(())], ids=["sites", "flat", "empty"])
def test_qt_finds_nothing_wrong_with_the_model(listed: CellList) -> None:
    made = CellTable(lambda _severity: None)
    tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    made.set_cells(listed)
    for at in range(made.rowCount()):
        made.open_site(at)
    made.sort(INCIDENTS, DOWN)
    for at in range(made.rowCount()):
        made.shut_site(at)
    made.set_filter("cell 1")
    made.set_filter("")
    assert tester.model() is made


@pytest.mark.parametrize("names", [("north", "south", "south"), ("", "", "")], ids=["sites", "flat"])
def test_what_else_is_found_leaves_every_cell_in_its_place(names: tuple[str, ...]) -> None:
    made = table(cells(names))
    made.open_all()
    kept, resets, told = QPersistentModelIndex(made.index(made.row_of(2), NAME)), [], []
    made.modelReset.connect(lambda: resets.append(1))
    made.dataChanged.connect(lambda first, last, _roles: told.append((first.row(), last.row())))
    made.set_cells(cells(names, (NOTHING, NOTHING, (Severity.MAJOR, 3))))
    assert not resets
    assert told == [(0, made.rowCount() - 1)]
    assert kept.data(CELL_ROLE) == 2
    assert made.index(kept.row(), INCIDENTS).data() == "3"


def test_cells_that_go_elsewhere_are_laid_out_anew(sites: CellTable) -> None:
    sites.sort(INCIDENTS, UP)
    sites.set_cells(cells(SITES, (NOTHING,) * 4 + ((Severity.MAJOR, 1),)))
    assert texts(sites) == ["No site", "north", "south"]
    sites.set_cells(cells(("", "")))
    assert sites.flat
    assert texts(sites) == ["Cell 0", "Cell 1"]


def test_sites_of_the_same_names_stay_open_in_other_data(sites: CellTable) -> None:
    sites.open_site(row(sites, "south"))
    sites.set_cells(cells(("east", "south")))
    assert texts(sites) == ["east", "south", "Cell 1"]


def test_a_cell_at_another_site_goes_there(sites: CellTable) -> None:
    listed = cells(SITES, FOUND)
    sites.open_all()
    sites.set_cells(dataclasses.replace(listed, site=np.array([0, 1, 1, 1, 2])))
    assert texts(sites) == ["north", "Cell 0", "south", "Cell 1", "Cell 2", "Cell 3", "No site", "Cell 4"]
