"""The incidents by who found them."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from engine.data import Result
from gui.models.incident_table import ROW_ROLE
from gui.prepared.digest import Digest
from gui.state import AppState
from gui.views.incidents_view import IncidentsView


def test_every_combination_of_detectors_is_counted_and_filters(qtbot: QtBot, state: AppState, result: Result) -> None:
    view = IncidentsView(state)
    qtbot.addWidget(view)
    voters = Digest.of(result).voters
    assert len(voters) == len(result.incidents)
    offered = [view.voters.itemText(i) for i in range(1, view.voters.count())]
    assert sum(int(text.rsplit("(", 1)[1].rstrip(")")) for text in offered) == len(result.incidents)
    total = 0
    for choice in range(1, view.voters.count()):
        view.voters.setCurrentIndex(choice)
        model = view.table.model()
        found = {voters[model.index(i, 0).data(ROW_ROLE).incident.id] for i in range(model.rowCount())}
        assert len(found) == 1
        total += model.rowCount()
    assert total == len(result.incidents)
    view.voters.setCurrentIndex(0)
    assert view.table.model().rowCount() == len(result.incidents)
