"""What was read, what was left out and why, and how complete each cell is."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.calendar import duration_text
from engine.data import Dropped, Panel, Quality
from engine.text import number, say, tell
from gui.state import AppState
from gui.theme import GRID
from gui.widgets.completeness import CompletenessStrip
from gui.widgets.facts import facts
from gui.widgets.heading import Heading, caption, empty, heading, sentence
from gui.widgets.page import Page
from gui.wording import cell_label, format_label, moment, moment_iso, share


class QualityView(QWidget):
    """Written anew when other data are loaded."""

    id: ClassVar[str] = "quality"
    title: ClassVar[str] = tell("quality_title")

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._heading = Heading()
        self._page = Page()
        self._empty = empty(tell("quality_empty"))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._heading)
        box.addWidget(self._page, 1)
        box.addWidget(self._empty, 1)
        state.panel_changed.connect(self._write)
        self._write()

    def _write(self) -> None:
        source = self._state.source
        self._page.setVisible(source is not None)
        self._empty.setVisible(source is None)
        self._heading.set_caption("")
        if source is None:
            return
        panel, quality = self._state.panel or source.panel, source.quality
        self._heading.set_caption(", ".join(source.paths))
        self._page.start()
        self._page.add(_columns(facts(_facts(panel, quality)), _left_out(quality)))
        if len(quality.completeness):
            self._page.head(tell("quality_completeness"))
            strip = CompletenessStrip(lambda cell: _told(panel, quality, cell))
            strip.set_shares(quality.completeness)
            self._page.add(strip)
            self._page.note(tell("quality_complete_scale"))
        self._page.finish()


def _facts(panel: Panel, quality: Quality) -> list[tuple[str, str, str]]:
    span, iso = "", ""
    if len(panel.times):
        last = len(panel.times) - 1
        span = tell(
            "quality_span_value",
            start=moment(panel, 0),
            stop=moment(panel, last),
            period=duration_text(panel.period_s),
        )
        iso = tell("quality_span_iso", start=moment_iso(panel, 0), stop=moment_iso(panel, last))
    mapping = "   ".join(
        tell("quality_mapping_value", role=role, column=column) for role, column in quality.mapping.items()
    )
    return [
        (tell("quality_format"), format_label(quality.format), ""),
        (tell("quality_mapping"), mapping, ""),
        (tell("quality_rows"), tell("quality_rows_value", kept=quality.rows_kept, read=quality.rows_read), ""),
        (tell("quality_span"), span, iso),
        (tell("quality_zone"), panel.zone, ""),
        (tell("quality_missing"), share(quality.missing_share), ""),
        (tell("quality_duplicates"), number(quality.duplicates), ""),
        (tell("quality_jumps"), number(quality.clock_jumps), ""),
    ]


def _columns(left: QWidget, right: QWidget) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8 * GRID)
    row.addWidget(left, 2, Qt.AlignmentFlag.AlignTop)
    row.addWidget(right, 3, Qt.AlignmentFlag.AlignTop)
    return box


def _left_out(quality: Quality) -> QWidget:
    """What was not used and why, and what else is to be known."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GRID)
    column.addWidget(heading(tell("quality_dropped")))
    column.addWidget(_dropped(quality.dropped) if quality.dropped else caption(tell("quality_none_dropped")))
    if quality.notes:
        column.addSpacing(3 * GRID)
        column.addWidget(heading(tell("quality_notes")))
        for note in quality.notes:
            column.addWidget(sentence(say(note)))
    return box


def _dropped(dropped: tuple[Dropped, ...]) -> QWidget:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(4 * GRID)
    grid.setVerticalSpacing(GRID)
    grid.setColumnStretch(1, 3)
    grid.setColumnStretch(2, 2)
    for column, code in enumerate(("quality_count", "quality_reason", "quality_example")):
        grid.addWidget(caption(tell(code)), 0, column)
    for at, entry in enumerate(sorted(dropped, key=lambda d: -d.rows), start=1):
        rows = QLabel(number(entry.rows))
        rows.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        grid.addWidget(rows, at, 0)
        grid.addWidget(sentence(say(entry.reason)), at, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(sentence(entry.example), at, 2, Qt.AlignmentFlag.AlignTop)
    return box


def _told(panel: Panel, quality: Quality, cell: int) -> str:
    return tell(
        "quality_completeness_tip",
        cell=cell_label(panel, cell),
        share=share(float(quality.completeness[cell])),
        gaps=int(quality.gaps[cell]),
    )
