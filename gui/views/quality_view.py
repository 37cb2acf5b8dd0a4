"""What was read, what was left out and why, what was measured when, and what becomes of gaps."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.calendar import duration_text
from engine.completeness import quality
from engine.completeness.coverage import Coverage, KpiCoverage, cover
from engine.data import Dropped, Panel, Quality
from engine.settings import gap_policy
from engine.settings.gap_policy import GapPolicy, policy_of
from engine.text import number, say, tell
from gui.job import Job, uncaught
from gui.look.theme import GRID
from gui.look.wording import cell_label, format_label, moment_iso, share
from gui.plots.gap_strips import GapStrips
from gui.state import AppState, Source
from gui.widgets.completeness import CompletenessStrip
from gui.widgets.facts import facts
from gui.widgets.gap_choice import GapChoice
from gui.widgets.heading import Heading, caption, empty, heading, sentence
from gui.widgets.page import Page
from gui.widgets.when_seen import WhenSeen

MOST_KPIS = 60
"""KPIs with a line of their own, those that lack most first."""


class QualityView(QWidget):
    """Written anew when other data are loaded or gaps were filled another way; counting goes on beside the window."""

    id: ClassVar[str] = "quality"
    title: ClassVar[str] = tell("quality_title")

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._shown: tuple[object, ...] = ()
        self._written: Source | None = None
        self._job: Job | None = None
        self.choices: dict[str, GapChoice] = {}
        self.heading = Heading()
        self._page = Page()
        self._empty = empty(tell("quality_empty"))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.heading)
        box.addWidget(self._page, 1)
        box.addWidget(self._empty, 1)
        self._found: Coverage | None = None
        self._seen = WhenSeen(self, self._write)
        state.panel_changed.connect(self._follow)
        state.result_changed.connect(self._follow)
        state.settings_changed.connect(self._show_policies)
        self._write()

    @property
    def working(self) -> bool:
        """Whether points are still being counted."""
        return self._job is not None

    # -- counting

    def _follow(self) -> None:
        """Write at once what is known at once, and the rest when it is counted."""
        source, panel = self._state.source, self._state.panel
        result = self._state.result
        policies = result.settings.gaps if result is not None else ()
        seen = (source, panel, policies)
        if seen == self._shown:
            return
        self._shown = seen
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._found = None
        self._seen.changed()
        if panel is None:
            return
        job = Job(lambda monitor: cover(panel, policies, monitor), "quality")
        self._job = job
        job.done.connect(lambda found: self._counted(job, found))
        job.failed.connect(uncaught)
        job.start()

    def _counted(self, job: Job, found: Coverage) -> None:
        if job is self._job:
            self._job, self._found = None, found
            self._seen.changed()

    # -- writing

    def _write(self) -> None:
        source, found = self._state.source, self._found
        self._page.setVisible(source is not None)
        self._empty.setVisible(source is None)
        self.heading.set_caption("")
        self.choices = {}
        if source is None:
            return
        panel, report = self._state.panel or source.panel, source.quality
        self.heading.set_caption(", ".join(source.paths))
        self._page.start()
        self._page.add(_columns(facts(_facts(panel, report, found)), _left_out(report)))
        if found is None:
            self._page.space()
            self._page.note(tell("quality_working"))
        else:
            self._write_counted(panel, report, found)
        self._write_cells(source)
        if len(report.completeness):
            self._page.head(tell("quality_completeness"))
            strip = CompletenessStrip(lambda cell: _told(panel, report, cell))
            strip.set_shares(report.completeness)
            self._page.add(strip)
            self._page.note(tell("quality_complete_scale"))
        self._page.finish(keep_place=source is self._written)
        self._written = source

    def _write_counted(self, panel: Panel, report: Quality, found: Coverage) -> None:
        self._page.head(tell("quality_by_kpi"))
        self._page.add(self._by_kpi(panel, found))
        if len(found.kpis) > MOST_KPIS:
            self._page.note(tell("quality_kpis_more", more=len(found.kpis) - MOST_KPIS))
        self._page.note(tell("gaps_note"))
        if found.suspect:
            self._page.head(tell("quality_suspect"))
            for stretch in found.suspect[:6]:
                self._page.say(quality.stretch_text(stretch, panel))
            if found.suspect_stretches > 6:
                self._page.note(tell("quality_suspect_more", more=found.suspect_stretches - 6))
        if found.strips is not None:
            self._page.head(tell("quality_over_time"))
            cells = len(panel.cells)
            self._page.note(tell("quality_over_time_what", complete=found.strips.complete, cells=cells))
            strips = GapStrips(panel, found.strips, report.completeness)
            strips.cell_chosen.connect(lambda cell: self._state.select(cell=cell, incident=None))
            self._page.add(strips)

    def _write_cells(self, source: Source) -> None:
        lines = quality.unmatched_cells(source.quality)
        if lines:
            self._page.head(tell("quality_cells"))
            for line in lines:
                self._page.say(line)

    def _by_kpi(self, panel: Panel, found: Coverage) -> QWidget:
        """Per KPI what there is of it, and the choice of what becomes of its gaps."""
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(GRID)
        heads = ["kpi", "missing", "gaps", "longest", "suspect", "imputed", "policy"]
        for column, name in enumerate(heads):
            side = Qt.AlignmentFlag.AlignLeft if name in ("kpi", "policy") else Qt.AlignmentFlag.AlignRight
            grid.addWidget(caption(tell(f"quality_kpi_{name}" if name != "kpi" else "quality_kpi")), 0, column, side)
        grid.setColumnStretch(len(heads) - 1, 1)
        worst = sorted(found.kpis, key=lambda one: -one.missing)[:MOST_KPIS]
        shown = {one.kpi for one in worst}
        for at, one in enumerate((k for k in found.kpis if k.kpi in shown), start=1):
            label = QLabel(one.kpi)
            label.setTextFormat(Qt.TextFormat.PlainText)
            grid.addWidget(label, at, 0)
            for column, text in enumerate(_figures(panel, one), start=1):
                grid.addWidget(_right(text), at, column)
            choice = GapChoice(one.kpi, panel.period_s, policy_of(one.kpi, self._state.settings.gaps))
            choice.chosen.connect(lambda choice=choice: self._choose(choice.kpi, choice.policy))
            self.choices[one.kpi] = choice
            grid.addWidget(choice, at, len(heads) - 1)
        return box

    # -- policies

    def _choose(self, kpi: str, policy: GapPolicy) -> None:
        policies = gap_policy.read(self._state.settings.gaps)
        gaps = gap_policy.write({**policies, kpi: policy})
        self._state.choose(f"gaps of {kpi}", tell("choice_gaps", kpi=kpi), gaps=gaps)

    def _show_policies(self) -> None:
        for kpi, choice in self.choices.items():
            policy = policy_of(kpi, self._state.settings.gaps)
            if policy != choice.policy:
                choice.set_policy(policy)


def _figures(panel: Panel, one: KpiCoverage) -> list[str]:
    longest = duration_text(one.longest * panel.period_s) if one.longest else ""
    counts = (one.gaps, one.suspect, one.imputed)
    gaps, suspect, imputed = (number(count) if count else "" for count in counts)
    return [share(one.missing_share), gaps, longest, suspect, imputed]


def _right(text: str) -> QLabel:
    label = QLabel(text)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return label


def _facts(panel: Panel, report: Quality, found: Coverage | None) -> list[tuple[str, str, str]]:
    iso = ""
    if len(panel.times):
        last = len(panel.times) - 1
        iso = tell("quality_span_iso", start=moment_iso(panel, 0), stop=moment_iso(panel, last))
    mapping = "   ".join(
        tell("quality_mapping_value", role=role, column=column) for role, column in report.mapping.items()
    )
    out, excluded = sum(d.rows for d in report.dropped), found.excluded_share if found else float("nan")
    left_out = tell("quality_rows_left_out_value", rows=number(out), share=share(out / max(report.rows_read, 1)))
    return [
        (tell("quality_format"), format_label(report.format), ""),
        (tell("quality_mapping"), mapping, ""),
        (tell("quality_rows"), tell("quality_rows_value", kept=report.rows_kept, read=report.rows_read), ""),
        (tell("quality_rows_left_out"), left_out, ""),
        (tell("quality_span"), quality.span_text(panel), iso),
        (tell("quality_zone"), panel.zone, ""),
        (tell("quality_missing"), share(report.missing_share), ""),
        (
            tell("quality_excluded"),
            tell("quality_excluded_value", share=share(excluded)) if excluded == excluded else "",
            "",
        ),
        (tell("quality_duplicates"), number(report.duplicates), ""),
        (tell("quality_jumps"), number(report.clock_jumps), ""),
    ]


def _columns(left: QWidget, right: QWidget) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8 * GRID)
    row.addWidget(left, 2, Qt.AlignmentFlag.AlignTop)
    row.addWidget(right, 3, Qt.AlignmentFlag.AlignTop)
    return box


def _left_out(report: Quality) -> QWidget:
    """What was not used and why, and what else is to be known."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GRID)
    column.addWidget(heading(tell("quality_dropped")))
    column.addWidget(_dropped(report.dropped) if report.dropped else caption(tell("quality_none_dropped")))
    notes = [note for note in report.notes if note.code not in quality.CELL_NOTES]
    if notes:
        column.addSpacing(3 * GRID)
        column.addWidget(heading(tell("quality_notes")))
        for note in notes:
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


def _told(panel: Panel, report: Quality, cell: int) -> str:
    return tell(
        "quality_completeness_tip",
        cell=cell_label(panel, cell),
        share=share(float(report.completeness[cell])),
        gaps=int(report.gaps[cell]),
    )
