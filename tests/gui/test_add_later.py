"""File > Add later files: what is open grows, is judged again, and nothing that was said of it is lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.said.reviews import Place, Review

DAYS = 16


def write_days(folder: Path, name: str, first: int, days: int) -> Path:
    """Hourly rows of two cells."""
    path = folder / name
    start = np.datetime64("2024-01-01", "s") + np.timedelta64(first, "D")
    rows = [
        f"{start + np.timedelta64(h, 'h')},{cell},{100 + 50 * np.sin((h % 24) / 4) + (h * 7919) % 13:.0f}"
        for h in range(24 * days)
        for cell in "AB"
    ]
    path.write_text("\n".join(["time,cell,calls", *rows]) + "\n")
    return path


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    settle(window, qtbot, lambda: window.open([write_days(tmp_path, "first.csv", 0, DAYS)]))
    assert window.state.result is not None
    return window


def settle(window: MainWindow, qtbot: QtBot, act) -> None:
    with qtbot.waitSignal(window.desk.settled, timeout=60_000, check_params_cb=lambda: window.desk.idle):
        act()


def test_later_days_extend_the_result_and_the_reviews_stay(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    reviewed = Place(1, "calls", 30, 34)
    opened.state.reviews.tag(reviewed, "fault")
    settle(opened, qtbot, lambda: opened.desk.add_later([write_days(tmp_path, "second.csv", DAYS, 2)]))
    assert opened.state.result is not None
    assert opened.state.result.panel.shape == (2, 24 * (DAYS + 2))
    assert opened.state.reviews.of([reviewed]) == Review("fault")
    assert opened.desk.keeper.unsaved
    assert "96 measurements are new" in opened.banner.text
    assert [Path(p).name for p in opened.preferences.recent[0]] == ["first.csv", "second.csv"]


def test_new_days_are_scored_by_what_was_learned_and_a_run_learns_from_them(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    before = opened.state.result
    assert before is not None
    settle(opened, qtbot, lambda: opened.desk.add_later([write_days(tmp_path, "second.csv", DAYS, 2)]))
    after = opened.state.result
    assert after is not None
    assert "48 periods" in opened.banner.text
    assert "Run in full" in opened.banner.text
    assert after.record.learned_until == before.record.learned_until
    old = slice(0, before.panel.shape[1])
    for name, evidence in before.evidence["calls"].items():
        np.testing.assert_array_equal(after.evidence["calls"][name].score[:, old], evidence.score)
    settle(opened, qtbot, opened.desk.run)
    assert opened.state.result is not None
    assert opened.state.result.record.learned_until > after.record.learned_until
    assert opened.state.result.notes == ()


def test_the_same_file_again_leaves_the_result_alone(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    before = opened.state.result
    settle(opened, qtbot, lambda: opened.desk.add_later([tmp_path / "first.csv"]))
    assert opened.state.result is before
    assert "Nothing new" in opened.banner.text


def test_a_project_grows_too(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "city.cellwarden"
    settle(opened, qtbot, lambda: opened.desk.save(path))
    settle(opened, qtbot, lambda: opened.open([path]))
    settle(opened, qtbot, lambda: opened.desk.add_later([write_days(tmp_path, "second.csv", DAYS, 1)]))
    assert opened.state.result is not None
    assert opened.state.result.panel.shape == (2, 24 * (DAYS + 1))


def test_files_that_do_not_fit_leave_everything_as_it_was(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    before = opened.state.result
    path = tmp_path / "daily.csv"
    path.write_text("time,cell,calls\n" + "".join(f"2024-02-{d:02},A,{d}\n" for d in range(1, 20)))
    settle(opened, qtbot, lambda: opened.desk.add_later([path]))
    assert opened.state.result is before
    assert "period" in opened.banner.text


def test_there_is_nothing_to_add_to_before_a_file_is_open(window: MainWindow) -> None:
    assert not window.actions_by_id["add_later"].isEnabled()
