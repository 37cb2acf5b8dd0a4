"""A page that nobody sees is written once, when it comes to be seen."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.when_seen import WhenSeen


def test_what_changes_behind_another_tab_is_written_once_when_the_tab_is_opened(qtbot: QtBot) -> None:
    tabs, front, behind = QTabWidget(), QWidget(), QWidget()
    qtbot.addWidget(tabs)
    tabs.addTab(front, "front")
    tabs.addTab(behind, "behind")
    tabs.show()
    written: list[bool] = []
    seen = WhenSeen(behind, lambda: written.append(behind.isVisible()))
    seen.changed()
    seen.changed()
    assert written == []
    tabs.setCurrentWidget(behind)
    assert written == [True]
    seen.changed()
    assert written == [True, True]
    tabs.setCurrentWidget(front)
    tabs.setCurrentWidget(behind)
    assert written == [True, True]
