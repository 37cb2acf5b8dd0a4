"""What a watched folder brought, as a person reads it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.dialogs.watch_dialog import MOST, WatchDialog
from gui.main_window import MainWindow
from tests.gui.watch_data import looks, make_spool, open_days, until


def texts(dialog: WatchDialog) -> list[str]:
    return [label.text() for label in dialog.page.widget().findChildren(QLabel)]


def test_it_follows_the_watch_and_is_written_anew_only_when_something_happened(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    spool = make_spool(tmp_path)
    open_days(window, qtbot, tmp_path).watching.start(spool)
    window.status.watch.more.click()
    dialog = window.findChild(WatchDialog)
    assert "No file was left out." in texts(dialog)
    looks(window, qtbot, 1)
    page = dialog.page.widget()
    looks(window, qtbot)
    assert dialog.page.widget() is page, "whoever reads it is left in peace"
    (spool / "broken.csv").write_text("this is\nno table of measurements\n")
    until(qtbot, lambda: any(text.startswith("broken.csv: ") for text in texts(dialog)))
    until(qtbot, lambda: window.desk.idle)
    dialog.stop.click()
    assert window.watching.folder is None
    assert not dialog.stop.isEnabled()
    assert "The watch was stopped." in texts(dialog)[-3]  # the newest first, above the refusal and the begin
    dialog.close()


def test_of_very_many_refused_files_some_are_listed_and_the_rest_counted(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    spool = make_spool(tmp_path)
    for number in range(MOST + 5):
        (spool / f"{number:03}.csv").write_text("this is\nno table of measurements\n")
    open_days(window, qtbot, tmp_path).watching.start(spool)
    until(qtbot, lambda: len(window.watching.left_out) == MOST + 5 and window.desk.idle)
    window.status.watch.more.click()
    dialog = window.findChild(WatchDialog)
    found = texts(dialog)
    assert "and 5 more" in found
    assert found[1].startswith("000.csv: ")
    dialog.close()
