"""The alarm budget: a slider over sensible steps with its value in words."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from engine.text import tell
from gui.look.theme import GRID
from gui.look.wording import budget

STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
"""False alarms per cell and week."""
_SETTLE_MS = 60


class BudgetSlider(QWidget):
    """`chosen(alarms per cell and week)` is emitted when the handle rests for a moment."""

    chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = STEPS[5]
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, len(STEPS) - 1)
        self.slider.setPageStep(1)
        self.slider.setMinimumWidth(16 * GRID)
        self.slider.setMaximumWidth(30 * GRID)
        self.slider.setAccessibleName(tell("budget_label"))
        self._words = QLabel()
        self._words.setMinimumWidth(self._widest())
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(lambda: self.chosen.emit(self._value))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self.slider)
        row.addWidget(self._words)
        self.slider.valueChanged.connect(self._moved)
        self.set_value(self._value)

    def set_value(self, value: float) -> None:
        """Show the budget in force; one between two steps stands at the nearer one, its words are exact."""
        self._value = value
        nearest = min(range(len(STEPS)), key=lambda i: max(STEPS[i] / value, value / STEPS[i]))
        self.slider.blockSignals(True)
        self.slider.setValue(nearest)
        self.slider.blockSignals(False)
        self._word()

    def _moved(self, step: int) -> None:
        self._value = STEPS[step]
        self._word()
        self._settle.start()

    def _word(self) -> None:
        words = budget(self._value)
        self._words.setText(words)
        self.slider.setToolTip(tell("budget_tip", words=words))
        self.slider.setAccessibleDescription(words)

    def _widest(self) -> int:
        return max(self.fontMetrics().horizontalAdvance(budget(step)) for step in STEPS) + GRID
