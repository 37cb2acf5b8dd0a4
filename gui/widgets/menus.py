"""The menus of the window, as the table of actions has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar

from engine.text import tell
from gui.actions import MENUS, SUBMENUS, TABLE
from gui.preferences import APPEARANCES


def fill_menus(bar: QMenuBar, actions: Mapping[str, QAction]) -> Mapping[str, QMenu]:
    """Fill a menu bar with the actions; returns the submenus by id."""
    submenus: dict[str, QMenu] = {}
    for name in MENUS:
        menu = bar.addMenu(tell(f"menu_{name}"))
        for entry in (e for e in TABLE if e.menu == name):
            if entry.id == "-":
                menu.addSeparator()
            elif entry.id in SUBMENUS:
                submenus[entry.id] = menu.addMenu(tell(f"menu_{entry.id}"))
                submenus[entry.id].addActions([actions[e.id] for e in TABLE if e.menu == entry.id])
            else:
                menu.addAction(actions[entry.id])
    return submenus


def offer_appearances(menu: QMenu, chosen: str, choose: Callable[[str], None]) -> None:
    """Fill a menu with the appearances there are, one of which is chosen."""
    looks = QActionGroup(menu)
    for name in APPEARANCES:
        action = menu.addAction(tell(f"action_{name}"))
        action.setCheckable(True)
        action.setChecked(name == chosen)
        action.triggered.connect(lambda _checked=False, name=name: choose(name))
        looks.addAction(action)
