"""What happened, how bad it is, who says so, what goes with it: the selected incident, or the selected cell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.attribute import Mover, Resemblance, movers, similar_incidents
from engine.calendar import duration_text
from engine.data import TRAITS, Anomaly, Association, Cause, Incident, KpiKind, Panel, Result
from engine.inspection import explanation
from engine.inspection.explanation import Explanation
from engine.inspection.summary import worst_first
from engine.inspection.traits import traits_of
from engine.text import number, say, tell, with_unit
from gui.job import Job, uncaught
from gui.look.marks import SIZE, severity_icon
from gui.look.theme import GRID, palette_of
from gui.look.wording import (
    acknowledged,
    cause_label,
    cell_label,
    cells_label,
    detector_label,
    lasting,
    moment,
    moment_iso,
    odds_numbers,
    share,
)
from gui.state import AppState, Selection
from gui.widgets.facts import facts
from gui.widgets.heading import Heading, caption, empty, heading, sentence
from gui.widgets.link import Link
from gui.widgets.page import Page
from gui.widgets.score_bars import ScoreBars
from gui.widgets.vote_bars import Vote, VoteBars
from gui.widgets.weight_bar import WeightBar

_MOST_LISTED = 5
_MOST_MOVERS = 60
"""Asked for, to have `_MOST_LISTED` left when those of the incident itself are taken out."""
_MOST_BRUSHED = 20
_LATER_MS = 150
_MOST_EVIDENCE = 4


@dataclass(frozen=True)
class Around:
    """What was found in the neighbourhood of what is selected: an incident, or a stretch of time of a cell."""

    selection: Selection
    similar: tuple[Resemblance, ...]
    movers: tuple[Mover, ...]


class InspectorView(QWidget):
    """Written anew when the selection or the result changes; what takes a while to find is added when it is there."""

    id: ClassVar[str] = "inspector"
    title: ClassVar[str] = tell("inspector_title")

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._heading = Heading(self.title)
        self._page = Page()
        self._empty = empty(tell("inspector_empty"))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self._heading)
        box.addWidget(self._page, 1)
        box.addWidget(self._empty, 1)
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._write)
        self._later = QTimer(self, interval=_LATER_MS, singleShot=True)
        self._later.timeout.connect(self._look_around)
        self._job: Job | None = None
        self._around = QVBoxLayout()
        for signal in (state.panel_changed, state.result_changed, state.selection_changed):
            signal.connect(self._soon.start)
        for signal in (state.reviews.changed, state.reviews.reset):
            signal.connect(lambda *_: self._soon.start())
        self._write()

    def changeEvent(self, event: QEvent) -> None:
        """Draw the mark anew when light turns dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._soon.start()

    def _write(self) -> None:
        result, selection = self._state.result, self._state.selection
        incident = self._state.incident(selection.incident)
        self._later.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None
        told = result is not None and (incident is not None or selection.cell is not None)
        self._page.setVisible(told)
        self._empty.setVisible(not told)
        if result is None or not told:
            return
        self._page.start()
        if incident is not None:
            self._tell_incident(result, incident)
        elif selection.cell is not None:
            self._tell_cell(result, selection.cell)
        self._page.finish()

    # -- an incident

    def _tell_incident(self, result: Result, incident: Incident) -> None:
        worst, panel, page = self._state.worst(incident), result.panel, self._page
        page.add(self._title(incident))
        page.say(say(incident.sentence))
        page.space()
        page.add(facts(self._facts(panel, incident, worst)))

        page.head(tell("inspector_votes"))
        votes = VoteBars(self._votes(result, worst))
        page.add(votes)
        silent = all(math.isnan(margin) for margin in worst.margins.values())
        page.note(tell("inspector_votes_none") if silent else tell("inspector_votes_note"))

        self._tell_score(explanation.of_anomaly(result, worst), tell("inspector_score"))

        page.head(tell("inspector_causes"))
        for cause in incident.causes:
            self._tell_cause(cause)
        page.note(tell("inspector_causes_note") if incident.causes else tell("inspector_no_causes"))

        self._tell_associations(result, worst.kpi)
        self._tell_warnings(worst, incident)
        self._leave_room()

    def _tell_score(self, explained: Explanation | None, title: str) -> None:
        """The parts of a score as bars, and what counted besides in words."""
        if explained is None:
            return
        self._page.head(title)
        self._page.add(ScoreBars(explained))
        for fact in (*explained.facts, *explained.about_vote):
            self._page.note(say(fact))

    def _title(self, incident: Incident) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, GRID)
        row.setSpacing(2 * GRID)
        mark = QLabel()
        mark.setPixmap(self._mark(incident))
        row.addWidget(mark)
        row.addWidget(heading(tell(f"severity_{incident.severity.value}")))
        row.addStretch(1)
        return line

    def _mark(self, incident: Incident) -> QPixmap:
        icon = severity_icon(incident.severity, palette_of(self))
        return icon.pixmap(QSize(SIZE, SIZE), self.devicePixelRatioF())

    def _facts(self, panel: Panel, incident: Incident, worst: Anomaly) -> list[tuple[str, str, str]]:
        kpi = panel.kpi(worst.kpi)
        several = worst.stop - worst.start > 1
        summed = several and kpi.kind is KpiKind.COUNT

        def told(amount: str) -> str:
            over = "inspector_in_all" if summed else "inspector_on_average"
            return tell(over, amount=amount) if several and amount else amount

        over = tell("inspector_in_all_tip") if summed else ""
        cells = (worst.cell, *(c for c in incident.cells if c != worst.cell))
        periods = incident.stop - incident.start
        review = self._state.review(incident)
        return [
            (
                tell("inspector_when"),
                tell("inspector_lasted", start=moment(panel, incident.start), duration=lasting(panel, periods)),
                moment_iso(panel, incident.start),
            ),
            (tell("inspector_where"), cells_label(panel, cells), ", ".join(cell_label(panel, c) for c in cells[:40])),
            (
                tell("inspector_common" if len(cells) == 1 else "inspector_common_several"),
                traits_of([panel.cells[c] for c in cells]),
                "",
            ),
            (tell("inspector_kpis"), ", ".join(incident.kpis), ""),
            (tell("inspector_shape"), tell(f"type_{worst.type.value}"), ""),
            (tell("inspector_measured"), told(_amount(worst.actual, kpi.unit)), over),
            (tell("inspector_expected"), told(_amount(worst.expected, kpi.unit)), over),
            (tell("inspector_band"), told(_band(worst, kpi.unit)), over),
            (tell("incidents_review"), tell(f"tag_{review.tag}") if review.tag else "", ""),
            (tell("incidents_comment"), review.comment, ""),
            (tell("incidents_owner"), review.owner, ""),
            (
                tell("incidents_seen"),
                acknowledged(review.acknowledged_by, review.acknowledged, panel.zone),
                "",
            ),
        ]

    def _votes(self, result: Result, worst: Anomaly) -> list[Vote]:
        evidence = result.evidence.get(worst.kpi, {})
        votes = []
        for detector, margin in worst.margins.items():
            why = ""
            if math.isnan(margin):
                reason = evidence[detector].reasons[worst.cell] if detector in evidence else None
                why = say(reason) if reason else tell("vote_no_opinion_here")
            votes.append(Vote(detector, detector_label(detector), margin, why))
        return votes

    def _tell_cause(self, cause: Cause) -> None:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, GRID, 0, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(sentence(cause_label(cause.kind)), 1)
        row.addWidget(WeightBar(cause.weight))
        weight = QLabel(tell("share", percent=round(100 * cause.weight)))
        weight.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        weight.setFixedWidth(12 * GRID)
        row.addWidget(weight)
        self._page.add(line)
        for reason in cause.evidence[:_MOST_EVIDENCE]:
            self._page.note(say(reason))

    def _tell_associations(self, result: Result, kpi: str) -> None:
        terms = [a for a in result.associations if a.kpi == kpi and _clear(a)]
        if not terms:
            return
        self._page.head(tell("inspector_associations", kpi=kpi))
        for term in sorted(terms, key=lambda a: a.p_value)[:_MOST_LISTED]:
            label = self._page.note(say(term.sentence))
            label.setToolTip(odds_numbers(term))

    def _tell_warnings(self, worst: Anomaly, incident: Incident) -> None:
        warnings = []
        if worst.suspect_points:
            warnings.append(tell("inspector_suspect", points=worst.suspect_points))
        if worst.imputed_points:
            warnings.append(tell("inspector_imputed", points=worst.imputed_points))
        for title, notes in (
            (tell("inspector_grouped"), [say(reason) for reason in incident.grouped_by]),
            (tell("inspector_warnings"), warnings),
        ):
            if notes:
                self._page.head(title)
                for note in notes:
                    self._page.note(note)

    # -- what takes a while to find

    def _leave_room(self) -> None:
        """Keep a place for what is found later, and begin to look for it in a moment."""
        box = QWidget()
        self._around = QVBoxLayout(box)
        self._around.setContentsMargins(0, 0, 0, 0)
        self._around.setSpacing(GRID)
        self._page.add(box)
        self._later.start()

    def _look_around(self) -> None:
        result, selection = self._state.result, self._state.selection
        if result is None:
            return
        incident = self._state.incident(selection.incident)
        worst = self._state.worst(incident) if incident is not None else None
        self._job = Job(lambda _monitor: _around(result, selection, incident, worst), "inspect")
        self._job.done.connect(self._tell_around)
        self._job.failed.connect(uncaught)
        self._job.start()

    def _tell_around(self, found: Around) -> None:
        self._job = None
        result = self._state.result
        if result is None or found.selection != self._state.selection:
            return
        if found.similar:
            self._around.addSpacing(3 * GRID)
            self._around.addWidget(heading(tell("inspector_similar")))
        for alike in found.similar:
            link = self._link(result.panel, alike.incident, "inspector_link_elsewhere")
            why = " ".join(say(reason) for reason in alike.reasons)
            link.setToolTip(f"{say(alike.incident.sentence)}\n{why}")
            self._around.addWidget(link)
        if found.movers or not found.similar:
            self._around.addSpacing(3 * GRID)
            self._around.addWidget(heading(tell("inspector_movers")))
        if not found.movers and not found.similar:
            self._around.addWidget(caption(tell("inspector_no_movers"), wrap=True))
        for mover in found.movers:
            moved = tell(
                f"inspector_moved_{mover.direction.value}", cell=cell_label(result.panel, mover.cell), kpi=mover.kpi
            )
            if mover.lag_s:
                lag = duration_text(abs(mover.lag_s))
                moved = tell(
                    "inspector_moved_later" if mover.lag_s > 0 else "inspector_moved_before", what=moved, lag=lag
                )
            link = Link(moved)
            link.setToolTip(say(mover.sentence))
            link.clicked.connect(lambda _checked=False, m=mover: self._state.select(cell=m.cell, kpi=m.kpi))
            self._around.addWidget(link)

    # -- a cell

    def _tell_cell(self, result: Result, cell: int) -> None:
        page, panel = self._page, result.panel
        known = panel.cells[cell]
        page.add(heading(cell_label(panel, cell), wrap=True))
        page.space(1)
        position = "" if known.lat is None or known.lon is None else f"{known.lat:.4f}, {known.lon:.4f}"
        azimuth = "" if known.azimuth is None else tell("inspector_azimuth_value", degrees=f"{known.azimuth:g}")
        page.add(
            facts(
                [
                    (tell("inspector_id"), known.id if known.name else "", ""),
                    (tell("inspector_site"), known.site, ""),
                    *((tell(f"trait_{trait}"), getattr(known, trait), "") for trait in TRAITS),
                    (tell("inspector_area"), known.area, ""),
                    (tell("inspector_position"), position, ""),
                    (tell("inspector_azimuth"), azimuth, ""),
                    (tell("quality_completeness_one"), share(float(result.quality.completeness[cell])), "")
                    if cell < len(result.quality.completeness)
                    else ("", "", ""),
                ]
            )
        )
        told = self._state.selection.span is not None and self._state.selection.kpi in result.verdicts
        if told and self._state.selection.span is not None:
            self._tell_span(result, cell, *self._state.selection.span)
        page.head(tell("inspector_incidents_of_cell"))
        of_cell = [i for i in worst_first(result.incidents) if cell in i.cells]
        for incident in of_cell[: 2 * _MOST_LISTED]:
            page.add(self._link(panel, incident, "inspector_link_here"))
        if not of_cell:
            judged = any(np.isfinite(verdict.score[cell]).any() for verdict in result.verdicts.values())
            page.note(tell("inspector_calm_cell" if judged else "inspector_unjudged_cell"))
        elif len(of_cell) > 2 * _MOST_LISTED:
            page.note(tell("inspector_more", more=len(of_cell) - 2 * _MOST_LISTED))
        silent = [
            (detector_label(name), evidence.reasons[cell])
            for name, evidence in result.evidence.get(self._state.selection.kpi, {}).items()
            if cell < len(evidence.reasons) and evidence.reasons[cell] is not None
        ]
        if silent and not told:
            page.head(tell("inspector_silent_detectors", kpi=self._state.selection.kpi))
            for label, reason in silent:
                assert reason is not None
                page.note(tell("inspector_silent", detector=label, why=say(reason)))

    def _tell_span(self, result: Result, cell: int, start: int, stop: int) -> None:
        """The stretch of time that was marked, what made the highest score in it, and what moved in it."""
        kpi, panel = self._state.selection.kpi, result.panel
        self._page.head(tell("inspector_marked", kpi=kpi))
        lasted = lasting(panel, stop - start)
        self._page.note(tell("inspector_lasted", start=moment(panel, start), duration=lasted))
        self._tell_score(explanation.of_stretch(result, kpi, cell, start, stop), tell("inspector_score_of"))
        self._leave_room()

    def _link(self, panel: Panel, incident: Incident, code: str) -> Link:
        worst = self._state.worst(incident)
        link = Link(
            tell(
                code,
                start=moment(panel, incident.start),
                what=tell(f"type_{worst.type.value}"),
                kpi=worst.kpi,
                cell=cell_label(panel, worst.cell),
                lasted=lasting(panel, incident.stop - incident.start),
            ),
            severity_icon(incident.severity, palette_of(self)),
        )
        link.setToolTip(say(incident.sentence))
        link.clicked.connect(lambda: self._state.select_incident(incident.id))
        return link


def _around(result: Result, selection: Selection, incident: Incident | None, worst: Anomaly | None) -> Around:
    """Similar past events, and what else moved in the same hours; runs in the worker."""
    if incident is None or worst is None:
        assert selection.cell is not None  # a stretch of time is marked in the series of a cell
        assert selection.span is not None
        return Around(selection, (), movers(result, selection.cell, selection.kpi, *selection.span, _MOST_BRUSHED))
    own = {(cell, kpi) for cell in incident.cells for kpi in incident.kpis}
    moved = movers(result, worst.cell, worst.kpi, incident.start, incident.stop, _MOST_MOVERS)
    others = tuple(m for m in moved if (m.cell, m.kpi) not in own)
    return Around(selection, similar_incidents(result, incident, _MOST_LISTED), others[:_MOST_LISTED])


def _amount(value: float, unit: str) -> str:
    if math.isnan(value):
        return ""
    return with_unit(value, unit)


def _band(worst: Anomaly, unit: str) -> str:
    if math.isnan(worst.lower) or math.isnan(worst.upper):
        return ""
    return tell("inspector_band_value", lower=number(worst.lower), upper=_amount(worst.upper, unit))


def _clear(association: Association) -> bool:
    """Whether the interval excludes 1 and nothing speaks against trusting it."""
    return not association.warnings and (association.low > 1.0 or association.high < 1.0)
