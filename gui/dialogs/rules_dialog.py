"""The rules there are: what each says and hides, who made it and why; to be changed, taken away, written and read."""

from __future__ import annotations

import getpass
import uuid
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.data.rule import Rule
from engine.errors import AppError
from engine.rules import draft, read_rules, sentence, write_rules
from engine.text import tell
from gui.dialogs.rule_dialog import RuleDialog
from gui.look.theme import GRID
from gui.problems import Problems
from gui.state import AppState
from gui.widgets.heading import empty

COLUMNS = ("sentence", "hides", "who", "made", "why")


class RulesDialog(QDialog):
    """Follows the rules of the state; each change can be undone."""

    def __init__(self, state: AppState, problems: Problems, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tell("rules_title"))
        self.resize(220 * GRID, 90 * GRID)
        self._state, self._problems, self._folder = state, problems, folder
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setHorizontalHeaderLabels([tell(f"rules_column_{name}") for name in COLUMNS])
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setWordWrap(True)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.setAccessibleName(tell("rules_title"))
        self.nothing = empty(tell("rules_none"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.edit = buttons.addButton(tell("rules_edit"), role)
        self.remove = buttons.addButton(tell("rules_remove"), role)
        self.take = buttons.addButton(tell("rules_take"), role)
        self.give = buttons.addButton(tell("rules_give"), role)
        self.edit.clicked.connect(self._edit)
        self.remove.clicked.connect(self._remove)
        self.take.clicked.connect(self._ask_in)
        self.give.clicked.connect(self._ask_out)
        buttons.rejected.connect(self.reject)
        self.table.doubleClicked.connect(lambda _index: self._edit())
        self.table.itemSelectionChanged.connect(self._enable)
        box = QVBoxLayout(self)
        box.addWidget(self.table, 1)
        box.addWidget(self.nothing, 1)
        box.addWidget(buttons)
        state.ruling.changed.connect(self._fill)
        self._fill()

    def read(self, file: Path) -> None:
        """Take the rules of a file; those of the same identity are replaced."""
        try:
            rules = read_rules(file)
        except AppError as error:
            self._problems.report(error)
            return
        self._state.ruling.keep_all(rules, tell("rule_undo_read", name=file.name))

    def write(self, file: Path) -> None:
        """Write all rules into a file."""
        try:
            write_rules(file, self._state.ruling.rules)
        except AppError as error:
            self._problems.report(error)

    # -- inside

    def _fill(self) -> None:
        rules, digest = self._state.ruling.rules, self._state.digest
        self.table.setVisible(bool(rules))
        self.nothing.setVisible(not rules)
        self.table.setRowCount(len(rules))
        for row, rule in enumerate(rules):
            hides = str(len(digest.facts.hidden([rule]))) if digest is not None else ""
            for column, text in enumerate(
                (sentence(rule, self._state.panel), hides, rule.who, rule.made[:10], rule.why)
            ):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        self.table.resizeRowsToContents()
        self._enable()

    def _enable(self) -> None:
        chosen = self._chosen() is not None
        self.edit.setEnabled(chosen)
        self.remove.setEnabled(chosen)
        self.give.setEnabled(bool(self._state.ruling.rules))

    def _chosen(self) -> Rule | None:
        rows = {index.row() for index in self.table.selectedIndexes()}
        rules = self._state.ruling.rules
        row = next(iter(rows), -1)
        return rules[row] if 0 <= row < len(rules) else None

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

    def _ask_in(self) -> None:
        dialog = self._files(QFileDialog.AcceptMode.AcceptOpen)
        dialog.fileSelected.connect(lambda chosen: self.read(Path(chosen)))
        dialog.open()

    def _ask_out(self) -> None:
        dialog = self._files(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile("rules.json")
        dialog.fileSelected.connect(lambda chosen: self.write(Path(chosen)))
        dialog.open()

    def _files(self, mode: QFileDialog.AcceptMode) -> QFileDialog:
        dialog = QFileDialog(self, tell("rules_title"), self._folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(mode)
        dialog.setNameFilter(tell("rules_filter"))
        dialog.setDefaultSuffix("json")
        return dialog


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
