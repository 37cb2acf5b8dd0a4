"""The line under the window: what is loaded, whose time is shown, how much is drawn, what runs and how long."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QStatusBar, QWidget

from engine.calendar import duration_text
from engine.monitor import Progress
from engine.text import say, tell
from gui.look.theme import GRID
from gui.widgets.watch_line import WatchLine

_FACTS = ("tuning", "rows", "cells", "zone", "drawn")


class StatusLine(QStatusBar):
    """Facts at the right, what happens or happened last at the left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.setContentsMargins(2 * GRID, 0, 2 * GRID, 0)
        self._what = QLabel(tell("status_ready"))
        self._what.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # never widens the window
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(40 * GRID)
        self._bar.setRange(0, 1000)
        self._bar.hide()
        self.addWidget(self._bar)
        self.addWidget(self._what, 1)
        self.watch = WatchLine()
        self.addPermanentWidget(self.watch)
        self._facts = {name: QLabel() for name in _FACTS}
        for label in self._facts.values():
            label.setContentsMargins(3 * GRID, 0, GRID, 0)
            label.hide()
            self.addPermanentWidget(label)

    @property
    def text(self) -> str:
        """What happens now, or happened last."""
        return self._what.text()

    def set_fact(self, name: str, text: str) -> None:
        """Show one of "tuning", "rows", "cells", "zone", "drawn"; "" hides it."""
        self._facts[name].setText(text)
        self._facts[name].setVisible(bool(text))

    def tell(self, text: str) -> None:
        """Say what happens or happened; "" when there is nothing to say."""
        self._what.setText(text or tell("status_ready"))

    def set_busy(self, *, busy: bool) -> None:
        """A job started (the bar moves until it says how far it is) or ended."""
        self._bar.setRange(0, 0 if busy else 1000)
        self._bar.setVisible(busy)

    def set_progress(self, progress: Progress) -> None:
        """Say what is done, how far it is, and how long it will take."""
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(progress.fraction * 1000))
        what, percent = say(progress.reason), int(progress.fraction * 100)
        if progress.eta_s is None:
            self._what.setText(tell("status_job", what=what, percent=percent))
        else:
            self._what.setText(tell("status_job_eta", what=what, percent=percent, left=duration_text(progress.eta_s)))
