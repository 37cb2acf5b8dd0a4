"""Controls that stand in their row where there is room for them, and behind a button where there is not."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from gui.look.theme import GRID


class Folding(QWidget):
    """Holds some controls; a click on the button that stands for them shows them below it."""

    def __init__(self, controls: QWidget, text: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._controls = controls
        self.button = QPushButton(text)
        self.button.setProperty("role", "filter")
        self.button.setToolTip(tip)
        self.button.setAccessibleName(tip)
        self.button.hide()
        self.panel = QFrame(self, Qt.WindowType.Popup)  # a child, so that it looks like what it belongs to
        self.panel.setProperty("role", "popup")
        self._inside = QHBoxLayout(self.panel)
        self._inside.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(controls)
        self._row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignRight)
        self.button.clicked.connect(self._open)

    @property
    def folded(self) -> bool:
        """Whether the button stands for the controls."""
        return self._controls.parentWidget() is self.panel

    def sizeHint(self) -> QSize:
        """Room for the controls."""
        return self._controls.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Room for the button."""
        return QSize(self.button.sizeHint().width(), self._controls.minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold or unfold."""
        super().resizeEvent(event)
        fold = self.width() < self._controls.minimumSizeHint().width()
        if fold == self.folded:
            return
        self.panel.hide()
        if fold:
            self._inside.addWidget(self._controls)
        else:
            self._row.insertWidget(0, self._controls)
        self._controls.show()
        self.button.setVisible(fold)

    def _open(self) -> None:
        self.panel.adjustSize()
        right = self.button.mapToGlobal(QPoint(self.button.width() - self.panel.width(), self.button.height()))
        screen = self.screen().availableGeometry()
        self.panel.move(max(screen.left(), min(right.x(), screen.right() - self.panel.width())), right.y())
        self.panel.show()
        self._controls.setFocus()
