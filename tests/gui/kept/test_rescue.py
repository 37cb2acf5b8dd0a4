"""What was said of data that no project holds survives a crash, and is gone when it was saved or given up."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.data.event import Event
from engine.data.rule import Rule
from engine.errors import OutputError, Reason
from engine.project import Review as Stored
from engine.settings import preset
from gui.app import Application, fill
from gui.job import running
from gui.kept import rescue
from gui.kept.rescue import Rescue, Said, Unsaved
from gui.main_window import MainWindow
from gui.said.reviews import Place, Review
from tests.gui.test_add_later import settle, write_days

AT = np.datetime64("2024-01-02T05:00:00", "s")
SAID = Said(
    ("/data/città.csv",),
    preset("sensitive"),
    (Stored("A", "calls", AT, AT + np.timedelta64(7200, "s"), "fault", "“ticket”", "RAN", "sara", AT),),
    (Rule("r", 30.0, kpi="calls"),),
    (("calls", "A", "2024-01-02T05:00:00", "2024-01-02T07:00:00", 1),),
    "2024-01-03T00:00:00Z",
    (Event(datetime(2024, 1, 2, 3), datetime(2024, 1, 2, 6), "“CR-1182”", "maintenance", ("A", "B c")),),
)


def test_everything_said_comes_back_from_the_file() -> None:
    place = Rescue()
    place.write(SAID)
    (folder,) = rescue._root().iterdir()
    assert rescue._read(folder) == SAID
    place.clear()
    assert list(rescue._root().iterdir()) == []


def test_what_a_running_program_has_written_is_not_offered() -> None:
    place = Rescue()
    place.write(SAID)
    assert rescue.find() is None
    place.clear()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"paths": 7}', '{"paths": [], "settings": {"vote": "nobody"}}'])
def test_what_cannot_be_read_is_cleared_away(text: str) -> None:
    broken = rescue._root() / "broken"
    broken.mkdir(parents=True)
    (broken / "said.json").write_text(text, "utf-8")
    assert rescue.find() is None
    assert not broken.exists()


def test_reviews_without_a_project_are_written_down_and_cleared_when_taken_back(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    settle(window, qtbot, lambda: window.open([write_days(tmp_path, "a.csv", 0, 16)]))
    settle(window, qtbot, lambda: window.state.reviews.tag(Place(1, "calls", 30, 34), "fault"))
    (folder,) = rescue._root().iterdir()
    said = rescue._read(folder)
    assert said is not None
    assert said.paths == (str(tmp_path / "a.csv"),)
    assert [(review.cell, review.tag) for review in said.reviews] == [("B", "fault")]
    settle(window, qtbot, lambda: window.state.reviews.undo_stack.undo())
    assert list(rescue._root().iterdir()) == []


def test_saving_a_project_and_giving_up_leave_nothing_behind(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    settle(window, qtbot, lambda: window.open([write_days(tmp_path, "a.csv", 0, 16)]))
    settle(window, qtbot, lambda: window.state.reviews.tag(Place(1, "calls", 30, 34), "fault"))
    settle(window, qtbot, lambda: window.desk.save(tmp_path / "a.cellwarden"))
    assert list(rescue._root().iterdir()) == []
    settle(window, qtbot, lambda: window.state.reviews.comment(Place(1, "calls", 30, 34), "in the project"))
    assert list(rescue._root().iterdir()) == []
    window.desk.keeper.keep_in(None)
    settle(window, qtbot, lambda: window.state.reviews.comment(Place(1, "calls", 30, 34), "nowhere"))
    assert len(list(rescue._root().iterdir())) == 1
    window.desk.keeper.keep_in(None)
    assert list(rescue._root().iterdir()) == []


def test_what_was_given_up_for_other_data_is_not_written_down_again(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    settle(window, qtbot, lambda: window.open([write_days(tmp_path, "a.csv", 0, 16)]))
    settle(window, qtbot, lambda: window.state.reviews.tag(Place(1, "calls", 30, 34), "fault"))
    settle(window, qtbot, lambda: window.state.ruling.keep(Rule("r", 30.0)))
    window.desk.keeper.give_up()  # as when the user discards it
    settle(window, qtbot, lambda: window.desk.open([write_days(tmp_path, "b.csv", 0, 16)]))
    assert window.state.ruling.rules == ()
    assert list(rescue._root().iterdir()) == []


CRASH = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from gui.app import Application, make_window
from gui.preferences import Preferences
from gui.problems import Problems
from gui.said.reviews import Place
from gui.look.theme import Appearance
app = Application([])
window = make_window(Appearance(app, "light"), Preferences(Path(sys.argv[2])), Problems())
window.desk.asks = False
state, keeper = window.state, window.desk.keeper

def say():
    if state.result is None or not window.desk.idle:
        return
    window.desk.settled.disconnect(say)
    state.reviews.tag(Place(1, "calls", 30, 34), "fault")
    state.reviews.assign(Place(1, "calls", 30, 34), "RAN north")
    state.labelling.label(("calls", 0), 40, 44, 1, "label")
    window.desk.settled.connect(lambda: window.desk.idle and os._exit(9))

window.desk.settled.connect(say)
QTimer.singleShot(0, lambda: window.open([Path(sys.argv[1])]))
app.exec()
"""


def test_after_a_crash_the_files_are_opened_again_with_all_that_was_said(
    make_main_window: Callable[[], MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    data = write_days(tmp_path, "a.csv", 0, 16)
    crashed = subprocess.run(
        [sys.executable, "-c", CRASH, str(data), str(tmp_path / "other.ini")],
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert crashed.returncode == 9, crashed.stdout + crashed.stderr
    window = make_main_window()
    window.asking.offer_unsaved()
    qtbot.waitUntil(lambda: bool(window.banner.text), timeout=20_000)
    assert "a.csv" in window.banner.text
    assert "1 review, 1 labelled stretch, 0 rules" in window.banner.text
    settle(window, qtbot, window.banner.offers[0].click)
    state = window.state
    assert state.reviews.of([Place(1, "calls", 30, 34)]) == Review("fault", owner="RAN north")
    row = state.labelling.row(("calls", 0))
    assert row is not None
    assert np.flatnonzero(row == 1).tolist() == [40, 41, 42, 43]
    assert window.desk.keeper.unsaved
    (folder,) = rescue._root().iterdir()
    said = rescue._read(folder)
    assert said is not None
    assert len(said.reviews) == len(said.labels) == 1


def test_what_was_found_again_is_not_deleted_before_it_is_on_disk_again(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, left = write_days(tmp_path, "a.csv", 0, 16), rescue._root() / "left"
    left.mkdir(parents=True)
    found = dataclasses.replace(SAID, paths=(str(data),))
    (left / "said.json").write_text(json.dumps(found.to_json()), "utf-8")
    settle(window, qtbot, lambda: window.open([data]))
    write, free = Rescue.write, threading.Event()

    def full_disk(place: Rescue, said: Said) -> None:
        if not free.is_set():
            raise OutputError(Reason("output_disk_full", {"file": "said.json"}))
        write(place, said)

    monkeypatch.setattr(Rescue, "write", full_disk)
    window.desk.keeper.again_ms = 20
    settle(window, qtbot, lambda: Unsaved(left, found).put_to(window.state, window.desk.keeper))
    assert left.exists()
    with qtbot.waitSignal(window.desk.keeper.kept, timeout=20_000):
        free.set()
    assert not left.exists()
    assert len(list(rescue._root().iterdir())) == 1


def test_what_was_said_is_offered_to_one_who_comes_back_with_a_file(
    window: MainWindow, qapp: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    """As by a double click; when the file is open, and not in the place of what is wrong with it."""
    left = rescue._root() / "left"
    left.mkdir(parents=True)
    (left / "said.json").write_text(json.dumps(SAID.to_json()), "utf-8")
    window.views.clear()
    fill(window, [write_days(tmp_path, "b.csv", 0, 16)], qapp)
    qtbot.waitUntil(lambda: "ended before" in window.banner.text, timeout=20_000)
    assert window.state.result is not None
    window.banner.hide()
    window.desk.open([tmp_path / "no such.csv"])
    window.asking.offer_unsaved()
    qtbot.waitUntil(lambda: not running(), timeout=20_000)
    QApplication.processEvents()
    assert "no such.csv" in window.banner.text


def test_of_files_that_are_gone_the_others_are_opened_and_nothing_is_thrown_away(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """Folders of files that come in are cleared by others."""
    data, left = write_days(tmp_path, "a.csv", 0, 16), rescue._root() / "left"
    left.mkdir(parents=True)
    found = dataclasses.replace(SAID, paths=(str(data), str(tmp_path / "cleared.csv")))
    (left / "said.json").write_text(json.dumps(found.to_json()), "utf-8")
    window.asking.offer_unsaved()
    qtbot.waitUntil(lambda: bool(window.banner.text), timeout=20_000)
    settle(window, qtbot, window.banner.offers[0].click)
    assert [Path(path).name for path in window.state.source.paths] == ["a.csv"]
    assert window.state.settings == found.settings
    assert "cleared.csv" in window.banner.text
    assert left.exists()


def test_what_is_deleted_is_not_offered_again(window: MainWindow, qtbot: QtBot) -> None:
    left = rescue._root() / "left"
    left.mkdir(parents=True)
    place = Rescue()
    place.write(SAID)
    (written,) = (folder for folder in rescue._root().iterdir() if folder != left)
    (left / "said.json").write_bytes((written / "said.json").read_bytes())
    place.clear()
    window.asking.offer_unsaved()
    qtbot.waitUntil(lambda: bool(window.banner.text), timeout=20_000)
    window.banner.offers[1].click()
    assert not left.exists()
    assert window.banner.text == ""
