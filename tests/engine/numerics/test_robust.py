"""Medians and quantiles agree with NumPy's NaN-aware ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.numerics.robust import gather, grouped_places, median, pick_quantile, scale_of, sort_with_counts

numbers = st.one_of(st.floats(-1e6, 1e6), st.just(float("nan")))


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, (3, 7), elements=numbers), st.floats(0, 1))
def test_quantiles_are_those_of_the_known_values(values, share):
    ordered, counts = sort_with_counts(values)
    ours = pick_quantile(ordered, counts, share)
    for row, found in zip(values, ours, strict=True):
        known = row[~np.isnan(row)]
        if len(known):
            np.testing.assert_allclose(found, np.quantile(known, share), rtol=1e-9, atol=1e-6)
        else:
            assert np.isnan(found)


def test_the_median_of_an_empty_axis_is_unknown():
    assert np.isnan(median(np.empty((2, 0)))).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-1, 5), min_size=1, max_size=40))
def test_every_member_is_gathered_once_into_its_group(labels):
    labels = np.array(labels)
    values = np.arange(len(labels), dtype=np.float32)[None]
    groups = gather(values, grouped_places(labels, 5))[0]
    for group in range(5):
        np.testing.assert_array_equal(groups[group][~np.isnan(groups[group])], np.flatnonzero(labels == group))


def test_scale_is_the_standard_deviation_of_normal_numbers_and_not_zero_for_mostly_equal_ones():
    rng = np.random.default_rng(0)
    normal = np.abs(rng.normal(0, 3, 20_000))[None]
    assert abs(scale_of(*sort_with_counts(normal))[0] - 3) < 0.1
    mostly_zero = np.where(rng.random(1000) < 0.3, 5.0, 0.0)[None]
    assert scale_of(*sort_with_counts(mostly_zero))[0] > 0
