from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special, stats

from engine.attribute.rare import fit_rare

TWO = np.array([[1.0, 0.0], [1.0, 1.0]])


def augmented(design: np.ndarray, trials: np.ndarray, events: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The data of the paper's method, written down from its text: every point once, and its leverage split in half."""

    def lost(beta: np.ndarray) -> float:
        p = special.expit(design @ beta)
        information = design.T @ ((trials * p * (1 - p))[:, None] * design)
        likelihood = events @ np.log(p) + (trials - events) @ np.log1p(-p)
        return -float(likelihood + 0.5 * np.linalg.slogdet(information)[1])

    start = np.zeros(design.shape[1])
    start[0] = special.logit((events.sum() + 0.5) / (trials.sum() + 1))
    beta = optimize.minimize(lost, start, method="BFGS", options={"gtol": 1e-9}).x
    p = special.expit(design @ beta)
    inverse = np.linalg.inv(design.T @ ((trials * p * (1 - p))[:, None] * design))
    leverage = trials * p * (1 - p) * np.einsum("gi,ij,gj->g", design, inverse, design)
    both = np.column_stack([np.tile(design, (2, 1)), np.repeat([0.0, 1.0], len(design))])
    return both, np.r_[trials, leverage], np.r_[events, leverage / 2]


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000))
def test_the_fit_is_that_of_statsmodels_on_the_papers_augmented_data(seed: int) -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(8), np.arange(8) % 2, np.arange(8) // 4])
    trials = rng.integers(5, 400, 8).astype(float)
    events = rng.binomial(trials.astype(int), 0.02).astype(float)
    both, n, y = augmented(design, trials, events)
    model = sm.GLM(np.column_stack([y, n - y]), both, family=sm.families.Binomial()).fit(tol=1e-12, maxiter=200)
    found = fit_rare(design, trials, events)
    np.testing.assert_allclose(found.coefficients, model.params[:-1], atol=1e-4)


@pytest.mark.parametrize("widen", [1.0, 2.5])
def test_the_interval_is_where_the_profile_has_lost_enough(widen: float) -> None:
    trials, events = np.array([5000.0, 300.0]), np.array([20.0, 6.0])
    both, n, y = augmented(TWO, trials, events)

    def height(value: float) -> float:
        def lost(rest: np.ndarray) -> float:
            eta = both[:, [0, 2]] @ rest + both[:, 1] * value
            return -float(y @ eta - n @ np.logaddexp(0, eta))

        start = [-5.0, 5.0 - value / 2]
        best = optimize.minimize(
            lost, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 4000}
        )
        return -float(best.fun)

    found = fit_rare(TWO, trials, events)
    low, high, p_value = found.judge(1, widen)
    top = height(found.coefficients[1])
    for end in (low, high):
        assert 2 * (top - height(end)) / widen**2 == pytest.approx(stats.chi2.ppf(0.95, 1), abs=0.01)
    assert p_value == pytest.approx(stats.chi2.sf(2 * (top - height(0.0)) / widen**2, 1), rel=1e-3)


def test_a_level_of_which_hardly_a_point_was_seen_says_nothing() -> None:
    found = fit_rare(TWO, np.array([77_000.0, 34.0]), np.array([6.0, 0.0]))
    low, high, p_value = found.judge(1)
    assert p_value > 0.9
    assert low < -4
    assert high > 4


def test_a_level_without_an_event_among_many_is_told_from_chance() -> None:
    found = fit_rare(TWO, np.array([50_000.0, 10_000.0]), np.array([300.0, 0.0]))
    low, high, p_value = found.judge(1)
    assert p_value < 1e-20
    assert -12 < low < high < -2.5


def test_a_level_in_which_everything_happened_is_told_too() -> None:
    low, high, p_value = fit_rare(TWO, np.array([57_000.0, 20_000.0]), np.array([0.0, 6.0])).judge(1)
    assert p_value < 0.001
    assert 1 < low < high < 12


def test_predictions_add_up_to_what_happened() -> None:
    design = np.column_stack([np.ones(4), [0.0, 1, 0, 1], [0.0, 0, 1, 1]])
    trials, events = np.array([900.0, 100.0, 80.0, 7.0]), np.array([4.0, 0.0, 3.0, 1.0])
    assert trials @ fit_rare(design, trials, events).probability == pytest.approx(events.sum(), rel=1e-6)


def test_chance_is_called_chance_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    trials = np.array([4000.0, 600.0])
    struck = 0
    for _ in range(120):
        events = rng.binomial(trials.astype(int), 0.002).astype(float)
        if events.sum():
            struck += fit_rare(TWO, trials, events).judge(1)[2] < 0.05
    assert struck / 120 < 0.1
