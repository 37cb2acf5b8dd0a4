"""What stands in the middle before the first file: where to drop, what can be dropped, what was opened lately."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from engine.monitor import Progress
from engine.text import tell
from gui.look.theme import GRID, palette_of, type_face
from gui.widgets.heading import caption
from gui.widgets.link import Link

_WIDTH = 130 * GRID
_MARGIN = 10 * GRID
_MOST = 5


class Welcome(QWidget):
    """`opened(paths)` is emitted for a recent entry; the buttons are wired by the window."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dropping = False
        title = QLabel(tell("welcome_title"))
        title.setFont(type_face(20, bold=True))
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._title = title
        text = QLabel(tell("welcome_text"))
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        text.setProperty("role", "empty")
        self.open_button = QPushButton(tell("welcome_open"))
        self.open_button.setProperty("role", "primary")
        self.sample_button = QPushButton(tell("welcome_sample"))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.hide()
        self._inviting = QWidget()  # what is there while nothing runs
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * GRID)
        buttons.addStretch(1)
        buttons.addWidget(self.open_button)
        buttons.addWidget(self.sample_button)
        buttons.addStretch(1)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        inviting = QVBoxLayout(self._inviting)
        inviting.setContentsMargins(0, 0, 0, 0)
        inviting.setSpacing(4 * GRID)
        inviting.addWidget(text)
        inviting.addLayout(buttons)
        inviting.addLayout(self._recent)

        column = QWidget()
        column.setFixedWidth(_WIDTH)
        self._card = column
        box = QVBoxLayout(column)
        box.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        box.setSpacing(4 * GRID)
        box.addWidget(title)
        box.addWidget(self._bar)
        box.addWidget(self._inviting)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(column)
        middle.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(middle)
        outer.addStretch(3)

    def set_recent(self, recent: Sequence[tuple[str, ...]]) -> None:
        """Offer what was opened lately."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        if recent:
            self._recent.addWidget(caption(tell("welcome_recent")))
        for paths in recent[:_MOST]:
            self._recent.addWidget(self._entry(paths))

    def set_dropping(self, *, dropping: bool) -> None:
        """Say that letting go opens the files."""
        self._dropping = dropping
        self._title.setText(tell("welcome_drop") if dropping else tell("welcome_title"))
        self.update()

    def set_doing(self, doing: str) -> None:
        """Say what is being read instead of inviting; "" invites again."""
        room = _WIDTH - 2 * _MARGIN
        short = self._title.fontMetrics().elidedText(doing, Qt.TextElideMode.ElideMiddle, room)  # names may be long
        self._title.setText(short or tell("welcome_title"))
        self._bar.setRange(0, 0)
        self._bar.setVisible(bool(doing))
        self._inviting.setVisible(not doing)

    def set_progress(self, progress: Progress) -> None:
        """How far reading is."""
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(1000 * progress.fraction))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A dashed frame around the place to drop on."""
        palette = palette_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(palette.accent if self._dropping else palette.hatch), 2 if self._dropping else 1)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(palette.panel))
        painter.drawRoundedRect(QRectF(self._card.geometry()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.end()

    def _entry(self, paths: tuple[str, ...]) -> Link:
        first = Path(paths[0])
        text = first.name if len(paths) == 1 else tell("cells_and_more", cell=first.name, more=len(paths) - 1)
        button = Link(text)
        button.setToolTip("\n".join(paths))
        button.clicked.connect(lambda: self.opened.emit(paths))
        return button
