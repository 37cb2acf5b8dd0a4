"""The head of a pane: what it is, how much of it there is, and room for its few controls."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from gui.look.theme import GRID
from gui.widgets.wrapped import Wrapped

_TITLE = 24 * GRID
"""Width that a title keeps while what is beside it gives way, pixels."""


class Heading(QWidget):
    """A bold title, a caption in muted type beside it, controls at the right. Under a tab the title is left out."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Line("heading", Qt.TextElideMode.ElideMiddle, _TITLE)
        self._title.say(title)
        self._title.setVisible(bool(title))
        self._caption = Line("caption", Qt.TextElideMode.ElideRight)
        self._caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(3 * GRID, GRID, 2 * GRID, GRID)
        self._row.setSpacing(2 * GRID)
        self._row.addWidget(self._title)
        self._row.addWidget(self._caption, 1, Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(8 * GRID)

    def set_title(self, title: str) -> None:
        """Another title."""
        self._title.say(title)

    def set_caption(self, caption: str) -> None:
        """What stands beside the title, e.g. "12 of 40"."""
        self._caption.say(caption)

    def add(self, control: QWidget) -> None:
        """Put a control at the right end."""
        self._row.addWidget(control)


class Line(QLabel):
    """A line that is cut at its end or in its middle where there is no room for all of it, which its tip then says."""

    def __init__(self, role: str, cut: Qt.TextElideMode, least: int = 0) -> None:
        super().__init__()
        self._whole, self._cut, self._least = "", cut, least
        self.setTextFormat(Qt.TextFormat.PlainText)  # names in files are no markup
        self.setProperty("role", role)

    @property
    def whole(self) -> str:
        """The text, uncut."""
        return self._whole

    def say(self, text: str) -> None:
        """Another text."""
        self._whole = text
        self.updateGeometry()
        self._fit()

    def sizeHint(self) -> QSize:
        """Room for all of it."""
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 1, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """So much of it that it can be told from others; without a least width any will do."""
        return QSize(min(self._least, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut it anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, self._cut, self.width())
        if shown != self.text():
            self.setText(shown)
        self.setToolTip("" if shown == self._whole else self._whole)


def caption(text: str = "", *, wrap: bool = False) -> QLabel:
    """A label in small, muted type."""
    return _label(text, "caption", wrap=wrap)


def heading(text: str, *, wrap: bool = False) -> QLabel:
    """A label in bold type."""
    return _label(text, "heading", wrap=wrap)


def sentence(text: str = "") -> QLabel:
    """A label of body text that wraps and can be copied from."""
    label = _label(text, "sentence", wrap=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def objection(text: str = "", *, grave: bool = False) -> QLabel:
    """A sentence that says what stands against something (`grave`: what went wrong), in the colour of that."""
    label = _label(text, "grave" if grave else "mind", wrap=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def empty(text: str = "") -> QLabel:
    """What an empty view says: in the middle, muted."""
    label = _label(text, "empty", wrap=True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setContentsMargins(6 * GRID, 4 * GRID, 6 * GRID, 4 * GRID)
    return label


def _label(text: str, role: str, *, wrap: bool) -> QLabel:
    label = Wrapped(text) if wrap else QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)  # names in files are no markup
    label.setProperty("role", role)
    return label
