"""Facts as two columns: what, and how much."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from gui.look.theme import GRID
from gui.widgets.heading import caption, sentence


def facts(rows: Iterable[tuple[str, str, str]], first_column: int = 22 * GRID) -> QWidget:
    """A grid of (name, value, tooltip) rows; rows with an empty value are left out."""
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(2 * GRID)
    grid.setVerticalSpacing(GRID)
    grid.setColumnMinimumWidth(0, first_column)
    grid.setColumnStretch(1, 1)
    for at, (name, value, tip) in enumerate(row for row in rows if row[1]):
        left, right = caption(name), sentence(value)
        left.setContentsMargins(0, 1, 0, 0)  # its type is smaller: this puts both on one line
        right.setToolTip(tip)
        grid.addWidget(left, at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(right, at, 1, Qt.AlignmentFlag.AlignTop)
    return box
