"""A budget is what comes of it: beyond the smallest ones the alarms are counted, not extrapolated."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as bounded
from hypothesis import strategies as st

from engine import pipeline, simulate
from engine.budget.budget_levels import LOWEST, POINTS, TRUSTED, BudgetLevels, lowest
from engine.calendar import make_clock
from engine.calibration.calibrate import threshold
from engine.data import Clock, Evidence, FloatArray, Panel
from engine.settings import VOTES, Settings, preset
from tests.engine.result_factory import empty_result, make_panel, make_result

WEEKS = 12
SETTINGS = Settings(min_deviation=0.0, min_traffic=0.0, hold=1.0)


def panel_of(cells: int, weeks: int = WEEKS, kpis: int = 1) -> Panel:
    panel = make_panel(cells=cells, periods=168 * weeks, kpis=kpis)
    return replace(panel, values={k: np.full_like(v, 100.0) for k, v in panel.values.items()})


def clock_of(panel: Panel) -> Clock:
    return make_clock(panel.times, panel.period_s, panel.zone)


def surprises(panel: Panel, seed: int = 0) -> FloatArray:
    """Scores of a history on which the tails are right: one of s or more comes with probability 10**-s."""
    drawn = np.random.default_rng(seed).exponential(1 / math.log(10), panel.shape)
    return drawn.astype(np.float32)


def levels_of(
    panel: Panel, score: FloatArray, settings: Settings = SETTINGS, learned: int | None = None
) -> BudgetLevels:
    usual = np.full(panel.shape, 50.0, np.float32)
    one = Evidence("baseline", usual, usual, usual, score, (None,) * panel.shape[0])
    evidence = {kpi.id: {"baseline": one} for kpi in panel.kpis}
    return BudgetLevels(panel, clock_of(panel), evidence, settings, learned or panel.shape[1])


def per_cell_week(score: FloatArray, level: float) -> float:
    high = score >= level
    begins = high & ~np.pad(high, ((0, 0), (1, 0)))[:, :-1]
    return float(begins.sum()) / score.size * 168


@pytest.mark.parametrize("budget", [0.001, 0.02, TRUSTED])
def test_a_small_budget_is_left_to_the_tails(budget: float) -> None:
    panel = panel_of(20)
    level = levels_of(panel, 3 * surprises(panel)).level(budget, "fused")
    assert level == threshold(budget, clock_of(panel))


@pytest.mark.parametrize("budget", [0.5, 2.0, 10.0])
def test_where_the_tails_are_right_counting_agrees(budget: float) -> None:
    panel = panel_of(100)
    found = levels_of(panel, surprises(panel)).level(budget, "fused")
    assert found == pytest.approx(threshold(budget, clock_of(panel)), rel=0.02)


@pytest.mark.parametrize("budget", [0.5, 2.0, 10.0])
@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_where_they_are_wrong_the_budget_is_what_is_added_to_the_small_one(budget: float, factor: float) -> None:
    panel = panel_of(100)
    score = surprises(panel) * np.float32(factor)
    level = levels_of(panel, score).level(budget, "any")
    assert (level < threshold(budget, clock_of(panel))) == (factor < 1)
    at_small = threshold(TRUSTED, clock_of(panel))
    quiet = (score < at_small).reshape(len(score), -1, 24).all(axis=2).repeat(24, axis=1)  # local days, but for an hour
    added = per_cell_week(np.where(quiet, score, 0), level) / quiet.mean()
    assert added == pytest.approx(budget - TRUSTED, rel=0.06)


def test_the_budget_is_that_of_a_cell_over_all_its_kpis() -> None:
    panel = panel_of(60, kpis=3)
    score = surprises(panel)
    level = levels_of(panel, score).level(3.0, "fused")
    assert level == pytest.approx(threshold(1.0, clock_of(panel)), rel=0.03)


def test_a_detector_that_seldom_speaks_is_counted_over_all_that_was_measured() -> None:
    panel = panel_of(60)
    score = surprises(panel)
    score[np.random.default_rng(1).random(panel.shape) < 0.6] = np.nan
    level = levels_of(panel, score).level(2.0, "fused")
    assert per_cell_week(score, level) == pytest.approx(2.0, rel=0.1)
    score[30:] = np.nan  # half of the cells are never judged: the others have the budget, each its own
    assert levels_of(panel, score).level(2.0, "fused") == pytest.approx(level, rel=0.03)


def test_a_large_network_is_counted_on_cells_from_all_over_it() -> None:
    panel = panel_of(400, weeks=4)
    score = surprises(panel)
    score[200:] *= 0.5  # every other half of the network is calm
    level = levels_of(panel, score).level(2.0, "fused")
    assert per_cell_week(score, level) == pytest.approx(2.0, rel=0.15)


def test_a_long_history_is_counted_on_fewer_cells() -> None:
    panel = panel_of(90, weeks=300)
    score = surprises(panel)
    level = levels_of(panel, score).level(2.0, "fused")
    counted = np.linspace(0, 89, POINTS // panel.shape[1]).round().astype(int)
    assert len(counted) < 90
    score[np.setdiff1d(np.arange(90), counted)] *= 2.0
    assert levels_of(panel, score).level(2.0, "fused") == level


def test_no_threshold_falls_below_a_share_of_what_the_tails_give_and_none_for_nothing() -> None:
    panel = panel_of(40)
    clock = clock_of(panel)
    score = surprises(panel)
    assert levels_of(panel, 0.3 * score).level(2.0, "fused") == pytest.approx(LOWEST * threshold(2.0, clock))
    assert levels_of(panel, 0 * score).level(2.0, "fused") == threshold(2.0, clock)
    settings = replace(SETTINGS, budget=2.0)
    assert lowest(settings, clock, 1) == LOWEST * threshold(2.0, clock)
    assert lowest(replace(settings, budget=TRUSTED), clock, 1) == threshold(TRUSTED, clock)


def test_a_short_history_of_one_cell_hardly_moves_a_threshold() -> None:
    panel = panel_of(1, weeks=1)
    found = levels_of(panel, np.zeros(panel.shape, np.float32)).level(0.5, "fused")
    assert found == pytest.approx(threshold(0.5, clock_of(panel)), rel=0.05)


def test_what_surrounds_a_real_fault_is_not_counted() -> None:
    panel = panel_of(60)
    score = surprises(panel)
    calm = levels_of(panel, score).level(2.0, "fused")
    day = clock_of(panel).day
    for cell in range(60):
        for n in range(5):
            at = np.flatnonzero(day == 3 + (cell + 17 * n) % 80)
            score[cell, at[::2]] = 2.4  # an alarm at the larger budget, every other hour of a day
            score[cell, at[6]] = 9.0
    assert levels_of(panel, score).level(2.0, "fused") == pytest.approx(calm, rel=0.03)


def test_stricter_limits_than_those_that_ship_only_take_alarms_away() -> None:
    panel = panel_of(60)
    score = 0.85 * surprises(panel)

    def level(**limits: float) -> float:
        return levels_of(panel, score, replace(Settings(), **limits)).level(2.0, "fused")

    assert level() == level(min_deviation=3.0, min_duration=4, min_traffic=1000.0, min_events=10.0)
    half = {k: np.where(np.arange(60)[:, None] % 2, v, np.float32(55.0)) for k, v in panel.values.items()}
    small = replace(panel, values=half)  # half of the cells deviate by a tenth at most
    shipped = levels_of(small, score, Settings()).level(1.0, "fused")
    assert levels_of(small, score, replace(Settings(), min_deviation=0.0)).level(1.0, "fused") > shipped


def test_only_what_was_learned_from_is_counted() -> None:
    panel = panel_of(30)
    score = surprises(panel)
    half = panel.shape[1] // 2
    first = levels_of(panel, score, learned=half).level(2.0, "fused")
    score[:, half:] = 2.0 * score[:, half:]
    assert levels_of(panel, score, learned=half).level(2.0, "fused") == first
    assert levels_of(panel, score).level(2.0, "fused") > first


@bounded(max_examples=40, deadline=None)
@given(
    st.integers(0, 1000),
    st.floats(0.4, 2.0),
    st.lists(st.floats(0.01, 20.0), min_size=2, max_size=6),
    st.sampled_from([*VOTES, "2"]),
)
def test_a_larger_budget_never_has_a_higher_threshold(
    seed: int, factor: float, budgets: list[float], vote: str
) -> None:
    panel = panel_of(8, weeks=3)
    found = levels_of(panel, surprises(panel, seed) * np.float32(factor))
    levels = [found.level(budget, vote) for budget in sorted(budgets)]
    assert all(high >= low - 1e-9 for high, low in pairwise(levels))


def test_the_order_of_the_questions_changes_no_answer() -> None:
    panel = panel_of(10, weeks=4)
    score = surprises(panel)
    asked = [(budget, vote) for budget in (20.0, 0.5, 2.0) for vote in VOTES]
    known = levels_of(panel, score)
    there = [known.level(*one) for one in asked]
    known = levels_of(panel, score)
    back = [known.level(*one) for one in reversed(asked)]
    assert there == back[::-1] == [levels_of(panel, score).level(*one) for one in asked]


def test_a_result_of_nothing_and_of_no_opinion_has_the_thresholds_of_the_tails() -> None:
    empty = empty_result()
    assert pipeline.levels_of(empty, replace(empty.settings, budget=2.0)) == {}
    panel = panel_of(3)
    found = levels_of(panel, np.full(panel.shape, np.nan, np.float32))
    assert found.level(2.0, "fused") == threshold(2.0, clock_of(panel))


@pytest.mark.parametrize("vote", ["fused", "any", "all"])
def test_a_clean_city_has_the_alarms_that_a_large_budget_promises(vote: str) -> None:
    city = simulate.city(18, 42, 3600, incidents_per_cell_week=0.0, seed=2)
    quality = replace(make_result(cells=18).quality)
    settings = replace(preset("sensitive"), detectors=("baseline", "garch", "kmeans"), budget=2.0, vote=vote)
    result = pipeline.analyse(city.panel, quality, settings)
    weeks = 18 * 42 / 7
    assert len(result.anomalies) / weeks == pytest.approx(2.0, rel=0.25)
    tails = {kpi: dict.fromkeys(of, threshold(2.0 / 5, result.clock)) for kpi, of in result.evidence.items()}
    if vote != "fused":
        by_tails = pipeline.revote(result, settings, tails)
        assert abs(len(by_tails.anomalies) / weeks - 2.0) > abs(len(result.anomalies) / weeks - 2.0)
