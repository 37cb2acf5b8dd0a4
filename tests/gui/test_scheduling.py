"""The calendar in the window: planned work takes its alarms away at once and can be undone, a holiday takes a run."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from engine import project
from engine.data import Flag
from engine.data.event import Event
from gui.dialogs.calendar_dialog import CalendarDialog
from gui.dialogs.event_dialog import EventDialog
from gui.main_window import MainWindow
from tests.gui.gestures import press, put_focus
from tests.gui.test_add_later import settle

OUTAGE = slice(24 * 12 + 8, 24 * 12 + 14)


def write(path: Path) -> Path:
    """Three weeks of two cells of one site, local time of Rome; B is dead for six hours of its thirteenth day."""
    rows = []
    for hour in range(24 * 21):
        at = np.datetime64("2024-01-01T00", "h") + hour
        for cell in "AB":
            calls = 400 + 200 * np.sin((hour % 24) / 4) + (hour * 7919) % 13
            calls = 0 if cell == "B" and OUTAGE.start <= hour < OUTAGE.stop else calls
            rows.append(f"{at}:00,{cell},S1,{calls:.0f}")
    path.write_text("\n".join(["time,cell,site,calls", *rows]) + "\n")
    return path


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    window.desk.network = ("IT", "Europe/Rome")
    settle(window, qtbot, lambda: window.open([write(tmp_path / "kpi.csv")]))
    incident = next(one for one in window.state.result.incidents if one.start == OUTAGE.start)
    window.state.select_incident(incident.id)
    return window


def alarmed(window: MainWindow) -> int:
    return int(window.state.result.verdicts["calls"].alarm[1, OUTAGE].sum())


def ask(window: MainWindow, qtbot: QtBot) -> EventDialog:
    put_focus(window, window.views["incidents"].table)
    press(window, qtbot, Qt.Key.Key_M)
    (dialog,) = window.findChildren(EventDialog)
    return dialog


def test_planned_work_takes_the_alarms_of_the_incident_away_and_undo_brings_them_back(
    opened: MainWindow, qtbot: QtBot
) -> None:
    before = opened.state.result
    assert alarmed(opened) == 6
    dialog = ask(opened, qtbot)
    dialog.name.setText("New power supply")
    assert dialog.event_said() == Event(
        datetime(2024, 1, 13, 8), datetime(2024, 1, 13, 14), "New power supply", "maintenance", ("B",)
    )
    settle(opened, qtbot, dialog.accept)
    after = opened.state.result
    assert alarmed(opened) == 0
    assert len(after.incidents) == len(before.incidents) - 1
    assert after.evidence is before.evidence, "nothing is learned or detected anew"
    assert (after.panel.flags["calls"][1, OUTAGE] == Flag.MAINTENANCE).all()
    settle(opened, qtbot, opened.actions_by_id["undo"].trigger)
    assert alarmed(opened) == 6
    assert [one.sentence for one in opened.state.result.incidents] == [one.sentence for one in before.incidents]
    settle(opened, qtbot, opened.actions_by_id["redo"].trigger)
    assert alarmed(opened) == 0


def test_what_the_votes_would_give_is_counted_under_the_calendar(opened: MainWindow, qtbot: QtBot) -> None:
    told: list[dict[str, int]] = []
    opened.desk.voting.counted.connect(told.append)
    before = len(opened.state.result.anomalies)
    settle(opened, qtbot, ask(opened, qtbot).accept)
    assert told[-1]["fused"] == len(opened.state.result.anomalies) < before


def test_a_run_and_a_saved_project_go_by_the_calendar(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    settle(opened, qtbot, ask(opened, qtbot).accept)
    events = opened.state.planning.events
    settle(opened, qtbot, opened.desk.run)
    assert opened.state.result.events == events
    assert alarmed(opened) == 0
    assert opened.desk.keeper.unsaved
    path = tmp_path / "north.cellwarden"
    settle(opened, qtbot, lambda: opened.desk.save(path))
    assert not opened.desk.keeper.unsaved
    assert project.read_events(path) == events
    settle(opened, qtbot, lambda: opened.open([tmp_path / "kpi.csv"]))
    assert opened.state.planning.events == (), "the calendar is that of the data it was made for"
    settle(opened, qtbot, lambda: opened.open([path]))
    assert opened.state.planning.events == events
    assert not opened.desk.keeper.unsaved
    settle(opened, qtbot, lambda: opened.state.planning.remove(events[0]))
    assert alarmed(opened) == 6
    assert opened.desk.keeper.unsaved


def test_a_calendar_that_was_entered_in_a_saved_project_is_there_after_a_crash(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """Nobody has saved its result, which is put under it again."""
    path = tmp_path / "north.cellwarden"
    settle(opened, qtbot, lambda: opened.desk.save(path))
    settle(opened, qtbot, ask(opened, qtbot).accept)
    events = opened.state.planning.events
    assert project.read_events(path) == events, "on disk a moment later, for whatever runs on the project next"
    opened.desk.keeping = lambda then: then()  # a crash asks nobody
    settle(opened, qtbot, lambda: opened.desk.open([path]))
    assert opened.state.planning.events == opened.state.result.events == events
    assert alarmed(opened) == 0
    assert opened.desk.keeper.unsaved, "the project still holds the result of before"
    settle(opened, qtbot, lambda: opened.desk.save(path))
    settle(opened, qtbot, lambda: opened.state.planning.remove(events[0]))
    assert project.read_events(path) == ()


def test_a_file_of_another_holiday_takes_a_run_and_what_is_not_in_the_data_is_said(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    before = opened.state.result
    file = tmp_path / "days.csv"
    file.write_text("start,end,name,kind,cells\n2024-01-10,,Feast,holiday,\n2024-01-20,,Mast,maintenance,Z1|Z2\n")
    opened.actions_by_id["calendar"].trigger()
    (dialog,) = opened.findChildren(CalendarDialog)
    assert dialog.nothing.isVisible()
    dialog.take.click()
    (asked,) = dialog.findChildren(QFileDialog)
    settle(opened, qtbot, lambda: asked.fileSelected.emit(str(file)))
    asked.close()
    assert opened.state.result.evidence is not before.evidence
    assert "Feast" in opened.state.result.clock.event
    told = [[dialog.table.item(row, column).text() for column in range(5)] for row in range(2)]
    assert told[0] == ["holiday", "Wed 10 Jan 2024 00:00", "Thu 11 Jan 2024 00:00", "Feast", "whole network"]
    assert dialog.foreign.text() == "Not in these data: Z1, Z2."
    dialog.write(tmp_path / "again.csv")
    events = opened.state.planning.events
    dialog.table.selectRow(0)
    settle(opened, qtbot, dialog.remove.click)
    settle(opened, qtbot, lambda: dialog.read(tmp_path / "again.csv"))
    assert opened.state.planning.events == events
    dialog.close()


def test_a_cancelled_change_leaves_calendar_and_result_as_they_were(opened: MainWindow, qtbot: QtBot) -> None:
    before = opened.state.result
    opened.state.planning.add([Event(datetime(2024, 1, 10), datetime(2024, 1, 11), "Feast", "holiday")])
    assert opened.desk.busy
    settle(opened, qtbot, opened.desk.cancel)
    assert opened.state.result is before
    assert opened.state.planning.events == ()


def test_an_event_cannot_end_before_it_begins(opened: MainWindow, qtbot: QtBot) -> None:
    dialog = ask(opened, qtbot)
    dialog.stop.setDateTime(dialog.start.dateTime())
    assert not dialog.confirm.isEnabled()
    assert dialog.about.text() == "It has to end after it begins."
    places = [dialog.where.itemText(place) for place in range(dialog.where.count())]
    assert places == ["B", "all cells of S1", "whole network"]
    dialog.reject()
    QApplication.processEvents()
