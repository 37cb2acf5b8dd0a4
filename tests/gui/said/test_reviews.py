"""What a person says of incidents in the window, by key and in place."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.models.incident_table import SEEN, SEEN_MARK
from gui.said.reviews import Place, Review, Reviews
from tests.gui.gestures import press, put_focus


def test_numbers_tag_and_undo_takes_it_back(full: MainWindow, qtbot: QtBot) -> None:
    place = full.state.places(full.state.incident(full.state.selection.incident))[0]
    put_focus(full, full.views["incidents"].table)
    press(full, qtbot, Qt.Key.Key_2)
    assert full.state.reviews.of([place]) == Review("planned")
    press(full, qtbot, Qt.Key.Key_5)
    assert full.state.reviews.of([place]) == Review("false")
    press(full, qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert full.state.reviews.of([place]) == Review("planned")
    press(full, qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert full.state.reviews.of([place]) == Review("false")
    press(full, qtbot, Qt.Key.Key_0)
    assert full.state.reviews.of([place]) == Review()


def written(window: MainWindow, qtbot: QtBot, action: str, text: str) -> Review:
    """What is said of the selected incident after a text was written in its row."""
    window.actions_by_id[action].trigger()
    editor = window.views["incidents"].table.findChild(QLineEdit)
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    return window.state.review(window.state.incident(window.state.selection.incident))


def test_a_comment_is_written_in_the_table(full: MainWindow, qtbot: QtBot) -> None:
    assert written(full, qtbot, "comment", "ticket 4711") == Review(comment="ticket 4711")


def test_y_acknowledges_under_the_users_name_and_once_more_takes_it_back(full: MainWindow, qtbot: QtBot) -> None:
    full.preferences.set_name("Sara")
    place = full.state.places(full.state.incident(full.state.selection.incident))[0]
    put_focus(full, full.views["incidents"].table)
    before = np.datetime64(datetime.now(UTC).replace(tzinfo=None), "s")
    press(full, qtbot, Qt.Key.Key_Y)
    review = full.state.reviews.of([place])
    assert review.acknowledged_by == "Sara"
    assert review.acknowledged is not None
    assert np.timedelta64(0, "s") <= review.acknowledged - before < np.timedelta64(60, "s")
    model = full.views["incidents"].table.model()
    seen = model.index(model.row_of(full.state.selection.incident), SEEN)
    assert seen.data() == SEEN_MARK
    assert "Sara" in seen.data(Qt.ItemDataRole.ToolTipRole)
    press(full, qtbot, Qt.Key.Key_Y)
    assert full.state.reviews.of([place]) == Review()
    press(full, qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert full.state.reviews.of([place]) == review


def test_an_owner_is_written_in_the_table_and_found_by_the_filter(full: MainWindow, qtbot: QtBot) -> None:
    assert written(full, qtbot, "assign", "RAN north") == Review(owner="RAN north")
    qtbot.keyClicks(full.views["incidents"].filters.filter, "ran north")
    qtbot.waitUntil(lambda: full.views["incidents"].table.model().rowCount() == 1)


def test_the_name_that_acknowledges_can_be_chosen(full: MainWindow, qtbot: QtBot) -> None:
    assert full.preferences.name
    full.actions_by_id["own_name"].trigger()
    dialog = full.findChild(QInputDialog)
    assert dialog.textValue() == full.preferences.name
    dialog.setTextValue(" Sara ")
    dialog.accept()
    assert full.preferences.name == "Sara"


@pytest.mark.usefixtures("qapp")
def test_what_is_said_is_found_by_any_place_that_meets_it_until_it_is_undone() -> None:
    reviews = Reviews()
    reviews.load({Place(1, "calls", 4, 8): Review("planned"), Place(2, "calls", 4, 8): Review("event")})
    reviews.move(3)
    reviews.tag(Place(1, "calls", 9, 20), "fault")
    reviews.tag(Place(1, "sms", 9, 20), "check")
    assert reviews.of([Place(1, "calls", 10, 12)]) == Review("fault")
    assert reviews.of([Place(1, "sms", 10, 12)]) == Review("check")
    assert reviews.of([Place(1, "calls", 0, 7), Place(2, "calls", 0, 8)]) == Review("event")
    reviews.undo_stack.undo()
    reviews.undo_stack.undo()
    assert reviews.of([Place(1, "calls", 10, 12)]) == Review("planned")
    assert reviews.of([Place(1, "sms", 10, 12)]) == Review()
    reviews.tag(Place(1, "calls", 10, 11), "planned")
    assert list(reviews.all) == [Place(2, "calls", 7, 11)]
