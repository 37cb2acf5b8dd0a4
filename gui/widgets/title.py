"""The title of the window: what is open, and whether all of it is on disk."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engine.text import tell
from gui.kept.keeping import Keeper
from gui.state import AppState

_MARK = "[*]"
"""Where Qt puts its sign that something is not saved; twice, it is itself."""


class Title(QObject):
    """Names the open project, else the first file, and marks what is not saved as the platform does."""

    def __init__(self, window: QWidget, state: AppState, keeper: Keeper) -> None:
        super().__init__(window)
        self._window, self._state, self._keeper = window, state, keeper
        keeper.changed.connect(self.show)
        self.show()

    def show(self) -> None:
        """Say it as it is now."""
        source = self._state.source
        path = self._keeper.project or (Path(source.paths[0]) if source is not None and source.paths else None)
        if source is None or path is None:
            self._window.setWindowModified(False)
            self._window.setWindowTitle(tell("app_name"))
            return
        self._window.setWindowTitle(tell("window_title", data=path.name.replace(_MARK, _MARK + _MARK), mark=_MARK))
        self._window.setWindowModified(self._keeper.unsaved)
