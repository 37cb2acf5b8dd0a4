"""A strip under the toolbar that says what went wrong or what was recognised; it takes nothing away and waits."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from engine.data import Severity
from engine.text import tell
from gui.look.theme import GRID, palette_of
from gui.problems import Problem

_COPIED_MS = 2000
_NOTICE_MS = 15_000


class Banner(QFrame):
    """Shows one problem or one notice at a time, until it is closed or replaced."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._details = ""
        self._grave = False
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._copy = QPushButton(tell("problem_copy"))
        self._copy.clicked.connect(self._copy_details)
        self._close = QPushButton(tell("problem_close"))
        self._close.clicked.connect(self.hide)
        self._offers = (QPushButton(), QPushButton())
        self._offered: list[Callable[[], None]] = []
        for place, button in enumerate(self._offers):
            button.clicked.connect(lambda _checked=False, place=place: self._offered[place]())
        for button in (*self._offers, self._copy, self._close):
            button.setFlat(True)
            button.setCursor(Qt.CursorShape.PointingHandCursor)
        self._again = QTimer(self, interval=_COPIED_MS, singleShot=True)
        self._again.timeout.connect(lambda: self._copy.setText(tell("problem_copy")))
        self._fade = QTimer(self, interval=_NOTICE_MS, singleShot=True)
        self._fade.timeout.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        row.setSpacing(2 * GRID)
        row.addWidget(self._text, 1)
        for button in (*self._offers, self._copy, self._close):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """What it says now; "" when it is not shown."""
        return "" if self.isHidden() else self._text.text()

    @property
    def offers(self) -> list[QPushButton]:
        """The buttons for what can be done about it."""
        return [button for button in self._offers if not button.isHidden()]

    @property
    def free(self) -> bool:
        """Whether nothing is said that waits for a person."""
        return self.isHidden() or self._fade.isActive()

    def show_problem(self, problem: Problem) -> None:
        """Say what went wrong, with details to copy."""
        self._show(problem.sentence, problem.details, grave=True)

    def show_notice(self, sentence: str) -> None:
        """Say something that is good to know; it goes by itself after a while."""
        self._show(sentence, "", grave=False)
        self._fade.start()

    def show_found(self, sentence: str) -> None:
        """Say what was found; it stays until it is closed."""
        self._show(sentence, "", grave=False)

    def show_if_free(self, sentence: str) -> None:
        """Say what was found, unless something is said already that waits for a person."""
        if self.free:
            self.show_found(sentence)

    def offer(self, text: str, act: Callable[[], None]) -> None:
        """Put a button beside what is said, for what can be done about it, two at most; what is said next has none."""
        button = self._offers[len(self._offered)]
        self._offered.append(act)
        button.setText(text)
        button.setVisible(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A stripe of the colour of what it says, and a hairline below."""
        super().paintEvent(event)
        palette = palette_of(self)
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette.panel))
        stripe = palette.severity[Severity.CRITICAL] if self._grave else palette.accent
        painter.fillRect(0, 0, GRID, self.height(), QColor(stripe))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(palette.line))
        painter.end()

    def _show(self, sentence: str, details: str, *, grave: bool) -> None:
        self._fade.stop()
        self._details, self._grave = details, grave
        self._text.setText(sentence)
        self._copy.setVisible(bool(details))
        self._offered.clear()
        for button in self._offers:
            button.setVisible(False)
        self.setAccessibleName(sentence)
        self.show()
        self.update()

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
        self._copy.setText(tell("problem_copied"))
        self._again.start()
