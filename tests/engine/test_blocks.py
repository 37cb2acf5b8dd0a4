"""Blocks: cut, judged and put back together, whoever runs them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from engine import blocks, simulate
from engine.calendar import make_clock
from engine.data import Block, Clock, Evidence, Flag, Kpi, Panel
from engine.detectors.base import Scope, unknown
from engine.errors import InputError, Reason
from engine.monitor import Cancelled, Monitor
from engine.settings import Settings


@dataclass(frozen=True)
class Echo:
    """Scores a point by its feed; breaks on cells that hold more than `limit`."""

    limit: float = np.inf
    id: ClassVar[str] = "echo"
    label: ClassVar[str] = "Echo"
    scope: ClassVar[Scope] = "block"
    own_cut: ClassVar[float | None] = None
    calibrated: ClassVar[bool] = False
    from_labels: ClassVar[bool] = False

    @classmethod
    def configured(cls, settings: Settings) -> Echo:
        return cls()

    def applies(self, clock: Clock, kpi: Kpi, points: int) -> Reason | None:
        return None

    def learn(self, pool: Block, rng: np.random.Generator) -> Echo:
        return self

    def score(self, block: Block, rng: np.random.Generator) -> Evidence:
        if np.nanmax(block.values) > self.limit:
            raise ZeroDivisionError("broken on purpose")
        nothing = unknown(block)
        return Evidence(self.id, nothing, nothing, nothing, np.abs(block.feed), (None,) * len(block.rows))


@pytest.fixture(scope="module")
def panel() -> Panel:
    return simulate.city(cells=7, days=21, kpis=("calls",), incidents_per_cell_week=0.0).panel


@pytest.fixture(scope="module")
def clock(panel: Panel) -> Clock:
    return make_clock(panel.times, panel.period_s, panel.zone)


def tasks(panel: Panel, clock: Clock, detector: Echo, size: int) -> Iterator[blocks.Task]:
    for first in range(0, panel.shape[0], size):
        rows = range(first, min(first + size, panel.shape[0]))
        yield blocks.Task(blocks.make_block(panel, panel.kpis[0], rows, clock, Settings()), (detector,), Settings())


def gathered(panel: Panel, clock: Clock, size: int, workers: int) -> np.ndarray:
    collector = blocks.Collector((Echo.id,), panel.shape)
    count = -(-panel.shape[0] // size)
    with ThreadPoolExecutor(workers) as executor:
        run = blocks.run_tasks(tasks(panel, clock, Echo(), size), count, executor, 3, Monitor())
        for task, pieces in run:
            collector.add(task.block.rows, pieces)
    return collector.evidence()["echo"].score


@pytest.mark.parametrize(("cells", "points"), [(1, 1), (700, 2160), (10_000, 8640), (3, 10_000_000)])
def test_a_plan_covers_every_cell_once_and_bounds_the_block(cells: int, points: int) -> None:
    plan = blocks.plan(cells, points)
    assert [row for rows in plan for row in rows] == list(range(cells))
    assert all(len(rows) == 1 or len(rows) * points <= blocks.POINTS_PER_BLOCK for rows in plan)


def test_evidence_does_not_depend_on_block_size_or_workers(panel: Panel, clock: Clock) -> None:
    alone = gathered(panel, clock, 7, 1)
    np.testing.assert_array_equal(gathered(panel, clock, 3, 2), alone)
    np.testing.assert_array_equal(gathered(panel, clock, 1, 2), alone)
    assert np.isfinite(alone).any()


def test_a_detector_that_fails_on_one_block_abstains_there_and_nowhere_else(panel: Panel, clock: Clock) -> None:
    first_block_peak = float(np.nanmax(panel.values["calls"][:1]))
    failing = Echo(limit=min(float(np.nanmax(panel.values["calls"][i])) for i in range(1, 7)))
    assert first_block_peak > 0
    collector = blocks.Collector((failing.id,), panel.shape)
    for task, pieces in blocks.run_tasks(tasks(panel, clock, failing, 1), 7, None, 1, Monitor()):
        collector.add(task.block.rows, pieces)
    evidence = collector.evidence()["echo"]
    broken = [reason is not None and reason.code == "detector_failed" for reason in evidence.reasons]
    assert any(broken)
    assert not all(broken)
    np.testing.assert_array_equal(np.isnan(evidence.score).all(axis=1), broken)


@pytest.mark.parametrize("parallel", [False, True])
def test_a_cancel_answers_before_the_next_block(panel: Panel, clock: Clock, parallel: bool) -> None:
    monitor = Monitor()
    with ThreadPoolExecutor(2) as executor:
        run = blocks.run_tasks(tasks(panel, clock, Echo(), 1), 7, executor if parallel else None, 2, monitor)
        next(run)
        monitor.cancel()
        with pytest.raises(Cancelled):
            list(run)


def test_suspect_missing_later_and_labelled_points_are_not_learned_from(panel: Panel) -> None:
    values, flags = panel.values["calls"].copy(), panel.flags["calls"].copy()
    labels = np.zeros(panel.shape, np.int8)
    values[0, 3], values[0, 4] = np.nan, np.inf
    flags[0, 5], flags[0, 6], flags[0, 7] = Flag.SUSPECT, Flag.IMPUTED, Flag.MAINTENANCE
    labels[0, 8] = 1
    marked = replace(panel, values={"calls": values}, flags={"calls": flags})
    settings = replace(Settings(), train_share=0.5)
    clean = blocks.clean_points(marked, panel.kpis[0], range(1), settings, {"calls": labels})
    half = round(panel.shape[1] / 2)
    assert not clean[0, [3, 4, 5, 6, 7, 8]].any()
    assert clean[0, :half].sum() == half - 6
    assert not clean[0, half:].any()


def test_a_block_never_touches_the_panel(panel: Panel, clock: Clock) -> None:
    values = panel.values["calls"].copy()
    values[1, 1] = -np.inf
    before = values.copy()
    marked = replace(panel, values={"calls": values})
    block = blocks.make_block(marked, panel.kpis[0], range(7), clock, Settings())
    assert np.isnan(block.values[1, 1])
    np.testing.assert_array_equal(values, before)
    assert not block.values.flags.writeable


def test_the_pool_is_the_same_for_every_block_size_and_spans_the_panel(panel: Panel, clock: Clock) -> None:
    pool = blocks.make_pool(panel, panel.kpis[0], clock, Settings(), None)
    assert pool.shape[0] == min(panel.shape[0], blocks.POOL_CELLS)
    np.testing.assert_array_equal(pool.values, panel.values["calls"])


def test_arrays_without_content_take_no_memory() -> None:
    collector = blocks.Collector((Echo.id,), (1000, 1000))
    assert collector.evidence()["echo"].score.strides == (0, 0)


def test_a_series_too_long_for_the_memory_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.execution.room.free_memory", lambda: 1_000_000_000)
    blocks.check_room(2_000_000)
    with pytest.raises(InputError) as refused:
        blocks.check_room(10_000_000)
    assert "10,000,000 periods" in str(refused.value)
    assert "4,500 MB" in str(refused.value)
    monkeypatch.setattr("engine.execution.room.free_memory", lambda: 1)
    blocks.check_room(8640)  # what is short is tried
