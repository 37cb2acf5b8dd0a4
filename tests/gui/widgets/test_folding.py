"""Controls in their row, and behind a button."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.folding import Folding

pytestmark = pytest.mark.usefixtures("appearance")


def test_controls_without_room_open_below_a_button_and_come_back(qtbot: QtBot) -> None:
    controls = QWidget()
    row = QHBoxLayout(controls)
    field = QLineEdit()
    field.setMinimumWidth(200)
    row.addWidget(field)
    pane = QWidget()
    qtbot.addWidget(pane)
    folding = Folding(controls, "Filter", "Which are shown", pane)
    folding.resize(400, 30)
    with qtbot.waitExposed(pane):
        pane.show()
    assert field.isVisible()
    assert not folding.button.isVisible()
    folding.resize(100, 30)
    assert folding.folded
    assert not field.isVisible()
    assert folding.minimumSizeHint().width() < 100
    assert isinstance(folding.button, QPushButton)
    qtbot.mouseClick(folding.button, Qt.MouseButton.LeftButton)
    assert field.isVisible()
    folding.resize(400, 30)
    assert field.isVisible()
    assert not folding.folded
    assert not folding.panel.isVisible()
