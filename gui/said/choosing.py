"""What a person chooses of the settings, and where they dragged thresholds to: each choice of it undoable.

Undoing puts back what was chosen, no more: a result follows it as it follows every change, by a vote at once or, where
the detectors have to look again, when somebody has it run. So it undoes in a moment what took one, and never begins an
hour's work.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import TypeAlias

from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.settings import Settings

Thresholds: TypeAlias = Mapping[str, Mapping[str, float]]
"""Per KPI id and detector id: the threshold that the user dragged to."""
Choice: TypeAlias = tuple[Settings, Thresholds]


class Choosing:
    """Choices of open data. now, put: what is in force, and what takes something else.

    quick_s: choices with the same control that follow each other within so many seconds are one to undo.
    """

    def __init__(self, undo_stack: QUndoStack, now: Callable[[], Choice], put: Callable[[Choice], None]) -> None:
        self._stack, self._now, self._put = undo_stack, now, put
        self.quick_s = 1.5

    def choose(self, after: Choice, control: str, text: str) -> None:
        """Take another choice. control: what it was made with; text: what is undone."""
        if after != self._now():
            self._stack.push(_Change(self, control, self._now(), after, text))

    def take(self, of: Choice, instead_of: Choice) -> None:
        """Take what is another in one choice than in the other; the rest stays as it is by now."""
        (wanted, thresholds), (before, moved) = of, instead_of
        settings, now = self._now()
        others = {
            f.name: value for f in fields(wanted) if (value := getattr(wanted, f.name)) != getattr(before, f.name)
        }
        self._put((replace(settings, **others), thresholds if thresholds != moved else now))


class _Change(QUndoCommand):
    def __init__(self, choosing: Choosing, control: str, before: Choice, after: Choice, text: str) -> None:
        super().__init__(text)
        self._choosing, self._before = choosing, before
        self.control, self.after, self.at = control, after, time.monotonic()

    def redo(self) -> None:
        """Take what was chosen."""
        self._choosing.take(self.after, self._before)

    def undo(self) -> None:
        """Take what was there before."""
        self._choosing.take(self._before, self.after)

    def id(self) -> int:
        """The same for the same control: Qt asks `mergeWith` of those alone."""
        return zlib.crc32(self.control.encode()) & 0x7FFFFFFF

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in what was chosen a moment later; there is nothing to undo where that leads back."""
        if not isinstance(other, _Change) or other.control != self.control:
            return False
        if other.at - self.at > self._choosing.quick_s:
            return False
        self.after, self.at = other.after, other.at
        self.setText(other.text())
        self.setObsolete(self.after == self._before)
        return True
