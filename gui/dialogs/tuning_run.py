"""A training while it runs, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.finetuning.examples import MEMORY_MB
from engine.finetuning.finetune import Judgement, Prepared
from engine.text import numbers_apart, say, tell
from gui.dialogs.question import ask
from gui.look.theme import GRID
from gui.look.wording import share
from gui.plots.loss_curves import LossCurves, Point
from gui.shelf import Shelf
from gui.tuning import DONE, FAILED, PAUSED, Outcome, Tuner, progress_text
from gui.widgets.facts import facts
from gui.widgets.heading import caption, heading, objection, sentence

_COLUMN = 28 * GRID


class TuningRun(QWidget):
    """Follows the `Tuner`.

    Signals:
        run_wanted(): the tuned model is in use; look for anomalies with it.
    """

    run_wanted = Signal()

    def __init__(self, tuner: Tuner, shelf: Shelf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tuner, self._shelf = tuner, shelf
        self.title = heading("")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.status = sentence()
        self.refusal = objection(grave=True)
        self.curves = LossCurves()
        self.facts = QWidget()
        self.warning = objection()
        self.verdict = QWidget()
        self.pause = _button("tuning_pause", self._toggle_pause)
        self.cancel = _button("tuning_cancel", tuner.cancel)
        self.use = _button("tuning_use", self._use)
        self.discard = _button("tuning_discard", self._discard)
        self.again = _button("tuning_again", tuner.forget)
        foot = QHBoxLayout()
        foot.setSpacing(2 * GRID)
        for button in (self.pause, self.cancel, self.use, self.discard, self.again):
            foot.addWidget(button)
        foot.addStretch(1)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(3 * GRID, 4 * GRID, 3 * GRID, 2 * GRID)
        self._box.setSpacing(2 * GRID)
        for widget in (self.title, self.bar, self.status, self.refusal, self.verdict):
            self._box.addWidget(widget)
        self._box.addWidget(self.curves, 1)
        for widget in (self.warning, self.facts):
            self._box.addWidget(widget)
        self._box.addLayout(foot)
        self._box.addStretch(0)  # takes what room there is where there are no curves
        tuner.changed.connect(self.refresh)
        tuner.learning.connect(self._write_facts)
        tuner.epoch.connect(self._draw)
        tuner.progressed.connect(self._write_status)
        shelf.changed.connect(self._enable)
        self.refresh()

    def refresh(self) -> None:
        """Show the phase that the training is in."""
        tuner = self._tuner
        plan = tuner.plan
        model = plan.model if plan is not None else ""
        self.title.setText(tell("tuning_title", model=model, data=tuner.data_name))
        self.bar.setVisible(tuner.active)
        self.curves.setVisible(tuner.phase != FAILED)
        self.refusal.setVisible(tuner.phase == FAILED)
        self.status.setVisible(tuner.phase != FAILED)
        self.pause.setText(tell("tuning_resume" if tuner.phase == PAUSED else "tuning_pause"))
        for button in (self.pause, self.cancel):
            button.setVisible(tuner.active)
        self.again.setVisible(tuner.phase in (DONE, FAILED))
        kept = tuner.outcome is not None and tuner.outcome.record is not None
        for widget in (self.use, self.discard):
            widget.setVisible(kept)
        self.use.setText(tell("tuning_use" if self._better() else "tuning_use_anyway"))
        self.use.setProperty("role", "primary" if self._better() else "")
        self.use.style().unpolish(self.use)
        self.use.style().polish(self.use)
        self._write_facts()
        self._write_verdict()
        self._draw()
        self._write_status()
        self._enable()

    def _better(self) -> bool:
        outcome = self._tuner.outcome
        return outcome is not None and outcome.tuned.better

    def _enable(self) -> None:
        self.use.setEnabled(not self._shelf.busy)
        self.discard.setEnabled(not self._shelf.busy)

    # -- writing

    def _write_status(self) -> None:
        tuner = self._tuner
        if tuner.phase == FAILED and tuner.problem is not None:
            self.refusal.setText(tuner.problem.sentence)
        elif tuner.phase == PAUSED:
            self.status.setText(tell("tuning_paused"))
        elif tuner.phase == DONE and tuner.outcome is not None:
            self.status.setText(_ending(tuner.outcome))
        elif tuner.progress is not None:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * tuner.progress.fraction))
            self.status.setText(progress_text(tuner.progress))
        else:
            self.bar.setRange(0, 0)
            self.status.setText(tell("tuning_preparing"))

    def _write_facts(self) -> None:
        prepared = self._tuner.prepared
        self.warning.setVisible(prepared is not None and prepared.strange)
        if prepared is not None:
            self.warning.setText(tell("finetune_moved", index=prepared.moved))
        rows = [] if prepared is None else _facts(prepared)
        self.facts = self._replace(self.facts, facts(rows), shown=bool(rows) and self._tuner.phase != FAILED)

    def _write_verdict(self) -> None:
        outcome = self._tuner.outcome
        made = QWidget() if outcome is None else _comparison(outcome)
        self.verdict = self._replace(self.verdict, made, shown=outcome is not None)

    def _replace(self, old: QWidget, new: QWidget, *, shown: bool) -> QWidget:
        self._box.replaceWidget(old, new)
        old.hide()
        old.deleteLater()
        new.setVisible(shown)
        return new

    def _draw(self) -> None:
        plan = self._tuner.plan
        points = [Point(e.number, e.training, e.validation, e.best) for e in self._tuner.epochs]
        self.curves.show_points(points, plan.tuning.epochs if plan is not None else 1)

    # -- acting

    def _toggle_pause(self) -> None:
        if self._tuner.phase == PAUSED:
            self._tuner.resume()
        else:
            self._tuner.pause()

    def _use(self) -> None:
        outcome = self._tuner.outcome
        if outcome is None or outcome.record is None:
            return
        identity, tuned = outcome.record.id, outcome.tuned
        if tuned.better:
            self._shelf.activate(identity, then=self.run_wanted.emit)
            return
        before, after = numbers_apart(tuned.before.error, tuned.after.error)
        ask(
            self,
            tell("models_worse_ask", model=identity, before=before, after=after),
            tell("models_use_anyway"),
            lambda: self._shelf.activate(identity, worse_too=True, then=self.run_wanted.emit),
        )

    def _discard(self) -> None:
        outcome = self._tuner.outcome
        if outcome is not None and outcome.record is not None:
            self._shelf.delete(outcome.record.id)
            self._tuner.forget()


def _ending(outcome: Outcome) -> str:
    """Why it ended, and what is kept."""
    why = say(outcome.tuned.trained.ended)
    if outcome.record is None:
        return f"{why} {tell('tuning_unchanged')}"
    return f"{why} {tell('tuning_kept', model=outcome.record.id)}"


def _facts(prepared: Prepared) -> list[tuple[str, str, str]]:
    """What it learns from, what is left out, how the days are cut, how much goes into a step."""
    used, left = prepared.used, sum(prepared.excluded.values())
    learned = tell("tuning_fact_used", points=used, series=prepared.series)
    if prepared.anomalous:
        learned = tell("tuning_fact_used_labels", points=used, series=prepared.series, anomalous=prepared.anomalous)
    if prepared.series < prepared.all_series:
        learned = f"{learned} {tell('tuning_fact_drawn', all=prepared.all_series)}"
    excluded = [tell(f"tuning_left_{name}", points=points) for name, points in prepared.excluded.items() if points]
    of_all = share(left / (left + used)) if left + used else ""
    out = tell("tuning_fact_out", share=of_all, parts=", ".join(excluded)) if excluded else tell("tuning_fact_none_out")
    days = {"learn": prepared.train_days, "stop": prepared.stop_days, "held": prepared.held_days}
    resumed = tell("tuning_fact_goes_on_value", epoch=prepared.resumed)
    added = tell("tuning_fact_injected_value", share=share(prepared.injected))
    return [
        *([(tell("tuning_fact_goes_on"), resumed, "")] if prepared.resumed else []),
        (tell("tuning_fact_learns"), learned, ""),
        (tell("tuning_fact_left_out"), out, ""),
        *([(tell("tuning_fact_injected"), added, "")] if prepared.injected else []),
        (tell("tuning_fact_days"), tell("tuning_fact_days_value", **days), tell("tuning_fact_days_tip")),
        (tell("tuning_fact_batch"), tell("tuning_fact_batch_value", windows=prepared.batch, mb=MEMORY_MB), ""),
    ]


def _comparison(outcome: Outcome) -> QWidget:
    """Before and after, side by side."""
    tuned = outcome.tuned
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, GRID, 0, GRID)
    grid.setHorizontalSpacing(4 * GRID)
    grid.setVerticalSpacing(GRID)
    grid.setColumnMinimumWidth(0, 56 * GRID)
    grid.setColumnStretch(3, 1)
    better = outcome.record is not None and tuned.better
    days = tuned.held_days
    code = "tuning_verdict_better" if better else "tuning_verdict_worse"
    if outcome.record is None:
        code = "tuning_verdict_same"
    grid.addWidget(heading(tell(code, days=days)), 0, 0, 1, 4)
    for column, name in ((1, "tuning_before"), (2, "tuning_after")):
        grid.addWidget(_right(caption(tell(name))), 1, column)
    for row, (name, of) in enumerate(_MEASURES, start=2):
        label = caption(tell(f"tuning_measure_{name}"))
        label.setToolTip(tell(f"tuning_measure_{name}_tip"))
        grid.addWidget(label, row, 0)
        before, after = of(tuned.before), of(tuned.after)
        for column, value, text in zip((1, 2), (before, after), numbers_apart(before, after), strict=True):
            shown = QLabel(tell("tuning_unmeasured") if math.isnan(value) else text)
            shown.setMinimumWidth(_COLUMN)
            grid.addWidget(_right(shown), row, column)
    return box


_MEASURES: tuple[tuple[str, Callable[[Judgement], float]], ...] = (
    ("error", lambda judged: judged.error),
    ("vus", lambda judged: judged.vus_pr),
    ("alarms", lambda judged: judged.alarms),
)


def _right(label: QLabel) -> QLabel:
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def _button(code: str, act: Callable[[], object]) -> QPushButton:
    button = QPushButton(tell(code))
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked=False: act())
    return button
