"""How the window was left: what is selected, shown, filtered and in sight, so that a project opens to it again.

It goes into the project, with which it travels. What belongs to a machine and the person at it, the size of the window,
how it is divided, light or dark, is in their preferences.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject

from engine.data import Panel
from gui.arrangement import TABS, Arrangement
from gui.kept.keeping import Keeper
from gui.left import Left, Told, stretch_of
from gui.said.reviews import Place
from gui.state import AppState


class Screen(QObject):
    """Tells the keeper how the window is, and puts it back."""

    def __init__(self, state: AppState, keeper: Keeper, arrangement: Arrangement) -> None:
        super().__init__(arrangement)
        self._state, self._keeper, self._arranged = state, keeper, arrangement
        keeper.screen = self.as_left
        state.selection_changed.connect(keeper.rearranged)
        arrangement.tabs.currentChanged.connect(lambda _index: keeper.rearranged())
        arrangement.panes.changed.connect(lambda _alone: keeper.rearranged())
        for view in arrangement.views.rearranged:
            view.rearranged.connect(keeper.rearranged)

    def as_left(self) -> Told:
        """How the window is; empty while no data are open."""
        panel, arranged = self._state.panel, self._arranged
        if panel is None:
            return {}
        return {
            "selected": self._selected(panel),
            "tab": TABS[arranged.tabs.currentIndex()],
            "alone": arranged.panes.alone,
            **{view.id: view.as_left() for view in arranged.views.rearranged},
        }

    def put_back(self, told: Mapping[str, Any]) -> None:
        """Make the window what it was when it was left, as far as the data that are shown have it."""
        left, arranged = Left(told), self._arranged
        if left:
            self._select(left.part("selected"))
            for view in arranged.views.rearranged:
                view.put_back(left.part(view.id))
            if (tab := left.text("tab")) in TABS:
                arranged.tabs.setCurrentWidget(arranged.views.by_id[tab])
            arranged.panes.go_alone(left.text("alone"))
        self._keeper.screen_is_known()

    def _selected(self, panel: Panel) -> Told:
        """What is selected, by ids and times. An incident is where it shows most, as its number is that of a run."""
        selection = self._state.selection
        told: Told = {"kpi": selection.kpi}
        if selection.cell is not None:
            told["cell"] = panel.cells[selection.cell].id
        if selection.span is not None:
            told["span"] = stretch_of(panel, *selection.span)
        if (incident := self._state.incident(selection.incident)) is not None:
            worst = self._state.places(incident)[0]
            told["incident"] = {
                "cell": panel.cells[worst.cell].id,
                "kpi": worst.kpi,
                **stretch_of(panel, worst.start, worst.stop),
            }
        return told

    def _select(self, left: Left) -> None:
        """Select what was selected; what is selected stays where that, or the incident, is no longer there."""
        panel = self._state.panel
        if panel is None:
            return
        rows = {cell.id: row for row, cell in enumerate(panel.cells)}
        cell, kpi, incident = rows.get(left.text("cell")), left.text("kpi"), None
        if left.part("incident"):
            place = _place(left.part("incident"), panel, rows)
            incident = self._state.incident_at(place) if place is not None else None
            if incident is None:
                return
        if cell is None or kpi not in panel.values:
            return
        span = left.part("span").stretch(panel)
        self._state.select(
            cell=cell,
            kpi=kpi,
            incident=None if incident is None else incident.id,
            span=None if span is None else (round(span[0]), max(round(span[1]), round(span[0]) + 1)),
        )


def _place(left: Left, panel: Panel, rows: Mapping[str, int]) -> Place | None:
    """Where an incident was, on this panel; None where that is not on it."""
    cell, stretch = rows.get(left.text("cell")), left.stretch(panel)
    if cell is None or stretch is None:
        return None
    return Place(cell, left.text("kpi"), round(stretch[0]), max(round(stretch[1]), round(stretch[0]) + 1))
