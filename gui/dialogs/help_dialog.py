"""First steps and every key, taken from the table of actions."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QMessageBox, QVBoxLayout, QWidget

from engine.text import tell
from gui.actions import MENUS, TABLE, name_of
from gui.theme import GRID
from gui.widgets.heading import caption, heading, sentence

_COLUMNS = 2


class HelpDialog(QDialog):
    """What to do first, and the keys, menu by menu."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tell("help_title"))
        box = QVBoxLayout(self)
        box.setContentsMargins(6 * GRID, 6 * GRID, 6 * GRID, 4 * GRID)
        box.setSpacing(4 * GRID)
        box.addWidget(sentence(tell("help_steps")))
        grid = QGridLayout()
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(GRID)
        grid.setColumnMinimumWidth(2, 8 * GRID)
        rows = [0] * _COLUMNS
        for menu in MENUS:
            entries = [e for e in TABLE if e.menu == menu and e.key]
            if not entries:
                continue
            side = rows.index(min(rows))
            left = side * 3
            grid.addWidget(heading(tell(f"menu_{menu}").replace("&", "")), rows[side], left, 1, 2)
            rows[side] += 1
            for entry in entries:
                action = actions[entry.id]
                keys = caption(entry.key)
                grid.addWidget(keys, rows[side], left)
                grid.addWidget(sentence(name_of(action)), rows[side], left + 1)
                rows[side] += 1
            grid.setRowMinimumHeight(rows[side], 2 * GRID)
            rows[side] += 1
        box.addLayout(grid)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)


def about(parent: QWidget) -> QMessageBox:
    """Name, version and purpose."""
    try:
        version = metadata.version("cellwarden")
    except metadata.PackageNotFoundError:  # started from a source tree that was never installed
        version = tell("version_unknown")
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(tell("action_about").replace("&", ""))
    box.setText(tell("about_text", version=version))
    return box
