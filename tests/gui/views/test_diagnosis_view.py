"""The diagnosis view: what the series is like, what suits it, what labels chose, and models fitted on demand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from engine.data import ErrorCurve, Models, Result
from engine.detectors import choose
from engine.diagnose import diagnose, diagnosis_of
from engine.errors import Reason
from gui.state import AppState
from gui.views import diagnosis_view
from gui.views.diagnosis_view import DiagnosisView
from tests.engine.result_factory import make_result
from tests.gui.gestures import click


@pytest.fixture(scope="module")
def result() -> Result:
    base = make_result(cells=3, periods=24 * 28, kpis=1)
    (kpi,) = base.panel.kpis
    found = diagnose(base.panel.values[kpi.id], base.clock, kpi, range(3), choose(("garch", "nnar"), base.settings))
    curve = ErrorCurve(np.linspace(0, 9, 50), np.abs(np.linspace(-0.4, 0.6, 50)) + 0.01, 3.7, 1000, 40)
    return dataclasses.replace(base, diagnoses=found, curves={kpi.id: {"garch": curve}})


@pytest.fixture
def state(result: Result) -> AppState:
    state = AppState()
    state.set_result(result)
    return state


@pytest.fixture
def view(qtbot: QtBot, state: AppState, result: Result) -> DiagnosisView:
    view = DiagnosisView(state)
    qtbot.addWidget(view)
    view.resize(1200, 900)
    view.show()
    state.select(cell=0, kpi=result.panel.kpis[0].id)
    return view


def texts(view: DiagnosisView) -> str:
    return " ".join(label.text() for label in view._page.widget().findChildren(QLabel))


def cut_off(view: DiagnosisView) -> list[str]:
    """The sentences that are not whole on the page."""
    labels = view._page.widget().findChildren(QLabel)
    return [
        label.text() for label in labels if label.wordWrap() and label.height() < label.heightForWidth(label.width())
    ]


def test_sentences_are_whole_in_a_low_pane_as_soon_as_they_are_shown(view: DiagnosisView, state: AppState) -> None:
    view.resize(1400, 190)
    for cell in (1, 0):
        state.select(cell=cell)
        QApplication.processEvents()
        assert cut_off(view) == []


def offers(view: DiagnosisView) -> list[QPushButton]:
    return view._page.widget().findChildren(QPushButton)


def test_it_tells_the_series_its_tests_and_which_detectors_suit(view: DiagnosisView) -> None:
    said = texts(view)
    assert "Levene F" in said
    assert "Engle" in said
    assert "What is usual repeats by: what the history shows." in said
    assert "GARCH: by the labels the threshold is 3.7" in said
    assert "no alarm at all 4 %" in said


def test_a_detector_that_suits_and_has_no_opinion_says_why(
    view: DiagnosisView, state: AppState, result: Result
) -> None:
    assert "GARCH judges this series." in texts(view)
    kpi = result.panel.kpis[0].id
    garch = result.evidence[kpi]["garch"]
    silent = dataclasses.replace(garch, reasons=(Reason("garch_no_variance"), *garch.reasons[1:]))
    state.set_result(dataclasses.replace(result, evidence={kpi: {**result.evidence[kpi], "garch": silent}}))
    state.select(cell=0, kpi=kpi)
    assert "GARCH has no opinion. The values hardly vary" in texts(view)
    assert "GARCH judges this series." not in texts(view)


def test_weekdays_that_the_expected_course_tells_apart_are_said(
    view: DiagnosisView, state: AppState, result: Result
) -> None:
    kpi = result.panel.kpis[0].id
    cells = result.panel.shape[0]
    alike = dataclasses.replace(diagnosis_of(result.diagnoses, 0, kpi), seasons=(24,))
    for week, said in ((np.zeros((cells, 7)), False), (np.full((cells, 7), 0.3), True)):
        models = Models(0, 0, "", "", {}, {kpi: {"season": {"week": week}}})
        state.set_result(dataclasses.replace(result, models=models, diagnoses=(alike,)))
        state.select(cell=0, kpi=kpi)
        assert ("Weekdays differ as well" in texts(view)) == said


def test_models_of_the_mean_are_fitted_on_demand_and_kept(view: DiagnosisView, state: AppState, qtbot: QtBot) -> None:
    (offer,) = offers(view)
    assert "AR(2)" not in texts(view)
    click(offer, offer.rect().center())
    qtbot.waitUntil(lambda: "ARIMA(1,1,1)" in texts(view), timeout=60_000)
    assert not offers(view)
    state.select(cell=1)
    assert len(offers(view)) == 1
    state.select(cell=0)
    assert "ARIMA(1,1,1)" in texts(view)


def test_a_fit_that_fails_is_told_and_can_be_tried_again(
    view: DiagnosisView, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError("inside")

    with monkeypatch.context() as patch, qtbot.capture_exceptions() as raised:
        patch.setattr(diagnosis_view, "arima_verdict", fail)
        offers(view)[0].click()
        qtbot.waitUntil(lambda: bool(raised), timeout=5000)
    assert [kind for kind, _, _ in raised] == [ZeroDivisionError]
    offers(view)[0].click()
    qtbot.waitUntil(lambda: "ARIMA(1,1,1)" in texts(view), timeout=60_000)


def test_a_fit_that_is_left_for_another_series_is_dropped(view: DiagnosisView, state: AppState, qtbot: QtBot) -> None:
    (offer,) = offers(view)
    offer.setFocus()
    qtbot.keyClick(offer, Qt.Key.Key_Space)
    job = view._job
    assert job is not None
    state.select(cell=2)
    assert "Fitting" not in texts(view)
    assert len(offers(view)) == 1
    assert job.wait(60)
    qtbot.wait(20)
    assert "AR(2)" not in texts(view)
