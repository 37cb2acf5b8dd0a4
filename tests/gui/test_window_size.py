"""The window on small screens, and on those that are there no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication

from engine.settings import PRESETS
from gui.main_window import MainWindow
from tests.engine.result_factory import make_result
from tests.gui.conftest import source_of


def test_it_fits_a_small_screen_with_all_detectors_and_a_notice(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.desk.voting, "_held", True)
    result = make_result(detectors=PRESETS["balanced"].detectors)
    window.state.set_source(source_of(result))
    window.state.set_result(result)
    window.state.select_incident(result.incidents[0].id)
    QApplication.processEvents()
    least = window.minimumSizeHint()
    assert least.width() <= 1000
    assert least.height() <= 620, "a title bar and a task bar want the rest"
    window.banner.show_notice("Read.")
    QApplication.processEvents()
    assert window.minimumSizeHint().height() <= 680


def test_a_new_window_is_no_larger_than_the_screen(window: MainWindow) -> None:
    room, least = window.screen().availableSize(), window.minimumSizeHint()
    assert window.width() <= max(room.width(), least.width())
    assert window.height() <= room.height()


def test_a_place_that_is_on_no_screen_any_more_is_not_gone_back_to(
    make_main_window: Callable[[], MainWindow],
) -> None:
    first = make_main_window()
    room = first.screen().availableGeometry()
    first.setGeometry(room.right() - 40, room.bottom() - 40, 1300, 900)
    first.close()
    second = make_main_window()
    assert room.contains(second.geometry().topLeft())
    assert second.height() <= room.height()
    assert second.width() <= max(room.width(), second.minimumSizeHint().width())
