"""A change of what is said that can be undone: one state put in the place of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtGui import QUndoCommand

_State = TypeVar("_State")


class Change(QUndoCommand, Generic[_State]):
    """From one state to another; `put` takes either."""

    def __init__(self, put: Callable[[_State], None], before: _State, after: _State, text: str) -> None:
        super().__init__(text)
        self._put, self._before, self._after = put, before, after

    def redo(self) -> None:
        """Put what came after."""
        self._put(self._after)

    def undo(self) -> None:
        """Put what was before."""
        self._put(self._before)
