"""What the series of the selected cell and KPI is like, in words, and which detectors suit it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.data import Diagnosis
from engine.diagnose import describe
from engine.errors import Reason
from engine.text import say, tell
from gui.state import AppState
from gui.theme import GRID
from gui.widgets.heading import Heading, empty, heading, sentence
from gui.widgets.page import Page
from gui.wording import cell_label, detector_label

_WIDTHS = (3, 6, 4)


class DiagnosisView(QWidget):
    """Follows the selected cell and KPI."""

    id: ClassVar[str] = "diagnosis"
    title: ClassVar[str] = tell("diagnosis_title")

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._by_series: dict[tuple[int, str], Diagnosis] = {}
        self._shown: object = None
        self._heading = Heading()
        self._page = Page()
        self._empty = empty(tell("diagnosis_empty"))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._heading)
        box.addWidget(self._page, 1)
        box.addWidget(self._empty, 1)
        state.result_changed.connect(self._index)
        state.selection_changed.connect(self._write)
        self._index()

    def _index(self) -> None:
        result = self._state.result
        self._by_series = {(d.cell, d.kpi): d for d in result.diagnoses} if result else {}
        self._shown = None
        self._write()

    def _write(self) -> None:
        result, selection = self._state.result, self._state.selection
        if self._shown == (selection.cell, selection.kpi):
            return
        self._shown = (selection.cell, selection.kpi)
        found = None if selection.cell is None else self._by_series.get((selection.cell, selection.kpi))
        self._page.setVisible(found is not None)
        self._empty.setVisible(found is None)
        self._heading.set_caption("")
        if result is None or found is None or selection.cell is None:
            known = result is not None and selection.cell is not None
            self._empty.setText(tell("diagnosis_none") if known else tell("diagnosis_empty"))
            return
        self._heading.set_caption(
            tell("diagnosis_of", cell=cell_label(result.panel, selection.cell), kpi=selection.kpi)
        )
        self._page.start()
        sentences = describe(found, result.clock)
        suits, tests = len(found.suits), len(found.tests)
        rhythm = len(sentences) - tests - suits
        self._page.add(
            _columns(
                (tell("diagnosis_series"), sentences[:rhythm]),
                (tell("diagnosis_tests"), sentences[rhythm : rhythm + tests]),
                (tell("diagnosis_detectors"), sentences[rhythm + tests :]),
            )
        )
        self._page.finish()


def _columns(*columns: tuple[str, Sequence[Reason]]) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8 * GRID)
    for stretch, (title, reasons) in zip(_WIDTHS, columns, strict=True):
        column = QVBoxLayout()
        column.setSpacing(2 * GRID)
        column.addWidget(heading(title))
        for reason in reasons:
            column.addWidget(sentence(say(_with_label(reason))))
        column.addStretch(1)
        row.addLayout(column, stretch)
    return box


def _with_label(reason: Reason) -> Reason:
    """The same with the detector called as a person calls it."""
    detector = reason.params.get("detector")
    if not isinstance(detector, str):
        return reason
    return Reason(reason.code, {**reason.params, "detector": detector_label(detector)})
