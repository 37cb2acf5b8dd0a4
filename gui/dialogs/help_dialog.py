"""First steps and every key, taken from the table of actions."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from engine.text import tell
from gui.actions import TABLE, name_of
from gui.look.theme import GRID
from gui.widgets.heading import caption, heading, sentence

_COLUMNS = (("file", "run"), ("edit", "review"), ("go", "view", "help"))


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
        columns = QHBoxLayout()
        columns.setSpacing(8 * GRID)
        for menus in _COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(GRID)
            for menu in menus:
                column.addWidget(heading(tell(f"menu_{menu}").replace("&", "")))
                column.addLayout(_keys(menu, actions))
                column.addSpacing(3 * GRID)
            column.addStretch(1)
            columns.addLayout(column)
        box.addLayout(columns)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        box.addWidget(buttons)

    def showEvent(self, event: QShowEvent) -> None:
        """As high as its rows need: of text that wraps, Qt takes the least height and squeezes the rows."""
        self.resize(self.sizeHint())
        super().showEvent(event)


def _keys(menu: str, actions: Mapping[str, QAction]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(4 * GRID)
    grid.setVerticalSpacing(GRID)
    grid.setColumnMinimumWidth(0, 20 * GRID)
    grid.setColumnStretch(1, 1)
    for row, entry in enumerate(entry for entry in TABLE if entry.menu == menu and entry.key):
        grid.addWidget(caption(entry.key), row, 0)
        grid.addWidget(QLabel(name_of(actions[entry.id])), row, 1)
    return grid


def about(parent: QWidget) -> QMessageBox:
    """Name, version and purpose, whether GARCH is fitted by the compiled kernel, and what is owed to others."""
    from engine.garch.likelihood import compiled

    try:
        version = metadata.version("cellwarden")
    except metadata.PackageNotFoundError:  # started from a source tree that was never installed
        version = tell("version_unknown")
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(tell("action_about").replace("&", ""))
    box.setText(tell("about_text", version=version))
    kernel = tell("about_kernel" if compiled() else "about_no_kernel")
    box.setInformativeText(f"{kernel}\n\n{tell('about_credits')}")
    return box
