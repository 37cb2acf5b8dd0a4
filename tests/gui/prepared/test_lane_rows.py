"""Anomalies as lanes, and lanes as pixels."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data import Severity
from engine.inspection.hours import meets
from engine.numerics.runs import find_runs
from engine.palette import LIGHT
from gui.plots.lane_image import HEIGHTS, column_buckets, lane_image, rgb
from gui.prepared.lane_rows import QUIET, SILENT, LaneRows, all_of, bucket_edges
from tests.engine.result_factory import make_result

CELLS, PERIODS = 5, 40
SPANS = st.lists(
    st.tuples(st.integers(0, CELLS - 1), st.integers(0, PERIODS - 1), st.integers(1, 9), st.integers(0, 3)), max_size=25
)


def rows_of(spans: list[tuple[int, int, int, int]]) -> tuple[LaneRows, np.ndarray]:
    """Lanes of (cell, start, length, rank), and the same as a (cell, time) array of ranks."""
    table = np.array([(c, s, min(PERIODS, s + n), r, i) for i, (c, s, n, r) in enumerate(spans)], np.int64)
    table = table.reshape(-1, 5)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    cell, start, stop, rank, ids = table.T
    truth = np.full((CELLS, PERIODS), QUIET)
    for c, s, e, r in zip(cell, start, stop, rank, strict=True):
        truth[c, s:e] = np.minimum(truth[c, s:e], r)
    return LaneRows(np.searchsorted(cell, np.arange(CELLS + 1)), cell, start, stop, rank, ids, start, stop), truth


@settings(max_examples=100, deadline=None)
@given(SPANS, st.integers(1, 12), st.integers(0, 30), st.integers(1, 40))
def test_lanes_hold_the_gravest_rank_of_each_bucket(spans: list, columns: int, start: int, length: int) -> None:
    rows, truth = rows_of(spans)
    edges = bucket_edges(start, min(PERIODS, start + length), PERIODS, columns)
    lanes = rows.lanes(range(CELLS), edges)
    for bucket, (begin, end) in enumerate(pairwise(edges)):
        np.testing.assert_array_equal(lanes[:, bucket], truth[:, begin:end].min(axis=1))
    np.testing.assert_array_equal(rows.worst_over_time(edges), lanes.min(axis=0))


@settings(max_examples=100, deadline=None)
@given(SPANS, st.integers(0, PERIODS - 1))
def test_one_moment_and_all_of_time(spans: list, time: int) -> None:
    rows, truth = rows_of(spans)
    np.testing.assert_array_equal(rows.gravest(time, time + 1), truth[:, time])
    np.testing.assert_array_equal(rows.gravest(), truth.min(axis=1))


@settings(max_examples=100, deadline=None)
@given(SPANS)
def test_the_worst_lane_comes_first(spans: list) -> None:
    rows, truth = rows_of(spans)
    order = rows.order()
    assert sorted(order.tolist()) == list(range(CELLS))
    gravest = truth.min(axis=1)[order]
    assert (np.diff(gravest) >= 0).all()


def test_the_gravest_anomaly_at_a_place_is_found() -> None:
    rows, _ = rows_of([(1, 5, 4, 2), (1, 7, 4, 0), (2, 5, 4, 1)])
    assert rows.at(1, 5, 6) == 0
    assert rows.at(1, 7, 8) == 1
    assert rows.at(1, 20, 21) is None
    assert rows.at(0, 5, 6) is None


def test_a_result_gives_its_lanes_by_kpi_and_severity() -> None:
    result = make_result()
    rank = {s: i for i, s in enumerate(Severity)}
    severity = {a: rank[i.severity] for i in result.incidents for a in i.anomalies}
    rows = LaneRows.of(result.anomalies, result.incidents, 6, "calls")
    assert sorted(rows.ids.tolist()) == [a.id for a in result.anomalies if a.kpi == "calls"]
    assert all(severity[i] == r for i, r in zip(rows.ids.tolist(), rows.rank.tolist(), strict=True))
    assert len(LaneRows.of(result.anomalies, result.incidents, 6).ids) == len(result.anomalies)


def test_an_anomaly_of_no_incident_counts_as_a_warning() -> None:
    result = make_result()
    rows = LaneRows.of(result.anomalies, (), 6)
    assert set(rows.rank.tolist()) == {QUIET - 1}


def test_buckets_are_equal_few_and_stand_still_while_panning() -> None:
    first, second = bucket_edges(100, 1100, 5000, 200), bucket_edges(103, 1103, 5000, 200)
    assert set(np.diff(first)) == {5}
    assert len(first) - 1 <= 201
    assert set(first.tolist()) & set(second.tolist())
    assert bucket_edges(0, 10, 10, 100).tolist() == list(range(11))
    assert bucket_edges(0, 7, 7, 2).tolist() == [0, 4, 7]


def test_a_bucket_is_silent_only_where_all_of_it_is() -> None:
    mask = np.array([[1, 1, 1, 0, 1, 1]], bool)
    assert all_of(mask, np.array([0, 2, 4, 6])).tolist() == [[True, False, True]]


def test_columns_outside_of_the_series_are_free() -> None:
    assert column_buckets(np.array([0, 4, 8]), 0, 10, 10).tolist() == [0, 0, 0, 0, 1, 1, 1, 1, -1, -1]


@pytest.mark.parametrize("rank", range(4))
def test_severity_is_told_by_colour_and_by_height(rank: int) -> None:
    image = lane_image(np.array([[rank, QUIET]], np.int8), np.array([0, 1]), 18, 3, LIGHT, 1.0)
    coloured = image[:, 0] == rgb(LIGHT.severity[list(Severity)[rank]])
    assert coloured.sum() == round(15 * HEIGHTS[rank])
    assert coloured[-1]
    assert not coloured[:3].any()
    assert (image[:, 1] == rgb(LIGHT.panel)).all()


def test_no_opinion_is_hatched() -> None:
    image = lane_image(np.full((1, 1), SILENT, np.int8), np.zeros(40, np.int64), 18, 3, LIGHT, 1.0)
    assert set(np.unique(image)) == {rgb(LIGHT.panel), rgb(LIGHT.hatch)}


def test_heights_of_the_severities_differ() -> None:
    assert len({round(15 * share) for share in HEIGHTS}) == len(HEIGHTS)


@settings(max_examples=60, deadline=None)
@given(SPANS)
def test_an_outline_shows_new_stretches_with_the_rank_of_what_they_meet(spans: list) -> None:
    rng = np.random.default_rng(len(spans))
    mask = rng.random((CELLS, PERIODS)) < 0.2
    apart = [one for n, one in enumerate(spans) if not any(o[0] == one[0] for o in spans[:n])]
    rows, truth = rows_of(apart)
    outline = rows.outlined([find_runs(mask)])
    lanes = outline.lanes(range(CELLS), np.arange(PERIODS + 1))
    np.testing.assert_array_equal(lanes < QUIET, mask)
    for cell, start, stop, rank, known in zip(
        outline.cell, outline.start, outline.stop, outline.rank, outline.ids, strict=True
    ):
        met = truth[cell, start:stop].min()
        assert rank == (met if met < QUIET else QUIET - 1)
        assert (known >= 0) == (met < QUIET)
        assert outline.at(cell, start, stop) == (known if known >= 0 else None)


def test_what_is_left_of_some_hours_are_the_anomalies_of_their_incidents() -> None:
    result = make_result(cells=6, anomalies=12)
    rows = LaneRows.of(result.anomalies, result.incidents, 6)
    within = np.zeros(result.panel.shape[1], bool)
    within[: int(np.median(rows.since))] = True
    counted = np.concatenate([[0], np.cumsum(within)])
    listed = {a for one in result.incidents if meets(counted, one.start, one.stop) for a in one.anomalies}
    lonely = {a.id for a in result.anomalies} - {a for one in result.incidents for a in one.anomalies}
    listed |= {a.id for a in result.anomalies if a.id in lonely and meets(counted, a.start, a.stop)}
    left = rows.within(counted)
    assert set(left.ids.tolist()) == listed
    assert 0 < len(left.ids) < len(rows.ids)
    assert rows.within(None) is rows
