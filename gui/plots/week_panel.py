"""Alarms by hour and weekday, of the whole network or of one cell, with the sentence that says when they come."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtGui import QHideEvent, QShowEvent, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.data import Result
from engine.inspection.rhythm import Rhythm, rhythm
from engine.monitor import Monitor
from engine.text import tell
from gui.job import Job, uncaught
from gui.look.theme import GRID
from gui.look.wording import share
from gui.plots.week_grid import WeekGrid

AT_ONCE = 4_000_000
"""Points that are counted at once; more are counted beside the window."""


class WeekPanel(QWidget):
    """The grid, its sentence, and the choice between network and cell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: Result | None = None
        self._kpis: tuple[str, ...] = ()
        self._cell: int | None = None
        self._job: Job | None = None
        self._wanted: object = None
        self.grid = WeekGrid()
        self.scope = QComboBox()
        self.scope.setAccessibleName(tell("week_scope"))
        self.scope.setToolTip(tell("week_scope"))
        self.scope.addItem(tell("week_whole"))
        self.scope.addItem(tell("week_cell"))
        self.scope.currentIndexChanged.connect(self._count)
        self.sentence = QLabel()
        line = QHBoxLayout()
        line.setContentsMargins(3 * GRID, GRID, 2 * GRID, GRID)
        line.setSpacing(2 * GRID)
        line.addWidget(self.sentence, 1)
        line.addWidget(self.scope)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 2 * GRID)
        box.setSpacing(0)
        box.addLayout(line)
        box.addWidget(self.grid, 1)

    def show_result(self, result: Result | None, kpis: tuple[str, ...], cell: int | None) -> None:
        """Count the alarms of another result, of `kpis`, and where one cell is asked for, of `cell`."""
        self.scope.setItemData(1, cell)
        if cell is None and self.scope.currentIndex() == 1:
            self.scope.setCurrentIndex(0)
        model = self.scope.model()
        assert isinstance(model, QStandardItemModel)  # what a combo box makes of its own accord
        model.item(1).setEnabled(cell is not None)
        self._result, self._kpis, self._cell = result, kpis, cell
        self._count()

    def stop(self) -> None:
        """Count no further."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _count(self) -> None:
        result, kpis = self._result, self._kpis
        cell = self._cell if self.scope.currentIndex() == 1 else None
        wanted = (result, kpis, cell)
        if wanted == self._wanted or not self.isVisible():
            return
        self.stop()
        self._wanted = wanted
        if result is None or not kpis:
            self._show(None)
        elif cell is not None or result.panel.shape[0] * result.panel.shape[1] * len(kpis) <= AT_ONCE:
            self._show(rhythm(result, kpis, cell))
        else:
            self.sentence.setText(tell("week_counting"))

            def work(monitor: Monitor) -> Rhythm:
                return rhythm(result, kpis, cell, monitor)

            self._job = Job(work, "rhythm")
            self._job.done.connect(self._show)
            self._job.failed.connect(self._failed)
            self._job.start()

    def _show(self, counted: Rhythm | None) -> None:
        self._job = None
        self.sentence.setText(_sentence(counted) if counted is not None else "")
        self.grid.show_rhythm(counted, lambda weekday, hour: _tip(counted, weekday, hour), share)

    def _failed(self, error: Exception) -> None:
        """Nothing is counted any more; what went wrong is told where everything is."""
        self._show(None)
        uncaught(error)

    def showEvent(self, event: QShowEvent) -> None:
        """Count when it is looked at."""
        super().showEvent(event)
        self._count()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop counting when it is not."""
        super().hideEvent(event)
        if self._job is not None:
            self.stop()
            self._wanted = None


def _sentence(counted: Rhythm) -> str:
    by_hour = counted.by_hour
    if not counted.alarms.sum():
        return tell("week_none")
    most, least = int(np.nanargmax(by_hour)), int(np.nanargmin(by_hour))
    return tell(
        "week_most",
        hour=f"{most:02d}",
        share=share(float(by_hour[most])),
        least=f"{least:02d}",
        rest=share(float(by_hour[least])),
    )


def _tip(counted: Rhythm | None, weekday: int, hour: int) -> str:
    if counted is None:
        return ""
    value = float(counted.share[weekday, hour])
    when = {
        "weekday": tell(f"weekday_short_{weekday}"),
        "hour": f"{hour:02d}",
        "next": f"{(hour + 1) % 24:02d}",
    }
    if math.isnan(value):
        return tell("week_tip_none", **when)
    alarms, judged = int(counted.alarms[weekday, hour]), int(counted.judged[weekday, hour])
    return tell("week_tip", share=share(value), alarms=alarms, judged=judged, **when)
