"""The application apart from its window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from pytestqt.qtbot import QtBot

from gui.app import Application


def test_a_file_that_was_double_clicked_is_passed_on(qapp: Application, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "north of the river.cellwarden"
    files: list[Path] = []
    qapp.handed.connect(files.append)
    assert qapp.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(file))))
    qapp.handed.disconnect(files.append)
    assert files == [file]
