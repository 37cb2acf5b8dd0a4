"""What lanes are shown and in which order: severities to switch, an expression that names must hold, the order."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from engine.data import Severity
from engine.text import tell
from gui.left import Left, Told
from gui.look.marks import severity_icon
from gui.look.theme import GRID, palette_of
from gui.prepared.lane_order import ORDERS, endless
from gui.prepared.lane_rows import RANKS
from gui.widgets.heading import objection

_TYPED_MS = 150


class LaneControls(QWidget):
    """`changed` is emitted when other lanes are wanted, or another order.

    `problem` says what is wrong with the expression; it belongs where there is room. While something is wrong the lanes
    stay those of the last expression that was right.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pattern: re.Pattern[str] | None = None
        self.severities = {rank: self._button(severity) for rank, severity in enumerate(RANKS)}
        self.filter = QLineEdit(placeholderText=tell("lanes_filter"), clearButtonEnabled=True)
        self.filter.setAccessibleName(tell("lanes_filter"))
        self.filter.setToolTip(tell("lanes_filter_tip"))
        self.filter.setMinimumWidth(22 * GRID)
        self.filter.setMaximumWidth(34 * GRID)
        self.order = QComboBox()
        self.order.setAccessibleName(tell("lanes_order"))
        self.order.setToolTip(tell("lanes_order"))
        self.order.setMinimumWidth(26 * GRID)
        self.order.setMaximumWidth(34 * GRID)
        for name in ORDERS:
            self.order.addItem(tell(f"lanes_{name}"), name)
        self.problem = objection(grave=True)
        self.problem.setContentsMargins(3 * GRID, 0, 3 * GRID, GRID)
        self.problem.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in self.severities.values():
            row.addWidget(button)
        row.addSpacing(GRID)
        row.addWidget(self.filter, 1)
        row.addSpacing(2 * GRID)
        row.addWidget(self.order)
        self._typed = QTimer(self, interval=_TYPED_MS, singleShot=True)
        self._typed.timeout.connect(self._take)
        self.filter.textChanged.connect(lambda _text: self._typed.start())
        self.filter.returnPressed.connect(self._take)
        self.order.activated.connect(lambda _index: self.changed.emit())

    @property
    def ranks(self) -> frozenset[int]:
        """The severities that are shown, by rank."""
        return frozenset(rank for rank, button in self.severities.items() if button.isChecked())

    @property
    def order_name(self) -> str:
        """One of `ORDERS`."""
        return str(self.order.currentData())

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """What name, id or site of a cell must hold; None = all are shown."""
        return self._pattern

    def as_left(self) -> Told:
        """What is asked for; the expression is the last that was right."""
        off = [RANKS[rank].value for rank, button in self.severities.items() if not button.isChecked()]
        return {"off": off, "filter": self._pattern.pattern if self._pattern else "", "order": self.order_name}

    def put_back(self, left: Left) -> None:
        """Ask for what was asked for when it was left; without that for all lanes, the worst first."""
        off, before = left.texts("off"), self.as_left()
        self.blockSignals(True)
        for rank, button in self.severities.items():
            button.setChecked(RANKS[rank].value not in off)
        self.order.setCurrentIndex(max(self.order.findData(left.text("order")), 0))
        self.filter.setText(left.text("filter"))
        self._take()
        self.blockSignals(False)
        if self.as_left() != before:
            self.changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the marks anew when light turns dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "order"):
            for rank, button in self.severities.items():
                button.setIcon(severity_icon(RANKS[rank], palette_of(self)))

    def _take(self) -> None:
        """Take the expression as it is written, if it is one."""
        self._typed.stop()
        text = self.filter.text().strip()
        try:
            pattern = re.compile(text, re.IGNORECASE | re.MULTILINE) if text else None
        except re.error as error:
            self._object(tell("lanes_filter_wrong", error=error.msg, place=(error.pos or 0) + 1))
            return
        if (place := endless(text)) is not None:
            self._object(tell("lanes_filter_endless", place=place + 1))
            return
        self.problem.hide()
        if pattern != self._pattern:
            self._pattern = pattern
            self.changed.emit()

    def _object(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.show()

    def _button(self, severity: Severity) -> QPushButton:
        button = QPushButton()
        button.setCheckable(True)
        button.setChecked(True)
        button.setProperty("role", "filter")
        button.setFixedWidth(8 * GRID)
        button.setIcon(severity_icon(severity, palette_of(self)))
        button.setToolTip(tell("lanes_show_severity", severity=tell(f"severity_{severity.value}")))
        button.setAccessibleName(tell(f"severity_{severity.value}"))
        button.toggled.connect(lambda _on: self.changed.emit())
        return button
