"""Points that are no alarms rank by what goes on around them; what is an alarm stays a matter of the point alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from threadpoolctl import threadpool_info, threadpool_limits

from engine.calendar import make_clock
from engine.data import BoolArray, Clock, DoubleArray, FloatArray
from engine.ranking import unrest
from engine.ranking.unrest import CUT
from tests.engine.result_factory import make_result

HOURS, LEVEL = 24 * 21, 3.2


def clock(periods: int = HOURS, period_s: int = 3600):
    times = np.datetime64("2017-01-02T00:00:00", "s") + np.arange(periods) * np.timedelta64(period_s, "s")
    return make_clock(times, period_s, "UTC")


def ranked(
    score: FloatArray, values: FloatArray, expected: FloatArray, when: Clock, alarm: BoolArray | None = None
) -> FloatArray:
    """The ranking; alarms where the score reaches 1.0 unless said otherwise."""
    return unrest.ranked(score, score >= 1.0 if alarm is None else alarm, values, expected, when, LEVEL)


def quiet() -> tuple[FloatArray, FloatArray, FloatArray]:
    """A cell with a season that is wholly expected, and scores far below the threshold."""
    usual = (100 + 50 * np.sin(np.arange(HOURS) * 2 * np.pi / 24)).astype(np.float32)[None]
    return np.full((1, HOURS), 0.1, np.float32), usual.copy(), usual


def at(amount: float) -> float:
    """Where an unrest of so much ranks."""
    return amount / (1 + amount)


def test_an_alarm_keeps_its_score_and_its_neighbours_stay_below_one():
    score, values, expected = quiet()
    score[0, 200:224] = 5.0
    found = ranked(score, values, expected, clock())
    np.testing.assert_array_equal(found[0, 200:224], score[0, 200:224])
    assert found[0, 199] > at(1.0)
    assert (np.delete(found[0], np.arange(200, 224)) < 1.0).all()


def test_what_the_limits_spare_is_no_alarm_and_ranks_below_all_that_are():
    score, values, expected = quiet()
    score[0, 100], score[0, 300] = 9.0, 1.1
    alarm = score == np.float32(1.1)
    found = ranked(score, values, expected, clock(), alarm)
    assert found[0, 300] == score[0, 300]
    assert found[0, 100] == np.float32(at(9.0))
    assert (np.delete(found[0], 300) < 1.0).all()


def test_an_alarm_that_goes_on_below_the_threshold_ranks_at_it():
    score, values, expected = quiet()
    score[0, 200:203] = 1.5, 0.8, 1.2
    alarm = np.zeros(score.shape, bool)
    alarm[0, 200:203] = True
    found = ranked(score, values, expected, clock(), alarm)
    np.testing.assert_array_equal(found[0, 200:203], np.float32([1.5, 1.0, 1.2]))


def test_an_hour_inside_a_long_fault_ranks_before_the_same_hour_of_a_quiet_week():
    score, values, expected = quiet()
    score[0, 200:260] = 0.8
    score[0, 230] = 0.1
    score[0, 400] = 0.3
    found = ranked(score, values, expected, clock())
    assert found[0, 230] > found[0, 400]
    np.testing.assert_allclose(found[0, 100], at(0.1), rtol=1e-5)


def test_one_spike_does_not_lift_a_week():
    score, values, expected = quiet()
    score[0, 200] = 50.0
    found = ranked(score, values, expected, clock())
    assert found[0, 200 + 60] < at(CUT / 33 + 0.15)


def test_of_two_points_in_as_strange_a_day_the_one_with_the_higher_score_ranks_first():
    score, values, expected = quiet()
    values[0, 240:264] += np.float32(400) * (np.arange(24) % 2)
    score[0, 250], score[0, 252] = 0.3, 0.9
    found = ranked(score, values, np.full_like(expected, 100), clock())
    assert found[0, 252] > found[0, 250]


def test_a_day_unlike_all_others_ranks_high_only_where_that_is_not_expected():
    score, values, expected = quiet()
    values[0, 240:264] += np.float32(400) * (np.arange(24) % 2)
    flat = np.full_like(expected, 100)
    strange = ranked(score, values, flat, clock())
    assert strange[0, 252] > at(0.5)
    assert strange[0, 252] > np.delete(strange[0], np.arange(228, 276)).max()
    known = ranked(score, values, values, clock())
    np.testing.assert_allclose(known, at(0.1), rtol=1e-5)


def test_gaps_and_constants_give_neither_opinions_nor_warnings():
    score, values, expected = quiet()
    score[0, :50] = np.nan
    values[0, 100:150] = np.nan
    expected[0, 140:160] = np.nan
    found = ranked(score, values, expected, clock())
    assert np.isnan(found[0, :50]).all()
    assert np.isfinite(found[0, 50:]).all()
    same = ranked(score, np.zeros_like(values), np.zeros_like(values), clock())
    np.testing.assert_allclose(same[0, 50:], at(0.1), rtol=1e-5)
    nothing = np.full_like(score, np.nan)
    assert np.isnan(ranked(nothing, nothing, nothing, clock())).all()


def test_a_history_of_days_is_ranked_by_the_stretches_that_hold_several():
    score = np.full((1, 30), 0.2, np.float32)
    score[0, 10:20] = 0.9
    score[0, 15] = 0.1
    found = ranked(score, score, score, clock(30, 86400))
    assert found[0, 15] > found[0, 0]


def test_ranking_a_result_starts_no_threads_of_linear_algebra(monkeypatch):
    threads = []
    rarity = unrest.rarity

    def noting(*given: Any) -> DoubleArray:
        threads.extend(one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas")
        return rarity(*given)

    monkeypatch.setattr(unrest, "rarity", noting)
    result = make_result(cells=2, periods=24 * 8, kpis=1, anomalies=2)
    with threadpool_limits(limits=2, user_api="blas"):
        unrest.ranking(result, result.panel.kpis[0].id)
    assert set(threads) == {1}


@given(
    score=arrays(np.float32, (70, 60), elements=st.floats(0, 40, width=32) | st.just(np.float32(np.nan))),
    scale=st.sampled_from([1e-30, 1.0, 1e30]),
)
@settings(max_examples=30, deadline=None)
def test_a_cell_depends_on_its_own_row_and_alarms_are_the_same(score, scale):
    values = (np.arange(score.size, dtype=np.float32).reshape(score.shape) % 17) * np.float32(scale)
    found = ranked(score, values, values, clock(60))
    np.testing.assert_array_equal(found >= 1.0, score >= 1.0)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(score))
    below = score < 1.0
    assert (found[below] >= at(score[below]) - 1e-6).all()
    np.testing.assert_array_equal(ranked(score[65:], values[65:], values[65:], clock(60)), found[65:])
