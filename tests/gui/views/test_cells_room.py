"""The list of cells on a small screen: names of sectors are read whole."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.models.cell_table import NAME


def test_the_names_of_sectors_are_not_cut_in_the_narrowest_list(full: MainWindow, qtbot: QtBot) -> None:
    full.resize(full.minimumSizeHint())
    QApplication.processEvents()
    table = full.views["cells"].table
    room = table.columnWidth(NAME)
    mark_and_indent = 50
    assert room - mark_and_indent >= table.fontMetrics().horizontalAdvance("Site 12 sector B")
