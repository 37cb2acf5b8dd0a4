"""Whether a person is in the middle of something that other data in the window would take out of their hands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget


def hands_full() -> bool:
    """A dialog or menu is open, a button of the mouse is down, or something is being written into a table."""
    if QApplication.activeModalWidget() is not None or QApplication.activePopupWidget() is not None:
        return True
    return QApplication.mouseButtons() != Qt.MouseButton.NoButton or _in_a_table(QApplication.focusWidget())


def _in_a_table(widget: QWidget | None) -> bool:
    """Whether a widget is the editor of an entry."""
    above = widget.parentWidget() if widget is not None else None
    while above is not None:
        if isinstance(above, QAbstractItemView):
            return True
        above = above.parentWidget()
    return False
