"""The menu of what the timeline compares the measurements with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtWidgets import QMenu

from engine.inspection.against import USUAL, WEEK
from engine.text import tell
from gui.look.wording import detector_label

_WORDS = {USUAL: "against_usual", WEEK: "against_week"}


class Comparing(Protocol):
    """What compares a series with something."""

    against: str

    def choices(self) -> Sequence[str]:
        """What the series can be compared with."""

    def compare_with(self, against: str) -> None:
        """Compare it with something else."""


def fill_against(menu: QMenu, view: Comparing | None) -> None:
    """Fill the menu anew with what can be compared with; nothing while there is no view."""
    menu.clear()
    if view is None:
        return
    for against in view.choices():
        action = menu.addAction(tell(_WORDS[against]) if against in _WORDS else detector_label(against))
        action.setCheckable(True)
        action.setChecked(against == view.against)
        action.triggered.connect(lambda _checked=False, against=against: view.compare_with(against))
