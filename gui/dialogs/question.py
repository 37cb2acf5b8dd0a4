"""A question before something that cannot be taken back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from engine.text import tell


def ask(parent: QWidget, question: str, yes: str, then: Callable[[], None], title: str = "") -> QMessageBox:
    """A question with one way to go on; nothing happens without it. title: of its window, "" = that of the models."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(title or tell("models_title"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(question)
    go = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    go.clicked.connect(then)
    box.open()
    return box
