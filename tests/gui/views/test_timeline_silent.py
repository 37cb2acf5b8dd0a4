"""The timeline of a series that some detectors, or all of them, have no opinion on."""

from __future__ import annotations

import dataclasses

import numpy as np
from pytestqt.qtbot import QtBot

from engine.data import Result
from engine.errors import Reason
from gui.state import AppState
from tests.gui.views.test_timeline_room import opened


def test_detectors_without_an_opinion_on_the_series_share_a_lane(qtbot: QtBot, state: AppState, result: Result) -> None:
    """What is measured has their room; who they are and why they are silent is said in the lane and in its tip."""
    names = list(result.evidence["calls"])
    quiet = {}
    for name in names[1:]:
        evidence = result.evidence["calls"][name]
        score, reasons = evidence.score.copy(), list(evidence.reasons)
        score[1], reasons[1] = np.nan, Reason("not_enough_history", {"needed": 129, "points": 24})
        quiet[name] = dataclasses.replace(evidence, score=score, reasons=tuple(reasons))
    evidence = {**result.evidence, "calls": {**result.evidence["calls"], **quiet}}
    state.set_result(dataclasses.replace(result, evidence=evidence))
    view = opened(qtbot, state)
    view.resize(900, 300)
    state.select(cell=0, kpi="calls")
    view.grab()
    before = view.plot.values.box.height()
    state.select(cell=1)
    view.grab()
    first, together = view.plot.lanes
    assert first.hue == names[0]
    assert together.left.text == f"{len(names) - 1} detectors"
    assert together.left.toolTip().count("\n") == len(names) - 2
    assert view.plot.values.box.height() > before + 14
    state.select(cell=0)
    assert [lane.hue for lane in view.plot.lanes] == names


def test_a_series_that_nobody_judged_has_no_threshold_to_drag(qtbot: QtBot, state: AppState, result: Result) -> None:
    verdict = result.verdicts["calls"]
    score = verdict.score.copy()
    score[1] = np.nan
    verdicts = {**result.verdicts, "calls": dataclasses.replace(verdict, score=score)}
    state.set_result(dataclasses.replace(result, verdicts=verdicts))
    view = opened(qtbot, state)
    state.select(cell=0, kpi="calls")
    assert view.plot.combined.threshold.line.isVisible()
    state.select(cell=1)
    assert not view.plot.combined.threshold.line.isVisible()
