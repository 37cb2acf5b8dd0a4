"""One rule, part by part, with its sentence and how many incidents it would hide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QWidget,
)

from engine.data import AnomalyType, Direction, Severity
from engine.data.rule import Named, Rule, several
from engine.data.units import is_level
from engine.rules import by_decibels, by_percent, levels_of
from engine.rules import sentence as worded
from engine.text import tell
from gui.dialogs.form import lay_out_form
from gui.look.theme import GRID
from gui.look.wording import counted
from gui.state import AppState
from gui.widgets.heading import sentence
from gui.widgets.number_field import Number, WholeNumber

Data = TypeVar("Data")

FAR = 1e6
"""Percent: the largest limit of magnitude that can be given."""
LEAST_DB, FAR_DB = 0.1, 200.0
PROPOSED_DB = 3.0
"""Twice the power or half of it: what is proposed for levels in a rule that has no limit for them."""


class RuleDialog(QDialog):
    """`chosen(Rule)` is emitted when the user confirms it."""

    chosen = Signal(object)

    def __init__(self, state: AppState, rule: Rule, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tell("rule_title"))
        self.setMinimumWidth(130 * GRID)
        self._state, self._rule = state, rule
        self.cells = _choice(self._cell_choices(), rule.cells)
        panel = state.panel
        kpis = [kpi.id for kpi in panel.kpis] if panel is not None else []
        words: dict[str, str] = {name: name for name in kpis}
        self.kpi = _named(rule.kpi, words, "rule_every_kpi", "rule_these_kpis")
        words = {one.value: tell(f"type_{one.value}") for one in AnomalyType}
        self.type = _named(rule.type, words, "rule_every_type")
        words = {one.value: tell(f"rule_way_{one.value}") for one in Direction}
        self.direction = _named(rule.direction, words, "rule_every_way")
        first, last = rule.hours or (0, 24)
        self.in_hours = _check(tell("rule_in_hours"), on=rule.hours is not None)
        self.first, self.last = WholeNumber(0, 23, first), WholeNumber(1, 24, last)
        self.days = [_check(tell(f"weekday_short_{day}"), on=day in rule.weekdays) for day in range(7)]
        self.largest = Number(1.0, FAR, 1)
        self.largest.setValue(rule.largest)
        self.largest.setSuffix(" %")
        self.largest_db = Number(LEAST_DB, FAR_DB, 1)
        self.largest_db.setValue(PROPOSED_DB if rule.largest_db is None else rule.largest_db)
        self.largest_db.setSuffix(" dB")
        self.largest_db.setToolTip(tell("rule_decibels_tip"))
        self.expires = _check(tell("rule_expires"), on=bool(rule.until))
        self.until = QDateEdit()
        self.until.setCalendarPopup(True)
        self.until.setDisplayFormat("yyyy-MM-dd")
        self.until.setDate(QDate.fromString(rule.until, "yyyy-MM-dd") if rule.until else QDate.currentDate())
        self.why = QLineEdit(rule.why, placeholderText=tell("rule_why_hint"))
        self.told, self.effect = sentence(), sentence()
        self._lay_out()
        for combo in (self.cells, self.kpi, self.type, self.direction):
            combo.currentIndexChanged.connect(self._show)
        for box in (self.in_hours, self.expires, *self.days):
            box.toggled.connect(self._show)
        for number in (self.first, self.last, self.largest, self.largest_db):
            number.valueChanged.connect(self._show)
        self.until.dateChanged.connect(self._show)
        self._show()

    def rule(self) -> Rule:
        """The rule as the parts say."""
        first, last = self.first.value(), self.last.value()
        return replace(
            self._rule,
            largest=self.largest.value(),
            cells=self.cells.currentData(),
            kpi=self.kpi.currentData(),
            type=self.type.currentData(),
            direction=self.direction.currentData(),
            hours=(first, last) if self.in_hours.isChecked() else None,
            weekdays=tuple(day for day, box in enumerate(self.days) if box.isChecked()),
            until=self.until.date().toString("yyyy-MM-dd") if self.expires.isChecked() else "",
            why=self.why.text().strip(),
            largest_db=self.largest_db.value() if self._with_levels() else None,
        )

    def accept(self) -> None:
        """Hand the rule over and close."""
        self.chosen.emit(self.rule())
        super().accept()

    # -- inside

    def _with_levels(self) -> bool:
        """Whether the rule is about a level (dB, dBm); where the data do not say, whether it has a limit for them."""
        levels = levels_of(self.kpi.currentData(), self._state.panel)
        return True in levels and (False not in levels or self._rule.largest_db is not None or self._any_level())

    def _any_level(self) -> bool:
        panel = self._state.panel
        return panel is not None and any(is_level(kpi.unit) for kpi in panel.kpis)

    def _show(self) -> None:
        """Say what the rule is and what it would hide."""
        rule, digest = self.rule(), self._state.digest
        self.told.setText(worded(rule, self._state.panel))
        self.largest.setVisible(by_percent(rule, self._state.panel))
        self.largest_db.setVisible(by_decibels(rule, self._state.panel))
        self.first.setEnabled(self.in_hours.isChecked())
        self.last.setEnabled(self.in_hours.isChecked())
        self.until.setEnabled(self.expires.isChecked())
        if digest is None:
            self.effect.setText(tell("rule_no_result"))
            return
        others = [one for one in self._state.ruling.rules if one.identity != rule.identity]
        before = digest.facts.hidden(others)
        gone = [name for name in digest.facts.hidden([*others, rule]) if name not in before]
        kinds = Counter(digest.incidents[name].severity for name in gone)
        listed = ", ".join(f"{kinds[one]} {tell(f'severity_{one.value}').lower()}" for one in Severity if kinds[one])
        all_of_them = counted("incident", len(digest.incidents))
        self.effect.setText(
            tell("rule_would_hide", count=len(gone), all=all_of_them, kinds=listed)
            if gone
            else tell("rule_would_hide_none", all=all_of_them)
        )

    def _cell_choices(self) -> list[tuple[str, tuple[str, ...]]]:
        panel, cells = self._state.panel, self._rule.cells
        choices: list[tuple[str, tuple[str, ...]]] = []
        if cells:
            choices.append((cells[0] if len(cells) == 1 else tell("rule_these_cells", cells=len(cells)), cells))
        if panel is not None and cells:
            site = next((one.site for one in panel.cells if one.id == cells[0]), "")
            of_site = tuple(one.id for one in panel.cells if one.site == site)
            if site and of_site != cells:
                choices.append((tell("rule_site", site=site), of_site))
        choices.append((tell("rule_every_cell"), ()))
        return choices

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tell("rule_label_cells"), self.cells)
        form.addRow(tell("rule_label_kpi"), self.kpi)
        form.addRow(tell("rule_label_type"), _row(self.type, self.direction))
        form.addRow(tell("rule_label_largest"), _row(self.largest, self.largest_db))
        form.addRow(tell("rule_label_days"), _row(*self.days))
        form.addRow("", _row(self.in_hours, self.first, self.last))
        form.addRow("", _row(self.expires, self.until))
        form.addRow(tell("rule_label_why"), self.why)
        self.confirm = lay_out_form(self, form, (self.told, self.effect), tell("rule_confirm"))


def _named(named: Named, words: Mapping[str, str], every: str, these: str = "") -> QComboBox:
    """A choice of all, of what is named now where that is several, and of each alone."""
    choices: list[tuple[str, Named]] = [(tell(every), ""), *((word, name) for name, word in words.items())]
    names = several(named)
    if len(names) > 1:
        listed = ", ".join(words.get(name, name) for name in names)
        choices.insert(0, (tell(these, kpis=len(names)) if these else listed, named))
    combo = _choice(choices, named)
    if len(names) > 1:
        combo.setItemData(0, listed, Qt.ItemDataRole.ToolTipRole)
    return combo


def _check(text: str, *, on: bool) -> QCheckBox:
    box = QCheckBox(text)
    box.setChecked(on)
    return box


def _choice(choices: Sequence[tuple[str, Data]], chosen: Data) -> QComboBox:
    """The texts to choose from, each with what it stands for."""
    combo = QComboBox()
    for text, data in choices:
        combo.addItem(text, data)
    combo.setCurrentIndex(max(0, next((i for i, (_, data) in enumerate(choices) if data == chosen), 0)))
    return combo


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(2 * GRID)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
