from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from engine.diagnose.variance import anova, group_edges, levene


@pytest.fixture
def series(rng: np.random.Generator) -> np.ndarray:
    hours = np.arange(2160)
    rows = [rng.poisson(np.exp(a + np.sin(hours * np.pi / 12))).astype(float) for a in (0.5, 3.0, 7.0)]
    rows += [rng.normal(0, 1 + (hours > 1000), 2160), 1e3 + rng.normal(0, 1, 2160), rng.normal(0, 1e-6, 2160)]
    return np.stack(rows)


def test_the_papers_history_makes_54_groups_of_40_hours() -> None:
    assert np.diff(group_edges(2160)).tolist() == [40] * 54


def test_other_lengths_make_equal_groups_of_a_fair_size() -> None:
    assert set(np.diff(group_edges(2161)).tolist()) == {40, 41}
    assert len(group_edges(200)) - 1 == 20
    assert len(group_edges(19)) - 1 == 1
    assert group_edges(8928)[-1] == 8928


@pytest.mark.parametrize("points", [2160, 2000, 333])
def test_both_tests_equal_scipy_to_twelve_digits(series: np.ndarray, points: int) -> None:
    series = series[:, :points]
    edges = group_edges(points)[1:-1]
    for ours, theirs in ((levene, stats.levene), (anova, stats.f_oneway)):
        statistic, p_value = ours(series)
        expected = np.array([theirs(*np.split(row, edges)) for row in series])
        np.testing.assert_allclose(statistic, expected[:, 0], rtol=1e-12)
        np.testing.assert_allclose(p_value, expected[:, 1], rtol=1e-10, atol=1e-300)


def test_missing_points_are_left_out_of_their_group(series: np.ndarray, rng: np.random.Generator) -> None:
    gaps = np.where(rng.random(series.shape) < 0.3, np.nan, series)
    gaps[:, 40:80] = np.nan  # a whole group
    groups = [[g[np.isfinite(g)] for g in row.reshape(54, 40)] for row in gaps]
    groups = [[g for g in row if len(g)] for row in groups]
    np.testing.assert_allclose(levene(gaps)[0], [stats.levene(*row)[0] for row in groups], rtol=1e-11)
    np.testing.assert_allclose(anova(gaps)[0], [stats.f_oneway(*row)[0] for row in groups], rtol=1e-11)


def test_a_far_level_does_not_cost_precision(rng: np.random.Generator) -> None:
    noise = np.round(rng.normal(0, 1, (3, 2160)) * 64) / 64  # exact beside 2^20
    for test in (levene, anova):
        np.testing.assert_allclose(test(noise + 2.0**20)[0], test(noise)[0], rtol=1e-10)


def test_what_cannot_be_tested_is_not_a_number() -> None:
    hopeless = np.full((3, 100), np.nan)
    hopeless[1] = 5.0
    hopeless[2, :3] = (1.0, 2.0, 3.0)
    for test in (levene, anova):
        statistic, p_value = test(hopeless)
        assert np.isnan(statistic).all()
        assert np.isnan(p_value).all()
    assert np.isnan(levene(np.arange(8.0)[None])[0]).all()


def test_the_series_is_not_written_to(series: np.ndarray) -> None:
    before = series.copy()
    levene(series)
    anova(series)
    assert (series == before).all()
