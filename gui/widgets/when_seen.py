"""Puts off writing what nobody sees: a page behind another tab is written when that tab is opened."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class WhenSeen(QObject):
    """`changed` calls `write` at once where `widget` is visible, else once, as soon as it becomes so."""

    def __init__(self, widget: QWidget, write: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget, self._write = widget, write
        self._due = False
        widget.installEventFilter(self)

    def changed(self) -> None:
        """What the widget tells of is another than before."""
        if self._widget.isVisible():
            self._write()
        else:
            self._due = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Write what is due before it is seen."""
        if self._due and event.type() == QEvent.Type.Show:
            self._due = False
            self._write()
        return super().eventFilter(watched, event)
