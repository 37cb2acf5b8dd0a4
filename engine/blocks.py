"""The unit of work: some hundreds of cells of one KPI, made, judged by every detector, and put back together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from engine import season
from engine.calibration import calibrate, changes, silences
from engine.calibration.thresholds import decides_itself
from engine.completeness import gaps
from engine.data import Block, BoolArray, Clock, Evidence, FloatArray, IntArray, Kept, Kpi, Labels, Panel
from engine.detectors.base import Detector, unknown
from engine.errors import InputError, Reason
from engine.execution import room, scratch
from engine.execution.spread import spread
from engine.expectation import deviates, possible
from engine.monitor import Monitor, heed
from engine.settings import Settings

POINTS_PER_BLOCK = 550_000
"""So that a block's arrays (some dozen float32 of this size) stay within tens of megabytes."""

LEAST_POINTS = POINTS_PER_BLOCK // 16
BYTES_PER_POINT = 300
"""What judging a block takes at most, per point and worker."""

BYTES_PER_PERIOD = 450
"""What a run takes at least per period, of a single cell: a series is never cut."""

POOL_CELLS, LABELLED_CELLS = 40, 120
"""How many cells `Detector.learn` sees of a KPI, and how many labelled ones where it learns from labels."""


@dataclass(frozen=True)
class Task:
    """One block and the detectors that judge it; picklable, so that threads, processes and clusters run the same."""

    block: Block
    detectors: tuple[Detector, ...]
    settings: Settings


class Keeper(Protocol):
    """Where the evidence of finished blocks is kept, so that a stopped run goes on at the first missing one."""

    def find(self, kpi: str, rows: range) -> tuple[Evidence, ...] | None:
        """The evidence of a block that was kept by an earlier try at the same run; None if there is none."""
        ...

    def keep(self, kpi: str, rows: range, pieces: Sequence[Evidence]) -> None:
        """Keep the evidence of one block for good."""
        ...


def check_room(periods: int) -> None:
    """Raises InputError where not even a block of one cell of so many periods would find room in memory."""
    free, needed = room.free_memory(), periods * BYTES_PER_PERIOD
    if periods > LEAST_POINTS and free is not None and needed > free:
        raise InputError(
            Reason("series_too_long", {"periods": periods, "needed": needed // 1_000_000, "free": free // 1_000_000})
        )


def plan(cells: int, points: int, at_once: int = 1) -> tuple[range, ...]:
    """The rows of every block for a panel of `cells` cells and `points` periods.

    at_once: how many blocks this machine works on at a time. Where all of them would take more than half of the memory
    that is free, blocks are halved until they do not.
    """
    most, free = POINTS_PER_BLOCK, room.free_memory()
    while free is not None and most > LEAST_POINTS and 2 * most * BYTES_PER_POINT * at_once > free:
        most //= 2
    size = max(1, min(512, most // max(points, 1)))
    return tuple(range(first, min(first + size, cells)) for first in range(0, cells, size))


def clean_points(panel: Panel, kpi: Kpi, rows: range, settings: Settings, labels: Labels | None) -> BoolArray:
    """(rows, T) True where a point may be learned from: measured, unflagged, in the training part, not labelled bad.

    Labels count in the training part only, so that a test label never reaches a detector.
    """
    part = slice(rows.start, rows.stop)
    values = panel.values[kpi.id][part]
    clean: BoolArray = np.isfinite(values) & (panel.flags[kpi.id][part] & gaps.unlearned(kpi.id, settings.gaps) == 0)
    clean[:, training_points(panel.shape[1], settings) :] = False
    if labels is not None:
        clean &= labels[kpi.id][part] != 1
    return clean


def training_points(points: int, settings: Settings) -> int:
    """How many periods from the start are there to learn from."""
    return max(1, min(points, round(points * settings.train_share)))


def make_block(
    panel: Panel, kpi: Kpi, rows: range, clock: Clock, settings: Settings, labels: Labels | None = None
) -> Block:
    """The block of some rows of a KPI: infinite values become missing, the season is fitted, the feed is made, and
    what is silent beyond doubt or the first week of a change is not learned from.
    """
    values = np.array(panel.values[kpi.id][rows.start : rows.stop], np.float32)
    values[~np.isfinite(values)] = np.nan
    clean = clean_points(panel, kpi, rows, settings, labels)
    learned = training_points(panel.shape[1], settings)
    heed()
    model = season.fit(values, clean, clock, kpi, settings.season, learned)
    if settings.feed == "raw":
        feed = values
    else:
        model = silences.learnt(values, model, kpi, clock)
        feed = season.adjust(values, model)
        clean &= ~silences.silences(values, model, kpi)
        if model.news is not None:
            clean &= ~model.news
    for array in (values, clean, feed):
        array.flags.writeable = False
    known = None
    if labels is not None:
        known = labels[kpi.id][rows.start : rows.stop].copy()
        known[:, learned:] = -1
    cells, border = panel.cells[rows.start : rows.stop], border_of(panel.shape[1], clock)
    return Block(kpi, rows, values, feed, clean, clock, model, cells, known, border)


def border_of(periods: int, clock: Clock) -> int:
    """The period from which later ones are scored by what was learned of so many: a day before the end, so that the
    last hours, which the next file often completes, can be scored again.
    """
    return max(periods - clock.day_slots, periods // 2)


def make_pool(panel: Panel, kpi: Kpi, clock: Clock, settings: Settings, labels: Labels | None) -> Block:
    """A block of at most `POOL_CELLS` cells spread evenly over the panel, the same ones for every block size."""
    cells = panel.shape[0]
    chosen = np.unique(np.linspace(0, cells - 1, min(cells, POOL_CELLS)).round().astype(int))
    return _block_of(chosen, panel, kpi, clock, settings, labels)


def make_labelled_pool(panel: Panel, kpi: Kpi, clock: Clock, settings: Settings, labels: Labels | None) -> Block | None:
    """A block of at most `LABELLED_CELLS` labelled cells, two thirds of them with anomalies; None without labels."""
    if labels is None:
        return None
    known = labels[kpi.id][:, : training_points(panel.shape[1], settings)]
    bad = np.flatnonzero((known == 1).any(axis=1))
    good = np.setdiff1d(np.flatnonzero((known == 0).any(axis=1)), bad)
    bad = bad[np.unique(np.linspace(0, len(bad) - 1, min(len(bad), 2 * LABELLED_CELLS // 3)).astype(int))]
    good = good[np.unique(np.linspace(0, len(good) - 1, min(len(good), LABELLED_CELLS - len(bad))).astype(int))]
    chosen = np.sort(np.concatenate([bad, good]))
    return _block_of(chosen, panel, kpi, clock, settings, labels) if len(chosen) else None


def _block_of(
    chosen: IntArray, panel: Panel, kpi: Kpi, clock: Clock, settings: Settings, labels: Labels | None
) -> Block:
    """The block of some cells that need not stand side by side."""
    sample = replace(
        panel,
        cells=tuple(panel.cells[i] for i in chosen),
        kpis=(kpi,),
        values={kpi.id: panel.values[kpi.id][chosen]},
        flags={kpi.id: panel.flags[kpi.id][chosen]},
    )
    known = None if labels is None else {kpi.id: labels[kpi.id][chosen]}
    return make_block(sample, kpi, range(len(chosen)), clock, settings, known)


def judge_block(task: Task) -> tuple[Evidence, ...]:
    """Every detector's calibrated evidence on one block. A detector that fails abstains; it never ends the run."""
    block = task.block
    silent, changed = silent_points(block, task.settings), changed_points(block, task.settings)
    return tuple(_judged(detector, block, task.settings, silent, changed) for detector in task.detectors)


def silent_points(block: Block, settings: Settings) -> BoolArray:
    """(C, T) where the cells of a block are silent beyond doubt; nowhere if the detectors see the values themselves."""
    if settings.feed == "raw" or block.season is None:
        return np.zeros(block.shape, bool)
    return silences.silences(block.values, block.season, block.kpi)


def changed_points(block: Block, settings: Settings) -> BoolArray:
    """(C, T) where the cells of a block run at another level beyond doubt; nowhere if the detectors see the values."""
    if settings.feed == "raw" or block.season is None or block.season.news is None or not block.season.news.any():
        return np.zeros(block.shape, bool)
    usual = season.restore(np.zeros_like(block.feed), block.season)
    far = deviates(block.kpi, block.values, usual, settings.min_deviation)
    return changes.changes(block.feed, block.season.news, far, block.clock)


def _judged(detector: Detector, block: Block, settings: Settings, silent: BoolArray, changed: BoolArray) -> Evidence:
    heed()
    try:
        raw = possible(detector.score(block, np.random.default_rng(seed_of(settings.seed, detector.id))), block.kpi)
        if decides_itself(detector, settings) and detector.own_cut is not None:
            return replace(raw, score=raw.score / np.float32(detector.own_cut))
        if detector.calibrated:
            return raw
        heed()
        judged = calibrate.surprise(raw, block.clean, block.clock)
        return silences.heard(silences.heard(judged, changed, changes.surprise(block.clock)), silent)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a detector stumbles over, the others go on; the reason is kept
        return abstention(detector, block, failure(detector, error))


def failure(detector: Detector, error: Exception) -> Reason:
    """Why a detector abstains that stumbled over something."""
    return Reason("detector_failed", {"detector": detector.label, "error": f"{type(error).__name__}: {error}"[:200]})


def abstention(detector: Detector, block: Block, reason: Reason) -> Evidence:
    """The evidence of a detector that has no opinion on any cell of the block, for one reason."""
    nothing = unknown(block)
    return Evidence(detector.id, nothing, nothing, nothing, nothing, (reason,) * len(block.rows))


def seed_of(seed: int, detector: str) -> tuple[int, ...]:
    """The seed of a detector's randomness: the same for every block, so that scores do not depend on block size."""
    return (seed, *detector.encode())


def learned(
    detectors: Sequence[Detector], pool: Block, seed: int, labelled: Block | None = None
) -> tuple[tuple[Detector, ...], dict[str, Reason]]:
    """Each detector with what it learned from the pool (or from the labelled cells, if it wants those), and why those
    left out cannot work on this KPI.
    """
    ready: list[Detector] = []
    silent: dict[str, Reason] = {}
    points = int(np.isfinite(pool.values).sum(axis=1).max(initial=0))
    for detector in detectors:
        reason = detector.applies(pool.clock, pool.kpi, points)
        if reason is None:
            try:
                own = labelled if detector.from_labels and labelled is not None else pool
                ready.append(detector.learn(own, np.random.default_rng(seed_of(seed, detector.id))))
                continue
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001 - as in `_judged`: it abstains with its reason
                reason = failure(detector, error)
        silent[detector.id] = reason
    return tuple(ready), silent


def run_tasks(
    tasks: Iterator[Task], count: int, executor: Executor | None, ahead: int, monitor: Monitor
) -> Iterator[tuple[Task, tuple[Evidence, ...]]]:
    """Judge tasks in any order as they finish, at most `ahead` of them alive at a time; progress and cancel by block.

    Without an executor they run here, one after the other. Raises Cancelled; tasks not begun are then dropped.
    """
    return spread(judge_block, tasks, count, executor, ahead, _doing, monitor)


def _doing(task: Task) -> Reason:
    rows = task.block.rows
    return Reason("stage_detect", {"kpi": task.block.kpi.id, "first": rows.start + 1, "last": rows.stop})


class Collector:
    """Puts the evidence of blocks back together into one array per detector and kind, (C, T), and what is kept."""

    def __init__(self, detectors: Sequence[str], shape: tuple[int, int]) -> None:
        self._shape = shape
        self._order = tuple(detectors)
        self._kept: dict[str, dict[str, npt.NDArray[Any]]] = {}
        self._arrays: dict[str, dict[str, FloatArray]] = {d: {} for d in self._order}
        self._reasons: dict[str, list[Reason | None]] = {d: [None] * shape[0] for d in self._order}

    def add(self, rows: range, pieces: Sequence[Evidence]) -> None:
        """Take the evidence of one block. Arrays that hold nothing anywhere are never made."""
        for piece in pieces:
            kept = self._arrays[piece.detector]
            for name in ("expected", "lower", "upper", "score"):
                part = getattr(piece, name)
                if name not in kept and np.isfinite(part).any():
                    kept[name] = scratch.allocate(self._shape, np.nan)
                if name in kept:
                    kept[name][rows.start : rows.stop] = part
            scratch.release(kept.values())
            self._reasons[piece.detector][rows.start : rows.stop] = piece.reasons
            self.keep(rows, piece.detector, piece.kept)

    def keep(self, rows: range, name: str, kept: Kept) -> None:
        """Take what is to be kept of some cells; NaN of cells of which nothing is."""
        held = self._kept.setdefault(name, {})
        for field, part in kept.items():
            whole = held.get(field)
            if whole is None:
                whole = held[field] = scratch.allocate_of(part.dtype, (self._shape[0], part.shape[1]), np.nan)
            whole[rows.start : rows.stop] = part
        scratch.release(held.values())

    def kept(self) -> Mapping[str, Kept]:
        """All of it, by name."""
        return self._kept

    def abstain(self, detector: str, reason: Reason) -> None:
        """Note that a detector has no opinion on any cell."""
        self._reasons[detector] = [reason] * self._shape[0]

    def evidence(self) -> dict[str, Evidence]:
        """Per detector id, in the order of the detectors."""
        nothing = np.broadcast_to(np.float32(np.nan), self._shape)
        made = {}
        for detector in self._order:
            kept = self._arrays[detector]
            expected, lower, upper, score = (kept.get(n, nothing) for n in ("expected", "lower", "upper", "score"))
            made[detector] = Evidence(detector, expected, lower, upper, score, tuple(self._reasons[detector]))
        return made
