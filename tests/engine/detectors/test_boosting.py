"""Learning from labels: what the trees learn, that no point is judged by its own label, and what is too little."""

from __future__ import annotations

import numpy as np
import pytest

from engine.calendar import make_clock
from engine.data import Block, Kpi, Season
from engine.detectors.boosting import Boosting, features
from engine.evaluate.surface import auc_pr

HOURS, CELLS = 24 * 28, 6


def block_of(feed: np.ndarray, labels: np.ndarray | None) -> Block:
    """A block whose season is "usual 0, spread 1", so that values and feed are the same."""
    feed = np.asarray(feed, np.float32)
    times = np.datetime64("2024-01-01", "s") + np.arange(feed.shape[1]) * np.timedelta64(3600, "s")
    usual = Season("identity", np.zeros_like(feed), np.ones_like(feed))
    clean = np.isfinite(feed) if labels is None else np.isfinite(feed) & (labels != 1)
    clock = make_clock(times, 3600, "UTC")
    return Block(Kpi("k"), range(len(feed)), feed, feed, clean, clock, usual, labels=labels)


def dips_that_matter(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Dips of two hours, which are labelled, among spikes that are three times as far out, which are not."""
    rng = np.random.default_rng(seed)
    feed, labels = rng.normal(0, 1, (CELLS, HOURS)), np.zeros((CELLS, HOURS), np.int8)
    for cell in range(CELLS):
        for place, begin in enumerate(range(40 + 5 * cell, HOURS - 10, 60)):
            if place % 2:
                feed[cell, begin : begin + 2] = -4
                labels[cell, begin : begin + 2] = 1
            else:
                feed[cell, begin : begin + 2] = 12
    return feed, labels


def learned_from(feed: np.ndarray, labels: np.ndarray) -> Boosting:
    return Boosting().learn(block_of(feed, labels), np.random.default_rng(1))


def score_of(detector: Boosting, feed: np.ndarray) -> np.ndarray:
    return detector.score(block_of(feed, None), np.random.default_rng(2)).score


def test_it_learns_which_of_the_strange_things_matter_and_knows_them_in_other_cells():
    unseen, truth = dips_that_matter(2)
    score = score_of(learned_from(*dips_that_matter(1)), unseen)
    known = np.isfinite(score)
    assert auc_pr(score[known], truth[known] == 1) > 0.95
    assert auc_pr(np.abs(unseen)[known].astype(np.float32), truth[known] == 1) < 0.5


def test_no_point_is_judged_by_trees_that_saw_its_label():
    rng = np.random.default_rng(3)
    feed = rng.normal(0, 1, (CELLS, HOURS))
    labels = (rng.random((CELLS, HOURS)) < 0.05).astype(np.int8)  # labels without rhyme or reason
    score = score_of(learned_from(feed, labels), feed)
    assert np.isfinite(score).all()
    assert auc_pr(score.ravel(), labels.ravel() == 1) < 0.1


def test_features_look_back_only():
    rng = np.random.default_rng(4)
    feed = rng.normal(0, 1, (2, 200)).astype(np.float32)
    clock = block_of(feed, None).clock
    later = feed.copy()
    later[:, 120:] = 99
    before, after = features(feed, feed, clock)[:, :120], features(later, later, clock)[:, :120]
    np.testing.assert_array_equal(before, after)


def test_features_know_nothing_of_the_level_of_a_cell():
    rng = np.random.default_rng(5)
    feed, values = rng.normal(0, 1, (1, 200)).astype(np.float32), rng.uniform(1, 2, (1, 200)).astype(np.float32)
    clock = block_of(feed, None).clock
    np.testing.assert_array_equal(features(feed, values, clock), features(feed, 1000 * values, clock))


@pytest.mark.parametrize(
    ("labels", "code"),
    [
        (None, "boosting_no_labels"),
        (np.where(np.arange(HOURS) < 3, 1, 0), "boosting_few_labels"),
        (np.where(np.isin(np.arange(HOURS), [300, 302, 304, 306, 308, 310]), 1, 0), "boosting_one_moment"),
    ],
)
def test_too_few_labels_are_a_reason(labels, code):
    feed = np.random.default_rng(6).normal(0, 1, (1, HOURS))
    known = None if labels is None else np.asarray(labels, np.int8)[None]
    evidence = learned_from(feed, known).score(block_of(feed, None), np.random.default_rng(2))
    assert np.isnan(evidence.score).all()
    assert [reason.code for reason in evidence.reasons if reason] == [code]
