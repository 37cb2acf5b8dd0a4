"""Text that wraps wherever it has to: names in data may be longer than a pane is wide and have no gap to break at."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard, QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QLabel, QMenu, QWidget

from engine.text import tell

_BREAK = "\u200b"
"""May be broken at, has no width."""
_LONG = re.compile(r"[^\s\u200b]{20,}")
"""More letters in a row than the narrowest pane has room for."""

_PARTS = re.compile(r"[^-_./:,;|]*[-_./:,;|]*")
"""What a name is put together from, each with the signs that end it."""


def breakable(word: str) -> str:
    """A long word that may be broken between its parts, and within one that is long itself."""
    parts = [part for part in _PARTS.findall(word) if part]
    return _BREAK.join(_BREAK.join(part) if _LONG.match(part) else part for part in parts)


class Wrapped(QLabel):
    """A label whose long words may be broken anywhere. What is read or copied from it is the text as it was given."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setMinimumWidth(1)  # else a name without a gap makes all that is around it wider than its pane
        self.setText(text)

    def setText(self, text: str) -> None:
        """Another text."""
        shown = _LONG.sub(lambda word: breakable(word[0]), text)
        if shown != text:
            self.setAccessibleName(text)
        elif self.accessibleName():
            self.setAccessibleName("")
        super().setText(shown)

    def text(self) -> str:
        """The text as it was given."""
        return super().text().replace(_BREAK, "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy without the breaks."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasSelectedText():
            self._copy(QClipboard.Mode.Clipboard)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """What is selected is pasted with the middle button, where the system knows that."""
        super().mouseReleaseEvent(event)
        if self.hasSelectedText() and QGuiApplication.clipboard().supportsSelection():
            self._copy(QClipboard.Mode.Selection)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy what is selected."""
        if not self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse:
            super().contextMenuEvent(event)
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(tell("text_copy"))
        copy.setEnabled(self.hasSelectedText())
        copy.triggered.connect(lambda: self._copy(QClipboard.Mode.Clipboard))
        menu.popup(event.globalPos())

    def _copy(self, mode: QClipboard.Mode) -> None:
        QGuiApplication.clipboard().setText(self.selectedText().replace(_BREAK, ""), mode)
