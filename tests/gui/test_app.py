"""The application apart from its window."""

from __future__ import annotations

import subprocess
import sys
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


def test_whether_a_file_is_the_sample_is_told_without_loading_what_makes_samples() -> None:
    """It is asked in the window's thread, at the start, when a worker is at loading just that."""
    asked = """
import sys
from pathlib import Path
import resources
from gui.calls import reading
sample = resources.path(resources.SAMPLE)
assert reading.is_sample([sample]) and reading.is_sample([sample.parent])
assert not reading.is_sample([Path("other.csv")]) and not reading.is_sample([sample, sample])
assert "engine.simulate" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", asked], cwd=Path(__file__).parents[2], check=True, timeout=120)
