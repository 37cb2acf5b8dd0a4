"""Light, dark, and as the system says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.palette import DARK, LIGHT, PALETTES, Palette
from gui.look.theme import Appearance, blend, colour, palette_of, qt_palette, style_sheet, type_face


@pytest.fixture
def choosing(appearance: Appearance) -> Iterator[Appearance]:
    """The tests' appearance, put back afterwards."""
    yield appearance
    appearance.choose("light")


def luminance(colour: QColor) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", PALETTES, ids=lambda p: p.name)
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        (QPalette.ColorRole.Text, QPalette.ColorRole.Base),
        (QPalette.ColorRole.WindowText, QPalette.ColorRole.Window),
        (QPalette.ColorRole.ButtonText, QPalette.ColorRole.Button),
        (QPalette.ColorRole.ToolTipText, QPalette.ColorRole.ToolTipBase),
        (QPalette.ColorRole.HighlightedText, QPalette.ColorRole.Highlight),
        (QPalette.ColorRole.PlaceholderText, QPalette.ColorRole.Base),
        (QPalette.ColorRole.Link, QPalette.ColorRole.Base),
    ],
)
def test_words_can_be_read(palette: Palette, ink: QPalette.ColorRole, paper: QPalette.ColorRole) -> None:
    made = qt_palette(palette)
    assert contrast(made.color(ink), made.color(paper)) >= 4.5


@pytest.mark.parametrize("palette", PALETTES, ids=lambda p: p.name)
def test_what_cannot_be_used_looks_so(palette: Palette) -> None:
    made = qt_palette(palette)
    group, role = QPalette.ColorGroup, QPalette.ColorRole
    off, on = made.color(group.Disabled, role.ButtonText), made.color(group.Active, role.ButtonText)
    assert contrast(off, made.color(role.Button)) < contrast(on, made.color(role.Button))


@pytest.mark.parametrize("palette", PALETTES, ids=lambda p: p.name)
def test_the_style_sheet_leaves_no_name_open(palette: Palette) -> None:
    assert "$" not in style_sheet(palette)


def test_a_choice_changes_every_widget(qtbot: QtBot, choosing: Appearance) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    choosing.choose("dark")
    assert choosing.palette is DARK
    qtbot.waitUntil(lambda: palette_of(widget) is DARK)
    choosing.choose("light")
    qtbot.waitUntil(lambda: palette_of(widget) is LIGHT)


def test_a_dressed_window_wears_the_style_sheet_of_the_choice_as_long_as_it_lives(choosing: Appearance) -> None:
    window = QWidget()
    choosing.dress(window)
    assert window.styleSheet() == style_sheet(LIGHT)
    choosing.choose("dark")
    assert window.styleSheet() == style_sheet(DARK)
    window.deleteLater()
    QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    choosing.choose("light")


def test_a_widget_of_its_own_palette_paints_itself_in_that(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.setPalette(qt_palette(DARK))
    assert palette_of(widget) is DARK


def test_as_the_system_says(qapp: QApplication, choosing: Appearance) -> None:
    choosing.choose("system")
    expected = DARK if qapp.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT
    assert choosing.palette is expected
    choosing.choose("dark")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert choosing.palette is DARK


def test_figures_are_equally_wide(qapp: QApplication) -> None:
    font = type_face(13)
    assert font.pixelSize() == 13
    assert font.featureTags() == [QFont.Tag("tnum")]
    widths = {QFontMetricsF(font).horizontalAdvance(figure * 10) for figure in "0123456789"}
    assert len(widths) == 1


def test_colours_can_be_thinned_and_mixed() -> None:
    assert colour("#102030", 0.5).alphaF() == pytest.approx(0.5, abs=0.01)
    assert blend("#FFFFFF", "#000000", 0.5).name() == "#808080"
    assert blend("#102030", "#FFFFFF", 1.0).name() == "#102030"
