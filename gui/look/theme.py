"""How the window looks: the engine's palette as Qt colours, type with tabular figures, and one style sheet.

`Appearance` follows the system's light or dark scheme unless told otherwise. Widgets that paint themselves ask
`palette_of(self)` when they paint and so need no signal: Qt sends every widget a `PaletteChange` event.
"""

from __future__ import annotations

from string import Template

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget
from shiboken6 import isValid

import resources
from engine.data import Severity
from engine.palette import DARK, LIGHT, Palette

GRID = 4
"""Every distance in the window is a multiple of this many pixels."""
ROW = 24
"""Height of a row in tables and trees, pixels."""
BODY = 12
"""Body type, pixels."""
CAPTION = 11
"""Captions, axis labels, pixels."""

_SHEET = Template(
    """
QToolTip { background: $panel; color: $text; border: 1px solid $line; padding: 4px 8px; }
QLabel[role="caption"] { color: $muted; font-size: ${caption}px; }
QLabel[role="heading"] { color: $text; font-weight: bold; }
QLabel[role="empty"] { color: $muted; font-size: 13px; }
QLabel[role="sentence"] { color: $text; }
QLabel[role="grave"] { color: $grave; }
QLabel[role="mind"] { color: $mind; }
QWidget[role="page"], QWidget[role="surface"] { background: $panel; }
QFrame[role="rule"] { background: $line; border: none; }
QPushButton { background: $panel; color: $text; border: 1px solid $line; border-radius: 4px; padding: 4px 12px; }
QPushButton:hover { border-color: $hatch; }
QPushButton:pressed { background: $window; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $hatch; }
QPushButton:flat { background: transparent; border: 1px solid transparent; color: $accent; padding: 4px 8px; }
QPushButton:flat:hover { border-color: $line; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[role="primary"]:hover { border-color: $text; }
QPushButton[role="primary"]:disabled { background: $line; color: $muted; border-color: $line; }
QPushButton[role="segment"] { border-radius: 0; padding: 4px 8px; margin-left: -1px; color: $muted; }
QPushButton[role="segment"][place="first"] { border-top-left-radius: 4px; border-bottom-left-radius: 4px;
    margin-left: 0; }
QPushButton[role="segment"][place="last"] { border-top-right-radius: 4px; border-bottom-right-radius: 4px; }
QPushButton[role="segment"]:checked { background: $chosen; color: $text; border-color: $accent; }
QPushButton[role="filter"] { border-color: transparent; padding: 4px 8px; color: $muted; }
QPushButton[role="filter"]:checked { background: $window; color: $text; }
QPushButton[role="filter"]:hover, QPushButton[role="filter"]:focus { border-color: $line; }
QPushButton[role="link"] { background: transparent; border: 1px solid transparent; padding: 2px 0; text-align: left; }
QPushButton[role="link"]:hover { color: $accent; }
QPushButton[role="link"]:focus { border-color: $accent; }
QLineEdit, QAbstractSpinBox, QPlainTextEdit { background: $panel; color: $text; border: 1px solid $line;
    border-radius: 4px; padding: 3px 8px; selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus { border-color: $accent; }
QComboBox { background: $panel; color: $text; border: 1px solid $line; border-radius: 4px; padding: 3px 8px; }
QComboBox:hover { border-color: $hatch; }
QComboBox:focus, QComboBox:on { border-color: $accent; }
QComboBox:disabled { color: $hatch; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$chevron"); width: 12px; height: 12px; }
QDateEdit::drop-down, QDateTimeEdit::drop-down { border: none; width: 24px; }
QDateEdit::down-arrow, QDateTimeEdit::down-arrow { image: url("$chevron"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { border: 1px solid $line; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator, QAbstractItemView::indicator { width: 12px; height: 12px; border: 1px solid $normal;
    border-radius: 3px; background: $panel; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: $accent; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked { background: $accent; border-color: $accent;
    image: url("$check"); }
QCheckBox::indicator:disabled { border-color: $line; }
QCheckBox::indicator:checked:disabled { background: $hatch; border-color: $hatch; }
QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -5px 0; border-radius: 7px; background: $panel;
    border: 1px solid $normal; }
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { border-color: $accent; }
QTreeView::item { height: ${row}px; padding-right: 8px; }
QTableView::item { padding: 0 6px; border: none; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: none; }
QAbstractSpinBox { padding: 2px 0; }
QAbstractSpinBox QLineEdit { background: transparent; border: none; }
QAbstractItemView QLineEdit { border-radius: 0; padding: 0 4px; }
QListView[role="popup"] { border: 1px solid $line; padding: 4px 0; }
QListView[role="popup"]::item { height: ${row}px; padding: 0 8px; }
QAbstractItemView::item:selected { background: $chosen; color: $text; }
QMenuBar { background: $window; color: $text; padding: 0 4px; }
QMenuBar::item { background: transparent; padding: 4px 8px; }
QMenuBar::item:selected { background: $line; border-radius: 4px; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QProgressBar { background: $line; border: none; border-radius: 2px; max-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QHeaderView { background: $panel; }
QHeaderView::section { background: $panel; color: $muted; border: none; border-bottom: 1px solid $line;
    padding: 4px 8px; font-weight: normal; }
QHeaderView::section:first { padding-left: 12px; }
QHeaderView::up-arrow, QHeaderView::down-arrow { subcontrol-position: top center; width: 10px; height: 8px; }
QHeaderView::section:vertical { border: none; padding: 0 8px; }
QTableCornerButton::section { background: $panel; border: none; border-bottom: 1px solid $line; }
QAbstractItemView { background: $panel; border: none; outline: none; }
QWidget[role="bar"] { background: $window; border-bottom: 1px solid $line; }
QStatusBar { background: $window; color: $muted; padding: 0 4px; border-top: 1px solid $line; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; font-size: ${caption}px; }
QTabWidget::pane { border: none; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; padding: 4px 8px; margin-right: 8px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:first { margin-left: 4px; }
QTabWidget[role="headed"] { background: $panel; }
QTabWidget[role="headed"] > QTabBar::tab { padding: 8px; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:focus { color: $accent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $hatch; border-radius: 4px; }
QScrollBar::handle:vertical { min-height: 24px; margin: 0 2px; }
QScrollBar::handle:horizontal { min-width: 24px; margin: 2px 0; }
QScrollBar::handle:hover { background: $normal; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""
)


def colour(hexadecimal: str, opacity: float = 1.0) -> QColor:
    """A palette entry as a Qt colour, `opacity` 0..1."""
    made = QColor(hexadecimal)
    made.setAlphaF(opacity)
    return made


def blend(front: str, back: str, share: float) -> QColor:
    """The opaque colour that `share` (0..1) of `front` over `back` gives."""
    a, b = QColor(front), QColor(back)
    mixed = (round(share * x + (1.0 - share) * y) for x, y in zip(_parts(a), _parts(b), strict=True))
    return QColor(*mixed)


def _parts(one: QColor) -> tuple[int, int, int]:
    return one.red(), one.green(), one.blue()


def palette_of(widget: QWidget) -> Palette:
    """The palette a widget has to paint itself in now: light or dark, by its own window colour."""
    return DARK if widget.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def type_face(pixels: int = BODY, *, bold: bool = False) -> QFont:
    """The system's font with figures of equal width, so that numbers stand under each other."""
    font = QFont(QApplication.font())
    font.setPixelSize(pixels)
    font.setBold(bold)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def qt_palette(palette: Palette) -> QPalette:
    """The roles of a palette as Qt's own."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    on_accent = palette.panel if palette is LIGHT else palette.window
    made = QPalette()
    for which, value in (
        (role.Window, palette.window),
        (role.WindowText, palette.text),
        (role.Base, palette.panel),
        (role.AlternateBase, palette.window),
        (role.Text, palette.text),
        (role.PlaceholderText, palette.muted),
        (role.Button, palette.panel),
        (role.ButtonText, palette.text),
        (role.BrightText, palette.text),
        (role.ToolTipBase, palette.panel),
        (role.ToolTipText, palette.text),
        (role.Highlight, palette.accent),
        (role.HighlightedText, on_accent),
        (role.Accent, palette.accent),
        (role.Link, palette.accent),
        (role.LinkVisited, palette.accent),
        (role.Light, palette.panel),
        (role.Midlight, palette.line),
        (role.Mid, palette.line),
        (role.Dark, palette.hatch),
        (role.Shadow, palette.hatch),
    ):
        made.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(group.Disabled, which, blend(palette.muted, palette.panel, 0.7))
    made.setColor(group.Disabled, role.Highlight, QColor(palette.line))
    return made


def style_sheet(palette: Palette) -> str:
    """The window's one style sheet."""
    return _SHEET.substitute(
        window=palette.window,
        panel=palette.panel,
        line=palette.line,
        text=palette.text,
        muted=palette.muted,
        accent=palette.accent,
        normal=palette.normal,
        hatch=palette.hatch,
        grave=palette.ink[Severity.CRITICAL],
        mind=palette.ink[Severity.MAJOR],
        check=resources.path(f"icons/check-{palette.name}.png").as_posix(),
        chevron=resources.path(f"icons/chevron-{palette.name}.png").as_posix(),
        on_accent=palette.panel if palette is LIGHT else palette.window,
        chosen=blend(palette.accent, palette.panel, 0.16).name(),
        caption=CAPTION,
        row=ROW,
    )


class Appearance(QObject):
    """Light or dark for the whole application: what the user chose, or what the system says.

    One per application, parented to it. `choose` takes one of "system", "light", "dark". The style sheet is given to
    the windows that ask for it and reaches whatever they open; given to the application it takes four times as long.
    """

    def __init__(self, application: QApplication, choice: str = "system") -> None:
        super().__init__(application)
        self._application = application
        self._choice = choice
        self._dressed: list[QWidget] = []
        application.setStyle(QStyleFactory.create("Fusion"))
        application.setFont(type_face())
        application.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def choice(self) -> str:
        """What the user chose: "system", "light" or "dark"."""
        return self._choice

    @property
    def palette(self) -> Palette:
        """The palette in force."""
        if self._choice == "system":
            dark = self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark
        else:
            dark = self._choice == "dark"
        return DARK if dark else LIGHT

    def dress(self, window: QWidget) -> None:
        """Give a window the style sheet, now and whenever it changes."""
        self._dressed.append(window)
        window.setStyleSheet(style_sheet(self.palette))

    def choose(self, choice: str) -> None:
        """Show the window light, dark, or as the system does, from now on."""
        self._choice = choice
        self._apply()

    def _apply(self) -> None:
        self._application.setPalette(qt_palette(self.palette))
        self._dressed = [window for window in self._dressed if isValid(window)]
        for window in self._dressed:
            window.setStyleSheet(style_sheet(self.palette))
