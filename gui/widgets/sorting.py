"""By which column a table is sorted, told by the name of the column."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView

from gui.left import Left, Told


def told_order(table: QTableView, columns: Sequence[str]) -> Told:
    """By which of the columns the table is sorted, and whether downwards."""
    header = table.horizontalHeader()
    column, down = header.sortIndicatorSection(), header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
    return {"sorted": columns[column], "down": down} if 0 <= column < len(columns) else {}


def put_back_order(table: QTableView, columns: Sequence[str], left: Left, usual: int) -> None:
    """Sort the table as it was left; by the column `usual`, upwards, where that is not told."""
    known = (name := left.text("sorted")) in columns
    down = known and left.flag("down")
    order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
    column, header = columns.index(name) if known else usual, table.horizontalHeader()
    if (header.sortIndicatorSection(), header.sortIndicatorOrder()) != (column, order):
        table.sortByColumn(column, order)
