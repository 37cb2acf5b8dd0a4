"""How good the vote and every detector are by the labels there are, in a table that follows the window."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.calendar import duration_text
from engine.data import Result
from engine.evaluate.measures import Evaluation
from engine.evaluate.of_result import VOTE, evaluate_result
from engine.monitor import Monitor
from engine.text import number, tell
from gui.job import Job
from gui.look.theme import GRID, ROW
from gui.look.wording import detector_label, share
from gui.problems import Problems
from gui.state import AppState, Source
from gui.widgets.heading import caption, sentence

COLUMNS = (
    "precision",
    "recall",
    "f1",
    "event_precision",
    "event_recall",
    "event_f1",
    "false_positive_rate",
    "vus_pr",
    "alarms_per_cell_week",
    "delay_s",
)
_LATER_MS = 400
_COLUMN = 23 * GRID


class MeasuresDialog(QDialog):
    """Stands beside the window; works the figures out anew when the result or the labels are others."""

    def __init__(self, state: AppState, problems: Problems, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tell("measure_title"))
        self.resize(290 * GRID, 90 * GRID)
        self._state, self._problems = state, problems
        self._job: Job | None = None
        self._of: tuple[object, ...] = ()
        self.words = sentence()
        self.learned = caption(tell("measure_learned"), wrap=True)
        self.note = caption(tell("measure_note"), wrap=True)
        self.table = _table()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        box = QVBoxLayout(self)
        box.setSpacing(2 * GRID)
        for widget in (self.words, self.learned):
            box.addWidget(widget)
        box.addWidget(self.table, 1)
        box.addWidget(self.note)
        box.addStretch(0)  # what is said stands at the top where there is no table
        box.addWidget(buttons)
        self._soon = QTimer(self, interval=_LATER_MS, singleShot=True)
        self._soon.timeout.connect(self._work_out)
        for signal in (state.result_changed, state.labelling.changed):
            signal.connect(self._follow)
        self._work_out()

    @property
    def idle(self) -> bool:
        """Whether the figures are those of what is open."""
        return self._job is None and not self._soon.isActive()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the worker go."""
        self._soon.stop()
        self._stop()
        super().closeEvent(event)

    # -- inside

    def _follow(self) -> None:
        if self._what() != self._of:
            self._soon.start()

    def _what(self) -> tuple[object, ...]:
        """What the figures are of; what goes with a vote is of no account."""
        result, source = self._state.result, self._state.source
        if result is None or source is None:
            return ()
        return result.verdicts, source.labels, source.hand

    def _work_out(self) -> None:
        self._soon.stop()
        self._stop()
        self._of = self._what()
        result, source = self._state.result, self._state.source
        if result is None or source is None:
            self._show_none(tell("measure_none"))
            return
        if not self.table.rowCount():
            self._show_none(tell("measure_wait"))
        job = Job(lambda monitor: _measured(result, source, monitor), "measure")
        self._job = job
        job.done.connect(lambda found: self._show(result, found))
        job.failed.connect(self._failed)
        job.start()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _failed(self, error: Exception) -> None:
        self._job = None
        self._problems.report(error)

    def _show_none(self, why: str) -> None:
        self.words.setText(why)
        self.table.setRowCount(0)
        for widget in (self.learned, self.note, self.table):
            widget.hide()

    def _show(self, result: Result, found: Mapping[str, Evaluation]) -> None:
        self._job = None
        if not found:
            self._show_none(tell("measure_no_labels"))
            return
        of = found[VOTE]
        told = {"points": of.points, "series": of.series, "events": of.events}
        self.words.setText(tell("measure_of", prevalence=share(of.prevalence), **told))
        self.learned.setVisible(result.settings.learns_from_labels)
        self.table.setRowCount(len(found))
        for row, (name, figures) in enumerate(found.items()):
            label = tell("measure_vote") if name == VOTE else detector_label(name)
            self.table.setItem(row, 0, QTableWidgetItem(label))
            for column, figure in enumerate(COLUMNS, start=1):
                item = QTableWidgetItem(_worded(figure, getattr(figures, figure)))
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)
        self.note.show()
        self.table.show()


def _table() -> QTableWidget:
    table = QTableWidget(0, 1 + len(COLUMNS))
    table.setHorizontalHeaderLabels(["", *(tell(f"measure_{name}") for name in COLUMNS)])
    for column, name in enumerate(COLUMNS, start=1):
        head = table.horizontalHeaderItem(column)
        assert head is not None  # it was just labelled
        head.setToolTip(tell(f"evaluation_{name}"))
        head.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
        table.setColumnWidth(column, _COLUMN)
    table.setAccessibleName(tell("measure_title"))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setCornerButtonEnabled(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(ROW)
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return table


def _worded(figure: str, value: float) -> str:
    """A figure as it stands in the table; a dash where it is not defined."""
    if math.isnan(value):
        return "\u2013"
    if figure == "delay_s":
        return duration_text(value)
    if figure == "false_positive_rate":
        return tell("measure_percent", percent=f"{float(f'{100 * value:.2g}'):g}")
    return number(float(f"{value:.3g}")) if figure == "alarms_per_cell_week" else f"{value:.3f}"


def _measured(result: Result, source: Source, monitor: Monitor) -> Mapping[str, Evaluation]:
    """The figures of a result; runs in the worker."""
    labels = source.known()
    return {} if labels is None else evaluate_result(result, labels, monitor)
