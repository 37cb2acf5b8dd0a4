from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special

from engine.attribute import logistic

Data = tuple[np.ndarray, np.ndarray, np.ndarray]


def drawn(seed: int, patterns: int = 200, columns: int = 4) -> Data:
    """(design, trials, events) of a known regression, mixed 0/1 and measured columns."""
    rng = np.random.default_rng(seed)
    binary = rng.integers(0, 2, (patterns, columns - columns // 2))
    design = np.column_stack([np.ones(patterns), binary, rng.normal(size=(patterns, columns // 2))])
    beta = np.r_[-1.5, rng.normal(0, 0.7, columns)]
    trials = rng.integers(1, 60, patterns).astype(float)
    return design, trials, rng.binomial(trials.astype(int), special.expit(design @ beta)).astype(float)


@pytest.mark.parametrize("seed", range(5))
def test_maximum_likelihood_is_that_of_statsmodels(seed: int) -> None:
    import statsmodels.api as sm

    design, trials, events = drawn(seed)
    found = logistic.fit(design, trials, events)
    model = sm.GLM(np.column_stack([events, trials - events]), design, family=sm.families.Binomial()).fit(tol=1e-13)
    assert not found.penalised
    assert found.converged
    np.testing.assert_allclose(found.coefficients, model.params, atol=1e-9)
    np.testing.assert_allclose(found.errors, model.bse, rtol=1e-7)
    np.testing.assert_allclose(found.p_values(), model.pvalues, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(np.column_stack(found.interval()), model.conf_int(), atol=1e-7)
    np.testing.assert_allclose(found.probability, model.fittedvalues, rtol=1e-8)


def test_firths_estimate_is_that_of_r_where_the_data_separate() -> None:
    """Expected: R 4.2, brglm2 0.9, glm(..., method = "brglmFit", type = "AS_mean")."""
    design = np.array([[1, a, b] for a in (0.0, 1.0) for b in (0.0, 1.0, 2.0, 3.0)])
    trials = np.array([40.0, 35, 30, 20, 25, 15, 10, 5])
    found = logistic.fit(design, trials, np.array([1.0, 2, 3, 4, 0, 0, 0, 0]))
    assert found.separated
    assert found.penalised
    np.testing.assert_allclose(found.coefficients, [-3.4576445007, -2.1081264307, 0.6970779712], atol=1e-8)
    np.testing.assert_allclose(found.errors, [0.6692970712, 1.4475326725, 0.3101282807], atol=1e-8)
    two = logistic.fit(np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([200.0, 30.0]), np.array([9.0, 0.0]))
    np.testing.assert_allclose(two.coefficients, [-3.003596010, -1.107277854], atol=1e-8)
    np.testing.assert_allclose(two.errors, [0.3332229216, 1.4871395239], atol=1e-8)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_firths_estimate_is_the_top_of_the_penalised_likelihood(seed: int) -> None:
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(12), rng.integers(0, 2, (12, 2)), rng.normal(size=12)])
    if np.linalg.matrix_rank(design) < 4:
        return
    trials = rng.integers(1, 12, 12).astype(float)
    events = rng.binomial(trials.astype(int), 0.15).astype(float)

    def height(beta: np.ndarray) -> float:
        p = special.expit(design @ beta)
        information = design.T @ ((trials * p * (1 - p))[:, None] * design)
        likelihood = events @ np.log(p) + (trials - events) @ np.log1p(-p)
        return -float(likelihood + 0.5 * np.linalg.slogdet(information)[1])

    found = logistic.fit(design, trials, events, penalise=True)
    options = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 20_000, "maxfev": 20_000}
    best = optimize.minimize(height, found.coefficients + 0.1, method="Nelder-Mead", options=options)
    assert height(found.coefficients) <= best.fun + 1e-8


def test_a_group_of_points_counts_like_the_points_one_by_one() -> None:
    design, trials, events = drawn(3, patterns=30, columns=2)
    singly = np.repeat(design, trials.astype(int), axis=0)
    happened = np.concatenate(
        [np.r_[np.ones(int(e)), np.zeros(int(t - e))] for t, e in zip(trials, events, strict=True)]
    )
    for penalise in (False, True):
        grouped = logistic.fit(design, trials, events, penalise)
        alone = logistic.fit(singly, np.ones(len(singly)), happened, penalise)
        np.testing.assert_allclose(grouped.coefficients, alone.coefficients, atol=1e-9)
        np.testing.assert_allclose(grouped.errors, alone.errors, atol=1e-9)


def test_rare_events_are_penalised_and_said_to_be_rare() -> None:
    design = np.array([[1.0, 0.0], [1.0, 1.0]])
    few = logistic.fit(design, np.array([500.0, 500.0]), np.array([3.0, 5.0]))
    many = logistic.fit(design, np.array([500.0, 500.0]), np.array([8.0, 5.0]))
    assert (few.rare, few.penalised) == (True, True)
    assert (many.rare, many.penalised) == (False, False)
    assert logistic.fit(design, np.array([500.0, 500.0]), np.array([497.0, 495.0])).rare


def test_the_papers_fridays_are_reproduced_from_its_numbers() -> None:
    assert logistic.odds_ratio(-2.397) == pytest.approx(0.091, abs=5e-4)
    others, fridays = 10_000.0, 2_000.0
    odds = 0.25
    design = np.array([[1.0, 0.0], [1.0, 1.0]])
    ratio = np.exp(-2.397)
    events = np.array([others * odds / (1 + odds), fridays * odds * ratio / (1 + odds * ratio)])
    found = logistic.fit(design, np.array([others, fridays]), events)
    assert found.coefficients[1] == pytest.approx(-2.397, abs=1e-9)


def test_entangled_columns_are_seen() -> None:
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    design, trials, _ = drawn(1, columns=4)
    design[:, 3] = design[:, 1] + 0.2 * design[:, 3]
    singly = np.repeat(design, trials.astype(int), axis=0)
    expected = [variance_inflation_factor(singly, k) for k in range(1, 5)]
    found = logistic.variance_inflation(design, trials)
    assert np.isnan(found[0])
    np.testing.assert_allclose(found[1:], expected, rtol=1e-8)
    assert found[3] > 5
    design[:, 2] = design[:, 1]
    assert np.isinf(logistic.variance_inflation(design, trials)[1:]).all()


def test_spells_widen_and_independent_points_hardly_do() -> None:
    rng = np.random.default_rng(8)
    days, hours = 200, 24
    day = np.repeat(np.arange(days), hours)
    trials = np.full(days * hours, 10.0)
    probability = np.full(days * hours, 0.02)
    independent = rng.binomial(10, probability).astype(float)
    spells = np.repeat(rng.binomial(10, 0.02, days), hours).astype(float)
    assert logistic.overdispersion(probability, 1, trials, independent, day) < 1.4
    assert logistic.overdispersion(probability, 1, trials, spells, day) == pytest.approx(hours, rel=0.4)


def test_a_wider_interval_has_the_larger_p_value() -> None:
    found = logistic.fit(*drawn(2))
    assert (found.p_values(2.0) > found.p_values()).all()
    assert (found.interval(2.0)[0] < found.interval()[0]).all()


def test_a_design_that_cannot_be_told_apart_is_refused() -> None:
    with pytest.raises(ValueError, match="rank"):
        logistic.fit(np.ones((3, 2)), np.ones(3), np.array([0.0, 1.0, 0.0]))
    with pytest.raises(ValueError, match="rank"):
        logistic.fit(np.ones((2, 1)), np.zeros(2), np.zeros(2))


def test_nothing_or_everything_happening_still_gives_finite_estimates() -> None:
    design = np.array([[1.0, 0.0], [1.0, 1.0]])
    for share in (0.0, 1.0):
        found = logistic.fit(design, np.array([50.0, 20.0]), share * np.array([50.0, 20.0]))
        assert found.penalised
        assert np.isfinite(found.coefficients).all()
        assert np.isfinite(found.errors).all()
