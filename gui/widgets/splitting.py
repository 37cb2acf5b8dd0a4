"""Widgets side by side or one above the other, with a hairline between them that can be dragged."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QSplitter, QWidget


def splitter(
    name: str,
    orientation: Qt.Orientation,
    widgets: Sequence[QWidget],
    shares: Sequence[int],
    length: int,
    remembered: QByteArray,
) -> QSplitter:
    """A splitter as it was left; if nothing is remembered, its length (pixels) divided in these shares."""
    made = QSplitter(orientation)
    made.setObjectName(name)
    made.setChildrenCollapsible(False)
    made.setHandleWidth(1)
    for widget in widgets:
        made.addWidget(widget)
    made.setSizes([round(length * share / sum(shares)) for share in shares])
    if not remembered.isEmpty():
        made.restoreState(remembered)
    return made
