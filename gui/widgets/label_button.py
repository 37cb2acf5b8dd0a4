"""The switch that lets drags on the timeline label, and what they draw."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from engine.text import tell

KINDS = {1: "anomalous", 0: "normal", -1: "nothing"}


class LabelButton(QToolButton):
    """Down while drags label; its menu says what they draw.

    Signals:
        kind_chosen(int): 1 anomalous, 0 normal, -1 no label.
        rest_chosen(): what is not labelled in this series is normal.
    """

    kind_chosen = Signal(int)
    rest_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.setToolTip(tell("label_button_tip"))
        self.setAccessibleName(tell("label_brush"))
        menu, group = QMenu(self), QActionGroup(self)
        self._kinds = {}
        for kind, name in KINDS.items():
            action = self._kinds[kind] = menu.addAction(tell(f"label_as_{name}"))
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(lambda _checked=False, kind=kind: self.kind_chosen.emit(kind))
        menu.addSeparator()
        menu.addAction(tell("label_rest")).triggered.connect(self.rest_chosen)
        self.setMenu(menu)
        self.show_kind(1)

    def show_kind(self, kind: int) -> None:
        """Say what a drag draws."""
        self._kinds[kind].setChecked(True)
        self.setText(tell("label_button", kind=tell(f"label_word_{KINDS[kind]}")))
