"""The curve over the alarm budgets is what a full vote gives at each of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import pipeline, simulate
from engine.budget.budget_curve import BUDGETS, explore
from engine.budget.outlook import Outlook
from engine.data import Labels, Quality, Result
from engine.monitor import Cancelled, Monitor
from engine.settings import preset
from tests.engine.result_factory import empty_result

CITY = simulate.city(cells=9, days=21, kpis=("calls", "sms"), incidents_per_cell_week=0.3, seed=6)
DAYS = 21


@pytest.fixture(scope="module")
def labels() -> Labels:
    return CITY.labels


@pytest.fixture(scope="module")
def result() -> Result:
    cells = CITY.panel.shape[0]
    quality = Quality("simulated", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(cells), np.zeros(cells, np.int64))
    return pipeline.analyse(CITY.panel, quality, replace(preset("balanced"), detectors=("baseline", "garch")))


@pytest.mark.parametrize("budget", [BUDGETS[0], 0.1, 1.0, BUDGETS[-1]])
@pytest.mark.parametrize("vote", ["fused", "all"])
def test_it_counts_and_errs_as_the_full_vote_does(result: Result, labels: Labels, budget: float, vote: str) -> None:
    settings = replace(result.settings, vote=vote, min_duration=2)
    curve = explore(result, settings, labels)
    voted = pipeline.revote(result, replace(settings, budget=budget), associations=False)
    at = BUDGETS.index(budget)
    assert curve.alarms[at] * DAYS == pytest.approx(len(voted.anomalies))
    wrong = sum(int((voted.verdicts[kpi].alarm != (of == 1))[of >= 0].sum()) for kpi, of in labels.items())
    assert curve.errors is not None
    assert curve.errors[at] * curve.labelled == pytest.approx(wrong)


def test_lists_that_reach_far_enough_are_taken_and_others_made_anew(result: Result) -> None:
    wanted = explore(result, result.settings).alarms
    for known in (Outlook.of(result), Outlook.of(replace(result, thresholds=_stricter(result)))):
        np.testing.assert_array_equal(explore(result, result.settings, None, known).alarms, wanted)


def _stricter(result: Result) -> dict[str, dict[str, float]]:
    return {kpi: {name: 3.0 * level for name, level in of.items()} for kpi, of in result.thresholds.items()}


def test_what_is_to_be_expected_grows_with_the_budget_and_the_cells(result: Result) -> None:
    curve = explore(result, result.settings)
    assert curve.expected[BUDGETS.index(1.0)] == pytest.approx(9 / 7)
    assert (np.diff(curve.alarms) >= 0).all()


def test_the_fewest_errors_are_at_the_best_budget(result: Result, labels: Labels) -> None:
    curve = explore(result, result.settings, labels)
    assert curve.errors is not None
    assert curve.best in BUDGETS
    assert curve.errors[BUDGETS.index(curve.best)] == curve.errors.min()
    assert curve.errors.min() < curve.anomalous / curve.labelled  # better than never to raise an alarm
    assert curve.labelled == sum((of >= 0).sum() for of in labels.values())


def test_without_labelled_anomalies_there_are_no_errors(result: Result, labels: Labels) -> None:
    calm = {kpi: np.where(of == 1, 0, of).astype(np.int8) for kpi, of in labels.items()}
    for known in (None, {}, calm, {"no such kpi": labels["calls"]}):
        curve = explore(result, result.settings, known)
        assert curve.errors is None
        assert curve.best is None


def test_unlabelled_points_do_not_count(result: Result, labels: Labels) -> None:
    only = {"calls": np.where(labels["calls"] == 1, 1, -1).astype(np.int8)}
    curve = explore(result, result.settings, only)
    assert curve.errors is not None
    assert curve.labelled == curve.anomalous == (labels["calls"] == 1).sum()


def test_a_result_of_nothing_gives_no_alarms() -> None:
    curve = explore(empty_result(), empty_result().settings)
    assert curve.alarms.tolist() == [0.0] * len(BUDGETS)


def test_it_stops_when_cancelled(result: Result) -> None:
    monitor = Monitor()
    monitor.cancel()
    with pytest.raises(Cancelled):
        explore(result, result.settings, monitor=monitor)
