"""The regular grid behind a heap of stamps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InputError
from engine.io.grid import USUAL_PERIODS, find_grid, usual_step

BEGIN = 1_700_000_000


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


@pytest.mark.parametrize("period", USUAL_PERIODS)
def test_usual_periods_are_found(period: int) -> None:
    assert usual_step(ints(period, 2 * period, 5 * period), ints(90, 8, 2)) == (period, 0.9)


def test_jitter_around_a_usual_period_speaks_for_it() -> None:
    assert usual_step(ints(298, 299, 300, 301, 302), ints(20, 30, 10, 25, 15)) == (300, 1.0)


def test_of_equal_steps_the_shorter_is_the_period() -> None:
    assert usual_step(ints(600, 300), ints(1, 1))[0] == 300


def test_an_unusual_period_is_taken_as_it_is() -> None:
    assert usual_step(ints(77, 154), ints(9, 1))[0] == 77


@given(
    phase=st.integers(0, 3599),
    period=st.sampled_from([60, 300, 900, 1800, 3600]),
    kept=st.sets(st.integers(0, 2000), min_size=2, max_size=200),
)
@settings(deadline=None, max_examples=100)
def test_every_stamp_of_a_regular_series_begins_a_period(phase: int, period: int, kept: set[int]) -> None:
    seconds = np.array([BEGIN + phase + period * k for k in sorted(kept)], np.int64)
    grid = find_grid(seconds, np.ones(len(seconds), np.int64), period, midnight_s=0)
    index = grid.indices(seconds)
    assert index[0] == 0
    assert index[-1] == grid.count - 1
    np.testing.assert_array_equal(grid.times()[index], seconds)


def test_without_a_common_phase_periods_begin_at_midnight() -> None:
    seconds = (
        BEGIN - BEGIN % 86_400 + np.sort(np.random.default_rng(1).choice(86_400, 500, replace=False)).astype(np.int64)
    )
    grid = find_grid(seconds, np.ones(500, np.int64), 3600, midnight_s=-12_600)
    assert grid.first % 3600 == 1800


def test_strays_are_set_apart_only_when_they_are_few_and_far() -> None:
    core = BEGIN + 3600 * np.arange(1000, dtype=np.int64)
    far = np.concatenate([ints(BEGIN - 10 * 365 * 86_400), core, ints(BEGIN + 30 * 365 * 86_400)])
    grid = find_grid(far, np.ones(len(far), np.int64), 3600, midnight_s=0)
    assert (grid.low, grid.high, grid.count) == (core[0], core[-1], 1000)
    years = np.concatenate([core, core + 365 * 86_400])
    assert find_grid(years, np.ones(len(years), np.int64), 3600, midnight_s=0).count == 365 * 24 + 1000


def test_a_span_of_too_many_periods_is_refused() -> None:
    seconds = ints(BEGIN, BEGIN + 1, BEGIN + 365 * 86_400)
    with pytest.raises(InputError) as caught:
        find_grid(seconds, ints(1, 1, 1), 1, midnight_s=0)
    assert caught.value.reason.code == "span_too_long"
