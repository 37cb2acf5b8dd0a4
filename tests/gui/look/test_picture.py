"""Pictures of views: fine dots, or lines that stay lines."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.data import Result
from engine.errors import OutputError
from gui.look.picture import save_picture
from gui.main_window import MainWindow
from gui.state import AppState
from gui.views.timeline_view import TimelineView
from tests.gui.conftest import source_of


@pytest.fixture
def timeline(qtbot: QtBot, state: AppState, result: Result) -> TimelineView:
    state.select_incident(result.incidents[0].id)
    view = TimelineView(state)
    qtbot.addWidget(view)
    view.resize(800, 420)
    with qtbot.waitExposed(view):
        view.show()
    return view


def test_dots_are_twice_as_fine_as_the_screen(timeline: TimelineView, tmp_path: Path) -> None:
    saved = save_picture(timeline, tmp_path / "città")
    assert saved == tmp_path / "città.png"
    image = QImage(str(saved))
    assert (image.width(), image.height()) == (1600, 840)
    colours = {image.pixel(x, y) for x in range(0, 1600, 7) for y in range(0, 840, 7)}
    assert len(colours) > 10


def test_a_drawing_holds_lines_and_words_and_no_picture_of_dots(timeline: TimelineView, tmp_path: Path) -> None:
    saved = save_picture(timeline, tmp_path / "a.svg")
    drawing = ElementTree.parse(saved).getroot()
    tags = [element.tag.rsplit("}", 1)[-1] for element in drawing.iter()]
    assert tags.count("polyline") + tags.count("path") > 20
    assert "GARCH" in "".join(drawing.itertext())


def test_where_nothing_can_be_written_is_said(timeline: TimelineView, tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        save_picture(timeline, tmp_path / "nowhere" / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_the_window_saves_what_is_asked_for_where_it_is_asked(
    window: MainWindow, result: Result, tmp_path: Path, qtbot: QtBot
) -> None:
    window.state.set_source(source_of(result))
    window.state.set_result(result)
    window.actions_by_id["picture_overview"].trigger()
    (dialog,) = window.findChildren(QFileDialog)
    with qtbot.waitSignal(window.desk.told):
        dialog.fileSelected.emit(str(tmp_path / "network.svg"))
    dialog.reject()
    assert (tmp_path / "network.svg").stat().st_size > 1000
    assert window.preferences.export_folder == str(tmp_path)
