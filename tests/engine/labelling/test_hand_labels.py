"""Labels drawn over those that came with the data: put together, written and read back, ends moved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.data import Labels, Panel
from engine.labelling.hand_labels import HandRows, intervals, known, moved_edge, row_of
from engine.labelling.labels import read_labels, write_intervals
from engine.monitor import Monitor
from tests.engine.result_factory import make_result

PANEL: Panel = make_result(cells=3, kpis=2).panel
KPI, OTHER = (kpi.id for kpi in PANEL.kpis)


def drawn(*stretches: tuple[int, int, int]) -> np.ndarray:
    row = np.full(PANEL.shape[1], -1, np.int8)
    for start, stop, value in stretches:
        row[start:stop] = value
    return row


def test_nothing_said_is_no_labels() -> None:
    assert known(PANEL, None, {}) is None
    assert known(PANEL, None, {(KPI, 0): drawn()}) is None


def test_drawn_rows_lie_over_what_came_with_the_data_and_leave_it_alone() -> None:
    came = {KPI: np.zeros(PANEL.shape, np.int8)}
    hand: HandRows = {(KPI, 1): drawn((4, 9, 1))}
    both = known(PANEL, came, hand)
    assert both is not None
    np.testing.assert_array_equal(both[KPI][1], hand[KPI, 1])
    assert not both[KPI][[0, 2]].any()
    assert not came[KPI].any()
    assert (both[OTHER] == -1).all()
    assert both[OTHER].shape == PANEL.shape


def test_the_labels_of_a_series_are_the_drawn_ones_else_those_that_came() -> None:
    came = {KPI: np.ones(PANEL.shape, np.int8)}
    hand: HandRows = {(KPI, 1): drawn((4, 9, 0))}
    assert row_of(PANEL, came, hand, KPI, 1) is hand[KPI, 1]
    assert (row_of(PANEL, came, hand, KPI, 0) == 1).all()
    assert (row_of(PANEL, came, hand, OTHER, 0) == -1).all()


@pytest.mark.parametrize("values", [(1,), (0,), (1, 0)])
def test_what_is_written_reads_back_to_the_same_labels(values: tuple[int, ...], tmp_path: Path) -> None:
    row = drawn(*((10 * n, 10 * n + 5, value) for n, value in enumerate(values)))
    labels: Labels | None = known(PANEL, None, {(KPI, 2): row})
    assert labels is not None
    path = tmp_path / "labels.csv"
    write_intervals(path, intervals(PANEL, labels))
    back = read_labels(path, PANEL, Monitor())
    for kpi in (KPI, OTHER):
        np.testing.assert_array_equal(back[kpi], labels[kpi])


def test_an_end_moves_and_what_was_there_takes_its_place() -> None:
    row = drawn((4, 9, 1), (9, 12, 0))
    np.testing.assert_array_equal(moved_edge(row, 9, 7), drawn((4, 7, 1), (7, 12, 0)))
    np.testing.assert_array_equal(moved_edge(row, 12, 15), drawn((4, 9, 1), (9, 15, 0)))
    np.testing.assert_array_equal(moved_edge(row, 4, 6), drawn((6, 9, 1), (9, 12, 0)))


def test_a_stretch_keeps_one_period_and_swallows_no_other() -> None:
    row = drawn((4, 9, 1), (12, 15, 0))
    np.testing.assert_array_equal(moved_edge(row, 9, 1), drawn((4, 5, 1), (12, 15, 0)))
    np.testing.assert_array_equal(moved_edge(row, 9, 40), drawn((4, 12, 1), (12, 15, 0)))


def test_ends_at_the_ends_of_the_series_can_be_moved() -> None:
    length = PANEL.shape[1]
    row = drawn((0, 5, 1), (length - 5, length, 0))
    np.testing.assert_array_equal(moved_edge(row, 0, 3), drawn((3, 5, 1), (length - 5, length, 0)))
    np.testing.assert_array_equal(moved_edge(row, length, length - 2), drawn((0, 5, 1), (length - 5, length - 2, 0)))
