"""What goes with anomalies of a KPI, and with what reserve."""

from __future__ import annotations

import dataclasses

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.data import Result
from engine.errors import Reason
from gui.state import AppState
from gui.views.associations_view import AssociationsView


def test_a_warning_names_the_circumstances_it_is_about(qtbot: QtBot, state: AppState, result: Result) -> None:
    kpi = result.panel.kpis[0].id
    one = result.associations[0]
    terms = (("night", 1.51), ("weekend", 1.49), ("monday", 1.51))
    told = tuple(
        dataclasses.replace(one, kpi=kpi, term=term, warnings=(Reason("association_spells", {"times": times}),))
        for term, times in terms
    )
    state.set_result(dataclasses.replace(result, associations=told))
    view = AssociationsView(state)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    state.select(kpi=kpi)
    notes = [label.text() for label in view.findChildren(QLabel) if "widened" in label.text()]
    assert len(notes) == 2
    assert notes[0].startswith("night, ")
    assert notes[1].startswith("weekend: ")
