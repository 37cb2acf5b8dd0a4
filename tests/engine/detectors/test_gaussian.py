"""The Gaussian of local features: its distances, what it sees that a single deviation does not, and the recovery."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import make_clock
from engine.data import Block, Kpi
from engine.detectors.gaussian import LASTING, RIDGE, TRIMMED, Gaussian, features, mahalanobis, trimmed_normal

HOURS = 24 * 28


def block_of(feed: np.ndarray, clean: np.ndarray | None = None) -> Block:
    feed = np.atleast_2d(np.asarray(feed, np.float32))
    times = np.datetime64("2024-01-01", "s") + np.arange(feed.shape[1]) * np.timedelta64(3600, "s")
    clean = np.isfinite(feed) if clean is None else clean
    return Block(Kpi("k"), range(len(feed)), feed, feed, clean, make_clock(times, 3600, "UTC"), None)


def score_of(feed: np.ndarray) -> np.ndarray:
    return Gaussian().score(block_of(feed), np.random.default_rng(0)).score


def quiet(seed: int, cells: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, (cells, HOURS))


def plainly(rows: np.ndarray, clean: np.ndarray) -> np.ndarray:
    """The same distance, one cell and one point at a time."""
    used, square = clean, np.zeros(len(rows))
    for _ in range(2):
        centre = rows[used].mean(axis=0)
        inverse = np.linalg.inv(np.cov(rows[used].T, bias=True) + RIDGE * np.eye(rows.shape[1]))
        square = np.array([(row - centre) @ inverse @ (row - centre) for row in rows])
        used = clean & (square <= np.quantile(square[clean], 1 - TRIMMED))
    return np.sqrt(square)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_batched_distance_is_the_plain_one(seed):
    rng = np.random.default_rng(seed)
    rows, clean = rng.normal(size=(3, 80, 3)), rng.random((3, 80)) < 0.8
    found = np.sqrt(mahalanobis(rows, trimmed_normal(rows, clean)))
    for one, used, distance in zip(rows, clean, found, strict=True):
        np.testing.assert_allclose(distance, plainly(one, used), rtol=1e-9)


def test_the_features_are_the_point_the_one_before_and_the_mean_of_the_last():
    x = quiet(1)
    found = features(x)[0]
    for at in (0, 1, 5, 6, 100):
        begin = max(0, at + 1 - LASTING)
        before = x[0, at - 1] if at else 0.0
        np.testing.assert_allclose(found[at], [x[0, at], before, x[0, begin : at + 1].mean()], atol=1e-12)


def test_a_deviation_that_lasts_is_stranger_than_one_of_the_same_size():
    feed = quiet(2)
    feed[0, 300:308] = 2.5
    feed[0, 500] = 2.5
    score = score_of(feed)
    assert score[0, 307] > 1.5 * score[0, 500]
    assert score[0, 307] == np.nanmax(score)


def test_the_recovery_is_not_blamed_for_the_fault():
    feed = quiet(3)
    feed[0, 300:306] = -8.0
    feed[0, 306:309] = 0.05
    score = score_of(feed)
    assert score[0, 300:306].min() > 20 * score[0, 306:309].max()


def test_anomalies_in_the_history_do_not_widen_the_usual():
    clean = quiet(4, 20)
    spoilt = clean.copy()
    spoilt[:, 100:104] = 8.0
    before, after = score_of(clean)[:, 200:], score_of(spoilt)[:, 200:]
    assert np.median(after / before) > 0.9


def test_a_cell_that_never_varies_has_a_reason():
    evidence = Gaussian().score(block_of(np.zeros((1, HOURS))), np.random.default_rng(0))
    assert np.isnan(evidence.score).all()
    assert [reason.code for reason in evidence.reasons if reason] == ["gaussian_constant"]


def test_the_raw_feed_is_scaled_by_cell():
    feed = np.stack([quiet(5)[0], 1000 + 50 * quiet(5)[0]])
    score = Gaussian(raw=True).score(block_of(feed), np.random.default_rng(0)).score
    np.testing.assert_allclose(score[0], score[1], rtol=1e-3)


def test_a_usual_value_after_an_outage_is_as_usual_as_any_other():
    feed = quiet(6)
    feed[0, 300:305] = -8.0
    feed[0, 305] = 1.0
    feed[0, 500:504] = [0.1, -0.2, 0.1, 1.0]
    score = score_of(feed)
    assert score[0, 305] < 2.0 * score[0, 503]
    assert score[0, 305] < 0.2 * score[0, 304]
