"""Repeated values: the probability of a run, when it means something, and when it does not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import make_clock
from engine.data import Block, Evidence, Kpi
from engine.detectors.flatline import FEWEST_MOVES, LARGEST, MOST_REPEATS, Flatline

HOURS = 24 * 28
NAN = np.float32(np.nan)


def judged(values: np.ndarray, clean: np.ndarray | None = None) -> Evidence:
    values = np.atleast_2d(np.asarray(values, np.float32))
    times = np.datetime64("2024-01-01", "s") + np.arange(values.shape[1]) * np.timedelta64(3600, "s")
    clean = np.isfinite(values) if clean is None else clean
    block = Block(Kpi("k"), range(len(values)), values, values, clean, make_clock(times, 3600, "UTC"), None)
    return Flatline().score(block, np.random.default_rng(0))


def moving(seed: int = 1, hours: int = HOURS) -> np.ndarray:
    return np.random.default_rng(seed).normal(100, 10, hours)


def plainly(values: list[float]) -> list[float]:
    """The surprise of every point of a complete, clean series, by counting runs one by one."""
    runs, start = [], 0
    for at in range(1, len(values) + 1):
        if at == len(values) or values[at] != values[start]:
            runs.append((start, at))
            start = at
    repeats = {run: run[1] - run[0] - 1 for run in runs}
    score = [math.nan] * len(values)
    total = sum(repeats.values())
    if len(values) - total < FEWEST_MOVES or total > MOST_REPEATS * len(values):
        return score
    for run, length in repeats.items():
        others = {other: n for other, n in repeats.items() if other != run and n}
        begin = (len(others) + 1) / (len(values) - total + 1)
        go_on = (sum(others.values()) - len(others) + 1) / (sum(others.values()) + 2)
        for place in range(length):
            surprise = -math.log10(min(begin, 1.0)) - place * math.log10(go_on)
            score[run[0] + 1 + place] = min(surprise, LARGEST)
    return score


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=60, max_size=120))
def test_the_surprise_is_that_of_counting_runs_one_by_one(numbers):
    np.testing.assert_allclose(judged(np.array(numbers)).score[0], plainly(numbers), rtol=1e-5)


def test_a_stuck_value_is_strange_from_the_third_equal_one_on_and_the_next_new_value_is_not():
    values = moving()
    values[400:412] = values[400]
    score = judged(values).score[0]
    assert np.isnan(score[400])
    assert score[402] > 3.0
    assert (np.diff(score[401:412]) > 0).all()
    assert np.isnan(score[412])


def test_a_gap_inside_a_run_does_not_end_it():
    values = moving()
    values[400:412] = values[400]
    values[405:407] = NAN
    score = judged(values).score[0]
    assert np.isnan(score[405:407]).all()
    assert score[407] > score[404]


def test_several_stuck_runs_do_not_excuse_each_other_altogether():
    values = moving()
    for begin in (100, 300, 500):
        values[begin : begin + 6] = values[begin]
    assert (judged(values).score[0, [105, 305, 505]] > 2.5).all()


def test_zeros_of_every_night_are_nothing_special():
    values = np.round(moving())
    night = np.arange(HOURS) % 24 < 6
    values[night] = 0
    score = judged(values).score[0]
    assert np.nanmax(score[night]) < 2.5


@pytest.mark.parametrize("values", [np.full(HOURS, 7.0), np.where(np.arange(HOURS) % 5, 3.0, moving())])
def test_a_series_that_hardly_moves_is_not_judged_by_it(values):
    evidence = judged(values)
    assert np.isnan(evidence.score).all()
    assert [reason.code for reason in evidence.reasons if reason] == ["flatline_hardly_moves"]


def test_without_a_repeat_it_says_that_there_is_none():
    assert [r.code for r in judged(moving()).reasons if r] == ["flatline_nothing_repeats"]


def test_the_run_itself_may_lie_outside_of_what_is_learned():
    values = moving()
    values[600:612] = values[600]
    clean = np.ones((1, HOURS), bool)
    clean[:, 480:] = False
    assert judged(values, clean).score[0, 611] > 5
