"""K-means in one dimension: the optimum, the literal decision of the paper, and when it abstains."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import make_clock
from engine.data import Block, Kpi
from engine.detectors.kmeans import KMeans, mean_of_last, two_means


def block_of(feed: np.ndarray, clean: np.ndarray | None = None) -> Block:
    feed = np.atleast_2d(np.asarray(feed, np.float32))
    times = np.datetime64("2024-01-01", "s") + np.arange(feed.shape[1]) * np.timedelta64(3600, "s")
    clean = np.isfinite(feed) if clean is None else clean
    return Block(Kpi("k"), range(len(feed)), feed, feed, clean, make_clock(times, 3600, "UTC"), None)


def inertia(values: np.ndarray, cut: float) -> float:
    parts = values[values <= cut], values[values > cut]
    return sum(((part - part.mean()) ** 2).sum() for part in parts if len(part))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=2, max_size=25))
def test_no_other_cut_gives_less_inner_variance(numbers):
    values = np.array(numbers, float)
    found = two_means(values[None])
    distinct = np.unique(values)
    if len(distinct) == 1:
        assert np.isnan(found.cut[0])
        return
    best = min(inertia(values, (a + b) / 2) for a, b in pairwise(distinct))
    assert inertia(values, found.cut[0]) == pytest.approx(best, abs=1e-9)


def test_the_optimum_is_not_worse_than_sklearns():
    from sklearn.cluster import KMeans as Reference

    values = np.random.default_rng(1).gamma(2, 100, (3, 400))
    found = two_means(values)
    for row, cut in zip(values, found.cut, strict=True):
        theirs = Reference(2, n_init=5, random_state=0).fit(row[:, None])
        assert inertia(row, cut) <= theirs.inertia_ * (1 + 1e-9)


def test_missing_values_do_not_move_the_clusters():
    values = np.random.default_rng(1).gamma(2, 100, 200)
    holed = np.concatenate([values, np.full(50, np.nan)])
    whole, part = two_means(values[None]), two_means(np.random.default_rng(0).permutation(holed)[None])
    assert part.cut[0] == pytest.approx(whole.cut[0])
    assert part.silhouette[0] == pytest.approx(whole.silhouette[0])


@pytest.mark.parametrize("strange_high", [True, False])
def test_on_the_raw_feed_a_score_above_the_cut_is_membership_in_the_smaller_cluster(strange_high):
    rng = np.random.default_rng(3)
    usual, strange = rng.normal(100, 10, 300), rng.normal(300 if strange_high else 0, 10, 40)
    values = rng.permutation(np.concatenate([usual, strange]))
    evidence = KMeans(raw=True, separation=0.0).score(block_of(values), rng)
    expected = values > 200 if strange_high else values < 50
    np.testing.assert_array_equal(evidence.score[0] > KMeans.own_cut, expected)
    limit = evidence.upper if strange_high else evidence.lower
    assert np.isfinite(limit).all()
    assert np.isnan(evidence.lower if strange_high else evidence.upper).all()
    np.testing.assert_array_equal(values > limit[0] if strange_high else values < limit[0], expected)


def test_on_the_adjusted_feed_lasting_dips_and_rises_are_alike():
    feed = np.random.default_rng(3).normal(0, 0.3, 500).astype(np.float32)
    feed[10:16] = -9
    feed[20:26] = 9
    score = KMeans().score(block_of(feed), np.random.default_rng(0)).score[0]
    assert (score[11:16] > 1).all()
    np.testing.assert_allclose(score[12:16], score[22:26], rtol=0.1)
    assert (score[[16, 17, 18, 26, 27, 28]] < 0.5).all()


def test_a_lasting_deviation_is_stranger_than_a_passing_one_of_the_same_size():
    feed = np.random.default_rng(3).normal(0, 0.3, 500).astype(np.float32)
    feed[100] = feed[200:206] = 9
    score = KMeans().score(block_of(feed), np.random.default_rng(0)).score[0]
    assert score[203] > 2 * score[100] > 0


def test_the_mean_of_the_last_periods_leaves_out_what_is_missing():
    values = np.array([[1.0, np.nan, 5.0, np.nan, np.nan, np.nan, 2.0]])
    np.testing.assert_array_equal(mean_of_last(values, 3), [[1, 1, 3, 5, 5, np.nan, 2]])


def test_it_abstains_when_the_clusters_are_not_apart_unless_told_never_to():
    feed = np.random.default_rng(3).normal(size=500)
    reasons = KMeans().score(block_of(feed), np.random.default_rng(0)).reasons
    assert reasons[0] is not None
    assert reasons[0].code == "kmeans_not_separated"
    assert KMeans(separation=0.0).score(block_of(feed), np.random.default_rng(0)).reasons == (None,)


def test_it_learns_from_clean_points_only_on_the_adjusted_feed():
    feed = np.random.default_rng(3).normal(0, 1, 500)
    feed[:100] = 50
    clean = np.arange(500)[None] >= 100
    evidence = KMeans(separation=0.0).score(block_of(feed, clean), np.random.default_rng(0))
    assert (evidence.score[0, :100] > 5).all()
