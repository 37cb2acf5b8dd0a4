"""Where to put the alarm budget: what each would give, on a curve that a click sets it by."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from engine.budget.budget_curve import BudgetCurve, explore
from engine.budget.outlook import Outlook
from engine.data import Result
from engine.monitor import Monitor
from engine.settings import Settings
from engine.text import number, tell
from gui.job import Job
from gui.look.theme import GRID
from gui.look.wording import budget as budget_words
from gui.look.wording import share
from gui.plots.budget_plot import BudgetPlot
from gui.problems import Problems
from gui.state import AppState, Source
from gui.widgets.heading import caption, sentence

_LATER_MS = 200


class BudgetDialog(QDialog):
    """Follows data, result and settings; works the curve out beside the window."""

    def __init__(
        self,
        state: AppState,
        problems: Problems,
        lists: Callable[[], Outlook | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tell("explore_title"))
        self._state, self._problems, self._lists = state, problems, lists
        self._job: Job | None = None
        self._of: tuple[object, ...] | None = None
        self._held: tuple[object, ...] = ()
        self.plot = BudgetPlot()
        self.words = sentence()
        self.words.setMinimumHeight(9 * GRID)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.take_best = buttons.addButton(tell("explore_take_best"), QDialogButtonBox.ButtonRole.ActionRole)
        self.take_best.clicked.connect(self._take_best)
        buttons.rejected.connect(self.close)
        box = QVBoxLayout(self)
        box.setSpacing(2 * GRID)
        box.addWidget(self.words)
        box.addWidget(self.plot, 1)
        box.addWidget(caption(tell("explore_note"), wrap=True))
        box.addWidget(buttons)
        self._soon = QTimer(self, interval=_LATER_MS, singleShot=True)
        self._soon.timeout.connect(self._work_out)
        self.plot.chosen.connect(self._take)
        for signal in (state.result_changed, state.settings_changed, state.panel_changed, state.labelling.changed):
            signal.connect(self._follow)
        self._follow()
        self._soon.stop()
        self._work_out()
        self.plot.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the worker go."""
        self._soon.stop()
        self._stop()
        super().closeEvent(event)

    # -- inside

    def _follow(self) -> None:
        """Mark the budget in force, and work the curve out anew if it is of something else."""
        settings, moved = self._state.settings, self._state.thresholds
        by_budget = settings.threshold == "budget" and not any(moved.values())
        self.plot.show_budget(settings.budget if by_budget else None)
        self._tell()
        if self._what() != self._of:
            self._soon.start()

    def _what(self) -> tuple[object, ...]:
        """What the curve depends on."""
        settings, result, source = self._state.settings, self._state.result, self._state.source
        after = (settings.vote, settings.min_deviation, settings.min_duration, settings.min_traffic)
        labels = (source.labels, source.hand) if source is not None else ()
        return (id(result.evidence) if result else 0, *after, settings.min_events, settings.hold, *map(id, labels))

    def _work_out(self) -> None:
        result, settings, source = self._state.result, self._state.settings, self._state.source
        self._stop()
        self._of = self._what()
        self._held = (result, source)  # what is gone may leave its identity to something else
        if result is None or source is None:
            self._show_none(tell("explore_none"))
            return
        if not result.settings.only_votes_differ(settings):
            self._show_none(tell("explore_stale"))
            return
        if self.plot.curve is None:
            self._show_none(tell("explore_wait"))
        lists = self._lists()
        self._job = Job(lambda monitor: _explored(result, settings, source, lists, monitor), "explore")
        self._job.done.connect(self._show)
        self._job.failed.connect(self._problems.report)
        self._job.start()

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _show(self, curve: BudgetCurve) -> None:
        self._job = None
        self.plot.show_curve(curve)
        self._tell()

    def _show_none(self, why: str) -> None:
        self.plot.show_curve(None, why)
        self._tell()

    def _tell(self) -> None:
        curve, settings = self.plot.curve, self._state.settings
        best = curve.best if curve is not None else None
        self.take_best.setVisible(best is not None)
        if curve is None:
            self.words.clear()
            return
        words = []
        at = (abs(curve.budgets - settings.budget) < 1e-9).nonzero()[0]
        if len(at):
            alarms = number(float(f"{curve.alarms[at[0]]:.3g}"))
            words.append(tell("explore_now", budget=budget_words(settings.budget), alarms=alarms))
        if best is not None and curve.errors is not None:
            never = share(curve.anomalous / curve.labelled)
            words.append(
                tell("explore_best", budget=budget_words(best), errors=share(float(curve.errors.min())), never=never)
            )
        self.words.setText(" ".join(words))

    def _take(self, budget: float) -> None:
        said = tell("choice_budget", budget=budget_words(budget))
        self._state.choose("budget", said, budget=budget, threshold="budget")

    def _take_best(self) -> None:
        best = self.plot.curve.best if self.plot.curve is not None else None
        if best is not None:
            self._take(best)


def _explored(
    result: Result, settings: Settings, source: Source, lists: Outlook | None, monitor: Monitor
) -> BudgetCurve:
    """The curve of a result; runs in the worker."""
    return explore(result, settings, source.known(), lists, monitor)
