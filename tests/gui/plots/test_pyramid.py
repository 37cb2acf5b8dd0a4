"""The pyramid shows what a screen can show of a series, and hides nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gui.plots.pyramid import Pyramid

VALUES = st.one_of(st.floats(-1e6, 1e6, width=32), st.just(float("nan")))
SERIES = st.integers(0, 700).flatmap(lambda n: arrays(np.float32, n, elements=VALUES))


def brute_force(values: np.ndarray, start: int, step: int, runs: int) -> tuple[np.ndarray, np.ndarray]:
    pieces = [values[start + i * step : start + (i + 1) * step] for i in range(runs)]
    low = [np.nanmin(p) if np.isfinite(p).any() else np.nan for p in pieces]
    high = [np.nanmax(p) if np.isfinite(p).any() else np.nan for p in pieces]
    return np.array(low, np.float32), np.array(high, np.float32)


@settings(max_examples=150, deadline=None)
@given(SERIES, st.data())
def test_every_run_holds_the_extremes_of_its_samples(values: np.ndarray, data: st.DataObject) -> None:
    start = data.draw(st.floats(-5, len(values) + 5))
    stop = data.draw(st.floats(start, len(values) + 10))
    runs = data.draw(st.integers(1, 90))
    reduced = Pyramid(values).reduce(start, stop, runs)
    low, high = brute_force(values, reduced.start, reduced.step, len(reduced.low))
    np.testing.assert_array_equal(reduced.low, low)
    np.testing.assert_array_equal(reduced.high, high)


@settings(max_examples=150, deadline=None)
@given(SERIES, st.data())
def test_all_samples_asked_for_are_covered_by_about_as_many_runs_as_asked_for(
    values: np.ndarray, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, max(0, len(values) - 1)))
    stop = data.draw(st.integers(start, len(values)))
    runs = data.draw(st.integers(1, 90))
    reduced = Pyramid(values).reduce(start, stop, runs)
    if stop > start:
        assert reduced.start <= start
        assert reduced.start + len(reduced.low) * reduced.step >= stop
        assert len(reduced.low) <= runs + 3


@settings(max_examples=150, deadline=None)
@given(SERIES, st.data())
def test_extent_is_that_of_the_samples(values: np.ndarray, data: st.DataObject) -> None:
    start = data.draw(st.integers(-3, len(values) + 3))
    stop = data.draw(st.integers(start, len(values) + 5))
    inside = values[max(0, start) : max(0, stop)]
    extent = Pyramid(values).extent(start, stop)
    if np.isfinite(inside).any():
        assert extent == (np.nanmin(inside), np.nanmax(inside))
    else:
        assert extent is None


def test_a_spike_beside_a_gap_and_the_newest_point_survive() -> None:
    reduced = Pyramid(np.array([1, 1, 1, 1, np.nan, 50, 1, 1, 99], np.float32)).reduce(0, 9, 3)
    assert reduced.step == 4
    np.testing.assert_array_equal(reduced.high, [1, 50, 99])


def test_a_gap_as_long_as_a_run_stays_a_gap() -> None:
    values = np.ones(4096, np.float32)
    values[1024:2048] = np.nan
    reduced = Pyramid(values).reduce(0, 4096, 64)
    gaps = np.isnan(reduced.low)
    assert gaps.sum() == 1024 // reduced.step
    assert reduced.start + np.flatnonzero(gaps)[0] * reduced.step == 1024


def test_runs_stand_still_while_the_view_pans() -> None:
    pyramid = Pyramid(np.random.default_rng(1).normal(size=20_000).astype(np.float32))
    first, second = pyramid.reduce(3_000, 9_000, 500), pyramid.reduce(3_007, 9_007, 500)
    assert first.step == second.step == 16
    assert first.start % first.step == second.start % second.step == 0


@pytest.mark.parametrize("runs", [4, 40])
def test_the_outline_of_runs_goes_through_both_extremes(runs: int) -> None:
    values = np.arange(40, dtype=np.float32)
    x, y = Pyramid(values).reduce(0, 40, runs).outline()
    assert len(x) == len(y)
    assert (np.diff(x) >= 0).all()
    assert y.min() == 0
    assert y.max() == 39


def test_a_sample_between_two_gaps_becomes_a_dash() -> None:
    values = np.array([1, 2, np.nan, 7, np.nan, 3], np.float32)
    x, y = Pyramid(values).reduce(0, 6, 100).outline()
    at = np.flatnonzero(y == 7)
    np.testing.assert_array_equal(x[at], [3.0, 4.0])
    np.testing.assert_array_equal(x[y == 3], [5.0, 6.0])


def test_the_given_series_is_left_alone() -> None:
    values = np.ones(100, np.float32)
    values.flags.writeable = False
    Pyramid(values).reduce(0, 100, 3)
    assert (values == 1).all()
