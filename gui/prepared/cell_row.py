"""The cells of a network as the tree lists them, with what was found in each. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from engine.data import Cell, Incident, Severity


class CellRow(NamedTuple):
    """One cell as the tree shows it. cell: row of the panel; severity: of its worst incident, None without one."""

    cell: int
    label: str
    id: str
    site: str
    severity: Severity | None
    incidents: int


def cell_rows(cells: Sequence[Cell], of_cell: Mapping[int, Sequence[Incident]]) -> tuple[CellRow, ...]:
    """All cells in the panel's order. of_cell: the incidents that a cell takes part in, worst first."""
    return tuple(
        CellRow(row, cell.name or cell.id, cell.id, cell.site, found[0].severity if found else None, len(found))
        for row, cell in enumerate(cells)
        for found in (of_cell.get(row, ()),)
    )
