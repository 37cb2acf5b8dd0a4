"""The rules that hide incidents of the open data, each change of them undoable."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from engine.data.rule import Rule
from engine.text import tell
from gui.said.change import Change

Rules = tuple[Rule, ...]


class Ruling(QObject):
    """The rules in the order they were made.

    Signals:
        changed(): they are others.
    """

    changed = Signal()

    def __init__(self, undo_stack: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stack = undo_stack
        self._rules: Rules = ()

    @property
    def rules(self) -> Rules:
        """All rules there are."""
        return self._rules

    def load(self, rules: Sequence[Rule]) -> None:
        """Take the rules of other data; there is nothing to undo about them."""
        if tuple(rules) != self._rules:
            self._rules = tuple(rules)
            self.changed.emit()

    def keep(self, rule: Rule) -> None:
        """Add a rule, or put it in the place of the one of the same identity."""
        self.keep_all([rule], tell("rule_undo_keep"))

    def keep_all(self, rules: Sequence[Rule], text: str) -> None:
        """`keep` for many at once, as from a file. text: what is undone."""
        by_identity = {one.identity: one for one in (*self._rules, *rules)}
        self._push(tuple(by_identity.values()), text)

    def remove(self, identity: str) -> None:
        """Take a rule away."""
        self._push(tuple(one for one in self._rules if one.identity != identity), tell("rule_undo_remove"))

    def _push(self, rules: Rules, text: str) -> None:
        if rules != self._rules:
            self._stack.push(Change(self.load, self._rules, rules, text))
