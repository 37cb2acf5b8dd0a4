"""Data that a watched folder brings take nothing out of a person's hands or sight."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.said.reviews import Place, Review
from tests.gui.test_add_later import DAYS, write_days
from tests.gui.watch_data import PATIENCE, hours, make_spool, open_days, take_day, until


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    return open_days(window, qtbot, tmp_path)


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return make_spool(tmp_path)


def test_the_view_stays_where_a_person_is(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    timeline, overview = opened.views["timeline"], opened.views["overview"]
    opened.state.select(cell=1, incident=None, span=(50, 60))
    timeline.plot.window.show(40.0, 90.0)
    overview.lanes.window.show(10.0, 200.0)
    overview.controls.order.setCurrentIndex(overview.controls.order.findData("name"))
    opened.views["incidents"].filters.filter.setText("nothing is called so")
    opened.views["cells"].filter.setText("B")
    opened.state.set_threshold("calls", "vote", 0.9)
    until(qtbot, lambda: opened.desk.idle)
    opened.watching.start(spool)
    take_day(opened, qtbot, spool, "second.csv", DAYS)
    selection = opened.state.selection
    assert (selection.cell, selection.kpi, selection.span) == (1, "calls", (50, 60))
    assert (timeline.plot.window.start, timeline.plot.window.stop) == (40.0, 90.0)
    assert (overview.lanes.window.start, overview.lanes.window.stop) == (10.0, 200.0)
    assert overview.controls.order_name == "name"
    assert opened.views["incidents"].filters.filter.text() == "nothing is called so"
    assert opened.views["cells"].filter.text() == "B"
    assert opened.state.thresholds == {"calls": {"vote": 0.9}}


def test_what_was_said_before_is_undone_where_it_was_said(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    state, said, series = opened.state, Place(1, "calls", 30, 34), ("calls", 1)
    drawn = {kpi.id: np.full(state.panel.shape, 0, np.int8) for kpi in state.panel.kpis}
    state.labelling.replace(drawn, "labels of a file")
    state.labelling.label(series, 40, 42, 1, "label as anomalous")
    state.reviews.tag(said, "fault")
    state.reviews.tag(said, "planned")
    opened.watching.start(spool)
    write_days(spool, "earlier.csv", -2, 2)
    until(qtbot, lambda: hours(opened) == 24 * (DAYS + 2) and opened.desk.idle)
    state.labelling.label(series, 0, 3, 1, "label as anomalous")
    state.reviews.tag(said.moved(48), "event")
    undo = opened.actions_by_id["undo"]
    undo.trigger()
    undo.trigger()
    assert state.reviews.all == {said.moved(48): Review("planned")}
    undo.trigger()
    assert state.reviews.all == {said.moved(48): Review("fault")}
    undo.trigger()
    assert not state.reviews.all
    assert np.flatnonzero(state.labelling.row(series) == 1).tolist() == [88, 89]
    undo.trigger()
    assert np.flatnonzero(state.labelling.row(series) == -1).tolist() == [*range(48)], "the file spoke of later days"
    undo.trigger()
    assert not undo.isEnabled()
    assert state.source.known() is None
    for _ in range(6):
        opened.actions_by_id["redo"].trigger()
    assert state.reviews.all == {said.moved(48): Review("event")}
    assert np.flatnonzero(state.labelling.row(series) == 1).tolist() == [0, 1, 2, 88, 89]


def test_earlier_days_move_what_a_person_looks_at_along_with_it(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    window = opened.views["timeline"].plot.window
    opened.state.reviews.tag(Place(1, "calls", 30, 34), "fault")
    opened.state.select(cell=1, incident=None, span=(50, 60))
    window.show(40.0, 90.0)
    opened.watching.start(spool)
    write_days(spool, "earlier.csv", -2, 2)
    until(qtbot, lambda: hours(opened) == 24 * (DAYS + 2) and opened.desk.idle)
    assert opened.state.selection.span == (98, 108)
    assert (window.start, window.stop) == (88.0, 138.0)
    assert opened.state.reviews.of([Place(1, "calls", 78, 82)]) == Review("fault")


def test_whoever_saw_the_newest_hours_sees_the_newest(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    window = opened.views["timeline"].plot.window
    opened.state.select(incident=None, span=None)
    window.show(24.0 * DAYS - 48, 24.0 * DAYS)
    opened.watching.start(spool)
    take_day(opened, qtbot, spool, "second.csv", DAYS)
    assert (window.start, window.stop) == (24.0 * (DAYS + 1) - 48, 24.0 * (DAYS + 1))


def test_reviews_and_labels_are_untouched_those_of_meanwhile_too(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    state = opened.state
    state.reviews.tag(Place(1, "calls", 30, 34), "fault")
    state.labelling.label(("calls", 0), 5, 9, 1, "label")
    opened.watching.start(spool)
    with qtbot.waitSignal(opened.desk.busy_changed, timeout=PATIENCE):
        write_days(spool, "second.csv", DAYS, 1)
    state.labelling.label(("calls", 1), 7, 8, 0, "label")
    state.reviews.tag(Place(0, "calls", 100, 104), "event")
    until(qtbot, lambda: hours(opened) == 24 * (DAYS + 1) and opened.desk.idle)
    assert state.reviews.of([Place(1, "calls", 30, 34)]) == Review("fault")
    assert state.reviews.of([Place(0, "calls", 100, 104)]) == Review("event")
    rows = [state.labelling.row(("calls", cell)) for cell in (0, 1)]
    assert [len(row) for row in rows if row is not None] == [hours(opened)] * 2
    assert [np.flatnonzero(row >= 0).tolist() for row in rows if row is not None] == [[5, 6, 7, 8], [7]]
    assert opened.desk.keeper.unsaved
    assert state.source is not None
    assert state.source.drawn


def test_it_waits_for_a_run_and_for_a_dialog(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    opened.watching.start(spool)
    opened.desk.run()
    write_days(spool, "second.csv", DAYS, 1)
    until(qtbot, lambda: hours(opened) == 24 * (DAYS + 1) and opened.desk.idle)
    opened.actions_by_id["settings"].trigger()
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    write_days(spool, "third.csv", DAYS + 1, 1)
    until(qtbot, lambda: "waits for you" in opened.watching.status)
    assert not opened.desk.busy
    dialog.close()
    until(qtbot, lambda: hours(opened) == 24 * (DAYS + 2) and opened.desk.idle)


def test_what_is_being_written_is_written_to_its_end(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    cells = opened.views["cells"].table
    editor = QLineEdit(cells.viewport())
    editor.show()
    opened.activateWindow()
    editor.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is editor, timeout=PATIENCE)
    opened.watching.start(spool)
    write_days(spool, "second.csv", DAYS, 1)
    until(qtbot, lambda: "waits for you" in opened.watching.status)
    editor.deleteLater()
    until(qtbot, lambda: hours(opened) == 24 * (DAYS + 1) and opened.desk.idle)


def test_somebody_who_is_typing_is_not_disturbed(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    search = opened.controls.search
    opened.activateWindow()
    search.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is search, timeout=PATIENCE)
    search.setText("som")
    opened.watching.start(spool)
    take_day(opened, qtbot, spool, "second.csv", DAYS)
    assert QApplication.focusWidget() is search
    assert search.text() == "som"


def test_the_map_shows_the_moment_and_the_place_it_showed(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    overview = opened.views["overview"]
    overview.tabs.setCurrentIndex(1)
    opened.state.select(incident=None, span=None)
    overview.map.slider.move_to(100)
    opened.watching.start(spool)
    take_day(opened, qtbot, spool, "second.csv", DAYS)
    assert overview.map.slider.moment == 100


def test_what_waits_for_a_person_is_not_covered(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    opened.banner.show_found("Reviews of before the crash were found.")
    (spool / "broken.csv").write_text("this is\nno table of measurements\n")
    opened.watching.start(spool)
    until(qtbot, lambda: "1 left out" in opened.status.watch.more.accessibleName())
    assert opened.banner.text == "Reviews of before the crash were found."
