"""Widgets side by side or one above the other, with a hairline between them that can be dragged."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from gui.preferences import Preferences


def splitter(
    name: str,
    orientation: Qt.Orientation,
    widgets: Sequence[QWidget],
    shares: Sequence[int],
    length: int,
    preferences: Preferences,
) -> QSplitter:
    """A splitter as it was left; if the preferences know nothing of it, its length (pixels) divided in these shares."""
    made = QSplitter(orientation)
    made.setObjectName(name)
    made.setChildrenCollapsible(False)
    made.setHandleWidth(1)
    for widget in widgets:
        made.addWidget(widget)
    made.setSizes([round(length * share / sum(shares)) for share in shares])
    remembered = preferences.shape(name)
    if not remembered.isEmpty():
        made.restoreState(remembered)
    return made
