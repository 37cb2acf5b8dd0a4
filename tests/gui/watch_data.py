"""A window with data open and a folder to watch, and how to wait for what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from tests.gui.test_add_later import DAYS, settle, write_days

PATIENCE = 60_000


def open_days(window: MainWindow, qtbot: QtBot, folder: Path) -> MainWindow:
    """Sixteen days of two cells, judged; a watch in it looks again and again."""
    settle(window, qtbot, lambda: window.open([write_days(folder, "first.csv", 0, DAYS)]))
    assert window.state.result is not None
    window.watching.every_ms = window.watching.settle_ms = 30
    return window


def make_spool(folder: Path) -> Path:
    """An empty folder to watch."""
    spool = folder / "spool"
    spool.mkdir()
    return spool


def until(qtbot: QtBot, true: Callable[[], bool]) -> None:
    """Wait for something, in the event loop."""
    qtbot.waitUntil(true, timeout=PATIENCE)


def looks(window: MainWindow, qtbot: QtBot, times: int = 3) -> None:
    """Wait until the folder was looked into some times more, and nothing came of it that is still under way."""
    for _ in range(times):
        before = window.watching.looked
        until(qtbot, lambda before=before: window.watching.looked != before)
    until(qtbot, lambda: window.desk.idle)


def hours(window: MainWindow) -> int:
    """How many were judged."""
    return 0 if window.state.result is None else window.state.result.panel.shape[1]


def said(window: MainWindow) -> str:
    """The log of the watch."""
    return "\n".join(entry.sentence for entry in window.watching.log)


def take_day(window: MainWindow, qtbot: QtBot, spool: Path, name: str, day: int, days: int = 1) -> None:
    """A day appears in the folder, and is taken."""
    write_days(spool, name, day, days)
    until(qtbot, lambda: hours(window) == 24 * (day + days) and window.desk.idle)
