"""A long line is thinned without losing a peak, a gap or its end."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.reports.report_pdf.marks import stretches, thin


@settings(deadline=None, max_examples=60)
@given(st.integers(5, 3000), st.integers(2, 60), st.integers(0, 2**32 - 1))
def test_highest_and_lowest_survive(count: int, columns: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=count).astype(np.float32)
    index, thinned = thin(values, columns)
    assert len(index) <= max(4 * columns, 2 * columns)
    assert (np.diff(index) > 0).all()
    assert thinned.max() == values.max()
    assert thinned.min() == values.min()
    assert np.array_equal(values[index], thinned)


def test_a_gap_of_a_column_stays_open_and_one_next_to_a_spike_hides_nothing() -> None:
    values = np.ones(1000, np.float32)
    values[400:420], values[420], values[999] = np.nan, 50, 99
    index, thinned = thin(values, 100)
    assert np.isnan(thinned).any()
    assert 50 in thinned
    assert thinned[-1] == 99 or 99 in thinned[-2:]
    assert index[-1] <= 999


def test_a_line_without_values_is_one_gap() -> None:
    _, thinned = thin(np.full(5000, np.nan, np.float32), 50)
    assert np.isnan(thinned).all()


def test_stretches_are_the_runs() -> None:
    assert list(stretches(np.array([1, 1, 0, 1, 0, 0, 1], bool))) == [(0, 2), (3, 4), (6, 7)]
    assert list(stretches(np.zeros(3, bool))) == []
    assert list(stretches(np.ones(3, bool))) == [(0, 3)]
