"""Fields for numbers, with the padding of every other field: a style sheet's does not reach inside a spin box."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

from gui.look.theme import GRID


class WholeNumber(QSpinBox):
    """A whole number from `low` to `high`."""

    def __init__(self, low: int, high: int, value: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setValue(value)
        _pad(self)


class Number(QDoubleSpinBox):
    """A number that shows no needless zeros."""

    def __init__(self, low: float, high: float, decimals: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDecimals(decimals)
        self.setRange(low, high)
        self.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        _pad(self)

    def textFromValue(self, value: float) -> str:
        """The number as people write it."""
        return self.locale().toString(value, "g", 6)


def _pad(spin: QAbstractSpinBox) -> None:
    spin.lineEdit().setTextMargins(2 * GRID, 0, 2 * GRID, 0)
