"""Keeps the result in step with the calendar: maintenance holds at once, another holiday takes a run."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.text import tell
from gui.calls import judging
from gui.desk import Desk
from gui.prepared.digest import Digest
from gui.problems import Problems
from gui.state import AppState


class Scheduling(QObject):
    """Has the open result judged again whenever its calendar is not the one that a person has made since."""

    def __init__(self, state: AppState, desk: Desk, problems: Problems, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._desk, self._problems = state, desk, problems
        state.planning.changed.connect(self._follow)
        state.result_changed.connect(self._follow)
        desk.free.connect(self._follow)

    def _follow(self) -> None:
        source, result, settings = self._state.source, self._state.result, self._state.settings
        events = self._state.planning.events
        if source is None or result is None or result.events == events or self._desk.busy:
            return

        def judged(digest: Digest) -> None:
            now = self._state.source
            if now is not None and now.panel is source.panel:
                self._desk.voting.forget()  # what was counted was counted under the former calendar
                self._desk.judged(digest)

        def gave_up(error: Exception | None) -> None:
            """The calendar is the one of the result again, else the next job would be this one."""
            self._state.planning.load(result.events)
            if error is None:
                self._desk.told.emit(tell("status_cancelled"))
            else:
                self._problems.report(error)

        self._desk.start(
            lambda monitor: judging.reschedule(source, result, settings, events, monitor),
            judged,
            tell("doing_calendar"),
            gave_up=gave_up,
        )
