"""Where a window fits: what was remembered may belong to a screen that is smaller now, or gone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize

FRAME = 40
"""Height that a title bar needs, pixels."""


def fitting(wanted: QRect, screens: Sequence[QRect]) -> QRect:
    """A window's place, without its frame, moved and made smaller until it lies on one of the screens: that which
    shows most of it, the first where none does. screens: what of each is free of the system's own bars.
    """
    rooms = [screen.adjusted(0, FRAME, 0, 0) for screen in screens]
    if not rooms or any(room.contains(wanted) for room in rooms):
        return wanted
    room = max(rooms, key=lambda one: _area(one.intersected(wanted).size()))
    size = wanted.size().boundedTo(room.size())
    left = max(room.left(), min(wanted.left(), room.left() + room.width() - size.width()))
    top = max(room.top(), min(wanted.top(), room.top() + room.height() - size.height()))
    return QRect(QPoint(left, top), size)


def _area(size: QSize) -> int:
    return max(size.width(), 0) * max(size.height(), 0)
