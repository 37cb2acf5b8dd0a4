"""The rules there are: what each says and hides, who made it and why; to be changed, taken away, written and read."""

from __future__ import annotations

import getpass
import uuid
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtWidgets import QWidget

from engine.data.rule import Rule
from engine.rules import draft, read_rules, sentence, write_rules
from engine.text import tell
from gui.dialogs.kept_list import KeptList
from gui.dialogs.rule_dialog import RuleDialog
from gui.look.theme import GRID
from gui.problems import Problems
from gui.state import AppState

COLUMNS = ("sentence", "hides", "who", "made", "why")


class RulesDialog(KeptList):
    """Follows the rules of the state; each change can be undone. Of a file, those of the same identity replace them."""

    def __init__(self, state: AppState, problems: Problems, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(_word, COLUMNS, "sentence", "rules.json", problems, folder, parent)
        self.resize(220 * GRID, 90 * GRID)
        self._state = state
        self.table.setWordWrap(True)
        state.ruling.changed.connect(self._fill)
        self._fill()

    # -- inside

    def _fill(self) -> None:
        digest = self._state.digest
        rows = []
        for rule in self._state.ruling.rules:
            hides = str(len(digest.facts.hidden([rule]))) if digest is not None else ""
            rows.append((sentence(rule, self._state.panel), hides, rule.who, rule.made[:10], rule.why))
        self._list(rows)
        self.table.resizeRowsToContents()

    def _take(self, file: Path) -> None:
        self._state.ruling.keep_all(read_rules(file), tell("rule_undo_read", name=file.name))

    def _give(self, file: Path) -> None:
        write_rules(file, self._state.ruling.rules)

    def _edit(self) -> None:
        rule = self._chosen()
        if rule is not None:
            dialog = RuleDialog(self._state, rule, self)
            dialog.chosen.connect(self._state.ruling.keep)
            dialog.open()

    def _remove(self) -> None:
        rule = self._chosen()
        if rule is not None:
            self._state.ruling.remove(rule.identity)

    def _chosen(self) -> Rule | None:
        row = self._row()
        return None if row is None else self._state.ruling.rules[row]


def _word(name: str) -> str:
    return tell(f"rules_{name}")


def ask_rule(parent: QWidget, state: AppState) -> RuleDialog | None:
    """Ask for a rule that hides what is like the selected incident; None where none is selected."""
    incident, result = state.incident(state.selection.incident), state.result
    if incident is None or result is None:
        return None
    made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    members = [state.anomaly(name) for name in incident.anomalies]
    dialog = RuleDialog(state, draft(result, incident, members, uuid.uuid4().hex[:8], _user(), made), parent)
    dialog.chosen.connect(state.ruling.keep)
    dialog.open()
    return dialog


def _user() -> str:
    """The name of the operating system's user; "" where it tells none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
