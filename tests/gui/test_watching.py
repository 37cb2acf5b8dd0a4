"""File > Watch a folder: what appears in it comes in by itself, and nothing is taken out of a person's hands."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from engine import project
from gui.dialogs.watch_dialog import WatchDialog
from gui.job import running
from gui.main_window import MainWindow
from gui.reviews import Place, Review
from tests.gui.test_add_later import DAYS, settle, write_days

PATIENCE = 60_000


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    """Sixteen days of two cells, judged; a watch in it looks again and again."""
    settle(window, qtbot, lambda: window.open([write_days(tmp_path, "first.csv", 0, DAYS)]))
    assert window.state.result is not None
    window.watching.every_ms = window.watching.settle_ms = 30
    return window


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


def until(qtbot: QtBot, true: Callable[[], bool]) -> None:
    qtbot.waitUntil(true, timeout=PATIENCE)


def looks(window: MainWindow, qtbot: QtBot, times: int = 3) -> None:
    """Wait until the folder was looked into some times more, and nothing came of it that is still under way."""
    for _ in range(times):
        before = window.watching.looked
        until(qtbot, lambda before=before: window.watching.looked != before)
    until(qtbot, lambda: window.desk.idle)


def hours(window: MainWindow) -> int:
    return 0 if window.state.result is None else window.state.result.panel.shape[1]


def said(window: MainWindow) -> str:
    return "\n".join(entry.sentence for entry in window.watching.log)


def take_day(window: MainWindow, qtbot: QtBot, spool: Path, name: str, day: int, days: int = 1) -> None:
    """A day appears in the folder, and is taken."""
    write_days(spool, name, day, days)
    until(qtbot, lambda: hours(window) == 24 * (day + days) and window.desk.idle)


def test_a_folder_is_chosen_once_and_what_appears_there_is_taken_and_judged(
    opened: MainWindow, qtbot: QtBot, spool: Path
) -> None:
    before = opened.state.result
    assert before is not None
    opened.actions_by_id["watch"].trigger()
    chooser = opened.findChild(QFileDialog)
    chooser.fileSelected.emit(str(spool))
    chooser.close()
    assert opened.watching.folder == spool
    take_day(opened, qtbot, spool, "second.csv", DAYS)
    after = opened.state.result
    assert after is not None
    assert after.record.learned_until == before.record.learned_until, "later days are scored by the kept models"
    assert "took second.csv" in opened.status.watch.more.accessibleName()
    assert "Watching spool" in opened.status.watch.more.accessibleName()
    assert "48 measurements are new" in said(opened)
    take_day(opened, qtbot, spool, "third.csv", DAYS + 1)


def test_a_file_that_is_still_written_is_taken_when_it_is_whole(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    whole = write_days(spool, "growing.part", DAYS, 2).read_text()
    opened.watching.start(spool)
    looks(opened, qtbot)
    assert hours(opened) == 24 * DAYS, "an unfinished name is left alone"
    with (spool / "copy.csv").open("w") as stream:
        for number, line in enumerate(whole.splitlines(keepends=True)):
            stream.write(line)
            stream.flush()
            if number % 10 == 0:
                before = opened.watching.looked
                until(qtbot, lambda before=before: opened.watching.looked != before or opened.desk.busy)
                until(qtbot, lambda: opened.desk.idle)
    until(qtbot, lambda: hours(opened) == 24 * (DAYS + 2) and opened.desk.idle)
    result = opened.state.result
    assert result is not None
    assert np.isfinite(result.panel.values["calls"][:, -48:]).all(), "whatever was seen of it on the way, all is there"


def test_a_broken_file_is_said_once_stays_readable_and_keeps_no_other_out(
    opened: MainWindow, qtbot: QtBot, spool: Path
) -> None:
    told: list[str] = []
    opened.watching.refused.connect(told.append)
    (spool / "broken.csv").write_text("this is\nno table of measurements\n")
    opened.watching.start(spool)
    take_day(opened, qtbot, spool, "second.csv", DAYS)
    until(qtbot, lambda: "broken.csv" in opened.watching.left_out)
    looks(opened, qtbot)
    assert len([sentence for sentence in told if "broken.csv was left out" in sentence]) == 1
    assert "broken.csv was left out" in opened.banner.text
    assert "1 left out" in opened.watching.status
    opened.status.watch.more.click()
    dialog = opened.findChild(WatchDialog)
    assert "broken.csv" in _text(dialog)
    dialog.close()
    write_days(spool, "broken.csv", DAYS + 1, 1)
    until(qtbot, lambda: hours(opened) == 24 * (DAYS + 2) and opened.desk.idle)
    assert not opened.watching.left_out, "it is whole now"


def _text(dialog: WatchDialog) -> str:
    from PySide6.QtWidgets import QLabel

    return "\n".join(label.text() for label in dialog.page.findChildren(QLabel))


def test_a_file_of_another_network_is_refused_without_a_question(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    opened.desk.asks = True
    strange = write_days(spool, "strange.csv", DAYS, 1)
    strange.write_text(strange.read_text().replace(",A,", ",X,").replace(",B,", ",Y,"))
    opened.watching.start(spool)
    until(qtbot, lambda: "strange.csv" in opened.watching.left_out)
    assert "another network" in opened.watching.left_out["strange.csv"]
    assert QApplication.activeModalWidget() is None
    assert hours(opened) == 24 * DAYS


def test_a_new_cell_beside_known_ones_comes_in(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    grown = write_days(spool, "grown.csv", DAYS, 1)
    grown.write_text(grown.read_text() + "".join(f"2024-01-17T{hour:02}:00:00,C,5\n" for hour in range(24)))
    opened.watching.start(spool)
    until(qtbot, lambda: opened.state.panel is not None and len(opened.state.panel.cells) == 3)
    until(qtbot, lambda: opened.desk.idle)


def test_a_file_that_leaves_something_to_say_waits_for_a_person(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    opened.desk.asks = True
    rows = "".join(f"{day:02}/{month:02}/2024,A,{day}\n" for month in (1, 2) for day in range(1, 13))
    (spool / "either.csv").write_text("date,cell,calls\n" + rows)
    opened.watching.start(spool)
    until(qtbot, lambda: "either.csv" in opened.watching.left_out)
    assert QApplication.activeModalWidget() is None
    assert not [dialog for dialog in opened.findChildren(QFileDialog) if dialog.isVisible()]


def test_the_view_stays_where_a_person_is(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    timeline, overview = opened.views["timeline"], opened.views["overview"]
    opened.state.select(cell=1, incident=None, span=(50, 60))
    timeline.plot.window.show(40.0, 90.0)
    overview.lanes.window.show(10.0, 200.0)
    overview.controls.order.setCurrentIndex(overview.controls.order.findData("name"))
    opened.views["incidents"].filter.setText("nothing is called so")
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
    assert opened.views["incidents"].filter.text() == "nothing is called so"
    assert opened.views["cells"].filter.text() == "B"
    assert opened.state.thresholds == {"calls": {"vote": 0.9}}


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


def test_a_folder_that_vanishes_is_looked_for_until_it_is_back(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    opened.watching.start(spool)
    looks(opened, qtbot, 1)
    away = spool.rename(spool.with_name("away"))
    until(qtbot, lambda: "cannot be reached" in opened.watching.status)
    looks(opened, qtbot)
    assert said(opened).count("cannot be reached") == 1
    away.rename(spool)
    take_day(opened, qtbot, spool, "second.csv", DAYS)
    assert "is there again" in said(opened)


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
    cells = opened.views["cells"].tree
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


def test_one_click_stops_it_and_nothing_ticks_any_more(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    opened.watching.start(spool)
    looks(opened, qtbot, 1)
    assert opened.status.watch.isVisible()
    opened.status.watch.stop.click()
    assert opened.watching.folder is None
    assert not opened.status.watch.isVisible()
    assert not opened.actions_by_id["watch_stop"].isEnabled()
    assert not [timer for timer in opened.watching.findChildren(QTimer) if timer.isActive()]
    until(qtbot, lambda: not running())


def test_stopping_gives_up_what_is_being_taken(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    before = opened.state.result
    opened.watching.start(spool)
    with qtbot.waitSignal(opened.desk.busy_changed, timeout=PATIENCE):
        write_days(spool, "second.csv", DAYS, 1)
    opened.watching.stop()
    assert not opened.desk.busy
    assert opened.state.result is before


def test_a_taking_that_was_cancelled_is_tried_again(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    opened.watching.start(spool)
    with qtbot.waitSignal(opened.desk.busy_changed, timeout=PATIENCE):
        write_days(spool, "second.csv", DAYS, 1)
    opened.desk.cancel()
    assert "cancelled" in said(opened)
    until(qtbot, lambda: hours(opened) == 24 * (DAYS + 1) and opened.desk.idle)


def test_opening_other_data_ends_it_and_says_so(opened: MainWindow, qtbot: QtBot, spool: Path, tmp_path: Path) -> None:
    opened.watching.start(spool)
    told: list[str] = []
    opened.watching.refused.connect(told.append)
    settle(opened, qtbot, lambda: opened.open([write_days(tmp_path, "other.csv", 40, DAYS)]))
    assert opened.watching.folder is None
    assert told == ["Other data were opened, so the folder is not watched any more."]


def test_closing_the_window_ends_it(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    opened.watching.start(spool)
    opened.close()
    assert opened.watching.folder is None
    until(qtbot, lambda: not running())


def test_a_project_holds_what_was_taken(opened: MainWindow, qtbot: QtBot, spool: Path, tmp_path: Path) -> None:
    path = tmp_path / "city.cellwarden"
    settle(opened, qtbot, lambda: opened.desk.save(path))
    opened.watching.start(spool)
    opened.state.reviews.tag(Place(1, "calls", 30, 34), "fault")
    take_day(opened, qtbot, spool, "second.csv", DAYS)
    until(qtbot, lambda: project.open_project(path).panel.shape[1] == 24 * (DAYS + 1))
    assert [review.tag for review in project.read_reviews(path)] == ["fault"]
    assert [name for name, _, _ in project.open_project(path).record.inputs] == ["second.csv"]
    assert not opened.desk.keeper.unsaved


def test_files_that_are_open_already_are_not_read_again(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    first = tmp_path / "first.csv"
    os.utime(first, (1_700_000_000, 1_700_000_000))
    opened.watching.start(tmp_path)
    looks(opened, qtbot)
    assert "Took" not in said(opened)


def test_a_file_that_was_taken_and_is_gone_stops_no_run(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    opened.watching.start(spool)
    take_day(opened, qtbot, spool, "second.csv", DAYS)
    (spool / "second.csv").unlink()
    opened.watching.stop()
    settle(opened, qtbot, opened.desk.run)
    result = opened.state.result
    assert result is not None
    assert [name for name, _, _ in result.record.inputs] == ["first.csv", "second.csv"]


def test_there_is_nothing_to_add_to_before_a_file_is_open(window: MainWindow) -> None:
    assert not window.actions_by_id["watch"].isEnabled()
    assert not window.actions_by_id["watch_stop"].isEnabled()


def test_a_drive_that_hangs_holds_up_the_worker_alone(
    opened: MainWindow, qtbot: QtBot, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    listed = Path.rglob

    def hang(folder: Path, pattern: str) -> Iterator[Path]:
        answers.wait(PATIENCE / 1000)
        return listed(folder, pattern)

    monkeypatch.setattr(Path, "rglob", hang)
    opened.watching.start(spool)
    until(qtbot, lambda: "does not answer" in opened.watching.status)
    opened.watching.stop()
    assert opened.watching.status == ""
    opened.watching.start(spool)
    until(qtbot, lambda: "does not answer" in opened.watching.status)
    answers.set()
    take_day(opened, qtbot, spool, "second.csv", DAYS)
    assert "does not answer" not in opened.watching.status


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
