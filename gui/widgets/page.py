"""A page of text and small charts that scrolls and is written anew whenever what it tells of changes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from gui.look.theme import GRID
from gui.widgets.heading import caption, heading, sentence


class Page(QScrollArea):
    """`start`, then `add` and the small helpers, then `finish`. The old content stays until the new one is whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.start()
        self.finish()

    def start(self) -> None:
        """Begin an empty page."""
        self._next = QWidget()
        self._next.setProperty("role", "page")
        self._box = QVBoxLayout(self._next)
        self._box.setContentsMargins(3 * GRID, 0, 3 * GRID, 4 * GRID)
        self._box.setSpacing(GRID)

    def add(self, widget: QWidget) -> None:
        """Put a widget below what is there."""
        self._box.addWidget(widget)

    def head(self, text: str) -> None:
        """A heading with space above."""
        if self._box.count():
            self._box.addSpacing(3 * GRID)
        self._box.addWidget(heading(text, wrap=True))

    def say(self, text: str) -> QLabel:
        """A sentence."""
        label = sentence(text)
        self._box.addWidget(label)
        return label

    def note(self, text: str) -> QLabel:
        """A sentence in small, muted type."""
        label = caption(text, wrap=True)
        self._box.addWidget(label)
        return label

    def space(self, steps: int = 2) -> None:
        """Some steps of the grid."""
        self._box.addSpacing(steps * GRID)

    def rule(self) -> None:
        """A hairline."""
        line = QFrame()
        line.setProperty("role", "rule")
        line.setFixedHeight(1)
        line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._box.addWidget(line)

    def finish(self, *, keep_place: bool = False) -> None:
        """Show the page, from its top or where the last one was scrolled to."""
        place = self.verticalScrollBar().value() if keep_place else 0
        self._box.addStretch(1)
        old = self.takeWidget()
        self.setWidget(self._next)
        if old is not None:
            old.deleteLater()
        if place:
            self._box.activate()
            self._next.resize(self.viewport().width(), self._next.sizeHint().height())
        self.verticalScrollBar().setValue(place)
