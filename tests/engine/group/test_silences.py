"""A run of anomalous points is split at a silence, for runs that are looked up later as for those at hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from engine.data import Kpi, KpiKind
from engine.group.silences import Silences, sides_of_silence
from engine.numerics.runs import Runs, find_runs

CALLS = Kpi("calls")


def stretches(runs: Runs) -> list[tuple[int, int, int]]:
    return list(zip(runs.cell.tolist(), runs.start.tolist(), runs.stop.tolist(), strict=True))


def at_hand(mask: np.ndarray, values: np.ndarray, usual: np.ndarray, kpi: Kpi) -> list[tuple[int, int, int]]:
    runs = find_runs(mask)
    picked = values.ravel()[runs.points], usual.ravel()[runs.points]
    return stretches(runs.broken(sides_of_silence(runs, *picked, kpi), mask.shape[1]) if len(runs) else runs)


def test_a_crowd_beside_a_silence_is_told_from_it_but_not_of_a_ratio() -> None:
    values = np.array([[9, 20, 0, 0, np.nan, 15, 9], [9, 0, 20, 0, 0, 9, 9]], np.float32)
    usual, mask = np.full(values.shape, 10, np.float32), np.zeros(values.shape, bool)
    mask[0, 1:6], mask[1, 1:5] = True, True
    split = Silences.of(values, usual, CALLS).split(find_runs(mask), 7)
    assert stretches(split) == [(0, 1, 2), (0, 2, 5), (0, 5, 6), (1, 1, 5)]
    whole = Silences.of(values, usual, Kpi("cssr", kind=KpiKind.RATIO)).split(find_runs(mask), 7)
    assert stretches(whole) == [(0, 1, 6), (1, 1, 5)]


@trials(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 30))
def test_runs_looked_up_in_parts_of_cells_are_those_at_hand(seed: int, cells: int, periods: int) -> None:
    rng = np.random.default_rng(seed)
    shape = 2 * cells, periods
    values = rng.choice(np.array([0, 5, 20, np.nan], np.float32), shape)
    usual = rng.choice(np.array([0, 10, np.nan], np.float32), shape, p=[0.1, 0.8, 0.1])
    mask = rng.random(shape) < 0.7
    parts = [Silences.of(values[rows], usual[rows], CALLS) for rows in (slice(cells), slice(cells, None))]
    split = Silences.joined(parts, [0, cells]).split(find_runs(mask), periods)
    assert stretches(split) == at_hand(mask, values, usual, CALLS)
