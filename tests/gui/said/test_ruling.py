"""Rules in the window: proposed, counted before they are confirmed, undone, listed, kept in the project."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from engine import project
from engine.data import Result
from engine.data.rule import Rule
from gui.calls import reading
from gui.dialogs.rule_dialog import RuleDialog
from gui.dialogs.rules_dialog import RulesDialog, ask_rule
from gui.job import running
from gui.kept.keeping import Keeper
from gui.problems import Problems
from gui.state import AppState
from gui.views.incidents_view import IncidentsView

ALL = Rule("all", 1e5)


@pytest.fixture
def measured(state: AppState, result: Result) -> AppState:
    """Every anomaly has a size: 20 % below what was expected."""
    anomalies = tuple(dataclasses.replace(one, actual=80.0, expected=100.0) for one in result.anomalies)
    state.set_result(dataclasses.replace(result, anomalies=anomalies))
    return state


@pytest.fixture
def view(measured: AppState, qtbot: QtBot) -> IncidentsView:
    view = IncidentsView(measured)
    qtbot.addWidget(view)
    return view


def kept(qtbot: QtBot, dialog: QDialog) -> None:
    """Let the test take the dialog away, not its closing."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)


def test_hidden_incidents_leave_the_table_and_are_shown_on_request(measured: AppState, view: IncidentsView) -> None:
    total = len(measured.result.incidents)
    assert not view.filters.hidden.isVisibleTo(view)
    cells = measured.result.incidents[0].cells
    measured.ruling.keep(dataclasses.replace(ALL, cells=tuple(measured.panel.cells[cell].id for cell in cells)))
    gone = len(measured.hidden())
    assert 0 < gone < total
    assert view._model.total == total - gone
    assert view.filters.hidden.text() == f"Hidden {gone}"
    assert sum(int(button.text()) for button in view.filters.severities.values()) == total - gone
    view.filters.hidden.click()
    assert view._model.total == gone
    measured.reviews.undo_stack.undo()
    assert view._model.total == total
    assert not view.filters.hidden.isChecked()
    measured.reviews.undo_stack.redo()
    assert view._model.total == total - gone


def test_a_rule_says_what_it_would_hide_before_it_is_confirmed(measured: AppState, qtbot: QtBot) -> None:
    measured.select_incident(measured.result.incidents[0].id)
    dialog = ask_rule(None, measured)
    assert isinstance(dialog, RuleDialog)
    kept(qtbot, dialog)
    assert dialog.rule().largest == 22.0
    assert dialog.effect.text().startswith("It would hide 1 incident of 14 incidents")
    assert measured.hidden() == {}
    dialog.largest.setValue(10.0)
    assert "hide none of" in dialog.effect.text()
    assert "up to 10 %" in dialog.told.text()
    dialog.largest.setValue(30.0)
    dialog.why.setText("backup")
    dialog.confirm.click()
    assert [rule.why for rule in measured.ruling.rules] == ["backup"]
    assert measured.result.incidents[0].id in measured.hidden()


def test_the_limit_of_a_level_is_asked_for_in_decibels(measured: AppState, qtbot: QtBot) -> None:
    result = measured.result
    level, other = result.panel.kpis[:2]
    kpis = (dataclasses.replace(level, unit="dBm"), *result.panel.kpis[1:])
    measured.set_result(dataclasses.replace(result, panel=dataclasses.replace(result.panel, kpis=kpis)))
    dialog = RuleDialog(measured, Rule("r", 30.0, kpi=level.id, largest_db=6.0))
    kept(qtbot, dialog)
    assert dialog.largest_db.text() == "6 dB"
    assert (dialog.largest_db.isHidden(), dialog.largest.isHidden()) == (False, True)
    assert "up to 6 dB off" in dialog.told.text()
    dialog.kpi.setCurrentIndex(dialog.kpi.findData(other.id))
    assert (dialog.largest_db.isHidden(), dialog.largest.isHidden()) == (True, False)
    assert dialog.rule().largest_db is None
    dialog.kpi.setCurrentIndex(dialog.kpi.findData(""))
    assert (dialog.largest_db.isHidden(), dialog.largest.isHidden()) == (False, False)


def test_each_part_of_the_form_is_a_part_of_the_rule(measured: AppState, qtbot: QtBot) -> None:
    rule = Rule("r", 30.5, ("c1",), "calls", "dip", "down", (22, 6), (0, 4), "2026-12-31", "me", "2026-11-26", "why")
    dialog = RuleDialog(measured, rule)
    kept(qtbot, dialog)
    assert dialog.rule() == rule
    dialog.cells.setCurrentIndex(dialog.cells.count() - 1)
    for combo in (dialog.kpi, dialog.type, dialog.direction):
        combo.setCurrentIndex(0)
    dialog.in_hours.click()
    dialog.expires.click()
    for box in dialog.days:
        box.setChecked(False)
    assert dialog.rule() == Rule("r", 30.5, who="me", made="2026-11-26", why="why")
    dialog.reject()


def test_what_several_kpis_and_types_share_is_offered_as_it_is(measured: AppState, qtbot: QtBot) -> None:
    rule = Rule("r", 30.0, ("c1", "c2"), ("calls", "drops"), ("dip", "silence"), ("down", "both"))
    dialog = RuleDialog(measured, rule)
    kept(qtbot, dialog)
    assert dialog.rule() == rule
    assert [dialog.kpi.currentText(), dialog.type.currentText()] == ["these 2 KPIs", "Dip, Silence"]
    assert dialog.kpi.itemData(0, Qt.ItemDataRole.ToolTipRole) == "calls, drops"
    dialog.reject()


def test_without_an_incident_there_is_nothing_to_make_a_rule_from(measured: AppState) -> None:
    assert ask_rule(None, measured) is None


def test_the_page_of_rules_lists_removes_writes_and_reads(measured: AppState, qtbot: QtBot, tmp_path: Path) -> None:
    problems = Problems()
    page = RulesDialog(measured, problems, str(tmp_path))
    kept(qtbot, page)
    assert page.nothing.isVisibleTo(page)
    measured.ruling.keep(dataclasses.replace(ALL, who="m.rossi", why="backup"))
    told = [page.table.item(0, column).text() for column in range(page.table.columnCount())]
    assert told[0].startswith("Hide anomalies of every type")
    assert told[1] == str(len(measured.result.incidents))
    assert (told[2], told[4]) == ("m.rossi", "backup")
    page.write(tmp_path / "rules.json")
    page.table.selectRow(0)
    page.remove.click()
    assert measured.ruling.rules == ()
    page.read(tmp_path / "rules.json")
    assert [rule.identity for rule in measured.ruling.rules] == ["all"]
    (tmp_path / "rules.json").write_text("no")
    with qtbot.waitSignal(problems.raised):
        page.read(tmp_path / "rules.json")
    page.reject()


def test_rules_go_into_the_open_project_and_come_back_with_it(
    state: AppState, result: Result, tmp_path: Path, qtbot: QtBot
) -> None:
    keeper = Keeper(state, Problems(), state)
    path = tmp_path / "city.cellwarden"
    project.save(result, path)
    keeper.keep_in(path)
    with qtbot.waitSignal(keeper.settled, timeout=20_000):
        state.ruling.keep(ALL)
    assert reading.open_project(path)[1].result.rules == (ALL,)
    with qtbot.waitSignal(keeper.settled, timeout=20_000):
        state.reviews.undo_stack.undo()
    assert project.read_rules(path) == ()
    keeper.keep_in(None)
    state.ruling.keep(ALL)
    assert keeper.unsaved
    qtbot.waitUntil(lambda: not running(), timeout=20_000)
