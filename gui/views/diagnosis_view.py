"""What the series of the selected cell and KPI is like, in words, and which detectors suit it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.data import Diagnosis, HypothesisTest, Result
from engine.diagnose import abstentions, arima_verdict, describe, diagnosis_of, opinions, weekdays
from engine.text import number, say, tell
from gui.job import Job, uncaught
from gui.look.theme import GRID
from gui.look.wording import cell_label, detector_label
from gui.state import AppState
from gui.widgets.heading import Heading, caption, empty, heading, sentence
from gui.widgets.page import Page
from gui.widgets.when_seen import WhenSeen

_WIDTHS = (3, 6, 4)


class DiagnosisView(QWidget):
    """Follows the selected cell and KPI while seen. Models of the mean are fitted on demand: they take seconds."""

    id: ClassVar[str] = "diagnosis"
    title: ClassVar[str] = tell("diagnosis_title")

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._shown: object = None
        self._fitted: dict[tuple[int, str], Sequence[HypothesisTest]] = {}
        self._models = QVBoxLayout()
        self._job: Job | None = None
        self.heading = Heading()
        self._page = Page()
        self._empty = empty(tell("diagnosis_empty"))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.heading)
        box.addWidget(self._page, 1)
        box.addWidget(self._empty, 1)
        self._seen = WhenSeen(self, self._write)
        state.result_changed.connect(self._index)
        state.selection_changed.connect(self._seen.changed)
        self._write()

    def _index(self) -> None:
        self._fitted = {}
        self._shown = None
        self._seen.changed()

    def _write(self) -> None:
        result, selection = self._state.result, self._state.selection
        if self._shown == (selection.cell, selection.kpi):
            return
        self._shown = (selection.cell, selection.kpi)
        self._drop_job()
        found = None
        if result is not None and selection.cell is not None:
            found = diagnosis_of(result.diagnoses, selection.cell, selection.kpi)
        self._page.setVisible(found is not None)
        self._empty.setVisible(found is None)
        self.heading.set_caption("")
        if result is None or found is None or selection.cell is None:
            known = result is not None and selection.cell is not None
            self._empty.setText(tell("diagnosis_none") if known else tell("diagnosis_empty"))
            return
        self.heading.set_caption(tell("diagnosis_of", cell=cell_label(result.panel, selection.cell), kpi=selection.kpi))
        self._page.start()
        sentences = describe(found, result.clock)
        rhythm = len(sentences) - len(found.tests)
        about = list(sentences[:rhythm])
        week = weekdays(result, selection.cell, selection.kpi)
        if week is not None and found.seasons and result.clock.week_slots not in found.seasons:
            last = max(at for at, one in enumerate(about) if one.code.startswith("season_"))
            about.insert(last + 1, week)
        self._page.add(
            _columns(
                (tell("diagnosis_series"), [say(one) for one in about], _followed(result)),
                (tell("diagnosis_tests"), [say(one) for one in sentences[rhythm:]], ""),
                (
                    tell("diagnosis_detectors"),
                    _opinions(result, found) + _chosen(result, selection.kpi),
                    "",
                ),
            )
        )
        self._page.head(tell("diagnosis_mean_models"))
        self._models = QVBoxLayout()
        self._models.setSpacing(2 * GRID)
        box = QWidget()
        box.setLayout(self._models)
        self._models.setContentsMargins(0, GRID, 0, 0)
        self._page.add(box)
        self._tell_models(self._fitted.get((selection.cell, selection.kpi)))
        self._page.finish()

    # -- AR, MA, ARMA, ARIMA

    def _tell_models(self, found: Sequence[HypothesisTest] | None) -> None:
        """The verdicts, or the offer to find them."""
        while (item := self._models.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        if found is None:
            offer = QPushButton(tell("diagnosis_fit"))
            offer.clicked.connect(self._fit)
            self._models.addWidget(offer, 0, Qt.AlignmentFlag.AlignLeft)
            return
        for one in found:
            self._models.addWidget(sentence(say(one.verdict)))

    def _fit(self) -> None:
        result, selection = self._state.result, self._state.selection
        if result is None or selection.cell is None or self._job is not None:
            return
        series = (selection.cell, selection.kpi)
        values, kpi = result.panel.values[selection.kpi][selection.cell], result.panel.kpi(selection.kpi)
        self._models.addWidget(caption(tell("diagnosis_fitting")))
        self._job = Job(lambda monitor: arima_verdict(values, result.clock, kpi, monitor), "models of the mean")
        self._job.done.connect(lambda found: self._keep(series, found))
        self._job.failed.connect(self._not_fitted)
        self._job.start()

    def _keep(self, series: tuple[int, str], found: Sequence[HypothesisTest]) -> None:
        self._job = None
        self._fitted[series] = found
        if self._shown == series:
            self._tell_models(found)

    def _not_fitted(self, error: Exception) -> None:
        self._job = None
        self._tell_models(None)  # it can be tried again
        uncaught(error)

    def _drop_job(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None


def _followed(result: Result) -> str:
    """What the detectors take for usual, and where to change it."""
    return tell("diagnosis_follows", season=tell(f"choice_season_{result.settings.season}"))


def _opinions(result: Result, found: Diagnosis) -> list[str]:
    """Per detector that it suits the series, or why it has no opinion."""
    silent = abstentions(found, result.evidence.get(found.kpi, {}))
    return [say(one) for one in opinions(silent, {detector: detector_label(detector) for detector in silent})]


def _chosen(result: Result, kpi: str) -> list[str]:
    """What the thresholds rest on where labels chose them."""
    return [
        tell(
            "diagnosis_threshold",
            detector=detector_label(detector),
            threshold=number(curve.best),
            errors=f"{100 * float(curve.errors.min()):.2g} %",
            never=f"{100 * curve.anomalous / curve.points:.2g} %",
        )
        for detector, curve in result.curves.get(kpi, {}).items()
    ]


def _columns(*columns: tuple[str, Sequence[str], str]) -> QWidget:
    """Side by side: a heading, sentences, and a caption below them."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8 * GRID)
    for stretch, (title, sentences, note) in zip(_WIDTHS, columns, strict=True):
        column = QVBoxLayout()
        column.setSpacing(2 * GRID)
        column.addWidget(heading(title))
        for told in sentences:
            column.addWidget(sentence(told))
        if note:
            column.addWidget(caption(note, wrap=True))
        column.addStretch(1)
        row.addLayout(column, stretch)
    return box
