"""The tree of sites and cells without a window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.data import Severity
from gui.models.cell_tree import INCIDENTS, NAME, ROW_ROLE, SORT_ROLE, CellTree
from gui.prepared.cell_row import CellRow

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


def cell(number: int, site: str, severity: Severity | None = None, incidents: int = 0) -> CellRow:
    return CellRow(number, f"Cell {number}", f"c{number}", site, severity, incidents)


SITES = (
    cell(0, "north"),
    cell(1, "north", Severity.MINOR, 4),
    cell(2, "south", Severity.CRITICAL, 1),
    cell(3, "south", Severity.MAJOR, 2),
    cell(4, ""),
)


@pytest.fixture
def tree() -> CellTree:
    made = CellTree(lambda severity: severity)
    made.set_rows(SITES)
    return made


def texts(tree: CellTree, parent: QModelIndex | None = None) -> list[str]:
    above = parent or QModelIndex()
    return [tree.index(i, NAME, above).data() for i in range(tree.rowCount(above))]


def test_cells_stand_under_their_sites(tree: CellTree) -> None:
    assert texts(tree) == ["north", "south", "No site"]
    assert texts(tree, tree.index(1, NAME)) == ["Cell 2", "Cell 3"]
    assert tree.parent(tree.index(0, NAME, tree.index(1, NAME))) == tree.index(1, NAME)
    assert not tree.parent(tree.index(1, NAME)).isValid()


def test_a_network_without_sites_is_one_list() -> None:
    tree = CellTree(lambda severity: severity)
    tree.set_rows([cell(i, "") for i in range(3)])
    assert tree.flat
    assert texts(tree) == ["Cell 0", "Cell 1", "Cell 2"]
    assert tree.rowCount(tree.index(0, NAME)) == 0


def test_a_site_is_as_bad_as_its_worst_cell_and_counts_them_all(tree: CellTree) -> None:
    south = tree.index(1, NAME)
    assert south.data(Qt.ItemDataRole.DecorationRole) == Severity.CRITICAL
    assert tree.index(1, INCIDENTS).data() == "3"
    assert tree.index(2, NAME).data(Qt.ItemDataRole.DecorationRole) is None
    assert tree.index(2, INCIDENTS).data() == ""


def test_sorting_by_incidents_puts_the_worst_on_top(tree: CellTree) -> None:
    tree.sort(INCIDENTS, UP)
    assert texts(tree) == ["south", "north", "No site"]
    assert texts(tree, tree.index(0, NAME)) == ["Cell 2", "Cell 3"]
    tree.sort(INCIDENTS, DOWN)
    assert texts(tree) == ["No site", "north", "south"]


def test_sorting_by_name_keeps_the_networks_own_order(tree: CellTree) -> None:
    tree.sort(NAME, DOWN)
    assert texts(tree) == ["No site", "south", "north"]
    tree.sort(NAME, UP)
    assert texts(tree) == ["north", "south", "No site"]


@pytest.mark.parametrize(
    ("text", "expected"), [("cell 3", {"south": ["Cell 3"]}), ("NORTH", {"north": ["Cell 0", "Cell 1"]}), ("c9", {})]
)
def test_filters_by_name_id_and_site(tree: CellTree, text: str, expected: dict[str, list[str]]) -> None:
    tree.set_filter(text)
    found = {site: texts(tree, tree.index(i, NAME)) for i, site in enumerate(texts(tree))}
    assert found == expected
    assert tree.shown == sum(map(len, expected.values()))
    assert tree.total == len(SITES)


def test_a_cell_is_found_by_its_row_in_the_panel(tree: CellTree) -> None:
    assert tree.index_of(3).data() == "Cell 3"
    assert tree.index_of(3).data(ROW_ROLE) == SITES[3]
    assert not tree.index_of(None).isValid()
    tree.set_filter("north")
    assert not tree.index_of(3).isValid()


def test_roles_other_than_text(tree: CellTree) -> None:
    south = tree.index(1, NAME)
    assert south.data(ROW_ROLE) is None
    assert south.data(SORT_ROLE) == "south"
    assert tree.index_of(2).siblingAtColumn(INCIDENTS).data(SORT_ROLE) == (0, -1)
    assert "2 cells" in south.data(Qt.ItemDataRole.ToolTipRole)
    assert "c2" in tree.index_of(2).data(Qt.ItemDataRole.ToolTipRole)
    assert "nothing unusual" in tree.index_of(0).data(Qt.ItemDataRole.ToolTipRole)
    assert tree.index(1, INCIDENTS).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight


@pytest.mark.parametrize("rows", [SITES, [cell(i, "") for i in range(3)], []], ids=["sites", "flat", "empty"])
def test_qt_finds_nothing_wrong_with_the_model(rows: list[CellRow]) -> None:
    tree = CellTree(lambda _severity: None)
    tester = QAbstractItemModelTester(tree, QAbstractItemModelTester.FailureReportingMode.Fatal)
    tree.set_rows(rows)
    tree.sort(INCIDENTS, DOWN)
    tree.set_filter("cell 1")
    tree.set_filter("")
    assert tester.model() is tree


@pytest.mark.parametrize("sites", [True, False], ids=["sites", "flat"])
def test_what_else_is_found_leaves_every_cell_in_its_place(sites: bool) -> None:
    rows = [cell(0, "north"), cell(1, "south"), cell(2, "south")] if sites else [cell(i, "") for i in range(3)]
    tree = CellTree(lambda severity: severity)
    tree.set_rows(rows)
    kept, resets, told = QPersistentModelIndex(tree.index_of(2)), [], []
    tree.modelReset.connect(lambda: resets.append(1))
    tree.dataChanged.connect(lambda first, last, _roles: told.append((first, last)))
    tree.set_rows([*rows[:2], rows[2]._replace(severity=Severity.MAJOR, incidents=3)])
    assert not resets
    assert kept.data(ROW_ROLE).incidents == 3
    top = kept.parent() if sites else kept  # what is said of a site is said of its cells
    assert any(first.parent() == top.parent() and first.row() <= top.row() <= last.row() for first, last in told)
    if sites:
        assert tree.index(1, INCIDENTS).data() == "3"


def test_cells_that_go_elsewhere_are_laid_out_anew() -> None:
    tree = CellTree(lambda severity: severity)
    tree.set_rows(SITES)
    tree.sort(INCIDENTS, UP)
    tree.set_rows([row._replace(severity=None, incidents=0) for row in SITES[:4]] + [cell(4, "", Severity.MAJOR, 1)])
    assert texts(tree) == ["No site", "north", "south"]
    tree.set_rows([cell(4, ""), cell(5, "")])
    assert tree.flat
    assert texts(tree) == ["Cell 4", "Cell 5"]
