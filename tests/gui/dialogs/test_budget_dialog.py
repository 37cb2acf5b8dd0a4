"""The curve beside the budget: it is worked out beside the window, says what it shows, and sets the budget."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from engine.budget.budget_curve import BUDGETS
from engine.data import Result
from gui.dialogs.budget_dialog import BudgetDialog
from gui.job import running, stop_all
from gui.problems import Problems
from gui.state import VOTE, AppState, Source
from tests.engine.result_factory import make_result
from tests.gui.gestures import click

pytestmark = pytest.mark.usefixtures("appearance")


@pytest.fixture
def result() -> Result:
    return make_result(cells=12, anomalies=20)


@pytest.fixture
def problems(qtbot: QtBot) -> Iterator[Problems]:
    yield Problems()
    stop_all(30.0)
    qtbot.waitUntil(lambda: not running(), timeout=30_000)


def opened(qtbot: QtBot, result: Result | None, problems: Problems, labels=None) -> tuple[BudgetDialog, AppState]:
    state = AppState()
    if result is not None:
        state.set_settings(result.settings)
        state.set_source(Source(result.panel, result.quality, labels))
        state.set_result(result)
    dialog = BudgetDialog(state, problems, lambda: None)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.resize(560, 480)
    dialog.show()
    if result is not None:
        qtbot.waitUntil(lambda: dialog.plot.curve is not None, timeout=10_000)
    return dialog, state


def anomalous_early(result: Result) -> dict[str, np.ndarray]:
    labels = np.zeros(result.panel.shape, np.int8)
    labels[0, :40] = 1
    return {"calls": labels}


def test_a_click_sets_the_budget_next_to_it(qtbot: QtBot, result: Result, problems: Problems) -> None:
    dialog, state = opened(qtbot, result, problems)
    at = BUDGETS.index(2.0)
    click(dialog.plot, QPoint(round(dialog.plot.place_of(at).x()) + 2, 100))
    assert state.settings.budget == 2.0
    assert state.settings.threshold == "budget"
    assert dialog.words.text().startswith("Now: 2 a week per cell, ")


def test_keys_go_to_the_next_budget_and_to_the_ends(qtbot: QtBot, result: Result, problems: Problems) -> None:
    dialog, state = opened(qtbot, result, problems)
    state.change(budget=0.17)  # between two
    for key, budget in (
        (Qt.Key.Key_Right, 0.2),
        (Qt.Key.Key_Right, 0.3),
        (Qt.Key.Key_Left, 0.2),
        (Qt.Key.Key_End, 20.0),
        (Qt.Key.Key_Right, 20.0),
        (Qt.Key.Key_Home, 0.01),
    ):
        qtbot.keyClick(dialog.plot, key)
        assert state.settings.budget == budget


def test_a_click_puts_back_thresholds_that_were_moved_by_hand(qtbot: QtBot, result: Result, problems: Problems) -> None:
    dialog, state = opened(qtbot, result, problems)
    state.set_threshold("calls", VOTE, 1.5)
    assert dialog.plot._budget is None  # no budget is in force
    click(dialog.plot, dialog.plot.place_of(BUDGETS.index(1.0)).toPoint())
    assert state.thresholds == {}
    assert dialog.plot._budget == 1.0


def test_another_vote_gives_another_curve_and_another_budget_the_same(
    qtbot: QtBot, result: Result, problems: Problems
) -> None:
    dialog, state = opened(qtbot, result, problems)
    before = dialog.plot.curve
    state.change(budget=1.0)
    assert not dialog._soon.isActive()
    state.change(vote="all")
    qtbot.waitUntil(lambda: dialog.plot.curve is not before, timeout=10_000)
    assert dialog.plot.curve is not None
    assert before is not None
    assert dialog.plot.curve.alarms.sum() < before.alarms.sum()


def test_with_labels_the_least_wrong_budget_is_told_and_taken(qtbot: QtBot, result: Result, problems: Problems) -> None:
    dialog, state = opened(qtbot, result, problems, anomalous_early(result))
    assert "judged wrongly" in dialog.words.text()
    assert "judged wrongly" in dialog.plot.tip_at(200)
    dialog.grab()
    qtbot.mouseClick(dialog.take_best, Qt.MouseButton.LeftButton)
    assert dialog.plot.curve is not None
    assert state.settings.budget == dialog.plot.curve.best


def test_without_labels_there_is_nothing_least_wrong(qtbot: QtBot, result: Result, problems: Problems) -> None:
    dialog, _ = opened(qtbot, result, problems)
    assert not dialog.take_best.isVisible()
    assert "judged wrongly" not in dialog.plot.tip_at(200)
    assert "anomalies a day" in dialog.plot.tip_at(200)


def test_before_a_run_and_after_other_settings_it_asks_for_one(
    qtbot: QtBot, result: Result, problems: Problems
) -> None:
    dialog, _ = opened(qtbot, None, problems)
    assert "Run the detection first" in dialog.plot._why
    assert dialog.plot.tip_at(100) == ""
    dialog, state = opened(qtbot, result, problems)
    state.change(garch_p=2, vote="any")
    qtbot.waitUntil(lambda: dialog.plot.curve is None, timeout=10_000)
    assert "settings are not those" in dialog.plot._why
    click(dialog.plot, QPoint(200, 100))
    qtbot.keyClick(dialog.plot, Qt.Key.Key_Right)
    assert state.settings.budget == result.settings.budget


def test_closing_lets_the_worker_go(qtbot: QtBot, result: Result, problems: Problems) -> None:
    dialog, state = opened(qtbot, result, problems)
    state.change(vote="all")
    dialog.close()
    assert not dialog._soon.isActive()
    assert dialog._job is None


def test_what_happens_after_it_was_deleted_is_no_concern_of_it(
    qtbot: QtBot, result: Result, problems: Problems
) -> None:
    state = AppState()
    state.set_settings(result.settings)
    state.set_source(Source(result.panel, result.quality, None))
    state.set_result(result)
    dialog = BudgetDialog(state, problems, lambda: None)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.plot.curve is not None, timeout=10_000)
    dialog.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not isValid(dialog)
    state.labelling.label(("calls", 0), 3, 9, 1, "label")  # an exception in a slot fails the test
    state.change(budget=0.5)
