"""Proof that the window works: open, run, draw every view light and dark, say `ready`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from engine.errors import OutputError, Reason
from engine.text import tell
from gui.main_window import MainWindow
from gui.problems import LOG, Problem

LIMIT_S = 600
SIZE = (1440, 900)
_SETTLE_MS = 150
_SCHEMES = ("light", "dark")


class Smoke(QObject):
    """Runs once the event loop runs; `exit_code` is 0 when all went well."""

    def __init__(self, window: MainWindow, folder: Path, files: Sequence[Path]) -> None:
        super().__init__()
        self.exit_code = 1
        self._window, self._folder, self._files = window, folder, files
        self._limit = QTimer(self, interval=LIMIT_S * 1000, singleShot=True)
        self._limit.timeout.connect(lambda: self._give_up(tell("smoke_slow", seconds=LIMIT_S)))
        window.problems.raised.connect(self._problem)

    def start(self) -> None:
        """Show the window and open the files, or the bundled sample."""
        self._limit.start()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._give_up(
                str(OutputError(Reason("smoke_folder", {"folder": str(self._folder), "error": error.strerror or ""})))
            )
            return
        self._window.show()
        self._window.resize(*SIZE)
        self._window.build_views()
        self._window.desk.asks = False
        self._window.desk.settled.connect(self._settled)
        if self._files:
            self._window.open([Path(f) for f in self._files])
        else:
            self._window.desk.open_sample()

    def _settled(self) -> None:
        if self._window.state.result is None:
            self._give_up(tell("smoke_no_result"))
            return
        self._window.desk.settled.disconnect(self._settled)
        QTimer.singleShot(_SETTLE_MS, lambda: self._draw(0))

    def _draw(self, scheme: int) -> None:
        if scheme == len(_SCHEMES):
            self._finish(0)
            return
        name = _SCHEMES[scheme]
        self._window.appearance.choose(name)
        QTimer.singleShot(_SETTLE_MS, lambda: self._save_all(scheme))

    def _save_all(self, scheme: int) -> None:
        name = _SCHEMES[scheme]
        pictures: dict[str, QWidget] = {"window": self._window, **self._window.views}
        tabs = self._window.tabs
        for view_id, widget in pictures.items():
            if tabs.indexOf(widget) >= 0:
                tabs.setCurrentWidget(widget)
                QApplication.processEvents()
            path = self._folder / f"{view_id}-{name}.png"
            if not widget.grab().save(str(path)):
                self._give_up(tell("smoke_picture", file=str(path)))
                return
        tabs.setCurrentIndex(0)
        self._draw(scheme + 1)

    def _problem(self, problem: Problem) -> None:
        self._give_up(problem.sentence)

    def _give_up(self, sentence: str) -> None:
        LOG.error("%s", sentence)
        self._finish(1)

    def _finish(self, code: int) -> None:
        self._limit.stop()
        self.exit_code = code
        if code == 0:
            LOG.info("ready")
        self._window.close()
        QApplication.exit(code)
