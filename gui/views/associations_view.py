"""What goes with anomalies of the selected KPI: odds ratios as a forest plot."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.data import Association
from engine.text import say, tell
from gui.look.wording import odds_numbers, term_label
from gui.state import AppState
from gui.widgets.forest import ForestPlot, Odds
from gui.widgets.heading import Heading, empty
from gui.widgets.page import Page
from gui.widgets.when_seen import WhenSeen


class AssociationsView(QWidget):
    """Follows the selected KPI while it is seen."""

    id: ClassVar[str] = "associations"
    title: ClassVar[str] = tell("associations_title")

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._shown: object = None
        self.heading = Heading()
        self._page = Page()
        self._empty = empty(tell("associations_empty"))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.heading)
        box.addWidget(self._page, 1)
        box.addWidget(self._empty, 1)
        seen = WhenSeen(self, self._write)
        state.result_changed.connect(seen.changed)
        state.selection_changed.connect(seen.changed)
        self._write()

    def _write(self) -> None:
        result, kpi = self._state.result, self._state.selection.kpi
        terms = [a for a in result.associations if a.kpi == kpi] if result else []
        shown = (result is None, terms, kpi)  # not the result, which would outlive the next one while nobody looks here
        if self._shown == shown:
            return
        self._shown = shown
        self._page.setVisible(bool(terms))
        self._empty.setVisible(not terms)
        self.heading.set_caption(kpi)
        if not terms:
            self._empty.setText(tell("associations_none", kpi=kpi) if result else tell("associations_empty"))
            return
        self._page.start()
        plot = ForestPlot()
        plot.set_odds([_odds(term) for term in terms], tell("associations_rarer"), tell("associations_commoner"))
        self._page.add(plot)
        self._page.note(tell("associations_note"))
        about: dict[str, list[str]] = {}
        for term in terms:
            for warning in term.warnings:
                about.setdefault(say(warning), []).append(term_label(term.term))
        if about:
            self._page.head(tell("inspector_warnings"))
            for text, names in about.items():
                self._page.note(tell("associations_warning", terms=", ".join(names), text=text))
        self._page.finish()


def _odds(term: Association) -> Odds:
    told = " ".join([say(term.sentence), *(say(warning) for warning in term.warnings)])
    return Odds(
        term_label(term.term),
        term.odds_ratio,
        term.low,
        term.high,
        odds_numbers(term),
        told,
        doubtful=bool(term.warnings),
    )
