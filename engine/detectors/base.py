"""The contract of a detector; `tests/engine/detectors/test_contract.py` holds every entry of DETECTORS to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Protocol, Self, TypeGuard

import numpy as np
import numpy.typing as npt

from engine import season
from engine.data import Block, BoolArray, Clock, DoubleArray, Evidence, FloatArray, Kept, Kpi
from engine.errors import Reason
from engine.settings import Settings

Scope = Literal["block", "panel"]


class Detector(Protocol):
    """One way to find strange points. Immutable; everything it learns is in the record that `learn` returns.

    id: stable, stored in projects. label: what a person reads. scope: "block" = works on any some hundreds of cells;
    "panel" = needs all cells of the KPI at once (neighbours, peers). own_cut: the raw score above which the method
    itself calls a point anomalous, None for a method that only measures strangeness. calibrated: the score is a
    surprise already (-log10 of the probability per period that an event at least this strange begins), for a method
    that speaks too rarely to be compared with its own scores of other times. from_labels: `learn` wants the labelled
    cells, with their labels, instead of a sample of all.
    """

    id: ClassVar[str]
    label: ClassVar[str]
    own_cut: ClassVar[float | None]
    calibrated: ClassVar[bool]
    from_labels: ClassVar[bool]

    @property
    def scope(self) -> Scope:
        """What of a KPI it reads at once; asked after `learn`."""
        ...

    @property
    def resumes(self) -> bool:
        """Whether it is `Resuming`: later points can be scored by what it left behind."""
        ...

    @classmethod
    def configured(cls, settings: Settings) -> Self:
        """This detector with a run's settings."""
        ...

    def applies(self, clock: Clock, kpi: Kpi, points: int) -> Reason | None:
        """Why the detector cannot work on series of this cadence with `points` measured points; None if it can."""
        ...

    def learn(self, pool: Block, rng: np.random.Generator) -> Self:
        """This detector with whatever it learns once per KPI from a sample of cells; itself if there is nothing."""
        ...

    def score(self, block: Block, rng: np.random.Generator) -> Evidence:
        """Score every point of the block; (C, T), higher = stranger, NaN = no opinion, with a Reason per silent cell.

        Works cell by cell in the sense that a cell's scores depend neither on which other cells share the block nor on
        their order. Never writes to the block. A cell it cannot judge gets NaN throughout and a
        Reason; it does not raise. `Evidence.kept` is what `resume` needs, if it can.
        """
        ...


class Resuming(Detector, Protocol):
    """A detector that scores the points that follow a history without learning again.

    `learn` and `score` leave arrays behind; with them the later points get the scores that they would get in a run over
    both, if the later points were not learned from.
    """

    def taught(self) -> Kept:
        """What `learn` gave, as arrays of two dimensions; nothing if it learns nothing."""
        ...

    def recalled(self, taught: Kept) -> Self:
        """This detector with what `taught` gave."""
        ...

    def resume(self, block: Block, kept: Kept) -> Evidence:
        """Score a block that begins at the border of the block that left `kept` behind, with the same cells.

        A cell that was not judged then is NaN now, and no reasons are given.
        """
        ...


def resuming(detector: Detector) -> TypeGuard[Resuming]:
    """Whether the detector scores later points by what it left behind."""
    return detector.resumes


BAND = 3.0
"""Half width of the shown band in standard deviations; the alarm itself comes from the calibrated score."""


def unknown(block: Block) -> FloatArray:
    """A (C, T) array of NaN: the start of every score and of every band that does not exist."""
    return np.full(block.shape, np.nan, np.float32)


def at_border(block: Block, rows: FloatArray | DoubleArray | BoolArray, count: int) -> npt.NDArray[Any]:
    """The `count` columns of `rows` (C, T) before the border of the block; before the beginning stands 0."""
    border = rows.shape[1] if block.border is None else block.border
    found = rows[:, max(0, border - count) : border]
    missing = np.zeros((len(rows), count - found.shape[1]), rows.dtype)
    return np.concatenate([missing, found], axis=1)


def judged_later(detector: str, block: Block, *parts: FloatArray) -> Evidence:
    """Evidence on later points, without reasons. parts: score, or expected, lower, upper and score, each (C, T)."""
    expected, lower, upper = parts[:-1] or (unknown(block),) * 3
    return Evidence(detector, expected, lower, upper, parts[-1], (None,) * len(parts[-1]))


def silent_cells(
    score: FloatArray, reason: Reason, known: Sequence[Reason | None] | None = None
) -> tuple[Reason | None, ...]:
    """Per cell of `score` (C, T): `reason` where it holds no opinion at all (or the one already `known`), else None."""
    silent = [not np.isfinite(row).any() for row in score]
    return tuple(
        ((known[i] if known is not None else None) or reason) if quiet else None for i, quiet in enumerate(silent)
    )


def in_unit(block: Block, feed: FloatArray, raw: bool) -> FloatArray:
    """(C, T) numbers on the scale of the feed in the KPI's unit; `raw`: the feed is the values themselves."""
    if raw or block.season is None:
        return np.asarray(feed, np.float32)
    return season.restore(feed, block.season)


def points_of(block: Block) -> tuple[Reason | None, ...]:
    """Per cell the reason why nothing can be said of it at all: nothing measured, or too little; None if enough is."""
    measured = np.isfinite(block.values).sum(axis=1)
    learnt = (np.isfinite(block.values) & block.clean).sum(axis=1)
    reasons: list[Reason | None] = []
    for all_points, points in zip(measured.tolist(), learnt.tolist(), strict=True):
        if all_points == 0:
            reasons.append(Reason("no_measurements"))
        elif points < season.MIN_POINTS:
            reasons.append(Reason("not_enough_history", {"points": points, "needed": season.MIN_POINTS}))
        else:
            reasons.append(None)
    return tuple(reasons)
