"""The window fills itself without holding anything up."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from gui.app import make_window
from gui.job import running
from gui.look.theme import Appearance
from gui.preferences import Preferences
from gui.problems import Problems
from gui.views import VIEWS


def test_the_views_come_turn_by_turn_and_the_window_says_when_they_stand(
    qtbot: QtBot, appearance: Appearance, tmp_path: Path
) -> None:
    window = make_window(appearance, Preferences(tmp_path / "window.ini"), Problems())
    qtbot.addWidget(window)
    window.show()
    stood: list[set[str]] = []
    window.fill(lambda: stood.append(set(window.views)))
    assert not window.views  # nothing is made in the turn that asks for it
    qtbot.waitUntil(lambda: bool(stood), timeout=30_000)
    assert stood == [{view.id for view in VIEWS}]
    qtbot.waitUntil(lambda: not running(), timeout=30_000)
