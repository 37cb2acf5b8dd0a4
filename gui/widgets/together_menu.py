"""The menu of what the cells can be put together by: what they have, worked out beside when other cells are open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from engine.data import Cell
from engine.text import tell
from gui.job import Job
from gui.state import AppState


class TogetherMenu(QObject):
    """Offers in `menu`, below the actions that always stand there, what else `choose` can be called with.

    free: whether something can be done with the data now.
    """

    def __init__(
        self,
        menu: QMenu,
        state: AppState,
        free: Callable[[], bool],
        choose: Callable[[str], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        super().__init__(menu)
        self._menu, self._state, self._choose, self._failed = menu, state, choose, failed
        self._always = {action.objectName().removeprefix("together_") for action in menu.actions()}
        self._cells: Sequence[Cell] = ()
        self.offered: list[QAction] = []
        state.panel_changed.connect(self._look)
        menu.aboutToShow.connect(lambda: self._enable(free()))

    def _enable(self, on: bool) -> None:
        for action in self.offered:
            action.setEnabled(on)

    def _look(self) -> None:
        cells = self._state.panel.cells if self._state.panel is not None else ()
        if cells is self._cells:
            return
        self._cells = cells
        self._offer(cells, ())
        if cells:
            job = Job(lambda _monitor: _choices(cells), "together")
            job.done.connect(lambda found: self._offer(cells, found))
            job.failed.connect(self._failed)
            job.start()

    def _offer(self, cells: Sequence[Cell], found: Sequence[str]) -> None:
        if cells is not self._cells:
            return  # others are open by now
        for action in self.offered:
            self._menu.removeAction(action)
            action.deleteLater()
        self.offered = []
        wanted = [by for by in found if by not in self._always]
        for n, by in enumerate(wanted):
            if n == 0 or ("+" in by) != ("+" in wanted[n - 1]):
                self.offered.append(self._menu.addSeparator())
            action = self._menu.addAction(_words(by))
            action.setObjectName(f"together_{by}")
            action.triggered.connect(lambda _checked=False, by=by: self._choose(by))
            self.offered.append(action)


def _words(by: str) -> str:
    names = [tell(f"trait_{field}").lower() for field in by.split("+")]
    if len(names) == 1:
        return tell("together_by", field=names[0])
    return tell("together_by_two", first=names[0], second=names[1])


def _choices(cells: Sequence[Cell]) -> tuple[str, ...]:
    from engine.network.roll_up import choices

    return choices(cells)
