"""The calendar of the open data: events, holidays and maintenance windows, each change of them undoable."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from engine.data.event import Event
from engine.text import tell
from gui.said.change import Change

Events = tuple[Event, ...]


class Planning(QObject):
    """What a person knows of the days, beside the calendar of the country; by begin.

    Signals:
        changed(): it is another.
    """

    changed = Signal()

    def __init__(self, undo_stack: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stack = undo_stack
        self._events: Events = ()

    @property
    def events(self) -> Events:
        """All events there are."""
        return self._events

    def load(self, events: Iterable[Event]) -> None:
        """Take the calendar of other data; there is nothing to undo about it."""
        events = tuple(events)
        if events != self._events:
            self._events = events
            self.changed.emit()

    def add(self, events: Iterable[Event], text: str = "") -> None:
        """Put events to those there are; one that is there already is not there twice. text: what is undone."""
        self._push((*self._events, *events), text or tell("calendar_undo_add"))

    def replace(self, before: Event, after: Event) -> None:
        """Put an event in the place of another."""
        self._push((after if one == before else one for one in self._events), tell("calendar_undo_change"))

    def remove(self, event: Event) -> None:
        """Take an event away."""
        self._push((one for one in self._events if one != event), tell("calendar_undo_remove"))

    def _push(self, events: Iterable[Event], text: str) -> None:
        after = tuple(sorted(dict.fromkeys(events), key=lambda one: (one.start, one.stop, one.name)))
        if after != self._events:
            self._stack.push(Change(self.load, self._events, after, text))
