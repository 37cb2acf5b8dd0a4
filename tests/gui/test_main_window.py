"""The window around the views: what can be done when, what it remembers, and that nothing is lost when things fail."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QSplitter
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from engine.data import Result
from engine.errors import InputError, Reason
from engine.monitor import Monitor, Progress
from engine.settings import PRESETS
from gui.actions import TABLE
from gui.main_window import MainWindow
from gui.models.incident_table import ROW_ROLE
from tests.gui.conftest import source_of
from tests.gui.gestures import press, put_focus

TAGS = ("fault", "planned", "event", "data", "false", "check", "solved")
LOOK_KEYS = {
    "open": "Ctrl+O",
    "run": "F5",
    "cancel": "Esc",
    "find": "Ctrl+F",
    "next": "J",
    "previous": "K",
    "vote": "V",
    "threshold": "T",
    "play": "Space",
    "export": "Ctrl+E",
    "help": "F1",
    "undo": "Ctrl+Z",
    "redo": "Ctrl+Y",
    "acknowledge": "Y",
    "assign": "O",
    **{f"tag_{tag}": str(number) for number, tag in enumerate(TAGS, start=1)},
}


# -- first sight


def test_a_new_window_invites_to_open_files(window: MainWindow) -> None:
    assert window.welcome.isVisible()
    assert window.controls.open_button.isEnabled()
    assert not window.controls.run_button.isEnabled()
    assert not window.controls.export_button.isEnabled()


def test_every_key_of_the_design_is_in_a_menu() -> None:
    assert {entry.id: entry.key for entry in TABLE if entry.id in LOOK_KEYS} == LOOK_KEYS


def test_no_two_actions_share_a_key() -> None:
    keys = [entry.key for entry in TABLE if entry.key]
    assert len(keys) == len(set(keys))


def test_every_action_does_something(window: MainWindow) -> None:
    assert set(window.actions_by_id) == set(window._acts())


def test_controls_have_tooltips_and_names(window: MainWindow) -> None:
    bar = window.controls
    for control in (bar.open_button, bar.run_button, bar.export_button, bar.search, bar.preset, bar.budget.slider):
        assert control.toolTip()
    assert "Ctrl+O" in bar.open_button.toolTip()
    assert bar.budget.slider.accessibleName()
    assert bar.search.accessibleName()


# -- with a result


def test_a_result_opens_the_desk_and_what_can_be_done_with_it(full: MainWindow) -> None:
    assert not full.welcome.isVisible()
    assert full.views["incidents"].isVisible()
    for name in ("run", "export", "save", "next", "tag_fault"):
        assert full.actions_by_id[name].isEnabled(), name
    assert "città 2017-03.csv" in full.windowTitle()
    assert "12 cells" in [label.text() for label in full.status.findChildren(type(full.status._what))]


def test_j_and_k_walk_through_the_incidents_as_shown(full: MainWindow, result: Result, qtbot: QtBot) -> None:
    table = full.views["incidents"].table
    put_focus(full, table)
    order = [table.model().index(i, 0).data(ROW_ROLE).incident.id for i in range(table.model().rowCount())]
    full.state.select_incident(order[0])
    press(full, qtbot, Qt.Key.Key_J)
    press(full, qtbot, Qt.Key.Key_J)
    assert full.state.selection.incident == order[2]
    press(full, qtbot, Qt.Key.Key_K)
    assert full.state.selection.incident == order[1]
    for _ in order:
        press(full, qtbot, Qt.Key.Key_K)
    assert full.state.selection.incident == order[0]
    assert len(order) == len(result.incidents)


def test_the_selected_incident_is_marked_in_the_table_whoever_had_the_focus(window: MainWindow, result: Result) -> None:
    window.desk.voting.hold()
    window.state.set_source(source_of(result))
    put_focus(window, window.views["incidents"].table)
    window.state.set_result(result)
    put_focus(window, window.controls.search)
    put_focus(window, window.views["incidents"].table)  # Qt makes the first row current then, without marking it
    first = window.views["incidents"].table.model().index(0, 0).data(ROW_ROLE).incident.id
    for incident in (first, result.incidents[-1].id, first):
        window.state.select_incident(incident)
        marked = window.views["incidents"].table.selectionModel().selectedRows()
        assert [index.data(ROW_ROLE).incident.id for index in marked] == [incident]
        cell = window.views["cells"].table.selectionModel().selectedRows()
        assert [index.data() for index in cell] == [f"Città {window.state.selection.cell}"]


def test_letters_typed_into_a_field_stay_letters(full: MainWindow, qtbot: QtBot) -> None:
    incident, vote = full.state.selection.incident, full.state.settings.vote
    put_focus(full, full.views["cells"].filter)
    qtbot.keyClicks(full.views["cells"].filter, "jk1vt")
    assert full.views["cells"].filter.text() == "jk1vt"
    assert (full.state.selection.incident, full.state.settings.vote) == (incident, vote)


def test_a_cell_is_found_by_a_part_of_its_name(full: MainWindow, qtbot: QtBot) -> None:
    full.actions_by_id["find"].trigger()
    qtbot.keyClicks(full.controls.search, " 7")  # QTest types ASCII only
    qtbot.keyClick(full.controls.search, Qt.Key.Key_Return)
    assert full.state.selection.cell == 7
    assert full.views["cells"].table.currentIndex().data() == "Città 7"


@pytest.mark.parametrize("other", [0, 1], ids=["the selected one", "another one"])
def test_a_click_in_the_list_selects_the_cell_everywhere(full: MainWindow, other: int, qtbot: QtBot) -> None:
    table = full.views["cells"].table
    cell = (full.state.selection.cell + other) % 12
    index = table.model().index(table.model().row_of(cell), 0)
    table.scrollTo(index)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center())
    assert full.state.selection.cell == cell
    assert full.state.selection.incident is None


def test_escape_clears_what_covers_or_narrows_outermost_first(full: MainWindow, qtbot: QtBot) -> None:
    full.problems.report(InputError(Reason("no_detectors")))
    full.controls.search.setText("some")
    put_focus(full, full.views["incidents"].table)
    press(full, qtbot, Qt.Key.Key_Escape)
    assert (full.banner.text, full.controls.search.text()) == ("", "some")
    press(full, qtbot, Qt.Key.Key_Escape)
    assert full.controls.search.text() == ""
    assert full.state.selection.incident is not None
    press(full, qtbot, Qt.Key.Key_Escape)
    assert full.state.selection.incident is None


def test_v_goes_round_the_votes(full: MainWindow, qtbot: QtBot) -> None:
    put_focus(full, full.views["incidents"].table)
    seen = []
    for _ in range(4):
        press(full, qtbot, Qt.Key.Key_V)
        seen.append(full.state.settings.vote)
    assert sorted(seen) == ["all", "any", "fused", "majority"]


def test_the_budget_is_moved_by_its_slider_and_said_in_words(full: MainWindow, qtbot: QtBot) -> None:
    slider = full.controls.budget.slider
    put_focus(full, slider)
    with qtbot.waitSignal(full.state.settings_changed):
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert full.state.settings.budget == 0.2
    assert "5 weeks" in slider.toolTip()
    assert full.controls.preset.currentText() == "Custom"


def test_what_another_vote_gives_is_said_in_the_status_line(full: MainWindow, result: Result) -> None:
    full.status.tell("28 anomalies in 9 incidents, 3 s")
    full.state.set_result(dataclasses.replace(result))
    assert full.status.text == "28 anomalies in 9 incidents, 3 s"
    kept = result.incidents[:2]
    left = tuple(a for a in result.anomalies if any(a.id in incident.anomalies for incident in kept))
    full.state.set_result(dataclasses.replace(result, anomalies=left, incidents=kept))
    assert full.status.text == f"{len(left)} anomalies in 2 incidents"
    full.status.tell("Ready")
    full.state.set_source(source_of(result))
    full.state.set_result(result)
    assert full.status.text == "Ready"


def test_a_preset_sets_everything_but_the_network(full: MainWindow) -> None:
    full.state.change(country="IT", zone="Europe/Rome", seed=9)
    full.controls.preset_chosen.emit("quiet")
    assert full.state.settings == dataclasses.replace(PRESETS["quiet"], country="IT", zone="Europe/Rome", seed=9)
    assert full.controls.preset.currentData() == "quiet"


# -- errors


def test_a_file_that_is_not_there_is_said_and_nothing_is_lost(
    full: MainWindow, result: Result, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(full.problems.raised, timeout=20_000):
        full.open([tmp_path / "gone.csv"])
    assert "gone.csv" in full.banner.text
    assert full.state.result is result
    assert full.views["incidents"].isVisible()
    assert not full.desk.busy


def test_the_details_of_an_error_can_be_copied(window: MainWindow, qtbot: QtBot) -> None:
    window.problems.report(ZeroDivisionError("inside"))
    assert "Traceback" not in window.banner.text
    button = next(b for b in window.banner.findChildren(type(window.controls.open_button)) if "Copy" in b.text())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "ZeroDivisionError: inside" in QGuiApplication.clipboard().text()
    window.banner._again.stop()


def test_the_network_of_the_sample_is_not_that_of_the_next_file(
    window: MainWindow, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.desk, "run", lambda: None)
    window.desk._loaded(source_of(result), "IR")
    assert window.state.settings.country == "IR"
    window.desk._loaded(source_of(result))
    assert (window.state.settings.country, window.state.settings.zone) == ("", "")
    window.banner.hide()


def test_two_projects_at_once_are_refused(window: MainWindow, tmp_path: Path) -> None:
    window.open([tmp_path / "a.cellwarden", tmp_path / "b.csv"])
    assert "alone" in window.banner.text


# -- working


def test_while_a_job_runs_cancel_stands_where_run_stood(full: MainWindow, result: Result, qtbot: QtBot) -> None:
    release = threading.Event()

    def work(monitor: Monitor) -> None:
        while not release.wait(0.01):
            monitor.step(0.3, Reason("stage_detect", {"kpi": "calls", "first": 1, "last": 12}))

    full.desk.start(work, lambda _value: None, "Looking for anomalies")
    assert full.controls.cancel_button.isVisible()
    assert not full.controls.run_button.isVisible()
    assert not full.actions_by_id["open"].isEnabled()
    qtbot.waitUntil(lambda: "30 %" in full.status.text, timeout=5000)
    put_focus(full, full.views["incidents"].table)
    press(full, qtbot, Qt.Key.Key_Escape)
    assert not full.desk.busy
    assert full.controls.run_button.isVisible()
    assert "Cancelled" in full.status.text
    assert full.banner.text == ""
    assert full.state.result is result
    release.set()


def test_leaving_waits_until_everything_is_written(full: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    release = threading.Event()

    def write(_monitor: Monitor) -> None:
        release.wait(10)
        (tmp_path / "written").write_text("whole")

    full.desk.start(write, lambda _value: None, "Saving", writes=True)
    full.close()
    assert full.isVisible()
    full.desk.progressed.emit(Progress(0.1, Reason("stage_done"), None))
    assert "closes when everything is written" in full.banner.text, "where no progress takes its place"
    release.set()
    qtbot.waitUntil(lambda: not full.isVisible(), timeout=5000)
    assert (tmp_path / "written").read_text() == "whole"


def question(window: MainWindow) -> QMessageBox:
    return next(box for box in window.findChildren(QMessageBox) if box.isVisible())


def test_reviews_that_no_project_holds_are_not_lost_by_leaving(full: MainWindow, qtbot: QtBot) -> None:
    full.actions_by_id["tag_fault"].trigger()
    full.close()
    assert full.isVisible()
    assert "1 review" in question(full).text()
    qtbot.mouseClick(question(full).button(QMessageBox.StandardButton.Cancel), Qt.MouseButton.LeftButton)
    assert full.isVisible()
    assert full.state.reviews.all
    full.close()
    qtbot.mouseClick(question(full).button(QMessageBox.StandardButton.Discard), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not full.isVisible(), timeout=20_000)  # what is being written is written to its end


def test_reviews_that_no_project_holds_are_not_lost_by_opening_other_data(
    full: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    monkeypatch.setattr(full.desk, "open", opened.append)
    full.actions_by_id["tag_fault"].trigger()
    full.open([tmp_path / "other.csv"])
    assert opened == []
    qtbot.mouseClick(question(full).button(QMessageBox.StandardButton.Save), Qt.MouseButton.LeftButton)
    dialog = next(d for d in full.findChildren(QFileDialog) if d.isVisible())
    dialog.reject()
    assert opened == []
    full.actions_by_id["untag"].trigger()
    full.open([tmp_path / "other.csv"])
    assert opened == [[tmp_path / "other.csv"]]


def test_a_second_job_is_not_started_beside_the_first(full: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    release = threading.Event()
    full.desk.start(lambda _monitor: release.wait(10), lambda _value: None, "Working")
    first = full.desk._job
    full.desk.open([tmp_path / "other.csv"])
    full.desk.run()
    full.desk.export(tmp_path, ["run"])
    assert full.desk._job is first
    release.set()
    qtbot.waitUntil(lambda: not full.desk.busy, timeout=5000)


def test_settings_that_need_a_run_are_not_voted(window: MainWindow, result: Result) -> None:
    window.state.set_settings(result.settings)
    window.state.set_source(source_of(result))
    window.state.set_result(result)
    window.state.change(nnar_lags=12)
    assert window.desk.idle
    assert "F5" in window.status.text


# -- files


def drop(window: MainWindow, paths: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    arguments = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(200, 200), *arguments)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(200, 200), *arguments))


def test_dropped_files_are_opened(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[list[Path]] = []
    monkeypatch.setattr(window.desk, "open", opened.append)
    drop(window, [tmp_path / "a.csv", tmp_path])
    assert opened == [[tmp_path / "a.csv", tmp_path]]


def test_dropped_text_is_not_taken(window: MainWindow) -> None:
    data = QMimeData()
    data.setText("time,cell,calls")
    event = QDragEnterEvent(
        QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    window.dragEnterEvent(event)
    assert not event.isAccepted()


@pytest.mark.parametrize("action", ["open", "open_folder", "save"])
def test_file_dialogs_open_without_blocking(
    full: MainWindow, action: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "exec", lambda _self: pytest.fail("a dialog must not block"))
    full.actions_by_id[action].trigger()
    dialog = next(d for d in full.findChildren(QFileDialog) if d.isVisible())
    dialog.reject()
    qtbot.waitUntil(lambda: not isValid(dialog))


@pytest.mark.parametrize("action", ["help", "about", "settings", "export"])
def test_dialogs_open_without_blocking_and_are_gone_when_closed(
    full: MainWindow, action: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDialog, "exec", lambda _self: pytest.fail("a dialog must not block"))
    full.actions_by_id[action].trigger()
    dialog = next(d for d in full.findChildren(QDialog) if d.isVisible())
    dialog.reject()
    qtbot.waitUntil(lambda: not isValid(dialog))


def test_what_was_opened_is_offered_again(make_main_window: Callable, tmp_path: Path) -> None:
    make_main_window()._opened((str(tmp_path / "città.csv"),))
    again = make_main_window()
    menu = again.submenus["recent"]
    menu.aboutToShow.emit()
    assert "città.csv" in [action.text() for action in menu.actions()]
    assert again.preferences.folder == str(tmp_path)


# -- remembering


def test_the_shape_of_the_window_is_remembered(make_main_window: Callable) -> None:
    first = make_main_window()
    first.findChild(QSplitter, "across").setSizes([300, 500, 400])
    sizes = first.findChild(QSplitter, "across").sizes()
    first.close()
    second = make_main_window()
    assert second.preferences.shape("across") == first.findChild(QSplitter, "across").saveState()
    assert sizes[0] > 0


def test_the_appearance_is_remembered(make_main_window: Callable) -> None:
    first = make_main_window()
    first._choose_appearance("dark")
    assert make_main_window().preferences.appearance == "dark"
    first._choose_appearance("light")
