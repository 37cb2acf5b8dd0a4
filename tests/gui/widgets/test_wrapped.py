"""Text whose names have no gap to break at, in a pane that is narrower than they are."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gui.widgets.heading import sentence
from gui.widgets.page import Page
from gui.widgets.wrapped import Wrapped, breakable

HEX = "600a5d6efd6143a99857783cec807879" * 4


def test_no_name_makes_a_page_wider_than_its_pane_and_none_is_cut(qtbot: QtBot) -> None:
    page = Page()
    qtbot.addWidget(page)
    page.resize(300, 600)
    page.start()
    page.head(f"What goes with anomalies of {HEX}")
    page.say(f"{HEX} rose.")
    page.note("600a5d6e-1111-2222-9857-783cec807879-0000-1111-2222-3333-4444")
    page.finish()
    with qtbot.waitExposed(page):
        page.show()
    assert page.widget().width() == page.viewport().width()
    for label in page.findChildren(QLabel):
        words = label.fontMetrics().boundingRect(
            0, 0, label.width(), 9999, int(Qt.TextFlag.TextWordWrap), QLabel.text(label)
        )
        assert words.width() <= label.width()
        assert words.height() <= label.height() + 1


def test_a_long_name_is_broken_between_its_parts_where_it_has_some() -> None:
    assert breakable("RRC_ConnEstab.Att/Sum").split("\u200b") == ["RRC_", "ConnEstab.", "Att/", "Sum"]
    assert breakable(HEX).split("\u200b") == list(HEX)


def test_what_is_read_and_copied_has_no_breaks_in_it(qtbot: QtBot) -> None:
    label = sentence(f"{HEX} rose.")
    qtbot.addWidget(label)
    label.resize(200, 200)
    assert isinstance(label, Wrapped)
    assert label.text() == label.accessibleName() == f"{HEX} rose."
    label.setSelection(0, len(QLabel.text(label)))
    QTest.keyClick(label, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == f"{HEX} rose."
    label.setText("Nothing.")
    assert label.accessibleName() == ""
