"""Calibration: one unit for all detectors, kept on clean histories, robust to what is not clean."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calibration import calibrate
from engine.calibration.calibrate import minimum_error, surprise, threshold
from engine.numerics.runs import find_runs
from tests.engine.evidence_factory import hourly, scored

WEEKS = 9
PERIODS = WEEKS * 168


def clean(score: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    return np.ones(score.shape, bool)


def calibrated(score: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
    scores = score.astype(np.float32)
    return surprise(scored(scores), clean(scores), hourly(scores.shape[1])).score


def alarms_per_cell_week(score: npt.NDArray[np.float32], budget: float) -> float:
    runs = find_runs(score >= threshold(budget, hourly(score.shape[1])))
    return len(runs) / score.size * 168


def autocorrelated(rng: np.random.Generator, cells: int, keep: float) -> npt.NDArray[np.float64]:
    noise = rng.normal(size=(cells, PERIODS))
    for t in range(1, PERIODS):
        noise[:, t] += keep * noise[:, t - 1]
    return np.abs(noise)


@pytest.mark.parametrize("budget", [0.5, 2.0])
@pytest.mark.parametrize("kind", ["normal squared", "heavy", "autocorrelated"])
def test_a_clean_history_raises_as_many_alarms_as_the_budget_says(kind: str, budget: float) -> None:
    rng = np.random.default_rng(1)
    score = {
        "normal squared": lambda: rng.normal(size=(200, PERIODS)) ** 2,
        "heavy": lambda: np.abs(rng.standard_t(4, size=(200, PERIODS))),
        "autocorrelated": lambda: autocorrelated(rng, 200, 0.7),
    }[kind]()
    ratio = alarms_per_cell_week(calibrated(score), budget) / budget
    assert 1 / 1.5 < ratio < 1.5


def test_real_anomalies_in_the_history_neither_hide_others_nor_lower_the_threshold() -> None:
    rng = np.random.default_rng(2)
    score = rng.exponential(size=(60, PERIODS))
    truth = np.zeros(score.shape, bool)
    for cell in range(len(score)):
        for start in rng.integers(24, PERIODS - 24, 9):
            truth[cell, start : start + rng.integers(2, 12)] = True
    disturbed = np.where(truth, score + rng.uniform(8, 20, score.shape), score)
    found = calibrated(disturbed) >= threshold(0.5, hourly(PERIODS))
    assert found[truth].mean() > 0.8
    false = len(find_runs(found & ~truth)) / score.size * 168
    assert false < 0.5 * 1.5


def test_surprise_rises_with_the_score_and_begins_at_zero() -> None:
    rng = np.random.default_rng(3)
    score = np.abs(rng.standard_t(3, size=(20, 500))).astype(np.float32)
    result = calibrated(score)
    for raw, out in zip(score, result, strict=True):
        order = np.argsort(raw)
        assert np.all(np.diff(out[order]) >= 0)
        top = order[-20:]
        assert np.all(np.diff(out[top]) > 0)
    assert np.all(result.min(axis=1) == 0)


def test_a_cell_does_not_depend_on_the_cells_beside_it() -> None:
    rng = np.random.default_rng(4)
    score = rng.exponential(size=(300, 400)) * rng.uniform(0.1, 50, (300, 1))
    together = calibrated(score)
    for cell in (0, 150, 299):
        np.testing.assert_array_equal(calibrated(score[cell : cell + 1])[0], together[cell])


def test_the_unit_of_the_raw_score_does_not_matter() -> None:
    score = np.random.default_rng(5).gamma(2.0, size=(10, 800))
    np.testing.assert_allclose(calibrated(score * 1000.0), calibrated(score), rtol=2e-4, atol=2e-4)


def test_no_opinion_stays_no_opinion_and_is_not_learned_from() -> None:
    rng = np.random.default_rng(6)
    score = rng.exponential(size=(4, 600)).astype(np.float32)
    gaps = rng.random(score.shape) < 0.3
    holey = np.where(gaps, np.float32(np.nan), score)
    before = holey.copy()
    result = surprise(scored(holey), clean(holey), hourly(600))
    np.testing.assert_array_equal(np.isnan(result.score), gaps)
    np.testing.assert_array_equal(holey, before)
    assert result.score.dtype == np.float32


def test_a_history_of_equal_scores_is_no_surprise() -> None:
    assert np.all(calibrated(np.full((3, 300), 7.0)) == 0)


def test_one_higher_point_among_equal_scores_stands_out() -> None:
    score = np.zeros((1, 1000))
    score[0, 500] = 3.0
    result = calibrated(score)[0]
    assert result[500] >= 2.5
    assert np.all(np.delete(result, 500) == 0)


def test_points_not_to_be_learned_from_are_judged_but_change_nothing() -> None:
    rng = np.random.default_rng(7)
    score = rng.exponential(size=(2, 800)).astype(np.float32)
    learn = np.ones(score.shape, bool)
    learn[:, 600:] = False
    alone = surprise(scored(score), learn, hourly(800)).score
    shouted = score.copy()
    shouted[:, 700] = 500.0
    loud = surprise(scored(shouted), learn, hourly(800)).score
    np.testing.assert_array_equal(np.delete(loud, 700, axis=1), np.delete(alone, 700, axis=1))
    assert np.all(loud[:, 700] > alone.max())


def test_a_history_shorter_than_a_day_has_no_opinion_and_says_why() -> None:
    score = np.random.default_rng(8).exponential(size=(2, 200)).astype(np.float32)
    score[1, 23:] = np.nan
    result = surprise(scored(score), clean(score), hourly(200))
    assert np.isfinite(result.score[0]).all()
    assert np.isnan(result.score[1]).all()
    assert result.reasons[0] is None
    assert result.reasons[1] is not None
    assert result.reasons[1].code == "calibrate_short"
    assert result.reasons[1].params == {"points": 23, "needed": 24}


def test_the_reason_of_a_detector_without_an_opinion_is_kept() -> None:
    from engine.errors import Reason

    why = Reason("no_measurements")
    silent = scored(np.full((1, 100), np.nan))
    silent = dataclasses.replace(silent, reasons=(why,))
    assert surprise(silent, np.ones((1, 100), bool), hourly(100)).reasons == (why,)


def test_the_threshold_is_the_budget_in_periods() -> None:
    assert threshold(0.5, hourly(168)) == pytest.approx(np.log10(336))
    assert threshold(0.5, hourly(168, 600)) == pytest.approx(np.log10(2016))
    assert threshold(50.0, hourly(30, 86_400)) == 0.05


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=0, max_size=3), min_size=20, max_size=80),
    st.integers(0, 2**32 - 1),
)
def test_any_finite_scores_give_finite_surprises_of_zero_or_more(rows: list[list[float]], seed: int) -> None:
    flat = np.array([x for row in rows for x in row] or [0.0], np.float32)
    score = np.random.default_rng(seed).choice(flat, size=(2, 60))
    result = calibrated(score)
    assert np.isfinite(result).all()
    assert np.all(result >= 0)


def test_infinite_scores_are_no_opinion() -> None:
    score = np.random.default_rng(9).exponential(size=(1, 100)).astype(np.float32)
    score[0, 5] = np.inf
    assert np.isnan(calibrated(score)[0, 5])


def test_minimum_error_finds_the_threshold_with_the_fewest_errors() -> None:
    score = np.array([[0.1, 0.2, 0.3, 0.9, 0.4, 0.8, 5.0, 6.0]], np.float32)
    labels = np.array([[0, 0, 0, 0, 1, 1, 1, -1]], np.int8)
    curve = minimum_error(score, labels)
    assert curve is not None
    assert curve.points == 7
    assert curve.anomalous == 3
    assert curve.best == pytest.approx(0.35)
    brute = [np.mean((score[labels >= 0] >= t) != (labels[labels >= 0] == 1)) for t in curve.thresholds]
    np.testing.assert_allclose(curve.errors, brute)
    assert curve.errors.min() == pytest.approx(1 / 7)


def test_a_long_error_curve_is_thinned_but_keeps_its_lowest_point() -> None:
    rng = np.random.default_rng(3)
    score = rng.random((1, 5000)).astype(np.float32)
    labels = (score > 0.7312).astype(np.int8)
    curve = minimum_error(score, labels)
    assert curve is not None
    assert len(curve.thresholds) <= calibrate.CURVE_POINTS
    assert curve.errors.min() == 0
    assert curve.thresholds[curve.errors.argmin()] == curve.best == pytest.approx(0.7312, abs=1e-3)
    assert (np.diff(curve.thresholds) > 0).all()


def test_minimum_error_sees_the_training_part_only() -> None:
    rng = np.random.default_rng(10)
    score = rng.random((3, 200)).astype(np.float32)
    labels = (rng.random((3, 200)) < 0.2).astype(np.int8)
    part = np.zeros((3, 200), bool)
    part[:, :140] = True
    curve = minimum_error(score, labels, part)
    changed = labels.copy()
    changed[:, 140:] = 1 - changed[:, 140:]
    other = minimum_error(score, changed, part)
    assert curve is not None
    assert other is not None
    np.testing.assert_array_equal(curve.errors, other.errors)


@pytest.mark.parametrize("label", [0, 1, -1])
def test_minimum_error_needs_both_kinds_of_labels(label: int) -> None:
    assert minimum_error(np.zeros((1, 9), np.float32), np.full((1, 9), label, np.int8)) is None


def test_a_block_larger_than_what_is_worked_on_at_once_is_all_calibrated(monkeypatch: pytest.MonkeyPatch) -> None:
    score = np.random.default_rng(11).exponential(size=(9, 300))
    whole = calibrated(score)
    monkeypatch.setattr(calibrate, "ROWS_AT_ONCE", 2)
    np.testing.assert_array_equal(calibrated(score), whole)
