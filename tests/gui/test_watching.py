"""File > Watch a folder: what appears in it comes in by itself, whatever becomes of the folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from gui.dialogs.watch_dialog import WatchDialog
from gui.job import running
from gui.main_window import MainWindow
from tests.gui.test_add_later import DAYS, settle, write_days
from tests.gui.watch_data import PATIENCE, hours, looks, make_spool, open_days, said, take_day, until


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    return open_days(window, qtbot, tmp_path)


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return make_spool(tmp_path)


def _text(dialog: WatchDialog) -> str:
    return "\n".join(label.text() for label in dialog.page.findChildren(QLabel))


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


@pytest.mark.parametrize("asks", [False, True], ids=["assumed", "asked"])
def test_files_of_one_hour_come_one_after_the_other(opened: MainWindow, qtbot: QtBot, spool: Path, asks: bool) -> None:
    opened.desk.asks = asks
    opened.watching.start(spool)
    for hour in range(3):
        rows = [f"2024-01-17T0{hour}:00:00Z,{cell},90" for cell in "AB"]
        (spool / f"{hour}.csv").write_text("\n".join(["time,cell,calls", *rows]) + "\n")
        until(qtbot, lambda hour=hour: hours(opened) == 24 * DAYS + hour + 1 and opened.desk.idle)
    assert not opened.watching.left_out


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


def test_a_column_with_another_name_is_said_in_the_log_and_in_the_banner(
    opened: MainWindow, qtbot: QtBot, spool: Path
) -> None:
    opened.watching.start(spool)
    file = write_days(spool.parent, "second.csv", DAYS, 1)
    (spool / "second.csv").write_text(file.read_text().replace("cell,calls", "cell,attempts"))
    until(qtbot, lambda: hours(opened) == 24 * (DAYS + 1) and opened.desk.idle)
    assert "1 KPI was not there before: attempts." in said(opened)
    assert "1 KPI has no values from Wed 17 Jan 2024 00:00 on" in said(opened)
    assert "calls" in opened.banner.text
    assert "attempts" in opened.banner.text
    assert opened.watching.log[-1].grave


def test_a_file_that_leaves_something_to_say_waits_for_a_person(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    opened.desk.asks = True
    rows = "".join(f"{day:02}/{month:02}/2024,A,{day}\n" for month in (1, 2) for day in range(1, 13))
    (spool / "either.csv").write_text("date,cell,calls\n" + rows)
    opened.watching.start(spool)
    until(qtbot, lambda: "either.csv" in opened.watching.left_out)
    assert QApplication.activeModalWidget() is None
    assert not [dialog for dialog in opened.findChildren(QFileDialog) if dialog.isVisible()]


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
    line = opened.status.watch
    assert line.isVisible()
    assert line.more.accessibleName() == told[0]
    assert not line.stop.isVisible()
    line.more.click()
    assert not line.isVisible(), "it was seen"
    opened.findChild(WatchDialog).close()


def test_closing_the_window_ends_it(opened: MainWindow, qtbot: QtBot, spool: Path) -> None:
    opened.watching.start(spool)
    opened.close()
    assert opened.watching.folder is None
    until(qtbot, lambda: not running())


def test_sites_cannot_be_followed_by_cells(opened: MainWindow, qtbot: QtBot, spool: Path, tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text("cell,site\nA,North\nB,North\n")
    settle(opened, qtbot, lambda: opened.desk.join_cells(tmp_path / "cells.csv"))
    opened.watching.start(spool)
    assert opened.watching.folder == spool
    settle(opened, qtbot, lambda: opened.desk.put_together("site"))
    write_days(spool, "second.csv", DAYS, 1)
    until(qtbot, lambda: opened.watching.folder is None)
    assert "later files hold cells" in opened.banner.text
    opened.watching.start(spool)
    assert opened.watching.folder is None


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
