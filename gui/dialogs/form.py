"""How a dialog is laid out that asks for one thing: a form, what is said of it, and a button that confirms it."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QPushButton, QVBoxLayout, QWidget

from gui.look.theme import GRID


def lay_out_form(dialog: QDialog, form: QFormLayout, below: tuple[QWidget, ...], confirm: str) -> QPushButton:
    """Lay out `dialog`; the button that says `confirm`, which Return presses, accepts it."""
    form.setVerticalSpacing(2 * GRID)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    button = buttons.addButton(confirm, QDialogButtonBox.ButtonRole.AcceptRole)
    button.setProperty("role", "primary")
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    box = QVBoxLayout(dialog)
    box.setContentsMargins(6 * GRID, 6 * GRID, 6 * GRID, 4 * GRID)
    box.setSpacing(3 * GRID)
    box.addLayout(form)
    for widget in (*below, buttons):
        box.addWidget(widget)
    button.setDefault(True)
    return button
