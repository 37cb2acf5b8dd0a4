"""What a watched folder brought: which files were left out and why, and what happened when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from engine.text import tell
from gui.look.theme import GRID
from gui.watching import Entry, Watching
from gui.widgets.heading import caption, objection
from gui.widgets.page import Page

MOST = 100
"""Files and events that are listed; more are counted."""


class WatchDialog(QDialog):
    """Stands beside the window and follows the watch."""

    def __init__(self, watching: Watching, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tell("watch_log_title"))
        self.resize(160 * GRID, 120 * GRID)
        self._watching = watching
        self._told: tuple[Mapping[str, str], Sequence[Entry]] | None = None
        self._status = caption("", wrap=True)
        self.page = Page()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.stop = buttons.addButton(tell("watch_stop"), QDialogButtonBox.ButtonRole.ActionRole)
        self.stop.clicked.connect(watching.stop)
        buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.setSpacing(2 * GRID)
        box.addWidget(self._status)
        box.addWidget(self.page, 1)
        box.addWidget(buttons)
        watching.changed.connect(self._write)
        self._write()

    def _write(self) -> None:
        watching = self._watching
        last = watching.log[-1].sentence if watching.log else ""
        self._status.setText(watching.status or tell("watch_log_stopped", what=last))
        self.stop.setEnabled(watching.folder is not None)
        told = (dict(watching.left_out), [*watching.log])
        if told != self._told:  # a look that found nothing is said above
            self._told = told
            self._list(*told)

    def _list(self, left_out: Mapping[str, str], log: Sequence[Entry]) -> None:
        self.page.start()
        self.page.head(tell("watch_log_left_out"))
        if not left_out:
            self.page.note(tell("watch_log_none"))
        for name, why in [*left_out.items()][:MOST]:
            self.page.say(tell("watch_log_file", file=name, why=why))
        self._more(len(left_out))
        self.page.head(tell("watch_log_what"))
        for entry in [*reversed(log)][:MOST]:
            said = tell("watch_log_entry", time=f"{entry.when:%Y-%m-%d %H:%M:%S}", what=entry.sentence)
            self.page.add(objection(said)) if entry.grave else self.page.say(said)
        self._more(len(log))
        self.page.finish(keep_place=True)

    def _more(self, count: int) -> None:
        if count > MOST:
            self.page.note(tell("watch_log_more", more=count - MOST))
